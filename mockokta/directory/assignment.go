package directory

import (
	"maps"
	"time"
)

// A Scope says how a person came to have an application.
type Scope string

// The scopes are Okta's (management API, application users: documented).
const (
	ScopeUser  Scope = "USER"  // the application was given to the person themselves
	ScopeGroup Scope = "GROUP" // they are in a group that has it
)

// An Assignment gives a person an application, and is what the application's
// profile holds of them. See [Assignment.Profile] for whose word counts, and
// [GroupAssignment] for which group's.
type Assignment struct {
	Person PersonID
	Scope  Scope
	Group  GroupID // the one that gives it; "" unless Scope is ScopeGroup
	// Own are attributes of the application's profile that were set for this
	// person, by the application's names; userName is one of them.
	Own Profile

	Created, LastUpdated time.Time

	place  int     // among the application's assignments
	schema *schema // nil is that of a new application
	group  Profile // what Group sets; never altered
	// kept are values that no longer come from where they came from: of mappings
	// that are applied on create only, and of mappings that were taken away.
	kept Profile
	// cleared are the attributes that had a value once and were without one later.
	cleared map[string]bool
	// confirmed is the account that the person was confirmed to have, until Okta's
	// links have it.
	confirmed string
}

// copy is as for somebody outside.
func (as *Assignment) copy() Assignment {
	c := *as
	c.Own, c.kept, c.cleared = maps.Clone(as.Own), maps.Clone(as.kept), maps.Clone(as.cleared)
	return c
}

// newAssignment is somebody's from now on; by is the group that gives it, nil when
// they are given it themselves.
func (d *Directory) newAssignment(a *app, p *Person, by *GroupAssignment, own Profile) *Assignment {
	now := d.now()
	as := &Assignment{Person: p.ID, Own: own, Created: now, LastUpdated: now, schema: a.schema}
	as.by(by)
	for i, s := range a.schema.sources {
		if s.createOnly {
			as.keep(a.schema.attributes[i].Name, a.schema.attributes[i].mapped(s, p.Profile))
		}
	}
	return as
}

// by says who gives the application: a group, or nil for nobody but the
// administrator.
func (as *Assignment) by(ga *GroupAssignment) {
	as.Scope, as.Group, as.group = ScopeUser, "", nil
	if ga != nil {
		as.Scope, as.Group, as.group = ScopeGroup, ga.Group, ga.Profile
	}
}

// keep holds a value on to; nil lets it go.
func (as *Assignment) keep(name string, v any) {
	switch {
	case v == nil:
		delete(as.kept, name)
	case as.kept == nil:
		as.kept = Profile{name: v}
	default:
		as.kept[name] = v
	}
}

// set lays values over those that the person has of their own; nil takes one away,
// and with it what was kept of a mapping.
func (as *Assignment) set(own Profile) {
	as.Own = as.Own.with(own)
	for name, v := range own {
		if v == nil {
			as.keep(name, nil)
		}
	}
}

// forget drops all that there is of attributes.
func (as *Assignment) forget(names []string) {
	as.Own = as.Own.without(names)
	for _, name := range names {
		delete(as.kept, name)
		delete(as.cleared, name)
	}
}

// Assign gives a person the application, with values of their own. Giving it twice
// changes nothing, but for who has it by a group: they have it themselves from then
// on (inference), and what the group set for them is their own now, so that nothing
// changes by it (inference). A person who is still staged is assigned when they are
// activated. Own may be nil.
func (d *Directory) Assign(id AppID, person PersonID, own Profile) (Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	p, err := d.person(person)
	if err != nil {
		return nil, err
	}
	if p.Status == Deprovisioned {
		return nil, &Conflict{What: "assign", Why: "the user is deactivated"}
	}
	as, already := a.assigned[person]
	if already && as.Scope == ScopeUser {
		return nil, nil
	}
	if own, err = a.schema.own(own); err != nil {
		return nil, err
	}
	if already {
		return d.convert(a, as, p, nil, as.group.with(as.Own).with(own)), nil
	}
	a.assign(d.newAssignment(a, p, nil, Profile(nil).with(own)))
	d.log(userAssigned, p.target(), a.target())
	if !a.Provisions() || !p.Status.working() {
		return nil, nil
	}
	return Assigned{person}, nil
}

// convert turns an assignment by a group into one of the person's own, or back.
func (d *Directory) convert(a *app, as *Assignment, p *Person, by *GroupAssignment, own Profile) Change {
	h := d.hear(a, as, p)
	as.by(by)
	as.Own, as.LastUpdated = own, d.now()
	d.log(assignmentChanged, p.target(), a.target())
	return h.change()
}

// own is a copy of what is set for one person, each value as its attribute keeps it.
func (s *schema) own(set Profile) (Profile, error) {
	own := Profile{}
	for name, v := range set {
		at := s.attribute(name)
		if name == userName.Name {
			at = &userName
		}
		if at == nil {
			return nil, &Invalid{Field: name, Why: "The property is not defined in the application's profile"}
		}
		var err error
		if own[name], err = at.value(v); err != nil {
			return nil, err
		}
	}
	return own, nil
}

// Edit sets attributes of the application's profile for one person; nil takes the
// person's own value away, so that the group's or the mapped one stands.
func (d *Directory) Edit(id AppID, person PersonID, own Profile) (Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	as, ok := a.assigned[person]
	if !ok {
		return nil, &NotFound{Kind: "AppUser", ID: string(person)}
	}
	if own, err = a.schema.own(own); err != nil {
		return nil, err
	}
	p := d.people.byID[person]
	h := d.hear(a, as, p)
	as.set(own)
	as.LastUpdated = d.now()
	d.log(assignmentChanged, p.target(), a.target())
	return h.change(), nil
}

// Unassign takes the application from a person who has it. Who is also in a group
// that has it keeps it by that group, and of their own values those that no group
// can set, a typed userName among them (inference); who has it by a group alone loses it with the group, and not
// before: Okta's console offers nothing else (inference).
func (d *Directory) Unassign(id AppID, person PersonID) (Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	as, has := a.assigned[person]
	switch by := d.assigningGroup(a, person); {
	case !has:
		return nil, &NotFound{Kind: "AppUser", ID: string(person)}
	case as.Scope == ScopeGroup:
		return nil, &Invalid{Field: "scope", Why: "The user has the application by a group; take them out of the group"}
	case by != nil:
		return d.convert(a, as, d.people.byID[person], by, a.schema.personal(as.Own)), nil
	}
	p := d.people.byID[person]
	d.unassign(a, p)
	if !p.Status.working() || !a.Provisions() {
		return nil, nil
	}
	return Unassigned{person}, nil
}

// isPersonal says of what no group can set: the userName, and the attributes whose
// scope says so.
func (s *schema) isPersonal(name string) bool {
	at := s.attribute(name)
	return name == userName.Name || at != nil && at.Personal
}

// personal are those of the values that no group can set.
func (s *schema) personal(own Profile) Profile {
	var kept Profile
	for name, v := range own {
		if s.isPersonal(name) {
			kept = kept.with(Profile{name: v})
		}
	}
	return kept
}

func (a *app) assign(as *Assignment) {
	a.assigned[as.Person] = as
	as.place = len(a.order)
	a.order = append(a.order, as.Person)
}

// drop leaves a gap in the order, and closes all of them once they are the most.
func (a *app) drop(as *Assignment) {
	delete(a.assigned, as.Person)
	a.order[as.place] = ""
	if a.gone++; 2*a.gone <= len(a.order) {
		return
	}
	a.order, a.gone = a.people(), 0
	for i, p := range a.order {
		a.assigned[p].place = i
	}
}

// people are those who are assigned, in the order in which they were.
func (a *app) people() []PersonID {
	people := make([]PersonID, 0, len(a.assigned))
	for _, p := range a.order {
		if p != "" {
			people = append(people, p)
		}
	}
	return people
}

// unassign takes the application from somebody who has it.
func (d *Directory) unassign(a *app, p *Person) {
	a.drop(a.assigned[p.ID])
	d.log(userUnassigned, p.target(), a.target())
}

// ProvisionUsers is the button Provision User of the Assignments tab, for those of
// the people who are assigned: whoever was assigned before provisioning was on is
// provisioned by it (observed: the log of a real org; Immuta's page says the same
// of its application).
func (d *Directory) ProvisionUsers(id AppID, people []PersonID) ([]Effect, error) {
	return d.press(id, "provision users", people, func(p PersonID) Change { return ProvisioningAsked{p} })
}

// ForceSync is the button Force Sync of Provisioning > To App: it pushes the
// profile of everybody who has been provisioned already, and provisions nobody
// (observed).
func (d *Directory) ForceSync(id AppID) ([]Effect, error) {
	all, err := d.Assignments(id, Part{})
	if err != nil {
		return nil, err
	}
	var people []PersonID
	for _, as := range all {
		people = append(people, as.Person)
	}
	return d.press(id, "force sync", people, func(p PersonID) Change { return ForceSyncAsked{p} })
}

// press is a button of the console for each of the people who is assigned and can
// be provisioned.
func (d *Directory) press(id AppID, button string, people []PersonID, asked func(PersonID) Change) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	if !a.Provisions() {
		return nil, &Conflict{What: button, Why: "provisioning is not enabled for this application"}
	}
	var effects []Effect
	for _, p := range people {
		if _, assigned := a.assigned[p]; assigned && d.people.byID[p].Status.working() {
			effects = append(effects, Effect{id, asked(p)})
		}
	}
	return effects, nil
}

// Assignment returns a person's assignment; NotFound when they have none.
func (d *Directory) Assignment(id AppID, person PersonID) (Assignment, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return Assignment{}, err
	}
	if as, ok := a.assigned[person]; ok {
		return as.copy(), nil
	}
	return Assignment{}, &NotFound{Kind: "AppUser", ID: string(person)}
}

// Assignments returns the application's assignments, or a part of them by the people, in
// the order in which they were made.
func (d *Directory) Assignments(id AppID, p Part) ([]Assignment, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	at := 0
	if p.After != "" {
		before, assigned := a.assigned[PersonID(p.After)]
		if !assigned {
			return nil, errCursor
		}
		at = before.place + 1
	}
	var some []Assignment
	for _, who := range a.order[at:] {
		if who == "" {
			continue
		}
		some = append(some, a.assigned[who].copy())
		if len(some) == p.Most {
			break
		}
	}
	return some, nil
}
