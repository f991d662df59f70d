package loadgen_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/limit"
	"github.com/scimproof/scimproof/target/refserver"
)

// A desk hands requests to a handler without a socket, so that all waiting can pass in
// a bubble of synctest, and watches whether a 429 is obeyed: the same request may not
// be said again before its Retry-After is over. Who has hung up gets no answer.
type desk struct {
	handler http.Handler

	mu         sync.Mutex
	first      time.Time // when anybody asked first
	okta       time.Time // when Okta did
	looked     []string  // what the suite's eyes looked for
	notBefore  map[string]time.Time
	refusals   int
	violations int
}

func (d *desk) RoundTrip(r *http.Request) (*http.Response, error) {
	said := r.Method + " " + r.URL.String()
	if r.Body != nil {
		body, _ := io.ReadAll(r.Body)
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
		said += string(body)
	}
	d.mu.Lock()
	if time.Now().Before(d.notBefore[said]) {
		d.violations++
	}
	d.hears(r)
	d.mu.Unlock()
	w := httptest.NewRecorder()
	r.RequestURI = r.URL.RequestURI()
	d.handler.ServeHTTP(w, r)
	if r.Context().Err() != nil {
		return nil, context.Cause(r.Context())
	}
	if w.Code == http.StatusTooManyRequests {
		seconds, _ := strconv.Atoi(w.Header().Get("Retry-After"))
		d.mu.Lock()
		d.refusals++
		d.notBefore[said] = time.Now().Add(time.Duration(seconds) * time.Second)
		d.mu.Unlock()
	}
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

func (d *desk) hears(r *http.Request) {
	now, filter := time.Now(), r.URL.Query().Get("filter")
	if d.first.IsZero() {
		d.first = now
	}
	switch okta := strings.HasPrefix(r.UserAgent(), "Okta"); {
	case okta && d.okta.IsZero():
		d.okta = now
	case !okta && filter != "":
		d.looked = append(d.looked, filter)
	}
}

// within leads a crowd through phases at the reference server within limits, in a
// bubble. What was made has been put away afterwards.
func within(t *testing.T, l limit.Limits, people int, change func(*loadgen.Config)) (seen evidence.Load, d *desk) {
	t.Helper()
	seen, d, dir := throttled(t, l, people, change)
	assertTidy(t, dir)
	return seen, d
}

// service is how long the reference server takes within limits that do not say it.
const service = 50 * time.Millisecond

func throttled(t *testing.T, l limit.Limits, people int, change func(*loadgen.Config)) (seen evidence.Load, d *desk, dir string) {
	t.Helper()
	l.Takes = cmp.Or(l.Takes, service)
	seen, d, dir = behind(t, l.In, people, change)
	assert.Zero(t, d.violations, "Retry-After is obeyed")
	return seen, d, dir
}

// behind leads a crowd through phases at the reference server behind something else.
func behind(t *testing.T, in func(http.Handler) http.Handler, people int, change func(*loadgen.Config)) (seen evidence.Load, d *desk, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "run")
	synctest.Test(t, func(t *testing.T) {
		server := refserver.New(refserver.Config{AdminToken: "admin"})
		made := httptest.NewRecorder()
		ask := httptest.NewRequest(http.MethodPost, "/admin/v1/iams", strings.NewReader(`{"display_name":"okta"}`))
		ask.Header.Set("Authorization", "Bearer admin")
		ask.Header.Set("Content-Type", "application/json")
		server.ServeHTTP(made, ask)
		var iam struct {
			URL string `json:"scim_url"`
			Key string `json:"scim_key"`
		}
		require.NoError(t, json.Unmarshal(made.Body.Bytes(), &iam), made.Body.String())

		d = &desk{handler: in(server), notBefore: map[string]time.Time{}}
		folder, err := evidence.Create(dir, evidence.Run{ID: runID}, nil)
		require.NoError(t, err)
		c := loadgen.Config{
			Target: target.External(iam.URL, iam.Key), RunID: runID, Seed: 1, People: people, Folder: folder, Base: d, Throttled: time.Hour, Churn: 0.2,
		}
		change(&c)
		seen, err = loadgen.Run(context.Background(), c)
		require.NoError(t, err)
		require.NoError(t, folder.Finish(evidence.End{}))
	})
	assert.Zero(t, seen.Readback.Bad(), "nothing is lost: %+v", seen.Readback)
	return seen, d, dir
}

// A challenge is a crowd that goes beyond a limit at its documented value, and what it
// meets.
type challenge struct {
	people int
	long   bool // left out under -short, where other tests play the like with smaller figures
	change func(*loadgen.Config)
	// result is the run's in each dialect; "" means success. What is refused is told
	// with a status.
	result map[provision.Dialect]string
	status string
	// met says whether the crowd came up against the limit on its way; nil where what is
	// refused shows it, or, as with changes-100, Okta never does.
	met func(evidence.Load, *desk) bool
}

func wasTurnedAway(_ evidence.Load, d *desk) bool { return d.refusals > 0 }

var challenges = map[string]challenge{
	"writes-180-a-minute": {people: 300, met: wasTurnedAway, change: func(c *loadgen.Config) { c.Workers = 10 }},
	"concurrent-500":      {people: 1800, long: true, met: wasTurnedAway, change: func(c *loadgen.Config) { c.Workers = 600 }},
	"changes-100": {people: 250, change: func(c *loadgen.Config) {
		c.Phases = []crowd.Phase{crowd.Onboard, crowd.Push, crowd.Day2}
	}},
	"members-8000": {
		people: 8100, long: true, result: map[provision.Dialect]string{provision.AIW: "failure"}, status: "413",
		change: func(c *loadgen.Config) {
			c.Phases, c.Size = []crowd.Phase{crowd.Onboard, crowd.Push}, crowd.Size{Groups: 2, Largest: 8100, Second: 7900}
		},
	},
	"slow-200ms": {
		people: 100, change: func(c *loadgen.Config) { c.Rate = pace.Constant(50) },
		met: func(seen evidence.Load, _ *desk) bool { return seen.Phases[0].Dialogues[0].P50 >= 400 },
	},
	"stalls-2s-every-30s": {
		people: 700, long: true, change: func(c *loadgen.Config) { c.Rate = pace.Constant(20) },
		met: func(seen evidence.Load, _ *desk) bool { return seen.Phases[0].Dialogues[0].Max >= 2000 },
	},
}

// Each limit that can be practised on, at its documented value and in both dialects:
// nobody is lost, Retry-After is obeyed, and what the limit refuses is told as refused
// and by nothing else.
func TestEveryLimitAtItsDocumentedValue(t *testing.T) {
	for _, l := range limit.All() {
		for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
			t.Run(l.Name+", "+string(dialect), func(t *testing.T) {
				one, has := challenges[l.Name]
				require.True(t, has, "nothing is played at this limit")
				if one.long && testing.Short() {
					t.Skip("it provisions a large crowd: make verdicts")
				}
				seen, d := within(t, l.Limits, one.people, func(c *loadgen.Config) {
					one.change(c)
					c.Dialect = dialect
				})
				assert.Equal(t, cmp.Or(one.result[dialect], "success"), seen.Result, "%+v", seen)
				assert.True(t, seen.Valid, "%v", seen.Invalid)
				if one.met != nil {
					assert.True(t, one.met(seen, d), "the limit was not met: %+v", seen.Phases[0])
				}
				assert.Equal(t, one.people, seen.Phases[0].People.Done, "everybody has an account")
				assert.Equal(t, evidence.LoadLeft{Disabled: one.people}, seen.Left)
				refused := 0
				for _, p := range seen.Phases {
					assert.Equal(t, p.Planned, p.People.Done+p.People.Refused, p.Name)
					for _, f := range p.Failures {
						assert.Contains(t, f.Why, one.status)
						refused += f.Count
					}
				}
				assert.Equal(t, one.result[dialect] != "", refused > 0)
				if g := seen.Readback.Groups; g != nil {
					assert.Equal(t, seen.Asked.Groups-refused, g.Groups)
				}
			})
		}
	}
}

// 300 people are more than a minute's 180 writes: in the shortest time that this leaves
// everybody has an account, in both dialects.
func TestNobodyIsLostWithinSoManyWritesAMinute(t *testing.T) {
	for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
		seen, d := within(t, limit.Limits{WritesPerMinute: 180}, 300, func(c *loadgen.Config) { c.Dialect, c.Workers = dialect, 10 })
		assert.Equal(t, "success", seen.Result, "%+v", seen)
		assert.Equal(t, 300, seen.People.Done)
		assert.Positive(t, d.refusals)
		assert.LessOrEqual(t, seen.Run.DurationMS, 1.1*60_000.0, "of a minute, which it takes at least")
		assert.Positive(t, seen.Phases[0].Throttle.Answers)
		assert.Positive(t, seen.Phases[0].Throttle.WaitedMS)
	}
}

// At our own server a 429 is waited for where limits are set to it for practice, and is
// counted and not timed otherwise: then nobody gets through beyond a minute's writes. The
// eyes, which are eight, wait too.
func TestWaitsAtOurOwnServerAreRealWithinLimits(t *testing.T) {
	for clock, names := range map[string][]string{"real": {"writes-180-a-minute"}, "virtual": nil} {
		seen, d, _ := behind(t, limit.Limits{WritesPerMinute: 180, Concurrent: 6, Takes: service}.In, 300, func(c *loadgen.Config) {
			c.Target.Ours, c.Limits, c.Workers = true, names, 10
		})
		assert.Equal(t, clock, seen.Run.Clock)
		assert.Equal(t, names, seen.Asked.Limits)
		if clock == "real" {
			assert.Equal(t, "success", seen.Result, "%+v", seen)
			assert.Zero(t, d.violations)
			assert.Greater(t, seen.Run.DurationMS, 55_000.0)
		} else {
			assert.LessOrEqual(t, seen.People.Done, 180)
			assert.Positive(t, d.violations)
		}
	}
}

// The default --throttle-budget lets 200 people in at 180 writes a minute, and tidies up
// after them, where 180 writes are 60 s of waiting each time, however many wait.
func TestTheDefaultPatienceTidiesUpWithinSoManyWritesAMinute(t *testing.T) {
	seen, d := within(t, limit.Limits{WritesPerMinute: 180}, 200, func(c *loadgen.Config) {
		c.Rate, c.Throttled = pace.Constant(100), 2*time.Minute
	})
	assert.Equal(t, "success", seen.Result, "%+v", seen)
	assert.Equal(t, evidence.LoadLeft{Disabled: 200}, seen.Left)
	assert.Positive(t, d.refusals)
}

// When the patience of a run is used up nobody new begins, and the run is incomplete.
// The tidying up has its own, and what it does not come to it names.
func TestNobodyBeginsWhenThePatienceIsUsedUp(t *testing.T) {
	seen, _, _ := throttled(t, limit.Limits{WritesPerMinute: 180}, 2000, func(c *loadgen.Config) {
		c.Rate, c.Throttled = pace.Constant(10), 2*time.Minute
	})
	assert.Equal(t, "incomplete", seen.Result, "%+v", seen)
	assert.Contains(t, strings.Join(seen.Missing, "\n"), "error: throttled: the target's 429 answers ask for more waiting than --throttle-budget allows, 2m0s in all; nobody new was begun")
	assert.Less(t, seen.People.Began, 1900)
	assert.Positive(t, seen.People.Throttled)
	assert.GreaterOrEqual(t, seen.Left.Disabled, 2*180, "two minutes of waiting are enough for so many")
	assert.Contains(t, strings.Join(seen.Missing, "\n"), fmt.Sprintf("%d accounts of this run may still be active", seen.Left.Active))
	assert.Equal(t, seen.People.Done, seen.Left.Disabled+seen.Left.Active, "nobody who was turned away is among them")
}

func TestNobodyIsLostWithinSoManyRequestsAtOnce(t *testing.T) {
	seen, d := within(t, limit.Limits{Concurrent: 20}, 200, func(c *loadgen.Config) { c.Workers = 30 })
	assert.Equal(t, "success", seen.Result, "%+v", seen)
	assert.Positive(t, d.refusals)
}

// Okta's batches of 100 fit what AWS allows; larger ones are refused, and the run says
// so and blames nobody for lost members.
func TestSoManyChangesAreWhatOktaSays(t *testing.T) {
	phases := []crowd.Phase{crowd.Onboard, crowd.Push, crowd.Day2}
	seen, _ := within(t, limit.Limits{Changes: 100}, 250, func(c *loadgen.Config) { c.Dialect, c.Phases = provision.OIN, phases })
	assert.Equal(t, "success", seen.Result)
	assert.Equal(t, 10, seen.Readback.Groups.Groups)
	seen, _ = within(t, limit.Limits{Changes: 100}, 250, func(c *loadgen.Config) {
		c.Dialect, c.Phases, c.Knobs.PatchBatch = provision.OIN, phases, 101
	})
	assert.Equal(t, "failure", seen.Result)
	assert.Equal(t, 1, seen.Phases[1].People.Refused, "the one group of more than 100")
	assert.Contains(t, seen.Phases[1].Failures[0].Why, "400")
}

// A whole list goes in one PUT, and is too long for such a server; the same group goes
// in batches in the other dialect.
func TestSoManyMembersAtOnce(t *testing.T) {
	phases := []crowd.Phase{crowd.Onboard, crowd.Push}
	for dialect, refused := range map[provision.Dialect]int{provision.AIW: 1, provision.OIN: 0} {
		seen, _ := within(t, limit.Limits{Members: 120}, 150, func(c *loadgen.Config) { c.Dialect, c.Phases = dialect, phases })
		assert.Equal(t, refused, seen.Phases[1].People.Refused, dialect)
		assert.Equal(t, 6-refused, seen.Readback.Groups.Groups)
	}
}

// A target that says 429 as often as it is asked is not blamed for what was not seen.
func TestWhoIsAlwaysBusyIsNotBlamed(t *testing.T) {
	for what, asked := range map[string]func(*http.Request) bool{
		"a page":    func(r *http.Request) bool { return r.URL.Query().Get("count") == "100" && !r.URL.Query().Has("filter") },
		"a look-up": func(r *http.Request) bool { return r.URL.Query().Has("filter") },
		"a read":    func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/Users/") },
	} {
		var made atomic.Int64
		d := &directory{before: func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPost {
				made.Add(1)
			}
			busy := made.Load() == 20 && r.Method == http.MethodGet && asked(r)
			if busy {
				w.Header().Set("Retry-After", "0")
				w.WriteHeader(http.StatusTooManyRequests)
			}
			return busy
		}}
		seen, _ := load(t, context.Background(), d.somebody(t), 20, func(c *loadgen.Config) { c.Workers = 1 })
		assert.Equal(t, "incomplete", seen.Result, "%s: %v %+v", what, seen.Deviates, seen.Readback)
		assert.Contains(t, strings.Join(seen.Missing, "\n"), "429", what)
	}
}
