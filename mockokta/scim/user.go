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

// A User is a person as the target should see them: what the application's
// mappings yield. An empty field has no value in Okta. It is left out when an
// account is made (observed: a log of a real org), and taken out of what a
// profile push sends back (inference; how an emptied value travels is not known).
type User struct {
	ExternalID string // the person's id in Okta, "00u…"
	UserName   string
	GivenName  string
	FamilyName string
	Email      string
	// EmailType is "work" by Okta's default expression. Without that mapping the
	// address has no type (observed).
	EmailType   string
	DisplayName string
	Locale      string
	// Password is sent only when an account is made, and then also while password
	// sync is off: a placeholder of 8 characters (documented).
	Password string
	// More are the other mapped attributes, in the order of the mappings.
	More []Attribute
}

// An Attribute is a mapped attribute that has no field of its own in [User].
//
// Source: Okta's guides (documented) and a log of a real org (observed) for the
// core and enterprise schemas; Okta's support for an empty namespace (staff said).
type Attribute struct {
	// Namespace is [UserSchema] or an extension's URN, as an administrator typed
	// it. An attribute without one is not sent.
	Namespace string
	// Name is the attribute's name at the target; dots lead into objects, as in
	// "manager.value".
	Name string
	// Value is a string, a bool, a number, or a slice of these; nil, "" and an
	// empty slice are no value.
	Value any
}

// profile is what Okta says of a person, in the order of a PUT; nil stands where
// Okta has no value.
func (u User) profile() object {
	o := object{
		{"externalId", orNone(u.ExternalID)},
		{"userName", orNone(u.UserName)},
		{"displayName", orNone(u.DisplayName)},
		{"locale", orNone(u.Locale)},
		{"emails", u.emails()},
		{"name", object{
			{"familyName", orNone(u.FamilyName)},
			{"givenName", orNone(u.GivenName)},
		}},
	}
	for _, a := range u.More {
		path := strings.Split(a.Name, ".")
		if a.Namespace == "" || a.Name == "" {
			continue
		}
		if !a.core() {
			path = append([]string{a.Namespace}, path...)
		}
		o = o.put(path, a.value())
	}
	return o
}

// emails is the one address that Okta sends (observed).
func (u User) emails() any {
	if u.Email == "" {
		return nil
	}
	mail := object{
		{"value", text(u.Email)},
		{"type", orNone(u.EmailType)},
		{"primary", jsontext.Value("true")},
	}
	return array{mail.over(nil)}
}

// core returns the names of the further core attributes.
func (u User) core() []string {
	var names []string
	for _, a := range u.More {
		if name, _, _ := strings.Cut(a.Name, "."); a.core() && !slices.Contains(putOrder.user, name) {
			names = append(names, name)
		}
	}
	return names
}

// extensions returns the URNs of the extensions that Okta maps, each once.
func (u User) extensions() []string {
	var urns []string
	for _, a := range u.More {
		if a.Namespace != "" && !a.core() && !slices.Contains(urns, a.Namespace) {
			urns = append(urns, a.Namespace)
		}
	}
	return urns
}

// mappedIn returns the names that Okta maps at the top of an extension.
func (u User) mappedIn(urn string) []string {
	var names []string
	for _, a := range u.More {
		if name, _, _ := strings.Cut(a.Name, "."); a.Namespace == urn {
			names = append(names, name)
		}
	}
	return names
}

func (a Attribute) core() bool { return strings.EqualFold(a.Namespace, UserSchema) }

// value is a's value as JSON, nil for none. What has no JSON form is none.
func (a Attribute) value() any {
	v, err := json.Marshal(a.Value, jsontext.AllowInvalidUTF8(true), json.Deterministic(true))
	switch string(v) {
	case "null", `""`, "[]":
		return nil
	}
	if err != nil {
		return nil
	}
	return jsontext.Value(v)
}

// put returns o with the value at the end of path, through objects that are made
// where there are none.
func (o object) put(path []string, value any) object {
	if len(path) > 1 {
		inner, _ := o.get(path[0]).(object)
		value = inner.put(path[1:], value)
	}
	return o.with(path[0], value)
}

func orNone(s string) any {
	if s == "" {
		return nil
	}
	return text(s)
}
