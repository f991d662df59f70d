package refserver_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/scimproof/scimproof/target/refserver"
)

// An example is a call in admin.md and the answer that stands below it.
type example struct {
	section string // the heading that it is under, "POST /drafts"
	curl    string
	status  int
	answer  string // JSON; "" for none
}

var (
	heading  = regexp.MustCompile(`(?m)^## (.+)$`)
	examples = regexp.MustCompile("(?s)```sh\n(curl .+?)\n```\n\nAnswered with (\\d+)(?:\\.|:\n\n```json\n(.+?)\n```)\n")
	words    = regexp.MustCompile(`(?s)'[^']*'|"[^"]*"|[^\s'"]+`)
)

// readAdminDoc returns the sections of admin.md and the examples in them.
func readAdminDoc(t *testing.T) (sections []string, all []example) {
	text, err := os.ReadFile("admin.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := heading.FindAllSubmatchIndex(text, -1)
	for i, at := range parts {
		end := len(text)
		if i+1 < len(parts) {
			end = parts[i+1][0]
		}
		section := string(text[at[2]:at[3]])
		sections = append(sections, section)
		found := examples.FindAllSubmatch(text[at[1]:end], -1)
		if calls := strings.Count(string(text[at[1]:end]), "curl "); calls != len(found) {
			t.Errorf("%s: %d of %d calls are examples with an answer", section, len(found), calls)
		}
		for _, m := range found {
			status, err := strconv.Atoi(string(m[2]))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, example{section, string(m[1]), status, string(m[3])})
		}
	}
	return sections, all
}

// request reads the little of curl's command line that the examples use: a URL, -X,
// -H and --json, in shell quotes, with variables in the double ones.
func (e example) request(t *testing.T, variables map[string]string) *http.Request {
	t.Helper()
	method, url, body, header := "GET", "", "", http.Header{}
	args := words.FindAllString(e.curl, -1)[1:]
	next := func() (arg string) {
		arg, args = args[0], args[1:]
		switch {
		case arg[0] == '"':
			arg = os.Expand(arg[1:len(arg)-1], func(name string) string { return variables[name] })
		case arg[0] == '\'':
			arg = arg[1 : len(arg)-1]
		}
		return arg
	}
	for len(args) > 0 {
		switch arg := next(); arg {
		case "-X":
			method = next()
		case "-H":
			name, value, _ := strings.Cut(next(), ": ")
			header.Set(name, value)
		case "--json":
			body = next()
			header.Set("Content-Type", "application/json")
			if method == "GET" {
				method = "POST"
			}
		default:
			if url != "" || !strings.HasPrefix(arg, "http") {
				t.Fatalf("%s: no such argument is known: %s", e.curl, arg)
			}
			url = arg
		}
	}
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	r.Header = header
	return r
}

// Every route of the administration API has a section with an example that does what
// it says, and every section a route.
func TestAdminDocIsTrue(t *testing.T) {
	sections, all := readAdminDoc(t)
	routes := refserver.AdminRoutes()
	for _, r := range routes {
		if !slices.Contains(sections, r) {
			t.Errorf("admin.md has no section %q", r)
		}
	}
	shown := map[string]bool{}
	ids := 0
	server := refserver.New(refserver.Config{
		AdminToken: adminToken,
		NewID:      func() string { ids++; return fmt.Sprintf("id-%d", ids) },
		Now:        func() time.Time { return time.Unix(1_700_000_000, 0) },
		SignOn:     roundTrip(docSignOn),
	})
	variables := map[string]string{"ADMIN": "http://127.0.0.1:8080/admin/v1", "AUTH": "Authorization: Bearer " + adminToken}
	for _, e := range all {
		r := e.request(t, variables)
		if below, ok := strings.CutPrefix(r.URL.Path, "/admin/v1"); ok {
			route := refserver.AdminRoute(r.Method, below)
			if route == "" {
				t.Errorf("%s\nis of a route that is not there", e.curl)
			}
			shown[e.section] = shown[e.section] || route == e.section
		}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		e.check(t, w)
		var said map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil {
			continue
		}
		for variable, member := range map[string]string{"DRAFT": "draft", "SCIM": "scim_url", "KEY": "scim_key"} {
			if text, ok := said[member].(string); ok {
				variables[variable] = text
			}
		}
	}
	for _, section := range sections {
		if !slices.Contains(routes, section) || !shown[section] {
			t.Errorf("admin.md: the section %q is of no route, or shows no example of it", section)
		}
	}
}

// docSignOn is an identity provider where Ada is assigned.
func docSignOn(r *http.Request) (*http.Response, error) {
	answer := `{"assigned":false}`
	if r.URL.String() == "http://127.0.0.1:9090/sign-on?user=ada%40example.com" {
		answer = `{"assigned":true,"base_url":"http://127.0.0.1:8080","iam_id":"okta-saml","userName":"ada@example.com","profile":{"email":"ada@example.com"}}`
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(answer))}, nil
}

var aKey = regexp.MustCompile(refserver.KeyPrefix + `[A-Z0-9]{26,}`)

func (e example) check(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	said := aKey.ReplaceAllString(w.Body.String(), refserver.KeyPrefix+"…")
	if w.Code != e.status {
		t.Errorf("%s\nis answered with %d, not %d: %s", e.curl, w.Code, e.status, said)
		return
	}
	if e.answer == "" || said == "" {
		if e.answer != said {
			t.Errorf("%s\nis answered with %q, not %q", e.curl, said, e.answer)
		}
		return
	}
	var want, got any
	if err := json.Unmarshal([]byte(e.answer), &want); err != nil {
		t.Errorf("%s\nthe answer shown is no JSON: %v", e.curl, err)
	}
	if err := json.Unmarshal([]byte(said), &got); err != nil {
		t.Errorf("%s\nthe answer is no JSON: %v", e.curl, err)
	}
	if where := differs(want, got, ""); where != "" {
		t.Errorf("%s\nis answered otherwise at %s: %s", e.curl, where, said)
	}
}

// differs is where an answer is not as it is shown, "" for nowhere. A member "…" stands
// for more members.
func differs(want, got any, at string) string {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		_, more := want["…"]
		if !ok || !more && len(want) != len(got) {
			return at + "/"
		}
		for name, v := range want {
			if name == "…" {
				continue
			}
			if where := differs(v, got[name], at+"/"+name); where != "" {
				return where
			}
		}
		return ""
	case []any:
		got, ok := got.([]any)
		if !ok || len(want) != len(got) {
			return at + "/"
		}
		for i, v := range want {
			if where := differs(v, got[i], fmt.Sprint(at, "/", i)); where != "" {
				return where
			}
		}
		return ""
	}
	if want != got {
		return at
	}
	return ""
}
