package refserver_test

import (
	"strings"
	"testing"
)

const demoURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:DEMOEXT"

// settings changes those of the tenant's IAM.
func (t tenant) settings(body string) reply {
	t.Helper()
	return t.admin("PATCH", "/iams/"+t.id, body)
}

func row(urn, prefix string) string { return `{"scim_schema":"` + urn + `","prefix":"` + prefix + `"}` }

func rows(all ...string) string { return `"attribute_schema":[` + strings.Join(all, ",") + `]` }

func mapped(pairs string) string { return `"external_usernames":{` + pairs + `}` }

// screen is an account as the administration shows it.
func (t tenant) screen(userName string) reply {
	t.Helper()
	return t.admin("GET", "/iams/"+t.id+"/accounts/"+userName, "").is(200)
}

func block(urn, members string) string { return `"` + urn + `":{` + members + `}` }

func TestExtensionAttributesBecomeTheProviders(t *testing.T) {
	everything := `"role":"Analyst","trusted":false,"level":12345678901234567890,"quota":1.50,"tags":["b","a","b"],"boss":{"name":"Bo"},"empty":"","none":null,"list":[]`
	for name, tt := range map[string]struct {
		settings, account, want string
	}{
		"each value is a list of strings": {
			rows(row(demoURN, "okta")), block(demoURN, everything),
			`{"okta.boss.name":["Bo"],"okta.level":["12345678901234567890"],"okta.quota":["1.50"],"okta.role":["Analyst"],"okta.tags":["b","a"],"okta.trusted":["false"]}`,
		},
		"keys are in lower case":             {rows(row(demoURN, "A.b É")), block(demoURN, `"costCode":"X"`), `{"a.b é.costcode":["X"]}`},
		"the URN in other letter case":       {rows(row(strings.ToUpper(demoURN), "x")), block(demoURN, `"a":"1"`), `{"x.a":["1"]}`},
		"no prefix":                          {rows(row(demoURN, "")), block(demoURN, `"a":"1"`), `{"a":["1"]}`},
		"two rows with one prefix":           {rows(row(demoURN, "x"), row("urn:example:y", "x")), block(demoURN, `"a":"1"`) + `,` + block("urn:example:y", `"A":"2"`), `{"x.a":["1","2"]}`},
		"a schema that an RFC defines":       {rows(row(entURN, "hr")), block(entURN, `"department":"Research"`), `{"hr.department":["Research"]}`},
		"no row for the extension":           {rows(row("urn:example:y", "x")), block(demoURN, `"a":"1"`), `{}`},
		"no row at all":                      {`"delete_users":false`, block(demoURN, `"a":"1"`), `{}`},
		"a row and nothing of the extension": {rows(row(demoURN, "x")), `"title":"Dr"`, `{}`},
		"attribute sync is off":              {`"sync_attributes":false,` + rows(row(demoURN, "x")), block(demoURN, `"a":"1"`), `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTenant(t)
			s.settings(`{` + tt.settings + `}`).is(200)
			s.newUser("ana", tt.account)
			s.screen("ana").has("iamAuthorizations", tt.want, "authorizations", tt.want)
		})
	}
}

func TestTheProvidersAttributesFollow(t *testing.T) {
	s := newTenant(t)
	s.settings(`{` + rows(row(demoURN, "okta")) + `,` + mapped(`"snowflake":"Okta.snowflakeUser","databricks":"okta.snowflakeuser"`) + `}`).is(200)
	put := func(id, more string) { s.ask("PUT", "/Users/"+id, user("ana", strings.TrimPrefix(more, ","))).is(200) }
	id := s.newUser("ana", block(demoURN, `"snowflakeUser":" T_Smith "`))
	other := s.newUser("ben", block(demoURN, `"snowflakeUser":"B"`))
	s.screen("ana").has("profile", `{"externalUserIds":{"databricksUser":" T_Smith ","snowflakeUser":" T_Smith "}}`)
	s.ask("GET", "/Users/"+id, "").has(ownURN, `{"disabled":false,"externalUserIds":{"databricksUser":" T_Smith ","snowflakeUser":" T_Smith "},"iamid":"`+s.id+`","id":1}`)

	put(id, block(demoURN, `"snowflakeUser":"ana"`)+`,`+block(ownURN, `"externalUserIds":{"snowflakeUser":"forged"}`))
	s.screen("ana").has("iamAuthorizations", `{"okta.snowflakeuser":["ana"]}`, "profile", `{"externalUserIds":{"databricksUser":"ana","snowflakeUser":"ana"}}`)
	s.ask("PATCH", "/Users/"+id, `{"schemas":["`+patchURN+`"],"Operations":[{"op":"replace","value":{"active":false}}]}`).is(200)
	s.screen("ana").has("iamAuthorizations", `{"okta.snowflakeuser":["ana"]}`, "disabled", "true")
	put(id, `"title":"Dr"`)
	s.screen("ana").has("iamAuthorizations", `{}`, "profile", `{"externalUserIds":{},"position":"Dr"}`)
	s.screen("ben").has("iamAuthorizations", `{"okta.snowflakeuser":["B"]}`)
	if shown := s.ask("GET", "/Users/"+other, "").is(200).Body.String(); !strings.Contains(shown, `"externalUserIds":{"snowflakeUser":"B"`) {
		t.Errorf("another's account shows %s", shown)
	}
}

// A setting takes effect at the next write, also at one that says nothing new.
func TestSettingsTakeEffectAtTheNextWrite(t *testing.T) {
	s := newTenant(t)
	body := user("ana", block(demoURN, `"role":"x"`))
	id := s.newUser("ana", block(demoURN, `"role":"x"`))
	again := func() { s.ask("PUT", "/Users/"+id, body).is(200) }
	s.settings(`{`+rows(row(demoURN, "old"))+`}`).is(200).has("attribute_schema", `[{"prefix":"old","scim_schema":"`+demoURN+`"}]`)
	s.screen("ana").has("iamAuthorizations", `{}`)
	again()
	s.screen("ana").has("iamAuthorizations", `{"old.role":["x"]}`)
	s.settings(`{` + rows(row(demoURN, "new")) + `}`).is(200)
	again()
	s.screen("ana").has("iamAuthorizations", `{"new.role":["x"]}`)
	s.settings(`{"sync_attributes":false}`).is(200).has("attribute_schema", `[{"prefix":"new","scim_schema":"`+demoURN+`"}]`)
	again()
	s.screen("ana").has("iamAuthorizations", `{}`)
	s.ask("GET", "/Users/"+id, "").has(demoURN, `{"role":"x"}`)
}

func TestSettingsAreRefused(t *testing.T) {
	const good = `[{"scim_schema":"` + demoURN + `","prefix":"okta"}]`
	for name, tt := range map[string]struct{ body, why string }{
		"a schema that is no URN":               {`{` + rows(row("demo", "x")) + `}`, "no extension's URN"},
		"a schema without a name":               {`{` + rows(row("", "x")) + `}`, "no extension's URN"},
		"a schema of urn: alone":                {`{` + rows(row("urn:", "x")) + `}`, "no extension's URN"},
		"a schema with blanks":                  {`{` + rows(row("urn:example:a b", "x")) + `}`, "no extension's URN"},
		"the core schema":                       {`{` + rows(row(userURN, "x")) + `}`, "no extension's URN"},
		"the server's own schema":               {`{` + rows(row(strings.ToUpper(ownURN), "x")) + `}`, "this server's own"},
		"one schema twice":                      {`{` + rows(row(demoURN, "x"), row(strings.ToLower(demoURN), "y")) + `}`, "there twice"},
		"a row without a prefix":                {`{"attribute_schema":[{"scim_schema":"` + demoURN + `"}]}`, "no such setting"},
		"a row with more in it":                 {`{"attribute_schema":[{"scim_schema":"` + demoURN + `","prefix":"x","on":true}]}`, "no such setting"},
		"rows that are no list":                 {`{"attribute_schema":{}}`, "no such setting"},
		"a mapping without attribute sync":      {`{"sync_attributes":false,"attribute_schema":` + good + `,` + mapped(`"snowflake":"okta.x"`) + `}`, "needs sync_attributes"},
		"a mapping that no row can feed":        {`{"attribute_schema":` + good + `,` + mapped(`"snowflake":"other.x"`) + `}`, "no row of attribute_schema"},
		"a mapping of a prefix alone":           {`{"attribute_schema":` + good + `,` + mapped(`"snowflake":"okta."`) + `}`, "no row of attribute_schema"},
		"a platform that nobody has heard of":   {`{"attribute_schema":` + good + `,` + mapped(`"hdfs2":"okta.x"`) + `}`, "no platform"},
		"a mapping that is no text":             {`{"attribute_schema":` + good + `,` + mapped(`"snowflake":5`) + `}`, "no such setting"},
		"mappings that are a list":              {`{"external_usernames":[]}`, "no such setting"},
		"attribute sync that is a word":         {`{"sync_attributes":"yes"}`, "no such setting"},
		"another display name":                  {`{"display_name":"other"}`, "cannot be altered"},
		"something new, with something that is": {`{"sync_attributes":false,"nothing":1}`, "no such setting"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTenant(t)
			before := s.admin("GET", "/iams/"+s.id, "").is(200).Body.String()
			if got := s.settings(tt.body).is(400).text("error"); !strings.Contains(got, tt.why) {
				t.Errorf("refused with %q", got)
			}
			if after := s.admin("GET", "/iams/"+s.id, "").is(200).Body.String(); after != before {
				t.Errorf("a refused change left %s", after)
			}
		})
	}
	s := newTenant(t)
	s.admin("PATCH", "/iams/nobody", `{"sync_attributes":true}`).is(404)
	s.settings(`{"attribute_schema":` + good + `,` + mapped(`"snowflake":"okta.x"`) + `}`).is(200)
	if got := s.settings(`{"sync_attributes":false}`).is(400).text("error"); !strings.Contains(got, "needs sync_attributes") {
		t.Errorf("attribute sync under a mapping was refused with %q", got)
	}
	s.settings(`{"sync_attributes":false,"external_usernames":{}}`).is(200).has("external_usernames", "{}", "sync_attributes", "false")
}

func TestSettingsAreGivenAtCreation(t *testing.T) {
	s := newTenant(t)
	s.admin("GET", "/iams/"+s.id, "").has("sync_attributes", "true", "attribute_schema", "[]", "external_usernames", "{}")
	s.admin("POST", "/iams", `{"display_name":"x",`+rows(row(demoURN, "okta"))+`,`+mapped(`"redshift":"okta.login"`)+`}`).is(201).
		has("external_usernames", `{"redshift":"okta.login"}`)
	s.admin("POST", "/iams", `{"display_name":"y",`+mapped(`"redshift":"okta.login"`)+`}`).is(400)
}

// Two IAMs with one name for everything do not share an attribute.
func TestAttributesStayInTheirIAM(t *testing.T) {
	s := newTenant(t)
	other := s.sibling("second")
	s.settings(`{` + rows(row(demoURN, "okta")) + `}`).is(200)
	s.newUser("ana", block(demoURN, `"role":"x"`))
	other.newUser("ana", block(demoURN, `"role":"y"`))
	s.screen("ana").has("iamAuthorizations", `{"okta.role":["x"]}`)
	other.screen("ana").has("iamAuthorizations", `{}`)
}
