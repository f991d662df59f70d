package directory

import (
	"maps"
	"slices"
	"time"
)

// A Scope says how a person came to have an application.
type Scope string

// The scopes are Okta's (management API, application users: documented).
const (
	ScopeUser  Scope = "USER"  // the application was given to the person themselves
	ScopeGroup Scope = "GROUP" // they are in a group that has it
)

// An Assignment gives a person an application.
type Assignment struct {
	Person PersonID
	Scope  Scope
	Group  GroupID // the one that gives it; "" unless Scope is ScopeGroup
	// Own are attributes of the application's profile that were edited for this
	// person, by the application's names: userName, givenName, familyName,
	// email, displayName, locale, title, and those of Custom. They stand before
	// what is mapped.
	Own Profile
	// Custom are the application's custom attributes, in the order in which they
	// were added. Nothing is mapped to them.
	Custom []Attribute

	Created, LastUpdated time.Time
}

// Profile is p as the application's profile has them: mapped from Okta's
// attributes, with the assignment's own values before. Unset attributes are
// nil, not absent, as Okta's API shows them (observed).
func (as Assignment) Profile(p Person) Profile {
	profile := Profile{}
	for app, okta := range mapping {
		profile[app] = p.Profile[okta]
		if own := as.Own[app]; own != nil {
			profile[app] = own
		}
	}
	for _, a := range as.Custom {
		profile[a.Name] = as.Own[a.Name]
	}
	return profile
}

func (a *app) copy(as *Assignment) Assignment {
	c := *as
	c.Own, c.Custom = maps.Clone(as.Own), slices.Clone(a.attributes)
	return c
}

// Assign gives a person the application. Giving it twice changes nothing, but for
// who has it by a group: they have it themselves from then on (inference). A
// person who is still staged is assigned when they are activated.
// Own may be nil.
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
	if own, err = a.own(own); err != nil {
		return nil, err
	}
	now := d.now()
	if already {
		as.Scope, as.Group, as.LastUpdated = ScopeUser, "", now
		return a.edit(as, p, own), nil
	}
	a.assign(&Assignment{Person: person, Scope: ScopeUser, Own: own, Created: now, LastUpdated: now})
	if !a.Provisions() || !p.Status.working() {
		return nil, nil
	}
	return Assigned{person}, nil
}

// own is a copy of what is set for one person, each value as its attribute keeps it.
func (a *app) own(set Profile) (Profile, error) {
	own := maps.Clone(set)
	for name := range own {
		if !slices.Contains(a.ownNames(), name) {
			return nil, &Invalid{Field: name, Why: "The property is not defined in the application's profile"}
		}
	}
	for _, at := range a.attributes {
		v, err := at.value(own[at.Name])
		if err != nil {
			return nil, err
		}
		if _, set := own[at.Name]; set {
			own[at.Name] = v
		}
	}
	return own, nil
}

// Edit sets attributes of the application's profile for one person; nil hands
// one back to the mapping.
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
	if own, err = a.own(own); err != nil {
		return nil, err
	}
	as.LastUpdated = d.now()
	return a.edit(as, d.people.byID[person], own), nil
}

// edit lays own values over those that an assignment has. It matters where the
// target can tell.
func (a *app) edit(as *Assignment, p *Person, own Profile) Change {
	before := a.copy(as).Profile(*p)
	as.Own = maps.Clone(as.Own)
	if as.Own == nil {
		as.Own = Profile{}
	}
	maps.Copy(as.Own, own)
	if !differ(a.sentNames(), before, a.copy(as).Profile(*p)) || !a.Provisions() || !p.Status.working() {
		return nil
	}
	return ProfileChanged{p.ID}
}

// Unassign takes the application from a person who has it. Who is also in a group
// that has it keeps it by that group; who has it by a group alone loses it with
// the group, and not before: Okta's console offers nothing else (inference).
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
	case by != "":
		as.Scope, as.Group, as.LastUpdated = ScopeGroup, by, d.now()
		return a.edit(as, d.people.byID[person], unset(as.Own)), nil
	}
	a.unassign(person)
	if p := d.people.byID[person]; p == nil || !p.Status.working() || !a.Provisions() {
		return nil, nil
	}
	return Unassigned{person}, nil
}

// unset is a profile that hands every value of own back to the mapping.
func unset(own Profile) Profile {
	none := Profile{}
	for name := range own {
		none[name] = nil
	}
	return none
}

func (a *app) assign(as *Assignment) {
	a.assigned[as.Person] = as
	a.order = append(a.order, as.Person)
}

func (a *app) unassign(person PersonID) {
	delete(a.assigned, person)
	a.order = slices.DeleteFunc(a.order, func(p PersonID) bool { return p == person })
}

// ProvisionUsers is the button Provision User of the Assignments tab, for those of
// the people who are assigned: whoever was assigned before provisioning was on is
// provisioned by it (observed: the log of a real org; Immuta's page says the same
// of its application).
func (d *Directory) ProvisionUsers(id AppID, people []PersonID) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	if !a.Provisions() {
		return nil, &Conflict{What: "provision users", Why: "provisioning is not enabled for this application"}
	}
	var effects []Effect
	for _, p := range people {
		if _, assigned := a.assigned[p]; assigned && d.people.byID[p].Status.working() {
			effects = append(effects, Effect{id, ProvisioningAsked{p}})
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
		return a.copy(as), nil
	}
	return Assignment{}, &NotFound{Kind: "AppUser", ID: string(person)}
}

// Assignments returns the application's assignments in the order in which they
// were made.
func (d *Directory) Assignments(id AppID) ([]Assignment, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	var all []Assignment
	for _, p := range a.order {
		all = append(all, a.copy(a.assigned[p]))
	}
	return all, nil
}
