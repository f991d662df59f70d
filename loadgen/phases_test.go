package loadgen_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/fault"
)

var everyPhase = []crowd.Phase{
	crowd.Onboard, crowd.Link, crowd.Push, crowd.Day2, crowd.Mix, crowd.Offboard, crowd.Reassign, crowd.Import,
}

// in runs phases at a target. 60 people have two groups, of 60 and of 15.
func in(t *testing.T, tg target.Target, dialect provision.Dialect, phases []crowd.Phase, change ...func(*loadgen.Config)) (evidence.Load, string) {
	t.Helper()
	return load(t, context.Background(), tg, 60, append([]func(*loadgen.Config){func(c *loadgen.Config) {
		c.Dialect, c.Phases, c.Churn = dialect, phases, 0.2
	}}, change...)...)
}

func TestEveryPhaseInBothDialects(t *testing.T) {
	for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
		for _, kind := range []string{target.KindBundled, target.KindURL} {
			t.Run(string(dialect)+", "+kind, func(t *testing.T) {
				at, err := target.Bundled("")
				require.NoError(t, err)
				defer at.Close()
				if kind == target.KindURL {
					at = somebodys(t)
				}
				seen, dir := in(t, at, dialect, everyPhase)
				require.Equal(t, "success", seen.Result, "%+v", seen)
				assert.True(t, seen.Valid, "%v", seen.Invalid)
				deeds := map[string]int{}
				for _, p := range seen.Phases {
					deeds[p.Name] = p.People.Done
					assert.Equal(t, p.Planned, p.People.Done, p.Name)
					assert.Zero(t, p.Backlog.NotStarted, p.Name)
				}
				assert.Equal(t, map[string]int{
					"onboard": 48, "link": 12, "push": 2, "day-2": 12 + 2, "mix": 12, "offboard": 12, "reassign": 12, "import": 1,
				}, deeds)
				assert.Equal(t, 60, seen.Readback.Ours)
				g := *seen.Readback.Groups
				assert.Equal(t, []int{2, 0, 0, 0, 0, 0}, []int{g.Groups, g.Lost, g.Doubled, g.Wrong, g.MembersLost, g.MembersStrange})
				assert.Positive(t, g.Members)
				if kind == target.KindURL {
					assertTidy(t, dir)
					assert.Equal(t, 60, seen.Left.Disabled)
				}
			})
		}
	}
}

// The traffic is Okta's in each dialect: what is said, and how often (PUT for
// applications made by hand, PATCH for those of the catalogue).
func TestWhatIsSaidInEachPhase(t *testing.T) {
	said := func(dialect provision.Dialect) map[string]map[string]int64 {
		tg, err := target.Bundled("")
		require.NoError(t, err)
		defer tg.Close()
		seen, _ := in(t, tg, dialect, everyPhase, func(c *loadgen.Config) { c.Mix = crowd.Weights{crowd.KindJoin: 1} })
		counts := map[string]map[string]int64{}
		for _, p := range seen.Phases {
			counts[p.Name] = map[string]int64{}
			for _, r := range p.Requests {
				counts[p.Name][r.Kind] = r.Count
			}
		}
		return counts
	}
	assert.Equal(t, map[string]map[string]int64{
		"onboard":  {"look up": 48, "create": 48},
		"link":     {"look up": 12, "read": 24, "replace": 24}, // twice: to take it over, and as a profile push
		"push":     {"look up group": 2, "create group": 2, "read group": 2, "replace group": 2},
		"day-2":    {"read": 12, "replace": 12, "read group": 2, "replace group": 2},
		"mix":      {"read group": 12, "replace group": 12},
		"offboard": {"read": 12, "replace": 12},
		"reassign": {"look up": 12, "read": 24, "replace": 24},
		"import":   {"list": 1, "list groups": 1},
	}, said(provision.AIW))
	assert.Equal(t, map[string]map[string]int64{
		"onboard":  {"look up": 48, "create": 48},
		"link":     {"look up": 12, "read": 12, "replace": 12},                        // active already: a profile push alone
		"push":     {"look up group": 2, "create group": 2, "patch group": 2 + 1 + 1}, // the name, then the members
		"day-2":    {"read": 12, "replace": 12, "patch group": 2 * 2},
		"mix":      {"patch group": 2 * 12},
		"offboard": {"patch": 12},
		"reassign": {"look up": 12, "patch": 12, "read": 12, "replace": 12},
		"import":   {"list": 1, "list groups": 1},
	}, said(provision.OIN))
}

// Each of these answers quickly and with success, and the read-back tells.
func TestFaultsThatGroupsMeet(t *testing.T) {
	push, day2 := []crowd.Phase{crowd.Onboard, crowd.Push}, []crowd.Phase{crowd.Onboard, crowd.Push, crowd.Day2}
	for name, tt := range map[string]struct {
		fault   string
		dialect provision.Dialect
		phases  []crowd.Phase
		want    evidence.GroupReadback
		people  int // who are wrong
	}{
		"no fault": {"", provision.OIN, day2, evidence.GroupReadback{Groups: 2, LookedUp: 2, Known: 2, Members: 60 - 12 + 15}, 0},
		"members are lost on writes of groups": {
			"group-writes-drop-members", provision.AIW, push, evidence.GroupReadback{Groups: 2, LookedUp: 2, Known: 2, MembersLost: 75}, 0,
		},
		"who joins replaces who is there": {
			"add-replaces-members", provision.OIN, day2,
			// The first group loses 12 of its 60; the second has 3 join, who replace the 12 who stay.
			evidence.GroupReadback{Groups: 2, LookedUp: 2, Known: 2, Members: 48 + 3, MembersLost: 12},
			0,
		},
		"who is to leave stays": {
			"filtered-remove-ignored", provision.OIN, day2, evidence.GroupReadback{Groups: 2, LookedUp: 2, Known: 2, Members: 60 + 18, MembersStrange: 12 + 3}, 0,
		},
		"a name that is not found": { // Okta would push each anew
			"group-lookup-misses", provision.AIW, push, evidence.GroupReadback{Groups: 2, LookedUp: 2, Known: 2, Wrong: 2}, 0,
		},
		"a name that is found twice, and listed once": {
			"groups-twice", provision.AIW, push, evidence.GroupReadback{Groups: 2, LookedUp: 2, Known: 2, Members: 75, Doubled: 2}, 0,
		},
		"a name that is listed and found under another id": {
			"lists-groups-under-another-id", provision.OIN, push, evidence.GroupReadback{Groups: 2, LookedUp: 2, Known: 2, Members: 75, Doubled: 2}, 0,
		},
		"a list that numbers its rows": { // none can be read under the id that is listed, and there is one of each
			fault: "lists-number-their-rows", dialect: provision.AIW, phases: push,
			want: evidence.GroupReadback{Groups: 2, LookedUp: 2, Known: 2, Wrong: 2}, people: 60,
		},
		"who leaves takes all others along": {
			"filtered-remove-empties", provision.OIN, day2, evidence.GroupReadback{Groups: 2, LookedUp: 2, Known: 2, Members: 3, MembersLost: 48 + 12}, 0,
		},
	} {
		for _, kind := range []string{target.KindBundled, target.KindURL} {
			t.Run(name+", "+kind, func(t *testing.T) {
				var faults []string
				if tt.fault != "" {
					faults = append(faults, tt.fault)
				}
				at := faulty(t, kind, faults...)
				seen, dir := in(t, at, tt.dialect, tt.phases)
				want := "failure"
				if tt.fault == "" {
					want = "success"
				}
				assert.Equal(t, want, seen.Result, "%+v", seen)
				assert.Equal(t, tt.want, *seen.Readback.Groups, "%+v", seen.Readback.Examples)
				assertListed(t, seen.Readback, dir)
				assert.Equal(t, []int{0, 0, tt.people}, []int{seen.Readback.Lost, seen.Readback.Doubled, seen.Readback.Wrong})
				if kind == target.KindURL {
					assertTidy(t, dir)
					entries, err := evidence.ReadLedger(dir)
					require.NoError(t, err)
					for _, e := range entries {
						assert.NotContains(t, e.ID, "row-", "nobody was made under the number of a row")
					}
				}
			})
		}
	}
}

// Of what people are told later, the account shows it.
func TestFaultsThatChangesMeet(t *testing.T) {
	for name, tt := range map[string]struct {
		fault       string
		dialect     provision.Dialect
		phases      []crowd.Phase
		lost, wrong int
	}{
		"a profile that is not replaced":  {"put-ignored", provision.AIW, []crowd.Phase{crowd.Onboard, crowd.Day2}, 0, 12},
		"an account that is not disabled": {"patch-active-ignored", provision.OIN, []crowd.Phase{crowd.Onboard, crowd.Offboard}, 0, 12},
	} {
		t.Run(name, func(t *testing.T) {
			seen, _ := in(t, faulty(t, target.KindBundled, tt.fault), tt.dialect, tt.phases)
			assert.Equal(t, "failure", seen.Result)
			assert.Equal(t, []int{tt.lost, tt.wrong}, []int{seen.Readback.Lost, seen.Readback.Wrong}, "%+v", seen.Readback)
		})
	}
}

// A server that answers everybody's create with the first one's id would have Okta
// disable the first one's account again and again, in the dialect that does not look
// before it writes.
func TestAnIDThatTwoPeopleWereGivenIsWrittenToForTheFirstAlone(t *testing.T) {
	var mu sync.Mutex
	patched := 0
	d := &directory{after: func(w http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		switch r.Method {
		case http.MethodPost:
			answer(w, http.StatusCreated, map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "id": "100"})
			return true
		case http.MethodPatch:
			if r.URL.Path == "/scim/v2/Users/100" {
				patched++
			}
		}
		return false
	}}
	seen, _ := in(t, d.somebody(t), provision.OIN, []crowd.Phase{crowd.Onboard, crowd.Offboard}, func(c *loadgen.Config) {
		c.Churn = 1
	})
	assert.Equal(t, "failure", seen.Result)
	assert.Equal(t, 60, seen.Phases[0].People.Done)
	assert.Equal(t, evidence.LoadPeople{Began: 60, Done: 1, Refused: 59, Guarded: 59}, seen.Phases[1].People)
	assert.LessOrEqual(t, patched, 1+2, "once for its own person, and by the tidying up")
}

// Whenever a run is interrupted, what was done stands, no other phase begins, and all is
// put away.
func TestARunIsInterruptedInAnyPhase(t *testing.T) {
	for _, phase := range everyPhase {
		t.Run(string(phase), func(t *testing.T) {
			ctx, interrupt := context.WithCancel(context.Background())
			defer interrupt()
			at := somebodys(t)
			ended := 0
			before := 0
			p := crowd.NewPlan(crowd.Groups{People: crowd.Population{Mark: runID, Seed: 1, Size: 60}, Size: crowd.SizeFor(60)}, everyPhase, 0.2, crowd.DefaultWeights)
			for _, earlier := range everyPhase[:slices.Index(everyPhase, phase)] {
				before += p.Deeds(earlier)
			}
			seen, dir := load(t, ctx, at, 60, func(c *loadgen.Config) {
				c.Phases, c.Churn = everyPhase, 0.2
				c.Progress = func(loadgen.Progress) {
					if ended++; ended > before {
						interrupt()
					}
				}
			})
			assert.Equal(t, "incomplete", seen.Result, "%v %+v", seen.Deviates, seen.People)
			assert.True(t, seen.Run.Interrupted)
			assert.Zero(t, seen.Readback.Bad(), "%+v", seen.Readback)
			assert.Len(t, seen.Phases, len(everyPhase), "also those that never began")
			for _, later := range seen.Phases[slices.Index(everyPhase, phase)+1:] {
				assert.Zero(t, later.People.Began, later.Name)
				assert.Equal(t, later.Planned, later.Backlog.NotStarted, later.Name)
			}
			assertTidy(t, dir)
		})
	}
}

// faulty is a server that errs, our own or somebody's.
func faulty(t *testing.T, kind string, names ...string) target.Target {
	t.Helper()
	var faults []fault.Fault
	for _, name := range names {
		faults = append(faults, named(name))
	}
	if kind == target.KindURL {
		return somebodys(t, faults...)
	}
	at, err := target.Bundled("", faults...)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, at.Close()) })
	return at
}

// A search that is cut off tells what it found until then, and who was made is counted
// and put away as ever.
func TestASearchIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	ended := 0
	seen, dir := load(t, ctx, somebodys(t), 0, func(c *loadgen.Config) {
		c.FindCapacity, c.Rate, c.Workers = true, pace.Constant(100), 0
		c.Progress = func(p loadgen.Progress) {
			if ended++; ended == 60 {
				interrupt()
			}
		}
	})
	assert.Equal(t, "incomplete", seen.Result, "%+v", seen)
	require.NotNil(t, seen.Capacity)
	assert.Equal(t, evidence.LoadCapacity{Ended: "it was cut off"}, *seen.Capacity)
	assert.Equal(t, []string{"p99 < 1s", "errors < 0.1%"}, seen.Asked.SLOs)
	require.Len(t, seen.SLOs, 2)
	assert.Equal(t, evidence.SLONotJudged, seen.SLOs[0].Verdict, "no rate was tried to its end")
	assert.Equal(t, 500, seen.Asked.People, "who were to be tried")
	assert.GreaterOrEqual(t, seen.Readback.Ours, 60)
	assert.Zero(t, seen.Readback.Bad())
	assertTidy(t, dir)
}

// What a 429 means is asked for: to wait as Okta does, or to be counted.
func TestWhatA429MeansIsAskedFor(t *testing.T) {
	for _, count := range []bool{false, true} {
		var mu sync.Mutex
		asked := 0
		d := &directory{before: func(w http.ResponseWriter, r *http.Request) bool {
			mu.Lock()
			defer mu.Unlock()
			if r.Method != http.MethodPost {
				return false
			}
			if asked++; asked%10 != 0 {
				return false
			}
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}}
		limit, err := loadgen.ParseSLO("errors < 0.1%")
		require.NoError(t, err)
		seen, dir := load(t, context.Background(), d.somebody(t), 60, func(c *loadgen.Config) {
			c.Count, c.Throttled, c.SLOs = count, time.Minute, []loadgen.SLO{limit}
		})
		assert.Zero(t, seen.Readback.Bad(), "%+v", seen.Readback)
		if count {
			assert.Equal(t, evidence.LoadPeople{Began: 60, Done: 54, Throttled: 6}, seen.People)
			assert.Equal(t, "failure", seen.Result, "by the limit alone")
			assert.Equal(t, "throttled", seen.Phases[0].Failures[0].Why)
			assert.Empty(t, seen.Missing)
		} else {
			assert.Equal(t, evidence.LoadPeople{Began: 60, Done: 60}, seen.People)
			assert.Equal(t, "success", seen.Result)
		}
		assert.Equal(t, 6, seen.Phases[0].Throttle.Answers)
		assertTidy(t, dir)
	}
}
