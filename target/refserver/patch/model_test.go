package patch_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/scimproof/scimproof/target/refserver/patch"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"pgregory.net/rapid"
)

// TestApplyAgreesWithANaiveModel plays random requests at Apply and at a model
// that follows the sentences of RFC 7644, sections 3.5.2.1 to 3.5.2.3, one by one
// on encoding/json's maps. The two share no code.
func TestApplyAgreesWithANaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := node{
			"userName": "ana", "title": "Dr", "name": node{"givenName": "Ana"},
			"emails":              []any{node{"value": "a", "type": "work", "primary": true}, node{"value": "b", "type": "home"}},
			schema.EnterpriseUser: node{"department": "R", "manager": node{"value": "7"}},
		}
		if rapid.Bool().Draw(t, "bare") {
			before = node{"userName": "ana"}
		}
		for range 8 {
			ops := rapid.SliceOfN(steps, 1, 4).Draw(t, "operations")
			sent := asJSON(node{"schemas": []any{patch.Message}, "Operations": ops})
			want, wrong := clone(before), trouble(ops)
			for _, op := range ops {
				if wrong == "" {
					wrong = step(want, op)
				}
			}
			got, err := apply(t, asJSON(before), sent)
			var pe *patch.Error
			switch {
			case wrong == "" && err == nil:
				if diff := cmp.Diff(compact(want), decode(got)); diff != "" {
					t.Fatalf("%s of %s\n%s", sent, asJSON(before), diff)
				}
				before = want
			case !errors.As(err, &pe) || pe.Type != wrong:
				t.Fatalf("%s of %s: %v, the model says %q", sent, asJSON(before), err, wrong)
			}
		}
	})
}

// apply applies a request to a resource. Both must stay as they were.
func apply(t rapid.TB, resource, request string) (string, error) {
	t.Helper()
	r, body := read(t, resource), read(t, request)
	ops, err := patch.Parse(body)
	if err != nil {
		return "", err
	}
	after, err := patch.Apply(r, schema.Users, ops)
	if r.String() != resource || body.String() != request {
		t.Fatalf("the resource became %s, and the request %s", r, body)
	}
	return after.String(), err
}

// A node is the model's resource, or a complex value of it.
type node = map[string]any

// steps make operations: each verb on each kind of target.
var steps = rapid.Custom(func(t *rapid.T) map[string]any {
	word := rapid.SampledFrom([]any{"x", "y", "a"})
	email := func() node {
		e := node{"value": rapid.SampledFrom([]any{"a", "A", "b", "c"}).Draw(t, "value"), "type": rapid.SampledFrom([]any{"work", "home", "other"}).Draw(t, "type")}
		if rapid.IntRange(0, 2).Draw(t, "primary") == 0 {
			e["primary"] = true
		}
		return e
	}
	name := func() node {
		n := node{"givenName": word.Draw(t, "given")}
		if rapid.Bool().Draw(t, "family too") {
			n["familyName"] = word.Draw(t, "family")
		}
		return n
	}
	verb := rapid.SampledFrom([]string{"add", "replace", "remove", "Replace"}).Draw(t, "op")
	kind := rapid.SampledFrom([]string{
		"title", "nickName", "name", "name.givenName", "name.familyName", "emails", "emails.display",
		`emails[type eq "work"]`, `emails[type eq "other"]`, `emails[value eq "b" and type eq "home"]`, `emails[type eq "work"].value`, `emails[not (type eq "work")].primary`,
		schema.EnterpriseUser + ":department", schema.EnterpriseUser + ":manager.value", schema.EnterpriseUser,
		"noSuch", "name.noSuch", "emails.noSuch", `emails[type pr].noSuch`, `title[value eq "x"]`, `name[givenName eq "x"]`, `emails[noSuch eq "x"]`, "",
	}).Draw(t, "target")
	op := map[string]any{"op": verb, "path": kind}
	switch {
	case kind == "name":
		op["value"] = name()
	case kind == "emails":
		op["value"] = []any{email()}
	case strings.HasSuffix(kind, "]"):
		op["value"] = email()
	case strings.HasSuffix(kind, "primary"):
		op["value"] = rapid.Bool().Draw(t, "flag")
	case kind == schema.EnterpriseUser:
		op["value"] = node{"department": word.Draw(t, "department")}
	case kind == "":
		delete(op, "path")
		op["value"] = node{"title": word.Draw(t, "title"), "name": name(), "emails": []any{email()}}
	default:
		op["value"] = word.Draw(t, "word")
	}
	if strings.EqualFold(verb, "remove") {
		delete(op, "value")
	} else if kind != "" && rapid.IntRange(0, 9).Draw(t, "valueless") == 0 {
		delete(op, "value")
	}
	return op
})

// trouble is the scimType of what is wrong with a request before any of it is done.
func trouble(ops []map[string]any) string {
	for _, op := range ops {
		_, aimed := op["path"]
		_, given := op["value"]
		switch remove := op["op"] == "remove"; {
		case remove && !aimed:
			return "noTarget"
		case !remove && !given:
			return "invalidSyntax"
		}
	}
	return ""
}

// step does one operation and returns the scimType of what is wrong with it.
func step(r node, op map[string]any) string {
	verb, value := strings.ToLower(op["op"].(string)), op["value"]
	path, aimed := op["path"].(string)
	if !aimed {
		for name, v := range value.(node) {
			if wrong := step(r, node{"op": verb, "path": name, "value": v}); wrong != "" {
				return wrong
			}
		}
		return ""
	}
	extension := schema.EnterpriseUser
	switch path {
	case "title", "nickName":
		assign(r, path, verb, value)
	case "name", extension:
		merge(r, path, verb, value)
	case "name.givenName", "name.familyName":
		assign(inner(r, "name"), strings.TrimPrefix(path, "name."), verb, value)
	case extension + ":department":
		assign(inner(r, extension), "department", verb, value)
	case extension + ":manager.value":
		assign(inner(inner(r, extension), "manager"), "value", verb, value)
	case "emails":
		return stepEmails(r, verb, value)
	case "emails[noSuch eq \"x\"]":
		return "invalidFilter"
	case "noSuch", "name.noSuch", "emails.noSuch", `emails[type pr].noSuch`, `title[value eq "x"]`, `name[givenName eq "x"]`:
		return "invalidPath"
	default:
		return stepSome(r, path, verb, value)
	}
	return ""
}

func assign(o node, name, verb string, value any) {
	if verb == "remove" {
		delete(o, name)
	} else {
		o[name] = value
	}
}

// merge keeps the sub-attributes that a complex value does not name.
func merge(o node, name, verb string, value any) {
	if verb == "remove" {
		delete(o, name)
		return
	}
	maps.Copy(inner(o, name), value.(node))
}

func inner(o node, name string) node {
	if o[name] == nil {
		o[name] = node{}
	}
	return o[name].(node)
}

func stepEmails(r node, verb string, value any) string {
	now, _ := r["emails"].([]any)
	switch verb {
	case "remove":
		now = nil
	case "replace":
		now = clone(value.([]any))
	default:
		e := clone(value.([]any))[0].(node)
		at := slices.IndexFunc(now, func(v any) bool {
			there := v.(node)
			address, ok := there["value"].(string)
			return ok && strings.EqualFold(address, e["value"].(string)) && (there["type"] == nil || there["type"] == e["type"])
		})
		if at < 0 {
			at, now = len(now), append(now, e)
		}
		maps.Copy(now[at].(node), e)
		if e["primary"] == true {
			alone(now, at)
		}
	}
	r["emails"] = now
	return ""
}

// alone makes one element the only primary one.
func alone(list []any, at int) {
	for i, v := range list {
		if e := v.(node); i != at && e["primary"] == true {
			e["primary"] = false
		}
	}
}

// stepSome works on the elements that a filter picks, or on all of them.
func stepSome(r node, path, verb string, value any) string {
	now, _ := r["emails"].([]any)
	var made node
	picks, sub := func(node) bool { return true }, ""
	switch path {
	case "emails.display":
		sub = "display"
	case `emails[type eq "work"]`:
		picks, made = func(e node) bool { return e["type"] == "work" }, node{"type": "work"}
	case `emails[type eq "other"]`:
		picks, made = func(e node) bool { return e["type"] == "other" }, node{"type": "other"}
	case `emails[value eq "b" and type eq "home"]`:
		picks, made = func(e node) bool { return e["value"] == "b" && e["type"] == "home" }, node{"value": "b", "type": "home"}
	case `emails[type eq "work"].value`:
		picks, made, sub = func(e node) bool { return e["type"] == "work" }, node{"type": "work"}, "value"
	case `emails[not (type eq "work")].primary`:
		picks, sub = func(e node) bool { return e["type"] != "work" }, "primary"
	default:
		panic("the model does not know " + path)
	}
	var picked []int
	for i, v := range now {
		if picks(v.(node)) {
			picked = append(picked, i)
		}
	}
	if len(picked) == 0 {
		switch {
		case verb == "remove":
			return ""
		case verb == "replace", made == nil:
			return "noTarget"
		}
		picked, now = []int{len(now)}, append(now, made)
	}
	for n := len(picked) - 1; n >= 0; n-- {
		i := picked[n]
		switch {
		case sub != "":
			assign(now[i].(node), sub, verb, value)
		case verb == "remove":
			now = slices.Delete(now, i, i+1)
		case verb == "replace":
			now[i] = clone(value)
		default:
			maps.Copy(now[i].(node), clone(value.(node)))
		}
	}
	whole, _ := value.(node)
	if len(picked) == 1 && (whole["primary"] == true || sub == "primary" && value == true) {
		alone(now, picked[0])
	}
	r["emails"] = now
	return ""
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// decode reads JSON, without what is unassigned.
func decode(text string) (a node) {
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		panic(err)
	}
	return compact(a)
}

func compact(a node) node {
	for name, v := range a {
		switch v := v.(type) {
		case []any:
			if len(v) == 0 {
				delete(a, name)
			}
		case node:
			if len(compact(v)) == 0 {
				delete(a, name)
			}
		case nil:
			delete(a, name)
		}
	}
	return a
}

func clone[T any](v T) (c T) {
	if err := json.Unmarshal([]byte(asJSON(v)), &c); err != nil {
		panic(err)
	}
	return c
}
