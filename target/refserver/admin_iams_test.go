package refserver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/target/refserver"
)

// refused checks that the administration API refuses with a status and a reason that
// has these words in it.
func (a reply) refused(status int, words ...string) {
	a.Helper()
	reason := a.is(status).text("error")
	for _, w := range words {
		if !strings.Contains(reason, w) {
			a.Errorf("%s: refused with %q, which does not say %q", a.what, reason, w)
		}
	}
}

// The names of these tests are the expectations of the provider's side, as the
// requirements number them.
func TestIAMSettings(t *testing.T) {
	const samlOptions = `"client_options":{"entry_point":"https://idp.example/sso","issuer":"https://idp.example","certificate":"MIIB"}`
	for name, show := range map[string]func(s tenant){
		"E-01.a SCIM is refused below the floor": func(s tenant) {
			s.admin("POST", "/iams", `{"display_name":"plain","scim_enabled":false}`).is(201)
			for _, version := range []string{"2020.3", "2020.3.9", "2019.10", "2020", "2020.3-rc9"} {
				s.admin("PATCH", "/instance", `{"version":"`+version+`"}`).is(200).has("version", `"`+version+`"`)
				a := s.admin("PATCH", "/iams/plain", `{"scim_enabled":true}`)
				a.refused(409, "2020.4", version)
				if strings.Contains(a.Body.String(), refserver.KeyPrefix) {
					s.Errorf("a key is handed out: %s", a.Body)
				}
				s.admin("POST", "/iams", `{"display_name":"more"}`).refused(409, "2020.4")
			}
			s.admin("GET", "/iams", "").has("count", "3")
			for _, shown := range []string{"scim_url", "scim_key"} {
				s.admin("GET", "/iams/plain", "").has("scim_enabled", "false", shown, "")
			}
		},
		"E-01.b SCIM is allowed from the floor on": func(s tenant) {
			for i, version := range []string{"2020.4", "2020.4.0", "2020.4-rc1", "2020.10", "2021.1", "2024.1", "2025.1", "saas", "SaaS", "2020.04"} {
				s.admin("PATCH", "/instance", `{"version":"`+version+`"}`).is(200)
				s.admin("POST", "/iams", fmt.Sprintf(`{"display_name":"more %d"}`, i)).is(201)
			}
			for _, none := range []string{`"2020.4rc"`, `"x"`, `""`, `"2020."`, `"-1"`, `2020.4`, `null`} {
				s.admin("PATCH", "/instance", `{"version":`+none+`}`).refused(400, "version")
			}
			s.admin("PATCH", "/instance", `{"version":"2021.1","more":1}`).refused(400)
			s.admin("GET", "/instance", "").is(200).has("version", `"2020.04"`, "base_url", `"http://idp.test:8080"`)
		},
		"E-01.c an instance that falls below the floor has no SCIM": func(s tenant) {
			id := s.newUser("ana")
			s.admin("PATCH", "/instance", `{"version":"2020.3"}`).is(200)
			s.ask("GET", "/Users", "").fails(404, "")
			s.ask("GET", "/Users/"+id, "").fails(404, "")
			s.ask("POST", "/Users", user("ben")).fails(404, "")
			s.ask("GET", "/ServiceProviderConfig", "").fails(404, "")
			s.admin("PATCH", "/instance", `{"version":"2020.4"}`).is(200)
			s.ask("GET", "/Users", "").is(200).has("totalResults", "1")
		},
		"E-18.a each IAM has an id of its own and leaves the others alone": func(s tenant) {
			s.newUser("ana")
			before := s.admin("GET", "/iams/first", "").Body.String() + s.admin("GET", "/iams/first/accounts", "").Body.String()
			other := s.sibling("Second One")
			other.newUser("ana")
			if other.id == s.id || other.key == s.key {
				s.Errorf("two IAMs have the id %s and the key %s", other.id, other.key)
			}
			if after := s.admin("GET", "/iams/first", "").Body.String() + s.admin("GET", "/iams/first/accounts", "").Body.String(); after != before {
				s.Errorf("another IAM left\n%s, was\n%s", after, before)
			}
		},
		"E-19.a SCIM goes with SAML and OpenID, not with LDAP": func(s tenant) {
			s.admin("POST", "/iams", `{"display_name":"a","type":"saml"}`).is(201).has("scim_enabled", "true")
			s.admin("POST", "/iams", `{"display_name":"b","type":"openid"}`).is(201).has("scim_enabled", "true")
			s.admin("POST", "/iams", `{"display_name":"c","type":"ldap","scim_enabled":true}`).refused(400, "scim_enabled")
			s.admin("POST", "/iams", `{"display_name":"c","type":"ldap"}`).is(201).has("scim_enabled", "false", "scim_key", "")
			s.admin("PATCH", "/iams/c", `{"scim_enabled":true}`).refused(400, "scim_enabled")
			s.admin("PATCH", "/iams/a", `{"type":"ldap"}`).refused(400, "scim_enabled")
			s.admin("POST", "/iams", `{"display_name":"d","type":"bim"}`).refused(400, "internal")
			s.admin("POST", "/iams", `{"display_name":"d","type":"kerberos"}`).refused(400, "type")
		},
		"E-19.b the display name makes the id, and neither can be altered": func(s tenant) {
			a := s.admin("POST", "/iams", `{"display_name":"Okta, by SAML (2)"}`).is(201).has("id", `"okta-by-saml-2"`, "display_name", `"Okta, by SAML (2)"`)
			s.admin("PATCH", "/iams/"+a.text("id"), `{"display_name":"Other"}`).refused(400, "display_name")
			s.admin("PATCH", "/iams/"+a.text("id"), `{"id":"other"}`).refused(400, "id")
			s.admin("PATCH", "/iams/"+a.text("id"), `{"type":"openid","sync_groups":false,"delete_users":true}`).is(200).has("type", `"openid"`, "sync_groups", "false", "delete_users", "true")
			s.admin("POST", "/iams", `{"display_name":"Zürich 東"}`).is(201).has("id", `"zürich-東"`, "scim_url", `"http://idp.test:8080/scim/z%C3%BCrich-%E6%9D%B1"`)
		},
		"E-19.c a display name that makes a taken id is refused": func(s tenant) {
			for _, same := range []string{"first", "FIRST", " first ", "First!"} {
				s.admin("POST", "/iams", `{"display_name":"`+same+`"}`).refused(409, "display_name", `"first"`)
			}
			for _, internal := range []string{"bim", "BIM", "(bim)"} {
				s.admin("POST", "/iams", `{"display_name":"`+internal+`"}`).refused(400, "internal")
			}
			for _, none := range []string{"", " ", "!?", "🎈"} {
				s.admin("POST", "/iams", `{"display_name":"`+none+`"}`).refused(400, "display_name")
			}
		},
		"E-20.a default permissions are given when the account is made, and only then": func(s tenant) {
			s.settings(`{"default_permissions":["CREATE_PROJECT"]}`).is(200)
			id := s.newUser("ana")
			s.screen("ana").has("permissions", `["CREATE_PROJECT"]`)
			s.settings(`{"default_permissions":["AUDIT","GOVERNANCE"]}`).is(200)
			s.ask("PUT", "/Users/"+id, user("ana", `"active":false`)).is(200)
			s.ask("PUT", "/Users/"+id, user("ana", `"active":true`, `"title":"Dr"`)).is(200)
			s.screen("ana").has("permissions", `["CREATE_PROJECT"]`)
			s.newUser("ben")
			s.screen("ben").has("permissions", `["AUDIT","GOVERNANCE"]`)
			s.settings(`{"default_permissions":[]}`).is(200)
			s.newUser("eve")
			s.screen("eve").has("permissions", `[]`)
			for _, none := range []string{`["create_project"]`, `["EVERYTHING"]`, `["AUDIT","AUDIT"]`, `[5]`, `"AUDIT"`} {
				s.settings(`{"default_permissions":`+none+`}`).refused(400, "default_permissions")
			}
		},
		"E-20.b SCIM grants no permission": func(s tenant) {
			s.settings(`{"default_permissions":["AUDIT"]}`).is(200)
			granting := `"permissions":["USER_ADMIN"],"roles":[{"value":"USER_ADMIN"}],"entitlements":[{"value":"APPLICATION_ADMIN"}],` +
				block(ownURN, `"permissions":["GOVERNANCE"]`) + `,` + block(entURN, `"permissions":["GOVERNANCE"]`)
			id := s.newUser("ana", granting)
			s.ask("PUT", "/Users/"+id, user("ana", granting)).is(200)
			s.ask("PATCH", "/Users/"+id, ops(`{"op":"add","path":"roles","value":[{"value":"GOVERNANCE"}]}`)).is(200)
			s.ask("PATCH", "/Users/"+id, ops(`{"op":"add","path":"permissions","value":["USER_ADMIN"]}`)).is(400)
			s.screen("ana").has("permissions", `["AUDIT"]`)
		},
		"E-21.a a required client option that is missing is named": func(s tenant) {
			s.admin("POST", "/iams", `{"display_name":"a",`+samlOptions+`}`).is(201)
			s.admin("POST", "/iams", `{"display_name":"b","client_options":{"entry_point":"x","issuer":" "}}`).refused(400, "client_options", "issuer and certificate")
			s.admin("POST", "/iams", `{"display_name":"b","type":"openid","client_options":{"issuer":"x"}}`).refused(400, "client_options", "client_id")
			s.admin("POST", "/iams", `{"display_name":"b","type":"openid","client_options":{"issuer":"x","client_id":"y","entry_point":"z"}}`).refused(400, "entry_point")
			s.admin("PATCH", "/iams/a", `{"client_options":{"issuer":"x"}}`).refused(400, "entry_point and certificate")
			s.admin("PATCH", "/iams/a", `{"type":"openid"}`).refused(400, "client_options")
			for _, wrong := range []string{"ftp://idp.example", "idp.example", "http://u:p@idp.example", "http:///x", "https://idp.example/#x"} {
				s.admin("PATCH", "/iams/a", `{`+strings.Replace(samlOptions, `{"`, `{"sign_on_url":"`+wrong+`","`, 1)+`}`).refused(400, "sign_on_url")
			}
		},
		"E-22.a ticking gives a fresh key": func(s tenant) {
			keys := map[string]bool{s.key: true}
			for i := range 3 {
				a := s.admin("POST", "/iams", fmt.Sprintf(`{"display_name":"n %d","scim_enabled":false}`, i)).is(201).has("scim_key", "", "scim_url", "")
				key := s.admin("PATCH", "/iams/"+a.text("id"), `{"scim_enabled":true}`).is(200).text("scim_key")
				if keys[key] || len(key) < len(refserver.KeyPrefix)+26 {
					s.Errorf("the key is %q", key)
				}
				keys[key] = true
			}
		},
		"E-22.b an IAM that is removed and added again has a new key": func(s tenant) {
			old, id := s, s.newUser("ana")
			s.admin("DELETE", "/iams/first", "").is(204)
			s.ask("GET", "/Users", "").fails(401, "")
			again := s.sibling("First")
			if again.id != old.id || again.key == old.key {
				s.Errorf("added again it has the id %s and the key %s", again.id, again.key)
			}
			old.ask("GET", "/Users/"+id, "").fails(401, "")
			again.ask("GET", "/Users/"+id, "").fails(404, "")
			again.ask("GET", "/Users", "").is(200).has("totalResults", "0")
		},
		"E-22.c unticking ends the key and keeps what there is": func(s tenant) {
			id := s.newUser("ana")
			s.newGroup("Staff", members(id))
			s.settings(`{` + rows(row(demoURN, "x")) + `,` + mapped(`"snowflake":"x.a"`) + `}`).is(200)
			s.settings(`{"scim_enabled":false}`).is(200).has("scim_key", "", "scim_url", "")
			s.ask("GET", "/Users", "").fails(401, "")
			s.ask("POST", "/Users", user("ben")).fails(401, "")
			r := s.request("GET", "/ServiceProviderConfig", "")
			r.Header.Del("Authorization")
			s.send(r).fails(401, "")
			s.screen("ana").has("groups", `["Staff"]`, "disabled", "false")
			old := s.key
			s.key = s.settings(`{"scim_enabled":true}`).is(200).text("scim_key")
			s.ask("GET", "/Users/"+id, "").is(200)
			s.settings(`{"scim_enabled":true}`).is(200).has("scim_key", `"********"`)
			s.ask("GET", "/Users/"+id, "").is(200)
			s.key = old
			s.ask("GET", "/Users/"+id, "").fails(401, "")
		},
		"E-22.d a key opens one IAM": func(s tenant) {
			other := s.sibling("second")
			right := other.key
			other.key = s.key
			a := other.ask("GET", "/Users", "")
			a.fails(401, "")
			other.key = right + "x"
			if bad := other.ask("GET", "/Users", ""); bad.Body.String() != a.Body.String() {
				s.Errorf("another IAM's key gets %s, and a bad one %s", a.Body, bad.Body)
			}
		},
		"E-29.b after Save the key is masked": func(s tenant) {
			s.admin("GET", "/iams/first", "").is(200).has("scim_key", `"********"`, "scim_url", `"http://idp.test:8080/scim/first"`)
			for _, path := range []string{"/iams", "/iams/first", "/iams/first/accounts", "/instance"} {
				if shown := s.admin("GET", path, "").is(200).Body.String(); strings.Contains(shown, s.key) {
					s.Errorf("%s shows the key", path)
				}
			}
		},
		"E-43.a the internal IAM has no SCIM": func(s tenant) {
			s.admin("PATCH", "/iams/bim", `{"scim_enabled":true}`).refused(409, "internal")
			s.admin("DELETE", "/iams/bim", "").refused(409, "internal")
			s.path = "/scim/bim"
			s.ask("GET", "/Users", "").fails(404, "")
			s.ask("POST", "/Users", user("ana")).fails(404, "")
			s.ask("GET", "/ServiceProviderConfig", "").fails(404, "")
			s.admin("GET", "/iams/bim", "").is(200).has("type", `"bim"`, "scim_url", "", "scim_key", "")
		},
		"E-44.a without an external IAM there is no SCIM": func(s tenant) {
			s.admin("DELETE", "/iams/first", "").is(204)
			s.admin("GET", "/iams", "").has("count", "1")
			s.ask("GET", "/Users", "").fails(401, "")
			s.ask("POST", "/Users", user("ana")).fails(401, "")
			s.admin("GET", "/iams/first", "").refused(404, "first")
			s.admin("DELETE", "/iams/first", "").refused(404, "first")
		},
		"E-52.a groups are kept and stale while group sync is off": func(s tenant) {
			ana, ben := s.newUser("ana"), s.newUser("ben")
			id := s.newGroup("Staff", members(ana))
			s.settings(`{"sync_groups":false}`).is(200)
			s.ask("POST", "/Groups", group("More")).fails(403, "")
			s.ask("GET", `/Groups?filter=displayName eq "Staff"`, "").fails(403, "")
			s.ask("PATCH", "/Groups/"+id, ops(`{"op":"add","path":"members","value":[{"value":"`+ben+`"}]}`)).fails(403, "")
			s.ask("DELETE", "/Groups/"+id, "").fails(403, "")
			if d := s.ask("POST", "/Groups/.search", `{}`); d.Code != 403 || !strings.Contains(d.text("detail"), "group sync is off") {
				s.Errorf("a search is answered with %s", d.Body)
			}
			s.ask("GET", "/Users/"+ana, "").is(200)
			s.newUser("eve")
			s.groupOnScreen(0).has("name", `"Staff"`, "members", `["ana"]`, "stale", "true")
			s.settings(`{"sync_groups":true}`).is(200)
			s.groupOnScreen(0).has("stale", "false")
			s.ask("PATCH", "/Groups/"+id, ops(`{"op":"replace","path":"members","value":[{"value":"`+ben+`"}]}`)).is(200)
			s.groupOnScreen(0).has("members", `["ben"]`)
		},
		"E-M.1 IAMs do not see each other": func(s tenant) {
			other := s.sibling("second")
			ana, theirs := s.newUser("ana", `"externalId":"00u1"`), other.newUser("ana", `"externalId":"00u1"`)
			s.newGroup("Staff", members(ana))
			other.newGroup("Staff", members(theirs))
			s.ask("GET", "/Users/"+theirs, "").fails(404, "")
			s.ask("DELETE", "/Groups/"+theirs, "").fails(404, "")
			s.ask("GET", `/Users?filter=userName eq "ana"`, "").has("totalResults", "1")
			s.ask("POST", "/Groups", group("More", members(theirs))).fails(400, "invalidValue")
		},
		"E-M.2 the users of a removed IAM move nowhere": func(s tenant) {
			other := s.sibling("second")
			s.newUser("ana")
			other.newUser("ben")
			s.admin("DELETE", "/iams/first", "").is(204)
			s.ask("GET", "/Users", "").fails(401, "")
			s.admin("GET", "/iams/bim/accounts", "").is(200).has("count", "0")
			other.ask("GET", "/Users", "").is(200).has("totalResults", "1")
		},
	} {
		t.Run(name, func(t *testing.T) { show(newTenant(t)) })
	}
}

// groupOnScreen is a group as the administration shows it, by its place.
func (t tenant) groupOnScreen(n int) reply {
	t.Helper()
	a := t.admin("GET", "/iams/"+t.id+"/group-list", "").is(200)
	a.body = a.body["hits"].([]any)[n].(map[string]any)
	return a
}
