package directory

import (
	"maps"
	"slices"
	"time"
)

// A Status is where a person stands in Okta's lifecycle.
// Source: Okta management API, User (documented).
type Status string

const (
	Staged        Status = "STAGED"        // made, not yet activated
	Provisioned   Status = "PROVISIONED"   // activated, without a password
	Active        Status = "ACTIVE"        // activated, with a password
	Suspended     Status = "SUSPENDED"     // cannot sign in; provisioning does not care
	Deprovisioned Status = "DEPROVISIONED" // deactivated
)

// working: the person can be provisioned. Okta does not push people who are
// staged or deactivated (Okta, group push troubleshooting: documented).
func (s Status) working() bool { return s != Staged && s != Deprovisioned }

// A Profile is an Okta profile: login, email, firstName, lastName, and whatever
// else the organisation keeps. A nil value is an unset attribute.
type Profile map[string]any

// A Person is somebody in Okta. Their account at the target is another thing.
type Person struct {
	ID      PersonID
	Ordinal int // 1 for the first one made; seeds draw by it, never by a name
	Profile Profile
	Status  Status

	// Activated and PasswordChanged are zero until then.
	Created, Activated, StatusChanged, LastUpdated, PasswordChanged time.Time

	password bool
}

func (p *Person) copy() Person {
	c := *p
	c.Profile = maps.Clone(p.Profile)
	return c
}

// CreatePerson adds a person, active unless staged. With a password they are
// ACTIVE, without one PROVISIONED (Okta, create user: documented). It is
// Invalid without a login or with one that somebody has.
func (d *Directory) CreatePerson(profile Profile, activate, password bool) (Person, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.checkProfile("", profile); err != nil {
		return Person{}, err
	}
	p := d.addPerson(profile, password)
	if activate {
		p.activate(p.Created)
		d.log(userActivated, p.target())
	}
	return p.copy(), nil
}

// addPerson adds somebody whose profile was checked.
func (d *Directory) addPerson(profile Profile, password bool) *Person {
	d.people.made++
	now := d.now()
	p := &Person{
		ID: PersonID(d.newID("00u", d.people.made)), Ordinal: d.people.made,
		Profile: maps.Clone(profile), Status: Staged, password: password,
		Created: now, StatusChanged: now, LastUpdated: now,
	}
	d.people.put(p.ID, p)
	d.logins[folded(text(profile, "login"))] = p
	d.log(userCreated, p.target())
	return p
}

func (p *Person) activate(now time.Time) {
	p.Status, p.Activated, p.StatusChanged = Provisioned, now, now
	if p.password {
		p.Status = Active
	}
}

// checkProfile applies the rules that Okta's default schema has: these four
// attributes are there, and a login is unique without regard to case.
func (d *Directory) checkProfile(self PersonID, profile Profile) error {
	for _, name := range []string{"login", "email", "firstName", "lastName"} {
		if text(profile, name) == "" {
			return &Invalid{Field: name, Why: "The field cannot be left blank"}
		}
	}
	if other, taken := d.byLogin(text(profile, "login")); taken && other.ID != self {
		return &Invalid{Field: "login", Why: "An object with this field already exists in the current organization"}
	}
	return nil
}

func (d *Directory) byLogin(login string) (*Person, bool) {
	p, taken := d.logins[folded(login)]
	return p, taken
}

// Person returns a person by id.
func (d *Directory) Person(id PersonID) (Person, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.person(id)
	if err != nil {
		return Person{}, err
	}
	return p.copy(), nil
}

// Find returns a person by id or login, as the paths of Okta's API do.
func (d *Directory) Find(idOrLogin string) (Person, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p, ok := d.people.byID[PersonID(idOrLogin)]; ok {
		return p.copy(), nil
	}
	if p, ok := d.byLogin(idOrLogin); ok {
		return p.copy(), nil
	}
	return Person{}, &NotFound{Kind: "User", ID: idOrLogin}
}

// People returns everybody, or a part of them, in the order in which they were made.
func (d *Directory) People(p Part) ([]Person, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return part(&d.people, p, (*Person).copy)
}

// UpdateProfile sets the named attributes and leaves the others; nil unsets
// one. It has an effect in the applications that the person is assigned to,
// when an attribute that is mapped there has another value now.
func (d *Directory) UpdateProfile(id PersonID, some Profile) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.person(id)
	if err != nil {
		return nil, err
	}
	whole := maps.Clone(p.Profile)
	maps.Copy(whole, some)
	return d.setProfile(p, whole)
}

// ReplaceProfile makes whole the person's profile; what is missing is unset.
func (d *Directory) ReplaceProfile(id PersonID, whole Profile) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.person(id)
	if err != nil {
		return nil, err
	}
	return d.setProfile(p, maps.Clone(whole))
}

func (d *Directory) setProfile(p *Person, whole Profile) ([]Effect, error) {
	if p.Status == Deprovisioned {
		return nil, &Conflict{What: "update profile", Why: "a deactivated user cannot be changed"}
	}
	if err := d.checkProfile(p.ID, whole); err != nil {
		return nil, err
	}
	var heard []hearing
	for a := range d.apps.all {
		if as, assigned := a.assigned[p.ID]; assigned {
			heard = append(heard, d.hear(a, as, p))
		}
	}
	delete(d.logins, folded(text(p.Profile, "login")))
	p.Profile, p.LastUpdated = whole, d.now()
	d.logins[folded(text(whole, "login"))] = p
	d.log(userUpdated, p.target())
	var effects []Effect
	for _, h := range heard {
		if c := h.change(); c != nil {
			effects = append(effects, Effect{h.app.ID, c})
		}
	}
	return effects, nil
}

// SetPassword gives a person a password, which no answer of Okta's ever shows. It
// has an effect in the applications that the person is assigned to and that sync
// passwords.
func (d *Directory) SetPassword(id PersonID, password string) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.person(id)
	switch {
	case err != nil:
		return nil, err
	case p.Status == Deprovisioned:
		return nil, &Conflict{What: "update password", Why: "a deactivated user cannot be changed"}
	case password == "":
		return nil, &Invalid{Field: "password", Why: "The field cannot be left blank"}
	}
	d.passwords[id] = password
	p.password, p.PasswordChanged = true, d.now()
	if p.Status == Provisioned {
		p.Status, p.StatusChanged = Active, d.now()
	}
	d.log(userPasswordSet, p.target())
	var effects []Effect
	for a := range d.apps.all {
		if _, assigned := a.assigned[id]; assigned && a.Settings.SyncPassword && a.Provisions() && p.Status.working() {
			effects = append(effects, Effect{a.ID, PasswordChanged{id}})
		}
	}
	return effects, nil
}

// Password is what a person's password is in Okta; "" when the directory never
// learnt one. It is for the target of an application that syncs passwords, and for
// nobody else.
func (d *Directory) Password(id PersonID) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.passwords[id]
}

// inAppsOf is c for each application that provisions and that the person is
// assigned to.
func (d *Directory) inAppsOf(id PersonID, c Change) []Effect {
	var effects []Effect
	for a := range d.apps.all {
		if _, assigned := a.assigned[id]; assigned && a.Provisions() {
			effects = append(effects, Effect{a.ID, c})
		}
	}
	return effects
}

// Activate lets a staged or deactivated person work. Applications that they
// were given while staged see them as assigned now; what a deactivated person
// had themselves is gone and must be given again, while a group that they are
// still in gives its applications again (Okta test plan C9293: documented).
func (d *Directory) Activate(id PersonID) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.person(id)
	if err != nil {
		return nil, err
	}
	if p.Status.working() {
		return nil, &Conflict{What: "activate", Why: "the user is already active"}
	}
	p.activate(d.now())
	d.log(userActivated, p.target())
	effects := d.inAppsOf(id, Assigned{id})
	return append(effects, d.followGroups(slices.Collect(d.apps.all), []PersonID{id})...), nil
}

// Deactivate takes every application from the person and keeps their groups.
// Deactivating twice is nothing new.
func (d *Directory) Deactivate(id PersonID) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.person(id)
	if err != nil {
		return nil, err
	}
	return d.deactivate(p), nil
}

func (d *Directory) deactivate(p *Person) []Effect {
	if p.Status == Deprovisioned {
		return nil
	}
	var effects []Effect
	if p.Status.working() {
		effects = d.inAppsOf(p.ID, Unassigned{p.ID})
	}
	p.Status, p.StatusChanged = Deprovisioned, d.now()
	d.log(userDeactivated, p.target())
	for a := range d.apps.all {
		if _, assigned := a.assigned[p.ID]; assigned {
			d.unassign(a, p)
		}
	}
	return effects
}

// Suspend bars an active person from signing in. Provisioning hears nothing
// of it (Okta SCIM reference since 2021: documented).
func (d *Directory) Suspend(id PersonID) error {
	return d.toggle(id, "suspend", userSuspended, func(s Status) bool { return s == Active || s == Provisioned }, func(p *Person) { p.Status = Suspended })
}

// Unsuspend undoes Suspend.
func (d *Directory) Unsuspend(id PersonID) error {
	return d.toggle(id, "unsuspend", userUnsuspended, func(s Status) bool { return s == Suspended }, func(p *Person) {
		p.Status = Provisioned
		if p.password {
			p.Status = Active
		}
	})
}

func (d *Directory) toggle(id PersonID, act, kind string, may func(Status) bool, do func(*Person)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.person(id)
	if err != nil {
		return err
	}
	if !may(p.Status) {
		return &Invalid{Field: act, Why: "Cannot " + act + " a user that is " + string(p.Status)}
	}
	do(p)
	p.StatusChanged = d.now()
	d.log(kind, p.target())
	return nil
}

// DeletePerson deactivates a person; called again it removes them, of which
// provisioning hears nothing (Okta, delete user: documented).
func (d *Directory) DeletePerson(id PersonID) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, err := d.person(id)
	if err != nil {
		return nil, err
	}
	if p.Status != Deprovisioned {
		return d.deactivate(p), nil
	}
	for g := range d.groups.all {
		g.remove(id)
	}
	d.people.drop(id)
	delete(d.logins, folded(text(p.Profile, "login")))
	delete(d.passwords, id)
	d.log(userDeleteBegun, p.target())
	d.log(userDeleted, p.target())
	return nil, nil
}
