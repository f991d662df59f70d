package directory

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"time"
)

// A GroupAssignment gives the application to everybody in a group: to who is in
// it now, and to whoever joins, until they leave.
//
// Of several groups that a person is in, the first assigns them and gives its
// profile (documented in Okta's API; that the first group's value wins is observed,
// sentry-docs PR 6042). It counts as a whole: a value that only a later group sets is
// not taken, and where the first sets none the mapped one stands (inference).
type GroupAssignment struct {
	Group GroupID
	// Priority is 0 for the first; no two groups have the same. The first group that
	// a person is in assigns them (that the lower number comes first is inference).
	Priority int
	// Profile are values of the application's profile for everybody whom the group
	// assigns, by the application's names.
	Profile Profile

	LastUpdated time.Time
}

func (ga *GroupAssignment) copy() GroupAssignment {
	c := *ga
	c.Profile = maps.Clone(ga.Profile)
	return c
}

// AssignGroup gives the application to a group, after those that have it. Giving it
// twice changes nothing. It has an effect for each person in the group who did not
// have the application.
func (d *Directory) AssignGroup(id AppID, group GroupID) ([]Effect, error) {
	return d.AssignGroupWith(id, group, nil, nil)
}

// AssignGroupWith is AssignGroup at a priority and with values for everybody whom
// the group assigns. A priority that another group has moves that one and those
// behind it (observed); nil means behind all, or where the group is. A nil profile
// leaves the values as they are, any other replaces them. It has an effect for
// each person of whom the target is told another thing now, too.
func (d *Directory) AssignGroupWith(id AppID, group GroupID, priority *int, profile Profile) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	g, err := d.group(group)
	if err != nil {
		return nil, err
	}
	values, err := a.schema.ofGroup(profile)
	if err == nil {
		err = checkPriority(priority)
	}
	if err != nil {
		return nil, err
	}
	ga := a.assignedGroup(group)
	if ga == nil {
		ga = &GroupAssignment{Group: group, Priority: a.lastPriority() + 1, LastUpdated: d.now()}
		a.give(ga)
		d.log(groupAssigned, g.target(), a.target())
	} else if priority != nil || profile != nil {
		d.log(groupAssignmentChanged, g.target(), a.target())
		ga.LastUpdated = d.now()
	}
	if profile != nil {
		ga.Profile = values
	}
	a.place(ga, priority)
	return d.followGroups([]*app{a}, d.membersOf(group)), nil
}

// EditGroupAssignment changes the priority of a group that has the application, and
// some of the values that it gives; nil takes one away.
func (d *Directory) EditGroupAssignment(id AppID, group GroupID, priority *int, some Profile) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	ga := a.assignedGroup(group)
	if ga == nil {
		return nil, &NotFound{Kind: "ApplicationGroupAssignment", ID: string(group)}
	}
	values, err := a.schema.ofGroup(some)
	if err == nil {
		err = checkPriority(priority)
	}
	if err != nil {
		return nil, err
	}
	ga.Profile, ga.LastUpdated = ga.Profile.with(values), d.now()
	a.place(ga, priority)
	d.log(groupAssignmentChanged, d.groups.byID[group].target(), a.target())
	return d.followGroups([]*app{a}, d.membersOf(group)), nil
}

// ofGroup is a copy of what a group sets, each value as its attribute keeps it.
func (s *schema) ofGroup(set Profile) (Profile, error) {
	for name := range set {
		if s.isPersonal(name) {
			return nil, &Invalid{Field: name, Why: "The attribute is personal: a group cannot set it"}
		}
	}
	return s.own(set)
}

func checkPriority(priority *int) error {
	if priority != nil && *priority < 0 {
		return &Invalid{Field: "priority", Why: "The value is less than 0"}
	}
	return nil
}

// place gives a group a priority, and lets those that stand in the way move. The
// order of these others stays, so that it matters to nobody who is not in the group.
func (a *app) place(ga *GroupAssignment, priority *int) {
	if priority == nil || *priority == ga.Priority {
		return
	}
	ga.Priority = *priority
	taken := ga.Priority
	for _, other := range a.groups { // in the order of their priorities, but for ga
		if other != ga && other.Priority == taken {
			other.Priority++
			taken++
		}
	}
	slices.SortFunc(a.groups, func(x, y *GroupAssignment) int { return cmp.Compare(x.Priority, y.Priority) })
}

func (a *app) lastPriority() int {
	if len(a.groups) == 0 {
		return -1
	}
	return a.groups[len(a.groups)-1].Priority
}

// UnassignGroup takes the application from a group. Who has it by that group
// alone loses it.
func (d *Directory) UnassignGroup(id AppID, group GroupID) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	if a.assignedGroup(group) == nil {
		return nil, &NotFound{Kind: "ApplicationGroupAssignment", ID: string(group)}
	}
	d.dropGroup(a, group)
	return d.followGroups([]*app{a}, d.membersOf(group)), nil
}

// GroupAssignments returns the groups that have the application, the first by
// priority first.
func (d *Directory) GroupAssignments(id AppID) ([]GroupAssignment, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	var all []GroupAssignment
	for _, ga := range a.groups {
		all = append(all, ga.copy())
	}
	return all, nil
}

// assignedGroup is nil for a group that has not the application.
func (a *app) assignedGroup(id GroupID) *GroupAssignment { return a.given[id] }

func (a *app) give(ga *GroupAssignment) {
	if a.given == nil {
		a.given = map[GroupID]*GroupAssignment{}
	}
	a.given[ga.Group] = ga
	a.groups = append(a.groups, ga)
}

// dropGroup takes the application from a group that has it; those behind it move
// up (inference).
func (d *Directory) dropGroup(a *app, id GroupID) {
	gone := a.assignedGroup(id)
	delete(a.given, id)
	a.groups = slices.DeleteFunc(a.groups, func(ga *GroupAssignment) bool { return ga == gone })
	for _, ga := range a.groups {
		if ga.Priority > gone.Priority {
			ga.Priority--
		}
	}
	d.log(groupUnassigned, d.groups.byID[id].target(), a.target())
}

func (d *Directory) membersOf(id GroupID) []PersonID {
	if g, ok := d.groups.byID[id]; ok {
		return g.roster.list()
	}
	return nil
}

// appsOfGroup are the applications that a group has.
func (d *Directory) appsOfGroup(id GroupID) []*app {
	var having []*app
	for a := range d.apps.all {
		if a.assignedGroup(id) != nil {
			having = append(having, a)
		}
	}
	return having
}

// followGroups brings people's assignments in line with the groups that they are
// in, and returns what provisioning hears of it.
func (d *Directory) followGroups(apps []*app, people []PersonID) []Effect {
	var effects []Effect
	for _, a := range apps {
		for _, p := range people {
			if c := d.follow(a, d.people.byID[p]); c != nil && a.Provisions() {
				effects = append(effects, Effect{a.ID, c})
			}
		}
	}
	return effects
}

// follow gives a person the application, or takes it from them, as the groups
// have it, and what the group gives beside it. What was given to the person
// themselves stays.
func (d *Directory) follow(a *app, p *Person) Change {
	by := d.assigningGroup(a, p.ID)
	as, has := a.assigned[p.ID]
	switch {
	case !has && by != nil && p.Status != Deprovisioned:
		a.assign(d.newAssignment(a, p, by, nil))
		d.log(userAssigned, p.target(), a.target())
		if p.Status.working() {
			return Assigned{p.ID}
		}
	case has && as.Scope == ScopeGroup && by == nil:
		d.unassign(a, p)
		if p.Status.working() {
			return Unassigned{p.ID}
		}
	case has && as.Scope == ScopeGroup && (as.Group != by.Group || !reflect.DeepEqual(as.group, by.Profile)):
		h := d.hear(a, as, p)
		as.by(by)
		as.LastUpdated = d.now()
		return h.change()
	}
	return nil
}

// assigningGroup is the first of an application's groups that a person is in; nil
// when they are in none.
func (d *Directory) assigningGroup(a *app, p PersonID) *GroupAssignment {
	for _, ga := range a.groups {
		if g, ok := d.groups.byID[ga.Group]; ok && g.has(p) {
			return ga
		}
	}
	return nil
}
