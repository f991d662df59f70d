package management_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

// A desk is the API of one directory, with hooks that keep what they are told.
type desk struct {
	*management.Client
	handler http.Handler
	t       *testing.T
	changes []directory.Effect
	refuse  error // what the connection test says
	tests   int
	tried   directory.Connection // by the last one
	seed    uint64
	retried []string
	done    []string // tasks marked complete
	now     time.Time

	standing management.Standing // of every group

	directory *directory.Directory
}

func sit(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t}
	d.now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	at := func() time.Time { return d.now }
	d.directory = directory.New(directory.Options{Now: at})
	d.handler = management.NewHandler(d.directory, management.Secrets{Token: "00-admin", Key: "k3y"}, management.Hooks{
		Changed: func(_ context.Context, e []directory.Effect) error { d.changes = append(d.changes, e...); return nil },
		Test: func(_ context.Context, _ directory.AppID, with directory.Connection, _ bool) error {
			d.tests++
			d.tried = with
			return d.refuse
		},
		Settle: func(context.Context) error { return nil },
		Tasks:  func() []management.Task { return nil },
		Retry:  func(_ context.Context, id string) error { d.retried = append(d.retried, id); return nil },
		CompleteTask: func(id string) error {
			d.done = append(d.done, id)
			return &directory.NotFound{Kind: "Task", ID: id}
		},
		Reseed:  func(seed uint64) { d.seed = seed },
		Account: func(directory.AppID, directory.PersonID) management.Standing { return management.Standing{} },
		Group:   func(directory.AppID, directory.GroupID) management.Standing { return d.standing },
	}, at)
	d.Client = &management.Client{URL: "http://okta.example.test", Token: "00-admin", HTTP: direct{d.handler}}
	return d
}

// direct carries requests to a handler without a network.
type direct struct{ http.Handler }

func (h direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.Host = r.URL.Host
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

func (d *desk) must(err error) { d.t.Helper(); require.NoError(d.t, err) }

// ask makes a raw request and returns the answer with its body.
func (d *desk) ask(method, path, body string) (*http.Response, string) {
	d.t.Helper()
	r := httptest.NewRequest(method, "http://okta.example.test"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "SSWS 00-admin")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	answer := w.Result()
	text, err := io.ReadAll(answer.Body)
	d.must(err)
	return answer, string(text)
}

func profile(login string) directory.Profile {
	return directory.Profile{"login": login, "email": login, "firstName": "Ada", "lastName": "Byron"}
}

// furnished is a desk with one person, one group and one connected application.
func furnished(t *testing.T) *desk {
	d := sit(t)
	_, err := d.CreateUser(t.Context(), profile("ada@example.test"))
	d.must(err)
	_, err = d.CreateGroup(t.Context(), "eng")
	d.must(err)
	app, err := d.CreateApp(t.Context(), "Immuta", "")
	d.must(err)
	d.must(d.EnableSCIM(t.Context(), app))
	d.must(d.Connect(t.Context(), app, "http://127.0.0.1:9000/scim/v2", "s3cret"))
	d.must(d.ActivateConnection(t.Context(), app))
	return d
}

const (
	ada  = "00uMOCK0000000000001"
	eng  = "00gMOCK0000000000001"
	app  = "0oaMOCK0000000000001"
	push = "/api/v1/apps/" + app + "/group-push/mappings"

	toApp  = "/api/v1/mappings/prmMOCK0000000000001"
	toOkta = "/api/v1/mappings/prmMOCK0000000000002"
)

func TestAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		method, path, body string
		status             int
		want               string // a part of the body
	}{
		"a user has null for what is unset and Okta's times": {
			"GET", "/api/v1/users/" + ada, "", 200,
			`{"id":"` + ada + `","status":"PROVISIONED","created":"2026-01-02T03:04:05.000Z","activated":"2026-01-02T03:04:05.000Z","statusChanged":"2026-01-02T03:04:05.000Z","lastLogin":null`,
		},
		"a user is found by login":                      {"GET", "/api/v1/users/ada%40example.test", "", 200, `"login":"ada@example.test"`},
		"a user is found by login, raw @":               {"GET", "/api/v1/users/ada@example.test", "", 200, `"login":"ada@example.test"`},
		"nulls and empty objects mean unset":            {"POST", "/api/v1/users", `{"profile":{"login":"bo@example.test","email":"bo@example.test","firstName":"Bo","lastName":"L","postalAddress":null},"credentials":{"password":{}}}`, 200, `"status":"PROVISIONED"`},
		"a password makes a user active":                {"POST", "/api/v1/users", `{"profile":{"login":"bo@example.test","email":"bo@example.test","firstName":"Bo","lastName":"L"},"credentials":{"password":{"value":"x"}}}`, 200, `"status":"ACTIVE"`},
		"a staged user":                                 {"POST", "/api/v1/users?activate=false", `{"profile":{"login":"bo@example.test","email":"bo@example.test","firstName":"Bo","lastName":"L"}}`, 200, `"status":"STAGED"`},
		"a login is searched for":                       {"GET", "/api/v1/users?search=profile.login+eq+%22ada%40example.test%22", "", 200, ada},
		"who is not found is not listed":                {"GET", "/api/v1/users?search=profile.login+eq+%22x%22", "", 200, "[]"},
		"a group":                                       {"GET", "/api/v1/groups?q=en", "", 200, `"type":"OKTA_GROUP","profile":{"name":"eng","description":""}`},
		"a custom application's name":                   {"GET", "/api/v1/apps/" + app, "", 200, `"name":"mockorg_immuta_1","label":"Immuta","status":"ACTIVE"`},
		"a connection without its token":                {"GET", "/api/v1/apps/" + app + "/connections/default", "", 200, `{"authScheme":"TOKEN","status":"ENABLED","baseUrl":"http://127.0.0.1:9000/scim/v2","profile":{"authScheme":"TOKEN"},`},
		"features are off at first":                     {"GET", "/api/v1/apps/" + app + "/features/USER_PROVISIONING", "", 200, `{"create":{"lifecycleCreate":{"status":"DISABLED"}}`},
		"a feature is set in part":                      {"PUT", "/api/v1/apps/" + app + "/features/USER_PROVISIONING", `{"update":{"profile":{"status":"ENABLED"}}}`, 200, `{"create":{"lifecycleCreate":{"status":"DISABLED"}},"update":{"profile":{"status":"ENABLED"},"lifecycleDeactivate":{"status":"DISABLED"}`},
		"an assignment without Create Users":            {"POST", "/api/v1/apps/" + app + "/users", `{"id":"` + ada + `","scope":"USER","credentials":{"userName":"ada@example.test"}}`, 200, `"scope":"USER","status":"ACTIVE","syncState":"DISABLED"`},
		"a push mapping has times without milliseconds": {"POST", push, `{"sourceGroupId":"` + eng + `","targetGroupName":"eng","status":"ACTIVE"}`, 200, `"created":"2026-01-02T03:04:05Z","lastUpdated":"2026-01-02T03:04:05Z","sourceGroupId":"` + eng + `"`},
		"a group that has the application":              {"PUT", "/api/v1/apps/" + app + "/groups/" + eng, "{}", 200, `{"id":"` + eng + `","lastUpdated":"2026-01-02T03:04:05.000Z","priority":0,"profile":{}`},
		"a group with a profile":                        {"PUT", "/api/v1/apps/" + app + "/groups/" + eng, `{"priority":3,"profile":{"title":"x"}}`, 200, `"priority":3,"profile":{"title":"x"}`},
		"mappings without what they map": {
			"GET", "/api/v1/mappings?sourceId=otyMOCK0000000000001&targetId=" + app, "", 200,
			`[{"id":"prmMOCK0000000000001","source":{"id":"otyMOCK0000000000001","name":"user","type":"user","_links":{`,
		},
		"mappings that come from an application": {"GET", "/api/v1/mappings?sourceId=" + app, "", 200, `[{"id":"prmMOCK0000000000002"`},
		"the mapping to Okta is empty":           {"GET", toOkta, "", 200, `"type":"user",`},
		"a mapping":                              {"GET", toApp, "", 200, `"email":{"expression":"user.email","pushStatus":"PUSH"}`},
		"an enumerated list": {
			"POST", schemaURL, property("size", `{"type":"string","enum":["S","L"],"oneOf":[{"const":"S","title":"Small"},{"const":"L","title":"Large"}],"scope":"SELF"}`), 200,
			`"size":{"title":"size","type":"string","enum":["S","L"],"oneOf":[{"const":"S","title":"Small"},{"const":"L","title":"Large"}],"scope":"SELF"`,
		},
		"an enumerated array": {
			"POST", schemaURL, property("sizes", `{"type":"array","items":{"type":"integer","enum":[1,2]}}`), 200,
			`"items":{"type":"integer","enum":[1,2],"oneOf":[{"const":1,"title":"1"},{"const":2,"title":"2"}]}`,
		},
		"passwords are not synced at first": {"GET", "/api/v1/apps/" + app + "/features/USER_PROVISIONING", "", 200, `"password":{"status":"DISABLED","seed":"RANDOM","change":"KEEP_EXISTING"}`},
		"passwords are synced":              {"PUT", "/api/v1/apps/" + app + "/features/USER_PROVISIONING", `{"update":{"password":{"status":"ENABLED","seed":"OKTA","change":"CHANGE"}}}`, 200, `"password":{"status":"ENABLED","seed":"OKTA","change":"CHANGE"}`},
		"a person's groups":                 {"GET", "/api/v1/users/" + ada + "/groups", "", 200, "[]"},
		"no warnings are an empty list":     {"GET", "/mock/v1/warnings", "", 200, "[]"},
		"no tasks are an empty list":        {"GET", "/mock/v1/tasks", "", 200, "[]"},

		"a login that is taken":           {"POST", "/api/v1/users", `{"profile":{"login":"ADA@example.test","email":"a@b","firstName":"A","lastName":"B"}}`, 400, `{"errorCode":"E0000001","errorSummary":"Api validation failed: login","errorLink":"E0000001","errorId":"oaeMOCK`},
		"a body that is no JSON":          {"POST", "/api/v1/users", `{`, 400, "E0000003"},
		"nobody":                          {"GET", "/api/v1/users/00uX", "", 404, `"errorCode":"E0000007","errorSummary":"Not found: Resource not found: 00uX (User)"`},
		"nobody's assignment":             {"GET", "/api/v1/apps/" + app + "/users/" + ada, "", 404, "E0000007"},
		"a path that is not Okta's":       {"GET", "/api/v1/nothing", "", 404, "E0000008"},
		"a method that is not the path's": {"PATCH", "/api/v1/users/" + ada, "", 405, "E0000022"},
		"a group without the application": {"GET", "/api/v1/apps/" + app + "/groups/" + eng, "", 404, "E0000007"},
		"a whole number for a priority":   {"PATCH", "/api/v1/apps/" + app + "/groups/" + eng, `[{"op":"replace","path":"/priority","value":1.5}]`, 400, "priority"},
		"text for a priority":             {"PATCH", "/api/v1/apps/" + app + "/groups/" + eng, `[{"op":"replace","path":"/priority","value":"1"}]`, 400, "priority"},
		"a path that is no attribute":     {"PATCH", "/api/v1/apps/" + app + "/groups/" + eng, `[{"op":"replace","path":"/name","value":"x"}]`, 400, "path"},
		"an operation that is not Okta's": {"PATCH", "/api/v1/apps/" + app + "/groups/" + eng, `[{"op":"move","path":"/priority","value":1}]`, 400, "op"},
		"editing a group without it":      {"PATCH", "/api/v1/apps/" + app + "/groups/" + eng, `[]`, 404, "E0000007"},
		"a mapping that nobody has":       {"GET", "/api/v1/mappings/prmX", "", 404, "(ProfileMapping)"},
		"a mapping that cannot be read":   {"POST", toApp, `{"properties":{"title":{"expression":"f(x)","pushStatus":"PUSH"}}}`, 400, `"errorCode":"E0000045","errorSummary":"Field mapping bad request."`},
		"a mapping that is never pushed":  {"POST", toApp, `{"properties":{"title":{"expression":"user.title","pushStatus":"NEVER"}}}`, 400, "E0000045"},
		"a mapping to Okta":               {"POST", toOkta, `{"properties":{"title":{"expression":"user.title"}}}`, 400, "no user from an application"},
		"a scope of an attribute":         {"POST", schemaURL, property("x", `{"scope":"ALL"}`), 400, "neither SELF nor NONE"},
		"a random password":               {"PUT", "/api/v1/apps/" + app + "/features/USER_PROVISIONING", `{"update":{"password":{"status":"ENABLED","seed":"RANDOM"}}}`, 400, "password"},
		"a log of what there is not":      {"GET", "/api/v1/logs?filter=debugContext+eq+%22x%22", "", 400, "E0000031"},
		"a log since never":               {"GET", "/api/v1/logs?since=yesterday", "", 400, "since"},
		"a log upside down":               {"GET", "/api/v1/logs?sortOrder=UP", "", 400, "sortOrder"},
		"a log after nothing":             {"GET", "/api/v1/logs?after=x", "", 400, "after"},
		"forcing what is off":             {"POST", "/mock/v1/apps/0oaX/force-sync", "", 404, "E0000007"},
		"a task that is not there":        {"DELETE", "/mock/v1/tasks/0oaX.1", "", 404, "0oaX.1 (Task)"},
		"a priority of a group below 0":   {"PUT", "/api/v1/apps/" + app + "/groups/" + eng, `{"priority":-1}`, 400, "priority"},
		"activating who is active":        {"POST", "/api/v1/users/" + ada + "/lifecycle/activate", "", 403, "E0000016"},
		"deleting an active application":  {"DELETE", "/api/v1/apps/" + app, "", 403, "E0000056"},
		"a catalogue key that is unknown": {"POST", "/api/v1/apps", `{"name":"nosuch","label":"x"}`, 400, "E0000024"},
		"a search beyond the mock":        {"GET", "/api/v1/users?search=status+sw+%22A%22", "", 400, "E0000031"},
		"unlinking without a decision":    {"DELETE", push + "/gPm1", "", 400, "deleteTargetGroup"},
		"a limit that is no number":       {"GET", "/api/v1/users?limit=many", "", 400, "limit"},
	} {
		t.Run(name, func(t *testing.T) {
			answer, body := furnished(t).ask(tt.method, tt.path, tt.body)
			require.Equal(t, tt.status, answer.StatusCode, body)
			require.Contains(t, body, tt.want)
			require.Equal(t, "application/json", answer.Header.Get("Content-Type"))
		})
	}
}

func TestEveryAnswerHasOktasHeaders(t *testing.T) {
	for _, path := range []string{"/api/v1/users", "/api/v1/nothing"} {
		answer, _ := sit(t).ask("GET", path, "")
		require.NotEmpty(t, answer.Header.Get("X-Okta-Request-Id"))
		require.Equal(t, "600", answer.Header.Get("X-Rate-Limit-Limit"))
		require.Equal(t, "599", answer.Header.Get("X-Rate-Limit-Remaining"))
		require.Equal(t, "1767323105", answer.Header.Get("X-Rate-Limit-Reset"))
	}
}

func TestOnlyTheTokenLetsIn(t *testing.T) {
	d := sit(t)
	for authorization, want := range map[string]int{
		"SSWS 00-admin": 200, "Bearer 00-admin": 200, "": 401, "SSWS 00-other": 401, "SSWS ": 401, "Basic 00-admin": 401, "00-admin": 401,
	} {
		r := httptest.NewRequest("GET", "/api/v1/users", nil)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		d.handler.ServeHTTP(w, r)
		require.Equal(t, want, w.Code, "Authorization: %s", authorization)
		if want == 401 {
			require.Contains(t, w.Body.String(), "E0000011")
		}
	}
}

// Links are header lines of their own: clients lose a page otherwise.
func TestListsArePaged(t *testing.T) {
	d := sit(t)
	var want []directory.PersonID
	for n := range 5 {
		id, err := d.CreateUser(t.Context(), profile(fmt.Sprintf("p%d@example.test", n)))
		d.must(err)
		want = append(want, id)
	}
	answer, _ := d.ask("GET", "/api/v1/users?limit=2", "")
	require.Equal(t, []string{
		`<http://okta.example.test/api/v1/users?limit=2>; rel="self"`,
		`<http://okta.example.test/api/v1/users?after=00uMOCK0000000000002&limit=2>; rel="next"`,
	}, answer.Header.Values("Link"))
	answer, _ = d.ask("GET", "/api/v1/users?limit=2&after=00uMOCK0000000000004", "")
	require.Equal(t, []string{`<http://okta.example.test/api/v1/users?after=00uMOCK0000000000004&limit=2>; rel="self"`}, answer.Header.Values("Link"))

	g, err := d.CreateGroup(t.Context(), "eng")
	d.must(err)
	d.must(d.AddMembers(t.Context(), g, want...))
	members, err := d.Members(t.Context(), g)
	d.must(err)
	var got []directory.PersonID
	for _, m := range members {
		got = append(got, m.ID)
	}
	require.Equal(t, want, got)
}

func TestAClientFollowsPages(t *testing.T) {
	d := furnished(t)
	for n := range 60 { // a page of application users holds 50
		id, err := d.CreateUser(t.Context(), profile(fmt.Sprintf("p%d@example.test", n)))
		d.must(err)
		d.must(d.Assign(t.Context(), app, id))
	}
	all, err := d.AppUsers(t.Context(), app)
	d.must(err)
	require.Len(t, all, 60)
}

func TestActsReachTheHooks(t *testing.T) {
	d := furnished(t)
	d.must(d.SetProvisioning(t.Context(), app, true, true, true))
	d.must(d.Assign(t.Context(), app, ada))
	d.must(d.UpdateUser(t.Context(), ada, directory.Profile{"title": "Countess"}))
	d.must(d.UpdateUser(t.Context(), ada, directory.Profile{"mobilePhone": "7"}))
	d.must(d.EditAppUser(t.Context(), app, ada, directory.Profile{"userName": "ada"}))
	m, err := d.PushGroup(t.Context(), app, eng, "eng")
	d.must(err)
	d.must(d.AddMember(t.Context(), eng, ada))
	d.must(d.AddMember(t.Context(), eng, ada))
	d.must(d.RenameGroup(t.Context(), eng, "engineers"))
	d.must(d.PushNow(t.Context(), app, m))
	d.must(d.SetPush(t.Context(), app, m, false))
	d.must(d.RemoveMember(t.Context(), eng, ada))
	d.must(d.Unlink(t.Context(), app, m, true))
	d.must(d.DeactivateUser(t.Context(), ada))
	var got []directory.Change
	for _, e := range d.changes {
		require.Equal(t, directory.AppID(app), e.App)
		got = append(got, e.Change)
	}
	require.Empty(t, cmp.Diff([]directory.Change{
		directory.Assigned{Person: ada},
		directory.ProfileChanged{Person: ada},
		directory.ProfileChanged{Person: ada},
		directory.GroupPushed{Group: eng},
		directory.MembersChanged{Group: eng, Joined: []directory.PersonID{ada}},
		directory.GroupRenamed{Group: eng},
		directory.GroupPushed{Group: eng},
		directory.GroupUnlinked{Group: eng, Delete: true},
		directory.Unassigned{Person: ada},
	}, got))
}

func TestActsOnAGroupThatHasTheApplication(t *testing.T) {
	d := furnished(t)
	d.must(d.SetProvisioning(t.Context(), app, true, true, true))
	d.must(d.AssignGroup(t.Context(), app, eng))
	_, err := d.PushGroup(t.Context(), app, eng, "eng")
	d.must(err)
	d.must(d.AddMember(t.Context(), eng, ada))
	warnings, err := d.Warnings(t.Context())
	d.must(err)
	require.Len(t, warnings, 1)
	groups, err := d.GroupsOf(t.Context(), ada)
	d.must(err)
	require.Len(t, groups, 1)
	_, body := d.ask("GET", "/api/v1/apps/"+app+"/users/"+ada, "")
	require.Contains(t, body, `"scope":"GROUP"`)
	require.Contains(t, body, `"group":{"href":"http://okta.example.test/api/v1/groups/`+eng)
	d.must(d.ProvisionUsers(t.Context(), app))
	d.must(d.UnassignGroup(t.Context(), app, eng))
	var got []directory.Change
	for _, e := range d.changes {
		got = append(got, e.Change)
	}
	require.Empty(t, cmp.Diff([]directory.Change{
		directory.GroupPushed{Group: eng},
		directory.Assigned{Person: ada},
		directory.MembersChanged{Group: eng, Joined: []directory.PersonID{ada}},
		directory.ProvisioningAsked{Person: ada},
		directory.Unassigned{Person: ada},
	}, got))
	d.must(d.Reseed(t.Context(), 7))
	require.Equal(t, uint64(7), d.seed)
}

func TestAConnectionIsTriedBeforeItIsSaved(t *testing.T) {
	d := furnished(t)
	d.must(d.DeactivateConnection(t.Context(), app))
	d.refuse = errors.New("the SCIM server answered 401: Error authenticating: no such key")
	for name, act := range map[string]func() error{
		"activating the connection": func() error { return d.ActivateConnection(t.Context(), app) },
		"testing it alone":          func() error { return d.TestCredentials(t.Context(), app, false) },
	} {
		err := act()
		var okta *management.Error
		require.ErrorAs(t, err, &okta, name)
		require.Equal(t, "E0000001", okta.Code)
		require.Equal(t, []management.Cause{{Summary: d.refuse.Error()}}, okta.Causes)
	}
	err := d.SetProvisioning(t.Context(), app, true, true, true)
	require.ErrorContains(t, err, "Provisioning is not enabled")

	d.refuse = nil
	d.must(d.ActivateConnection(t.Context(), app))
	tests := d.tests
	d.must(d.SetProvisioning(t.Context(), app, true, true, true))
	require.Equal(t, tests+1, d.tests, "saving To App tries the connection again")

	d.refuse = errors.New("the SCIM server answered 503")
	require.Error(t, d.SetProvisioning(t.Context(), app, false, false, false))
	_, body := d.ask("GET", "/api/v1/apps/"+app+"/features/USER_PROVISIONING", "")
	require.NotContains(t, body, `"lifecycleCreate":{"status":"DISABLED"}`, "nothing was saved")
}

func TestACustomApplicationWithoutSCIMCannotBeConnected(t *testing.T) {
	d := sit(t)
	id, err := d.CreateApp(t.Context(), "Immuta", "")
	d.must(err)
	require.ErrorContains(t, d.Connect(t.Context(), id, "http://127.0.0.1:9000", "t"), "enable SCIM first")
	answer, body := d.ask("POST", "/api/v1/apps/"+string(id)+"/connections/default", `{"baseUrl":"http://127.0.0.1:9000","profile":{"authScheme":"TOKEN","token":"t"}}`)
	require.Equal(t, 200, answer.StatusCode, "Okta answers UNKNOWN and no error")
	require.Contains(t, body, `"status":"UNKNOWN"`)
}

func TestDeactivatedPeopleAreListedOnlyWhenSearchedFor(t *testing.T) {
	d := furnished(t)
	d.must(d.DeactivateUser(t.Context(), ada))
	plain, err := d.Users(t.Context())
	d.must(err)
	require.Empty(t, plain)
	_, found := d.ask("GET", "/api/v1/users?search=status+eq+%22DEPROVISIONED%22", "")
	require.Contains(t, found, ada)
}

func TestDeletingTwiceDeletes(t *testing.T) {
	d := furnished(t)
	d.must(d.DeleteUser(t.Context(), ada))
	u, err := d.GetUser(t.Context(), ada)
	d.must(err)
	require.Equal(t, directory.Deprovisioned, u.Status)
	d.must(d.DeleteUser(t.Context(), ada))
	_, err = d.GetUser(t.Context(), ada)
	var okta *management.Error
	require.ErrorAs(t, err, &okta)
	require.Equal(t, "E0000007", okta.Code)
}

func TestAssigningTwiceIsAConflict(t *testing.T) {
	d := furnished(t)
	d.must(d.Assign(t.Context(), app, ada))
	err := d.Assign(t.Context(), app, ada)
	var okta *management.Error
	require.ErrorAs(t, err, &okta)
	require.Equal(t, 409, okta.Status)
	require.Equal(t, "E0000062", okta.Code)
}

const schemaURL = "/api/v1/meta/schemas/apps/" + app + "/default"

func property(name, shape string) string {
	return `{"definitions":{"custom":{"id":"#custom","type":"object","properties":{"` + name + `":` + shape + `}}}}`
}

// What Terraform's provider sends and what recorded answers leave out of it.
func TestTheProfileEditor(t *testing.T) {
	d := furnished(t)
	answer, body := d.ask("POST", schemaURL, property("costCode", `{"title":"Cost code","type":"string","externalName":"costCode",
		"externalNamespace":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:DEMOEXT","scope":"NONE","required":false,
		"master":{"type":"PROFILE_MASTER"},"permissions":[{"principal":"SELF","action":"READ_ONLY"}],"union":"DISABLE"}`))
	require.Equal(t, 200, answer.StatusCode, body)
	require.Contains(t, body, `"custom":{"id":"#custom","type":"object","properties":{"costCode":{"title":"Cost code","type":"string","scope":"NONE",`+
		`"externalName":"costCode","externalNamespace":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:DEMOEXT"}},"required":[]}`)
	require.Contains(t, body, `"userName":{"title":"Username","type":"string","scope":"NONE","required":true,"externalName":"userName"`)
	require.Contains(t, body, `"$schema":"http://json-schema.org/draft-04/schema#","name":"mockorg_immuta_1","title":"Immuta User"`)

	_, body = d.ask("POST", schemaURL, property("projects", `{"type":"array","items":{"type":"number"}}`))
	require.Contains(t, body, `"costCode"`, "a request is a partial update")
	d.must(d.RemoveAttribute(t.Context(), app, "costCode"))
	attributes, err := d.Attributes(t.Context(), app)
	d.must(err)
	require.Equal(t, []directory.Attribute{{Name: "projects", Title: "projects", Type: directory.Array, Items: directory.Number, ExternalName: "projects"}}, attributes)
	require.Empty(t, d.changes)
}

func TestTheProfileEditorSaysWhyNot(t *testing.T) {
	d := furnished(t)
	answer, body := d.ask("POST", schemaURL, property("costCode", `{"externalNamespace":"demo"}`))
	require.Equal(t, 400, answer.StatusCode)
	require.Contains(t, body, `"errorCode":"E0000001"`)
	require.Contains(t, body, `is no URN`)
	answer, _ = d.ask("GET", "/api/v1/meta/schemas/apps/0oaNOBODY/default", "")
	require.Equal(t, 404, answer.StatusCode)
}

func TestAnAppUserShowsCustomAttributes(t *testing.T) {
	d := furnished(t)
	d.must(d.AddAttribute(t.Context(), app, directory.Attribute{Name: "level", Type: directory.Integer, ExternalNamespace: "urn:example:x:2.0:User"}))
	d.must(d.AssignWith(t.Context(), app, ada, directory.Profile{"level": 7}))
	u, err := d.AppUser(t.Context(), app, ada)
	d.must(err)
	require.EqualValues(t, 7, u.Profile["level"])
	d.must(d.EditAppUser(t.Context(), app, ada, directory.Profile{"level": nil}))
	_, body := d.ask("GET", "/api/v1/apps/"+app+"/users/"+ada, "")
	require.Contains(t, body, `"level":null`, "unset attributes are null, not absent (observed)")
	answer, body := d.ask("POST", "/api/v1/apps/"+app+"/users/"+ada, `{"profile":{"level":"7"}}`)
	require.Equal(t, 400, answer.StatusCode, body)
	require.Len(t, d.changes, 2)
}
