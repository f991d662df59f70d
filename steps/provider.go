package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// providerSteps work the provider's App Settings page, in its order, and edit by hand
// what its other screens let an administrator edit. Who tries something may be refused:
// the scenario then says that, and why. Settings are filled in on the page that is
// open, or else changed at once, without the page's tests.
var providerSteps = []sentence{
	{`^the provider's administrator (adds|tries to add) an IAM with the display name (.+) and the type (\w+)$`, "", func(w *world) any { return w.addIAM }},
	{`^the provider's administrator edits the IAM$`, "", func(w *world) any { return w.editIAM }},
	{`^the provider's administrator tries to rename the IAM to (.+)$`, "", func(w *world) any { return w.renameIAM }},
	{`^the provider's administrator fills in the client options$`, "", func(w *world) any { return w.clientOptions }},
	{`^the provider's administrator fills in the client options but the (\w+)$`, "", func(w *world) any { return w.clientOptionsBut }},
	{`^the provider's administrator sets the default permissions to (\w+)$`, "", func(w *world) any { return w.defaultPermissions }},
	{`^the provider's administrator (ticks|unticks|tries to tick) (Enable SCIM support|Sync groups|Sync attributes)$`, "", func(w *world) any { return w.tick }},
	{`^the provider's administrator tries to tick Enable SCIM support for the internal IAM$`, "", func(w *world) any { return w.tickInternal }},
	{`^the provider's administrator fills in the Profile Schema$`, "", func(w *world) any { return w.profileSchema }},
	{`^the provider's administrator maps (\w+) to the profile field (\w+)$`, "", func(w *world) any { return w.mapField }},
	{`^the provider's administrator tries to map (\S+) to the username on (\w+)$`, "", func(w *world) any { return w.tryMapUsername }},
	{`^the provider's administrator (clicks|tries) Test Connection$`, "", func(w *world) any { return w.testConnection }},
	{`^(\w+) (clicks|tries) Test User Login$`, "", func(w *world) any { return w.testUserLogin }},
	{`^the provider's administrator (saves|tries to save) the IAM$`, "", func(w *world) any { return w.saveIAM }},
	{`^the provider's administrator removes the IAM$`, "", func(w *world) any { return w.removeIAM }},
	{`^the IAM is removed, and another of its name is saved after (\w+)'s Test User Login$`, "", func(w *world) any { return w.addAgain }},
	{`^a new IAM is saved after (\w+)'s Test User Login$`, "iam-is-added", func(w *world) any { return w.saveNew }},
	{`^Okta is connected to a new IAM, saved after (\w+)'s Test User Login$`, "iam-takes-people", func(w *world) any { return w.connectNew }},
	{`^the provider's administrator (sets|tries to set) (\w+)'s (\w+) to "([^"]*)"$`, "", func(w *world) any { return w.setField }},
	{`^the provider's administrator gives (\w+) the attribute (\w+) "([^"]*)"$`, "", func(w *world) any { return w.giveAttribute }},
	{`^the provider's internal IAM has an account of (\w+)'s name$`, "", func(w *world) any { return w.internalAccount }},
	{`^the provider refuses it$`, "", func(w *world) any { return w.providerRefuses }},
	{`^the reason names (.+)$`, "", func(w *world) any { return w.reasonNames }},
	{`^the provider has no IAM (.+)$`, "", func(w *world) any { return w.noIAM }},
	{`^the page shows the SCIM URL and the key$`, "", func(w *world) any { return w.urlAndKeyShown }},
	{`^the page shows the SCIM URL, and the key no more$`, "", func(w *world) any { return w.keyHidden }},
	{`^the (key|former key) (opens|does not open) the SCIM URL$`, "", func(w *world) any { return w.keyOpens }},
}

// A page is the provider's App Settings page in a scenario.
type page struct {
	draft   *target.Draft     // that is open; nil when none is
	typ     string            // of its IAM
	refusal *target.Refused   // of what was tried last; nil when it was done
	tested  target.TestedUser // whom Test User Login showed last
	former  target.Endpoint   // of the IAM, with the key that it had before
}

// iamName is a display name that no other scenario has.
func (w *world) iamName(label string) string {
	return fmt.Sprintf("%s %s-%d", label, w.run.mark(), w.number)
}

// did keeps the refusal of what was tried, and blames the provider for that of what
// is to be done.
func (w *world) did(ctx context.Context, how, what string, do func() error) error {
	if err := w.remember(ctx); err != nil {
		return err
	}
	w.page.refusal = nil
	err := do()
	var no *target.Refused
	switch {
	case !errors.As(err, &no):
		return err
	case strings.HasPrefix(how, "tries"):
		w.page.refusal = no
		return nil
	}
	return w.mismatch(what+" at the provider", "done", fmt.Sprintf("refused with %d: %s", no.Status, no.Reason), 0)
}

func (w *world) addIAM(ctx context.Context, how, label, typ string) error {
	w.page.typ = strings.ToLower(typ)
	return w.did(ctx, how, "Add IAM", func() (err error) {
		w.page.draft, err = w.endpoint.Screens.AddIAM(ctx, target.Settings{"display_name": w.iamName(label), "type": w.page.typ})
		return err
	})
}

func (w *world) editIAM(ctx context.Context) error {
	return w.did(ctx, "", "the edit of the IAM", func() (err error) {
		w.page.draft, err = w.endpoint.Screens.EditIAM(ctx, nil)
		return err
	})
}

func (w *world) renameIAM(ctx context.Context, label string) error {
	return w.set(ctx, "tries", "the new display name", target.Settings{"display_name": w.iamName(label)})
}

// set fills settings in on the page that is open, or changes them at once where none is.
// A key that is shown then is the IAM's from now on.
func (w *world) set(ctx context.Context, how, what string, settings target.Settings) error {
	return w.did(ctx, how, what, func() error {
		if d := w.page.draft; d != nil {
			err := d.Fill(ctx, settings)
			w.run.redact.Learn(w.scim().Token)
			return err
		}
		key, err := w.endpoint.Screens.Set(ctx, settings)
		if key != "" {
			w.renew(key)
		}
		return err
	})
}

// renew looks with another key.
func (w *world) renew(key string) {
	w.page.former = w.endpoint
	now := w.endpoint
	now.Token = key
	w.look(now, w.wire)
}

// options are what the client options of a type need. The values are nobody's: no SAML
// and no OpenID is spoken.
var options = map[string][]string{"saml": {"entry_point", "issuer", "certificate"}, "openid": {"client_id", "issuer"}}

func (w *world) clientOptions(ctx context.Context) error { return w.clientOptionsBut(ctx, "") }

// clientOptionsBut fills all in but one, "" for none; where the provider asks who may
// sign on is the application's.
func (w *world) clientOptionsBut(ctx context.Context, missing string) error {
	sheet, err := w.admin.AppSheet(ctx, w.app)
	if err != nil {
		return err
	}
	w.run.redact.Learn(sheet.SignOnURL) // whoever has it may ask who is assigned
	filled := map[string]string{"sign_on_url": sheet.SignOnURL}
	for _, name := range options[w.page.typ] {
		if name != missing {
			filled[name] = "the application's " + name
		}
	}
	return w.set(ctx, "", "Client Options", target.Settings{"client_options": filled})
}

func (w *world) defaultPermissions(ctx context.Context, permission string) error {
	return w.set(ctx, "", "Default Permissions", target.Settings{"default_permissions": []string{permission}})
}

// boxes are those of the page, by their names in the administration API.
var boxes = map[string]string{
	"Enable SCIM support": "scim_enabled", "Sync groups": "sync_groups", "Sync attributes": "sync_attributes",
}

func (w *world) tick(ctx context.Context, how, box string) error {
	return w.set(ctx, how, box, target.Settings{boxes[box]: how != "unticks"})
}

func (w *world) tickInternal(ctx context.Context) error {
	return w.did(ctx, "tries", "Enable SCIM support", func() error {
		_, err := w.endpoint.Screens.Internal().Set(ctx, target.Settings{"scim_enabled": true})
		return err
	})
}

// profileSchema fills what everybody has in Okta into profiles.
func (w *world) profileSchema(ctx context.Context) error {
	return w.set(ctx, "", "Profile Schema", target.Settings{"profile_schema": map[string]string{"name": "name.formatted", "email": "emails"}})
}

// mapField fills one field of profiles from an attribute of the application's, and no
// other.
func (w *world) mapField(ctx context.Context, name, field string) error {
	a := w.attributes[name]
	if a == nil {
		return fmt.Errorf("the application has no attribute %s: the scenario lacks a Given", name)
	}
	return w.set(ctx, "", "Profile Schema", target.Settings{"profile_schema": map[string]string{field: a.urn + ":" + name}})
}

func (w *world) tryMapUsername(ctx context.Context, attribute, platform string) error {
	return w.set(ctx, "tries", "the external username", target.Settings{"external_usernames": map[string]string{platform: attribute}})
}

func (w *world) testConnection(ctx context.Context, how string) error {
	return w.did(ctx, how, "Test Connection", func() error { return w.page.draft.TestConnection(ctx) })
}

// testUserLogin signs a person on, and wants the provider to show whom.
func (w *world) testUserLogin(ctx context.Context, label, how string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	var shown target.TestedUser
	err = w.did(ctx, how, "Test User Login", func() (err error) {
		shown, err = w.page.draft.TestUserLogin(ctx, p.userName)
		return err
	})
	w.page.tested = shown
	if err == nil && how == "clicks" && shown.UserName != p.userName {
		return w.mismatch("whom Test User Login shows", p.userName, quoted(shown.UserName), 0)
	}
	return err
}

// saveIAM makes the IAM of the page the scenario's, where that is not merely tried.
func (w *world) saveIAM(ctx context.Context, how string) error {
	var saved target.Endpoint
	err := w.did(ctx, how, "Save", func() (err error) {
		saved, err = w.page.draft.Save(ctx)
		return err
	})
	if err != nil || how != "saves" {
		return err
	}
	w.page.draft = nil
	if saved.Screens.IAM == w.endpoint.Screens.IAM && saved.Token == "" {
		return nil // an edit; the key in force stays
	}
	way := w.wire
	if saved.URL != w.endpoint.URL { // where it is the same, Okta may go on with what it learnt there
		if way, err = w.wire.Beside(saved.URL); err != nil {
			return err
		}
	}
	w.look(saved, way)
	return nil
}

func (w *world) removeIAM(ctx context.Context) error {
	w.page.former = w.endpoint
	return w.did(ctx, "", "the removal of the IAM", func() error { return w.endpoint.Screens.Remove(ctx) })
}

// saveNew follows the provider's page to its Save, with nothing left out.
func (w *world) saveNew(ctx context.Context, administrator string) error {
	return inOrder(
		func() error { return w.addFromCatalogue(ctx, "Immuta") },
		func() error { return w.fillIn(ctx) },
		func() error { return w.signOnSettings(ctx, "this", "this") },
		func() error { return w.assignQuietly(ctx, administrator) },
		func() error { return w.testUserLogin(ctx, administrator, "clicks") },
		func() error { return w.saveIAM(ctx, "saves") },
	)
}

// fillIn follows the page as far as Test Connection.
func (w *world) fillIn(ctx context.Context) error {
	return inOrder(
		func() error { return w.addIAM(ctx, "adds", "Okta", "SAML") },
		func() error { return w.clientOptions(ctx) },
		func() error { return w.tick(ctx, "ticks", "Enable SCIM support") },
		func() error { return w.tick(ctx, "ticks", "Sync groups") },
		func() error { return w.tick(ctx, "ticks", "Sync attributes") },
		func() error { return w.testConnection(ctx, "clicks") },
	)
}

// addAgain makes another IAM of the same name, to which the application leads as it is.
func (w *world) addAgain(ctx context.Context, administrator string) error {
	return inOrder(
		func() error { return w.removeIAM(ctx) },
		func() error { return w.fillIn(ctx) },
		func() error { return w.testUserLogin(ctx, administrator, "clicks") },
		func() error { return w.saveIAM(ctx, "saves") },
	)
}

// connectNew goes on to the page To App in Okta.
func (w *world) connectNew(ctx context.Context, administrator string) error {
	return inOrder(
		func() error { return w.saveNew(ctx, administrator) },
		func() error { return w.integration(ctx, "the") },
		func() error { return w.saveIntegration(ctx) },
		func() error { return w.toApp(ctx) },
	)
}

// inOrder does one thing after the other, as long as they go well.
func inOrder(all ...func() error) error {
	for _, do := range all {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// assignQuietly assigns somebody while nothing is provisioned.
func (w *world) assignQuietly(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	return w.admin.Assign(ctx, w.app, p.okta)
}

// setField edits a field of somebody's profile by hand.
func (w *world) setField(ctx context.Context, how, label, field, to string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	return w.did(ctx, how, "an edit of "+label+"'s "+field, func() error {
		return w.endpoint.Screens.EditProfile(ctx, p.userName, field, to)
	})
}

func (w *world) giveAttribute(ctx context.Context, label, name, to string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	return w.did(ctx, "", "an attribute by hand", func() error {
		return w.endpoint.Screens.GiveAttribute(ctx, p.userName, name, to)
	})
}

// internalAccount makes an account by hand in the instance's internal IAM.
func (w *world) internalAccount(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	return w.did(ctx, "", "an account in the internal IAM", func() error {
		return w.endpoint.Screens.Internal().AddAccount(ctx, p.userName, map[string]string{"about": internally})
	})
}

// internally is how an account of the internal IAM is known again.
const internally = "made by hand"

func (w *world) providerRefuses() error {
	if w.page.refusal == nil {
		return w.mismatch("the provider", "a refusal", "none: it is done, or said to be", 0)
	}
	return nil
}

// reasons are the provider's words for what a sentence names. Where two of them can be
// wrong, such as the settings of a sign-on, the reason has to name the one that is.
var reasons = map[string]string{
	"the issuer": "issuer", "the client_id": "client_id", "the type": "type ", "the display name": "display_name", "the location": "location", "the email": "email",
	"Test Connection": "after Test Connection", "Test User Login": "after Test User Login", "Sync attributes": "sync_attributes", "Enable SCIM support": "scim_enabled",
	"the assignment": "is not assigned", "the Base URL": "Base URL", "the IAM ID": "IAM ID", "the internal IAM": "internal IAM",
}

func (w *world) reasonNames(_ context.Context, what string) error {
	said, words := w.page.refusal, reasons[what]
	if words == "" {
		return fmt.Errorf("how the provider names %s is not known: the vocabulary lacks it", what)
	}
	other := map[string]string{"the Base URL": "IAM ID", "the IAM ID": "Base URL"}[what]
	if said == nil || !strings.Contains(said.Reason, words) || other != "" && strings.Contains(said.Reason, other) {
		got := "nothing"
		if said != nil {
			got = quoted(said.Reason)
		}
		return w.mismatch("the reason of the provider's refusal", "one that names "+what, got, 0)
	}
	return nil
}

// noIAM looks for one by its id, which is made of its name.
func (w *world) noIAM(ctx context.Context, label string) error {
	screens := *w.endpoint.Screens
	screens.IAM = w.page.draft.IAM
	_, err := screens.Settings(ctx)
	var no *target.Refused
	switch {
	case err == nil:
		return w.mismatch("the IAM "+label+" at the provider", "none before Save", "one", 0)
	case errors.As(err, &no) && no.Status == http.StatusNotFound:
		return nil
	}
	return err
}

func (w *world) urlAndKeyShown() error {
	d := w.page.draft
	if d.URL == "" || d.Key == "" || strings.HasPrefix(d.Key, "*") {
		return w.mismatch("the page before Save", "the SCIM URL and the key", fmt.Sprintf("the SCIM URL %s, and a key of %d characters", quoted(d.URL), len(strings.Trim(d.Key, "*"))), 0)
	}
	return nil
}

func (w *world) keyHidden(ctx context.Context) error {
	settings, err := w.endpoint.Screens.Settings(ctx)
	if err != nil {
		return err
	}
	if settings["scim_url"] != w.endpoint.URL {
		return w.mismatch("the SCIM URL on the page after Save", quoted(w.endpoint.URL), target.Show(settings["scim_url"]), 0)
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if settings[name] == w.endpoint.Token {
			return w.mismatch("the page after Save", "the key no more", "the key, in "+name, 0)
		}
	}
	return nil
}

// keyOpens asks for a list with a key, at the address that the page has for it.
func (w *world) keyOpens(ctx context.Context, which, does string) error {
	e := w.scim()
	if which == "former key" {
		e = w.page.former
	}
	status, err := w.run.eyes(e, w.wire, evidence.Eyes).Knock(ctx)
	if err != nil {
		return err
	}
	want := map[string]int{"opens": http.StatusOK, "does not open": http.StatusUnauthorized}[does]
	if status != want {
		return w.mismatch("the "+which+" at the SCIM URL", fmt.Sprintf("HTTP status %d", want), fmt.Sprintf("HTTP status %d", status), w.last())
	}
	return nil
}
