package directory

import (
	"cmp"
	"errors"
)

type (
	// AccountConfirmed: a person has an account that an import found. Okta knows its id
	// from now on.
	AccountConfirmed struct {
		Person   PersonID
		ID       string // the target's
		UserName string // as the target has it
	}
	// AccountGone: an import found that a person has no account there that counts: it is
	// not there any more, or is inactive at a target that is the source. Okta knows its
	// id no longer.
	AccountGone struct{ Person PersonID }
)

func (AccountConfirmed) change() {}
func (AccountGone) change()      {}

// Confirm says whose an account is that waits: that of a person, or of whom it
// matches when person is empty, or of somebody who is made from it when it matches
// nobody. It is a Conflict when they have another account: one that they were
// confirmed to have, or one that accountOf knows; "" is none. The directory asks it
// without holding a lock, so that it may wait for whom it likes.
func (d *Directory) Confirm(id AppID, account string, person PersonID, accountOf func(PersonID) string) (Change, error) {
	if person == "" {
		var err error
		if person, err = d.matchOf(id, account); err != nil {
			return nil, err
		}
	}
	var other string
	if person != "" {
		other = accountOf(person)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	a, w, err := d.waits(id, account)
	if err != nil {
		return nil, err
	}
	if other = cmp.Or(other, a.confirmedFor(person)); other != "" {
		return nil, &Conflict{What: "confirm", Why: "the user has the account " + other}
	}
	c, err := d.confirm(a, w, person)
	if err != nil {
		return nil, err
	}
	a.imports.waiting.drop(account)
	return c, nil
}

// matchOf is whom an account matches that waits; "" for nobody.
func (d *Directory) matchOf(id AppID, account string) (PersonID, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, w, err := d.waits(id, account)
	if err != nil {
		return "", err
	}
	return w.Person, nil
}

// confirmedFor is the account that somebody was confirmed to have since the last
// import began; "" for none. Okta's links have it only when the change was carried out.
func (a *app) confirmedFor(id PersonID) string {
	if as, assigned := a.assigned[id]; assigned {
		return as.confirmed
	}
	return ""
}

// A confirmation is whose an account is, and the import that read it last.
type confirmation struct {
	person PersonID
	read   int
}

// confirmedAs is who was confirmed to have an account since the last import began.
func (a *app) confirmedAs(account string) (PersonID, bool) {
	c := a.imports.confirmed[account]
	if c == nil {
		return "", false
	}
	return c.person, a.confirmedFor(c.person) == account
}

// accountOf is the account that somebody has, by Okta's links or a confirmation.
func (i *Import) accountOf(id PersonID) (string, bool) {
	if at, linked := i.links.AccountOf(id); linked {
		return at, true
	}
	at := i.app.confirmedFor(id)
	return at, at != ""
}

// linked forgets the confirmations that Okta's links have come to know.
func (a *app) linked(known Links) {
	for account, c := range a.imports.confirmed {
		id := c.person
		if at, linked := known.AccountOf(id); linked && at == account {
			a.unconfirm(id)
		}
		if a.confirmedFor(id) != account {
			delete(a.imports.confirmed, account)
		}
	}
}

func (a *app) unconfirm(id PersonID) {
	if as, assigned := a.assigned[id]; assigned {
		as.confirmed = ""
	}
}

// confirm links; a person who is deactivated cannot have an application.
func (d *Directory) confirm(a *app, w *Imported, id PersonID) (Change, error) {
	p, err := d.person(id)
	if id == "" {
		p, err = d.made(a, w)
	}
	if err != nil {
		return nil, err
	}
	if p.Status == Deprovisioned {
		return nil, &Conflict{What: "assign", Why: "the user is deactivated"}
	}
	if _, assigned := a.assigned[p.ID]; !assigned {
		var own Profile
		if w.UserName != text(p.Profile, "login") {
			own = Profile{userName.Name: w.UserName}
		}
		a.assign(d.newAssignment(a, p, nil, own))
		d.log(userAssigned, p.target(), a.target())
	}
	a.assigned[p.ID].confirmed = w.ID
	if a.imports.confirmed == nil {
		a.imports.confirmed = map[string]*confirmation{}
	}
	a.imports.confirmed[w.ID] = &confirmation{p.ID, w.read}
	d.log(importConfirmed, p.target(), a.target())
	return AccountConfirmed{p.ID, w.ID, w.UserName}, nil
}

// made is a person from an account; what is not there an administrator has to see to.
func (d *Directory) made(a *app, w *Imported) (*Person, error) {
	profile := a.schema.toOkta(w.Profile, Profile{"login": w.UserName})
	if err := d.checkProfile("", profile); err != nil {
		var wrong *Invalid
		if errors.As(err, &wrong) {
			return nil, &Invalid{Field: wrong.Field, Why: wrong.Why + " (of the account " + cut(w.UserName) + ")"}
		}
		return nil, err
	}
	p := d.addPerson(profile, false)
	if a.imports.settings.ActivateNew {
		p.activate(d.now())
		d.log(userActivated, p.target())
	}
	return p, nil
}

// Ignore leaves an account alone that waits, also in the imports to come; off undoes
// it. A confirmation counts all the same.
func (d *Directory) Ignore(id AppID, account string, on bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, w, err := d.waits(id, account)
	if err == nil {
		w.Ignored = on
	}
	return err
}

func (d *Directory) waits(id AppID, account string) (*app, *Imported, error) {
	a, err := d.app(id)
	if err != nil {
		return nil, nil, err
	}
	if w, ok := a.imports.waiting.byID[account]; ok {
		return a, w, nil
	}
	return nil, nil, &NotFound{Kind: "ImportedUser", ID: account}
}

// Waiting are the accounts that wait for confirmation, or a part of them by the target's
// ids, the ignored ones too, in the order in which the target has them.
func (d *Directory) Waiting(id AppID, p Part) ([]Imported, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	return part(&a.imports.waiting, p, func(w *Imported) Imported { return *w })
}

// LastImport is how the application's last import ended; NotFound before the first.
func (d *Directory) LastImport(id AppID) (ImportResult, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return ImportResult{}, err
	}
	if a.imports.last == nil {
		return ImportResult{}, &NotFound{Kind: "Import", ID: string(id)}
	}
	return *a.imports.last, nil
}

// ImportSettings are an application's, with what Okta has where nothing was set.
func (d *Directory) ImportSettings(id AppID) (ImportSettings, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return ImportSettings{}, err
	}
	s := a.imports.settings
	s.Match, s.Safeguard = cmp.Or(s.Match, MatchUserName), s.safeguard()
	return s, nil
}

// SetImport changes them, for the imports to come.
func (d *Directory) SetImport(id AppID, s ImportSettings) error {
	switch {
	case s.Match != "" && s.Match != MatchUserName && s.Match != MatchEmail:
		return &Invalid{Field: "exactMatchCriteria", Why: "The mock matches by USERNAME or EMAIL"}
	case s.Safeguard < 0 || s.Safeguard > 100:
		return &Invalid{Field: "safeguard", Why: "The value is not from 0 to 100"}
	}
	return d.alter(id, func(a *app) error {
		if !a.Connection.Enabled {
			return &Conflict{What: "settings", Why: "provisioning is not enabled for this application"}
		}
		a.imports.settings = s
		return nil
	})
}
