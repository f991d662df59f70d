package loadgen

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/reports/evidence"
)

// ofTwo is a run of two phases.
func ofTwo() []evidence.LoadPhase {
	return []evidence.LoadPhase{
		{
			Name: "onboard", People: evidence.LoadPeople{Began: 1000, Done: 995, Refused: 3, Unanswered: 2},
			Pace:      evidence.LoadPace{Asked: 50, Achieved: 50, PerSecond: 49},
			Dialogues: []evidence.Latency{{Kind: "onboard", Count: 998, P50: 5, P90: 9, P99: 40, P999: 80, Max: 90, Mean: 6}},
			Requests: []evidence.Latency{
				{Kind: "look up", Count: 1000, P50: 1, P99: 10, Max: 11},
				{Kind: "create", Count: 998, P50: 4, P99: 30, Max: 60, Status: map[string]int{"201": 995, "500": 3, "none": 2}},
			},
		},
		{
			Name: "mix", People: evidence.LoadPeople{Began: 100, Done: 100}, Pace: evidence.LoadPace{PerSecond: 200},
			Dialogues: []evidence.Latency{{Kind: "update", Count: 100, P50: 6, P99: 70, Max: 71}, {Kind: "join", Count: 40, P50: 2, P99: 3, Max: 3}},
		},
		{Name: "offboard", Dialogues: []evidence.Latency{{Kind: "offboard"}}},
	}
}

func TestALimitIsHeldAgainstWhatWasMeasured(t *testing.T) {
	const held, breached, not = evidence.SLOHeld, evidence.SLOBreached, evidence.SLONotJudged
	for words, want := range map[string][2]string{
		"create p99 < 50ms":     {held, "30 ms"},
		"create p99 < 30ms":     {breached, "30 ms"},
		"create p99 <= 30ms":    {held, "30 ms"},
		"create max < 1s":       {breached, "2 of 1000 got no answer, so that there is no such time of create"},
		"create p99.9 < 1h":     {breached, "2 of 1000 got no answer, so that there is no such time of create"},
		"look up p50 < 2ms":     {held, "1 ms"},
		"onboard p99 > 39.9ms":  {held, "40 ms"},
		"p99 < 71ms":            {held, "70 ms"}, // and the 40 values of join, which are no p99, are all below
		"p99 < 69ms":            {breached, "70 ms"},
		"join p99 < 4ms":        {not, "40 values of join are too few for p99"},
		"join p99 < 2ms":        {not, "40 values of join are too few for p99"},
		"join p90 < 4ms":        {held, "0 ms"},
		"update p99.9 < 4ms":    {not, "100 values of update are too few for p99.9"},
		"join max < 4ms":        {held, "3 ms"},
		"offboard p99 < 4ms":    {not, "nothing was measured"},
		"patch p99 < 4ms":       {not, "nothing was measured"},
		"errors < 0.5%":         {held, "0.455 %, 5 of 1100 dialogues"},
		"onboard errors < 0.5%": {breached, "0.5 %, 5 of 1000 dialogues"},
		"mix errors <= 0%":      {held, "0 %, 0 of 100 dialogues"},
		"offboard errors < 1%":  {not, "nothing was measured"},
		"rate >= 49":            {held, "49 a second"},
		"mix rate > 200":        {breached, "200 a second"},
	} {
		l, err := ParseSLO(words)
		require.NoError(t, err, words)
		assert.Equal(t, evidence.LoadSLO{Limit: words, Verdict: want[0], Got: want[1]}, l.judge(ofTwo()), words)
	}
}

// Where this generator could not keep the pace, and not the target, times say nothing of
// the target, of requests neither: who begins late reads late.
func TestASlowGeneratorIsNotTheTargets(t *testing.T) {
	phases := ofTwo()
	phases[0].Pace.Achieved = 40
	for words, want := range map[string]string{
		"onboard p99 < 1ms": evidence.SLONotJudged, "rate > 100": evidence.SLONotJudged, "create p99 < 1ms": evidence.SLONotJudged, "errors < 0.1%": evidence.SLOBreached,
	} {
		l, err := ParseSLO(words)
		require.NoError(t, err)
		assert.Equal(t, want, l.judge(phases).Verdict, words)
	}
	l, _ := ParseSLO("onboard p99 < 1ms")
	phases[0].DurationMS, phases[0].Backlog.FullMS = 20_000, 200
	assert.Equal(t, evidence.SLONotJudged, l.judge(phases).Verdict, "1 % of the time is not why a fifth did not begin")
	phases[0].Backlog.FullMS = 201
	assert.Equal(t, evidence.SLOBreached, l.judge(phases).Verdict, "the pool was full of dialogues that the target had not answered")
}

// A full pool hides a stall from the times of requests: what was due was not sent. A
// closed loop's is full by intention.
func TestAFullPoolHidesWhatRequestsTake(t *testing.T) {
	crowded := func() []evidence.LoadPhase {
		phases := ofTwo()
		phases[0].DurationMS, phases[0].Backlog.FullMS = 4000, 2100
		return phases
	}
	few := crowded()
	few[0].Backlog.FullMS = 40
	few[0].Requests[0].Count = 1000
	closed := crowded()
	closed[0].Pace.Asked = 0
	for name, tt := range map[string]struct {
		words, verdict, says string
		phases               []evidence.LoadPhase
	}{
		"would hold":             {"create p99 < 500ms", evidence.SLONotJudged, "the pool was full for 2100 ms of 4000, more than 1 %", crowded()},
		"is broken all the same": {"create p99 < 3ms", evidence.SLOBreached, "30 ms", crowded()},
		"from when due":          {"onboard p99 < 500ms", evidence.SLOHeld, "40 ms", crowded()},
		"full for a moment":      {"create p99 < 500ms", evidence.SLOHeld, "30 ms", few},
		"for a finer figure":     {"look up p99.9 < 500ms", evidence.SLONotJudged, "the pool was full for 40 ms of 4000, more than 0.1 %", few},
		"a closed loop":          {"create p99 < 500ms", evidence.SLOHeld, "30 ms", closed},
	} {
		l, err := ParseSLO(tt.words)
		require.NoError(t, err)
		got := l.judge(tt.phases)
		assert.Equal(t, tt.verdict, got.Verdict, name)
		assert.Contains(t, got.Got, tt.says, name)
	}
}

// Who was answered with 429 was answered.
func TestALimitTellsNoAnswerFrom429(t *testing.T) {
	l, err := ParseSLO("onboard p99 < 1s")
	require.NoError(t, err)
	for says, untimed := range map[string]evidence.Untimed{
		"200 of 1198 got no answer but 429,": {Throttled: 200}, "200 of 1198 got no answer, so": {Unanswered: 200}, "got no answer, or none but 429,": {Throttled: 100, Unanswered: 100},
	} {
		phases := ofTwo()
		phases[0].Dialogues[0].Untimed = untimed
		got := l.judge(phases)
		assert.Equal(t, evidence.SLOBreached, got.Verdict)
		assert.Contains(t, got.Got, says)
	}
}

// A limit on the times of one kind knows of those of that kind alone who have none. Who
// was cut off, or not let, is none whom the target kept waiting.
func TestALimitBlamesNoKindForAnother(t *testing.T) {
	const held, breached, not = evidence.SLOHeld, evidence.SLOBreached, evidence.SLONotJudged
	phases := []evidence.LoadPhase{{
		Name: "day-2", People: evidence.LoadPeople{Began: 86, Done: 65, Refused: 6, Guarded: 6, Unanswered: 5, Throttled: 2, Stopped: 8},
		Dialogues: []evidence.Latency{
			{Kind: "update", Count: 45, P90: 9, Max: 11, Untimed: evidence.Untimed{Unanswered: 5, Throttled: 2}},
			{Kind: "members", Count: 20, P90: 30, Max: 31, Untimed: evidence.Untimed{Guarded: 6, Stopped: 7}},
			{Kind: "join", Untimed: evidence.Untimed{Stopped: 1}},
		},
		Requests: []evidence.Latency{
			{Kind: "patch", Count: 47, P90: 4, Status: map[string]int{"200": 45, "429": 2, "none": 5}},
			{Kind: "patch group", Count: 20, P90: 8, Max: 9, Status: map[string]int{"204": 20}},
		},
	}}
	for words, want := range map[string][2]string{
		"members p90 < 1s":     {held, "30 ms"},
		"members max < 1s":     {held, "31 ms"},
		"update p90 < 1s":      {breached, "7 of 52 got no answer, or none but 429, so that there is no such time of update"},
		"update p50 < 1s":      {held, "0 ms"},
		"p90 < 1s":             {breached, "7 of 52 got no answer, or none but 429, so that there is no such time of update"},
		"join max < 1s":        {not, "nothing was measured"},
		"patch group max < 1s": {held, "9 ms"},
		"patch p99 < 1s":       {breached, "5 of 52 got no answer, so that there is no such time of patch"},
	} {
		l, err := ParseSLO(words)
		require.NoError(t, err, words)
		assert.Equal(t, evidence.LoadSLO{Limit: words, Verdict: want[0], Got: want[1]}, l.judge(phases), words)
	}
}

// What held is not known to have where the figures are not valid; a breach is one.
func TestALimitUnderFiguresThatAreNotValid(t *testing.T) {
	for before, after := range map[string]string{evidence.SLOHeld: evidence.SLONotJudged, evidence.SLOBreached: evidence.SLOBreached, evidence.SLONotJudged: evidence.SLONotJudged} {
		assert.Equal(t, after, doubted(evidence.LoadSLO{Verdict: before, Got: "3 ms"}).Verdict, before)
	}
}

func TestALimitsWords(t *testing.T) {
	for words, problem := range map[string]string{
		"": "is not of the form", "p99": "is not of the form", "p98 < 1ms": `"p98" is none of p50`, "p99 = 1ms": `"=" is none of <`,
		"p99 < 1": "is no time", "p99 < -1ms": "is no time", "errors < 1": "is no share", "errors < 101%": "is no share", "errors < NaN%": "is no share",
		"rate > x": "is no rate", "rate > NaN": "is no rate", "deboard p99 < 1ms": "there is no p99 of \"deboard\"", "create errors < 1%": "there is no errors of \"create\"",
	} {
		_, err := ParseSLO(words)
		assert.ErrorContains(t, err, problem, words)
	}
}

// Whoever leaves the blanks out means the same limit, and reads it as it is written.
func TestALimitNeedsNoBlanks(t *testing.T) {
	for words, want := range map[string]string{
		"create p99<50ms": "create p99 < 50ms", "errors<0.1%": "errors < 0.1%", "rate>=45": "rate >= 45", "look up p50 <=1s": "look up p50 <= 1s", "p99> 1ms": "p99 > 1ms",
	} {
		l, err := ParseSLO(words)
		require.NoError(t, err, words)
		spaced, err := ParseSLO(want)
		require.NoError(t, err, words)
		assert.Equal(t, spaced, l)
		assert.Equal(t, want, l.String())
	}
	for words, problem := range map[string]string{"p99=<1ms": `"=<" is none of <`, "p99<": "is not of the form", "<1ms": "is not of the form", "p99<<1ms": `"<<" is none of <`, "p99<1ms<2ms": "is no time"} {
		_, err := ParseSLO(words)
		assert.ErrorContains(t, err, problem, words)
	}
}

func FuzzParseSLO(f *testing.F) {
	for _, s := range []string{"create p99 < 50ms", "errors < 0.1%", "mix rate >= 45", "look up group p99.9 <= 1h", "p99<1s", "p99=<1s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseSLO(s)
		if err != nil {
			return
		}
		again, err := ParseSLO(l.String())
		if err != nil || again != l {
			t.Errorf("%q is read as %q, and that as %q: %v", s, l, again, err)
		}
		if v := l.judge(ofTwo()); v.Verdict == "" || v.Got == "" {
			t.Errorf("%q: %+v", s, v)
		}
	})
}

// A search asks each rate of as many as its limits take; a slow rate has few a step.
func TestAStepIsLargeEnoughForItsLimits(t *testing.T) {
	fine, err := ParseSLO("p99.9 < 1s")
	require.NoError(t, err)
	for least, slos := range map[int][]SLO{100: DefaultLimits(), 1000: append(DefaultLimits(), fine), fewestAStep: nil} {
		asked := 0
		search{slos: slos, first: 1, try: func(_ float64, n int) (evidence.LoadPhase, bool) { asked = n; return evidence.LoadPhase{}, false }}.run()
		assert.Equal(t, least, asked)
	}
}
