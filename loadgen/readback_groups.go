package loadgen

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// groups reads the groups back: the list shows which there are, and every group that
// was pushed is then read by its id, since only that is sure to show all members
// (RFC 7644, section 3.4.2.4: a list may change while it is paged). By its name each is
// looked for too, as Okta does before a push, or a sample where there are many: a list
// may hide a second one.
func (c *census) groups(ctx context.Context) error {
	if len(c.roster.sets) == 0 {
		return nil
	}
	c.readback.Groups = &evidence.GroupReadback{}
	for g := range c.roster.sets {
		if c.roster.group(g) != "" {
			c.readback.Groups.Known++
		}
	}
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

const groupsListed = "groups"

func (c *census) listGroups(ctx context.Context) error {
	return c.walk(ctx, newListing(groupsListed, groupsPage, len(c.roster.sets)), c.eyes(wire.Subject{}).GroupPage, func(page []target.Resource) {
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
		c.doublesGroup(g, c.shown[g], group.ID())
	case ours:
	case strings.Contains(strings.ToLower(name), c.mark):
		c.strangeGroup(name, group.ID(), "it bears the run's mark, and no group of the plan has this name")
		c.keepGroup(name, group.ID())
	case c.owned:
		c.strangeGroup(name, group.ID(), "no group of the plan has this name, in a tenant that was made for this run alone")
	}
}

func (c *census) keepGroup(name, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id != "" {
		c.unknown = append(c.unknown, guestOf{evidence.Group, name, id})
	}
}

// doublesGroup counts a second group of one name, once, wherever it shows.
func (c *census) doublesGroup(g int, first, second string) {
	c.mu.Lock()
	known := c.twins[twin{g, second}] || c.twins[twin{g, first}]
	c.twins[twin{g, second}] = true
	c.mu.Unlock()
	if known {
		return
	}
	c.foundGroup("doubled", g, second, "two groups bear the name, the other has id "+first)
	for _, id := range []string{first, second} {
		if c.roster.group(g) != id {
			c.keepGroup(c.dialogues.Groups.Name(g), id)
		}
	}
}

// putAwayGroup is putAway for groups.
func (c *census) putAwayGroup(e evidence.Entry) {
	g, ours := c.dialogues.Groups.Number(e.Name)
	switch {
	case !ours || e.ID == "":
	case c.roster.group(g) == "" && c.shown[g] == "":
		c.shown[g] = e.ID
	case e.ID != c.roster.group(g) && e.ID != c.shown[g]:
		c.doublesGroup(g, cmp.Or(c.roster.group(g), c.shown[g]), e.ID)
	}
}

// lookAtGroup looks at a group by its name, and by its id where Okta knows one.
func (c *census) lookAtGroup(ctx context.Context, g int) error {
	id, at, listed := c.roster.group(g), c.roster.setStanding(g), c.shown[g]
	asked := id != "" && c.sampledGroup(g) || listed == "" && (id != "" || c.maybe(at))
	var named []string
	if asked {
		var err error
		if named, err = c.groupsNamed(ctx, g); err != nil {
			return err
		}
	}
	if id == "" {
		c.judgeUnpushed(g, at, c.seconds(g, "", listed, named))
		return nil
	}
	var look target.Look
	if err := twice(func() (err error) {
		look, err = c.aboutGroup(g).Group(ctx, id)
		return err
	}); err != nil {
		return err
	}
	first := id
	if !isThere(look) {
		first = "" // then another one is no second
	}
	c.seconds(g, first, listed, named)
	c.judgeGroup(g, id, asked && len(named) == 0, look)
	return nil
}

func isThere(look target.Look) bool { return look.OK() && look.Resource != nil }

// seconds counts the groups of one name beside the first, and returns the first.
func (c *census) seconds(g int, first, listed string, named []string) string {
	for _, id := range append([]string{listed}, named...) {
		if first = cmp.Or(first, id); id != "" && id != first {
			c.doublesGroup(g, first, id)
		}
	}
	return first
}

// judgeUnpushed is about a group that Okta knows no id of. It is there under an id, or
// under none.
func (c *census) judgeUnpushed(g int, at standing, id string) {
	switch {
	case (at == 0 || at&refusal != 0) && id != "":
		c.foundGroup("wrong", g, id, "the group is there, and its push failed or was never begun")
	case c.maybe(at) && id == "":
		c.mu.Lock()
		defer c.mu.Unlock()
		c.absent = append(c.absent, guestOf{evidence.Group, c.dialogues.Groups.Name(g), ""})
	}
}

// sampledGroup draws which groups are looked for by their names, as sampled does people.
func (c *census) sampledGroup(g int) bool {
	return drawn(c.dialogues.People.Seed+6, g, len(c.roster.sets))
}

func (c *census) aboutGroup(g int) target.Eyes {
	name := c.dialogues.Groups.Name(g)
	return c.eyes(wire.Subject{Key: name, Name: name})
}

// groupsNamed looks for a group by its name as Okta does, members and all, and returns
// the ids under which it is found.
func (c *census) groupsNamed(ctx context.Context, g int) (named []string, err error) {
	var found []target.Resource
	if err := twice(func() (err error) {
		found, _, err = c.aboutGroup(g).GroupsNamed(ctx, c.dialogues.Groups.Name(g))
		return err
	}); err != nil {
		return nil, err
	}
	for _, one := range found {
		if id := one.ID(); id != "" {
			named = append(named, id)
		}
	}
	if c.roster.group(g) != "" {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.readback.Groups.LookedUp++
	}
	return named, nil
}

// judgeGroup holds against the plan what a push's id reads. missed says that the group
// was looked for by its name, and not found.
func (c *census) judgeGroup(g int, id string, missed bool, look target.Look) {
	name, listed := c.dialogues.Groups.Name(g), c.shown[g] != ""
	switch there := isThere(look); {
	case !there && !listed && missed:
		c.foundGroup("lost", g, id, "neither listed, nor found by its name, nor read by the id that the push was answered with: "+look.String())
	case !there:
		c.foundGroup("wrong", g, id, "listed or found, but not read by its id: "+look.String())
	case !strings.EqualFold(look.Resource.Text("displayName"), name):
		c.foundGroup("wrong", g, id, fmt.Sprintf("displayName: want %s, got %q", name, look.Resource.Text("displayName")))
	case !listed:
		c.foundGroup("wrong", g, id, "read by its id, but not listed")
	case missed:
		// Okta looks for a group by its displayName before it makes one (OKTA-push-create,
		// documented), as when it is unlinked and pushed anew (OKTA-group-gone, documented).
		c.foundGroup("wrong", g, id, "listed and read by its id, but not found by its name: Okta, which looks so before it makes a group, would make a second")
	default:
		c.compareMembers(g, id, look.Resource)
	}
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
	for _, n := range c.roster.members(g, crowd.Deed{}) {
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
	if c.readback.Groups == nil { // the reading ended before them, and the tidying up has found one
		c.readback.Groups = &evidence.GroupReadback{}
	}
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
