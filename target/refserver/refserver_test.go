package refserver_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scimproof/scimproof/target/refserver"
)

const adminToken = "the administrator's"

// A tenant is an IAM of a fresh server, and its key.
type tenant struct {
	*testing.T
	server http.Handler
	now    *atomic.Int64 // seconds of the server's clock
	id     string
	path   string // "/scim/…"
	key    string
}

// newTenant makes a server with one IAM. Its ids are 1, 2, … with a letter before
// them, and its clock moves by a second with each look.
func newTenant(t *testing.T) tenant {
	var ids, now atomic.Int64
	server := refserver.New(refserver.Config{
		AdminToken: adminToken,
		NewID:      func() string { return fmt.Sprintf("x%d", ids.Add(1)) },
		Now:        func() time.Time { return time.Unix(1_700_000_000+now.Add(1), 0) },
	})
	return (&tenant{T: t, server: server, now: &now}).sibling("first")
}

// sibling makes another IAM of the same server.
func (t tenant) sibling(name string) tenant {
	t.Helper()
	a := t.admin("POST", "/iams", `{"display_name":"`+name+`"}`).is(201)
	t.id, t.key = a.text("id"), a.text("scim_key")
	t.path = "/scim/" + t.id
	return t
}

// in is the same tenant, seen by a subtest.
func (t tenant) in(sub *testing.T) tenant {
	t.T = sub
	return t
}

func (t tenant) admin(method, path, body string) reply {
	t.Helper()
	r := httptest.NewRequest(method, "http://idp.test:8080/admin/v1"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+adminToken)
	return t.send(r)
}

// ask makes a SCIM request with the tenant's key. Path is below the IAM's URL.
func (t tenant) ask(method, path, body string) reply {
	t.Helper()
	return t.send(t.request(method, path, body))
}

func (t tenant) request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, "http://idp.test:8080"+t.path+strings.ReplaceAll(path, " ", "%20"), strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+t.key)
	if body != "" {
		r.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	return r
}

func (t tenant) send(r *http.Request) reply {
	t.Helper()
	w := httptest.NewRecorder()
	t.server.ServeHTTP(w, r)
	a := reply{T: t.T, ResponseRecorder: w, what: r.Method + " " + r.URL.Path}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
			t.Fatalf("%s: answer is no JSON: %v: %s", a.what, err, w.Body)
		}
	}
	return a
}

const (
	userURN  = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupURN = "urn:ietf:params:scim:schemas:core:2.0:Group"
	entURN   = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	ownURN   = "urn:scimproof:params:scim:schemas:extension:refserver:2.0:User"
	patchURN = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
)

// user is a body with a userName and whatever members are given beside it.
func user(userName string, more ...string) string {
	return `{"schemas":["` + userURN + `"],"userName":"` + userName + `"` + also(more) + `}`
}

func group(displayName string, more ...string) string {
	return `{"schemas":["` + groupURN + `"],"displayName":"` + displayName + `"` + also(more) + `}`
}

func also(more []string) string {
	if len(more) == 0 {
		return ""
	}
	return "," + strings.Join(more, ",")
}

// members is the attribute for these ids.
func members(ids ...string) string { return `"members":` + values(ids...) }

func values(ids ...string) string {
	var out []string
	for _, id := range ids {
		out = append(out, `{"value":"`+id+`","display":"somebody"}`)
	}
	return "[" + strings.Join(out, ",") + "]"
}

// ops is a PATCH body.
func ops(list ...string) string {
	return `{"schemas":["` + patchURN + `"],"Operations":[` + strings.Join(list, ",") + `]}`
}

func (t tenant) newUser(userName string, more ...string) string {
	t.Helper()
	return t.ask("POST", "/Users", user(userName, more...)).is(201).text("id")
}

func (t tenant) newGroup(displayName string, more ...string) string {
	t.Helper()
	return t.ask("POST", "/Groups", group(displayName, more...)).is(201).text("id")
}

// A reply is an answer, and what tests look for in it.
type reply struct {
	*testing.T
	*httptest.ResponseRecorder
	what string
	body map[string]any
}

func (a reply) is(status int) reply {
	a.Helper()
	if a.Code != status {
		a.Fatalf("%s: answered %d, want %d: %s", a.what, a.Code, status, a.Body)
	}
	return a
}

// fails checks that the answer is a SCIM error (RFC 7644, section 3.12).
func (a reply) fails(status int, scimType string) {
	a.Helper()
	a.is(status)
	got, _ := a.body["scimType"].(string)
	if got != scimType {
		a.Errorf("%s: scimType %q, want %q: %s", a.what, got, scimType, a.Body)
	}
	if s := fmt.Sprint(status); a.body["status"] != s {
		a.Errorf("%s: status %#v, want %q", a.what, a.body["status"], s)
	}
	if d, _ := a.body["detail"].(string); d == "" {
		a.Errorf("%s: no detail", a.what)
	}
	if s := fmt.Sprint(a.body["schemas"]); s != "[urn:ietf:params:scim:api:messages:2.0:Error]" {
		a.Errorf("%s: schemas %s", a.what, s)
	}
	if c := a.Header().Get("Content-Type"); c != "application/scim+json" {
		a.Errorf("%s: Content-Type %q", a.what, c)
	}
}

func (a reply) text(name string) string {
	a.Helper()
	s, ok := a.body[name].(string)
	if !ok {
		a.Fatalf("%s: %s is no string: %s", a.what, name, a.Body)
	}
	return s
}

// show is a part of the body as compact JSON with sorted names; "" for none.
func (a reply) show(names ...string) string {
	a.Helper()
	var v any = a.body
	for _, n := range names {
		m, ok := v.(map[string]any)
		if !ok {
			a.Fatalf("%s: no %s in %s", a.what, n, a.Body)
		}
		if v, ok = m[n]; !ok {
			return ""
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		a.Fatal(err)
	}
	return string(b)
}

// has checks parts of the body: a dotted name, and its JSON.
func (a reply) has(pairs ...string) reply {
	a.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := a.show(strings.Split(pairs[i], "/")...); got != pairs[i+1] {
			a.Errorf("%s: %s is %s, want %s", a.what, pairs[i], got, pairs[i+1])
		}
	}
	return a
}

// each is one attribute of every resource of a list.
func (a reply) each(name string) string {
	a.Helper()
	list, ok := a.body["Resources"].([]any)
	if !ok {
		a.Fatalf("%s: no Resources: %s", a.what, a.Body)
	}
	var out []string
	for _, r := range list {
		out = append(out, fmt.Sprint(r.(map[string]any)[name]))
	}
	return strings.Join(out, " ")
}

// ids are the members of a group, or the groups of a user.
func (a reply) ids(name string) string {
	a.Helper()
	var out []string
	list, _ := a.body[name].([]any)
	for _, m := range list {
		out = append(out, m.(map[string]any)["value"].(string))
	}
	return strings.Join(out, " ")
}

func names(o map[string]any) string {
	return strings.Join(slices.Sorted(maps.Keys(o)), " ")
}

func sorted(words string) string {
	return strings.Join(slices.Sorted(slices.Values(strings.Fields(words))), " ")
}
