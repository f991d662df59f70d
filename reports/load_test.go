package reports

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/reports/evidence"
)

// crowd is a load run that shows everything that such a report can show.
func crowd() evidence.Load {
	l := evidence.Load{
		Schema: evidence.LoadSchema, Tool: evidence.Tool{Name: "scimproof", Version: "0.1.0"},
		Run: evidence.LoadRun{
			ID: "spr7k2abcd", Seed: 1, Started: noon, DurationMS: 4210, Interrupted: true, SameProcess: true, GoMaxProcs: 2, LoadAverage: new(1.5), Clock: "real",
			Reproduce: "scimproof load --people 200",
		},
		Target:   evidence.Target{Kind: "url", Name: "example", URL: "https://scim.example.com/v2"},
		Missing:  []string{"interrupted: 190 of 200 people were begun", "12 accounts of this run may still be active at the target"},
		Deviates: []string{"the directory could not be read back: the list of accounts from 101 on was answered with HTTP status 500"},
		Knobs:    map[string]string{"lookup404": "failure"},
		Asked: evidence.LoadAsked{
			Size: "smb", People: 200, Groups: 8, Memberships: 640, Phases: []string{"onboard", "mix"}, Mix: "join=1,update=6", Churn: 0.1,
			Schedule: "50", Rate: 50, Workers: 1000, Dialect: "oin", TimeoutMS: 60000, Throttle: "obey", Limits: []string{"slow-200ms"}, SLOs: []string{"create p99 < 50ms"},
		},
		Invalid: []string{"onboard: 45.2 a second were begun of 50 asked, less than 99 %", "the answers were not verified: the directory was not read back to the end"},
		People:  evidence.LoadPeople{Began: 230, Done: 210, Refused: 12, Guarded: 2, Unanswered: 4, Dropped: 3, Throttled: 1, Stopped: 3},
		Phases: []evidence.LoadPhase{
			{
				Name: "onboard", About: "people", Planned: 200, DurationMS: 4210,
				People:  evidence.LoadPeople{Began: 190, Done: 170, Refused: 12, Guarded: 2, Unanswered: 4, Dropped: 3, Throttled: 1, Stopped: 3},
				Pace:    evidence.LoadPace{Asked: 50, Achieved: 45.2, Late: 17, Lag: evidence.Latency{Kind: "lag", Count: 190, P50: 0.4, P90: 2, P99: 120, P999: 130, Max: 131, Mean: 5}, PerSecond: 40.1},
				Backlog: evidence.LoadBacklog{FullMS: 1200, Most: 31, NotStarted: 10},
				Dialogues: []evidence.Latency{
					{
						Kind: "onboard", Count: 180, P50: 12.3, P90: 20, P99: 310, P999: 400, Max: 401.5, Mean: 22, OutOfRange: 1, HDR: "HISTFAAAAA==",
						Untimed: evidence.Untimed{Unanswered: 4, Throttled: 1, Guarded: 2, Stopped: 3},
					},
				},
				Requests: []evidence.Latency{
					{Kind: "look up", Count: 190, Status: map[string]int{"200": 189, "none": 1}, P50: 4, P90: 8, P99: 90, P999: 91, Max: 92, Mean: 7},
					{Kind: "create", Count: 180, Status: map[string]int{"201": 170, "500": 10, "none": 3}, P50: 6, P90: 9, P99: 95, P999: 96, Max: 97, Mean: 8},
				},
				Failures: []evidence.LoadFailure{{Why: "HTTP status 500", Count: 10, Example: "Automatic provisioning of user Ana Ruiz to app example failed"}},
				Throttle: evidence.LoadThrottle{Answers: 7, WaitedMS: 7000},
				Timeline: evidence.LoadTimeline{BucketMS: 100, Buckets: []evidence.LoadBucket{{Begun: 5, Ended: 4, Errors: 1, InFlight: 1, P50: 4, P99: 9}}},
			},
			{
				Name: "mix", About: "both", Planned: 40, AtMS: 4300, DurationMS: 800,
				People: evidence.LoadPeople{Began: 40, Done: 40}, Pace: evidence.LoadPace{PerSecond: 50},
				Dialogues: []evidence.Latency{{Kind: "update", Count: 34, P50: 5, P90: 6, P99: 7, P999: 8, Max: 8, Mean: 5}, {Kind: "join", Count: 6, P50: 9, P90: 9, P99: 9, P999: 9, Max: 9, Mean: 9}},
				Requests:  []evidence.Latency{}, Timeline: evidence.LoadTimeline{BucketMS: 100, Buckets: []evidence.LoadBucket{}},
			},
		},
		SLOs: []evidence.LoadSLO{
			{Limit: "create p99 < 50ms", Verdict: evidence.SLOBreached, Got: "95 ms"}, {Limit: "errors < 0.1%", Verdict: evidence.SLONotJudged, Got: "nothing was measured"},
		},
		Capacity: &evidence.LoadCapacity{
			Rate: 40, Above: 44, Ended: "the two are within 10 %",
			Steps: []evidence.LoadStep{
				{Rate: 40, Achieved: 40, People: 400, P50: 5, P99: 12, Held: true, SLOs: []evidence.LoadSLO{{Limit: "p99 < 1s", Verdict: evidence.SLOHeld, Got: "12 ms"}}},
				{Rate: 44, Achieved: 41, People: 440, Errors: 3, P50: 500, P99: 1200, Why: "p99 < 1s: 1200 ms", SLOs: []evidence.LoadSLO{{Limit: "p99 < 1s", Verdict: evidence.SLOBreached, Got: "1200 ms"}}},
			},
		},
		Readback: evidence.Readback{
			Accounts: 170, Ours: 165, Pages: 2, TookMS: 812.4, Lost: 3, Doubled: 1, Wrong: 2, ReadByID: 160,
			Groups:   &evidence.GroupReadback{Groups: 7, Members: 601, Lost: 1, MembersLost: 30, MembersStrange: 2, MembersDoubled: 1, LookedUp: 6, Known: 8},
			LookedAt: 160, Known: 168, AllIn: evidence.DifferencesName,
			Examples: []evidence.Difference{{What: "lost", Name: "ana.ruiz.spr7k2abcd-7@scimproof.test", ID: "42", Why: "neither listed, nor found"}, {What: "doubled", Name: "ben", Why: "two accounts"}},
			Notes:    []string{"some accounts have an address besides that Okta did not send"},
		},
		Left: evidence.LoadLeft{Disabled: 150, Active: 12},
	}
	l.Result = l.Judge()
	return l
}

// content is a load run of which there is nothing bad to tell.
func content() evidence.Load {
	l := crowd()
	l.Missing, l.Deviates, l.Invalid, l.Knobs, l.SLOs, l.Capacity = nil, nil, nil, nil, nil, nil
	l.Asked.Limits = nil
	l.Valid, l.Run.Interrupted, l.Run.SameProcess, l.Left = true, false, false, evidence.LoadLeft{Disabled: 200}
	onboard := &l.Phases[0]
	onboard.People, onboard.Failures, onboard.Throttle = evidence.LoadPeople{Began: 200, Done: 200}, nil, evidence.LoadThrottle{}
	onboard.Pace.Achieved, onboard.Pace.PerSecond, onboard.Pace.Late, onboard.Backlog, onboard.Dialogues[0].OutOfRange = 49.97, 47.9, 0, evidence.LoadBacklog{}, 0
	onboard.Dialogues[0].Count, onboard.Dialogues[0].Untimed = 200, evidence.Untimed{}
	onboard.Requests[0].Status, onboard.Requests[1].Status = map[string]int{"200": 190}, map[string]int{"201": 180}
	l.People = onboard.People.Plus(l.Phases[1].People)
	l.Readback = evidence.Readback{Done: true, Accounts: 200, Ours: 200, Pages: 2, TookMS: 812.4, ReadByID: 200, LookedAt: 200, Known: 200, Groups: &evidence.GroupReadback{Groups: 8, Members: 640, LookedUp: 8, Known: 8}}
	l.Result = l.Judge()
	return l
}

func TestTheFormsOfALoadAreAsReviewed(t *testing.T) {
	for file, got := range map[string]string{
		"load.txt": LoadText(crowd()), "load.md": LoadMarkdown(crowd()),
		"load-good.txt": LoadText(content()), "load-good.md": LoadMarkdown(content()),
	} {
		t.Run(file, func(t *testing.T) {
			path := filepath.Join("testdata", file)
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}

// renderings are a load run in each form that a person reads; of the page its text.
func renderings(t *testing.T, l evidence.Load) map[string]string {
	_, page := loadPage(t, l)
	return map[string]string{"text": LoadText(l), "markdown": LoadMarkdown(l), "page": text(all(page, "body")[0])}
}

// What was read back claims no more than was looked at, in no form.
func TestASampleIsNotCalledTheWhole(t *testing.T) {
	const people, groups = "1020 of 10000 people were looked at singly, by name and by id, and of the others the list alone was read", "995 of 5000 groups were looked up by name, and the others read by id alone"
	whole := content()
	for name, said := range renderings(t, whole) {
		assert.Contains(t, said, "have their 640 members, as planned", name)
		assert.NotContains(t, strings.ToLower(said), "sample", name)
		assert.NotContains(t, said, "not to the end", name)
	}
	some := content()
	some.Readback.LookedAt, some.Readback.Known = 1020, 10_000
	for name, said := range renderings(t, some) {
		assert.Contains(t, said, "members, as planned, by the lists and a sample", name)
		assert.Contains(t, said, "Sampled: "+people, name)
		assert.NotContains(t, said, "groups were looked up", name)
	}
	some.Readback.Groups.LookedUp, some.Readback.Groups.Known = 995, 5000
	for name, said := range renderings(t, some) {
		assert.Contains(t, said, "Sampled: "+people+"; "+groups, name)
	}
	some.Readback.LookedAt = 10_000
	for name, said := range renderings(t, some) {
		assert.Contains(t, said, "members, as planned, by the lists and a sample", name)
		assert.Contains(t, said, "Sampled: "+groups, name)
	}
	some.Readback.Done = false
	for name, said := range renderings(t, some) {
		assert.Contains(t, said, "Read back, and not to the end: 200 accounts", name)
		assert.NotContains(t, said, "Sampled", name+": what was not read at all is no sample")
	}
}

// Who has no time is told of under the kind of dialogue that it is no time of, in each
// form.
func TestWhoHasNoTimeIsToldUnderTheirKind(t *testing.T) {
	l := content()
	mix := &l.Phases[1]
	mix.People = evidence.LoadPeople{Began: 45, Done: 40, Unanswered: 2, Throttled: 3}
	mix.Dialogues[0].Untimed, mix.Dialogues[1].Untimed = evidence.Untimed{Throttled: 3}, evidence.Untimed{Unanswered: 2}
	for name, said := range renderings(t, l) {
		assert.Contains(t, said, "3 of update ended by answers of 429, who are in no time from its start: they were answered, and not served", name)
		assert.Contains(t, said, "2 of join without an answer, who are in no time from its start: they waited longer than it may show", name)
		assert.Equal(t, 2, strings.Count(said, "who are in no time"), name)
	}
}

// Where not all that differs is shown, it is said how much there is and where.
func TestExamplesSayOfHowMany(t *testing.T) {
	l := crowd()
	for name, said := range renderings(t, l) {
		assert.Contains(t, said, "… 39 in all, each a line of differences.jsonl", name)
	}
	l.Readback.AllIn = ""
	for name, said := range renderings(t, l) {
		assert.Contains(t, said, "… 39 in all", name)
		assert.NotContains(t, said, "each a line of", name)
	}
	l.Readback.Groups, l.Readback.Lost, l.Readback.Doubled, l.Readback.Wrong = nil, 1, 1, 0
	for name, said := range renderings(t, l) {
		assert.NotContains(t, said, "…", name+": both are shown")
	}
}

// A rate that was not achieved is said not to have been kept, under 99 % of it, and
// the figures are not valid then.
func TestWhetherAPaceWasKept(t *testing.T) {
	for achieved, kept := range map[float64]bool{50: true, 49.6: true, 49.4: false, 0: false} {
		l := crowd()
		l.Phases[0].Pace.Achieved, l.Readback.Done = achieved, true
		says := "Pace: NOT kept"
		if kept {
			says = "Pace: kept"
		}
		assert.Contains(t, LoadText(l), says, "%v of 50", achieved)
		assert.Equal(t, kept, len(l.Doubts()) == 0, "%v of 50", achieved)
	}
	few := crowd()
	few.Phases[0].People.Began = 9
	assert.Contains(t, LoadText(few), "9 are too few to tell whether 50 a second was kept")
	assert.Contains(t, LoadText(crowd()), "Pace: 50.0 a second, closed loop")
}

// No rate is told before it is said that it is not valid.
func TestAnInvalidRunHasNoBareHeadline(t *testing.T) {
	l := crowd()
	text := LoadText(l)
	at := strings.Index(text, "INVALID as a measurement")
	require.Positive(t, at)
	assert.Less(t, at, strings.Index(text, "a second"))
	const bare = "onboard: 190 begun at 45.2 a second of 50 asked, 170 done at 40.1 a second"
	for name, render := range map[string]func(evidence.Load) string{"text": LoadText, "markdown": LoadMarkdown, "page": func(l evidence.Load) string {
		page, err := LoadHTML(l)
		require.NoError(t, err)
		return string(page)
	}} {
		assert.NotContains(t, render(l), bare, name)
		valid := l
		valid.Valid, valid.Invalid = true, nil
		assert.Contains(t, render(valid), bare, name)
		assert.Contains(t, render(valid), "capacity: 40 a second held, 44 did not; the two are within 10 %; on 2 CPUs, with a load average of 1.50 before it began", name)
		assert.Contains(t, render(valid), "limited by what happened at 44 a second", name)
		assert.Contains(t, render(valid), "pool full for 1200.00 ms, at most 31 waiting; 17 errors", name)
	}
	l.Valid, l.Invalid = true, nil
	assert.NotContains(t, LoadText(l), "INVALID")
	unread := evidence.Load{Phases: []evidence.LoadPhase{{Name: "onboard", People: evidence.LoadPeople{Began: 20}}}}
	assert.Equal(t, []string{"the answers were not verified: the directory was not read back to the end"}, unread.Doubts())
}

// A few dialogues have no rate, and few values no p99.
func TestAHeadlineHasNoMoreThanItsCountCanBear(t *testing.T) {
	l := content()
	for count, says := range map[int]string{
		1:   "onboard: 1, too few for a rate; onboard 401.50 ms; no errors",
		9:   "onboard: 9, too few for a rate; onboard p50 12.30 ms, max 401.50 ms; no errors",
		10:  "onboard: 10 at 49.97 a second of 50 asked; onboard p50 12.30 ms, max 401.50 ms; no errors",
		99:  "onboard: 99 at 49.97 a second of 50 asked; onboard p50 12.30 ms, max 401.50 ms; no errors",
		100: "onboard: 100 at 49.97 a second of 50 asked; onboard p50 12.30 ms, p99 310.00 ms; no errors",
	} {
		l.Phases[0].People = evidence.LoadPeople{Began: count, Done: count}
		l.Phases[0].Dialogues[0].Count = int64(count)
		assert.Equal(t, says, inFigures(l)[0], count)
	}
}

// Where fewer were done a second than begun, nobody reads the one rate for the other.
func TestAHeadlineHasTheRateAtWhichPeopleWereDone(t *testing.T) {
	for says, tt := range map[string]struct {
		people evidence.LoadPeople
		pace   evidence.LoadPace
	}{
		"200 begun at 50 a second of 50 asked, done at 3.3 a second":       {evidence.LoadPeople{Began: 200, Done: 200}, evidence.LoadPace{Asked: 50, Achieved: 50, PerSecond: 3.3}},
		"300 begun at 200 a second of 200 asked, 180 done at 120 a second": {evidence.LoadPeople{Began: 300, Done: 180, Throttled: 120}, evidence.LoadPace{Asked: 200, Achieved: 200, PerSecond: 120}},
		"195 of 200 at 50 a second of 50 asked":                            {evidence.LoadPeople{Began: 200, Done: 195, Unanswered: 5}, evidence.LoadPace{Asked: 50, Achieved: 50, PerSecond: 48.9}},
		"200 at 50 a second of 50 asked":                                   {evidence.LoadPeople{Began: 200, Done: 200}, evidence.LoadPace{Asked: 50, Achieved: 50, PerSecond: 47.8}},
		"20 at 50 a second of 50 asked":                                    {evidence.LoadPeople{Began: 20, Done: 20}, evidence.LoadPace{Asked: 50, Achieved: 50, PerSecond: 50.1}},
		"20 begun at 50 a second of 50 asked, done at 47.4 a second":       {evidence.LoadPeople{Began: 20, Done: 20}, evidence.LoadPace{Asked: 50, Achieved: 50, PerSecond: 47.4}},
		"180 of 200 at 30 a second, 16 at a time":                          {evidence.LoadPeople{Began: 200, Done: 180, Unanswered: 20}, evidence.LoadPace{PerSecond: 30}},
		"none of 20":                 {evidence.LoadPeople{Began: 20, Refused: 20}, evidence.LoadPace{Asked: 50, Achieved: 50}},
		"3 of 8, too few for a rate": {evidence.LoadPeople{Began: 8, Done: 3, Refused: 5}, evidence.LoadPace{Asked: 50, Achieved: 50, PerSecond: 20}},
	} {
		assert.Equal(t, says, howMany(evidence.LoadPhase{People: tt.people, Pace: tt.pace}, 16))
	}
	assert.Contains(t, LoadText(content()), "Pace: kept, 50.0 a second begun of 50 asked, 47.9 done; 0 began")
}

// The time of a refusal is none of service, and where refusals are timed it is said.
func TestTimesOfRefusalsAreSaidToBeThose(t *testing.T) {
	l := content()
	p := &l.Phases[0]
	p.People = evidence.LoadPeople{Began: 20, Refused: 20}
	for name, said := range renderings(t, l) {
		assert.Contains(t, said, "none of 20; onboard p50 12.30 ms, p99 310.00 ms, which are times of refusals alone; 20 errors (20 refused)", name)
		assert.Contains(t, said, "20 refused, who are in the times from when due: they were answered, and not served", name)
	}
	p.People = evidence.LoadPeople{Began: 200, Done: 197, Refused: 3, Guarded: 2}
	for name, said := range renderings(t, l) {
		assert.Contains(t, said, "p99 310.00 ms, the times of 1 refusal among them; 3 errors", name)
		assert.Contains(t, said, "1 refused, who are in the times", name)
	}
	p.People = evidence.LoadPeople{Began: 200, Done: 198, Refused: 2, Guarded: 2}
	for name, said := range renderings(t, l) {
		assert.NotContains(t, said, "the times of", name+": a dialogue that was guarded has no time")
		assert.NotContains(t, said, "refused, who", name)
	}
}

// What answers of 429 ask for is a sum over dialogues that wait at once, and not how long
// anybody waited; where they were counted nobody knows what they ask for.
func TestTheWaitingThatWasAskedFor(t *testing.T) {
	l := content()
	for says, throttle := range map[string]evidence.LoadThrottle{
		"Throttled: 20 answers of 429, which asked for 19.0 min of waiting, added up over dialogues that wait at the same time": {Answers: 20, WaitedMS: 1_140_000},
		"Throttled: 1 answer of 429, which asked for 7000.00 ms of waiting, added up":                                           {Answers: 1, WaitedMS: 7000},
		"Throttled: 120 answers of 429": {Answers: 120},
	} {
		l.Phases[0].Throttle = throttle
		for name, said := range renderings(t, l) {
			assert.Contains(t, said, says, name)
			assert.Equal(t, throttle.WaitedMS > 0, strings.Contains(said, "of waiting"), name)
		}
	}
}

// Changes of one group are made one after the other, and a report does not let that look
// like a slow server.
func TestGroupsAreSaidToHaveOneDialogueAtATime(t *testing.T) {
	const says = "Groups: each has one dialogue at a time, as in Okta; who comes next waits for it, and that is in the times from its start and not in those of requests"
	for name, said := range renderings(t, content()) {
		assert.Equal(t, 1, strings.Count(said, says), name+": the phase of joins has it, and that of onboarding has not")
	}
	for kind, has := range map[string]bool{"members": true, "join": true, "leave": true, "push": false, "update": false} {
		one := evidence.LoadPhase{Dialogues: []evidence.Latency{{Kind: kind, Count: 1}}}
		assert.Equal(t, has, byTurns(one) != "", kind)
		one.Dialogues[0].Count = 0
		assert.Empty(t, byTurns(one), kind)
	}
}

// A table has no percentile that is the maximum under another name, and no time of
// nobody; what is long is in seconds, with its point where the others have theirs.
func TestATableHasNoMoreThanItsCountsCanBear(t *testing.T) {
	l := content()
	d := &l.Phases[0].Dialogues[0]
	d.P50, d.P90, d.P99, d.Max = 0.64, 9999.99, 57_016.32, 78_446.59
	for count, want := range map[int64]string{
		0:   "– – – –",
		1:   "– – – 78.45 s",
		2:   "0.64 ms – – 78.45 s",
		9:   "0.64 ms – – 78.45 s",
		10:  "0.64 ms 9999.99 ms – 78.45 s",
		99:  "0.64 ms 9999.99 ms – 78.45 s",
		100: "0.64 ms 9999.99 ms 57.02 s 78.45 s",
	} {
		d.Count = count
		for name, said := range renderings(t, l) {
			cells := strings.Join(strings.Fields(strings.ReplaceAll(said, "|", " ")), " ")
			assert.Contains(t, cells, fmt.Sprintf("from when due: onboard %d %s ", count, want), name)
		}
	}
	d.Count = 100
	assert.Contains(t, LoadText(l), ""+
		"from when due: onboard              100    0.64 ms 9999.99 ms   57.02 s    78.45 s\n"+
		"of that, late to begin              190    0.40 ms    2.00 ms  120.00 ms  131.00 ms\n")
}

// Of a rate at which nobody was answered there are no times.
func TestARateThatWasTriedHasNoMoreTimesThanItsCountCanBear(t *testing.T) {
	l := crowd()
	l.Capacity.Steps = []evidence.LoadStep{{Rate: 40, Achieved: 40, People: 99, P50: 5, P99: 12_000, Held: true}, {Rate: 44, Achieved: 41, People: 440, Errors: 440, Why: "so"}, {Rate: 42, Achieved: 42, People: 420, P50: 5, P99: 12_000, Held: true}}
	for name, rows := range map[string][]string{
		"text":     {"        40         40       99        0      5.00 ms           –   held", "        44         41      440      440           –            –   not held: so", "        42         42      420        0      5.00 ms     12.00 s   held"},
		"markdown": {"| 40 | 40 | 99 | 0 | 5.00 ms | – | held |", "| 44 | 41 | 440 | 440 | – | – | not held: so |", "| 42 | 42 | 420 | 0 | 5.00 ms | 12.00 s | held |"},
		"page":     {"40 40 99 0 5.00 ms – held", "44 41 440 440 – – not held: so", "42 42 420 0 5.00 ms 12.00 s held"},
	} {
		for _, row := range rows {
			assert.Contains(t, renderings(t, l)[name], row, name)
		}
	}
}

// A status is not taken for a count, nor one for many.
func TestFiguresAreSaidOfWhat(t *testing.T) {
	assert.Equal(t, "HTTP 200 × 200, HTTP 201 × 1, none × 3", statuses(map[string]int{"200": 200, "201": 1, "none": 3}))
	l := content()
	l.Readback.Accounts, l.Readback.Pages, l.Readback.TookMS, l.Readback.Groups.Members, l.Left.Disabled = 1, 1, 0.3, 1, 1
	for name, said := range renderings(t, l) {
		assert.Contains(t, said, "Read back: 1 account on 1 page, 200 people of this run, 200 read by id, in 0.30 ms:", name)
		assert.Contains(t, said, "8 with 1 member in all", name)
		assert.Contains(t, said, "Left at the target: 1 account disabled", name)
	}
}

// A group whose push was refused is not lost, and the verdict does not look as if all
// were there.
func TestGroupsThatWereNeverMadeAreCounted(t *testing.T) {
	l := crowd()
	l.Asked.Groups, l.Readback.Groups = 2, &evidence.GroupReadback{MembersLost: 1}
	assert.NotContains(t, LoadText(l), "never made", "the directory was not read to its end")
	l.Readback.Done = true
	assert.Contains(t, LoadText(l), "of 2 groups, 2 were never made; of their members 1 is lost")
	l.Readback.Groups.Groups = 1
	assert.Contains(t, LoadText(l), "of 2 groups, 1 was never made; of their members 1 is lost")
	l.Readback.Groups.Lost = 1
	assert.NotContains(t, LoadText(l), "never made")
}

// A verdict names what there is, and none of what there is none.
func TestAVerdictHasNoZeros(t *testing.T) {
	groups := func(g evidence.GroupReadback) evidence.Readback { return evidence.Readback{Done: true, Groups: &g} }
	for want, seen := range map[string]evidence.Readback{
		"of 200 people, 1 account is wrong":                              {Wrong: 1},
		"of 200 people, 2 accounts are lost, 1 wrong":                    {Lost: 2, Wrong: 1, Groups: &evidence.GroupReadback{Groups: 8}},
		"of 200 people, 3 accounts are doubled; of 8 groups, 1 is wrong": {Doubled: 3, Groups: &evidence.GroupReadback{Wrong: 1}},
		"of 8 groups, 7 were never made, 1 is lost, 2 doubled":           groups(evidence.GroupReadback{Lost: 1, Doubled: 2}),
		"of the members of 8 groups 1 is lost, 2 too many":               groups(evidence.GroupReadback{Groups: 8, MembersLost: 1, MembersStrange: 2}),
		"of the members of 8 groups 2 are too many":                      groups(evidence.GroupReadback{Groups: 8, MembersStrange: 2}),
	} {
		assert.Equal(t, want, notAsPlanned(evidence.Load{Asked: evidence.LoadAsked{People: 200, Groups: 8}, Readback: seen}))
	}
}

// Where answers of 429 were to be counted, the headline says of how many people there
// are accounts, and how many were turned away.
func TestWhoWasTurnedAwayIsInTheHeadline(t *testing.T) {
	l := content()
	l.Asked.Throttle, l.Asked.People, l.Readback.Ours, l.Readback.Groups, l.Phases = "count", 300, 180, nil, l.Phases[:1]
	l.People = evidence.LoadPeople{Began: 300, Done: 180, Throttled: 120}
	for name, said := range renderings(t, l) {
		assert.Contains(t, said, "180 of 300 people have one account each; 120 were turned away with 429, as was to be counted", name)
		assert.NotContains(t, said, "as planned", name)
	}
	l.People.Throttled = 1
	assert.Contains(t, LoadText(l), "each; 1 was turned away")
	l = content()
	l.People.Throttled = 5
	l.Readback.LookedAt = 1
	assert.Contains(t, LoadText(l), "SUCCESS: 200 of 200 people have one account each, and 8 of 8 groups have their 640 members, by the lists and a sample; of 240 dialogues 5 were turned away with 429")
}

func TestARunThatOnlyReadSaysSo(t *testing.T) {
	l := content()
	l.Asked.Phases, l.Readback.Groups, l.Readback.Ours = []string{"import"}, nil, 0
	for name, said := range renderings(t, l) {
		assert.Contains(t, said, "all lists were read as in an import, and nobody was to be provisioned", name)
		assert.NotContains(t, said, "as planned", name)
	}
}

// SCIM has nothing on silence and on connections that are dropped.
func TestADeviationIsCalledNoMoreThanItIs(t *testing.T) {
	l := content()
	l.Deviates = []string{"20 of 20 dialogues: the target took the connection, and then dropped it or said nothing"}
	l.Result = l.Judge()
	for name, said := range renderings(t, l) {
		assert.Contains(t, said, "the target did not answer as SCIM has it, or not at all", name)
	}
}

// Whoever reads the first line alone, or the title of a tab, does not take the figures
// of a run for measured that are not.
func TestASuccessWithoutFiguresDoesNotBeginAsOne(t *testing.T) {
	l := content()
	l.Valid, l.Invalid = false, []string{"onboard: 45.2 a second were begun of 50 asked"}
	assert.True(t, strings.HasPrefix(LoadText(l), "SUCCESS, but INVALID as a measurement: 200 people"))
	assert.True(t, strings.HasPrefix(LoadMarkdown(l), "# SUCCESS, but INVALID as a measurement: 200 people"))
	_, page := loadPage(t, l)
	assert.Contains(t, text(all(page, "h1")[0]), "success, but INVALID as a measurement: 200 people")
	assert.Contains(t, text(all(page, "title")[0]), "success, but INVALID as a measurement: 200 people")
	assert.Equal(t, "incomplete", attr(all(page, "header")[0], "class"), "it is not green")
	_, page = loadPage(t, content())
	assert.Equal(t, "success", attr(all(page, "header")[0], "class"))
	bad := crowd()
	assert.True(t, strings.HasPrefix(LoadText(bad), "FAILURE: of 200"))
	_, page = loadPage(t, bad)
	assert.Equal(t, "failure", attr(all(page, "header")[0], "class"))
}

func TestWhatALoadRunComesTo(t *testing.T) {
	for name, tt := range map[string]struct {
		seen   evidence.Load
		result string
		exit   int
	}{
		"all is well":           {evidence.Load{People: evidence.LoadPeople{Began: 5, Done: 5}}, "success", 0},
		"one is lost":           {evidence.Load{Readback: evidence.Readback{Lost: 1}}, "failure", 1},
		"one is doubled":        {evidence.Load{Readback: evidence.Readback{Doubled: 1}}, "failure", 1},
		"one is wrong":          {evidence.Load{Readback: evidence.Readback{Wrong: 1}}, "failure", 1},
		"one is refused":        {evidence.Load{People: evidence.LoadPeople{Refused: 1}}, "failure", 1},
		"the target deviates":   {evidence.Load{Deviates: []string{"so"}, Missing: []string{"and so"}}, "failure", 1},
		"a member is lost":      {evidence.Load{Readback: evidence.Readback{Groups: &evidence.GroupReadback{MembersLost: 1}}}, "failure", 1},
		"a member is strange":   {evidence.Load{Readback: evidence.Readback{Groups: &evidence.GroupReadback{MembersStrange: 1}}}, "failure", 1},
		"a member is doubled":   {evidence.Load{Readback: evidence.Readback{Groups: &evidence.GroupReadback{MembersDoubled: 1}}}, "success", 0},
		"a group is lost":       {evidence.Load{Readback: evidence.Readback{Groups: &evidence.GroupReadback{Lost: 1}}}, "failure", 1},
		"a limit is breached":   {evidence.Load{Valid: true, SLOs: []evidence.LoadSLO{{Verdict: evidence.SLOHeld}, {Verdict: evidence.SLOBreached}}}, "failure", 1},
		"a limit held":          {evidence.Load{Valid: true, SLOs: []evidence.LoadSLO{{Verdict: evidence.SLOHeld}}}, "success", 0},
		"a limit held, invalid": {evidence.Load{SLOs: []evidence.LoadSLO{{Verdict: evidence.SLOHeld}}}, "incomplete", 3},
		"a limit is not judged": {evidence.Load{Valid: true, SLOs: []evidence.LoadSLO{{Verdict: evidence.SLONotJudged}}}, "incomplete", 3},
		"something is missing":  {evidence.Load{Missing: []string{"so"}}, "incomplete", 3},
		"the token was refused": {evidence.Load{Missing: []string{"so"}, Unusable: "so"}, "incomplete", 2},
	} {
		t.Run(name, func(t *testing.T) {
			tt.seen.Result = tt.seen.Judge()
			assert.Equal(t, tt.result, tt.seen.Result)
			assert.Equal(t, tt.exit, LoadExit(tt.seen))
		})
	}
}

func TestLoadJSONKeepsItsSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(LoadSchema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource("load.json", doc))
	schema, err := c.Compile("load.json")
	require.NoError(t, err)
	written := func(l evidence.Load) map[string]any {
		folder, err := evidence.Create(t.TempDir(), evidence.Run{ID: l.Run.ID}, nil)
		require.NoError(t, err)
		require.NoError(t, folder.WriteLoad(l))
		require.NoError(t, folder.Finish(evidence.End{}))
		raw, err := os.ReadFile(filepath.Join(folder.Dir, "load.json"))
		require.NoError(t, err)
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		require.NoError(t, err)
		return v.(map[string]any)
	}
	assert.NoError(t, schema.Validate(written(crowd())))
	for name, spoil := range map[string]func(map[string]any){
		"another result":        func(v map[string]any) { v["result"] = "fine" },
		"a member nobody knows": func(v map[string]any) { v["grade"] = 1 },
		"a member that is gone": func(v map[string]any) { delete(v, "left") },
		"a status that is none": func(v map[string]any) {
			v["phases"].([]any)[0].(map[string]any)["dialogues"].([]any)[0].(map[string]any)["status"] = map[string]any{"fine": 1}
		},
		"a fate that is none": func(v map[string]any) {
			v["phases"].([]any)[0].(map[string]any)["dialogues"].([]any)[0].(map[string]any)["untimed"].(map[string]any)["fine"] = 1
		},
	} {
		v := written(crowd())
		spoil(v)
		assert.Error(t, schema.Validate(v), name)
	}
}

func TestNothingThatTheTargetSaysOfACrowdActsOnItsReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(payload, 1, 3).Draw(t, "text"), "")
		l := crowd()
		l.Missing, l.Deviates, l.Readback.Notes = []string{text}, []string{text}, []string{text}
		l.Tool.Name, l.Target.Name, l.Target.URL, l.Run.ID, l.Run.Reproduce, l.Asked.Dialect = text, text, text, text, text, text
		l.Phases[0].Failures = []evidence.LoadFailure{{Why: text, Count: 1, Example: text}}
		l.Phases[0].Name, l.Phases[0].Dialogues[0].Kind, l.SLOs[0].Limit, l.SLOs[0].Got, l.Capacity.Ended, l.Capacity.Steps[1].Why = text, text, text, text, text, text
		l.Invalid = []string{text}
		l.Readback.Examples = []evidence.Difference{{What: text, Name: text, ID: text, Why: text}}
		harmless(t, LoadText(l))
		harmless(t, LoadMarkdown(l))
	})
}
