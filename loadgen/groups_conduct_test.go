package loadgen_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// sane is the bundled server, by URL, behind a handler that may do something else with
// a request.
func sane(t *testing.T, instead func(http.ResponseWriter, *http.Request) bool) (target.Target, *httptest.Server) {
	t.Helper()
	bundled, err := target.Bundled("")
	require.NoError(t, err)
	endpoint, err := bundled.Tenant(t.Context())
	require.NoError(t, err)
	behind, err := url.Parse(endpoint.URL)
	require.NoError(t, err)
	transport := &http.Transport{}
	proxy := &httputil.ReverseProxy{Transport: transport, Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(&url.URL{Scheme: behind.Scheme, Host: behind.Host})
	}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !instead(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() {
		front.Close()
		transport.CloseIdleConnections()
		require.NoError(t, bundled.Close())
	})
	return target.External(front.URL+behind.EscapedPath(), endpoint.Token), front
}

// However badly a target answers for groups, the run ends, says that it was no success,
// and does not blame it for its people, who are all there.
func TestBadAnswersForGroups(t *testing.T) {
	for name, do := range map[string]func(http.ResponseWriter, *http.Request){
		"500": status(http.StatusInternalServerError), "501": status(http.StatusNotImplemented), "404": status(http.StatusNotFound),
		"an empty 200": status(http.StatusOK), "an empty 204": status(http.StatusNoContent),
		"a page":    func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>welcome</html>")) },
		"an object": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) },
		"a list": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"totalResults":7,"Resources":[null,3,{"id":4}]}`))
		},
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/elsewhere", http.StatusTemporaryRedirect)
		},
		"a dropped connection": drop, "no answer": silent,
	} {
		for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
			t.Run(name+", "+string(dialect), func(t *testing.T) {
				t.Parallel() // some wait for an answer
				at, _ := sane(t, func(w http.ResponseWriter, r *http.Request) bool {
					bad := strings.Contains(r.URL.Path, "/Groups")
					if bad {
						do(w, r)
					}
					return bad
				})
				seen, _ := in(t, at, dialect, []crowd.Phase{crowd.Onboard, crowd.Push, crowd.Day2, crowd.Import}, func(c *loadgen.Config) {
					if name == "no answer" {
						c.Timeout = time.Second
					}
				})
				assert.Contains(t, []string{"failure", "incomplete"}, seen.Result, "%+v", seen)
				assert.False(t, seen.Valid, "what was said of groups was not verified")
				if name != "no answer" { // a second may be short on a busy machine
					assert.Equal(t, 60, seen.Phases[0].People.Done)
				}
				assert.Zero(t, seen.Readback.Lost+seen.Readback.Doubled+seen.Readback.Wrong)
				assert.Zero(t, seen.Phases[1].People.Done)
			})
		}
	}
}

// A target that goes away while groups are pushed ends the run at once; those who were
// made are known.
func TestATargetGoesAwayInALaterPhase(t *testing.T) {
	var front *httptest.Server
	var pushes atomic.Int64
	at, front := sane(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/Groups") {
			return false
		}
		if pushes.Add(1) == 1 {
			front.Listener.Close()
		}
		front.CloseClientConnections()
		drop(nil, nil)
		return true
	})
	seen, dir := in(t, at, provision.OIN, everyPhase)
	assert.Equal(t, "incomplete", seen.Result, "%+v %v", seen.People, seen.Deviates)
	assert.Contains(t, strings.Join(seen.Missing, "\n"), "may still be active at the target")
	assert.False(t, seen.Valid)
	for _, later := range seen.Phases[3:] {
		assert.LessOrEqual(t, later.People.Began, 8, later.Name)
	}
	entries, err := evidence.ReadLedger(dir)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(evidence.Outstanding(entries)), 60)
}

// What cannot be written to the ledger is not made: neither people nor groups.
func TestNothingIsMadeThatTheLedgerDoesNotHold(t *testing.T) {
	for _, groups := range []bool{false, true} {
		var users, pushed atomic.Int64
		at, _ := sane(t, func(_ http.ResponseWriter, r *http.Request) bool {
			switch {
			case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/Groups"):
				pushed.Add(1)
			case r.Method == http.MethodPost:
				users.Add(1)
			}
			return false
		})
		folder, err := evidence.Create(filepath.Join(t.TempDir(), "run"), evidence.Run{ID: runID}, nil)
		require.NoError(t, err)
		full := func() { require.NoError(t, folder.Ledger.Close()) } // as a full disk: each write fails
		if !groups {
			full()
		}
		_, err = loadgen.Run(context.Background(), loadgen.Config{
			Target: at, RunID: runID, Seed: 1, People: 60, Workers: 4, Folder: folder, Phases: []crowd.Phase{crowd.Onboard, crowd.Push},
			Progress: func(p loadgen.Progress) {
				if groups && p.Phase == crowd.Onboard && p.Ended == p.Planned {
					full()
				}
			},
		})
		assert.ErrorContains(t, err, "to the ledger")
		if !groups {
			assert.Zero(t, users.Load())
		}
		assert.Zero(t, pushed.Load())
	}
}

// A disk that is full ends the run at once: it says so first, blames nobody at the
// target, and its figures are not valid.
func TestALedgerThatCannotBeWrittenEndsTheRun(t *testing.T) {
	folder, err := evidence.Create(filepath.Join(t.TempDir(), "run"), evidence.Run{ID: runID}, nil)
	require.NoError(t, err)
	var creates atomic.Int64
	at := before(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && creates.Add(1) == 50 {
			assert.NoError(t, folder.Ledger.Close())
		}
		return false
	})
	seen, err := loadgen.Run(context.Background(), loadgen.Config{
		Target: at.somebody(t), RunID: runID, Seed: 1, People: 5000, Workers: 4, Folder: folder,
	})
	require.ErrorContains(t, err, "to the ledger")
	assert.Less(t, seen.People.Began, 1000)
	assert.Zero(t, seen.People.Refused+seen.People.Unanswered, "it is not the target's conduct")
	assert.Equal(t, "incomplete", seen.Result, "%+v", seen)
	require.NotEmpty(t, seen.Missing)
	assert.Contains(t, seen.Missing[0], "the ledger cannot be written: write user")
	assert.False(t, seen.Valid)
	assert.Contains(t, seen.Invalid[0], "its ledger could not be written")
	assert.LessOrEqual(t, seen.Left.Active, seen.People.Began, "nobody is left of whom the target was never told")
}
