package refserver_test

import (
	"fmt"
	"strings"
	"testing"
)

// byHand edits an account as an administrator does.
func (t tenant) byHand(userName, edit string) reply {
	t.Helper()
	return t.admin("PATCH", "/iams/"+t.id+"/accounts/"+userName, edit)
}

// push is a full update of ana by SCIM.
func (t tenant) push(id string, more ...string) {
	t.Helper()
	t.ask("PUT", "/Users/"+id, user("ana", more...)).is(200)
}

// The names of these tests are the expectations of the provider's side, as the
// requirements number them.
func TestAccountsOnTheScreens(t *testing.T) {
	snowflake := rows(row(demoURN, "okta")) + `,` + mapped(`"snowflake":"okta.snowflakeuser"`)
	for name, show := range map[string]func(s tenant){
		"E-23.a the profile schema fills the profile": func(s tenant) {
			s.settings(`{"profile_schema":{"name":"name.formatted","email":"emails","phone":"phoneNumbers.value","organization":"`+demoURN+`:unit","position":"`+userURN+`:title","location":"addresses.locality"}}`).is(200).
				has("profile_schema/position", `"title"`, "profile_schema/organization", `"`+demoURN+`:unit"`)
			id := s.newUser("ana", `"name":{"givenName":"Ana","familyName":"Ruiz"}`, `"title":"Dr"`, block(demoURN, `"unit":17`), block(entURN, `"organization":"other"`),
				`"emails":[{"value":"h@example.com"},{"value":"w@example.com","primary":true}]`, `"phoneNumbers":[{"value":"1"},{"value":"2"}]`, `"addresses":[{"locality":"Bern"}]`)
			s.screen("ana").has("profile", `{"email":"w@example.com","externalUserIds":{},"location":"Bern","name":"Ana Ruiz","organization":"17","phone":"1","position":"Dr"}`)
			s.push(id, `"name":{"formatted":"A. Ruiz"}`)
			s.screen("ana").has("profile", `{"externalUserIds":{},"name":"A. Ruiz"}`)
		},
		"E-23.a what is not mapped stays empty": func(s tenant) {
			s.settings(`{"profile_schema":{"email":"emails"}}`).is(200)
			s.newUser("ana", `"name":{"formatted":"Ana"}`, `"title":"Dr"`, `"emails":[{"value":"a@example.com"}]`)
			s.screen("ana").has("profile", `{"email":"a@example.com","externalUserIds":{}}`)
			for _, wrong := range []string{`{"salary":"title"}`, `{"email":5}`, `{"email":"no attribute"}`, `{"email":""}`, `{"email":"` + entURN + `"}`, `["email"]`, `{"externalUserIds":"title"}`} {
				s.settings(`{"profile_schema":`+wrong+`}`).refused(400, "profile_schema")
			}
		},
		"E-24.a a mapped field cannot be edited": func(s tenant) {
			s.newUser("ana", `"title":"Dr"`)
			before := s.screen("ana").Body.String()
			s.byHand("ana", `{"profile":{"about":"x","position":"Prof"}}`).refused(409, "position", "title")
			s.byHand("ana", `{"profile":{"POSITION":null}}`).refused(409, "POSITION")
			s.byHand("ana", `{"profile":{"name":"x"}}`).refused(409, "name")
			if after := s.screen("ana").Body.String(); after != before {
				s.Errorf("the refused edits left %s", after)
			}
		},
		"E-24.b an unmapped field can, and SCIM leaves it": func(s tenant) {
			id := s.newUser("ana")
			s.byHand("ana", `{"profile":{"about":"likes maps","location":"Bern"}}`).is(200).has("profile/about", `"likes maps"`)
			s.push(id, `"title":"Dr"`, `"addresses":[{"locality":"Rome"}]`)
			s.ask("PATCH", "/Users/"+id, ops(`{"op":"replace","value":{"active":false}}`)).is(200)
			s.screen("ana").has("profile", `{"about":"likes maps","externalUserIds":{},"location":"Bern","position":"Dr"}`)
			s.byHand("ana", `{"profile":{"about":null,"location":""}}`).is(200).has("profile", `{"externalUserIds":{},"position":"Dr"}`)
			s.push(id)
			s.screen("ana").has("profile", `{"externalUserIds":{}}`)
			for _, wrong := range []string{`{"profile":{"salary":"1"}}`, `{"profile":{"about":5}}`, `{"profile":"x"}`, `{"disabled":false}`, `{"permissions":["AUDIT"]}`, `{"profile":{"externalUserIds":{"hdfsUser":"x"}}}`, `{"profile":{"externalUserIds":5}}`} {
				s.byHand("ana", wrong).refused(400)
			}
			s.byHand("nobody", `{"profile":{"about":"x"}}`).refused(404, "nobody")
		},
		"E-24.c a field whose mapping is removed keeps its value and can be edited": func(s tenant) {
			id := s.newUser("ana", `"title":"Dr"`)
			s.settings(`{"profile_schema":{}}`).is(200)
			s.push(id, `"title":"Prof"`)
			s.screen("ana").has("profile", `{"externalUserIds":{},"position":"Dr"}`)
			s.byHand("ana", `{"profile":{"position":"Sailor"}}`).is(200).has("profile/position", `"Sailor"`)
			s.settings(`{"profile_schema":{"position":"title"}}`).is(200)
			s.push(id, `"title":"Prof"`)
			s.screen("ana").has("profile/position", `"Prof"`)
		},
		"E-41.a every account belongs to its IAM": func(s tenant) {
			s.newUser("ana")
			s.newUser("ben", `"active":false`)
			for _, userName := range []string{"ana", "ben"} {
				s.screen(userName).has("iamid", `"first"`)
			}
		},
		"E-43.b a user of the internal IAM is another user": func(s tenant) {
			internal := s
			internal.id = "bim"
			internal.admin("POST", "/iams/bim/accounts", `{"userid":"Ana","profile":{"email":"ana@example.com","name":"Ana"}}`).is(201).has("iamid", `"bim"`, "userid", `"Ana"`)
			before := internal.screen("ana").Body.String()
			s.ask("GET", `/Users?filter=userName eq "ana"`, "").is(200).has("totalResults", "0")
			id := s.newUser("ana", `"emails":[{"value":"ana@example.com"}]`)
			s.ask("GET", "/Users", "").has("totalResults", "1")
			s.push(id, `"active":false`)
			if after := internal.screen("ana").Body.String(); after != before {
				s.Errorf("SCIM left the internal user %s, was %s", after, before)
			}
			internal.byHand("ana", `{"profile":{"name":"Ana R."},"bimAuthorizations":{"team":["blue"]}}`).is(200).has("profile/name", `"Ana R."`)
			internal.admin("POST", "/iams/bim/accounts", `{"userid":"ANA"}`).refused(409, "ANA")
			internal.admin("POST", "/iams/bim/accounts", `{"userid":""}`).refused(400, "userid")
			internal.admin("POST", "/iams/bim/accounts", `{"userid":"x","permissions":[]}`).refused(400, "permissions")
			s.admin("POST", "/iams/first/accounts", `{"userid":"eve"}`).refused(409, "identity provider")
		},
		"E-46.a what an IAM in use holds is shown": func(s tenant) {
			ana, ben := s.newUser("ana", `"externalId":"00u1"`), s.newUser("ben", `"externalId":"00u2"`, `"active":false`)
			s.newUser("by-login")
			s.newUser("gone", `"externalId":"00u3"`, `"active":false`)
			s.newGroup("Staff", members(ana, ben))
			s.newGroup("Nobody")
			left := s.admin("GET", "/iams/first/leftovers", "").is(200)
			left.has("disabled_accounts", `[{"groups":["Staff"],"userid":"ben"},{"groups":[],"userid":"gone"}]`, "unlinked_accounts", `["by-login"]`, "empty_groups", `["Nobody"]`, "stale_groups", `[]`)
			s.admin("GET", "/iams/first/group-list", "").has("count", "2")
			s.settings(`{"sync_groups":false}`).is(200)
			s.admin("GET", "/iams/first/leftovers", "").has("stale_groups", `["Staff","Nobody"]`)
		},
		"E-59.a a row makes the attribute": func(s tenant) {
			s.settings(`{` + rows(row(demoURN, "demo")) + `}`).is(200)
			s.newUser("ana", block(demoURN, `"role":"analyst"`))
			s.screen("ana").has("iamAuthorizations", `{"demo.role":["analyst"]}`, "authorizations", `{"demo.role":["analyst"]}`, "bimAuthorizations", `{}`)
		},
		"E-59.b without a row there is none, until the push after the row": func(s tenant) {
			id := s.newUser("ana", block(demoURN, `"role":"analyst"`))
			s.ask("GET", "/Users/"+id, "").has(demoURN, `{"role":"analyst"}`)
			s.screen("ana").has("authorizations", `{}`)
			s.settings(`{` + rows(row(demoURN, "demo")) + `}`).is(200)
			s.screen("ana").has("authorizations", `{}`)
			s.push(id, block(demoURN, `"role":"analyst"`))
			s.screen("ana").has("authorizations", `{"demo.role":["analyst"]}`)
		},
		"E-59.c another prefix renames at the next push": func(s tenant) {
			s.settings(`{` + rows(row(demoURN, "demo")) + `}`).is(200)
			id := s.newUser("ana", block(demoURN, `"role":"analyst"`))
			s.settings(`{` + rows(row(demoURN, "x")) + `}`).is(200)
			s.screen("ana").has("authorizations", `{"demo.role":["analyst"]}`)
			s.push(id, block(demoURN, `"role":"analyst"`))
			s.screen("ana").has("authorizations", `{"x.role":["analyst"]}`)
		},
		"E-60.a a prefix may be anything": func(s tenant) {
			for i, prefix := range []string{"okta", "Profile", "a.b", "é", "🎈", strings.Repeat("p", 100), "two words"} {
				s.settings(`{` + rows(row(demoURN, prefix)) + `}`).is(200)
				userName := fmt.Sprint("p", i)
				s.newUser(userName, block(demoURN, `"role":"x"`))
				s.screen(userName).has("authorizations", `{"`+strings.ToLower(prefix)+`.role":["x"]}`)
			}
		},
		"E-60.b an attribute by hand and one by SCIM under one name both live": func(s tenant) {
			s.settings(`{` + rows(row(demoURN, "okta")) + `}`).is(200)
			id := s.newUser("ana", block(demoURN, `"role":["x","y"]`))
			s.byHand("ana", `{"bimAuthorizations":{"Okta.Role":["y","z","z"]}}`).is(200).
				has("bimAuthorizations", `{"okta.role":["y","z"]}`, "iamAuthorizations", `{"okta.role":["x","y"]}`, "authorizations", `{"okta.role":["x","y","z"]}`)
			s.push(id)
			s.screen("ana").has("bimAuthorizations", `{"okta.role":["y","z"]}`, "iamAuthorizations", `{}`, "authorizations", `{"okta.role":["y","z"]}`)
		},
		"E-62.a nobody else's attributes change": func(s tenant) {
			s.settings(`{` + rows(row(demoURN, "okta")) + `}`).is(200)
			id := s.newUser("ana", block(demoURN, `"role":"x"`))
			s.newUser("ben", block(demoURN, `"role":"x"`))
			before := s.screen("ben").Body.String()
			s.push(id, block(demoURN, `"role":"y"`))
			s.push(id)
			if after := s.screen("ben").Body.String(); after != before {
				s.Errorf("ben is now %s", after)
			}
		},
		"E-62.b of a list one value can go": func(s tenant) {
			s.settings(`{` + rows(row(demoURN, "okta")) + `}`).is(200)
			id := s.newUser("ana", block(demoURN, `"role":["x","y","z"]`))
			s.push(id, block(demoURN, `"role":["x","z"]`))
			s.screen("ana").has("authorizations", `{"okta.role":["x","z"]}`)
		},
		"E-62.c SCIM does not touch what was given by hand": func(s tenant) {
			id := s.newUser("ana")
			s.byHand("ana", `{"bimAuthorizations":{"team":["blue","red"],"clearance":["1"]}}`).is(200)
			s.push(id, block(demoURN, `"team":"green"`), block(ownURN, `"bimAuthorizations":{}`))
			s.ask("PATCH", "/Users/"+id, ops(`{"op":"replace","value":{"active":false}}`)).is(200)
			s.screen("ana").has("bimAuthorizations", `{"clearance":["1"],"team":["blue","red"]}`)
			s.byHand("ana", `{"bimAuthorizations":{"clearance":null,"team":["red"]}}`).is(200).has("authorizations", `{"team":["red"]}`)
			s.byHand("ana", `{"bimAuthorizations":{"team":[]}}`).is(200).has("authorizations", `{}`)
			for _, wrong := range []string{`{"a":"x"}`, `{"a":[5]}`, `{"a":[""]}`, `{"":["x"]}`, `5`} {
				s.byHand("ana", `{"bimAuthorizations":`+wrong+`}`).refused(400, "bimAuthorizations")
			}
		},
		"E-64.a a username needs SCIM and Sync Attributes": func(s tenant) {
			s.settings(`{"sync_attributes":false,`+snowflake+`}`).refused(400, "sync_attributes")
			s.settings(`{"scim_enabled":false}`).is(200)
			s.settings(`{`+snowflake+`}`).refused(400, "scim_enabled")
			s.settings(`{"scim_enabled":true,` + snowflake + `}`).is(200)
			s.settings(`{"scim_enabled":false}`).is(200).has("external_usernames", `{"snowflake":"okta.snowflakeuser"}`)
			s.settings(`{"sync_groups":false}`).is(200)
		},
		"E-65/66.a the mapped attribute is the username": func(s tenant) {
			s.settings(`{` + snowflake + `}`).is(200)
			s.newUser("ana", block(demoURN, `"snowflakeUser":"T_SMITH"`))
			s.screen("ana").has("profile/externalUserIds", `{"snowflakeUser":"T_SMITH"}`)
		},
		"E-66.b it follows, and is unset": func(s tenant) {
			s.settings(`{` + snowflake + `}`).is(200)
			id := s.newUser("ana", block(demoURN, `"snowflakeUser":"one"`))
			s.push(id, block(demoURN, `"snowflakeUser":"two"`))
			s.screen("ana").has("profile/externalUserIds", `{"snowflakeUser":"two"}`)
			s.push(id)
			s.screen("ana").has("profile/externalUserIds", `{}`)
			if shown := s.ask("GET", "/Users/"+id, "").is(200).Body.String(); strings.Contains(shown, "externalUserIds") {
				s.Errorf("SCIM shows %s", shown)
			}
		},
		"E-66.c a mapped username cannot be set by hand, others can": func(s tenant) {
			s.settings(`{` + snowflake + `}`).is(200)
			id := s.newUser("ana", block(demoURN, `"snowflakeUser":"one"`))
			s.byHand("ana", `{"profile":{"externalUserIds":{"snowflakeUser":"two"}}}`).refused(409, "snowflakeUser", "okta.snowflakeuser")
			s.byHand("ana", `{"profile":{"externalUserIds":{"databricksUser":"Ana@D"}}}`).is(200)
			s.push(id, block(demoURN, `"snowflakeUser":"two"`))
			s.screen("ana").has("profile/externalUserIds", `{"databricksUser":"Ana@D","snowflakeUser":"two"}`)
			s.settings(`{` + mapped(``) + `}`).is(200)
			s.push(id, block(demoURN, `"snowflakeUser":"three"`))
			s.byHand("ana", `{"profile":{"externalUserIds":{"databricksUser":null}}}`).is(200).has("profile/externalUserIds", `{"snowflakeUser":"two"}`)
			s.byHand("ana", `{"profile":{"externalUserIds":{"snowflakeUser":"by hand"}}}`).is(200).has("profile/externalUserIds", `{"snowflakeUser":"by hand"}`)
			s.admin("POST", "/iams/bim/accounts", `{"userid":"ana","profile":{"externalUserIds":{"snowflakeUser":"x"}}}`).is(201).has("profile/externalUserIds", `{"snowflakeUser":"x"}`)
		},
		"E-66.d a username is kept to the byte": func(s tenant) {
			s.settings(`{` + snowflake + `}`).is(200)
			id := s.newUser("ana")
			for _, username := range []string{"T_Smith", "t_smith", " padded ", "ﬁ", "fi", "I", "ı"} {
				s.push(id, block(demoURN, `"snowflakeUser":"`+username+`"`))
				s.screen("ana").has("profile/externalUserIds", `{"snowflakeUser":"`+username+`"}`)
			}
		},
		"E-66.e one username for two accounts is told": func(s tenant) {
			s.settings(`{` + snowflake + `}`).is(200)
			s.newUser("ana", block(demoURN, `"snowflakeUser":"T"`))
			s.newUser("ben", block(demoURN, `"snowflakeUser":"T"`))
			s.newUser("eve", block(demoURN, `"snowflakeUser":"t"`))
			s.admin("GET", "/iams/first/external-usernames", "").is(200).has("count", "2", "hits",
				`[{"accounts":["ana","ben"],"platform":"snowflake","username":"T","warning":"2 accounts are this user on snowflake"},{"accounts":["eve"],"platform":"snowflake","username":"t"}]`)
			s.screen("ana").has("profile/externalUserIds", `{"snowflakeUser":"T"}`)
		},
		"E-66.f several platforms at once": func(s tenant) {
			s.settings(`{` + rows(row(demoURN, "okta")) + `,` + mapped(`"snowflake":"okta.a","databricks":"okta.b","redshift":"okta.a","starburst":"okta.c"`) + `}`).is(200)
			s.newUser("ana", block(demoURN, `"a":"A","b":"B"`))
			s.screen("ana").has("profile/externalUserIds", `{"databricksUser":"B","redshiftUser":"A","snowflakeUser":"A"}`)
		},
		"E-67.a a new mapping fills at the next push": func(s tenant) {
			id := s.newUser("ana", block(demoURN, `"snowflakeUser":"T"`))
			s.settings(`{` + snowflake + `}`).is(200)
			s.screen("ana").has("profile/externalUserIds", `{}`)
			s.push(id, block(demoURN, `"snowflakeUser":"T"`))
			s.screen("ana").has("profile/externalUserIds", `{"snowflakeUser":"T"}`)
		},
		"E-59.b, E-67.a Force Sync does not wait for the push": func(s tenant) {
			ana := s.newUser("ana", block(demoURN, `"snowflakeUser":"T"`))
			ben := s.newUser("ben", `"title":"Dr"`)
			s.settings(`{` + snowflake + `}`).is(200)
			version := s.ask("GET", "/Users/"+ben, "").show("meta")
			s.admin("POST", "/iams/first/force-sync", "").is(200).has("changed", "1")
			s.screen("ana").has("authorizations", `{"okta.snowflakeuser":["T"]}`, "profile/externalUserIds", `{"snowflakeUser":"T"}`)
			if after := s.ask("GET", "/Users/"+ben, "").show("meta"); after != version {
				s.Errorf("it left on ben %s, was %s", after, version)
			}
			s.ask("GET", "/Users/"+ana, "").has("meta/version", `"W/\"2\""`)
			s.admin("POST", "/iams/first/force-sync", "").is(200).has("changed", "0")
			s.admin("POST", "/iams/bim/force-sync", "").refused(409, "internal")
			s.admin("POST", "/iams/nobody/force-sync", "").refused(404, "nobody")
		},
		"P-2 accounts and groups come in pages": func(s tenant) {
			for i := range 5 {
				s.newUser(fmt.Sprint("u", i))
				s.newGroup(fmt.Sprint("g", i))
			}
			for query, want := range map[string]string{"": "u0 u1 u2 u3 u4", "?size=2": "u0 u1", "?offset=3": "u3 u4", "?offset=1&size=2": "u1 u2", "?offset=9": "", "?size=0": ""} {
				a := s.admin("GET", "/iams/first/accounts"+query, "").is(200).has("count", "5")
				if got := a.hits("userid"); got != want {
					s.Errorf("%s shows %s, want %s", query, got, want)
				}
				if got := s.admin("GET", "/iams/first/group-list"+query, "").is(200).has("count", "5").hits("name"); got != strings.ReplaceAll(want, "u", "g") {
					s.Errorf("of groups %s shows %s", query, got)
				}
			}
			for _, wrong := range []string{"offset=-1", "size=x", "size=99999999999999999999"} {
				s.admin("GET", "/iams/first/accounts?"+wrong, "").refused(400, "number")
			}
		},
		"all attributes are shown with their values": func(s tenant) {
			s.settings(`{` + rows(row(demoURN, "okta")) + `}`).is(200)
			s.newUser("ana", block(demoURN, `"role":["x","y"]`))
			s.newUser("ben", block(demoURN, `"role":"x","level":1`))
			s.byHand("ben", `{"bimAuthorizations":{"okta.role":["a"],"team":["blue"]}}`).is(200)
			s.admin("GET", "/iams/first/attributes", "").is(200).has("count", "3", "hits",
				`[{"name":"okta.level","values":["1"]},{"name":"okta.role","values":["a","x","y"]},{"name":"team","values":["blue"]}]`)
			for _, path := range []string{"attributes", "external-usernames", "leftovers", "group-list"} {
				s.admin("GET", "/iams/nobody/"+path, "").refused(404, "nobody")
			}
		},
	} {
		t.Run(name, func(t *testing.T) { show(newTenant(t)) })
	}
}

// hits is one member of each hit.
func (a reply) hits(name string) string {
	a.Helper()
	var out []string
	for _, hit := range a.body["hits"].([]any) {
		out = append(out, fmt.Sprint(hit.(map[string]any)[name]))
	}
	return strings.Join(out, " ")
}
