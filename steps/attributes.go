package steps

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

var attributeSteps = []sentence{
	{`^the application has an attribute (\w+) in (a schema of its own|the enterprise schema)$`, "", func(w *world) any { return w.defineAttribute }},
	{`^(\w+) is assigned to the application with the (\w+) (.+)$`, "custom-attribute-arrives", func(w *world) any { return w.assignWith }},
	{`^(\w+)'s (\w+) is set to (.+)$`, "custom-attribute-added", func(w *world) any { return w.setAttribute }},
	{`^(\w+)'s (\w+) is cleared$`, "", func(w *world) any { return w.clearAttribute }},
	{`^(\w+)'s account shows the (\w+) (.+)$`, "", func(w *world) any { return w.attributeShown }},
	{`^(\w+)'s account shows no (\w+)$`, "", func(w *world) any { return w.attributeAbsent }},
}

// The schemas in which scenarios define attributes: one that no server knows, and
// the one that RFC 7643 defines beside the core (section 4.3).
const (
	ownSchema        = "urn:scimproof:params:scim:schemas:extension:okta:2.0:User"
	enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)

// types are the data types of the attributes of scenarios; any other is a string.
var types = map[string]directory.DataType{
	"trusted": directory.Boolean, "level": directory.Integer, "quota": directory.Number, "projects": directory.Array,
}

// externals are the external names of attributes that stand deeper (RFC 7643, section
// 4.3); any other is the name itself.
var externals = map[string]string{"manager": "manager.value"}

// An attribute of a scenario, in Okta and perhaps at the target.
type attribute struct {
	name, urn string          // no URN: among the core attributes
	path      []string        // to its value, in the account
	element   *condition      // of the multi-valued attribute that path begins with; nil elsewhere
	seen      bool            // the target has shown it in some account: it keeps what it is sent
	cleared   map[string]bool // by person: a value was taken away in Okta
}

func (w *world) defineAttribute(ctx context.Context, name, schema string) error {
	urn := ownSchema
	if schema == "the enterprise schema" {
		urn = enterpriseSchema
	}
	external := cmp.Or(externals[name], name)
	a := attributeAt(name, urn, external)
	w.attributes[name] = a
	return w.admin.AddAttribute(ctx, w.app, directory.Attribute{Name: name, Type: types[name], ExternalName: external, ExternalNamespace: a.urn})
}

// value reads a value as a sentence writes it, in JSON.
func value(text string) (any, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("the scenario writes a value as %s, which is no JSON: %w", text, err)
	}
	return v, nil
}

func (w *world) assignWith(ctx context.Context, label, name, text string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	v, err := value(text)
	if err != nil {
		return err
	}
	err = w.refused(name, w.act(ctx, label+"'s assignment", func() error {
		return w.admin.AssignWith(ctx, w.app, p.okta, directory.Profile{name: v})
	}))
	if err == nil {
		err = w.learnLink(ctx, p)
	}
	if err != nil || !w.stating() {
		return err
	}
	return w.attributeShown(ctx, label, name, text)
}

func (w *world) setAttribute(ctx context.Context, label, name, text string) error {
	v, err := value(text)
	if err != nil {
		return err
	}
	if err := w.edit(ctx, label, name, v); err != nil || !w.stating() {
		return err
	}
	return w.attributeShown(ctx, label, name, text)
}

func (w *world) clearAttribute(ctx context.Context, label, name string) error {
	w.attributes[name].cleared[label] = true
	return w.edit(ctx, label, name, nil)
}

func (w *world) edit(ctx context.Context, label, name string, v any) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	return w.refused(name, w.act(ctx, "the push of "+label+"'s "+name, func() error {
		return w.admin.EditAppUser(ctx, w.app, p.okta, directory.Profile{name: v})
	}))
}

// refused makes a gap of the refusal of a schema that the suite made up, at a server
// of somebody's: one may hold that a body does not conform to its schemas (RFC 7644,
// section 3.12, invalidSyntax and invalidValue), and Okta's administrators map what
// the server documents. It warns, since servers were reported for it (F15): whoever
// has a value there is not provisioned at all. The same goes for a manager, who is to
// be an account of the server's (RFC 7643, section 4.3), and in Okta is a text.
func (w *world) refused(name string, err error) error {
	var said *evidence.Mismatch
	a, known := w.attributes[name]
	if !errors.As(err, &said) || !known || a.urn != ownSchema && name != "manager" || w.run.config.Target.Ours {
		return err
	}
	x := w.wire.Exchanges()[w.lastOf(evidence.Okta)-1]
	if x.Method == http.MethodGet || x.Status != http.StatusBadRequest && x.Status != http.StatusUnprocessableEntity {
		return err
	}
	what := "a schema"
	if name == "manager" {
		what = "a manager"
	}
	return &gap{why: fmt.Sprintf("the target refuses a body with %s that it does not know (exchange %d): nobody is provisioned who has a value there", what, x.N), warns: !w.stating()}
}

// attributeShown wants the value where Okta put it. What may be blamed:
//
//   - A server is free to ignore what it does not know of a body (RFC 7644, section
//     3.3), and Okta does not look: at a server of somebody's that has never shown
//     the attribute in this scenario its absence is a gap and nobody's fault.
//   - Once it has been shown in an account, it is kept, and its absence after a
//     later change is a loss (F14).
//   - A copy among the core attributes is another attribute (F17), and a value of
//     another type another value (RFC 7643, section 2.3).
//   - Which element of a list a value stands in is told by sub-attributes that no
//     server has to keep (RFC 7643, section 2.4): that one stands in another warns,
//     since Okta, which looks for it there, adds it again with the next change.
//   - The RFC wants the URN among the schemas (RFC 7643, section 3); Okta does not
//     read them there, so that this warns.
//
// That the body was refused shows in Okta, before anybody looks here: see refused.
func (w *world) attributeShown(ctx context.Context, label, name, text string) error {
	a, account, err := w.attributeOf(ctx, label, name)
	if err != nil {
		return err
	}
	want, err := value(text)
	if err != nil {
		return err
	}
	got := a.in(account)
	switch flat := account.Get(name); {
	case target.Unassigned(got) && a.urn != "" && !target.Unassigned(flat):
		return w.mismatch(label+"'s "+name, text+" below "+a.urn, target.Show(flat)+" among the core attributes", w.last())
	case target.Unassigned(got) && a.amiss(account, want) && !w.run.config.Target.Ours:
		w.warn(w.mismatch(label+"'s "+name+a.where(), text, "that value in another element", w.last()))
	case target.Unassigned(got) && !a.seen && !w.run.config.Target.Ours:
		return &gap{why: "the target keeps nothing of " + a.kept() + ", which RFC 7644 (section 3.3) allows: what Okta maps there is lost without a word"}
	case !a.same(want, got):
		return w.mismatch(label+"'s "+name+a.where(), text, target.Show(got), w.last())
	}
	a.seen = true
	if a.urn != "" && !account.Lists(a.urn) {
		w.warn(w.mismatch("the schemas of "+label+"'s account", "a list with "+a.urn+", of which it has attributes (RFC 7643, section 3)", target.Show(account.Get("schemas")), w.last()))
	}
	return nil
}

// attributeAbsent takes null, empty text and empty lists for no value. A value that
// was cleared in Okta is absent from the PUT, and a server may clear what a PUT
// leaves out, or may not (RFC 7644, section 3.5.1): at a server of somebody's that
// keeps it this warns, and the person keeps what Okta believes to be gone.
func (w *world) attributeAbsent(ctx context.Context, label, name string) error {
	a, account, err := w.attributeOf(ctx, label, name)
	if err != nil {
		return err
	}
	got := a.in(account)
	if target.Unassigned(got) {
		return nil
	}
	m := w.mismatch(label+"'s "+name+a.where(), "no value", target.Show(got), w.last())
	if a.cleared[label] && !w.run.config.Target.Ours {
		w.warn(m)
		return nil
	}
	return m
}

func (w *world) attributeOf(ctx context.Context, label, name string) (*attribute, target.Resource, error) {
	a := w.attribute(name)
	if a == nil {
		return nil, nil, fmt.Errorf("the application has no attribute %s: the scenario lacks a Given", name)
	}
	_, account, err := w.accountOf(ctx, label)
	return a, account, err
}
