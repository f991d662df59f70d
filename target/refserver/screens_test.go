package refserver_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
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
		"/admin/iams/first/groups":             {"Staff 2 ana , ben"},
		"/admin/iams/first/account?userid=ana": {"active", "Ana Ruiz", "Permissions CREATE_PROJECT", "okta.login = T_SMITH team = red by hand", ana},
		"/admin/iams/first/account?userid=BEN": {"disabled", ben},
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

// Whatever an account is called, a browser gets to its screen by the link.
func TestEveryAccountHasALink(t *testing.T) {
	s := newTenant(t)
	names := []string{".", "..", " ", "\u200b", "a/b", "a b+c", "a%2Fb", "?", "#", "&userid=ben", "日本", "ben"}
	for _, name := range names {
		s.newUser(name)
	}
	ids := s.ask("GET", "/Users", "").each("id")
	link := regexp.MustCompile(`<th scope="row"><a href="([^"]*)"><bdi>([^<]*)</bdi></a></th>`)
	base, err := url.Parse("http://idp.test/admin/iams/first")
	if err != nil {
		t.Fatal(err)
	}
	found := link.FindAllStringSubmatch(s.browse(http.MethodGet, base.Path, adminToken).Body.String(), -1)
	if len(found) != len(names) {
		t.Fatalf("the screen has %d links: %q", len(found), found)
	}
	for i, id := range strings.Fields(ids) {
		at, err := base.Parse(html.UnescapeString(found[i][1])) // as browsers do, without dots in the path
		if err != nil {
			t.Fatal(err)
		}
		if seen := s.seen(at.RequestURI()); !strings.Contains(seen, "SCIM id "+id+" ") {
			t.Errorf("the link of %q, %s, leads to %s", names[i], at, seen)
		}
		if strings.TrimSpace(strings.Trim(html.UnescapeString(found[i][2]), "\u200b")) == "" {
			t.Errorf("the link of %q cannot be seen", names[i])
		}
	}
}

// A username that several accounts have is warned of, on the first screen of many.
func TestTheScreensWarn(t *testing.T) {
	s := newTenant(t)
	s.settings(`{` + rows(row(demoURN, "okta")) + `,` + mapped(`"snowflake":"okta.login"`) + `}`).is(200)
	for i := range 60 {
		s.newUser(fmt.Sprintf("u%02d", i), block(demoURN, fmt.Sprintf(`"login":"L%02d"`, min(i, 58))))
	}
	first := s.seen("/admin/iams/first/usernames")
	if !strings.Contains(first, "1 to 50 of 59") || !strings.Contains(first, "L58 snowflake u58 , u59 2 accounts are this user on snowflake L00 snowflake u00 L01") {
		t.Errorf("the usernames are %s", first)
	}
	if second := s.seen("/admin/iams/first/usernames?from=50"); !strings.Contains(second, "51 to 59 of 59") || strings.Contains(second, "L58") || !strings.Contains(second, "L57") {
		t.Errorf("the others are %s", second)
	}
	if none := s.seen("/admin/iams/first/usernames?from=100"); !strings.Contains(none, "none from 101 on, of 59") {
		t.Errorf("after the last there are %s", none)
	}
	if !strings.Contains(s.browse(http.MethodGet, "/admin/iams/first", adminToken).Body.String(), `href="/admin/iams/first/usernames"`) {
		t.Error("no link leads there")
	}
	if w := s.browse(http.MethodGet, "/admin/iams/first/usernames?from=x", adminToken); w.Code != http.StatusBadRequest {
		t.Errorf("from=x is answered with %d", w.Code)
	}
}

// The internal IAM has no settings, and none is shown as off.
func TestTheInternalIAMHasNoBoxes(t *testing.T) {
	s := newTenant(t)
	s.settings(`{"scim_enabled":true,"sync_groups":true,"sync_attributes":true}`).is(200)
	s.admin("POST", "/iams/bim/accounts", `{"userid":"ana"}`).is(201)
	seen := s.seen("/admin/iams/bim")
	for _, word := range []string{"SCIM", "Sync", "Schema", " off", "Default", "Groups none"} {
		if shown, _, _ := strings.Cut(seen, "Accounts 1"); strings.Contains(shown[strings.Index(shown, "IAM ID"):], word) {
			t.Errorf("bim is shown with %q: %s", word, seen)
		}
	}
	if !strings.Contains(seen, "IAM ID bim Type bim") || !strings.Contains(seen, "ana active") {
		t.Errorf("bim is shown as %s", seen)
	}
	if home := s.seen("/admin"); strings.Contains(home, " off ") || !strings.Contains(home, "bim bim nothing is synced with it bim") {
		t.Errorf("the first screen shows %s", home)
	}
}

// Nobody sees a screen without the credential, nothing can be done on one, and none
// shows a key.
func TestWhoMaySeeTheScreens(t *testing.T) {
	s := newTenant(t)
	s.newUser("ana")
	for _, path := range []string{"/admin", "/admin/iams/first", "/admin/iams/first/account?userid=ana", "/admin/iams/first/usernames", "/admin/nothing"} {
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
	for path, status := range map[string]int{"/admin/nothing": 404, "/admin/iams/nobody": 404, "/admin/iams/nobody/groups": 404, "/admin/iams/first/account?userid=nobody": 404, "/admin/iams/first/account": 404, "/admin/iams/nobody/usernames": 404} {
		if w := s.browse(http.MethodGet, path, adminToken); w.Code != status || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
