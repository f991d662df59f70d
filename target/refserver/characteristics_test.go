package refserver_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// A leaf is an attribute without parts, as /Schemas describes it, and where it is.
type leaf struct {
	urn       string // of its schema
	names     []string
	several   bool // whether the attribute that it is in, or is, is multi-valued
	readOnly  bool // it, or what it is in
	kind      string
	caseExact bool
	def       map[string]any
}

// leaves reads from /Schemas all that a user has.
func (t tenant) leaves() (all []leaf) {
	t.Helper()
	for _, r := range t.ask("GET", "/Schemas", "").is(200).body["Resources"].([]any) {
		s := r.(map[string]any)
		if s["id"] == groupURN {
			continue
		}
		for _, a := range s["attributes"].([]any) {
			all = append(all, leavesOf(leaf{urn: s["id"].(string)}, a.(map[string]any))...)
		}
	}
	return all
}

func leavesOf(in leaf, def map[string]any) (all []leaf) {
	in.names = append(in.names[:len(in.names):len(in.names)], def["name"].(string))
	in.several = in.several || def["multiValued"] == true
	in.readOnly = in.readOnly || def["mutability"] == "readOnly"
	in.kind, in.caseExact, in.def = def["type"].(string), def["caseExact"] == true, def
	subs, _ := def["subAttributes"].([]any)
	if len(subs) == 0 {
		return []leaf{in}
	}
	for _, s := range subs {
		all = append(all, leavesOf(in, s.(map[string]any))...)
	}
	return all
}

// path is the leaf in the notation of filters and PATCH.
func (l leaf) path() string { return l.urn + ":" + strings.Join(l.names, ".") }

// member is the leaf with a value as a member of a user's body.
func (l leaf) member(value string) string {
	for i := len(l.names) - 1; i >= 0; i-- {
		if i == 0 && l.several {
			value = "[" + value + "]"
		}
		value = `"` + l.names[i] + `":` + value
		if i > 0 {
			value = "{" + value + "}"
		}
	}
	if l.urn != userURN {
		value = `"` + l.urn + `":{` + value + `}`
	}
	return value
}

// body is a user with the leaf and, if the leaf is no userName, with one.
func (l leaf) body(userName, value string) string {
	if l.names[0] == "userName" {
		return `{"schemas":["` + userURN + `"],` + l.member(value) + `}`
	}
	return user(userName, l.member(value))
}

// good is a value of the leaf's type; bad are values of others.
func (l leaf) good() string {
	return map[string]string{
		"string": `"AbCd"`, "reference": `"https://Example.com/AbCd"`, "binary": `"QUJD"`, "boolean": `true`, "integer": `7`,
	}[l.kind]
}

func (l leaf) bad() []string {
	bad := []string{`{"a":"b"}`, `[["x"]]`, `1.5`}
	switch l.kind {
	case "boolean":
		return append(bad, `"true"`, `1`)
	case "integer":
		return append(bad, `"7"`, `true`, `7.0`, `1e2`)
	case "binary":
		return append(bad, `"!"`, `true`)
	}
	return append(bad, `true`, `7`)
}

// TestEveryCharacteristicIsKept walks over what /Schemas says of a user and holds
// the server to it (RFC 7643, sections 2.2 and 7).
func TestEveryCharacteristicIsKept(t *testing.T) {
	all := newTenant(t).leaves()
	if len(all) < 70 {
		t.Fatalf("only %d attributes are described", len(all))
	}
	for _, l := range all {
		t.Run(l.path(), func(t *testing.T) {
			t.Run("type", l.keepsType)
			t.Run("mutability", l.keepsMutability)
			t.Run("returned", l.keepsReturned)
			t.Run("caseExact", l.keepsCase)
			t.Run("uniqueness", l.keepsUniqueness)
		})
	}
}

// keepsType: another type is refused, by each verb that writes; null is no value.
func (l leaf) keepsType(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("ana")
	if l.readOnly {
		return // whatever a client says of it is ignored
	}
	s.ask("PUT", "/Users/"+id, l.body("ana", l.good())).is(200)
	for _, bad := range l.bad() {
		s.ask("POST", "/Users", l.body("ben", bad)).fails(400, "invalidValue")
		s.ask("PUT", "/Users/"+id, l.body("ana", bad)).fails(400, "invalidValue")
		s.ask("PATCH", "/Users/"+id, ops(`{"op":"add","value":{`+l.member(bad)+`}}`)).fails(400, "invalidValue")
	}
	if l.def["required"] == true {
		s.ask("POST", "/Users", l.body("ben", `null`)).fails(400, "invalidValue")
	} else {
		s.ask("POST", "/Users", l.body("ben", `null`)).is(201)
	}
}

// keepsMutability: what is read-only is ignored in a body, and in a PATCH refused
// unless it is what it was.
func (l leaf) keepsMutability(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("ana")
	s.newGroup("G", members(id))
	before := s.ask("GET", "/Users/"+id, "").is(200)
	if !l.readOnly {
		value := l.good()
		if l.names[0] == "active" {
			value = `false` // since it is true already
		}
		if l.def["returned"] != "never" {
			s.ask("PATCH", "/Users/"+id, ops(`{"op":"replace","value":{`+l.member(value)+`}}`)).is(200).has("meta/version", `"W/\"2\""`)
		}
		return
	}
	s.ask("PUT", "/Users/"+id, l.body("ana", l.good())).is(200)
	s.ask("PATCH", "/Users/"+id, ops(`{"op":"replace","path":"title","value":"x"}`, `{"op":"replace","path":"`+l.path()+`","value":`+l.good()+`}`)).fails(400, "mutability")
	s.ask("PATCH", "/Users/"+id, ops(`{"op":"add","value":{`+l.member(l.good())+`}}`)).fails(400, "mutability")
	if after := s.ask("GET", "/Users/"+id, ""); after.Body.String() != before.Body.String() {
		t.Errorf("\n got %s\nwant %s", after.Body, before.Body)
	}
	made := s.ask("POST", "/Users", l.body("ben", l.good())).is(201)
	if strings.Contains(made.Body.String(), "AbCd") {
		t.Errorf("it made %s", made.Body)
	}
}

// keepsReturned: what is never returned is in no answer and in no filter; the
// rest is there unless it is left out by name, or others are named.
func (l leaf) keepsReturned(t *testing.T) {
	if l.readOnly {
		return // seen with what each is; see TestProjection
	}
	s := newTenant(t)
	made := s.ask("POST", "/Users", l.body("ana", l.good())).is(201)
	id := made.text("id")
	value := strings.Trim(l.good(), `"`)
	shows := func(a reply, want bool) {
		t.Helper()
		name := `"` + l.names[len(l.names)-1] + `":`
		if got := strings.Contains(a.is(a.Code).Body.String(), name+l.good()); got != want {
			t.Errorf("%s shows %s: %t, want %t: %s", a.what, value, got, want, a.Body)
		}
	}
	named, other := url.QueryEscape(l.path()), "attributes="+map[bool]string{true: "title", false: "nickName"}[l.names[0] != "title"]
	if l.def["returned"] == "never" {
		for _, a := range []reply{
			made, s.ask("GET", "/Users/"+id, ""), s.ask("GET", "/Users/"+id+"?attributes="+named, ""), s.ask("GET", "/Users?attributes="+named, ""),
			s.ask("PUT", "/Users/"+id, l.body("ana", l.good())), s.ask("PATCH", "/Users/"+id, ops(`{"op":"add","value":{`+l.member(l.good())+`}}`)),
		} {
			shows(a, false)
		}
		for _, how := range []string{` eq ` + l.good(), ` sw "A"`, ` pr`, ` ne "x"`, ` eq null`} {
			s.ask("GET", "/Users?filter="+url.QueryEscape(l.path()+how), "").fails(400, "invalidFilter")
			s.ask("GET", "/Users?filter="+url.QueryEscape(`userName pr or not (`+l.names[0]+how+`)`), "").fails(400, "invalidFilter")
		}
		return
	}
	shows(made, true)
	shows(s.ask("GET", "/Users/"+id, ""), true)
	shows(s.ask("GET", "/Users?attributes="+named, ""), true)
	shows(s.ask("GET", "/Users/"+id+"?excludedAttributes="+named, ""), false)
	if l.names[0] != "active" { // every user has that
		shows(s.ask("GET", "/Users/"+id+"?"+other, ""), false)
	}
}

// keepsCase: a filter tells the case of a value apart where it is exact.
func (l leaf) keepsCase(t *testing.T) {
	if l.readOnly || l.def["returned"] == "never" || l.kind == "boolean" {
		return
	}
	s := newTenant(t)
	id := s.ask("POST", "/Users", l.body("ana", l.good())).is(201).text("id")
	for value, found := range map[string]bool{l.good(): true, strings.ToLower(l.good()): !l.caseExact} {
		want := map[bool]string{true: id, false: ""}[found]
		if got := s.ask("GET", "/Users?filter="+url.QueryEscape(l.path()+" eq "+value), "").is(200).each("id"); got != want {
			t.Errorf("%s finds %q, want %q", value, got, want)
		}
	}
}

// keepsUniqueness: a second user with the value is refused where it is unique,
// also in other letter case where that says nothing, and else is not.
func (l leaf) keepsUniqueness(t *testing.T) {
	if l.readOnly {
		return
	}
	s := newTenant(t)
	s.ask("POST", "/Users", l.body("ana", l.good())).is(201)
	values := []string{l.good()}
	if l.kind == "string" && !l.caseExact {
		values = append(values, strings.ToUpper(l.good()))
	}
	for i, value := range values {
		again := l.body(fmt.Sprint("ben", i), value)
		if l.def["uniqueness"] == "server" {
			s.ask("POST", "/Users", again).fails(409, "uniqueness")
		} else {
			s.ask("POST", "/Users", again).is(201)
		}
	}
}
