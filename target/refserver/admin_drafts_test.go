package refserver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/scimproof/scimproof/target/refserver"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// An idp is the identity provider's sign-on stand-in: an application, and who is
// assigned to it.
type idp struct {
	*httptest.Server
	baseURL, iamID string
	assigned       map[string]string // the profile by user name
	asked          int
	answer         func(http.ResponseWriter) // in place of the right one
}

func newIDP(t *testing.T, iamID string) *idp {
	p := &idp{baseURL: "http://idp.test:8080", iamID: iamID, assigned: map[string]string{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked++
		profile, ok := p.assigned[r.URL.Query().Get("user")]
		switch {
		case r.Method != "GET" || r.URL.Path != "/sign-on" || r.URL.Query().Get("app") != "1" || r.Header.Get("Authorization") != "":
			t.Errorf("asked %s %s", r.Method, r.URL)
		case p.answer != nil:
			p.answer(w)
		case !ok:
			fmt.Fprint(w, `{"assigned":false}`)
		default:
			fmt.Fprintf(w, `{"assigned":true,"base_url":%q,"iam_id":%q,"userName":%q,"profile":%s}`, p.baseURL, p.iamID, strings.ToUpper(r.URL.Query().Get("user")), profile)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// form fills in all that a page needs.
func (p *idp) form(displayName string, more ...string) string {
	return `{"display_name":"` + displayName + `","type":"saml","client_options":{"entry_point":"https://idp.example/sso","issuer":"https://idp.example","certificate":"MIIB","sign_on_url":"` +
		p.URL + `/sign-on?app=1"}` + also(more) + `}`
}

// A page is one draft.
type page struct {
	tenant
	id string
}

func (t tenant) page(path, form string) page {
	t.Helper()
	return page{t, t.admin("POST", path, form).is(201).text("draft")}
}

func (p page) at(method, path, body string) reply {
	p.Helper()
	return p.admin(method, "/drafts/"+p.id+path, body)
}

func (p page) connect() reply { p.Helper(); return p.at("POST", "/test-connection", "") }

func (p page) logIn(user string) reply {
	p.Helper()
	return p.at("POST", "/test-user-login", `{"user":"`+user+`"}`)
}

func (p page) save() reply { p.Helper(); return p.at("POST", "/save", "") }

// The names of these tests are the expectations of the provider's side, as the
// requirements number them.
func TestDrafts(t *testing.T) {
	const scim = `"scim_enabled":true`
	for name, show := range map[string]func(s tenant, okta *idp){
		"E-14.a without the administrator's assignment neither test nor Save works": func(s tenant, okta *idp) {
			p := s.page("/drafts", okta.form("New", scim))
			p.connect().is(200)
			p.logIn("admin@example.com").refused(409, "not assigned", "admin@example.com")
			p.save().refused(409, "not assigned", "admin@example.com")
			s.admin("GET", "/iams/new", "").refused(404, "new")
			p.at("GET", "", "").is(200).has("tests/user_login", "false", "tests/connection", "true")
			okta.assigned["admin@example.com"] = `{}`
			p.logIn("admin@example.com").is(200).has("tests", `{"connection":true,"user_login":true}`)
			p.save().is(201)
		},
		"E-14.b a draft's key is not live": func(s tenant, okta *idp) {
			okta.assigned["admin"] = `{}`
			p := s.page("/drafts", okta.form("New", scim))
			shown := p.at("GET", "", "")
			draft := s
			draft.key, draft.path = shown.text("scim_key"), strings.TrimPrefix(shown.text("scim_url"), "http://idp.test:8080")
			draft.ask("GET", "/Users", "").fails(401, "")
			draft.ask("POST", "/Users", user("ana")).fails(401, "")
			p.connect().is(200)
			p.logIn("admin").is(200)
			draft.ask("GET", "/Users", "").fails(401, "")
			p.save().is(201)
			draft.ask("GET", "/Users", "").is(200).has("totalResults", "0")
		},
		"E-15.a a wrong Base URL or IAM ID is named": func(s tenant, okta *idp) {
			okta.assigned["admin"] = `{}`
			p := s.page("/drafts", okta.form("New", scim))
			p.connect().is(200)
			okta.baseURL = "https://elsewhere.example"
			if reason := p.logIn("admin").is(409).text("error"); !strings.Contains(reason, "Base URL") || !strings.Contains(reason, "elsewhere.example") || strings.Contains(reason, "IAM ID") {
				s.Errorf("a wrong base URL fails with %q", reason)
			}
			okta.baseURL, okta.iamID = "HTTP://IDP.test:8080/", "New"
			if reason := p.logIn("admin").is(409).text("error"); !strings.Contains(reason, "IAM ID") || !strings.Contains(reason, `"New"`) || strings.Contains(reason, "Base URL") {
				s.Errorf("a wrong IAM ID fails with %q", reason)
			}
			okta.baseURL, okta.iamID = "https://idp.test:8080", strings.Repeat("x", 1000)
			p.logIn("admin").refused(409, "Base URL", "IAM ID", strings.Repeat("x", 200)+"…")
			p.save().refused(409, "Base URL", "IAM ID")
			for _, same := range []string{"http://idp.test:8080", "HTTP://IDP.test:8080/"} {
				okta.baseURL, okta.iamID = same, "new"
				p.logIn("admin").is(200)
			}
			for _, other := range []string{"http://idp.test:8081", "http://idp.test:8080/x", "http://idp.test:8080?x", "http://idp.test", "", "%"} {
				okta.baseURL = other
				p.logIn("admin").refused(409, "Base URL")
			}
			p.save().refused(409, "Base URL")
		},
		"E-17.a Save before a passed test is refused": func(s tenant, okta *idp) {
			okta.assigned["admin"] = `{}`
			p := s.page("/drafts", okta.form("New", scim))
			p.save().refused(409, "Test Connection")
			p.connect().is(200)
			p.save().refused(409, "Test User Login")
			s.admin("GET", "/iams", "").has("count", "2")
			p.logIn("admin").is(200)
			p.save().is(201).has("id", `"new"`, "display_name", `"New"`, "scim_enabled", "true")
			s.admin("GET", "/iams/new", "").is(200).has("scim_url", `"http://idp.test:8080/scim/new"`)
			p.at("GET", "", "").refused(404, "draft")
			p.save().refused(404, "draft")
		},
		"E-17.a what is edited has to be tested again": func(s tenant, okta *idp) {
			okta.assigned["admin"] = `{}`
			p := s.page("/drafts", okta.form("New", scim))
			p.connect().is(200)
			p.logIn("admin").is(200)
			p.at("PATCH", "", `{"sync_groups":true}`).is(200).has("tests", `{"connection":false,"user_login":false}`)
			p.save().refused(409, "Test Connection")
			p.connect().is(200)
			p.save().refused(409, "Test User Login")
			p.at("PATCH", "", `{"sync_groups":5}`).refused(400, "sync_groups")
			p.logIn("admin").is(200)
			p.save().is(201).has("sync_groups", "true")
		},
		"E-17.b a passed test shows the user": func(s tenant, okta *idp) {
			okta.assigned["admin"] = `{"name":"Ada","email":"ada@example.com"}`
			p := s.page("/drafts", okta.form("New", scim))
			p.connect().is(200)
			p.logIn("admin").is(200).has("user", `{"profile":{"email":"ada@example.com","name":"Ada"},"userid":"ADMIN"}`)
			for _, wrong := range []string{`{}`, `{"user":""}`, `{"user":5}`, `{"user":"admin","more":1}`, `x`} {
				p.at("POST", "/test-user-login", wrong).is(400)
			}
		},
		"E-18.a a draft leaves the IAMs alone": func(s tenant, okta *idp) {
			before := s.admin("GET", "/iams", "").Body.String()
			p := s.page("/drafts", okta.form("New", scim))
			if after := s.admin("GET", "/iams", "").Body.String(); after != before {
				s.Errorf("a draft is shown among the IAMs: %s", after)
			}
			s.admin("GET", "/drafts", "").is(200).has("count", "1")
			p.at("DELETE", "", "").is(204)
			p.at("DELETE", "", "").refused(404)
			s.admin("GET", "/drafts", "").has("count", "0")
		},
		"E-19.b after Save the display name cannot be altered, before it can": func(s tenant, okta *idp) {
			p := s.page("/drafts", okta.form("New", scim))
			p.at("PATCH", "", `{"display_name":"Newer"}`).is(200).has("id", `"newer"`, "scim_url", `"http://idp.test:8080/scim/newer"`)
			e := s.page("/iams/first/drafts", "")
			e.at("PATCH", "", `{"display_name":"Other"}`).refused(400, "display_name")
			e.at("PATCH", "", `{"display_name":"first"}`).refused(400, "display_name")
			s.admin("POST", "/iams/bim/drafts", "").refused(409, "internal")
			s.admin("POST", "/iams/nobody/drafts", "").refused(404, "nobody")
		},
		"E-19.c a display name that makes a taken id is refused at once, and at Save": func(s tenant, okta *idp) {
			okta.assigned["admin"] = `{}`
			s.admin("POST", "/drafts", okta.form("FIRST")).refused(409, "display_name")
			s.admin("POST", "/drafts", okta.form("bim")).refused(400, "internal")
			p := s.page("/drafts", okta.form("New"))
			p.at("PATCH", "", `{"display_name":"First!"}`).refused(409, "display_name")
			p.at("GET", "", "").has("display_name", `"New"`)
			p.connect().is(200)
			p.logIn("admin").is(200)
			s.sibling("new")
			p.save().refused(409, "display_name")
			p.at("GET", "", "").is(200)
		},
		"E-21.a a missing client option stops Test Connection and Save": func(s tenant, okta *idp) {
			p := s.page("/drafts", `{"display_name":"New"}`)
			p.connect().refused(400, "type")
			p.at("PATCH", "", `{"type":"saml","client_options":{"issuer":"x"}}`).is(200)
			p.connect().refused(400, "entry_point and certificate")
			p.save().refused(400, "entry_point and certificate")
			p.at("PATCH", "", `{"type":"openid","client_options":{"issuer":"x"}}`).is(200)
			p.connect().refused(400, "client_id")
			p.at("PATCH", "", `{"client_options":{"issuer":"x","client_id":"y"}}`).is(200)
			p.connect().is(200)
			p.logIn("admin").refused(400, "sign_on_url")
			if okta.asked != 0 {
				s.Error("somebody was asked")
			}
		},
		"E-22.a ticking makes a key, ticking again another": func(s tenant, okta *idp) {
			p := s.page("/drafts", okta.form("New"))
			p.at("GET", "", "").has("scim_key", "", "scim_url", "", "scim_enabled", "false", "sync_groups", "false", "sync_attributes", "false")
			first := p.at("PATCH", "", `{`+scim+`}`).is(200).text("scim_key")
			if got := p.at("PATCH", "", `{`+scim+`,"sync_groups":true}`).is(200).text("scim_key"); got != first {
				s.Errorf("an edit made the key %s of %s", got, first)
			}
			p.at("PATCH", "", `{"scim_enabled":false}`).is(200).has("scim_key", "")
			if got := p.at("PATCH", "", `{`+scim+`}`).is(200).text("scim_key"); got == first || !strings.HasPrefix(got, refserver.KeyPrefix) {
				s.Errorf("the second key is %s", got)
			}
		},
		"E-22.c unticking and ticking again takes effect at Save": func(s tenant, okta *idp) {
			okta.assigned["admin"], okta.iamID = `{}`, "first"
			s.admin("PATCH", "/iams/first", nameless(okta.form(""))).is(200)
			p := s.page("/iams/first/drafts", `{"scim_enabled":false}`)
			key := p.at("PATCH", "", `{`+scim+`}`).is(200).text("scim_key")
			fresh := s
			fresh.key = key
			fresh.ask("GET", "/Users", "").fails(401, "")
			s.ask("GET", "/Users", "").is(200)
			p.connect().is(200)
			p.logIn("admin").is(200)
			p.save().is(200)
			fresh.ask("GET", "/Users", "").is(200)
			s.ask("GET", "/Users", "").fails(401, "")
		},
		"E-27.a Test Connection writes nothing": func(s tenant, okta *idp) {
			okta.iamID = "first"
			s.newUser("ana")
			p := s.page("/iams/first/drafts", nameless(okta.form("", `"delete_users":true`)))
			all := func() string {
				return s.admin("GET", "/iams", "").Body.String() + s.admin("GET", "/iams/first/accounts", "").Body.String() + s.admin("GET", "/iams/first/group-list", "").Body.String()
			}
			before := all()
			p.connect().is(200)
			p.at("PATCH", "", `{"client_options":{}}`).is(200)
			p.connect().refused(400, "entry_point")
			if after := all(); after != before {
				s.Errorf("it left\n%s, was\n%s", after, before)
			}
			s.ask("GET", "/Users", "").is(200)
			if okta.asked != 0 {
				s.Error("somebody was asked")
			}
		},
		"E-28.a Test User Login comes after Test Connection": func(s tenant, okta *idp) {
			okta.assigned["admin"] = `{}`
			p := s.page("/drafts", okta.form("New"))
			p.logIn("admin").refused(409, "Test Connection")
			p.connect().is(200)
			p.at("PATCH", "", `{"sync_groups":true}`).is(200)
			p.logIn("admin").refused(409, "Test Connection")
			if okta.asked != 0 {
				s.Error("somebody was asked")
			}
			unnamed := s.page("/drafts", nameless(okta.form("")))
			unnamed.connect().is(200)
			unnamed.logIn("admin").refused(400, "display_name")
		},
		"E-29.a URL and key are shown before Save": func(s tenant, okta *idp) {
			p := s.page("/drafts", `{"type":"saml",`+scim+`}`)
			p.at("GET", "", "").is(200).has("scim_url", "", "id", `""`)
			shown := p.at("PATCH", "", `{"display_name":"New"}`).is(200).has("scim_url", `"http://idp.test:8080/scim/new"`, "id", `"new"`)
			if key := shown.text("scim_key"); !strings.HasPrefix(key, refserver.KeyPrefix) || p.at("GET", "", "").text("scim_key") != key {
				s.Errorf("the key shown is %s", key)
			}
		},
		"E-29.b after Save the key is shown nowhere": func(s tenant, okta *idp) {
			okta.assigned["admin"] = `{}`
			p := s.page("/drafts", okta.form("New", scim))
			key := p.at("GET", "", "").text("scim_key")
			if shown := s.admin("GET", "/drafts", "").Body.String(); strings.Contains(shown, key) {
				s.Errorf("the list of drafts shows the key: %s", shown)
			}
			p.connect().is(200)
			p.logIn("admin").is(200)
			p.save().is(201).has("scim_key", `"********"`)
			s.page("/iams/new/drafts", "").at("GET", "", "").is(200).has("scim_key", `"********"`, "scim_url", `"http://idp.test:8080/scim/new"`, "edits", `"new"`)
			for _, path := range []string{"/iams", "/iams/new", "/drafts"} {
				if shown := s.admin("GET", path, "").Body.String(); strings.Contains(shown, key) {
					s.Errorf("%s shows %s", path, shown)
				}
			}
		},
		"E-01.a a draft cannot tick SCIM below the floor, nor be saved with it": func(s tenant, okta *idp) {
			okta.assigned["admin"] = `{}`
			p := s.page("/drafts", okta.form("New", scim))
			p.connect().is(200)
			p.logIn("admin").is(200)
			s.admin("PATCH", "/instance", `{"version":"2020.3"}`).is(200)
			p.save().refused(409, "2020.4")
			s.admin("POST", "/drafts", okta.form("Other", scim)).refused(409, "2020.4")
			q := s.page("/drafts", okta.form("Other"))
			q.at("PATCH", "", `{`+scim+`}`).refused(409, "2020.4")
			q.connect().is(200)
			okta.iamID = "other"
			q.logIn("admin").is(200)
			q.save().is(201)
		},
		"E-61.a edits take effect at Save": func(s tenant, okta *idp) {
			okta.assigned["admin"], okta.iamID = `{}`, "first"
			p := s.page("/iams/first/drafts", nameless(okta.form("", rows(row(demoURN, "demo")))))
			s.newUser("ana", block(demoURN, `"role":"x"`))
			s.screen("ana").has("authorizations", `{}`)
			s.admin("GET", "/iams/first", "").has("attribute_schema", "[]", "client_options", "{}")
			p.connect().is(200)
			p.logIn("admin").is(200)
			s.newUser("ben", block(demoURN, `"role":"x"`))
			s.screen("ben").has("authorizations", `{}`)
			p.save().is(200).has("attribute_schema", `[{"prefix":"demo","scim_schema":"`+demoURN+`"}]`)
			s.newUser("eve", block(demoURN, `"role":"x"`))
			s.screen("eve").has("authorizations", `{"demo.role":["x"]}`)
		},
		"E-61.a an edit does not undo what was saved meanwhile": func(s tenant, okta *idp) {
			okta.assigned["admin"], okta.iamID = `{}`, "first"
			form := nameless(okta.form(""))
			one, two := s.page("/iams/first/drafts", form), s.page("/iams/first/drafts", form)
			for _, p := range []page{one, two} {
				p.connect().is(200)
				p.logIn("admin").is(200)
			}
			one.save().is(200)
			two.save().refused(409, "changed", "first")
			two.at("GET", "", "").is(200)
		},
		"E-61.a an edit does not undo a key that was made meanwhile": func(s tenant, okta *idp) {
			okta.assigned["admin"], okta.iamID = `{}`, "first"
			s.admin("PATCH", "/iams/first", nameless(okta.form(""))).is(200)
			p := s.page("/iams/first/drafts", `{"scim_enabled":false}`)
			p.at("PATCH", "", `{`+scim+`}`).is(200)
			p.connect().is(200)
			p.logIn("admin").is(200)
			s.admin("PATCH", "/iams/first", `{"scim_enabled":false}`).is(200)
			theirs := s
			theirs.key = s.admin("PATCH", "/iams/first", `{`+scim+`}`).is(200).text("scim_key")
			p.save().refused(409, "changed", "first")
			theirs.ask("GET", "/Users", "").is(200)
		},
		"S-5 who is disabled cannot log in, whatever the identity provider says": func(s tenant, okta *idp) {
			for _, login := range []string{"ana", "ben", "eve"} {
				okta.assigned[login] = `{}` // and has the user name in upper case
			}
			okta.iamID = "first"
			ana := s.newUser("ana")
			s.newUser("ben", `"active":false`)
			s.sibling("new").newUser("eve", `"active":false`)
			p := s.page("/iams/first/drafts", nameless(okta.form("")))
			p.connect().is(200)
			p.logIn("ben").refused(409, "BEN", "disabled in first")
			p.save().refused(409, "disabled in first")
			p.logIn("ana").is(200)
			p.logIn("eve").is(200) // it is another IAM's account that is disabled
			s.ask("PATCH", "/Users/"+ana, ops(`{"op":"replace","value":{"active":false}}`)).is(200)
			p.logIn("ana").refused(409, "ANA", "disabled in first")
			p.save().refused(409, "Test User Login", "disabled")
			s.ask("PATCH", "/Users/"+ana, ops(`{"op":"replace","value":{"active":true}}`)).is(200)
			p.logIn("ana").is(200)
			p.save().is(200)
		},
		"E-M.2 an edit ends with its IAM, and not with others": func(s tenant, okta *idp) {
			okta.assigned["admin"], okta.iamID = `{}`, "first"
			p, other, fresh := s.page("/iams/first/drafts", ""), s.sibling("second").page("/iams/second/drafts", ""), s.page("/drafts", okta.form("New"))
			s.admin("DELETE", "/iams/nobody", "").is(404)
			p.at("GET", "", "").is(200)
			s.admin("DELETE", "/iams/first", "").is(204)
			again := s.sibling("first")
			p.save().refused(404, "draft")
			again.ask("GET", "/Users", "").is(200)
			other.at("GET", "", "").is(200)
			fresh.at("GET", "", "").is(200)
		},
	} {
		t.Run(name, func(t *testing.T) { show(newTenant(t), newIDP(t, "new")) })
	}
}

// What an identity provider may answer that is no answer: each is said with the
// reason, and passes nothing.
func TestLoginWithoutAnAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		answer func(http.ResponseWriter)
		why    string
	}{
		"an error":       {func(w http.ResponseWriter) { w.WriteHeader(500) }, "status 500"},
		"a refusal":      {func(w http.ResponseWriter) { w.WriteHeader(403); fmt.Fprint(w, `{"assigned":true,"userName":"x"}`) }, "status 403"},
		"a redirect":     {func(w http.ResponseWriter) { w.Header().Set("Location", "/"); w.WriteHeader(302) }, "status 302"},
		"no JSON":        {func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") }, "cannot be read"},
		"nothing":        {func(http.ResponseWriter) {}, "cannot be read"},
		"too much":       {func(w http.ResponseWriter) { fmt.Fprintf(w, `{"assigned":false,"x":%q}`, strings.Repeat("x", 64<<10)) }, "more than 65536 bytes"},
		"something else": {func(w http.ResponseWriter) { fmt.Fprint(w, `{"ok":true}`) }, "cannot be understood"},
		"a word":         {func(w http.ResponseWriter) { fmt.Fprint(w, `{"assigned":"yes"}`) }, "cannot be understood"},
		"an assignment of nobody": {func(w http.ResponseWriter) {
			fmt.Fprint(w, `{"assigned":true,"base_url":"http://idp.test:8080","iam_id":"new"}`)
		}, "cannot be understood"},
		"an end in the middle of it": {func(w http.ResponseWriter) { w.Header().Set("Content-Length", "99"); fmt.Fprint(w, `{"assigned"`) }, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			s, okta := newTenant(t), newIDP(t, "new")
			okta.answer = tt.answer
			p := s.page("/drafts", okta.form("New"))
			p.connect().is(200)
			p.logIn("admin").refused(502, tt.why, strings.TrimPrefix(okta.URL, "http://"))
			p.save().refused(409, "Test User Login", tt.why)
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		s, okta := newTenant(t), newIDP(t, "new")
		p := s.page("/drafts", okta.form("New"))
		okta.Close()
		p.connect().is(200)
		p.logIn("admin").refused(502, "cannot be reached")
	})
	for _, address := range []string{
		"http://169.254.169.254", "http://[::ffff:169.254.169.254]", "http://[fe80::1]", "http://0.0.0.0:1", "http://[::]:1", "http://100.100.100.200",
		"http://[fd00:ec2::254]", "http://[64:ff9b::a9fe:a9fe]", "http://[64:ff9b::100.100.100.200]:80",
	} {
		t.Run(address, func(t *testing.T) {
			s := newTenant(t)
			p := s.page("/drafts", `{"display_name":"New","type":"openid","client_options":{"client_id":"x","issuer":"y","sign_on_url":"`+address+`"}}`)
			p.connect().is(200)
			p.logIn("admin").refused(502, "is not asked")
		})
	}
}

// Which addresses are asked: those that an identity provider can have, on this machine
// too, and not those of a cloud's metadata in any of their forms.
func TestWhichAddressesAreAsked(t *testing.T) {
	for address, asked := range map[string]bool{
		"127.0.0.1:1": true, "127.9.9.9:80": true, "[::1]:1": true, "[::ffff:127.0.0.1]:1": true, "[64:ff9b::7f00:1]:1": true,
		"10.0.0.1:443": true, "192.168.1.1:443": true, "[fd00::1]:443": true, "203.0.113.7:443": true, "[2001:db8::1]:443": true,
		"100.100.100.201:80": true, "169.253.255.255:80": true, "1.0.0.0:80": true, "[fd00:ec2::255]:80": true, "[64:ff9b::cb00:7107]:443": true,

		"169.254.169.254:80": false, "169.254.0.1:80": false, "[::ffff:169.254.169.254]:80": false, "[64:ff9b::169.254.169.254]:80": false,
		"[fe80::1]:80": false, "[fe80::1%eth0]:80": false, "[fd00:ec2::254]:80": false, "[fd00:ec2::254%eth0]:80": false,
		"100.100.100.200:80": false, "[::ffff:100.100.100.200]:80": false, "[64:ff9b::6464:64c8]:80": false,
		"0.0.0.0:80": false, "0.1.2.3:80": false, "[::]:80": false, "[::ffff:0.0.0.0]:80": false, "[64:ff9b::]:80": false,
		"224.0.0.1:80": false, "[ff02::1]:80": false, "[64:ff9b::e000:1]:80": false, "idp.example:80": false, "": false,
	} {
		if err := refserver.MayAsk(address); (err == nil) != asked {
			t.Errorf("%s: %v, want it asked %v", address, err, asked)
		}
	}
}

// nameless is a form without a display name, as an edit has it.
func nameless(form string) string { return strings.Replace(form, `"display_name":"",`, "", 1) }

// A slowStore lets something happen while an IAM is kept.
type slowStore struct {
	store.Store
	meanwhile func()
	err       error // in place of keeping it
}

func (s *slowStore) CreateIAM(ctx context.Context, m store.IAM) error {
	s.meanwhile()
	if s.err != nil {
		return s.err
	}
	return s.Store.CreateIAM(ctx, m)
}

// What is told to have succeeded is in the IAM: while a draft is being saved nobody
// can edit, test, discard or save it.
func TestNobodyEditsWhatIsBeingSaved(t *testing.T) {
	s, okta := newTenant(t), newIDP(t, "new")
	okta.assigned["admin"] = `{}`
	slow := &slowStore{Store: store.NewMemory(), meanwhile: func() {}, err: errors.New("the disk is full")}
	s.server = refserver.New(refserver.Config{AdminToken: adminToken, Store: slow})
	p := s.page("/drafts", okta.form("New"))
	p.connect().is(200)
	p.logIn("admin").is(200)
	slow.meanwhile = func() {
		p.at("PATCH", "", `{"sync_groups":true}`).refused(409, "being saved")
		p.connect().refused(409, "being saved")
		p.save().refused(409, "being saved")
		p.at("DELETE", "", "").refused(409, "being saved")
		p.at("GET", "", "").is(200)
		s.admin("GET", "/drafts", "").is(200).has("count", "1")
	}
	p.save().is(500)
	slow.err = nil
	p.at("PATCH", "", `{"sync_groups":true}`).is(200)
	p.connect().is(200)
	p.logIn("admin").is(200)
	p.save().is(201).has("sync_groups", "true")
	p.at("GET", "", "").refused(404, "draft")
}

// No more than a hundred drafts are open.
func TestDraftsAreNotKeptForEver(t *testing.T) {
	s := newTenant(t)
	first := s.page("/drafts", "")
	second := s.page("/drafts", "")
	for range 98 {
		s.page("/drafts", "")
	}
	first.at("GET", "", "").is(200)
	last := s.page("/drafts", "")
	first.at("GET", "", "").refused(404, "draft")
	for _, p := range []page{second, last} {
		p.at("GET", "", "").is(200)
	}
	s.admin("GET", "/drafts", "").has("count", "100")
	second.at("DELETE", "", "").is(204)
	s.page("/drafts", "")
	last.at("GET", "", "").is(200)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// An edit while the identity provider thinks is not covered by its answer; and it
// may not think for ever.
func TestLoginTakesTime(t *testing.T) {
	s := newTenant(t)
	p := page{}
	form := strings.Replace((&idp{Server: &httptest.Server{URL: "http://okta.test"}}).form("New"), "?app=1", "", 1)
	meanwhile := func() {}
	s.server = refserver.New(refserver.Config{AdminToken: adminToken, SignOn: roundTrip(func(r *http.Request) (*http.Response, error) {
		if until, ok := r.Context().Deadline(); !ok || time.Until(until) > 10*time.Second {
			t.Errorf("it may think until %v", until)
		}
		if r.URL.String() != "http://okta.test/sign-on?user=a%26b" {
			t.Errorf("asked %s", r.URL)
		}
		meanwhile()
		if r.Context().Err() != nil {
			return nil, r.Context().Err()
		}
		answer, err := json.Marshal(map[string]any{"assigned": true, "userName": "x", "base_url": "http://idp.test:8080", "iam_id": "new"})
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(string(answer)))}, err
	})})
	p = s.page("/drafts", form)
	p.connect().is(200)
	meanwhile = func() { p.at("PATCH", "", `{"sync_groups":true}`).is(200) }
	p.logIn("a&b").refused(409, "edited while")
	p.save().refused(409, "Test Connection")
	p.connect().is(200)
	meanwhile = func() {}
	p.logIn("a&b").is(200).has("tests/user_login", "true", "user/profile", "{}")

	ctx, cancel := context.WithCancelCause(t.Context())
	meanwhile = func() { cancel(errors.New("the administrator has left")) }
	r := httptest.NewRequestWithContext(ctx, "POST", "http://idp.test:8080/admin/v1/drafts/"+p.id+"/test-user-login", strings.NewReader(`{"user":"a&b"}`))
	r.Header.Set("Authorization", "Bearer "+adminToken)
	s.send(r).refused(502, "cannot be reached")
}
