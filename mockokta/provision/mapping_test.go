package provision_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

func TestAccount(t *testing.T) {
	ana := func(more directory.Profile) directory.Person {
		p := directory.Person{ID: "00u1", Profile: directory.Profile{
			"login": "ana.ruiz@example.test", "email": "ana.ruiz@example.test", "firstName": "Ana", "lastName": "Ruiz",
		}}
		for name, value := range more {
			p.Profile[name] = value
		}
		return p
	}
	account := func(userName string, more ...scim.Attribute) scim.User {
		return scim.User{ExternalID: "00u1", UserName: userName, Password: "k3Vt9qZx", Attributes: append([]scim.Attribute{
			core("name.givenName", "Ana"), core("name.familyName", "Ruiz"),
		}, more...)}
	}
	const name = "ana.ruiz@example.test"
	address, kind := core("emails.^[primary==true].value", name), core("emails.^[primary==true].type", "work")
	enterprise := func(name, value string) scim.Attribute {
		return scim.Attribute{Namespace: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", Name: name, Value: value}
	}
	for what, tt := range map[string]struct {
		person directory.Person
		own    directory.Profile
		want   scim.User
	}{
		"the four that everybody has": {ana(nil), nil, account(name, address, kind)},
		"display name and locale": {
			ana(directory.Profile{"displayName": "Ana R.", "locale": "en-US"}), nil,
			account(name, address, kind, core("displayName", "Ana R."), core("locale", "en-US")),
		},
		"a title goes with the core schema": {ana(directory.Profile{"title": "Analyst"}), nil, account(name, address, kind, core("title", "Analyst"))},
		"a department and a manager go with the enterprise schema": {
			ana(directory.Profile{"department": "R&D", "managerId": "00u7"}), nil,
			account(name, address, kind, enterprise("department", "R&D"), enterprise("manager.value", "00u7")),
		},
		"a phone has a type as an address has": {
			ana(directory.Profile{"primaryPhone": "+41 44 000 00 00"}), nil,
			account(name, address, kind, core("phoneNumbers.^[primary==true].value", "+41 44 000 00 00"), core("phoneNumbers.^[primary==true].type", "work")),
		},
		"of what was never there nothing is said": {ana(directory.Profile{"title": nil, "locale": ""}), nil, account(name, address, kind)},
		"what is not mapped stays at home":        {ana(directory.Profile{"mobilePhone": "7"}), nil, account(name, address, kind)},
		"no address has no type":                  {ana(directory.Profile{"email": nil}), nil, account(name)},
		"the application's own value stands before the mapped one": {
			ana(nil), directory.Profile{"userName": "aruiz", "givenName": nil}, account("aruiz", address, kind),
		},
	} {
		t.Run(what, func(t *testing.T) {
			got := provision.Account(directory.Assignment{Own: tt.own}.Told(tt.person), "k3Vt9qZx")
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("account (-want +got):\n%s", d)
			}
		})
	}
}
