package steps

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/reports/evidence"
)

var connectionSteps = []sentence{
	{`^Okta is connected to the target$`, "connection-test", func(w *world) any { return w.connect }},
	{`^the application is there, and not connected$`, "", func(w *world) any { return w.addApplication }},
	{`^the administrator tests the API credentials$`, "", func(w *world) any { return w.testCredentials }},
	{`^Okta draws the order of its jobs from the seed (.+)$`, "", func(w *world) any { return w.drawFrom }},
	{`^Okta accepts the credentials$`, "", func(w *world) any { return w.credentialsAccepted }},
}

// addApplication makes the application in Okta, and connects it to nothing.
func (w *world) addApplication(ctx context.Context) error {
	key := directory.TokenAuth
	if w.scene.Dialect == features.AIW {
		key = ""
	}
	app, err := w.admin.CreateApp(ctx, "Target", key)
	if err != nil {
		return err
	}
	w.app = app
	if w.scene.Dialect == features.AIW {
		return w.admin.EnableSCIM(ctx, app)
	}
	return nil
}

// install makes the application in Okta and enters the target's address and
// token, as an administrator does before the first test.
func (w *world) install(ctx context.Context) error {
	if err := w.addApplication(ctx); err != nil {
		return err
	}
	return w.admin.Connect(ctx, w.app, w.endpoint.URL, w.endpoint.Token)
}

func (w *world) connect(ctx context.Context) error {
	if err := w.install(ctx); err != nil {
		return err
	}
	return w.switchOn(ctx)
}

// switchOn tests the connection and turns every switch of To App on.
func (w *world) switchOn(ctx context.Context) error {
	if err := w.refusal(w.admin.ActivateConnection(ctx, w.app)); err != nil {
		return err
	}
	return w.admin.SetProvisioning(ctx, w.app, true, true, true)
}

// drawFrom lets a scenario say in which order Okta does what no source says the
// order of: one seed is one order, at every target.
func (w *world) drawFrom(ctx context.Context, seed string) error {
	n, err := strconv.ParseUint(seed, 10, 64)
	if err != nil {
		return err
	}
	return w.admin.Reseed(ctx, n)
}

func (w *world) testCredentials(ctx context.Context) error {
	if err := w.install(ctx); err != nil {
		return err
	}
	w.credentials = w.refusal(w.admin.ActivateConnection(ctx, w.app))
	var said *evidence.Mismatch
	if errors.As(w.credentials, &said) {
		return nil
	}
	return w.credentials
}

func (w *world) credentialsAccepted() error { return w.credentials }

// refusal turns Okta's no to the credentials into what it says about the target.
func (w *world) refusal(err error) error {
	var no *management.Error
	if !errors.As(err, &no) {
		return err
	}
	why := no.Error()
	if len(no.Causes) > 0 { // what Okta says of the target, without its own API's words around it
		why = "refused: " + strings.TrimPrefix(no.Causes[0].Summary, "connection: ")
	}
	return w.mismatch("Okta's test of the API credentials", "accepted", why, w.lastOf(evidence.Okta))
}
