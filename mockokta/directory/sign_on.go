package directory

import (
	"net/url"
	"strings"
)

// SignOnSettings are the application's Advanced Sign-on Settings (provider's page:
// documented): which instance of the provider's people sign on to, and as whom
// there. Provisioning does not read them; its address and token are set apart.
type SignOnSettings struct {
	BaseURL string // "https://immuta.example.test", the instance's
	IAMID   string // of the provider's identity manager
}

// check refuses a Base URL that cannot be one. Both may be empty, as they are until
// an administrator has filled them in. How Okta says no is inference.
func (s SignOnSettings) check() error {
	if s.BaseURL == "" {
		return nil
	}
	u, err := url.Parse(s.BaseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return &Invalid{Field: "baseUrl", Why: "The value is not an http or https URL"}
	}
	return nil
}

// EditApp sets the label and the sign-on settings of an application, both as they
// are to be; an application whose template has no such settings takes none. Nothing
// else follows from a label (inference): what the target is told, and where, stays.
func (d *Directory) EditApp(id AppID, label string, s SignOnSettings) error {
	return d.alter(id, func(a *app) error {
		if err := a.checkGeneral(label, s); err != nil {
			return err
		}
		a.Label, a.SignOn = label, s
		return nil
	})
}

func (a App) checkGeneral(label string, s SignOnSettings) error {
	switch {
	case strings.TrimSpace(label) == "":
		return &Invalid{Field: "label", Why: "The field cannot be left blank"}
	case s != SignOnSettings{} && !a.Template().SignOn:
		return &Invalid{Field: "settings.app", Why: "The application has no sign-on settings"}
	}
	return s.check()
}

// A SignedOn is what a provider learns of a person who signs on.
type SignedOn struct {
	Settings SignOnSettings
	UserName string
	Profile  Profile // the application's profile of the person, what has no value left out
}

// SignOn says what a provider would learn of the person with a login if they signed
// on to the application now. It is false for whoever cannot: Okta lets on whom the
// application is assigned to (provider's page: documented), while the application
// is active and they are. A person without a password counts as one who has set it.
func (d *Directory) SignOn(id AppID, login string) (SignedOn, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return SignedOn{}, false, err
	}
	p := d.logins[folded(login)]
	if p == nil || a.assigned[p.ID] == nil || !a.Active || !p.Status.signsOn() {
		return SignedOn{}, false, nil
	}
	as := a.assigned[p.ID]
	profile := as.Profile(p.copy())
	delete(profile, "userName")
	for name, v := range profile {
		if v == nil {
			delete(profile, name)
		}
	}
	return SignedOn{Settings: a.SignOn, UserName: as.UserName(p.copy()), Profile: profile}, true, nil
}

func (s Status) signsOn() bool { return s.working() && s != Suspended }
