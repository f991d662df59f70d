package fault

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Mistakes of the provider's App Settings page, behind which SCIM is as it should be.
// They know the administration API of the reference server as anybody can who reads its
// documentation, and do no harm where there is none. No provider is known to have made
// most of them: they undo, one by one, what the provider's page says.
var pageFaults = []Fault{
	{
		Name: "refusals-shown-as-done",
		What: "what the provider's page refuses is shown as done, and is not done",
		Seen: "the class of F67 and V18 (gravitational/teleport #67372): answered with success, and nothing is stored",
		wrap: onPage(func(c *call, a *answer) {
			if c.method != http.MethodGet && (a.status == http.StatusBadRequest || a.status == http.StatusConflict) {
				a.status, a.body = http.StatusOK, object{}
			}
		}),
	},
	{
		Name: "refusals-without-reason",
		What: "the provider's page refuses, and does not say why",
		Seen: "the class of F78 (ory/polis PR #4067): an error has a status and nothing that says why",
		wrap: onPage(func(_ *call, a *answer) {
			if _, reasoned := a.body["error"]; reasoned {
				a.body["error"] = "something went wrong"
			}
		}),
	},
	{
		Name: "key-never-shown",
		What: "the page of an IAM that is added shows asterisks in place of its key, from the beginning",
		Seen: "nowhere; it undoes that the key is displayed before Save, which the provider's page says",
		wrap: onPage(func(_ *call, a *answer) {
			if _, has := a.body["scim_key"]; has && a.body["draft"] != nil {
				a.body["scim_key"] = asterisks
			}
		}),
	},
	{
		Name: "key-stays-shown",
		What: "the page of a saved IAM shows its key",
		Seen: "V4: GitLab issue 11640, a SCIM token that can be read after it was made",
		wrap: remembering(func(s *shownKeys, c *call, a *answer) {
			at, _ := a.body["scim_url"].(string)
			if keys := s.of(at); a.body["scim_key"] == asterisks && len(keys) > 0 {
				a.body["scim_key"] = keys[len(keys)-1]
			}
		}, nil),
	},
	{
		Name: "every-shown-key-opens",
		What: "a key opens a list from when it is first shown, whether its IAM is saved or not, and whatever becomes of the key",
		Seen: "nowhere; the class of V6 (CVE-2026-46425), a credential that is known, and not whether it is in force",
		wrap: remembering(nil, func(s *shownKeys, c *call, a *answer) {
			token, _ := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
			if a.status == http.StatusUnauthorized && c.method == http.MethodGet && c.id == "" && slices.Contains(s.of(c.base), token) {
				*a = *found()
			}
		}),
	},
	{
		Name: "edits-hold-at-once",
		What: "what is edited on the page of an IAM holds at once, before it is tested and saved",
		Seen: "nowhere; it undoes that an edit takes effect when it is saved, which the provider's page says",
		wrap: onPage(func(c *call, a *answer) {
			iam, edits := a.body["edits"].(string)
			if !edits || !a.ok() || c.method != http.MethodPatch {
				return
			}
			page, _, _ := strings.Cut(c.r.URL.Path, "/drafts/")
			c.server.ask(c.request(http.MethodPatch, page+"/iams/"+url.PathEscape(iam), "", c.raw))
		}),
	},
	{
		Name: "prefixes-in-letters",
		What: "a row of the attribute schema whose prefix is not one to fifty English letters is refused",
		Seen: "nowhere; it undoes that the prefix can be anything, which the provider's page says",
		wrap: inFrontOfPage(func(c *call) *answer {
			rows, _ := c.body["attribute_schema"].([]any)
			for _, row := range rows {
				row, _ := row.(object)
				if prefix, is := row["prefix"].(string); is && !inLetters.MatchString(prefix) {
					return &answer{status: http.StatusBadRequest, header: http.Header{"Content-Type": {"application/json"}}, body: object{"error": "attribute_schema: a prefix has letters alone"}}
				}
			}
			return nil
		}),
	},
	{
		Name: "first-login-decides",
		What: "Test User Login says of everybody what it said of the first who tried on the page",
		Seen: "nowhere; it undoes that the test is of who clicks it and has the application, which the provider's page says",
		wrap: func(s *server) http.HandlerFunc {
			var said sync.Map // the first answer, by the address of the button
			return onPage(func(c *call, a *answer) {
				if strings.HasSuffix(c.r.URL.Path, "/test-user-login") {
					first, _ := said.LoadOrStore(c.r.URL.Path, *a)
					*a = first.(answer)
				}
			})(s)
		},
	},
	{
		Name: "refused-edits-are-kept",
		What: "an edit by hand of a profile field that is mapped is refused, and kept all the same",
		Seen: "nowhere; it undoes that a mapped field cannot be edited, which the provider's page says",
		wrap: onPage(func(c *call, a *answer) {
			page, user, account := strings.Cut(c.r.URL.EscapedPath(), "/accounts/")
			if !account || c.method != http.MethodPatch || a.status != http.StatusConflict || user == "" {
				return
			}
			ask := func(method, path string, body object) *answer {
				r := c.request(method, path, "", encode(body))
				r.URL.RawPath = ""
				return c.server.ask(r)
			}
			settings := ask(http.MethodGet, page, nil)
			ask(http.MethodPatch, page, object{"profile_schema": object{}})
			c.pass()
			ask(http.MethodPatch, page, object{"profile_schema": settings.body["profile_schema"]})
		}),
	},
	{
		Name: "unwanted-groups-answered",
		What: "where groups are not wanted their requests are answered with success, and nothing is kept",
		Seen: "the class of F67 (gravitational/teleport #67372): memberships that are answered with success and not stored",
		wrap: faulty(func(c *call) *answer {
			a := c.pass()
			if c.kind != "Groups" || a.status != http.StatusForbidden {
				return a
			}
			switch {
			case c.method == http.MethodGet && c.id == "":
				return found()
			case c.method == http.MethodPost:
				made := copyOf(c.body)
				made["id"] = "none"
				return &answer{status: http.StatusCreated, header: scimJSON(), body: made}
			case c.id != "":
				return &answer{status: http.StatusNoContent, header: http.Header{}}
			}
			return a
		}),
	},
}

// inLetters are the prefixes that a careless check lets through.
var inLetters = regexp.MustCompile(`^[A-Za-z]{1,50}$`)

const asterisks = "********"

// found is a list of nobody.
func found() *answer {
	return &answer{status: http.StatusOK, header: scimJSON(), body: object{
		"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}, "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []any{},
	}}
}

func scimJSON() http.Header { return http.Header{"Content-Type": {"application/scim+json"}} }

// onPage makes a handler of a mistake in what the administration API answers.
func onPage(spoil func(c *call, a *answer)) func(*server) http.HandlerFunc {
	return func(s *server) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/admin/v1/") {
				s.next.ServeHTTP(w, r)
				return
			}
			c := s.take(r)
			a := c.pass()
			spoil(c, a)
			a.write(w)
		}
	}
}

// inFrontOfPage makes a handler of a mistake that answers for the administration API,
// where take returns an answer.
func inFrontOfPage(take func(c *call) *answer) func(*server) http.HandlerFunc {
	return func(s *server) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			c := s.take(r)
			if strings.HasPrefix(r.URL.Path, "/admin/v1/") {
				if a := take(c); a != nil {
					a.write(w)
					return
				}
			}
			s.next.ServeHTTP(w, c.request(r.Method, r.URL.Path, r.URL.RawQuery, c.raw))
		}
	}
}

// shownKeys are the keys that the page has shown, by the path of their SCIM URL, the
// first one first.
type shownKeys struct {
	mu   sync.Mutex
	keys map[string][]string
}

// of are those of an IAM, by its URL or the path of it.
func (s *shownKeys) of(at string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.keys[pathOf(at)])
}

func (s *shownKeys) learn(shown object) {
	at, _ := shown["scim_url"].(string)
	key, _ := shown["scim_key"].(string)
	if at == "" || key == "" || key == asterisks {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[pathOf(at)] = append(s.keys[pathOf(at)], key)
}

func pathOf(at string) string {
	u, err := url.Parse(at)
	if err != nil {
		return at
	}
	return u.Path
}

// remembering makes a handler of a mistake that knows the keys which were shown: in
// what the page of a saved IAM answers, or in what SCIM does; either may be nil.
func remembering(page, scim func(*shownKeys, *call, *answer)) func(*server) http.HandlerFunc {
	return func(s *server) http.HandlerFunc {
		shown := &shownKeys{keys: map[string][]string{}}
		onTheScreens := onPage(func(c *call, a *answer) {
			if page != nil && a.body["draft"] == nil {
				page(shown, c, a)
			}
			shown.learn(a.body)
		})(s)
		inSCIM := answers(func(c *call, a *answer) {
			if scim != nil {
				scim(shown, c, a)
			}
		})(s)
		return func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/admin/v1/") {
				onTheScreens(w, r)
				return
			}
			inSCIM(w, r)
		}
	}
}
