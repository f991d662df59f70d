package directory

import (
	"maps"
	"slices"
	"time"
)

// A Scope says how a person came to have an application.
type Scope string

// ScopeUser: the application was given to the person themselves. Okta's other
// scope is GROUP.
const ScopeUser Scope = "USER"

// An Assignment gives a person an application.
type Assignment struct {
	Person PersonID
	Scope  Scope
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

// Assign gives a person the application. Giving it twice changes nothing; a
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
	if _, already := a.assigned[person]; already {
		return nil, nil
	}
	if own, err = a.own(own); err != nil {
		return nil, err
	}
	now := d.now()
	a.assigned[person] = &Assignment{Person: person, Scope: ScopeUser, Own: own, Created: now, LastUpdated: now}
	a.order = append(a.order, person)
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
	before := as.Own
	as.Own = Profile{}
	maps.Copy(as.Own, before)
	maps.Copy(as.Own, own)
	as.LastUpdated = d.now()
	if !differ(a.sentNames(), before, as.Own) || !a.Provisions() || !d.people.byID[person].Status.working() {
		return nil, nil
	}
	return ProfileChanged{person}, nil
}

// Unassign takes the application from a person who has it.
func (d *Directory) Unassign(id AppID, person PersonID) (Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	if !a.unassign(person) {
		return nil, &NotFound{Kind: "AppUser", ID: string(person)}
	}
	if p := d.people.byID[person]; p == nil || !p.Status.working() || !a.Provisions() {
		return nil, nil
	}
	return Unassigned{person}, nil
}

func (a *app) unassign(person PersonID) bool {
	if _, assigned := a.assigned[person]; !assigned {
		return false
	}
	delete(a.assigned, person)
	a.order = slices.DeleteFunc(a.order, func(p PersonID) bool { return p == person })
	return true
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
