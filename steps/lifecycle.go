package steps

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// lifecycleSteps are what an administrator does with people in Okta, beside giving
// them the application, and what must hold of their accounts whatever was done.
var lifecycleSteps = []sentence{
	{`^(\w+) is (deactivated|reactivated) in Okta$`, "unassign-disables", func(w *world) any { return w.lifecycle }},
	{`^the group (.+) is unassigned from the application$`, "", func(w *world) any { return w.unassignGroup }},
	{`^(\w+)'s username changes to begin with "([^"]*)"$`, "", func(w *world) any { return w.changeUserName }},
	{`^(\w+) is called "([^"]*)" "([^"]*)" in Okta$`, "", func(w *world) any { return w.called }},
	{`^(\w+) has (\w+)'s email address in Okta$`, "", func(w *world) any { return w.shareEmail }},
	{`^(\w+)'s display name is taken away in Okta$`, "", func(w *world) any { return w.takeDisplayName }},
	{`^Okta's switches are on for (.+) alone$`, "connection-test", func(w *world) any { return w.switches }},
	{`^no answer shows (\w+)'s password$`, "", func(w *world) any { return w.passwordHidden }},
	{`^the id of (\w+)'s account is one string wherever it stands$`, "", func(w *world) any { return w.oneID }},
}

// lifecycle leaves it to the scenario of a reactivation to say that one went wrong.
func (w *world) lifecycle(ctx context.Context, label, what string) error {
	err := w.become(ctx, label, what)
	if err != nil && what == "reactivated" {
		w.owner = "reactivation-by-group"
	}
	return err
}

func (w *world) become(ctx context.Context, label, what string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	do := w.admin.DeactivateUser
	if what == "reactivated" {
		do = w.admin.ActivateUser
	}
	if err := w.act(ctx, "what follows when "+label+" is "+what, func() error { return do(ctx, p.okta) }); err != nil {
		return err
	}
	if err := w.learnLink(ctx, p); err != nil || !w.stating() {
		return err
	}
	return w.shown(ctx, label, stateOf(what == "reactivated"))
}

func (w *world) unassignGroup(ctx context.Context, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	err = w.act(ctx, "the unassignment of the group "+label, func() error { return w.admin.UnassignGroup(ctx, w.app, g.okta) })
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(w.people)) {
		if err := w.learnLink(ctx, w.people[name]); err != nil {
			return err
		}
	}
	return nil
}

// changeUserName keeps the run's mark in the name. Whoever has no account yet has
// the username from the beginning.
func (w *world) changeUserName(ctx context.Context, label, beginning string) error {
	return w.changeProfile(ctx, label, func(p *person) directory.Profile {
		p.former, p.userName = p.userName, beginning+p.userName
		return directory.Profile{"login": p.userName}
	})
}

func (w *world) called(ctx context.Context, label, first, last string) error {
	return w.changeProfile(ctx, label, func(p *person) directory.Profile {
		p.givenName, p.familyName, p.display = first, last, first+" "+last
		return directory.Profile{"firstName": first, "lastName": last, "displayName": p.display}
	})
}

func (w *world) shareEmail(ctx context.Context, label, other string) error {
	whose, err := w.person(ctx, other)
	if err != nil {
		return err
	}
	return w.changeProfile(ctx, label, func(p *person) directory.Profile {
		p.email, p.sharesEmail = whose.email, true
		return directory.Profile{"email": p.email}
	})
}

func (w *world) takeDisplayName(ctx context.Context, label string) error {
	return w.changeProfile(ctx, label, func(p *person) directory.Profile {
		p.display = ""
		return directory.Profile{"displayName": nil}
	})
}

// changeProfile changes a person in Okta's directory.
func (w *world) changeProfile(ctx context.Context, label string, change func(*person) directory.Profile) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	if err := w.remember(ctx); err != nil {
		return err
	}
	some := change(p)
	return w.choosy(p, w.act(ctx, "the push of "+label+"'s profile", func() error { return w.admin.UpdateUser(ctx, p.okta, some) }))
}

// switches saves To App, at which Okta tests the connection once more (observed).
func (w *world) switches(ctx context.Context, on string) error {
	is := func(name string) bool { return slices.Contains(listed(on), name) }
	return w.refusal(w.admin.SetProvisioning(ctx, w.app, is("Create"), is("Update"), is("Deactivate")))
}

// passwordHidden looks into every answer that Okta was given about the person, and
// into what a GET and a list show. RFC 7643, section 4.1.1: a password is never
// returned.
func (w *world) passwordHidden(ctx context.Context, label string) error {
	p, account, err := w.accountOf(ctx, label)
	if err != nil {
		return err
	}
	found, _, err := w.eyes.UsersNamed(w.about(ctx, p), p.userName)
	if err != nil {
		return err
	}
	last := w.last()
	for _, r := range append(found, account) {
		if shows := r.Get("password"); !target.Unassigned(shows) {
			return w.mismatch("the password in "+label+"'s account", "none", "one that is shown", last)
		}
	}
	for _, x := range w.wire.Exchanges() {
		answered, err := target.Read(x.ResponseBody)
		if x.Voice == evidence.Okta && x.Status/100 == 2 && err == nil && !target.Unassigned(answered.Get("password")) {
			return w.mismatch("the password in the answer to a "+x.Method, "none", "one that is shown", x.N)
		}
	}
	return nil
}

// oneID compares the id in the answer to Okta's create, where there was one, with that
// of a GET and that of a list: one string (RFC 7643, section 3.1; Okta, preparing a SCIM
// integration).
func (w *world) oneID(ctx context.Context, label string) error {
	p := w.people[label]
	id := p.accountID()
	for _, x := range w.wire.Exchanges() {
		made, err := target.Read(x.ResponseBody)
		if x.Voice == evidence.Okta && x.Method == http.MethodPost && x.Subject == p.userName && x.Status/100 == 2 && err == nil && made.Get("id") != id {
			return w.mismatch("the id in the answer to the create", "the string "+quoted(id), target.Show(made.Get("id")), x.N)
		}
	}
	look, err := w.eyes.User(w.about(ctx, p), id)
	if err != nil {
		return err
	}
	if got := look.Resource.Get("id"); got != id {
		return w.mismatch("the id of the account that is read", "the string "+quoted(id), target.Show(got), w.last())
	}
	found, _, err := w.eyes.UsersNamed(w.about(ctx, p), p.userName)
	if err != nil {
		return err
	}
	for _, r := range found {
		if got := r.Get("id"); got != id {
			return w.mismatch("the id of the account in a list", "the string "+quoted(id), target.Show(got), w.last())
		}
	}
	return nil
}
