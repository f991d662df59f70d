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
	{`^the administrator fills in the SCIM URL and the key under API Integration$`, "", func(w *world) any { return w.integration }},
	{`^(\w+) is assigned to the application while nothing is provisioned$`, "", func(w *world) any { return w.assignQuietly }},
	{`^the administrator clicks Test API Credentials$`, "", func(w *world) any { return w.tryCredentials }},
	{`^the administrator saves the API integration$`, "connection-test", func(w *world) any { return w.saveIntegration }},
	{`^the administrator enables Create Users, Update User Attributes and Deactivate Users$`, "connection-test", func(w *world) any { return w.toApp }},
	{`^Okta is refused with the key$`, "", func(w *world) any { return w.credentialsRefused }},
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

// integration fills in what the provider's page shows, as far as it shows it.
func (w *world) integration() error {
	w.typed = w.scim()
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

func (w *world) toApp(ctx context.Context) error {
	return w.refusal(w.admin.SetProvisioning(ctx, w.app, true, true, true))
}

// credentialsRefused wants the refusal to be one of the key.
func (w *world) credentialsRefused() error {
	var said *evidence.Mismatch
	switch {
	case w.credentials == nil:
		return w.mismatch("Okta's test of the API credentials", "refused with 401", "accepted", w.lastOf(evidence.Okta))
	case errors.As(w.credentials, &said) && !strings.Contains(said.Got, "answered 401"):
		return w.mismatch("Okta's test of the API credentials", "refused with 401", said.Got, w.lastOf(evidence.Okta))
	}
	return nil
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
