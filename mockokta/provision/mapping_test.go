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
	plain := scim.User{
		ExternalID: "00u1", UserName: "ana.ruiz@example.test", GivenName: "Ana", FamilyName: "Ruiz",
		Email: "ana.ruiz@example.test", EmailType: "work", Password: "k3Vt9qZx",
		More: []scim.Attribute{{Namespace: scim.UserSchema, Name: "title", Value: ""}},
	}
	but := func(change func(*scim.User)) scim.User {
		u := plain
		change(&u)
		return u
	}
	for name, tt := range map[string]struct {
		person directory.Person
		own    directory.Profile
		want   scim.User
	}{
		"the four that everybody has": {ana(nil), nil, plain},
		"display name and locale": {
			ana(directory.Profile{"displayName": "Ana R.", "locale": "en-US"}), nil,
			but(func(u *scim.User) { u.DisplayName, u.Locale = "Ana R.", "en-US" }),
		},
		"a title goes with the core schema": {
			ana(directory.Profile{"title": "Analyst"}), nil,
			but(func(u *scim.User) {
				u.More = []scim.Attribute{{Namespace: scim.UserSchema, Name: "title", Value: "Analyst"}}
			}),
		},
		"an unset attribute is there without a value, so that it is cleared": {ana(directory.Profile{"title": nil, "locale": nil}), nil, plain},
		"what is not mapped stays at home":                                   {ana(directory.Profile{"costCenter": "7"}), nil, plain},
		"no address has no type": {
			ana(directory.Profile{"email": nil}), nil,
			but(func(u *scim.User) { u.Email, u.EmailType = "", "" }),
		},
		"the application's own value stands before the mapped one": {
			ana(nil),
			directory.Profile{"userName": "aruiz", "givenName": nil},
			but(func(u *scim.User) { u.UserName = "aruiz" }),
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := provision.Account(tt.person, directory.Assignment{Own: tt.own}, "k3Vt9qZx")
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("account (-want +got):\n%s", d)
			}
		})
	}
}
