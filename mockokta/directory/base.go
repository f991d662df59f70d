package directory

// coreUser is the namespace of the attributes that every account has (RFC 7643,
// section 4.1).
const coreUser = "urn:ietf:params:scim:schemas:core:2.0:User"

// base is the profile that a new application has, userName apart, in Okta's order,
// with each attribute's external name.
//
// Source: the mapping list of a real organisation (observed); vendors' guides for
// the external names.
var base = []Attribute{
	{Name: "givenName", Title: "Given name", Type: String, ExternalName: "name.givenName", ExternalNamespace: coreUser},
	{Name: "familyName", Title: "Family name", Type: String, ExternalName: "name.familyName", ExternalNamespace: coreUser},
	{Name: "email", Title: "Email", Type: String, ExternalName: "emails.^[primary==true].value", ExternalNamespace: coreUser},
	{Name: "emailType", Title: "Primary email type", Type: String, ExternalName: "emails.^[primary==true].type", ExternalNamespace: coreUser},
	{Name: "displayName", Title: "Display name", Type: String, ExternalName: "displayName", ExternalNamespace: coreUser},
	{Name: "locale", Title: "Locale", Type: String, ExternalName: "locale", ExternalNamespace: coreUser},
	{Name: "title", Title: "Title", Type: String, ExternalName: "title", ExternalNamespace: coreUser},
}

// A Value is what a person has of an attribute of the application's profile; nil is
// no value.
type Value struct {
	Attribute
	Value any
}

// Values are what the target is told of a person beside the userName: in the order
// of the profile, each attribute that is sent and mapped, or that was set for this
// person.
//
// Okta's default expression gives the address the type "work" when there is an
// address (documented by Auth0's guide; observed).
func (as Assignment) Values(p Person) []Value {
	profile := as.Profile(p)
	if email, _ := profile["email"].(string); email != "" {
		profile["emailType"] = "work"
	}
	values := make([]Value, 0, len(base)+len(as.Custom))
	for _, a := range base {
		values = append(values, Value{a, profile[a.Name]})
	}
	for _, a := range as.Custom {
		if a.Sent() {
			values = append(values, Value{a, profile[a.Name]})
		}
	}
	return values
}
