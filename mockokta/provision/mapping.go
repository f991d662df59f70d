package provision

import (
	"cmp"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// Account is how the target should see a person who is assigned: the
// application's profile, where its external names and namespaces put it. The
// password is Okta's placeholder. externalId is the person's id in Okta
// (documented, observed).
func Account(t directory.Told, password string) scim.User {
	u := scim.User{ExternalID: string(t.Person), UserName: t.UserName, Password: password, Attributes: make([]scim.Attribute, len(t.Values))}
	for i, v := range t.Values {
		u.Attributes[i] = scim.Attribute{Namespace: v.ExternalNamespace, Name: v.ExternalName, Value: v.Value}
	}
	return u
}

// userName is what a dialogue calls a person whom Okta calls so today. Somebody who
// is leaving has the name that the target was told last, since of their profile
// nothing is left; and so has everybody with an account where updates of usernames
// are excluded.
func (l link) userName(op Op, today string, s directory.Settings) string {
	if _, leaving := op.(DisableUser); leaving || l.id != "" && s.ExcludeUserNames {
		return cmp.Or(l.name, today)
	}
	return cmp.Or(today, l.name)
}
