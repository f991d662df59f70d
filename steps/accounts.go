package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

var accountSteps = []sentence{
	{`^the target already holds an account for (\w+)$`, "assign-creates", func(w *world) any { return w.holdsAlready }},
	{`^the target already holds a disabled account for (\w+)$`, "unassign-disables", func(w *world) any { return w.holdsDisabled }},
	{`^the target holds one account for (\w+)$`, "", func(w *world) any { return w.oneAccountHeld }},
	{`^the target holds no account for (\w+)$`, "", func(w *world) any { return w.noAccountHeld }},
	{`^Okta has said nothing about (\w+)$`, "", func(w *world) any { return w.saidNothing }},
	{`^Okta was answered with the (?:account of|group) (.+)$`, "", func(w *world) any { return w.answeredWith }},
	{`^the target shows (\w+) as (active|disabled)$`, "", func(w *world) any { return w.shown }},
	{`^the target shows (\w+)'s last name as "([^"]*)"$`, "", func(w *world) any { return w.lastNameShown }},
	{`^(\w+)'s account shows (?:her|his) profile$`, "", func(w *world) any { return w.profileShown }},
	{`^(\w+)'s account is as it was$`, "", func(w *world) any { return w.accountUnchanged }},
	{`^(\w+)'s account can be read by its id$`, "", func(w *world) any { return w.readableByID }},
	{`^(\w+)'s account can be found by (?:her|his) username$`, "", func(w *world) any { return w.foundByUserName }},
	{`^of (\w+)'s account only the (name|active flag) has changed$`, "", func(w *world) any { return w.onlyChanged }},
	{`^Okta found (one|no) account for (\w+)$`, "", func(w *world) any { return w.oktaFound }},
	{`^it is the (account|group) that was there$`, "", func(w *world) any { return w.sameAsBefore }},
}

// holdsAlready brings about an account that the target had before Okta came. Its
// name is an older one, so that it shows whether Okta brings it up to date.
func (w *world) holdsAlready(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	look, err := w.hand.CreateUser(w.about(ctx, p), target.NewUser{
		UserName: p.userName, GivenName: p.givenName, FamilyName: "Formerly", Email: p.email, ExternalID: "before-" + p.userName,
	})
	if err != nil {
		return err
	}
	if p.id = look.Resource.ID(); !look.OK() || p.id == "" {
		return w.mismatch("the creation of an account for "+label, "success, with an id", look.String(), w.last())
	}
	return w.bringTo(ctx, p, true)
}

func (w *world) holdsDisabled(ctx context.Context, label string) error {
	if err := w.holdsAlready(ctx, label); err != nil {
		return err
	}
	return w.bringTo(ctx, w.people[label], false)
}

// bringTo makes an account active or disabled, by hand, where it is not.
func (w *world) bringTo(ctx context.Context, p *person, active bool) error {
	account, err := w.account(ctx, p)
	if err != nil {
		return err
	}
	if now, known := account.Active(); !known || now != active {
		if _, err := w.hand.SetUser(w.about(ctx, p), p.id, "active", active); err != nil {
			return err
		}
	}
	return w.shown(ctx, p.label, stateOf(active))
}

func stateOf(active bool) string {
	if active {
		return "active"
	}
	return "disabled"
}

// accountOf reads the account of somebody of the scenario.
func (w *world) accountOf(ctx context.Context, label string) (*person, target.Resource, error) {
	p, err := w.person(ctx, label)
	if err != nil {
		return nil, nil, err
	}
	account, err := w.account(ctx, p)
	return p, account, err
}

// account reads a person's account by its id.
func (w *world) account(ctx context.Context, p *person) (target.Resource, error) {
	id := p.accountID()
	if id == "" {
		return nil, w.mismatch(p.label+"'s account", "one that Okta knows by its id", "none", w.lastOf(evidence.Okta))
	}
	look, err := w.eyes.User(w.about(ctx, p), id)
	if err != nil {
		return nil, err
	}
	if look.Status != 200 || look.Resource == nil {
		return nil, w.mismatch(p.label+"'s account", "readable by its id", look.String(), w.last())
	}
	if got := look.Resource.ID(); got != id {
		return nil, w.mismatch(p.label+"'s account", fmt.Sprintf("the resource with id %q", id), fmt.Sprintf("one with id %#v", look.Resource.Get("id")), w.last())
	}
	return look.Resource, nil
}

func (w *world) shown(ctx context.Context, label, state string) error {
	_, account, err := w.accountOf(ctx, label)
	if err != nil {
		return err
	}
	active, known := account.Active()
	got := stateOf(active)
	if !known {
		got = "no true or false in active"
	}
	if got != state {
		return w.mismatch(label+"'s account", state, got, w.last())
	}
	return nil
}

// oneAccountHeld looks by name. What a list shows must be there under the id that
// it shows, and be the account that Okta knows.
func (w *world) oneAccountHeld(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	found, _, err := w.eyes.UsersNamed(w.about(ctx, p), p.userName)
	if err != nil {
		return err
	}
	if len(found) != 1 {
		if len(found) > 1 {
			w.broken = "F35"
		}
		return w.mismatch("accounts with the username "+p.userName, "one", counted(len(found)), w.last())
	}
	if w.it, w.was = found[0].ID(), p.id; p.linked != "" && w.it != p.linked {
		return w.mismatch("the account in the list", "the one that Okta knows, with id "+p.linked, "one with id "+w.it, w.last())
	}
	_, err = w.account(ctx, p)
	return err
}

func (w *world) noAccountHeld(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	found, _, err := w.eyes.UsersNamed(w.about(ctx, p), p.userName)
	if err == nil && len(found) > 0 {
		return w.mismatch("accounts with the username "+p.userName, "none", counted(len(found)), w.last())
	}
	return err
}

// saidNothing is about Okta alone: had it said something, the mock would be broken.
func (w *world) saidNothing(_ context.Context, label string) error {
	for _, x := range w.wire.Exchanges() {
		if p := w.people[label]; x.Voice == evidence.Okta && x.Subject == p.userName {
			return fmt.Errorf("okta asked about %s (exchange %d), whom nobody has asked it to provision: the mock is broken", label, x.N)
		}
	}
	return nil
}

func (w *world) lastNameShown(ctx context.Context, label, want string) error {
	_, account, err := w.accountOf(ctx, label)
	if err != nil {
		return err
	}
	if got := account.Text("name", "familyName"); got != want {
		return w.mismatch(label+"'s last name", quoted(want), quoted(got), w.last())
	}
	return nil
}

// profileShown compares what Okta requires of every server: userName, both names
// and an email address (Okta, preparing a SCIM integration, documented), letter
// for letter, as Okta's own SPEC test does.
func (w *world) profileShown(ctx context.Context, label string) error {
	p, account, err := w.accountOf(ctx, label)
	if err != nil {
		return err
	}
	emails := account.Values("emails")
	email := strings.Join(emails, ", ")
	if slices.Contains(emails, p.email) {
		email = p.email // a server may know further addresses
	}
	for _, c := range []struct{ what, want, got string }{
		{"username", p.userName, account.Text("userName")},
		{"first name", p.givenName, account.Text("name", "givenName")},
		{"last name", p.familyName, account.Text("name", "familyName")},
		{"email address", p.email, email},
	} {
		if c.want != c.got {
			return w.mismatch(label+"'s "+c.what, quoted(c.want), quoted(c.got), w.last())
		}
	}
	return nil
}

func (w *world) accountUnchanged(ctx context.Context, label string) error {
	return w.unchangedBut(ctx, label, "as it was")
}

// onlyChanged allows for what servers derive: a formatted name and a display name
// may follow a name, and a display name is no loss.
func (w *world) onlyChanged(ctx context.Context, label, what string) error {
	if what == "name" {
		return w.unchangedBut(ctx, label, "as it was but for the name", "name", "displayname")
	}
	return w.unchangedBut(ctx, label, "as it was but for active", "active")
}

func (w *world) unchangedBut(ctx context.Context, label, want string, except ...string) error {
	p, now, err := w.accountOf(ctx, label)
	if err != nil {
		return err
	}
	if changes := target.Differences(w.before[string(p.okta)], now, except...); len(changes) > 0 {
		return w.mismatch(label+"'s account", want, strings.Join(changes, "; "), w.last())
	}
	w.sameAge(label, w.before[string(p.okta)], now)
	return nil
}

// sameAge warns of an account whose time of creation moves with its changes: it
// is the time at which the resource was added (RFC 7643, section 3.1), and Okta
// does not look at it.
func (w *world) sameAge(label string, before, now target.Resource) {
	was, is := before.Text("meta", "created"), now.Text("meta", "created")
	if was != "" && is != was {
		w.warn(w.mismatch(label+"'s meta.created", was+", as before (RFC 7643, section 3.1)", quoted(is), w.last()))
	}
}

func (w *world) readableByID(ctx context.Context, label string) error {
	_, _, err := w.accountOf(ctx, label)
	return err
}

func (w *world) foundByUserName(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	found, others, err := w.eyes.UsersNamed(w.about(ctx, p), p.userName)
	if err != nil {
		return err
	}
	if others == 0 && slices.ContainsFunc(found, func(r target.Resource) bool { return r.ID() == p.accountID() }) {
		return nil
	}
	return w.mismatch("the lookup of "+p.userName, "the account with id "+p.accountID()+" alone",
		fmt.Sprintf("%s of that username, and %s of another", counted(len(found)), counted(others)), w.last())
}

// oktaFound looks at what the target answered to Okta's question.
func (w *world) oktaFound(_ context.Context, count, label string) error {
	for _, x := range w.wire.Exchanges() {
		if x.Voice != evidence.Okta || x.Method != http.MethodGet || !strings.Contains(x.URL, "/Users?filter=") {
			continue
		}
		if x.Status == http.StatusTooManyRequests {
			continue // Okta asks again
		}
		found, err := target.Count(x.Status, x.ResponseBody)
		if err != nil {
			return w.mismatch("the answer to Okta's lookup of "+label, count+" account", err.Error(), x.N)
		}
		if found != map[string]int{"no": 0, "one": 1}[count] {
			return w.mismatch("the answer to Okta's lookup of "+label, count+" account", counted(found), x.N)
		}
		return nil
	}
	return fmt.Errorf("okta looked nobody up: the mock is broken")
}

func (w *world) sameAsBefore(_ context.Context, what string) error {
	if w.it != w.was {
		return w.mismatch("the "+what, "the one with id "+w.was, "another, with id "+w.it, w.last())
	}
	return nil
}

// counted is a number of things, in words where it decides.
func counted(n int) string {
	switch n {
	case 0:
		return "none"
	case 1:
		return "one"
	}
	return fmt.Sprint(n)
}

func quoted(s string) string {
	if s == "" {
		return "nothing"
	}
	return fmt.Sprintf("%q", s)
}
