package refserver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/target/refserver"
)

func TestAnIAMShowsItsKeyOnce(t *testing.T) {
	s := newTenant(t)
	a := s.admin("POST", "/iams", `{"display_name":"Okta"}`).is(201)
	key := a.text("scim_key")
	if !strings.HasPrefix(key, refserver.KeyPrefix) || len(key) < len(refserver.KeyPrefix)+26 || key == s.key {
		t.Errorf("the key is %q, and another IAM's %q", key, s.key)
	}
	a.has("display_name", `"Okta"`, "scim_url", `"http://idp.test:8080/scim/`+a.text("id")+`"`, "delete_users", "false")
	for _, path := range []string{"/iams", "/iams/" + a.text("id"), "/iams/" + a.text("id") + "/accounts"} {
		if shown := s.admin("GET", path, "").is(200).Body.String(); strings.Contains(shown, refserver.KeyPrefix) {
			t.Errorf("%s shows %s", path, shown)
		}
	}
	s.admin("GET", "/iams/"+a.text("id"), "").has("scim_key", `"********"`)
	s.admin("GET", "/iams", "").has("count", "3")
}

func TestAnIAMIsRefused(t *testing.T) {
	s := newTenant(t)
	for name, tt := range map[string]struct {
		body   string
		status int
	}{
		"without a name":                     {`{}`, 400},
		"with a blank name":                  {`{"display_name":" "}`, 400},
		"with a number for a name":           {`{"display_name":5}`, 400},
		"with the internal IAM's name":       {`{"display_name":"bim"}`, 400},
		"with a name that is taken":          {`{"display_name":"First"}`, 409},
		"with a body that is no JSON":        {`display_name=x`, 400},
		"with a setting of a word's making":  {`{"display_name":"x","delete_users":"yes"}`, 400},
		"with settings that nobody heard of": {`{"display_name":"x","delete_user":true}`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			s := s.in(t)
			if got := s.admin("POST", "/iams", tt.body).is(tt.status).text("error"); got == "" {
				t.Error("no error is told")
			}
		})
	}
	s.admin("GET", "/iams", "").has("count", "2")
}

// The administration API asks for its own media type, and reads SCIM's as well.
func TestTheAdministrationHasItsOwnMediaType(t *testing.T) {
	s := newTenant(t)
	for given, status := range map[string]int{"application/json": 201, "application/json; charset=utf-8": 201, "application/scim+json": 201, "": 201, "text/plain": 415, "application/x-www-form-urlencoded": 415} {
		for _, path := range []string{"/drafts", "/iams"} {
			r := s.request("POST", "", `{"display_name":"as `+given+`"}`)
			r.URL.Path = "/admin/v1" + path
			r.Header.Set("Authorization", "Bearer "+adminToken)
			r.Header.Set("Content-Type", given)
			a := s.send(r).is(status)
			if got := a.Header().Get("Content-Type"); got != "application/json" {
				t.Errorf("%s answers %q", path, got)
			}
			if status == 415 && a.text("error") != "application/json is expected, not "+given {
				t.Errorf("%s refuses with %s", path, a.Body)
			}
		}
	}
	r := s.request("POST", "/Users", user("ana"))
	r.Header.Set("Content-Type", "text/plain")
	if got := s.send(r).is(415).text("detail"); got != "application/scim+json is expected, not text/plain" {
		t.Errorf("SCIM refuses with %q", got)
	}
}

// Texts that an administrator gives are short, and can be shown. The error names the
// field, and repeats no long text.
func TestTextsAreBounded(t *testing.T) {
	s := newTenant(t)
	long := strings.Repeat("東", 201)
	for what, texts := range map[string]struct{ path, field, body, good string }{
		"a display name":          {"/iams", "display_name", `{"display_name":"%s"}`, strings.Repeat("東", 200)},
		"a draft's display name":  {"/drafts", "display_name", `{"display_name":"%s"}`, strings.Repeat("Ж", 200)},
		"a prefix":                {"/drafts", "attribute_schema.prefix", `{"attribute_schema":[{"scim_schema":"urn:example:x","prefix":"%s"}]}`, strings.Repeat("🎈", 200)},
		"a URN":                   {"/drafts", "attribute_schema.scim_schema", `{"attribute_schema":[{"scim_schema":"%s","prefix":""}]}`, "urn:example:x"},
		"a mapped attribute":      {"/drafts", "profile_schema.name", `{"profile_schema":{"name":"%s"}}`, "title"},
		"a field":                 {"/drafts", "profile_schema", `{"profile_schema":{"%s":"title"}}`, "name"},
		"a platform's attribute":  {"/drafts", "external_usernames.snowflake", `{"external_usernames":{"snowflake":"%s"},"sync_attributes":true,"scim_enabled":true,"type":"saml","attribute_schema":[{"scim_schema":"urn:example:x","prefix":""}]}`, "שם"},
		"a permission":            {"/drafts", "default_permissions", `{"default_permissions":["%s"]}`, "AUDIT"},
		"a type":                  {"/drafts", "type", `{"type":"%s"}`, "saml"},
		"an option's name":        {"/drafts", "client_options", `{"type":"saml","client_options":{"%s":"x"}}`, "issuer"},
		"a setting's name":        {"/drafts", "a setting's name", `{"%s":true}`, "sync_groups"},
		"a setting on the spot":   {"/iams", "attribute_schema.prefix", `{"display_name":"spot","attribute_schema":[{"scim_schema":"urn:example:x","prefix":"%s"}]}`, "é"},
		"a user of the internal":  {"/iams/bim/accounts", "userid", `{"userid":"%s"}`, "नमस्ते\u200d" + strings.Repeat("x", 193)},
		"an edit's prefix":        {"/iams/first/drafts", "attribute_schema.prefix", `{"attribute_schema":[{"scim_schema":"urn:example:x","prefix":"%s"}]}`, "two words"},
		"text where none belongs": {"/drafts", "sync_groups.x", `{"sync_groups":{"x":["%s"]}}`, ""},
	} {
		t.Run(what, func(t *testing.T) {
			s := s.in(t)
			for _, bad := range []string{long, `a\u0007b`, `a\nb`, `a\u0000b`, `a\u001bb`, `a\u0085b`, `a\u007fb`} {
				a := s.admin("POST", texts.path, fmt.Sprintf(texts.body, bad))
				a.refused(400, texts.field+": ")
				if strings.Contains(a.Body.String(), long) {
					t.Errorf("the error repeats it: %s", a.Body)
				}
			}
			if texts.good != "" {
				s.admin("POST", texts.path, fmt.Sprintf(texts.body, texts.good)).is(201)
			}
		})
	}
	p := s.page("/drafts", `{"type":"saml"}`)
	for option, status := range map[string]int{
		`"certificate":"` + strings.Repeat(`MIIB\r\n`, 1000) + `"`:             200,
		`"certificate":"MI\u0007B"`:                                            400,
		`"certificate":"` + strings.Repeat("x", 8001) + `"`:                    400,
		`"sign_on_url":"http://x.example/?a=` + strings.Repeat("x", 999) + `"`: 200,
		`"entry_point":"a\nb"`:                                                 400,
		`"issuer":"` + strings.Repeat("x", 8001) + `"`:                         400,
	} {
		name, _, _ := strings.Cut(option[1:], `"`)
		if a := p.at("PATCH", "", `{"client_options":{`+option+`}}`).is(status); status == 400 {
			a.refused(400, "client_options."+name+": ")
		}
	}
	p.at("POST", "/test-user-login", `{"user":"`+long+`"}`).refused(400, "user: ")
}

func TestTheScreensShowAccountsAndGroups(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("Ana@example.com", `"externalId":"00u1"`, `"name":{"givenName":"Ana","familyName":"Ruiz"}`,
		`"emails":[{"value":"h@example.com"},{"value":"w@example.com","primary":true}]`, `"title":"Dr"`)
	s.newUser("a/b c", `"active":false`)
	s.newGroup("Zed", members(id))
	s.newGroup("Alpha", members(id))
	a := s.admin("GET", "/iams/"+s.id+"/accounts/ana@EXAMPLE.com", "").is(200)
	a.has("id", "1", "iamid", `"`+s.id+`"`, "userid", `"Ana@example.com"`, "scim_id", `"`+id+`"`, "external_id", `"00u1"`, "disabled", "false", "groups", `["Zed","Alpha"]`,
		"profile", `{"email":"w@example.com","externalUserIds":{},"name":"Ana Ruiz","position":"Dr"}`)
	s.admin("GET", "/iams/"+s.id+"/accounts/a%2Fb%20c", "").is(200).has("disabled", "true", "groups", "[]")
	all := s.admin("GET", "/iams/"+s.id+"/accounts", "").is(200).has("count", "2")
	if hits := all.body["hits"].([]any); hits[1].(map[string]any)["userid"] != "a/b c" {
		t.Errorf("hits %v", hits)
	}
	groups := s.admin("GET", "/iams/"+s.id+"/group-list", "").is(200).has("count", "2")
	if g := groups.body["hits"].([]any)[0].(map[string]any); g["name"] != "Zed" || g["members"].([]any)[0] != "Ana@example.com" {
		t.Errorf("the first group is %v", g)
	}
}

func TestTheAdministrationHasItsOwnDoor(t *testing.T) {
	s := newTenant(t)
	for name, credential := range map[string]string{"none": "", "a wrong one": "Bearer x", "a SCIM key": "Bearer " + s.key, "the token without a scheme": adminToken} {
		t.Run(name, func(t *testing.T) {
			s := s.in(t)
			for _, path := range []string{"/iams", "/iams/" + s.id, "/nothing"} {
				r := s.request("GET", "", "")
				r.URL.Path = "/admin/v1" + path
				r.Header.Set("Authorization", credential)
				if a := s.send(r).is(401); a.text("error") == "" || a.Header().Get("WWW-Authenticate") == "" {
					t.Errorf("answered %s", a.Body)
				}
			}
		})
	}
	before := s.admin("GET", "/iams", "").Body.String()
	for _, route := range refserver.AdminRoutes() {
		method, path, _ := strings.Cut(route, " ")
		r := s.request(method, "", `{"display_name":"x"}`)
		r.URL.Path = "/admin/v1" + strings.ReplaceAll(path, "{iam}", s.id)
		s.send(r).is(401) // it bears the SCIM key
	}
	if after := s.admin("GET", "/iams", "").Body.String(); after != before {
		t.Errorf("the refused calls left %s", after)
	}
	for path, status := range map[string]int{"/nothing": 404, "": 404, "/iams/nobody": 404, "/iams/nobody/accounts": 404, "/iams/" + s.id + "/accounts/nobody": 404, "/iams/" + s.id + "/more": 404} {
		if got := s.admin("GET", path, "").is(status).text("error"); got == "" {
			t.Errorf("%s: no error is told", path)
		}
	}
	if a := s.admin("DELETE", "/iams", "").is(405); a.Header().Get("Allow") != "GET, POST" {
		t.Errorf("allowed are %q", a.Header().Get("Allow"))
	}
}

func TestWithoutATokenNobodyAdministers(t *testing.T) {
	s := newTenant(t)
	s.server = refserver.New(refserver.Config{})
	for _, credential := range []string{"", "Bearer ", "Bearer x"} {
		r := s.request("GET", "", "")
		r.URL.Path = "/admin/v1/iams"
		r.Header.Set("Authorization", credential)
		s.send(r).is(401)
	}
}
