package loadgen

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// groups reads the groups back: the list shows which there are, and every group that
// was pushed is then read by its id, since only that is sure to show all members
// (RFC 7644, section 3.4.2.4: a list may change while it is paged).
func (c *census) groups(ctx context.Context) error {
	if len(c.roster.sets) == 0 {
		return nil
	}
	c.readback.Groups = &evidence.GroupReadback{}
	c.shown = map[int]string{}
	if err := c.listGroups(ctx); err != nil {
		return err
	}
	looks, ctx := errgroup.WithContext(ctx)
	looks.SetLimit(atATime)
	progress := &follows{phase: LookingSingly, tell: c.tell, planned: len(c.roster.sets)}
	for g := range c.roster.sets {
		looks.Go(func() error {
			defer progress.come(1)
			return c.lookAtGroup(ctx, g)
		})
	}
	return looks.Wait()
}

// groupsPage is how many groups are asked for at a time: a page carries the members
// of all of them.
const groupsPage = 10

func (c *census) listGroups(ctx context.Context) error {
	return c.walk(ctx, newListing("groups", groupsPage, len(c.roster.sets)), c.eyes(wire.Subject{}).GroupPage, func(page []target.Resource) {
		for _, group := range page {
			c.takeGroup(group)
		}
	})
}

func (c *census) takeGroup(group target.Resource) {
	name := group.Text("displayName")
	g, ours := c.dialogues.Groups.Number(name)
	switch {
	case ours && c.shown[g] == "":
		c.shown[g] = group.ID()
		c.readback.Groups.Groups++
		if c.roster.group(g) != group.ID() {
			c.keepGroup(name, group.ID())
		}
	case ours && c.shown[g] != group.ID():
		c.foundGroup("doubled", g, group.ID(), "two groups bear the name, the other has id "+c.shown[g])
		c.keepGroup(name, group.ID())
	case ours:
	case strings.Contains(strings.ToLower(name), c.mark):
		c.strangeGroup(name, group.ID(), "it bears the run's mark, and no group of the plan has this name")
		c.keepGroup(name, group.ID())
	case c.owned:
		c.strangeGroup(name, group.ID(), "no group of the plan has this name, in a tenant that was made for this run alone")
	}
}

func (c *census) keepGroup(name, id string) {
	if id != "" {
		c.unknown = append(c.unknown, guestOf{evidence.Group, name, id})
	}
}

// lookAtGroup reads a group by its id, or looks for it by its name where Okta knows
// none.
func (c *census) lookAtGroup(ctx context.Context, g int) error {
	id, at := c.roster.group(g), c.roster.setStanding(g)
	name := c.dialogues.Groups.Name(g)
	eyes := c.eyes(wire.Subject{Key: name, Name: name})
	if id == "" {
		if (at == 0 || at&refusal != 0) && c.shown[g] != "" {
			c.foundGroup("wrong", g, c.shown[g], "the group is there, and its push failed or was never begun")
		}
		if c.maybe(at) && c.shown[g] == "" {
			c.mu.Lock()
			c.absent = append(c.absent, guestOf{evidence.Group, name, ""})
			c.mu.Unlock()
		}
		return nil
	}
	var look target.Look
	if err := twice(func() (err error) {
		look, err = eyes.Group(ctx, id)
		return err
	}); err != nil {
		return err
	}
	there := look.OK() && look.Resource != nil
	switch {
	case !there && c.shown[g] == "":
		c.foundGroup("lost", g, id, "neither listed, nor read by the id that the push was answered with: "+look.String())
	case !there:
		c.foundGroup("wrong", g, id, "listed, but not read by its id: "+look.String())
	case !strings.EqualFold(look.Resource.Text("displayName"), name):
		c.foundGroup("wrong", g, id, fmt.Sprintf("displayName: want %s, got %q", name, look.Resource.Text("displayName")))
	case c.shown[g] == "":
		c.foundGroup("wrong", g, id, "read by its id, but not listed")
	default:
		c.compareMembers(g, id, look.Resource)
	}
	return nil
}

// compareMembers holds the members that a group shows against the plan. A member who
// was unassigned since may be there or not: Okta says nothing of it, and servers
// differ. Of a group of which a dialogue did not end well it is not known who is in it.
func (c *census) compareMembers(g int, id string, group target.Resource) {
	shown := map[string]int{}
	members, unknown := group.References("members")
	for _, m := range members {
		shown[m]++
	}
	doubled := len(members) - len(shown)
	if unknown > 0 {
		c.note("some groups list members without a value")
	}
	if doubled > 0 {
		c.note("some groups list a member more than once")
	}
	var lost, strange []evidence.Difference
	if c.roster.setStanding(g)&doubtful == 0 {
		lost, strange = c.membersOff(g, shown)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.readback.Groups
	all.Members += len(members)
	all.MembersDoubled += doubled
	all.MembersLost += len(lost)
	all.MembersStrange += len(strange)
	for _, one := range slices.Concat(lost, strange) {
		c.all.Add(one)
	}
	name := c.dialogues.Groups.Name(g)
	if n := len(lost); n > 0 {
		c.exemplify(evidence.Difference{Kind: evidence.Group, What: "member lost", Name: name, ID: id, Why: fmt.Sprintf("%d are missing, such as %s", n, lost[n-1].Name)})
	}
	if n := len(strange); n > 0 {
		c.exemplify(evidence.Difference{Kind: evidence.Group, What: "member strange", Name: name, ID: id, Why: fmt.Sprintf("%d are in it who should not be, such as the account %s", n, strange[0].ID)})
	}
}

// membersOff returns who is missing, and who is there and should not be. It takes out of
// shown all who belong there; who is left in it is strange.
func (c *census) membersOff(g int, shown map[string]int) (lost, strange []evidence.Difference) {
	group := c.dialogues.Groups.Name(g)
	for _, n := range c.roster.members(g, Deed{}) {
		at := c.roster.standing(n)
		if at&told == 0 {
			continue // Okta never knew an id of theirs, and left them out
		}
		id := c.roster.made(n)
		_, there := shown[id]
		if !there && at&(disabled|doubtful) == 0 {
			lost = append(lost, evidence.Difference{Kind: member, What: "member lost", Name: c.dialogues.People.UserName(n), In: group, ID: id, Why: "the group does not show them"})
		}
		delete(shown, id)
	}
	for _, n := range c.roster.left(g) {
		if c.roster.is(n, disabled) || c.roster.is(n, doubtful) {
			delete(shown, c.roster.made(n)) // Okta may have had no link any more to name them by
		}
	}
	for _, id := range slices.Sorted(maps.Keys(shown)) {
		strange = append(strange, evidence.Difference{Kind: member, What: "member strange", In: group, ID: id, Why: "the group shows them, and they are not to be in it"})
	}
	return lost, strange
}

// member is the kind of a difference that is about one person in one group.
const member = "member"

func (c *census) strangeGroup(name, id, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readback.Groups.Wrong++
	c.show(evidence.Difference{Kind: evidence.Group, What: "wrong", Name: name, ID: id, Why: why})
}

func (c *census) foundGroup(what string, g int, id, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch all := c.readback.Groups; what {
	case "lost":
		all.Lost++
	case "doubled":
		all.Doubled++
	default:
		all.Wrong++
	}
	c.show(evidence.Difference{Kind: evidence.Group, What: what, Name: c.dialogues.Groups.Name(g), ID: id, Why: why})
}
