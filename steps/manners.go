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

// manners looks over what was said in the whole scenario for what no sentence of
// it asks: what is unusual at the target, and what is wrong whoever asks.
func (w *world) manners() (notes []string) {
	for _, x := range w.wire.Exchanges() {
		if x.Voice != evidence.Okta {
			continue
		}
		if m := unusual(x); m != nil {
			w.warn(m)
		}
		if slow := x.Took.Milliseconds(); slow > 600 && x.Status != 0 {
			notes = append(notes, fmt.Sprintf("exchange %d was answered in %d ms; Okta's SPEC test wants 600", x.N, slow))
		}
	}
	return notes
}

// unusual is a success that Okta puts up with, and that is not the one that the RFC
// has for the request.
func unusual(x evidence.Exchange) *evidence.Mismatch {
	if x.Status/100 != 2 || x.ID == "" && x.Method != http.MethodPost {
		return nil
	}
	empty := len(strings.TrimSpace(string(x.ResponseBody))) == 0
	m := evidence.Mismatch{What: "the answer to a " + x.Method, Got: fmt.Sprint(x.Status), Exchange: x.N}
	switch {
	case x.Method == http.MethodPost && x.Status != http.StatusCreated:
		m.What, m.Want = "the answer to a create", "201 (RFC 7644, section 3.3)"
	case x.Method == http.MethodPut && x.Status != http.StatusOK:
		m.Want = "200 with the resource (RFC 7644, section 3.5.1)"
	case x.Method == http.MethodPatch && x.Status != http.StatusOK && x.Status != http.StatusNoContent:
		m.Want = "200 with the resource, or 204 (RFC 7644, section 3.5.2)"
	case x.Status == http.StatusOK && empty && (x.Method == http.MethodPut || x.Method == http.MethodPatch):
		m.Want, m.Got = "200 with the resource (RFC 7644, sections 3.5.1 and 3.5.2)", "200 with an empty body"
	default:
		return nil
	}
	return &m
}

// wrong is a success, to a read or a write of one resource, whose body is no such
// resource: not SCIM at all, a list, or another's.
//
// RFC 7644, sections 3.4.1, 3.5.1 and 3.5.2, wants the resource itself. Okta wants
// ids that never change (preparing a SCIM integration: documented), and puts a list
// back that it was given in place of an account (observed: Stack Overflow question
// 77524118); what it does with such an answer to a write is inference.
func wrong(x evidence.Exchange) *evidence.Mismatch {
	empty := len(strings.TrimSpace(string(x.ResponseBody))) == 0
	if x.ID == "" || x.Status/100 != 2 || x.Method == http.MethodDelete || empty || x.Cut {
		return nil
	}
	got := ""
	switch answered, err := target.Read(x.ResponseBody); {
	case err != nil:
		got = err.Error()
	case answered.ID() == x.ID:
		return nil
	case answered.IsList():
		got = "a list"
	default:
		got = "a resource with id " + quoted(answered.ID())
	}
	return &evidence.Mismatch{
		What: "the answer to a " + x.Method + " of one resource", Want: "the resource with id " + quoted(x.ID), Got: got, Exchange: x.N,
	}
}

// answersTo are the scenarios that ask whether the answer to a change is the
// resource itself, by what is changed. Elsewhere a wrong answer blocks.
var answersTo = map[string]string{evidence.User: "change-answers-account", evidence.Group: "change-answers-group"}

// wrongAnswer is the first wrong answer to what Okta said since the first When, and
// whose requirement it breaks; a Given has an owner who judges it.
func (w *world) wrongAnswer() (m *evidence.Mismatch, owner string) {
	for _, x := range w.wire.Exchanges()[w.given:] {
		if m := wrong(x); m != nil && x.Voice == evidence.Okta {
			return m, answersTo[x.Kind]
		}
	}
	return nil, ""
}

// answeredWith is the sentence of those scenarios.
func (w *world) answeredWith(context.Context, string) error {
	if m, _ := w.wrongAnswer(); m != nil {
		return m
	}
	return nil
}

// behindErrors looks whether a target did what it said that it could not do: Okta
// shows an error then, and the target holds the change all the same. What it finds
// stands beside the error, among the mismatches; a look that fails takes nothing
// from it.
func (w *world) behindErrors(ctx context.Context) {
	for _, x := range refusedOf(w.wire.Exchanges()[w.given:]) {
		var err error
		if p := w.personNamed(x.Subject); p != nil && x.Kind == evidence.User {
			err = w.personBehind(ctx, p, x)
		} else if g := w.groupNamed(x.Subject); g != nil && x.Kind == evidence.Group {
			err = w.groupBehind(ctx, g, x)
		}
		if err != nil {
			w.notes = append(w.notes, fmt.Sprintf("whether exchange %d was carried out all the same could not be seen: %v", x.N, err))
		}
	}
}

// refusedOf are Okta's writes that ended in an error, where nothing before them was
// accepted of the same subject, or went without an answer, and so nothing else can
// have changed it.
func refusedOf(exchanges []evidence.Exchange) []evidence.Exchange {
	last, accepted := map[string]evidence.Exchange{}, map[string]bool{}
	for _, x := range exchanges {
		if x.Voice != evidence.Okta || x.Method == http.MethodGet {
			continue
		}
		last[x.Subject] = x
		accepted[x.Subject] = accepted[x.Subject] || x.Status/100 == 2 || x.Status == 0
	}
	var refused []evidence.Exchange
	for _, subject := range slices.Sorted(maps.Keys(last)) {
		if x := last[subject]; x.Status >= 400 && x.Status != http.StatusTooManyRequests && !accepted[subject] {
			refused = append(refused, x)
		}
	}
	return refused
}

func (w *world) personBehind(ctx context.Context, p *person, x evidence.Exchange) error {
	if x.Method == http.MethodPost {
		found, _, err := w.eyes.UsersNamed(w.about(ctx, p), p.userName)
		w.madeBehind(p.label+"'s account", found, x)
		return err
	}
	look, err := w.eyes.User(w.about(ctx, p), x.ID)
	if err == nil {
		w.changedBehind(p.label+"'s account", w.before[string(p.okta)], look, x)
	}
	return err
}

func (w *world) groupBehind(ctx context.Context, g *group, x evidence.Exchange) error {
	if x.Method == http.MethodPost {
		found, _, err := w.eyes.GroupsNamed(w.aboutGroup(ctx, g), g.name)
		w.madeBehind("the group "+g.label, found, x)
		return err
	}
	look, err := w.eyes.Group(w.aboutGroup(ctx, g), x.ID)
	if err == nil {
		w.changedBehind("the group "+g.label, w.before[string(g.okta)], look, x)
	}
	return err
}

func (w *world) madeBehind(what string, found []target.Resource, x evidence.Exchange) {
	if len(found) > 0 {
		w.warn(w.mismatch(what, fmt.Sprintf("none, since exchange %d was answered with %d", x.N, x.Status), "one with id "+quoted(found[0].ID()), w.last()))
	}
}

func (w *world) changedBehind(what string, before target.Resource, now target.Look, x evidence.Exchange) {
	if before == nil {
		return
	}
	want := fmt.Sprintf("as it was, since exchange %d was answered with %d", x.N, x.Status)
	gone := func(status int) bool { return status == http.StatusNotFound || status == http.StatusGone }
	if gone(now.Status) && gone(x.Status) {
		return // the refusal said so
	} else if gone(now.Status) {
		w.warn(w.mismatch(what, want, now.String(), w.last()))
	} else if changes := target.Differences(before, now.Resource); now.OK() && len(changes) > 0 {
		w.warn(w.mismatch(what, want, strings.Join(changes, "; "), w.last()))
	}
}

// personNamed and groupNamed tell whom an exchange is about; nil for nobody of the
// scenario.
func (w *world) personNamed(userName string) *person {
	for _, p := range w.people {
		if p.userName == userName {
			return p
		}
	}
	return nil
}

func (w *world) groupNamed(name string) *group {
	for _, g := range w.groups {
		if g.name == name {
			return g
		}
	}
	return nil
}
