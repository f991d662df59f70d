package provision

import (
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// Account is how the target should see a person who is assigned: the
// application's profile, where its external names and namespaces put it. The
// password is Okta's placeholder. externalId is the person's id in Okta
// (documented, observed).
func Account(p directory.Person, as directory.Assignment, password string) scim.User {
	values := as.Values(p)
	u := scim.User{ExternalID: string(p.ID), UserName: as.UserName(p), Password: password, Attributes: make([]scim.Attribute, len(values))}
	for i, v := range values {
		u.Attributes[i] = scim.Attribute{Namespace: v.ExternalNamespace, Name: v.ExternalName, Value: v.Value}
	}
	return u
}
