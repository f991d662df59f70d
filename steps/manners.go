package steps

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// manners looks over what was said in the whole scenario for what no sentence of
// it asks: what is unusual at the target, what is wrong whoever asks, and what
// would be a defect of our own. Only answers to the When are held against the
// target; a Given has an owner who judges it.
func (w *world) manners() (notes []string, err error) {
	for _, x := range w.wire.Exchanges() {
		if x.Voice != evidence.Okta {
			continue
		}
		if x.Method == http.MethodDelete && strings.Contains(x.URL, "/Users/") {
			return nil, fmt.Errorf("the mock Okta sent DELETE for a user (exchange %d), which Okta never does", x.N)
		}
		if m := unusual(x); m != nil {
			w.warn(m)
		}
		if m := wrong(x); m != nil && x.N > w.given && w.rude == nil {
			w.rude = m
		}
		if slow := x.Took.Milliseconds(); slow > 600 && x.Status != 0 {
			notes = append(notes, fmt.Sprintf("exchange %d was answered in %d ms; Okta's SPEC test wants 600", x.N, slow))
		}
	}
	return notes, nil
}

// unusual is an answer that Okta puts up with, and that is not what the RFC wants.
func unusual(x evidence.Exchange) *evidence.Mismatch {
	var what, want string
	got := fmt.Sprint(x.Status)
	whole := x.Status == http.StatusOK && (x.Method == http.MethodPut || x.Method == http.MethodPatch)
	switch {
	case x.Method == http.MethodPut && x.Status == http.StatusNoContent:
		what, want = "the answer to a PUT", "200 with the resource (RFC 7644, section 3.5.1)"
	case x.Method == http.MethodPost && x.Status != http.StatusCreated && x.Status/100 == 2:
		what, want = "the answer to a create", "201 (RFC 7644, section 3.3)"
	case whole && len(strings.TrimSpace(string(x.ResponseBody))) == 0:
		what, want, got = "the answer to a "+x.Method, "200 with the resource (RFC 7644, sections 3.5.1 and 3.5.2)", "200 with an empty body"
	default:
		return nil
	}
	return &evidence.Mismatch{What: what, Want: want, Got: got, Exchange: x.N}
}

// wrong is an answer of 200, to a read or a write of one resource, that is no such
// resource: not SCIM at all, a list, or another's. Okta keeps what it is given: a
// list or another id corrupts its link, and what is no JSON is an error to it
// (observed in part: okta developer captures and Stack Overflow question 77524118).
// RFC 7644, sections 3.4.1, 3.5.1 and 3.5.2, wants the resource itself.
func wrong(x evidence.Exchange) *evidence.Mismatch {
	id, one := idOf(x.URL)
	if !one || x.Status != http.StatusOK || x.Method == http.MethodDelete || len(strings.TrimSpace(string(x.ResponseBody))) == 0 {
		return nil
	}
	got := ""
	switch answered, err := target.Read(x.ResponseBody); {
	case err != nil:
		got = err.Error()
	case answered.Get("Resources") != nil:
		got = "a list"
	case answered.ID() != id:
		got = fmt.Sprintf("a resource with id %s", quoted(answered.ID()))
	default:
		return nil
	}
	return &evidence.Mismatch{
		What: "the answer to a " + x.Method + " of one resource", Want: "the resource with id " + quoted(id), Got: got, Exchange: x.N,
	}
}

// idOf is the id of the resource that a URL names, if it names one.
func idOf(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", false
	}
	kind, last := path.Split(strings.TrimSuffix(u.EscapedPath(), "/"))
	if kind = path.Base(kind); kind != "Users" && kind != "Groups" {
		return "", false
	}
	id, err := url.PathUnescape(last)
	return id, err == nil
}

// behindErrors looks whether a target did what it said that it could not do: Okta
// shows an error then, and the target holds the change all the same. What it finds
// stands beside the error, among the mismatches.
func (w *world) behindErrors(ctx context.Context) error {
	for _, x := range w.wire.Exchanges()[w.given:] {
		if x.Voice != evidence.Okta || x.Status < 400 || x.Method == http.MethodGet {
			continue
		}
		for label, p := range w.people {
			if p.userName == x.Subject {
				if err := w.personBehind(ctx, label, p); err != nil {
					return err
				}
			}
		}
		for label, g := range w.groups {
			if g.name == x.Subject && g.groupID() != "" {
				if err := w.groupBehind(ctx, label, g); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (w *world) personBehind(ctx context.Context, label string, p *person) error {
	before, known := w.before[string(p.okta)]
	if !known {
		found, _, err := w.eyes.UsersNamed(w.about(ctx, p), p.userName)
		if err == nil && len(found) > 0 {
			w.warn(w.mismatch(label+"'s account", "none, since its create was answered with an error", "an account with id "+quoted(found[0].ID()), w.last()))
		}
		return err
	}
	look, err := w.eyes.User(w.about(ctx, p), p.accountID())
	if err == nil && look.OK() {
		w.changedBehind(label+"'s account", before, look.Resource)
	}
	return err
}

func (w *world) groupBehind(ctx context.Context, label string, g *group) error {
	look, err := w.eyes.Group(w.aboutGroup(ctx, g), g.groupID())
	if before, known := w.before[string(g.okta)]; err == nil && known && look.OK() {
		w.changedBehind("the group "+label, before, look.Resource)
	}
	return err
}

func (w *world) changedBehind(what string, before, now target.Resource) {
	if changes := target.Differences(before, now); len(changes) > 0 {
		w.warn(w.mismatch(what, "as it was, since the change was answered with an error", strings.Join(changes, "; "), w.last()))
	}
}
