package directory

import "time"

// Settings are the "To App" switches of the application's provisioning tab.
// The zero value provisions nothing, as a new application does.
type Settings struct {
	CreateUsers     bool
	UpdateUsers     bool
	DeactivateUsers bool
	// SyncPassword lets the target have each person's password in Okta.
	SyncPassword bool
	// ExcludeUserNames is Exclude Username Updates: a profile push does not change
	// the userName that the target has been told (documented), and another username
	// alone is no change. That it concerns a username which was typed for one person
	// too, and that whoever has no account yet is created under the username of then,
	// is inference.
	ExcludeUserNames bool
	// KeepGroupNames is Rename app groups, turned off: a group of the target's that
	// is linked keeps its name, and does not follow its group in Okta (documented by
	// Okta's test plan, cases C9315 and C9330; that the box is ticked at first is
	// inference).
	KeepGroupNames bool
}

// A Connection is the application's API integration: where the target is, and
// what Okta says to be let in.
type Connection struct {
	BaseURL string
	Token   string // as the administrator typed it
	Enabled bool   // the credentials were checked and saved
}

// An App is an application that people can be assigned to.
type App struct {
	ID      AppID
	Ordinal int
	Label   string
	// MadeAs is the label that it was made with. Okta makes a custom application's
	// name of it, which stays when the label changes (inference).
	MadeAs string
	// Catalogue is the key of the catalogue application that it was made from.
	// A custom application, made in the App Integration Wizard, has none. It
	// decides the dialect, once and for all (Okta, SCIM FAQ: documented).
	Catalogue string
	// SCIM says that provisioning by SCIM is there to be set up. Catalogue
	// applications have it; in a custom one an administrator turns it on.
	SCIM       bool
	Active     bool
	Settings   Settings
	Connection Connection
	SignOn     SignOnSettings
	// ToApp and ToOkta are the profile mappings from a user to an application user
	// and back. The mock fills no user from an application.
	ToApp, ToOkta ProfileMappingID

	Created, LastUpdated time.Time
}

// Provisions says whether changes reach the application's target at all.
func (a App) Provisions() bool { return a.Active && a.SCIM && a.Connection.Enabled }

type app struct {
	App
	assigned map[PersonID]*Assignment
	order    []PersonID                   // of the assignments; "" where one is gone
	gone     int                          // places of order that are empty
	groups   []*GroupAssignment           // in the order of their priorities
	given    map[GroupID]*GroupAssignment // the same, by the group
	tab      tab
	rules    shelf[RuleID, *pushRule]
	schema   *schema
	imports  imports
}

// CreateApp adds an application: from the catalogue, or a custom one when
// catalogue is empty. It is active, without provisioning.
func (d *Directory) CreateApp(label, catalogue string) (App, error) {
	return d.CreateAppWith(label, catalogue, SignOnSettings{})
}

// CreateAppWith is CreateApp with sign-on settings that are filled in already.
func (d *Directory) CreateAppWith(label, catalogue string, s SignOnSettings) (App, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, there := template(catalogue); catalogue != "" && !there {
		return App{}, &NotFound{Kind: "catalogue application", ID: catalogue}
	}
	if err := (App{Catalogue: catalogue}).checkGeneral(label, s); err != nil {
		return App{}, err
	}
	d.apps.made++
	now := d.now()
	a := &app{
		App: App{
			ID: AppID(d.newID("0oa", d.apps.made)), Ordinal: d.apps.made,
			Label: label, MadeAs: label, Catalogue: catalogue, SCIM: catalogue != "", Active: true, SignOn: s,
			ToApp: ProfileMappingID(d.newID("prm", 2*d.apps.made-1)), ToOkta: ProfileMappingID(d.newID("prm", 2*d.apps.made)),
			Created: now, LastUpdated: now,
		},
		assigned: map[PersonID]*Assignment{}, schema: fresh,
	}
	d.apps.put(a.ID, a)
	d.log(appCreated, a.target())
	return a.App, nil
}

// App returns an application by id.
func (d *Directory) App(id AppID) (App, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return App{}, err
	}
	return a.App, nil
}

// Apps returns all applications, in the order in which they were made.
func (d *Directory) Apps() []App {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []App
	for a := range d.apps.all {
		all = append(all, a.App)
	}
	return all
}

// EnableSCIM turns provisioning by SCIM on in a custom application.
func (d *Directory) EnableSCIM(id AppID) error {
	return d.alter(id, func(a *app) error { a.SCIM = true; return nil })
}

// Connect stores a connection, not yet enabled. An empty token keeps the one
// that is there.
func (d *Directory) Connect(id AppID, baseURL, token string) error {
	return d.alter(id, func(a *app) error {
		if !a.SCIM {
			return &Conflict{What: "connection", Why: "the application has no provisioning"}
		}
		if token == "" {
			token = a.Connection.Token
		}
		a.Connection = Connection{BaseURL: baseURL, Token: token}
		return nil
	})
}

// SetConnected enables or disables the connection.
func (d *Directory) SetConnected(id AppID, on bool) error {
	return d.alter(id, func(a *app) error {
		if on && a.Connection.BaseURL == "" {
			return &Conflict{What: "connection", Why: "there is none to enable"}
		}
		a.Connection.Enabled = on
		return nil
	})
}

// Set changes the To App switches. What follows from them does so for what
// happens from then on; a username whose updates were excluded until then goes out
// with the person's next push (inference).
func (d *Directory) Set(id AppID, s Settings) error {
	return d.alter(id, func(a *app) error {
		if !a.Connection.Enabled {
			return &Conflict{What: "settings", Why: "provisioning is not enabled for this application"}
		}
		a.Settings = s
		return nil
	})
}

// SetActive activates or deactivates the application itself.
func (d *Directory) SetActive(id AppID, on bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return err
	}
	a.Active, a.LastUpdated = on, d.now()
	kind := appDeactivated
	if on {
		kind = appActivated
	}
	d.log(kind, a.target())
	return nil
}

// DeleteApp removes an application that was deactivated before. Its target
// hears nothing.
func (d *Directory) DeleteApp(id AppID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return err
	}
	if a.Active {
		return &Conflict{What: "delete", Why: "the application is active"}
	}
	d.apps.drop(id)
	d.log(appDeleted, a.target())
	return nil
}

func (d *Directory) alter(id AppID, do func(*app) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return err
	}
	if err := do(a); err != nil {
		return err
	}
	a.LastUpdated = d.now()
	d.log(appUpdated, a.target())
	return nil
}
