package iam

import (
	"slices"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
)

// OnTheSpot are the settings of an IAM that is made and saved in one go, which the
// provider's screens do not know: SAML with SCIM and both syncs on and the usual
// profile schema, and then as body says. Client options may be left out; nobody can
// then sign on.
func OnTheSpot(body *resource.Object, v Version) (Settings, error) {
	s := Settings{Type: SAML, ProfileSchema: usual, SyncGroups: true, SyncAttributes: true}
	if _, said := body.Lookup("scim_enabled"); !said && body.Get("type") != LDAP {
		body = body.Clone()
		body.Set("scim_enabled", true)
	}
	return s.Saved(body, v)
}

// Saved is With for settings that take effect at once, and are therefore to be
// complete; client options once there are any.
func (s Settings) Saved(body *resource.Object, v Version) (Settings, error) {
	after, err := s.With(body, v)
	if err == nil && len(after.ClientOptions) > 0 {
		err = after.Complete()
	}
	return after, err
}

// With are the settings with what body names changed; what it does not name stays.
// A setting that nobody has heard of is refused: it would otherwise be believed to
// hold. v is the instance's version.
//
//	type                "saml", "openid" or "ldap"
//	client_options      {"issuer": "…"…}: of the type's options, see options
//	default_permissions ["CREATE_PROJECT"…]: see Permissions
//	scim_enabled        whether there is a SCIM endpoint, with a key
//	delete_users        whether DELETE /Users deletes
//	profile_schema      {"email": "emails"…}: a profile's field and the attribute that fills it
//	sync_groups         whether groups come by SCIM
//	sync_attributes     whether extension attributes become the provider's
//	attribute_schema    [{"scim_schema": URN, "prefix": "okta"}…]
//	external_usernames  {"snowflake": "okta.snowflakeuser"…}: platform and attribute
func (s Settings) With(body *resource.Object, v Version) (Settings, error) {
	if err := checkTexts("", body); err != nil {
		return s, err
	}
	after := s
	for _, b := range body.Members() {
		if read, ok := readers[strings.ToLower(b.Name)]; !ok || !read(&after, b.Value) {
			return s, invalid("%s: no such setting, or not with such a value", b.Name)
		}
	}
	if err := after.check(); err != nil {
		return s, err
	}
	if after.SCIM && !s.SCIM {
		if err := v.CheckSCIM(); err != nil {
			return s, err
		}
	}
	if _, defined := body.Lookup("external_usernames"); defined && len(after.ExternalUsernames) > 0 && !after.SCIM {
		return s, invalid("external_usernames: a mapping needs scim_enabled to be on")
	}
	return after, nil
}

var readers = map[string]func(*Settings, resource.Value) bool{
	"type":                func(s *Settings, v resource.Value) bool { return read(&s.Type, v) },
	"client_options":      readOptions,
	"default_permissions": readPermissions,
	"scim_enabled":        func(s *Settings, v resource.Value) bool { return read(&s.SCIM, v) },
	"delete_users":        func(s *Settings, v resource.Value) bool { return read(&s.DeleteUsers, v) },
	"profile_schema":      readProfileSchema,
	"sync_groups":         func(s *Settings, v resource.Value) bool { return read(&s.SyncGroups, v) },
	"sync_attributes":     func(s *Settings, v resource.Value) bool { return read(&s.SyncAttributes, v) },
	"attribute_schema":    readRows,
	"external_usernames":  readUsernames,
}

func read[T any](into *T, v resource.Value) (ok bool) {
	*into, ok = v.(T)
	return ok
}

func readOptions(s *Settings, v resource.Value) bool {
	o, ok := v.(*resource.Object)
	s.ClientOptions = map[string]string{}
	for _, m := range o.Members() {
		text, isText := m.Value.(string)
		ok = ok && isText
		s.ClientOptions[strings.ToLower(m.Name)] = text
	}
	return ok
}

func readPermissions(s *Settings, v resource.Value) bool {
	list, ok := v.(resource.List)
	s.DefaultPermissions = nil
	for _, e := range list {
		name, isText := e.(string)
		ok = ok && isText
		s.DefaultPermissions = append(s.DefaultPermissions, name)
	}
	return ok
}

func readRows(s *Settings, v resource.Value) bool {
	list, ok := v.(resource.List)
	s.AttributeSchema = nil
	for _, e := range list {
		o, isObject := e.(*resource.Object)
		urn, named := o.Get("scim_schema").(string)
		prefix, prefixed := o.Get("prefix").(string)
		ok = ok && isObject && named && prefixed && o.Len() == 2
		s.AttributeSchema = append(s.AttributeSchema, Row{URN: urn, Prefix: prefix})
	}
	return ok
}

func readUsernames(s *Settings, v resource.Value) bool {
	o, ok := v.(*resource.Object)
	s.ExternalUsernames = nil
	for _, m := range o.Members() {
		attribute, isText := m.Value.(string)
		ok = ok && isText
		s.ExternalUsernames = append(s.ExternalUsernames, Username{Platform: m.Name, Attribute: attribute})
	}
	return ok
}

func (s Settings) check() error {
	switch {
	case s.Type == Internal:
		return invalid("type: %s is the internal IAM, of which there is one, without SCIM", Internal)
	case s.Type != "" && options[s.Type] == nil:
		return invalid("type: an IAM is of type %s, %s or %s, not %q", SAML, OpenID, LDAP, s.Type)
	case s.SCIM && s.Type != SAML && s.Type != OpenID:
		return invalid("scim_enabled: SCIM goes with an IAM of type %s or %s", SAML, OpenID)
	}
	if err := s.checkOptions(); err != nil {
		return err
	}
	for i, name := range s.DefaultPermissions {
		if !slices.Contains(Permissions, name) || slices.Contains(s.DefaultPermissions[:i], name) {
			return invalid("default_permissions: %q is there twice, or is none of %s", name, strings.Join(Permissions, ", "))
		}
	}
	for i, row := range s.AttributeSchema {
		if err := checkRow(s.AttributeSchema[:i], row); err != nil {
			return err
		}
	}
	for _, f := range s.ProfileSchema {
		if err := f.check(); err != nil {
			return err
		}
	}
	for _, u := range s.ExternalUsernames {
		if err := s.checkUsername(u); err != nil {
			return err
		}
	}
	return nil
}

// checkRow refuses what could never show anything, and one schema in two rows.
// Two rows with one prefix are well, and so is an empty prefix.
func checkRow(before []Row, row Row) error {
	if err := schema.Users.CheckURN(row.URN); err != nil {
		return invalid("attribute_schema: %v", err)
	}
	if strings.EqualFold(row.URN, schema.Refserver) {
		return invalid("attribute_schema: %s is this server's own, and nobody can write it", row.URN)
	}
	if slices.ContainsFunc(before, func(other Row) bool { return strings.EqualFold(other.URN, row.URN) }) {
		return invalid("attribute_schema: %s is there twice", row.URN)
	}
	return nil
}

// checkUsername wants attribute sync on, and a row that can make the attribute
// (the provider's page wants both first: documented; the refusal is the reference
// server's choice).
func (s Settings) checkUsername(u Username) error {
	made := slices.ContainsFunc(s.AttributeSchema, func(row Row) bool {
		name, ok := strings.CutPrefix(strings.ToLower(u.Attribute), strings.ToLower(row.Prefix+"."))
		return ok && name != "" || row.Prefix == "" && u.Attribute != ""
	})
	switch {
	case !s.SyncAttributes:
		return invalid("external_usernames: a mapping needs sync_attributes to be on")
	case !slices.Contains(schema.Platforms, u.Platform):
		return invalid("external_usernames: there is no platform %q, only %s", u.Platform, strings.Join(schema.Platforms, ", "))
	case !made:
		return invalid("external_usernames: no row of attribute_schema makes an attribute %q", u.Attribute)
	}
	return nil
}

// Show are the settings as With reads them.
func (s Settings) Show() *resource.Object {
	optionsShown, permissions, rows := &resource.Object{}, resource.List{}, resource.List{}
	for _, name := range options[s.Type] {
		if text := s.ClientOptions[name]; text != "" {
			optionsShown.Set(name, text)
		}
	}
	for _, p := range s.DefaultPermissions {
		permissions = append(permissions, p)
	}
	for _, row := range s.AttributeSchema {
		rows = append(rows, resource.Of(resource.Member{Name: "scim_schema", Value: row.URN}, resource.Member{Name: "prefix", Value: row.Prefix}))
	}
	filled, usernames := &resource.Object{}, &resource.Object{}
	for _, f := range s.ProfileSchema {
		filled.Set(f.Field, f.From.String())
	}
	for _, u := range s.ExternalUsernames {
		usernames.Set(u.Platform, u.Attribute)
	}
	return resource.Of(
		resource.Member{Name: "type", Value: s.Type},
		resource.Member{Name: "client_options", Value: optionsShown},
		resource.Member{Name: "default_permissions", Value: permissions},
		resource.Member{Name: "scim_enabled", Value: s.SCIM},
		resource.Member{Name: "delete_users", Value: s.DeleteUsers},
		resource.Member{Name: "profile_schema", Value: filled},
		resource.Member{Name: "sync_groups", Value: s.SyncGroups},
		resource.Member{Name: "sync_attributes", Value: s.SyncAttributes},
		resource.Member{Name: "attribute_schema", Value: rows},
		resource.Member{Name: "external_usernames", Value: usernames},
	)
}
