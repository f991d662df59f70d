package loadgen_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/limit"
)

// resolution is by which share a time may be off in a histogram of three digits.
const resolution = 0.001

func held(t *testing.T, words ...string) (limits []loadgen.SLO) {
	t.Helper()
	for _, w := range words {
		l, err := loadgen.ParseSLO(w)
		require.NoError(t, err)
		limits = append(limits, l)
	}
	return limits
}

func requests(t *testing.T, p evidence.LoadPhase, kind string) evidence.Latency {
	t.Helper()
	at := slices.IndexFunc(p.Requests, func(l evidence.Latency) bool { return l.Kind == kind })
	require.GreaterOrEqual(t, at, 0, "%+v", p.Requests)
	return p.Requests[at]
}

// A slow server loses nobody and is blamed for nobody, and its times are told as they
// are: 200 ms for each request, and two of them for each person. Only somebody's limit
// makes a failure of it.
func TestASlowServerIsToldAndNotBlamed(t *testing.T) {
	for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
		for result, slos := range map[string][]loadgen.SLO{
			"success": held(t, "create p99 < 201ms", "onboard p99 < 401ms", "errors <= 0%"),
			"failure": held(t, "create p99 < 50ms"),
		} {
			seen, _ := within(t, limit.Limits{Takes: 200 * time.Millisecond}, 100, func(c *loadgen.Config) {
				c.Dialect, c.Rate, c.SLOs = dialect, pace.Constant(50), slos
			})
			assert.Equal(t, result, seen.Result, "%+v", seen.SLOs)
			assert.Equal(t, map[string]int{"success": 0, "failure": 1}[result], reports.LoadExit(seen))
			assert.True(t, seen.Valid, "%v", seen.Invalid)
			assert.Equal(t, evidence.LoadPeople{Began: 100, Done: 100}, seen.People)
			assert.Equal(t, evidence.LoadLeft{Disabled: 100}, seen.Left)
			for _, one := range []struct {
				of    evidence.Latency
				takes float64
			}{
				{requests(t, seen.Phases[0], "look up"), 200},
				{requests(t, seen.Phases[0], "create"), 200},
				{seen.Phases[0].Dialogues[0], 400},
			} {
				assert.InEpsilon(t, one.takes, one.of.P50, resolution, one.of.Kind)
				assert.InEpsilon(t, one.takes, one.of.P99, resolution, one.of.Kind)
				assert.InEpsilon(t, one.takes, one.of.Max, resolution, one.of.Kind)
			}
		}
	}
}

// A server that stalls delays those who are due meanwhile, and the response times have
// it: to the resolution of the histogram they are what follows from the plan, whose
// every person is due at a known time, and from the planted pause. Where the pool is
// too small for all who wait the times of requests do not have it, and no limit on them
// is then called held.
func TestAStallIsInTheTimesOfThoseWhoAreDue(t *testing.T) {
	const people, rate = 760, 20
	stalling := limit.Limits{Takes: service, Stalls: 2 * time.Second, Every: 30 * time.Second}
	slos := []string{"onboard p50 < 101ms", "onboard p99 < 1s", "create p99 < 1s", "errors <= 0%"}
	for workers, verdicts := range map[int][]string{
		1000: {evidence.SLOHeld, evidence.SLOBreached, evidence.SLOHeld, evidence.SLOHeld},
		4:    {evidence.SLOHeld, evidence.SLOBreached, evidence.SLONotJudged, evidence.SLOHeld},
	} {
		if workers > 4 && testing.Short() {
			continue // the smaller pool has the more to tell: make verdicts
		}
		seen, d := within(t, stalling, people, func(c *loadgen.Config) {
			c.Rate, c.Workers, c.SLOs = pace.Constant(rate), workers, held(t, slos...)
		})
		answered := func(asked time.Time) time.Time {
			at := asked.Add(service)
			if into := at.Sub(d.first) - stalling.Every; into >= 0 && into < stalling.Stalls {
				at = at.Add(stalling.Stalls - into)
			}
			return at
		}
		free := make([]time.Time, workers) // when each worker is
		var (
			planned []float64
			sum     float64
		)
		for n := range people {
			due := d.okta.Add(time.Duration(n) * time.Second / rate)
			soonest := slices.MinFunc(free, time.Time.Compare)
			begins := due
			if soonest.After(due) {
				begins = soonest
			}
			ends := answered(answered(begins)) // the look-up, and the create
			free[slices.Index(free, soonest)] = ends
			took := float64(ends.Sub(due).Microseconds()) / 1000
			planned, sum = append(planned, took), sum+took
		}
		slices.Sort(planned)
		told := seen.Phases[0].Dialogues[0]
		assert.InEpsilon(t, planned[people*50/100-1], told.P50, resolution)
		assert.InEpsilon(t, planned[people*90/100-1], told.P90, resolution)
		assert.InEpsilon(t, planned[people*99/100-1], told.P99, resolution)
		assert.InEpsilon(t, planned[people-1], told.Max, resolution)
		assert.InEpsilon(t, sum/people, told.Mean, resolution)
		assert.Greater(t, told.P99, 1000.0, "of a pause of 2 s")
		assert.Equal(t, evidence.LoadPeople{Began: people, Done: people}, seen.People)
		assert.Equal(t, "failure", seen.Result, "of one's own limit: %+v", seen)
		for n, verdict := range verdicts {
			assert.Equal(t, verdict, seen.SLOs[n].Verdict, "%d workers: %+v", workers, seen.SLOs[n])
		}
	}
}

// Whose create is answered only after Okta's patience is over is unknown, and is looked
// up by userName: whether the account is there or not, nobody is called lost. That
// nothing came in time is the target's conduct all the same.
func TestCreatesThatAreAnsweredTooLateAreUnknown(t *testing.T) {
	late := limit.Limits{Takes: 90 * time.Second}
	for name, tt := range map[string]struct {
		slow     func(http.Handler) http.Handler
		there    int // of the five
		disabled int
	}{
		"done, and told late": {late.In, 5, 20},
		"given up when the client hangs up": {func(http.Handler) http.Handler {
			return late.In(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		}, 0, 15},
	} {
		t.Run(name, func(t *testing.T) {
			creates := 0
			seen, d, dir := behind(t, func(next http.Handler) http.Handler {
				slow := tt.slow(next)
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodPost {
						if creates++; creates%4 == 0 {
							slow.ServeHTTP(w, r)
							return
						}
					}
					next.ServeHTTP(w, r)
				})
			}, 20, func(c *loadgen.Config) { c.Workers = 1 })
			assertTidy(t, dir)
			assert.Equal(t, evidence.LoadPeople{Began: 20, Done: 15, Unanswered: 5, Dropped: 5}, seen.People)
			create := requests(t, seen.Phases[0], "create")
			assert.Equal(t, map[string]int{"201": 15, "none": 5}, create.Status)
			assert.EqualValues(t, 15, create.Count, "who got no answer has no time")
			assert.InEpsilon(t, 5*60_000, seen.Run.DurationMS, resolution, "Okta waits for a minute, five times")
			assert.Equal(t, 15+tt.there, seen.Readback.Ours)
			assert.Equal(t, 15, seen.Readback.Known, "as many as Okta knows of")
			assert.Equal(t, evidence.LoadLeft{Disabled: tt.disabled}, seen.Left)
			assert.Equal(t, "failure", seen.Result)
			assert.Equal(t, []string{"5 of 20 dialogues: the target took the connection, and then dropped it or said nothing"}, seen.Deviates)
			entries, err := evidence.ReadLedger(dir)
			require.NoError(t, err)
			for _, e := range entries {
				assert.Contains(t, d.looked, `userName eq "`+e.Name+`"`)
			}
		})
	}
}

// Whose changes are answered too late are people, in a phase of people and groups: what a
// limit holds the groups to is not broken by them, nor one on the requests of groups.
func TestALimitOnGroupsIsNotBrokenByPeople(t *testing.T) {
	late := limit.Limits{Takes: 90 * time.Second}
	changes := 0
	seen, _, dir := behind(t, func(next http.Handler) http.Handler {
		slow := late.In(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/Users/") {
				if changes++; changes%8 == 0 {
					slow.ServeHTTP(w, r)
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	}, 250, func(c *loadgen.Config) {
		c.Dialect, c.Phases, c.Workers = provision.OIN, []crowd.Phase{crowd.Onboard, crowd.Push, crowd.Day2}, 1
		c.SLOs = held(t, "members p90 < 1s", "patch group p90 < 1s", "update p90 < 1s", "replace p90 < 1s")
	})
	assertTidy(t, dir)
	told := map[string]string{}
	for _, l := range seen.SLOs {
		told[l.Limit] = l.Verdict + ": " + l.Got
	}
	for words, says := range map[string]string{
		"members p90 < 1s":     evidence.SLOHeld,
		"patch group p90 < 1s": evidence.SLOHeld,
		"update p90 < 1s":      evidence.SLOBreached + ": 6 of 50 got no answer, so that there is no such time of update",
		"replace p90 < 1s":     evidence.SLOBreached + ": 6 of 50 got no answer, so that there is no such time of replace",
	} {
		assert.Contains(t, told[words], says, words)
	}
	assert.Equal(t, 6, seen.People.Unanswered)
}

// Who is cut off when a run is interrupted might have been answered: neither their
// dialogue nor their request breaks a limit.
func TestWhatIsCutOffBreaksNoLimit(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	slow := onCreate(15, func(w http.ResponseWriter, r *http.Request) {
		interrupt()
		silent(w, r)
	})
	seen, _ := load(t, ctx, slow.somebody(t), 60, func(c *loadgen.Config) {
		c.Workers, c.Grace, c.SLOs = 1, time.Millisecond, held(t, "onboard max < 10m", "create max < 10m")
	})
	assert.Equal(t, evidence.LoadPeople{Began: 15, Done: 14, Stopped: 1}, seen.People)
	assert.Equal(t, evidence.Untimed{Stopped: 1}, seen.Phases[0].Dialogues[0].Untimed)
	assert.Equal(t, map[string]int{"201": 14}, requests(t, seen.Phases[0], "create").Status)
	for _, l := range seen.SLOs {
		assert.Equal(t, evidence.SLOHeld, l.Verdict, "%+v", l)
	}
	assert.Equal(t, "incomplete", seen.Result)
}

// A server of which not even the connection test hears in time has shown nothing of
// what it does with accounts.
func TestAServerThatIsSlowerThanAnyPatienceIsIncomplete(t *testing.T) {
	seen, d, _ := throttled(t, limit.Limits{Takes: 90 * time.Second}, 20, func(*loadgen.Config) {})
	assert.Equal(t, "incomplete", seen.Result)
	assert.Equal(t, 3, reports.LoadExit(seen))
	assert.Contains(t, seen.Missing[0], "cannot be reached")
	assert.Zero(t, seen.People.Began)
	assert.True(t, d.okta.IsZero())
}
