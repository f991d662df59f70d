package mockokta_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/mockokta/provision"
)

// A gossip is a target that refuses and repeats what it was told, once it begins to.
type gossip struct {
	mu       sync.Mutex
	repeats  func(authorization, body string) string // the answer; nil obliges
	meantime func()                                  // before it answers
}

func (g *gossip) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	repeats, meantime := g.repeats, g.meantime
	g.mu.Unlock()
	if repeats == nil || r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/Users") {
		return httpmock.NewStringResponse(oblige(r)), nil
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	if meantime != nil {
		meantime()
	}
	return httpmock.NewStringResponse(http.StatusBadRequest, repeats(r.Header.Get("Authorization"), string(body))), nil
}

func (g *gossip) begins(repeats func(authorization, body string) string, meantime func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.repeats, g.meantime = repeats, meantime
}

// A target's words are kept and shown without what is secret among them: the
// person's password, Okta's placeholder for it, and the application's token.
func TestATargetThatRepeatsASecret(t *testing.T) {
	const placeholder, password = "k3Vt9qZx", `c0rrect "horse" <battery>`
	detail := func(words string) string {
		text, err := json.Marshal(map[string]string{"detail": words})
		require.NoError(t, err)
		return string(text)
	}
	everything := func(authorization, body string) string { return detail("not with " + authorization + ": " + body) }
	retitle := func(s *story) { s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"title": "Analyst"})) }
	setPassword := func(s *story) { s.must(s.SetPassword(s.ctx, s.id(ana), password)) }
	for name, tt := range map[string]struct {
		before   func(*story)
		act      func(*story)
		repeats  func(authorization, body string) string
		meantime func(*story)
	}{
		"a create":                      {act: func(s *story) { s.must(s.Assign(s.ctx, s.app, s.id(bo))) }, repeats: everything},
		"a password":                    {act: setPassword, repeats: everything},
		"a password in its own letters": {act: setPassword, repeats: func(string, string) string { return detail("too short: " + password) }},
		"a password that has changed meanwhile": {
			act: setPassword, repeats: everything,
			meantime: func(s *story) { s.must(s.SetPassword(s.ctx, s.id(ana), "an0ther")) },
		},
		"a password in a later push": {before: setPassword, act: retitle, repeats: func(string, string) string { return detail("is it " + password + "?") }},
		"a password that is not synced any more": {
			before: func(s *story) { setPassword(s); s.settle(); s.must(s.SetSyncPassword(s.ctx, s.app, false)) },
			act:    retitle, repeats: func(string, string) string { return detail("is it " + password + "?") },
		},
		"the placeholder in a later push": {
			before: setPassword, act: retitle,
			repeats: func(string, string) string { return detail("is it " + placeholder + "?") },
		},
		"the token where words are cut off": {act: retitle, repeats: func(authorization, _ string) string {
			return detail(strings.Repeat("-", 1000-len(authorization)+3) + authorization + " and more")
		}},
		"the token to a group": {
			act:     func(s *story) { s.pushed("Analysts") },
			repeats: everything,
		},
		"the token to a connection test": {
			act: func(s *story) {
				err := s.TestCredentials(s.ctx, s.app, true)
				require.ErrorContains(s.t, err, "[redacted]")
				require.NotContains(s.t, err.Error(), scimToken)
			},
			repeats: everything,
		},
	} {
		for _, dialect := range []string{"aiw", "oin"} {
			t.Run(name+"/"+dialect, func(t *testing.T) {
				g := &gossip{}
				s := gossiping(t, dialect, g)
				if tt.before != nil {
					tt.before(s)
					s.settle()
				}
				g.begins(tt.repeats, sync.OnceFunc(func() {
					if tt.meantime != nil {
						tt.meantime(s)
					}
				}))
				tt.act(s)
				s.settle()
				shown := s.shown()
				require.Contains(t, shown, "[redacted]", "what the target said is there, but for the secret")
				inJSON, err := json.Marshal(password)
				require.NoError(t, err)
				for _, secret := range []string{placeholder, password, strings.Trim(string(inJSON), `"`), "horse", scimToken, scimToken[:len(scimToken)/2]} {
					require.NotContains(t, shown, secret)
				}
			})
		}
	}
}

// What an import read and where it ended are a target's words too: its reason, what
// it left out, what differs, and who waits.
func TestAnImportFromATargetThatRepeatsTheToken(t *testing.T) {
	everywhere := func(authorization string) []map[string]any {
		return []map[string]any{
			account(authorization+" id", "ana", "schemas", nil),
			account("2", "bo", "userName", authorization+" bo", "emails", nil, "title", authorization),
		}
	}
	for name, tt := range map[string]struct {
		list string
		says func(authorization string) (int, string)
	}{
		"an error": {"Users", func(authorization string) (int, string) {
			return http.StatusForbidden, shown(map[string]any{"detail": "not with " + authorization})
		}},
		"an id twice": {"Users", func(authorization string) (int, string) {
			return http.StatusOK, page(2, 1, account(authorization, "ana"), account(authorization, "ana"))
		}},
		"ids and names": {"Users", func(authorization string) (int, string) {
			return http.StatusOK, page(2, 1, everywhere(authorization)...)
		}},
		"groups of one name": {"Groups", func(authorization string) (int, string) {
			return http.StatusOK, page(2, 1, team("g-1", authorization, authorization), team("g-2", authorization))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			begun := false
			i := newImporter(t, "oin", provision.Knobs{}, carrying(func(r *http.Request) (int, string) {
				if begun && strings.HasSuffix(r.URL.Path, tt.list) {
					return tt.says(r.Header.Get("Authorization"))
				}
				return http.StatusOK, page(0, 1)
			}))
			ctx := t.Context()
			i.must(i.SetImportGroups(ctx, i.app, true))
			i.must(i.AutoConfirm(ctx, i.app, false, false, true))
			begun = true
			r := i.importNow()
			last, err := i.LastImport(ctx, i.app)
			i.must(err)
			found, err := i.Discrepancies(ctx, i.app)
			told := shown([]any{r, last, found}) + i.everything()
			if err != nil {
				told += err.Error()
			}
			s := &story{t: t, ctx: ctx, app: i.app, Client: i.Client}
			told += s.shown()
			require.Contains(t, told, "[redacted]")
			require.NotContains(t, told, scimToken)
		})
	}
}

type carrying func(*http.Request) (int, string)

func (c carrying) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := c(r)
	return httpmock.NewStringResponse(status, body), nil
}

// gossiping is a story in which Ana has her account already, and passwords are
// synced.
func gossiping(t *testing.T, dialect string, g *gossip) *story {
	okta, err := mockokta.Start(mockokta.Config{Target: g, Password: func(int) string { return "k3Vt9qZx" }})
	require.NoError(t, err)
	carrier := &http.Transport{}
	s := &story{t: t, ctx: t.Context(), people: map[string]directory.PersonID{}}
	s.Client = &management.Client{URL: okta.URL, Token: okta.Token, HTTP: carrier}
	t.Cleanup(func() {
		carrier.CloseIdleConnections()
		require.NoError(t, okta.Close())
	})
	for _, profile := range []directory.Profile{ana, bo} {
		id, err := s.CreateUser(s.ctx, profile)
		s.must(err)
		s.people[profile["login"].(string)] = id
	}
	s.connect(dialect, "https://sp.example.test/scim/v2")
	s.must(s.SetSyncPassword(s.ctx, s.app, true))
	s.assigned(ana)
	return s
}

// shown is all that an administrator is shown of what a target said.
func (s *story) shown() string {
	s.t.Helper()
	var all strings.Builder
	for _, what := range []string{"/mock/v1/tasks", "/api/v1/logs?limit=1000", "/api/v1/apps/" + string(s.app) + "/users", "/api/v1/apps/" + string(s.app) + "/group-push/mappings"} {
		r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.URL+what, nil)
		s.must(err)
		r.Header.Set("Authorization", "SSWS "+s.Token)
		answer, err := s.HTTP.RoundTrip(r)
		s.must(err)
		var body any
		s.must(json.NewDecoder(answer.Body).Decode(&body))
		s.must(answer.Body.Close())
		all.WriteString(inLetters(body))
	}
	return all.String()
}

// inLetters are the strings of a JSON value, as they read.
func inLetters(v any) (all string) {
	switch v := v.(type) {
	case string:
		return v + "\n"
	case []any:
		for _, e := range v {
			all += inLetters(e)
		}
	case map[string]any:
		for _, e := range v {
			all += inLetters(e)
		}
	}
	return all
}
