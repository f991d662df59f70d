package scim

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The schemas of a resource (RFC 7643, sections 4.1 and 4.2).
const (
	UserSchema  = "urn:ietf:params:scim:schemas:core:2.0:User"
	GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"
)

// A User is a person as the target should see them.
type User struct {
	ExternalID string // the person's id in Okta, "00u…"
	UserName   string
	// Password is sent when an account is made, and then also while password sync is
	// off: a placeholder of 8 characters (documented). A profile push carries none,
	// unless it is SyncPassword.
	Password string
	// Attributes is the rest of the application's profile, in the order of the
	// profile. What is not among them Okta says nothing about, and what the target
	// has of it stays.
	Attributes []Attribute
}

// An Attribute is one of the application's profile, with the value that a person
// has of it.
//
// Source: Okta's guides (documented) and a log of a real org (observed) for the
// core and enterprise schemas; Okta's support for an empty namespace (staff said).
type Attribute struct {
	// Namespace is [UserSchema] or an extension's URN, as an administrator typed
	// it. An attribute without one is not sent.
	Namespace string
	// Name is the external name. Dots lead into objects, as in "manager.value", and a
	// condition chooses one of several values, as in "emails.^[primary==true].value":
	// the element that fulfils it, which is made where there is none (other vendors'
	// guides).
	Name string
	// Value is a string, a bool, a number, or a slice of these; nil, "" and an
	// empty slice are no value. An attribute without a value is left out when an
	// account is made (observed: a log of a real org); in a profile push see [Empty].
	Value any
}

// Empty is how an attribute travels in a profile push whose value was taken away
// in Okta. No source settles it.
type Empty string

const (
	Omitted     Empty = "omit"        // it is taken out of what GET returned; the default, also when empty
	EmptyString Empty = "emptyString" // "" stands in its place
	Null        Empty = "null"        // null stands in its place
)

// Text is the text of a core attribute, by its external name or that of the
// primary one of several; "" when the person has none.
func (u User) Text(name string) string {
	for _, a := range u.Attributes {
		if (a.Name == name || a.Name == name+".^[primary==true].value") && a.core() {
			s, _ := a.Value.(string)
			return s
		}
	}
	return ""
}

// profile is what Okta says of a person, in the order of a PUT; nil stands where
// Okta has no value.
func (u User) profile() object {
	o := make(object, 0, len(u.Attributes)+4)
	o = append(o, member{"externalId", orNone(u.ExternalID)}, member{"userName", orNone(u.UserName)})
	for _, a := range u.Attributes {
		if a.Namespace == "" || a.Name == "" {
			continue
		}
		to := placeOf(a.Name)
		if !a.core() {
			to = append(place{{name: a.Namespace}}, to...)
		}
		o = o.put(to, a.value())
	}
	return o
}

// core returns the names of the core attributes that an order does not name.
func (u User) core(named []string) []string {
	var names []string
	for _, a := range u.Attributes {
		if !a.core() {
			continue
		}
		if name, _, _ := strings.Cut(a.Name, "."); !slices.Contains(named, name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// extensions returns the URNs of the extensions that Okta maps, each once.
func (u User) extensions() []string {
	var urns []string
	for _, a := range u.Attributes {
		if a.Namespace != "" && !a.core() && !slices.Contains(urns, a.Namespace) {
			urns = append(urns, a.Namespace)
		}
	}
	return urns
}

func (a Attribute) core() bool {
	return a.Namespace == UserSchema || strings.EqualFold(a.Namespace, UserSchema)
}

// value is a's value as JSON, nil for none. What has no JSON form is none.
func (a Attribute) value() any {
	if s, ok := a.Value.(string); ok {
		return orNone(s)
	}
	v, err := json.Marshal(a.Value, jsontext.AllowInvalidUTF8(true), json.Deterministic(true))
	if string(v) == "null" || string(v) == "[]" || err != nil {
		return nil
	}
	return jsontext.Value(v)
}

func orNone(s string) any {
	if s == "" {
		return nil
	}
	return text(s)
}
