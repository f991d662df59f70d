package directory

import (
	"slices"
	"strings"
	"time"
)

// A Group is a group of people in Okta.
type Group struct {
	ID          GroupID
	Ordinal     int // 1 for the first one made
	Name        string
	Description string
	Members     []PersonID // in the order in which they joined

	Created, LastUpdated, LastMembershipUpdated time.Time
}

// A group's Members are on its roster, until it is shown.
type group struct {
	Group
	roster roster
}

func (g *group) copy() Group {
	c := g.Group
	c.Members = g.roster.list()
	return c
}

func (g *group) has(id PersonID) bool { return g.roster.has(id) }

func (g *group) remove(id PersonID) bool { return g.roster.drop(id) }

// CreateGroup adds an empty group. It is Invalid without a name or with one
// that another group has. What rules make of it is [Directory.FollowPushRules].
func (d *Directory) CreateGroup(name, description string) (Group, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.checkName("", name); err != nil {
		return Group{}, err
	}
	d.groups.made++
	now := d.now()
	g := &group{Group: Group{
		ID: GroupID(d.newID("00g", d.groups.made)), Ordinal: d.groups.made,
		Created: now, LastUpdated: now, LastMembershipUpdated: now,
	}}
	d.groups.put(g.ID, g)
	d.called(g, name, description)
	d.log(groupCreated, g.target())
	return g.copy(), nil
}

// called gives a group a name and a description, by which rules look for it.
func (d *Directory) called(g *group, name, description string) {
	if d.named[g.Name] == g {
		delete(d.named, g.Name)
	}
	g.Name, g.Description = name, description
	d.named[name] = g
	d.lookAgain(g)
}

// uncalled forgets the name of a group that was deleted.
func (d *Directory) uncalled(g *group) {
	delete(d.named, g.Name)
	for a := range d.apps.all {
		for r := range a.rules.all {
			delete(r.groups, g.ID)
		}
	}
}

func (d *Directory) checkName(self GroupID, name string) error {
	if strings.TrimSpace(name) == "" {
		return &Invalid{Field: "name", Why: "The field cannot be left blank"}
	}
	if g := d.named[name]; g != nil && g.ID != self {
		return &Invalid{Field: "name", Why: "An object with this field already exists in the current organization"}
	}
	return nil
}

// Group returns a group by id.
func (d *Directory) Group(id GroupID) (Group, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g, err := d.group(id)
	if err != nil {
		return Group{}, err
	}
	return g.copy(), nil
}

// Groups returns all groups, in the order in which they were made.
func (d *Directory) Groups() []Group {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []Group
	for g := range d.groups.all {
		all = append(all, g.copy())
	}
	return all
}

// RenameGroup gives a group another name and description. It has an effect where the
// group is pushed and its name at the target is the group's, and where a rule pushes what
// is called or described so. Of a rule that it does not meet any longer nothing follows
// (inference).
func (d *Directory) RenameGroup(id GroupID, name, description string) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g, err := d.group(id)
	if err != nil {
		return nil, err
	}
	if err := d.checkName(id, name); err != nil {
		return nil, err
	}
	before := g.Name
	d.called(g, name, description)
	g.LastUpdated = d.now()
	d.log(groupUpdated, g.target())
	var effects []Effect
	for a := range d.apps.all {
		m := a.tab.of[id]
		if m == nil || name == before || !a.renames(m, before) {
			continue
		}
		m.TargetName = name
		switch {
		case !m.Active:
			d.log(renamedWhileInactive, g.target(), a.target())
		case a.Provisions():
			effects = append(effects, Effect{a.ID, GroupRenamed{id}})
		}
	}
	return append(effects, d.followRules(g)...), nil
}

// renames says whether the name at the target is that of the group, and changes as it
// does. A group of the target's that was linked is renamed where the application renames
// such groups (Okta test plan C9315 and C9330: documented). A name that was given apart
// when the mapping was made stays (inference: no source tells).
func (a *app) renames(m *PushMapping, name string) bool {
	if m.LinkedID != "" {
		return !a.Settings.KeepGroupNames
	}
	return m.TargetName == name
}

// DeleteGroup removes a group. Where it was pushed its mapping goes too, and
// the target's group stays (inference: no source tells). Who had an application by
// it alone loses that.
func (d *Directory) DeleteGroup(id GroupID) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g, err := d.group(id)
	if err != nil {
		return nil, err
	}
	having := d.appsOfGroup(id)
	for _, a := range having {
		d.dropGroup(a, id)
	}
	effects := d.followGroups(having, g.roster.list())
	for a := range d.apps.all {
		m := a.tab.of[id]
		if m == nil {
			continue
		}
		a.tab.drop(m)
		if a.Provisions() {
			effects = append(effects, Effect{a.ID, GroupUnlinked{Group: id}})
		}
	}
	d.groups.drop(id)
	d.uncalled(g)
	d.log(groupDeleted, g.target())
	return effects, nil
}

// AddMembers puts people into a group in one act.
func (d *Directory) AddMembers(id GroupID, people ...PersonID) ([]Effect, error) {
	return d.ChangeMembers(id, people, nil)
}

// RemoveMembers takes people out of a group in one act.
func (d *Directory) RemoveMembers(id GroupID, people ...PersonID) ([]Effect, error) {
	return d.ChangeMembers(id, nil, people)
}

// ChangeMembers lets people join and leave a group in one act, as a group rule
// does. Who is a member already does not join, and who is none does not leave;
// it has an effect where somebody did and the group is pushed, or has the
// application. A group in a group is Invalid: Okta has no nested groups (documented).
func (d *Directory) ChangeMembers(id GroupID, joining, leaving []PersonID) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g, err := d.group(id)
	if err != nil {
		return nil, err
	}
	for _, p := range slices.Concat(joining, leaving) {
		if _, nested := d.groups.byID[GroupID(p)]; nested {
			return nil, &Invalid{Field: "members", Why: "A group cannot be a member of a group: Okta does not support nested groups"}
		}
		if _, err := d.person(p); err != nil {
			return nil, err
		}
	}
	c := MembersChanged{Group: id}
	for _, p := range joining {
		if g.roster.put(p) {
			c.Joined = append(c.Joined, p)
			d.log(memberAdded, d.personTarget(p), g.target())
		}
	}
	for _, p := range leaving {
		if g.remove(p) {
			c.Left = append(c.Left, p)
			d.log(memberRemoved, d.personTarget(p), g.target())
		}
	}
	if len(c.Joined)+len(c.Left) == 0 {
		return nil, nil
	}
	g.LastMembershipUpdated = d.now()
	moved := slices.Concat(c.Joined, c.Left)
	return append(d.followGroups(d.appsOfGroup(id), moved), d.wherePushed(id, c)...), nil
}

// wherePushed is c for each application to which the group is being pushed.
func (d *Directory) wherePushed(id GroupID, c Change) []Effect {
	var effects []Effect
	for a := range d.apps.all {
		if m := a.tab.of[id]; m != nil && m.Active && a.Provisions() {
			effects = append(effects, Effect{a.ID, c})
		}
	}
	return effects
}
