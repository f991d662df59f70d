package refserver_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// browse opens a screen as a browser does that has been told a password.
func (t tenant) browse(method, path, password string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	if password != "" {
		r.SetBasicAuth("anybody", password)
	}
	w := httptest.NewRecorder()
	t.server.ServeHTTP(w, r)
	return w
}

// seen is the screen with the marks taken out.
func (t tenant) seen(path string) string {
	t.Helper()
	w := t.browse(http.MethodGet, path, adminToken)
	if w.Code != http.StatusOK {
		t.Errorf("%s is answered with %d: %s", path, w.Code, w.Body)
	}
	text := w.Body.String()
	text = regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(text, "")
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, " ")), " ")
}

func TestTheScreensShowWhatThereIs(t *testing.T) {
	s := newTenant(t)
	s.settings(`{"default_permissions":["CREATE_PROJECT"],` + rows(row(demoURN, "okta")) + `,` + mapped(`"snowflake":"okta.login"`) + `}`).is(200)
	ana := s.newUser("ana", `"name":{"formatted":"Ana Ruiz"}`, block(demoURN, `"login":"T_SMITH"`))
	ben := s.newUser("ben", `"active":false`)
	s.newGroup("Staff", members(ana, ben))
	s.byHand("ana", `{"bimAuthorizations":{"team":["red"]}}`).is(200)
	for path, want := range map[string][]string{
		"/admin":  {"first", "saml"},
		"/admin/": {"first"},
		"/admin/iams/first": {
			"CREATE_PROJECT", demoURN + " → okta", "snowflake ← okta.login", "Accounts 2",
			"ana active Ana Ruiz Staff okta.login = T_SMITH team = red snowflake: T_SMITH", "ben disabled Staff none none",
		},
		"/admin/iams/first/groups":       {"Staff 2 ana , ben"},
		"/admin/iams/first/accounts/ana": {"active", "Ana Ruiz", "Permissions CREATE_PROJECT", "okta.login = T_SMITH team = red by hand", ana},
		"/admin/iams/first/accounts/BEN": {"disabled", ben},
	} {
		seen := s.seen(path)
		for _, w := range want {
			if !strings.Contains(seen, w) {
				t.Errorf("%s does not show %q:\n%s", path, w, seen)
			}
		}
	}
	s.settings(`{"sync_groups":false}`).is(200)
	if seen := s.seen("/admin/iams/first/groups"); !strings.Contains(seen, "Staff stale") {
		t.Errorf("a group that no push reaches is shown as %s", seen)
	}
}

func TestTheScreensComeInParts(t *testing.T) {
	s := newTenant(t)
	for i := range 120 {
		s.newUser(fmt.Sprintf("u%03d", i))
	}
	met := 0
	for path, pages := "/admin/iams/first", 0; path != ""; pages++ {
		if pages > 3 {
			t.Fatal("the screens have no end")
		}
		page := s.browse(http.MethodGet, path, adminToken).Body.String()
		met += strings.Count(page, `<th scope="row">`)
		path = ""
		if next := regexp.MustCompile(`rel="next" href="([^"]*)"`).FindStringSubmatch(page); next != nil {
			path = "/admin/iams/first" + next[1]
		}
	}
	if met != 120 {
		t.Errorf("of 120 accounts the screens show %d", met)
	}
	if w := s.browse(http.MethodGet, "/admin/iams/first?from=x", adminToken); w.Code != http.StatusBadRequest {
		t.Errorf("from=x is answered with %d", w.Code)
	}
}

// Nobody sees a screen without the credential, nothing can be done on one, and none
// shows a key.
func TestWhoMaySeeTheScreens(t *testing.T) {
	s := newTenant(t)
	s.newUser("ana")
	for _, path := range []string{"/admin", "/admin/iams/first", "/admin/iams/first/accounts/ana", "/admin/nothing"} {
		for _, password := range []string{"", "wrong", s.key} {
			w := s.browse(http.MethodGet, path, password)
			if w.Code != http.StatusUnauthorized || !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Basic ") || strings.Contains(w.Body.String(), "first") {
				t.Errorf("%s with the password %q: %d %v", path, password, w.Code, w.Header())
			}
		}
		if w := s.browse(http.MethodPost, path, adminToken); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d", path, w.Code)
		}
		w := s.browse(http.MethodGet, path, adminToken)
		if strings.Contains(w.Body.String(), s.key) {
			t.Errorf("%s shows the key", path)
		}
		if h := w.Header(); !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, h)
		}
	}
	for path, status := range map[string]int{"/admin/nothing": 404, "/admin/iams/nobody": 404, "/admin/iams/nobody/groups": 404, "/admin/iams/first/accounts/nobody": 404} {
		if w := s.browse(http.MethodGet, path, adminToken); w.Code != status || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
