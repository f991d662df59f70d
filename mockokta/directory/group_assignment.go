package directory

import (
	"slices"
	"time"
)

// A GroupAssignment gives the application to everybody in a group: to who is in
// it now, and to whoever joins, until they leave.
type GroupAssignment struct {
	Group GroupID
	// Priority is 0 for the first. The first group that a person is in assigns them
	// (that the lower number comes first is inference).
	Priority int

	LastUpdated time.Time
}

// AssignGroup gives the application to a group. Giving it twice changes nothing.
// It has an effect for each person in the group who did not have the application.
func (d *Directory) AssignGroup(id AppID, group GroupID) ([]Effect, error) {
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
	if a.assignedGroup(group) != nil {
		return nil, nil
	}
	a.groups = append(a.groups, &GroupAssignment{Group: group, Priority: len(a.groups), LastUpdated: d.now()})
	return d.followGroups([]*app{a}, g.Members), nil
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
	a.dropGroup(group)
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
		all = append(all, *ga)
	}
	return all, nil
}

func (a *app) assignedGroup(id GroupID) *GroupAssignment {
	for _, ga := range a.groups {
		if ga.Group == id {
			return ga
		}
	}
	return nil
}

func (a *app) dropGroup(id GroupID) {
	a.groups = slices.DeleteFunc(a.groups, func(ga *GroupAssignment) bool { return ga.Group == id })
	for i, ga := range a.groups {
		ga.Priority = i
	}
}

func (d *Directory) membersOf(id GroupID) []PersonID {
	if g, ok := d.groups.byID[id]; ok {
		return g.Members
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
			if c := d.followGroup(a, d.people.byID[p]); c != nil && a.Provisions() {
				effects = append(effects, Effect{a.ID, c})
			}
		}
	}
	return effects
}

// followGroup gives a person the application, or takes it from them, as the groups
// have it. What was given to the person themselves stays.
func (d *Directory) followGroup(a *app, p *Person) Change {
	by := d.assigningGroup(a, p.ID)
	as, has := a.assigned[p.ID]
	switch {
	case !has && by != "" && p.Status != Deprovisioned:
		a.assign(&Assignment{Person: p.ID, Scope: ScopeGroup, Group: by, Created: d.now(), LastUpdated: d.now()})
		if p.Status.working() {
			return Assigned{p.ID}
		}
	case has && as.Scope == ScopeGroup && by == "":
		a.unassign(p.ID)
		if p.Status.working() {
			return Unassigned{p.ID}
		}
	case has && as.Scope == ScopeGroup && as.Group != by:
		as.Group, as.LastUpdated = by, d.now()
	}
	return nil
}

// assigningGroup is the first of an application's groups that a person is in; ""
// when they are in none.
func (d *Directory) assigningGroup(a *app, p PersonID) GroupID {
	for _, ga := range a.groups {
		if g, ok := d.groups.byID[ga.Group]; ok && g.has(p) {
			return ga.Group
		}
	}
	return ""
}
