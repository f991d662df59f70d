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
	account := func(userName string, email, kind, display, locale, title any) scim.User {
		return scim.User{ExternalID: "00u1", UserName: userName, Password: "k3Vt9qZx", Attributes: []scim.Attribute{
			core("name.givenName", "Ana"), core("name.familyName", "Ruiz"),
			core("emails.^[primary==true].value", email), core("emails.^[primary==true].type", kind),
			core("displayName", display), core("locale", locale), core("title", title),
		}}
	}
	const name = "ana.ruiz@example.test"
	plain := account(name, name, "work", nil, nil, nil)
	for what, tt := range map[string]struct {
		person directory.Person
		own    directory.Profile
		want   scim.User
	}{
		"the four that everybody has": {ana(nil), nil, plain},
		"display name and locale": {
			ana(directory.Profile{"displayName": "Ana R.", "locale": "en-US"}), nil,
			account(name, name, "work", "Ana R.", "en-US", nil),
		},
		"a title goes with the core schema":                                  {ana(directory.Profile{"title": "Analyst"}), nil, account(name, name, "work", nil, nil, "Analyst")},
		"an unset attribute is there without a value, so that it is cleared": {ana(directory.Profile{"title": nil, "locale": nil}), nil, plain},
		"what is not mapped stays at home":                                   {ana(directory.Profile{"costCenter": "7"}), nil, plain},
		"no address has no type":                                             {ana(directory.Profile{"email": nil}), nil, account(name, nil, nil, nil, nil, nil)},
		"the application's own value stands before the mapped one": {
			ana(nil), directory.Profile{"userName": "aruiz", "givenName": nil}, account("aruiz", name, "work", nil, nil, nil),
		},
	} {
		t.Run(what, func(t *testing.T) {
			got := provision.Account(tt.person, directory.Assignment{Own: tt.own}, "k3Vt9qZx")
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("account (-want +got):\n%s", d)
			}
		})
	}
}
