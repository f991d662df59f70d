package loadgen_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
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

// before returns a directory that does something else to certain requests: do says
// whether it has.
func before(do func(w http.ResponseWriter, r *http.Request) bool) *directory {
	return &directory{before: do}
}

// onCreate returns a directory that does something else to every n-th create.
func onCreate(every int64, do func(w http.ResponseWriter, r *http.Request)) *directory {
	var creates atomic.Int64
	return before(func(w http.ResponseWriter, r *http.Request) bool {
		hit := r.Method == http.MethodPost && creates.Add(1)%every == 0
		if hit {
			do(w, r)
		}
		return hit
	})
}

// onList returns a directory that does something else to a list without a filter,
// but for the first one: that is the knock.
func onList(do func(w http.ResponseWriter, r *http.Request)) *directory {
	var lists atomic.Int64
	return before(func(w http.ResponseWriter, r *http.Request) bool {
		hit := r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/Users") && r.URL.Query().Get("filter") == "" && lists.Add(1) > 1
		if hit {
			do(w, r)
		}
		return hit
	})
}

func status(code int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func drop(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// endless says more than anybody reads, and ends when the reader has gone.
func endless(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	line := []byte(`{"Resources":[` + strings.Repeat(" ", 64<<10))
	for {
		if _, err := w.Write(line); err != nil {
			return
		}
	}
}

func silent(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // only then does the server hear that the client is gone
	<-r.Context().Done()
}

// What the target does is failure; what the network does is not known to be the
// target's.
func TestTroubleIsToldFromConduct(t *testing.T) {
	type people = evidence.LoadPeople
	for name, tt := range map[string]struct {
		at     *directory
		result string
		people people
		says   string
	}{
		"the token is refused": {
			before(func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusUnauthorized); return true }),
			"incomplete",
			people{},
			"refuses the token",
		},
		"every create is answered with 500": {
			onCreate(1, status(http.StatusInternalServerError)),
			"failure",
			people{Began: 20, Refused: 20},
			"HTTP status 500",
		},
		"every connection is dropped on a create": {
			onCreate(1, drop),
			"failure",
			people{Began: 20, Unanswered: 20, Dropped: 20},
			"20 of 20 dialogues: the target took the connection",
		},
		"one connection is dropped on a create": {
			onCreate(20, drop),
			"incomplete",
			people{Began: 20, Done: 19, Unanswered: 1, Dropped: 1},
			"1 dialogues got no whole answer",
		},
		"a create is answered without end": {
			onCreate(20, endless),
			"failure",
			people{Began: 20, Done: 19, Refused: 1},
			"an answer that is longer than is read",
		},
		"the connection test is answered without end": {
			before(func(w http.ResponseWriter, r *http.Request) bool { endless(w, r); return true }),
			"failure",
			people{},
			"more than the 16 MiB that are read of one",
		},
		"the list is answered with 500": {
			onList(status(http.StatusInternalServerError)),
			"failure",
			people{Began: 20, Done: 20},
			"the list of accounts from 1 on was answered with HTTP status 500",
		},
		"the list says nothing of totalResults": {
			onList(func(w http.ResponseWriter, _ *http.Request) {
				answer(w, http.StatusOK, map[string]any{"Resources": []any{}})
			}),
			"failure",
			people{Began: 20, Done: 20},
			"totalResults is no number",
		},
		"the list shows the same again and again": {onList(func(w http.ResponseWriter, _ *http.Request) {
			answer(w, http.StatusOK, map[string]any{"totalResults": 1 << 30, "Resources": []any{map[string]any{"id": "1", "userName": "a"}}})
		}), "failure", people{Began: 20, Done: 20}, "does not move on"},
		"the list grows for ever": {onList(func(w http.ResponseWriter, r *http.Request) {
			start, _ := strconv.Atoi(r.URL.Query().Get("startIndex"))
			page := make([]any, 100)
			for i := range page {
				page[i] = map[string]any{"id": fmt.Sprint("x", start+i), "userName": "a"}
			}
			answer(w, http.StatusOK, map[string]any{"totalResults": start + 1000, "Resources": page})
		}), "failure", people{Began: 20, Done: 20}, "grows while it is read"},
		"the list is dropped every time": {onList(drop), "failure", people{Began: 20, Done: 20}, "could not be read back"},
		"a lookup of somebody who was lost is answered with 500": {
			&directory{create: func(n int, a map[string]any) []map[string]any {
				if n == 3 {
					return nil
				}
				return []map[string]any{a}
			}, before: lookupsAfter(20, status(http.StatusInternalServerError))},
			"failure",
			people{Began: 20, Done: 20},
			"HTTP status 500",
		},
		"every tenth account is not there by its id": {before(func(w http.ResponseWriter, r *http.Request) bool {
			hit := r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "9")
			if hit {
				w.WriteHeader(http.StatusNotFound)
			}
			return hit
		}), "failure", people{Began: 20, Done: 20}, "listed or found, but not read by its id"},
		"every tenth account is another's by its id": {before(func(w http.ResponseWriter, r *http.Request) bool {
			hit := r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "9")
			if hit {
				answer(w, http.StatusOK, map[string]any{"id": "9", "userName": "boss@example.com", "active": true})
			}
			return hit
		}), "failure", people{Began: 20, Done: 20}, "userName: want "},
	} {
		t.Run(name, func(t *testing.T) {
			seen, _ := load(t, context.Background(), tt.at.somebody(t), 20)
			assert.Equal(t, tt.result, seen.Result, "%+v", seen)
			assert.Equal(t, tt.people, seen.People)
			assert.Contains(t, fmt.Sprintf("%+v", seen), tt.says)
			assert.Equal(t, name == "the token is refused", seen.Unusable != "")
		})
	}
}

// lookupsAfter does something to every lookup after the first n of them.
func lookupsAfter(n int64, do func(http.ResponseWriter, *http.Request)) func(http.ResponseWriter, *http.Request) bool {
	var lookups atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) bool {
		hit := r.URL.Query().Get("filter") != "" && lookups.Add(1) > n
		if hit {
			do(w, r)
		}
		return hit
	}
}

func TestNobodyListens(t *testing.T) {
	seen, _ := load(t, context.Background(), target.External("http://127.0.0.1:1/scim/v2", "secret-token"), 20)
	assert.Equal(t, "incomplete", seen.Result)
	assert.Zero(t, seen.People.Began)
	assert.Contains(t, seen.Missing[0], "cannot be reached")
}

// A door lets so many requests through, and then behaves as a port where nobody
// listens.
type door struct {
	http.RoundTripper
	open atomic.Int64
}

func (d *door) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.open.Add(-1) < 0 {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	return d.RoundTripper.RoundTrip(r)
}

func TestARunEndsWhenTheTargetIsGone(t *testing.T) {
	base := &http.Transport{}
	defer base.CloseIdleConnections()
	d := &door{RoundTripper: base}
	d.open.Store(100)
	seen, _ := load(t, context.Background(), (&directory{}).somebody(t), 5000, func(c *loadgen.Config) {
		slo, err := loadgen.ParseSLO("errors <= 100%")
		require.NoError(t, err)
		c.Base, c.SLOs = d, []loadgen.SLO{slo}
	})
	assert.Equal(t, "incomplete", seen.Result)
	assert.Equal(t, evidence.SLONotJudged, seen.SLOs[0].Verdict, "%+v", seen.SLOs)
	assert.Less(t, seen.People.Began, 100)
	assert.Contains(t, fmt.Sprint(seen.Missing), "the target is not there any more")
	assert.Contains(t, fmt.Sprint(seen.Missing), fmt.Sprintf("%d accounts of this run may still be active at the target; scimproof cleanup --run %s", seen.Left.Active, runID))
	assert.Positive(t, seen.Left.Active)
}

// The three who hear nothing are enough; that they hear nothing is the target's
// conduct, since it answered before.
func TestARunEndsWhenTheTargetSaysNothing(t *testing.T) {
	seen, _ := load(t, context.Background(), onCreate(1, silent).somebody(t), 500, func(c *loadgen.Config) { c.Timeout, c.Workers = 50*time.Millisecond, 2 })
	assert.Equal(t, "failure", seen.Result)
	assert.Less(t, seen.People.Began, 20)
	assert.GreaterOrEqual(t, seen.People.Dropped, 3)
	assert.Contains(t, fmt.Sprint(seen.Missing), "the target is not there any more")
	assert.Zero(t, seen.Phases[0].Dialogues[0].Count, "who got no answer has no response time")
}

func TestATargetThatAlwaysSaysLaterIsGivenUp(t *testing.T) {
	d := onCreate(1, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	seen, _ := load(t, context.Background(), d.somebody(t), 20, func(c *loadgen.Config) { c.Throttled = time.Nanosecond })
	assert.Equal(t, "incomplete", seen.Result)
	assert.LessOrEqual(t, seen.People.Began, 8, "those of the pool, and nobody after them")
	assert.Positive(t, seen.People.Throttled)
	assert.Equal(t, seen.People.Began, seen.People.Throttled+seen.People.Stopped)
	assert.Zero(t, seen.Phases[0].Dialogues[0].Count)
}

// Nobody was made, and nobody is asked for, where the server refuses for certain
// or is not asked at all.
func TestWhoWasRefusedForCertainIsNotLeftBehind(t *testing.T) {
	redirected := before(func(w http.ResponseWriter, r *http.Request) bool {
		hit := r.URL.Query().Get("filter") != ""
		if hit {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		}
		return hit
	})
	for name, tt := range map[string]struct {
		at   *directory
		left int
	}{
		"every create is refused":                  {onCreate(1, status(http.StatusBadRequest)), 0},
		"every lookup is sent elsewhere":           {redirected, 0},
		"every create is sent elsewhere":           {onCreate(1, status(http.StatusFound)), 0},
		"every create ends in an error of its own": {onCreate(1, status(http.StatusInternalServerError)), 20},
	} {
		t.Run(name, func(t *testing.T) {
			seen, dir := load(t, context.Background(), tt.at.somebody(t), 20)
			assert.Equal(t, "failure", seen.Result)
			assert.Equal(t, 20, seen.People.Refused)
			assert.Equal(t, tt.left, seen.Left.Active)
			entries, err := evidence.ReadLedger(dir)
			require.NoError(t, err)
			assert.Len(t, evidence.Outstanding(entries), tt.left)
		})
	}
}

// What is answered with a redirect or a 429 may have been made all the same. Only a whole
// list and a look-up that do not show it prove that nothing is left.
func TestWhatMayHaveBeenMadeIsNotLeftWhereItIsNotThere(t *testing.T) {
	stored := func(code int) *directory {
		return &directory{after: func(w http.ResponseWriter, r *http.Request) bool {
			hit := r.Method == http.MethodPost
			if hit {
				w.WriteHeader(code)
			}
			return hit
		}}
	}
	for name, tt := range map[string]struct {
		at             *directory
		left, disabled int
	}{
		"redirected":            {onCreate(1, status(http.StatusFound)), 0, 0},
		"429":                   {onCreate(1, status(http.StatusTooManyRequests)), 0, 0},
		"redirected, and made":  {stored(http.StatusFound), 0, 20},
		"429, and made":         {stored(http.StatusTooManyRequests), 0, 20},
		"429, and the list 500": {onCreate(1, status(http.StatusTooManyRequests)), 20, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.left > 0 {
				creates := tt.at.before
				lists := onList(status(http.StatusInternalServerError)).before
				tt.at.before = func(w http.ResponseWriter, r *http.Request) bool { return creates(w, r) || lists(w, r) }
			}
			seen, _ := load(t, context.Background(), tt.at.somebody(t), 20, func(c *loadgen.Config) { c.Count = true })
			assert.Equal(t, evidence.LoadLeft{Active: tt.left, Disabled: tt.disabled}, seen.Left, "%+v", seen)
		})
	}
}

// What bears the run's mark is put away, whoever made it and whatever Okta was
// told.
func TestAccountsOfWhichOktaWasNotToldArePutAwayToo(t *testing.T) {
	for name, tt := range map[string]struct {
		at    *directory
		wrong int
		says  string
	}{
		"a copy of each under another name": {&directory{answersFirst: true, create: func(_ int, a map[string]any) []map[string]any {
			double := map[string]any{}
			for k, v := range a {
				double[k] = v
			}
			double["userName"] = "copy-of-" + fmt.Sprint(a["userName"])
			return []map[string]any{a, double}
		}}, 20, "nobody of the plan"},
		"each is made, and refused": {&directory{after: func(w http.ResponseWriter, r *http.Request) bool {
			hit := r.Method == http.MethodPost
			if hit {
				w.WriteHeader(http.StatusBadRequest)
			}
			return hit
		}}, 20, "Okta was told of a failure, and the account is there"},
	} {
		t.Run(name, func(t *testing.T) {
			seen, dir := load(t, context.Background(), tt.at.somebody(t), 20)
			assert.Equal(t, "failure", seen.Result)
			assert.Equal(t, tt.wrong, seen.Readback.Wrong)
			assert.Contains(t, fmt.Sprint(seen.Readback.Examples), tt.says)
			active, disabled := tt.at.states()
			assert.Zero(t, active)
			assert.Equal(t, seen.Left.Disabled, disabled)
			assertTidy(t, dir)
		})
	}
}

// Pages that leave somebody out may leave out anybody's second account: then
// everybody is looked up.
func TestASecondAccountThatThePagesLeaveOutIsFound(t *testing.T) {
	d := &directory{answersFirst: true, create: func(n int, a map[string]any) []map[string]any {
		if n == 7 {
			return []map[string]any{a, a}
		}
		return []map[string]any{a}
	}}
	d.unlisted = map[string]bool{"103": true, "107": true}
	seen, _ := load(t, context.Background(), d.somebody(t), 20, func(c *loadgen.Config) { c.Workers = 1 })
	assert.Equal(t, []int{0, 1, 1}, []int{seen.Readback.Lost, seen.Readback.Doubled, seen.Readback.Wrong}, "%+v", seen.Readback)
	assert.Contains(t, fmt.Sprint(seen.Readback.Examples), "not listed, when the list was read twice")
}

// Whoever else comes or goes while a list is read moves the others to another page, so
// that one of them is shown on none or on two (RFC 7644, section 3.4.2.4): nobody is
// blamed for it where the next reading shows each once.
func TestAListThatChangesWhileItIsReadIsReadAgain(t *testing.T) {
	for what, odd := range map[string]func(rows []any) []any{
		"one on no page":   func(rows []any) []any { return rows[1:] },
		"one on two pages": func(rows []any) []any { return append(rows[:len(rows):len(rows)], rows[0]) },
	} {
		for _, always := range []bool{false, true} {
			d := &directory{}
			var readings atomic.Int64
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				first := r.URL.Query().Get("startIndex") == "1" && r.URL.Query().Get("count") == "100" && r.URL.Query().Get("filter") == ""
				if !first {
					d.ServeHTTP(w, r)
					return
				}
				if readings.Add(1) > 1 && !always {
					d.ServeHTTP(w, r)
					return
				}
				kept := httptest.NewRecorder()
				d.ServeHTTP(kept, r)
				var list map[string]any
				assert.NoError(t, json.Unmarshal(kept.Body.Bytes(), &list))
				list["Resources"] = odd(list["Resources"].([]any))
				answer(w, http.StatusOK, list)
			}))
			seen, _ := load(t, context.Background(), target.External(front.URL+"/scim/v2", "secret-token"), 20, func(c *loadgen.Config) { c.Workers = 1 })
			front.Close()
			want := map[bool]string{false: "success", true: "failure"}[always]
			assert.Equal(t, want, seen.Result, "%s, always %v: %+v", what, always, seen.Readback)
			assert.Equal(t, 20, seen.Readback.Ours)
			assert.EqualValues(t, 2, readings.Load())
			if !always {
				assert.Contains(t, fmt.Sprint(seen.Readback.Notes), "in their place when it was read again")
			}
		}
	}
}

// A create that was answered and stored nowhere is a loss, also where a later phase had
// to do with it and failed.
func TestALaterPhaseHidesNoLoss(t *testing.T) {
	for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
		seen, _ := load(t, context.Background(), somebodys(t, named("creates-lost")), 40, func(c *loadgen.Config) {
			c.Phases, c.Churn, c.Dialect = []crowd.Phase{crowd.Onboard, crowd.Day2, crowd.Offboard}, 1, dialect
		})
		assert.Equal(t, "failure", seen.Result)
		assert.Equal(t, 20, seen.Readback.Lost, "%+v", seen.Readback)
	}
}

// A list that shows each person once may hide second accounts, which Okta would meet
// when it looks for the name: in a small crowd everybody is asked for by name, and in a
// larger one at least the tidying up finds them, and tells.
func TestSecondAccountsThatTheListHides(t *testing.T) {
	for _, people := range []int{20, 1200} {
		d := &directory{answersFirst: true, unlisted: map[string]bool{}}
		d.create = func(n int, a map[string]any) []map[string]any {
			if n%10 != 0 {
				return []map[string]any{a}
			}
			d.unlisted[fmt.Sprint(101+len(d.accounts))] = true
			return []map[string]any{a, a}
		}
		seen, dir := load(t, context.Background(), d.somebody(t), people)
		assert.Equal(t, "failure", seen.Result)
		assert.Equal(t, []int{0, people / 10, 0}, []int{seen.Readback.Lost, seen.Readback.Doubled, seen.Readback.Wrong}, "%+v", seen.Readback)
		_, disabled := d.states()
		assert.Equal(t, disabled, seen.Left.Disabled, "each account is counted once")
		for w, times := range d.timesWritten() {
			assert.Equal(t, 1, times, "%s: each is put away once", w)
		}
		assertTidy(t, dir)
	}
}

// A list that shows one of two accounts, and a lookup that shows the other, agree that
// there is one; they do not agree on which.
func TestASecondAccountThatTheListAloneShows(t *testing.T) {
	d := &directory{unlisted: map[string]bool{}}
	d.create = func(n int, a map[string]any) []map[string]any {
		if n%10 != 0 {
			return []map[string]any{a}
		}
		d.unlisted[fmt.Sprint(101+len(d.accounts))] = true // the one that is answered
		return []map[string]any{a, a}
	}
	d.after = func(w http.ResponseWriter, r *http.Request) bool {
		wanted := byName.FindStringSubmatch(r.URL.Query().Get("filter"))
		if wanted == nil {
			return false
		}
		found := slices.DeleteFunc(slices.Clone(d.accounts), func(a map[string]any) bool { return a["userName"] != wanted[1] })
		found = found[max(0, len(found)-1):]
		answer(w, http.StatusOK, map[string]any{"totalResults": len(found), "Resources": found})
		return true
	}
	seen, dir := load(t, context.Background(), d.somebody(t), 20, func(c *loadgen.Config) { c.Workers = 1 })
	assert.Equal(t, "failure", seen.Result)
	assert.Equal(t, []int{0, 2, 0}, []int{seen.Readback.Lost, seen.Readback.Doubled, seen.Readback.Wrong}, "%+v", seen.Readback)
	active, _ := d.states()
	assert.Zero(t, active)
	assertTidy(t, dir)
}

// A list of the account under another id than the create was answered with.
func TestAnotherIDThanTheCreateWasAnsweredWith(t *testing.T) {
	d := &directory{after: func(w http.ResponseWriter, r *http.Request) bool {
		hit := r.Method == http.MethodPost
		if hit {
			answer(w, http.StatusCreated, map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "id": "internal-" + r.Header.Get("X-Nobody")})
		}
		return hit
	}}
	seen, dir := load(t, context.Background(), d.somebody(t), 20)
	assert.Equal(t, 20, seen.Readback.Wrong, "%+v", seen.Readback)
	assert.Contains(t, seen.Readback.Examples[0].Why, "id: the create was answered with internal-")
	active, _ := d.states()
	assert.Zero(t, active)
	assertTidy(t, dir)
}

// In a tenant that was made for the run, nobody else has made anything.
func TestATenantOfOurOwnHoldsNobodyElse(t *testing.T) {
	for _, ours := range []bool{true, false} {
		d := &directory{accounts: []map[string]any{{"id": "1", "userName": "boss@example.com", "active": true}}}
		tg := d.somebody(t)
		tg.Ours = ours
		seen, _ := load(t, context.Background(), tg, 20)
		assert.Equal(t, 21, seen.Readback.Accounts)
		if ours {
			assert.Equal(t, "failure", seen.Result)
			assert.Equal(t, 1, seen.Readback.Wrong)
		} else {
			assert.Equal(t, "success", seen.Result, "others may have accounts at somebody's server")
		}
	}
}

// Nobody gave an account in a tenant of our own an address but Okta.
func TestAnAliasInATenantOfOurOwnIsWrong(t *testing.T) {
	d := &directory{create: func(_ int, a map[string]any) []map[string]any {
		a["emails"] = append(a["emails"].([]any), map[string]any{"value": "alias@sp.example.test"})
		return []map[string]any{a}
	}}
	tg := d.somebody(t)
	seen, _ := load(t, context.Background(), tg, 20)
	assert.Contains(t, fmt.Sprint(seen.Readback.Notes), "an address besides that Okta did not send, such as alias@sp.example.test")
	tg.Ours = true
	seen, _ = load(t, context.Background(), tg, 20)
	assert.Equal(t, 20, seen.Readback.Wrong)
}

// A connection is kept for each dialogue there may be at a time: with fewer the
// generator would dial again and again.
func TestConnectionsAreKept(t *testing.T) {
	for workers, most := range map[int]int64{64: 64, 1: 8} { // eight look at a time
		d := &directory{}
		var opened atomic.Int64
		s := httptest.NewUnstartedServer(d)
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				opened.Add(1)
			}
		}
		s.Start()
		seen, _ := load(t, context.Background(), target.External(s.URL+"/scim/v2", "secret-token"), 400, func(c *loadgen.Config) { c.Workers = workers })
		s.Close()
		assert.Equal(t, 400, seen.People.Done)
		assert.LessOrEqual(t, opened.Load(), most, "%d workers", workers)
	}
}

// Of ids that are longer than anybody's a digest is kept: they are compared all the
// same.
func TestLongIDsAreCompared(t *testing.T) {
	d := &directory{idsBegin: strings.Repeat("x", 5000)}
	seen, _ := load(t, context.Background(), d.somebody(t), 20)
	assert.Equal(t, "success", seen.Result, "%+v", seen.Missing)
	assert.Empty(t, seen.Readback.Notes)
	assert.Equal(t, 20, seen.Readback.ReadByID)

	d = &directory{idsBegin: strings.Repeat("x", 5000), after: func(w http.ResponseWriter, r *http.Request) bool {
		hit := r.Method == http.MethodPost
		if hit {
			answer(w, http.StatusCreated, map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "id": strings.Repeat("x", 5000)})
		}
		return hit
	}}
	seen, _ = load(t, context.Background(), d.somebody(t), 20)
	assert.Equal(t, 20, seen.Readback.Wrong)
}
