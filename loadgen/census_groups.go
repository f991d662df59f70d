package loadgen

import (
	"context"
	"fmt"
	"maps"
	"slices"

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
	if err := c.whole(ctx, c.listGroups); err != nil {
		c.keepUnread(c.teams, len(c.roster.sets), c.unpushed)
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
	if err := looks.Wait(); err != nil {
		return err
	}
	return c.again(ctx, c.teams, newListing(groupsListed, groupsPage, len(c.roster.sets)), c.eyes(wire.Subject{}).GroupPage)
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

func (c *census) takeGroup(group target.Resource) { c.take(c.teams, group) }

// unpushed: the target was told nothing of a group, or refused it for certain.
func (c *census) unpushed(g int) bool {
	at := c.roster.setStanding(g)
	return c.roster.group(g) == "" && (at == 0 || at&refusal != 0)
}

// lookAtGroup looks at a group by its name, and by its id where Okta knows one.
func (c *census) lookAtGroup(ctx context.Context, g int) error {
	id, maybe, listed := c.roster.group(g), c.maybe(c.roster.setStanding(g)), c.teams.listed.has(g)
	if id == "" && !listed && !maybe {
		return nil
	}
	v, err := c.see(ctx, c.teams, g, id == "" || !listed || c.sampledGroup(g))
	if err != nil {
		return err
	}
	v.made, v.settled, v.lookedUp = id != "", id != "", true
	if c.unpushed(g) {
		v.unwanted = "its push failed or was never begun"
	}
	v.differs = func(group target.Resource) string {
		if name := c.teams.name(g); !v.bears(group) {
			return fmt.Sprintf("displayName: want %s, got %q", name, group.Text("displayName"))
		}
		return ""
	}
	d := v.judge()
	c.mu.Lock()
	if v.asked && v.settled {
		c.readback.Groups.LookedUp++
	}
	if maybe && !v.found && !v.isListed() {
		c.absent = append(c.absent, guestOf{evidence.Group, c.teams.name(g), ""})
	}
	c.mu.Unlock()
	if err := c.takeDown(c.teams, g, d); err != nil {
		return err
	}
	if v.settled && d.sound {
		c.compareMembers(g, id, v.read[id].Resource)
	}
	return nil
}

// sampledGroup draws which groups are looked for by their names, as sampled does people.
func (c *census) sampledGroup(g int) bool {
	return drawn(c.dialogues.People.Seed+6, g, len(c.roster.sets))
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
		c.all.Add(inShort(one))
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
