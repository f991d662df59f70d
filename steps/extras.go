package steps

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

var extraSteps = []sentence{
	{`^(\w+)'s account holds attributes that Okta does not know$`, "", func(w *world) any { return w.holdsUnknown }},
	{`^(\w+)'s account still holds those attributes$`, "", func(w *world) any { return w.stillHoldsUnknown }},
	{`^Okta said of (\w+) what it said of (\w+)$`, "", func(w *world) any { return w.saidAlike }},
}

// The extension that nobody but the suite's own hand writes, and what it writes
// there: every type that JSON has. null, [] and {} are left out, since they are no
// value (RFC 7643, section 2.5). The integer is beyond what a double can tell
// apart: a server that rounds it does so at once, and is held to what it shows.
const extrasSchema = "urn:scimproof:params:scim:schemas:extension:extras:2.0:User"

var extras = map[string]any{
	"text":    `Zoë "Z" <b>O'Neil</b> \ 山田`,
	"whole":   9007199254740993,
	"decimal": -2.5,
	"yes":     true,
	"no":      false,
	"list":    []any{"north", "south"},
	"object":  map[string]any{"zip": "8001", "floor": 0, "open": false},
	"nested":  []any{map[string]any{"deep": map[string]any{"list": []any{1, 2.25, true, "x"}}}},
}

// holdsUnknown gives the account a nickname, which Okta does not map, and an
// extension with every type of JSON, and takes note of all in it that Okta never
// sent. A target that keeps nothing of the kind cannot show what this scenario is
// about, and is not to blame: the RFCs oblige nobody to keep an optional attribute,
// nor an extension that it does not know.
func (w *world) holdsUnknown(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	if _, err := w.hand.SetUser(w.about(ctx, p), p.accountID(), "nickName", "Nick of "+label); err != nil {
		return err
	}
	if _, err := w.hand.ExtendUser(w.about(ctx, p), p.accountID(), extrasSchema, extras); err != nil {
		return err
	}
	account, err := w.account(ctx, p)
	if err != nil {
		return err
	}
	if w.unknown = target.Unmapped(account, oktaKnows...); len(w.unknown) == 0 {
		return &gap{why: "the target keeps no attribute of an account that Okta does not send"}
	}
	return nil
}

// oktaKnows are the attributes that the default mapping sends, and those that
// follow from them.
var oktaKnows = []string{
	"schemas", "id", "externalid", "meta", "username", "name", "displayname", "emails", "locale", "title",
	"active", "password", "groups",
}

// stillHoldsUnknown wants what the hand wrote to be there value for value, as the
// target showed it then. What is the server's own, such as a time of last use, may
// move, but not go.
func (w *world) stillHoldsUnknown(ctx context.Context, label string) error {
	_, account, err := w.accountOf(ctx, label)
	if err != nil {
		return err
	}
	now := target.Unmapped(account, oktaKnows...)
	for _, path := range slices.Sorted(maps.Keys(w.unknown)) {
		value := w.unknown[path]
		got, there := now[path]
		written := path == "nickname" || strings.HasPrefix(path, strings.ToLower(extrasSchema)+".")
		switch {
		case !there:
			return w.mismatch(label+"'s "+path, value+", as before", "nothing", w.last())
		case written && got != value:
			return w.mismatch(label+"'s "+path, value+", as before", got, w.last())
		}
	}
	return nil
}

// saidAlike compares Okta's requests about two people since the first When, by
// their methods and endpoints. They differ by Okta's doing alone, which would be a
// defect of the mock's.
func (w *world) saidAlike(_ context.Context, label, other string) error {
	one, two := w.saidOf(w.people[label]), w.saidOf(w.people[other])
	if len(one) == 0 || !slices.Equal(one, two) {
		return fmt.Errorf("okta said %v of %s and %v of %s: the mock is broken", one, label, two, other)
	}
	return nil
}

// saidOf lists what Okta said of a person. What was answered with 429 is asked
// again, and counts once.
func (w *world) saidOf(p *person) []string {
	var said []string
	for _, x := range w.wire.Exchanges()[w.given:] {
		if x.Voice != evidence.Okta || x.Subject != p.userName || x.Status == http.StatusTooManyRequests {
			continue
		}
		what := "/Users"
		if _, id, byID := strings.Cut(x.URL, "/Users/"); byID && id != "" {
			what = "/Users/{id}"
		}
		said = append(said, x.Method+" "+what)
	}
	return said
}
