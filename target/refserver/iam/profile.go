package iam

import (
	"slices"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
)

// Elsewhere is the field of a profile that holds the account's usernames on data
// platforms, each under [schema.PlatformUser].
const Elsewhere = "externalUserIds"

// Fields are those of a profile that a schema can fill, in the order in which they
// are shown (the user record of the provider's API: documented).
var Fields = []string{"name", "email", "phone", "about", "location", "organization", "position"}

// A Filled is a field of the profile, and the attribute that fills it.
type Filled struct {
	Field string
	From  resource.Attr
}

// usual fills what SCIM's core schema has a place for.
var usual = []Filled{
	{"name", resource.Attr{Name: "name", Sub: "formatted"}},
	{"email", resource.Attr{Name: "emails"}},
	{"phone", resource.Attr{Name: "phoneNumbers"}},
	{"organization", resource.Attr{URN: schema.EnterpriseUser, Name: "organization"}},
	{"position", resource.Attr{Name: "title"}},
}

func readProfileSchema(s *Settings, v resource.Value) bool {
	o, ok := v.(*resource.Object)
	s.ProfileSchema = nil
	for _, m := range o.Members() {
		text, isText := m.Value.(string)
		from, err := resource.ParseAttr(text)
		ok = ok && isText && err == nil
		s.ProfileSchema = append(s.ProfileSchema, Filled{m.Name, schema.Users.Resolve(from, nil)})
	}
	return ok
}

func (f Filled) check() error {
	switch {
	case !slices.Contains(Fields, f.Field):
		return invalid("profile_schema: a profile has no field %q, only %s", f.Field, strings.Join(Fields, ", "))
	case f.From.Name == "":
		return invalid("profile_schema: %s is a schema, and %s is filled from an attribute", f.From, f.Field)
	}
	return nil
}

// Profile is what a write makes of an account's profile: a field that the profile
// schema fills has what the attributes say, or is empty where they say nothing, and
// so has a username that is mapped (the seed page: documented). Whatever is not
// mapped stays as it was, filled by hand or by a mapping that is no more (the
// reference server's choice). made are the account's Authorizations; nil means an
// empty profile, as it does in the answer.
func (s Settings) Profile(before, attributes, made *resource.Object) *resource.Object {
	after := resource.Of(slices.Clone(before.Members())...)
	for _, f := range s.ProfileSchema {
		put(after, f.Field, valueAt(attributes, f.From))
	}
	elsewhere := resource.Of(slices.Clone(before.Object(Elsewhere).Members())...)
	for _, u := range s.ExternalUsernames {
		name := textOf(primary(made.List(strings.ToLower(u.Attribute))))
		put(elsewhere, schema.PlatformUser(u.Platform), name) // to the byte: casing matters there
	}
	return withElsewhere(after, elsewhere)
}

func withElsewhere(profile, elsewhere *resource.Object) *resource.Object {
	profile.Remove(Elsewhere)
	if elsewhere.Len() > 0 {
		profile.Set(Elsewhere, elsewhere)
	}
	if profile.Len() == 0 {
		return nil
	}
	return profile
}

// put gives a field its text, and takes away one that has none.
func put(o *resource.Object, field, text string) {
	if text == "" {
		o.Remove(field)
		return
	}
	o.Set(field, text)
}

// valueAt is the text at an attribute: of a list the primary element's or else the
// first one's, and of a complex value its "value".
func valueAt(attributes *resource.Object, a resource.Attr) string {
	holder := attributes
	if a.URN != "" {
		holder = attributes.Object(a.URN)
	}
	if a.URN == "" && strings.EqualFold(a.Name, "name") && strings.EqualFold(a.Sub, "formatted") {
		return schema.FullName(attributes)
	}
	v := holder.Get(a.Name)
	if list, ok := v.(resource.List); ok {
		v = primary(list)
	}
	if o, ok := v.(*resource.Object); ok {
		if a.Sub == "" {
			a.Sub = "value"
		}
		return textOf(o.Get(a.Sub))
	}
	if a.Sub != "" {
		return ""
	}
	return textOf(v)
}

// primary is the primary element of a list, or the first; nil of an empty one.
func primary(list resource.List) resource.Value {
	for _, e := range list {
		if o, _ := e.(*resource.Object); o.Get("primary") == true {
			return e
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// Edit is a profile after an administrator's edit by hand: {"about": "…",
// "location": null, "externalUserIds": {"snowflakeUser": "…"}}; null and "" empty a
// field. One that is filled by a mapping cannot be edited (the seed page, and for
// usernames the provider's page on mapping them: documented).
func (s Settings) Edit(profile, edit *resource.Object) (*resource.Object, error) {
	after := resource.Of(slices.Clone(profile.Members())...)
	elsewhere := resource.Of(slices.Clone(profile.Object(Elsewhere).Members())...)
	for _, m := range edit.Members() {
		if strings.EqualFold(m.Name, Elsewhere) {
			if err := s.editUsernames(elsewhere, m.Value); err != nil {
				return nil, err
			}
			continue
		}
		i := slices.IndexFunc(s.ProfileSchema, func(f Filled) bool { return strings.EqualFold(f.Field, m.Name) })
		switch {
		case i >= 0:
			return nil, conflict("profile: %s is filled from %s and cannot be edited by hand", m.Name, s.ProfileSchema[i].From)
		case !slices.Contains(Fields, m.Name):
			return nil, invalid("profile: it has no field %q, only %s and %s", m.Name, strings.Join(Fields, ", "), Elsewhere)
		}
		if err := edited(after, m); err != nil {
			return nil, err
		}
	}
	return withElsewhere(after, elsewhere), nil
}

func (s Settings) editUsernames(elsewhere *resource.Object, v resource.Value) error {
	edit, ok := v.(*resource.Object)
	if !ok {
		return invalid("profile: %s is to be an object", Elsewhere)
	}
	for _, m := range edit.Members() {
		i := slices.IndexFunc(s.ExternalUsernames, func(u Username) bool { return strings.EqualFold(schema.PlatformUser(u.Platform), m.Name) })
		switch {
		case i >= 0:
			return conflict("profile: %s is mapped from %s and cannot be edited by hand", m.Name, s.ExternalUsernames[i].Attribute)
		case !slices.ContainsFunc(schema.Platforms, func(p string) bool { return schema.PlatformUser(p) == m.Name }):
			return invalid("profile: %s has no %q", Elsewhere, m.Name)
		}
		if err := edited(elsewhere, m); err != nil {
			return err
		}
	}
	return nil
}

func edited(o *resource.Object, m resource.Member) error {
	text, ok := m.Value.(string)
	if !ok && m.Value != nil {
		return invalid("profile: %s is to be a string or null", m.Name)
	}
	put(o, m.Name, text)
	return nil
}
