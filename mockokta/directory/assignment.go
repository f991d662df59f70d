package directory

import (
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
	Person               PersonID
	Scope                Scope
	Created, LastUpdated time.Time
}

// Assign gives a person the application. Giving it twice changes nothing; a
// person who is still staged is assigned when they are activated.
func (d *Directory) Assign(id AppID, person PersonID) (Change, error) {
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
	now := d.now()
	a.assigned[person] = &Assignment{Person: person, Scope: ScopeUser, Created: now, LastUpdated: now}
	a.order = append(a.order, person)
	if !a.Provisions() || !p.Status.working() {
		return nil, nil
	}
	return Assigned{person}, nil
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
		return *as, nil
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
		all = append(all, *a.assigned[p])
	}
	return all, nil
}
