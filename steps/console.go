package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// consoleSteps set the application up in Okta's console, in the order of the provider's
// page: from the catalogue to the page To App.
var consoleSteps = []sentence{
	{`^the administrator adds the application (\w+) from the catalogue$`, "", func(w *world) any { return w.addFromCatalogue }},
	{`^the administrator changes the application's label to (.+)$`, "", func(w *world) any { return w.label }},
	{`^the administrator fills in (this|another) Base URL and (this|another) IAM ID under Advanced Sign-on Settings$`, "", func(w *world) any { return w.signOnSettings }},
	{`^the administrator fills in the SCIM URL and (the|a wrong) key under API Integration$`, "", func(w *world) any { return w.integration }},
	{`^(\w+) is assigned to the application while nothing is provisioned$`, "", func(w *world) any { return w.assignQuietly }},
	{`^the administrator clicks Test API Credentials$`, "", func(w *world) any { return w.tryCredentials }},
	{`^the administrator saves the API integration$`, "connection-test", func(w *world) any { return w.saveIntegration }},
	{`^the administrator tries to save the API integration$`, "", func(w *world) any { return w.trySave }},
	{`^Okta has not saved the API integration$`, "", func(w *world) any { return w.notSaved }},
	{`^the administrator enables Create Users, Update User Attributes and Deactivate Users$`, "connection-test", func(w *world) any { return w.toApp }},
	{`^Okta is refused with the key$`, "", func(w *world) any { return w.credentialsRefused }},
	{`^(\w+) is assigned to the application, and Okta shows an error$`, "", func(w *world) any { return w.assignInVain }},
	{`^(\w+)'s last name changes to "([^"]*)", and Okta shows an error$`, "", func(w *world) any { return w.changeInVain }},
	{`^Okta was refused with (\d+)$`, "", func(w *world) any { return w.refusedWith }},
	{`^Push Groups is (on|off) in Okta for the group (\w+)$`, "", func(w *world) any { return w.pushGroups }},
	{`^Okta shows an error at the push of the group (\w+)$`, "", func(w *world) any { return w.pushRefused }},
	{`^(\w+) is deactivated in Okta and deleted there$`, "", func(w *world) any { return w.deleteInOkta }},
}

// addFromCatalogue is Browse App Catalog, a search, and Add.
func (w *world) addFromCatalogue(ctx context.Context, name string) error {
	found, err := w.admin.BrowseCatalogue(ctx, name)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(found, func(e management.CatalogueEntry) bool { return e.Name == name })
	if i < 0 {
		return fmt.Errorf("the mock is broken: its catalogue has no application %q", name)
	}
	w.app, err = w.admin.CreateApp(ctx, name, found[i].Key)
	return err
}

// label is General Settings, Application label, which nothing follows from.
func (w *world) label(ctx context.Context, label string) error {
	return w.admin.SetLabel(ctx, w.app, label)
}

// signOnSettings lead a sign-on to the instance and to the IAM of the page, or not.
func (w *world) signOnSettings(ctx context.Context, instance, iam string) error {
	at, err := w.endpoint.Screens.Instance(ctx)
	if err != nil {
		return err
	}
	baseURL, id := at.BaseURL, w.page.draft.IAM
	if instance == "another" {
		baseURL = "https://another.instance.test"
	}
	if iam == "another" {
		id = "another-" + id
	}
	return w.admin.SetSignOn(ctx, w.app, baseURL, id)
}

// integration fills in what the provider's page shows, as far as it shows it, or a key
// that is not the one. Where something else tells the target who asks, the key does not
// matter.
func (w *world) integration(_ context.Context, which string) error {
	w.typed = w.scim()
	if which == "the" {
		return nil
	}
	if !w.knowsByToken() {
		return &gap{why: "the target knows Okta by something else than a token"}
	}
	w.typed.Token = "not-the-key"
	return nil
}

// tryCredentials tests what is filled in, and is not saved.
func (w *world) tryCredentials(ctx context.Context) error {
	w.credentials = w.refusal(w.admin.TryCredentials(ctx, w.app, w.typed.URL, w.typed.Token))
	var said *evidence.Mismatch
	if errors.As(w.credentials, &said) {
		return nil
	}
	return w.credentials
}

func (w *world) saveIntegration(ctx context.Context) error {
	return w.refusal(w.admin.SaveConnection(ctx, w.app, w.typed.URL, w.typed.Token))
}

// trySave keeps what Okta says, which is a refusal where the test does not pass.
func (w *world) trySave(ctx context.Context) error {
	w.unsaved = w.saveIntegration(ctx)
	var said *evidence.Mismatch
	if errors.As(w.unsaved, &said) {
		return nil
	}
	return w.unsaved
}

func (w *world) notSaved() error {
	if w.unsaved == nil {
		return w.mismatch("the API integration in Okta", "not saved, since its test does not pass", "saved", w.lastOf(evidence.Okta))
	}
	return nil
}

func (w *world) toApp(ctx context.Context) error {
	return w.refusal(w.admin.SetProvisioning(ctx, w.app, true, true, true))
}

// credentialsRefused wants the refusal to be one of the key: 401 (RFC 7644, section
// 3.12). Okta saves nothing at 403 either, so that at a server of somebody's it warns.
func (w *world) credentialsRefused() error {
	var said *evidence.Mismatch
	if !errors.As(w.credentials, &said) {
		return w.mismatch("Okta's test of the API credentials", "refused with 401", "accepted", w.lastOf(evidence.Okta))
	}
	m := w.mismatch("Okta's test of the API credentials", "refused with 401", said.Got, w.lastOf(evidence.Okta))
	switch {
	case strings.Contains(said.Got, "answered 401"):
		return nil
	case strings.Contains(said.Got, "answered 403") && !w.run.config.Target.Ours:
		w.warn(m)
		return nil
	}
	return m
}

// pushGroups pushes a group where Push Groups is on. What comes of it is looked at
// afterwards: the provider may have group sync off.
func (w *world) pushGroups(ctx context.Context, is, label string) error {
	if is == "off" {
		_, err := w.group(ctx, label)
		return err
	}
	w.pushed = w.push(ctx, label)
	var said *evidence.Mismatch
	if errors.As(w.pushed, &said) {
		return nil
	}
	return w.pushed
}

func (w *world) pushRefused(_ context.Context, label string) error {
	if w.pushed == nil {
		return w.mismatch("the push of the group "+label, "refused, so that Okta shows an error", "accepted, so that Okta takes it for done", w.lastOf(evidence.Okta))
	}
	return nil
}

// assignInVain assigns somebody who is to be refused.
func (w *world) assignInVain(ctx context.Context, label string) error {
	return w.inVain(label+"'s assignment", w.assign(ctx, label))
}

func (w *world) changeInVain(ctx context.Context, label, to string) error {
	return w.inVain("the push of "+label+"'s profile", w.changeLastName(ctx, label, to))
}

// inVain wants Okta to show an error of what was done.
func (w *world) inVain(what string, err error) error {
	var said *evidence.Mismatch
	switch {
	case err == nil:
		return w.mismatch(what, "an error in Okta", "none, so that Okta takes it for done", w.lastOf(evidence.Okta))
	case errors.As(err, &said):
		return nil
	}
	return err
}

// refusedWith looks at what Okta was answered last.
func (w *world) refusedWith(_ context.Context, status int) error {
	n := w.lastOf(evidence.Okta)
	if n == 0 {
		return w.mismatch("the last answer to Okta", fmt.Sprintf("HTTP status %d", status), "none", 0)
	}
	if x := w.wire.Exchanges()[n-1]; x.Status != status {
		return w.mismatch("the last answer to Okta", fmt.Sprintf("HTTP status %d", status), fmt.Sprintf("HTTP status %d", x.Status), n)
	}
	return nil
}

// deleteInOkta deletes a person, who has to be deactivated before; the deletion itself
// is nothing to a target (Okta, SCIM FAQ: documented).
func (w *world) deleteInOkta(ctx context.Context, label string) error {
	if err := w.become(ctx, label, "deactivated"); err != nil {
		return err
	}
	p := w.people[label]
	return w.act(ctx, "what follows when "+label+" is deleted", func() error { return w.admin.DeleteUser(ctx, p.okta) })
}

// scim is where the provider's page says that its IAM is served, and with which key: of
// the IAM on the page that is open, or of the saved one.
func (w *world) scim() target.Endpoint {
	if d := w.page.draft; d != nil && d.Key != "" && !strings.HasPrefix(d.Key, "*") {
		return target.Endpoint{URL: d.URL, Token: d.Key}
	}
	return w.endpoint
}
