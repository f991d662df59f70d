package loadgen_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// People are counted, and not rows: a list may show one of them twice, and leave some out
// who are there all the same.
func TestPeopleAreCountedAndNotRows(t *testing.T) {
	for name, tt := range map[string]struct {
		directory func() *directory
		rows      int
		says      string
	}{
		"a row that comes twice": {func() *directory {
			d := &directory{}
			d.after = func(w http.ResponseWriter, r *http.Request) bool {
				whole := r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/Users") && r.URL.Query().Get("filter") == ""
				if whole {
					list := append(slices.Clone(d.accounts), d.accounts[:min(1, len(d.accounts))]...)
					answer(w, http.StatusOK, map[string]any{"totalResults": len(list), "Resources": list})
				}
				return whole
			}
			return d
		}, 51, "listed 2 times under one id"},
		"three who are not listed": {func() *directory {
			return &directory{unlisted: map[string]bool{"103": true, "107": true, "111": true}}
		}, 47, "not listed, when the list was read twice"},
	} {
		t.Run(name, func(t *testing.T) {
			seen, _ := load(t, context.Background(), tt.directory().somebody(t), 50)
			assert.Equal(t, []int{tt.rows, 50}, []int{seen.Readback.Accounts, seen.Readback.Ours})
			assert.Equal(t, max(tt.rows-50, 50-tt.rows), seen.Readback.Wrong)
			assert.Contains(t, reports.LoadText(seen), tt.says)
		})
	}
}

// fronted is a server behind a front that may answer in its place, or change an answer.
func fronted(t *testing.T, at target.Target, instead func(http.ResponseWriter, *http.Request) bool, change func(*http.Response) error) target.Target {
	t.Helper()
	behind, err := url.Parse(at.URL)
	require.NoError(t, err)
	endpoint, err := at.Tenant(t.Context())
	require.NoError(t, err)
	transport := &http.Transport{}
	proxy := &httputil.ReverseProxy{Transport: transport, ModifyResponse: change, Rewrite: func(p *httputil.ProxyRequest) {
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
	})
	return target.External(front.URL+behind.EscapedPath(), endpoint.Token)
}

// A group that is not there under the id that Okta was given, and is under another, is
// one group, and no second.
func TestAGroupUnderAnotherIDAloneIsNoSecondOne(t *testing.T) {
	at := fronted(t, somebodys(t, named("lists-groups-under-another-id")), func(w http.ResponseWriter, r *http.Request) bool {
		_, id, one := strings.Cut(r.URL.Path, "/Groups/")
		gone := one && r.Method == http.MethodGet && !strings.HasSuffix(id, "-external")
		if gone {
			w.WriteHeader(http.StatusNotFound)
		}
		return gone
	}, nil)
	seen, _ := in(t, at, provision.OIN, []crowd.Phase{crowd.Onboard, crowd.Push})
	g := seen.Readback.Groups
	assert.Equal(t, []int{0, 0, 2}, []int{g.Lost, g.Doubled, g.Wrong}, "%+v", seen.Readback.Examples)
}

// Of three accounts of one name two are too many, whichever of them the list shows first.
func TestAThirdAccountIsCountedToo(t *testing.T) {
	for hidden := range 3 {
		d := &directory{unlisted: map[string]bool{}}
		d.create = func(n int, a map[string]any) []map[string]any {
			if n != 7 {
				return []map[string]any{a}
			}
			d.unlisted[fmt.Sprint(100+len(d.accounts)+hidden)] = true
			return []map[string]any{a, a, a}
		}
		seen, dir := load(t, context.Background(), d.somebody(t), 20)
		assert.Equal(t, []int{0, 2, 0}, []int{seen.Readback.Lost, seen.Readback.Doubled, seen.Readback.Wrong}, "%+v", seen.Readback)
		active, _ := d.states()
		assert.Zero(t, active)
		assertTidy(t, dir)
	}
}

// An id under which a look-up finds everybody's second account is one for each of them.
func TestAnIDThatTwoPeopleShareIsCountedForBoth(t *testing.T) {
	d := &directory{}
	d.after = func(w http.ResponseWriter, r *http.Request) bool {
		wanted := byName.FindStringSubmatch(r.URL.Query().Get("filter"))
		if wanted == nil || len(d.accounts) < 20 {
			return false
		}
		found := slices.DeleteFunc(slices.Clone(d.accounts), func(a map[string]any) bool { return a["userName"] != wanted[1] })
		found = append(found, map[string]any{"id": "shared", "userName": wanted[1]})
		answer(w, http.StatusOK, map[string]any{"totalResults": len(found), "Resources": found})
		return true
	}
	seen, _ := load(t, context.Background(), d.somebody(t), 20)
	assert.Equal(t, []int{0, 20, 0}, []int{seen.Readback.Lost, seen.Readback.Doubled, seen.Readback.Wrong}, "%+v", seen.Readback)
}

// The target's own ids and names are told as far as anybody reads them.
func TestWhatIsToldOfATargetsOwnWordsIsCut(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	d := &directory{create: func(n int, a map[string]any) []map[string]any {
		other := map[string]any{"userName": fmt.Sprintf("copy-%d-%s-%s", n, runID, long)}
		return []map[string]any{other, a}
	}}
	d.after = func(w http.ResponseWriter, r *http.Request) bool {
		for _, a := range d.accounts {
			if id := fmt.Sprint(a["id"]); a["schemas"] == nil && len(id) < 100 {
				a["id"] = long + id
			}
		}
		return false
	}
	seen, dir := load(t, context.Background(), d.somebody(t), 20)
	assert.Equal(t, 20, seen.Readback.Wrong)
	raw, err := os.ReadFile(filepath.Join(dir, evidence.DifferencesName))
	require.NoError(t, err)
	for line := range bytes.Lines(raw) {
		assert.Less(t, len(line), 3000)
		assert.Contains(t, string(line), "cut")
	}
	for _, one := range seen.Readback.Examples {
		assert.Less(t, len(one.Name)+len(one.ID)+len(one.Why), 3000)
	}
	entries, err := evidence.ReadLedger(dir)
	require.NoError(t, err)
	for _, e := range entries {
		assert.Less(t, len(e.ID)+len(e.Name), 3000, "it is not put away")
	}
}

// A list of strangers who bear the run's mark, more than anybody could have made of it,
// ends there, by the target's conduct.
func TestAListOfStrangersEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("it weighs a heap through many pages: make verdicts")
	}
	for _, kind := range []string{"Users", "Groups"} {
		for _, tt := range []struct{ rows, total int }{{100, 900_000}, {6000, 6000}} {
			var pages int
			at, _ := sane(t, func(w http.ResponseWriter, r *http.Request) bool {
				hit := r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/"+kind) && r.URL.Query().Get("filter") == "" && r.URL.Query().Get("count") != "1"
				if hit {
					pages++
					var page []any
					for i := range tt.rows {
						name := fmt.Sprintf("x%d-%d-%s", pages, i, runID)
						page = append(page, map[string]any{"id": name, "userName": name, "displayName": name})
					}
					answer(w, http.StatusOK, map[string]any{"totalResults": tt.total, "Resources": page})
				}
				return hit
			})
			seen, _ := in(t, at, provision.OIN, []crowd.Phase{crowd.Onboard, crowd.Push})
			assert.Equal(t, "failure", seen.Result)
			assert.Contains(t, strings.Join(seen.Deviates, "\n"), "than anybody could have made")
			assert.Less(t, pages, 100)
			assert.False(t, seen.Readback.Done)
		}
	}
}

// Who may have been made, and is listed, is put away under the id of the list where no
// look-up finds them.
func TestWhoIsListedAloneIsPutAway(t *testing.T) {
	d := &directory{after: func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.Method == http.MethodPost:
			drop(w, r)
		case r.URL.Query().Get("filter") != "":
			answer(w, http.StatusOK, map[string]any{"totalResults": 0, "Resources": []any{}})
		default:
			return false
		}
		return true
	}}
	seen, _ := load(t, context.Background(), d.somebody(t), 20)
	active, disabled := d.states()
	assert.Equal(t, []int{0, 20}, []int{active, disabled})
	assert.Equal(t, evidence.LoadLeft{Disabled: 20}, seen.Left)
}

// Who was refused and made, and was listed before the list broke off, is put away.
func TestWhoIsListedBeforeAListBreaksOffIsPutAway(t *testing.T) {
	d := &directory{after: func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.Method == http.MethodPost:
			w.WriteHeader(http.StatusBadRequest)
		case r.URL.Query().Get("startIndex") == "101":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			return false
		}
		return true
	}}
	seen, dir := load(t, context.Background(), d.somebody(t), 120)
	active, disabled := d.states()
	assert.Equal(t, []int{20, 100}, []int{active, disabled}, "of the last 20 nothing was heard but that they were refused")
	assert.Equal(t, evidence.LoadLeft{Disabled: 100}, seen.Left)
	assertTidy(t, dir)
}

// A group that was refused and made is put away, also where the list shows it under the
// number of a row.
func TestAGroupThatWasRefusedAndMadeIsPutAway(t *testing.T) {
	behind := somebodys(t, named("lists-number-their-rows"))
	at := fronted(t, behind, func(http.ResponseWriter, *http.Request) bool { return false }, func(a *http.Response) error {
		if a.Request.Method == http.MethodPost && strings.HasSuffix(a.Request.URL.Path, "/Groups") {
			a.StatusCode = http.StatusBadRequest
		}
		return nil
	})
	seen, dir := in(t, at, provision.OIN, []crowd.Phase{crowd.Onboard, crowd.Push})
	g := seen.Readback.Groups
	assert.Equal(t, []int{2, 0, 0, 2}, []int{g.Groups, g.Lost, g.Doubled, g.Wrong}, "%+v", seen.Readback.Examples)
	endpoint, err := behind.Tenant(t.Context())
	require.NoError(t, err)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	look, err := target.Eyes{URL: endpoint.URL, Token: endpoint.Token, HTTP: transport}.GroupPage(t.Context(), 1, 10)
	require.NoError(t, err)
	entries, _, err := look.Entries()
	require.NoError(t, err)
	assert.Empty(t, entries)
	assertTidy(t, dir)
}
