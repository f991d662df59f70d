package foreign

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	userURN       = "urn:ietf:params:scim:schemas:core:2.0:User"
	enterpriseURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)

// ana is the body of Okta's POST /Users (observed and documented).
const ana = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ana.ruiz@example.test","name":{"givenName":"Ana","familyName":"Ruiz"},"emails":[{"primary":true,"value":"ana.ruiz@example.test","type":"work"}],"displayName":"Ana Ruiz","locale":"en-US","externalId":"00u1mockAAAAAAAAAA01","groups":[],"password":"k3Vt9qZx","active":true}`

const ben = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ben.lind@example.test","groups":[],"password":"k3Vt9qZx","active":true}`

// crew has two members, u-1 and u-2.
const crew = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Crew","members":[{"value":"u-1","display":"ana"},{"value":"u-2","display":"ben"}]}`

// patchOp puts operations into the message that carries them.
func patchOp(operations string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + operations + `]}`
}

func filtered(path, filter string) string {
	return path + "?filter=" + url.QueryEscape(filter) + "&startIndex=1&count=100"
}

// A scimServer asks a fresh server, whose ids count up from id-1 and whose
// every look at the clock is a second after the last.
type scimServer struct {
	t       *testing.T
	handler http.Handler
}

type answer struct {
	status int
	header http.Header
	body   map[string]any
}

func newServer(t *testing.T) scimServer {
	var mu sync.Mutex
	ids, now := 0, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tick := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
	count := func() string {
		mu.Lock()
		defer mu.Unlock()
		ids++
		return fmt.Sprintf("id-%d", ids)
	}
	return scimServer{t, elimity("secret", tick, count)}
}

func (s scimServer) ask(method, path, body string) answer {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer secret")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header()}
	if w.Body.Len() > 0 {
		require.NoError(s.t, json.Unmarshal(w.Body.Bytes(), &a.body))
	}
	return a
}

// must asks for what has to succeed.
func (s scimServer) must(method, path, body string) map[string]any {
	s.t.Helper()
	a := s.ask(method, path, body)
	require.Less(s.t, a.status, 300, "%s %s: %v", method, path, a.body)
	return a.body
}

// given creates a resource and returns its path.
func (s scimServer) given(endpoint, body string) string {
	s.t.Helper()
	return endpoint + "/" + s.must("POST", endpoint, body)["id"].(string)
}

func TestAnAssignedPersonGetsOneAccount(t *testing.T) {
	s := newServer(t)
	find := filtered("/Users", `userName eq "ana.ruiz@example.test"`)

	none := s.must("GET", find, "")
	assert.EqualValues(t, 0, none["totalResults"])
	assert.Equal(t, []any{}, none["Resources"])

	created := s.ask("POST", "/Users", ana)
	assert.Equal(t, http.StatusCreated, created.status)
	assert.Equal(t, map[string]any{
		"id":          "id-1",
		"schemas":     []any{userURN, enterpriseURN},
		"externalId":  "00u1mockAAAAAAAAAA01",
		"userName":    "ana.ruiz@example.test",
		"name":        map[string]any{"givenName": "Ana", "familyName": "Ruiz"},
		"emails":      []any{map[string]any{"primary": true, "value": "ana.ruiz@example.test", "type": "work"}},
		"displayName": "Ana Ruiz",
		"locale":      "en-US",
		"active":      true,
		"meta": map[string]any{
			"resourceType": "User", "location": "Users/id-1",
			"created": "2026-01-02T03:04:06Z", "lastModified": "2026-01-02T03:04:06Z",
		},
	}, created.body)

	assert.Equal(t, created.body, s.must("GET", "/Users/id-1", ""))
	assert.Equal(t, []any{created.body}, s.must("GET", find, "")["Resources"])
}

func TestAccountsAreFound(t *testing.T) {
	s := newServer(t)
	s.given("/Users", ana)
	s.given("/Users", ben)
	s.given("/Users", `{"userName":"zoë.o'hara","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Ops"}}`)

	for name, tt := range map[string]struct {
		filter string
		want   []string
	}{
		"by the name in other letter case": {`userName eq "BEN.Lind@example.test"`, []string{"id-2"}},
		"by a name of other signs":         {`userName eq "ZOË.o'hara"`, []string{"id-3"}},
		"not by another name":              {`userName eq "nobody@example.test"`, nil},
		"by an element of a list":          {`emails[type eq "work"]`, []string{"id-1"}},
		"by the extension's attribute":     {enterpriseURN + `:department eq "Ops"`, []string{"id-3"}},
		"several, the oldest first":        {`active eq true`, []string{"id-1", "id-2"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, r := range s.must("GET", filtered("/Users", tt.filter), "")["Resources"].([]any) {
				got = append(got, r.(map[string]any)["id"].(string))
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestListsComeInPages(t *testing.T) {
	s := newServer(t)
	for i := range 5 {
		s.given("/Users", fmt.Sprintf(`{"userName":"person-%d"}`, i+1))
	}
	s.must("DELETE", "/Users/id-2", "")

	for name, tt := range map[string]struct {
		query string
		want  []string
	}{
		"all of it":               {"startIndex=1&count=100", []string{"id-1", "id-3", "id-4", "id-5"}},
		"the first page":          {"startIndex=1&count=2", []string{"id-1", "id-3"}},
		"the page after a delete": {"startIndex=2&count=2", []string{"id-3", "id-4"}},
		"the page that runs out":  {"startIndex=4&count=2", []string{"id-5"}},
		"nothing past the end":    {"startIndex=9&count=2", nil},
		"a count of nothing":      {"startIndex=1&count=0", nil},
		"below the first":         {"startIndex=0&count=1", []string{"id-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			list := s.must("GET", "/Users?"+tt.query, "")
			var got []string
			for _, r := range list["Resources"].([]any) {
				got = append(got, r.(map[string]any)["id"].(string))
			}
			assert.Equal(t, tt.want, got)
			assert.EqualValues(t, 4, list["totalResults"])
		})
	}
}

func TestAnAccountIsDisabledAndNothingElse(t *testing.T) {
	for name, disable := range map[string]func(s scimServer, path string) map[string]any{
		"by a PUT of what GET answered": func(s scimServer, path string) map[string]any {
			echo := s.must("GET", path, "")
			echo["active"] = false
			body, _ := json.Marshal(echo)
			return s.must("PUT", path, string(body))
		},
		"by a PATCH without a path": func(s scimServer, path string) map[string]any {
			return s.must("PATCH", path, patchOp(`{"op":"replace","value":{"active":false}}`))
		},
		"by a PATCH that carries the id": func(s scimServer, path string) map[string]any {
			return s.must("PATCH", path, patchOp(`{"op":"replace","value":{"id":"id-9","active":false}}`))
		},
		"by a PATCH with a path": func(s scimServer, path string) map[string]any {
			return s.must("PATCH", path, patchOp(`{"op":"Replace","path":"active","value":false}`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			path := s.given("/Users", ana)
			want := s.must("GET", path, "")
			want["active"] = false
			want["meta"].(map[string]any)["lastModified"] = "2026-01-02T03:04:07Z"

			assert.Equal(t, want, disable(s, path))
			assert.Equal(t, want, s.must("GET", path, ""))
			found := s.must("GET", filtered("/Users", `userName eq "ana.ruiz@example.test"`), "")
			assert.Equal(t, []any{want}, found["Resources"])
		})
	}
}

func TestAReplacedAccountHoldsWhatWasSent(t *testing.T) {
	s := newServer(t)
	path := s.given("/Users", ana)
	got := s.must("PUT", path, `{"id":"id-9","userName":"ana@example.test","title":"Analyst","displayName":null,"groups":[{"value":"g-1"}],"password":"n3wOne"}`)
	delete(got, "meta")
	assert.Equal(t, map[string]any{
		"id": "id-1", "schemas": []any{userURN, enterpriseURN}, "userName": "ana@example.test", "title": "Analyst",
	}, got)
}

func TestWhatAltersNothingIsNoModification(t *testing.T) {
	for name, body := range map[string]string{
		"the same value again": `{"op":"replace","value":{"active":true}}`,
		"a value already held": `{"op":"add","path":"emails","value":[{"value":"ana.ruiz@example.test","type":"work"}]}`,
		"the password":         `{"op":"replace","value":{"password":"n3wOne"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			path := s.given("/Users", ana)
			before := s.must("GET", path, "")
			assert.Equal(t, before, s.must("PATCH", path, patchOp(body)))
		})
	}
}

func TestARefusedRequestChangesNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		method, path, body string
		status             int
		scimType           any
	}{
		"a new account with a taken name":    {"POST", "/Users", `{"userName":"BEN.LIND@example.test"}`, 409, "uniqueness"},
		"a PUT of a taken name":              {"PUT", "/Users/id-1", `{"userName":"BEN.LIND@example.test"}`, 409, "uniqueness"},
		"a PATCH to a taken name":            {"PATCH", "/Users/id-1", patchOp(`{"op":"replace","value":{"userName":"BEN.LIND@example.test"}}`), 409, "uniqueness"},
		"an account without a name":          {"POST", "/Users", `{"active":true}`, 400, "invalidValue"},
		"an account with an empty name":      {"POST", "/Users", `{"userName":""}`, 400, "invalidValue"},
		"a name taken away":                  {"PATCH", "/Users/id-1", patchOp(`{"op":"remove","path":"userName"}`), 400, "mutability"},
		"groups set from the user's side":    {"PATCH", "/Users/id-1", patchOp(`{"op":"add","path":"groups","value":[{"value":"g-1"}]}`), 400, "mutability"},
		"a filter that selects nothing":      {"PATCH", "/Users/id-1", patchOp(`{"op":"replace","path":"emails[type eq \"home\"].value","value":"x"}`), 400, "noTarget"},
		"a good operation before a bad one":  {"PATCH", "/Users/id-1", patchOp(`{"op":"replace","value":{"active":false}},{"op":"remove","path":"userName"}`), 400, "mutability"},
		"a look at an account that is not":   {"GET", "/Users/id-9", "", 404, nil},
		"a PUT to an account that is not":    {"PUT", "/Users/id-9", `{"userName":"cy@example.test"}`, 404, nil},
		"a PATCH of an account that is not":  {"PATCH", "/Users/id-9", patchOp(`{"op":"replace","value":{"active":false}}`), 404, nil},
		"a DELETE of an account that is not": {"DELETE", "/Users/id-9", "", 404, nil},
		"a body that is no JSON":             {"POST", "/Users", `<html>`, 400, "invalidSyntax"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.given("/Users", ana)
			s.given("/Users", ben)
			before := s.must("GET", "/Users", "")

			got := s.ask(tt.method, tt.path, tt.body)
			assert.Equal(t, tt.status, got.status)
			assert.Equal(t, tt.scimType, got.body["scimType"])
			assert.Equal(t, fmt.Sprint(tt.status), got.body["status"])
			assert.Equal(t, before, s.must("GET", "/Users", ""))
		})
	}
}

func TestAGroupFollowsItsPush(t *testing.T) {
	u1 := map[string]any{"value": "u-1", "display": "ana"}
	u2 := map[string]any{"value": "u-2", "display": "ben"}
	u3 := map[string]any{"value": "u-3", "display": "cy"}
	for name, tt := range map[string]struct {
		method, body string
		name         string
		members      any
	}{
		"a rename that carries the id": {"PATCH", patchOp(`{"op":"replace","value":{"id":"id-1","displayName":"Crew EMEA"}}`), "Crew EMEA", []any{u1, u2}},
		"a leaver":                     {"PATCH", patchOp(`{"op":"remove","path":"members[value eq \"u-1\"]"}`), "Crew", []any{u2}},
		"a leaver who had left":        {"PATCH", patchOp(`{"op":"remove","path":"members[value eq \"u-9\"]"}`), "Crew", []any{u1, u2}},
		"a joiner":                     {"PATCH", patchOp(`{"op":"add","path":"members","value":[{"value":"u-3","display":"cy"}]}`), "Crew", []any{u1, u2, u3}},
		"a joiner who had joined":      {"PATCH", patchOp(`{"op":"add","path":"members","value":[{"value":"u-1","display":"Ana"}]}`), "Crew", []any{u1, u2}},
		"a joiner without a display":   {"PATCH", patchOp(`{"op":"add","path":"members","value":[{"value":"u-4","display":null}]}`), "Crew", []any{u1, u2, map[string]any{"value": "u-4"}}},
		"leavers and joiners together": {"PATCH", patchOp(`{"op":"remove","path":"members[value eq \"u-1\"]"},{"op":"remove","path":"members[value eq \"u-2\"]"},{"op":"add","path":"members","value":[{"value":"u-3","display":"cy"}]}`), "Crew", []any{u3}},
		"the whole list":               {"PATCH", patchOp(`{"op":"replace","path":"members","value":[{"value":"u-3","display":"cy"}]}`), "Crew", []any{u3}},
		"an empty list":                {"PATCH", patchOp(`{"op":"replace","path":"members","value":[]}`), "Crew", nil},
		"an empty list without a path": {"PATCH", patchOp(`{"op":"replace","value":{"id":"id-1","displayName":"Crew","members":[]}}`), "Crew", nil},
		"everybody removed":            {"PATCH", patchOp(`{"op":"remove","path":"members"}`), "Crew", nil},
		"a PUT of the whole group":     {"PUT", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"id-1","displayName":"Crew EMEA","members":[{"value":"u-2","display":"ben"}]}`, "Crew EMEA", []any{u2}},
		"a PUT without members":        {"PUT", `{"id":"id-1","displayName":"Crew","members":null}`, "Crew", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			path := s.given("/Groups", crew)
			answered := s.must(tt.method, path, tt.body)
			assert.Equal(t, tt.name, answered["displayName"])
			assert.Equal(t, tt.members, answered["members"])
			assert.Equal(t, answered, s.must("GET", path, ""))
		})
	}
}

func TestADeletedGroupIsGone(t *testing.T) {
	s := newServer(t)
	path := s.given("/Groups", crew)
	assert.Equal(t, http.StatusNoContent, s.ask("DELETE", path, "").status)
	assert.Equal(t, http.StatusNotFound, s.ask("GET", path, "").status)
	assert.EqualValues(t, 0, s.must("GET", filtered("/Groups", `displayName eq "Crew"`), "")["totalResults"])
}

func TestOneOfManyGetsTheName(t *testing.T) {
	s := newServer(t)
	statuses := make([]int, 16)
	var wg sync.WaitGroup
	for i := range statuses {
		wg.Go(func() {
			statuses[i] = s.ask("POST", "/Users", ana).status
			s.ask("GET", "/Users", "")
			s.ask("PATCH", "/Users/id-1", patchOp(`{"op":"replace","value":{"active":false}}`))
		})
	}
	wg.Wait()
	count := map[int]int{}
	for _, status := range statuses {
		count[status]++
	}
	assert.Equal(t, map[int]int{http.StatusCreated: 1, http.StatusConflict: 15}, count)
}

func TestOnlyTheTokenOpensTheDoor(t *testing.T) {
	for name, tt := range map[string]struct {
		header string
		want   int
	}{
		"the token":                   {"Bearer secret", http.StatusOK},
		"the scheme in small letters": {"bearer secret", http.StatusOK},
		"another scheme":              {"Basic secret", http.StatusUnauthorized},
		"no header":                   {"", http.StatusUnauthorized},
		"another token":               {"Bearer secrets", http.StatusUnauthorized},
		"the token, bare":             {"secret", http.StatusUnauthorized},
		"the scheme and no more":      {"Bearer ", http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/Users", nil)
			r.Header.Set("Authorization", tt.header)
			w := httptest.NewRecorder()
			Elimity("secret").ServeHTTP(w, r)
			require.Equal(t, tt.want, w.Code)
			var body map[string]any
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &body))
			assert.Equal(t, "application/scim+json", w.Header().Get("Content-Type"))
			if tt.want == http.StatusUnauthorized {
				assert.Equal(t, []any{"urn:ietf:params:scim:api:messages:2.0:Error"}, body["schemas"])
				assert.Equal(t, "401", body["status"])
			}
		})
	}
}

func TestAnAnswerIsNoDoorIntoTheStore(t *testing.T) {
	s := newStore(userShape(), time.Now, func() string { return "id-1" })
	created, err := s.Create(nil, map[string]any{"userName": "ana"})
	require.NoError(t, err)
	maps.Copy(created.Attributes, map[string]any{"schemas": "the library's", "userName": "ben"})
	kept, err := s.Get(nil, "id-1")
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"userName": "ana"}, map[string]any(kept.Attributes))
}
