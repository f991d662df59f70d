package loadgen_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/target"
)

// twins is a front of a tenant of the bundled server that keeps a second group beside
// every so many-th: no list shows it, and a lookup by its name does.
type twins struct {
	every int
	alone bool // a lookup shows the second one only
	// loses: a push is carried out and answered with 429, and no list shows its group.
	loses bool

	mu      sync.Mutex
	pushed  int
	byName  map[string]map[string]any
	deleted int
	left    func() int // groups behind
}

func (s *twins) at(t *testing.T, ours bool) target.Target {
	t.Helper()
	s.byName = map[string]map[string]any{}
	bundled, err := target.Bundled("")
	require.NoError(t, err)
	endpoint, err := bundled.Tenant(t.Context())
	require.NoError(t, err)
	behind, err := url.Parse(endpoint.URL)
	require.NoError(t, err)
	transport := &http.Transport{}
	proxy := &httputil.ReverseProxy{
		Transport: transport, ModifyResponse: s.show,
		Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(&url.URL{Scheme: behind.Scheme, Host: behind.Host}) },
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, id, is := strings.Cut(r.URL.Path, "/Groups/twin-"); is {
			s.twin(w, r, id)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	s.left = func() int {
		look, err := target.Eyes{URL: endpoint.URL, Token: endpoint.Token, HTTP: transport}.GroupPage(context.Background(), 1, 100)
		require.NoError(t, err)
		entries, _, err := look.Entries()
		require.NoError(t, err)
		return len(entries)
	}
	t.Cleanup(func() {
		front.Close()
		transport.CloseIdleConnections()
		assert.NoError(t, bundled.Close())
	})
	at := target.External(front.URL+behind.EscapedPath(), endpoint.Token)
	at.Ours = ours
	return at
}

func (s *twins) twin(w http.ResponseWriter, r *http.Request, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, group := range s.byName {
		if group["id"] != "twin-"+id {
			continue
		}
		if r.Method == http.MethodDelete {
			delete(s.byName, name)
			s.deleted++
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, http.StatusOK, group)
		return
	}
	w.WriteHeader(http.StatusNotFound)
}

var byDisplayName = regexp.MustCompile(`^displayName eq "(.*)"$`)

// show changes what the server behind has answered.
func (s *twins) show(a *http.Response) error {
	if !strings.HasSuffix(a.Request.URL.Path, "/Groups") || a.StatusCode > 201 {
		return nil
	}
	raw, err := io.ReadAll(a.Body)
	if err != nil {
		return err
	}
	var body map[string]any
	if err := json.Unmarshal(raw, &body); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := byDisplayName.FindStringSubmatch(a.Request.URL.Query().Get("filter"))
	switch {
	case a.Request.Method == http.MethodPost:
		if s.pushed++; s.every > 0 && s.pushed%s.every == 0 {
			s.byName[body["displayName"].(string)] = map[string]any{
				"schemas": body["schemas"], "id": "twin-" + body["id"].(string), "displayName": body["displayName"],
			}
		}
		if s.loses {
			a.StatusCode = http.StatusTooManyRequests
		}
	case wanted == nil && s.loses:
		body["Resources"], body["totalResults"] = []any{}, 0
	case wanted != nil && s.byName[wanted[1]] != nil:
		list, _ := body["Resources"].([]any)
		if s.alone {
			list = nil
		}
		list = append(list, s.byName[wanted[1]])
		body["Resources"], body["totalResults"], body["itemsPerPage"] = list, len(list), len(list)
	}
	if raw, err = json.Marshal(body); err != nil {
		return err
	}
	a.Body, a.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	a.Header.Del("Content-Length")
	return nil
}

// A list that shows each group once may hide a second one, which Okta would meet when
// it looks for the name: of a few groups each is looked up, and of many the tidying up
// at least finds it, and tells.
func TestSecondGroupsThatTheListHides(t *testing.T) {
	for name, tt := range map[string]struct {
		groups      int
		alone, ours bool
	}{
		"a few":                         {20, false, false},
		"a few, at a server of our own": {20, false, true},
		"a few, found alone":            {20, true, false},
		"many":                          {1200, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &twins{every: 10, alone: tt.alone}
			seen, dir := load(t, context.Background(), s.at(t, tt.ours), 60, func(c *loadgen.Config) {
				c.Phases, c.Dialect = []crowd.Phase{crowd.Onboard, crowd.Push}, provision.OIN
				c.Size = crowd.Size{Groups: tt.groups, Largest: 4, Second: 4}
			})
			assert.Equal(t, "failure", seen.Result)
			g := seen.Readback.Groups
			assert.Equal(t, []int{0, tt.groups / 10, 0}, []int{g.Lost, g.Doubled, g.Wrong}, "%+v", seen.Readback.Examples)
			assert.Equal(t, tt.groups, g.Known)
			assert.Equal(t, tt.groups <= 1000, g.LookedUp == g.Known, "%d", g.LookedUp)
			if !tt.ours {
				assert.Equal(t, tt.groups/10, s.deleted)
				assert.Empty(t, s.byName)
				assertTidy(t, dir)
			}
		})
	}
}

// A push that may have come to something is looked for by its name before it is said
// that it came to nothing: else its group would stay.
func TestAGroupThatMayBeThereIsLookedForByName(t *testing.T) {
	s := &twins{loses: true}
	_, dir := load(t, context.Background(), s.at(t, false), 60, func(c *loadgen.Config) {
		c.Phases, c.Count = []crowd.Phase{crowd.Onboard, crowd.Push}, true
	})
	assert.Equal(t, 2, s.pushed)
	assert.Zero(t, s.left())
	assertTidy(t, dir)
}
