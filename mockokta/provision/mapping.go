package provision

import (
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// Account is how the target should see a person who is assigned: the
// application's profile in SCIM's names, custom attributes last, where their
// external names and namespaces put them. The password is Okta's placeholder.
//
// Okta's default expression gives the address the type "work" when there is an
// address (documented by Auth0's guide; observed). externalId is the person's
// id in Okta (documented, observed).
func Account(p directory.Person, as directory.Assignment, password string) scim.User {
	profile := as.Profile(p)
	text := func(name string) string { s, _ := profile[name].(string); return s }
	u := scim.User{
		ExternalID:  string(p.ID),
		UserName:    text("userName"),
		GivenName:   text("givenName"),
		FamilyName:  text("familyName"),
		Email:       text("email"),
		DisplayName: text("displayName"),
		Locale:      text("locale"),
		Password:    password,
		More:        []scim.Attribute{{Namespace: scim.UserSchema, Name: "title", Value: text("title")}}, // empty clears it
	}
	if u.Email != "" {
		u.EmailType = "work"
	}
	for _, a := range as.Custom {
		u.More = append(u.More, scim.Attribute{Namespace: a.ExternalNamespace, Name: a.ExternalName, Value: profile[a.Name]})
	}
	return u
}
