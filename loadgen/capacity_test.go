package loadgen

import (
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/reports/evidence"
)

// A shop has so many counters, and serving somebody takes always the same time: it is
// known how many it serves a second.
type shop struct {
	counters chan struct{}
	service  time.Duration
	tally    *tally
	refuses  func(n int) bool
}

func (s *shop) RoundTrip(hit *http.Request) (*http.Response, error) {
	n, _ := strconv.Atoi(hit.Header.Get("X-Vegeta-Seq"))
	intended := s.tally.starts(n, time.Now())
	s.counters <- struct{}{}
	<-time.After(s.service)
	<-s.counters
	e := ending{fate: done}
	if s.refuses != nil && s.refuses(n) {
		e.fate = refused
	}
	s.tally.ends(n, 0, intended, time.Now(), e)
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: hit}, nil
}

func (s *shop) try(t *testing.T) func(float64, int) (evidence.LoadPhase, bool) {
	return func(rate float64, people int) (evidence.LoadPhase, bool) {
		s.tally = newTally(people, pace.Constant(rate), 1000, crowd.KindOnboard)
		pace.Attack{Schedule: pace.Constant(rate), People: people, Workers: 1000, Began: s.tally.begins, Now: time.Now}.Run(t.Context(), s, func() {})
		return s.tally.phase(crowd.Onboard, "people"), true
	}
}

func TestTheCapacityOfAShopIsFound(t *testing.T) {
	for _, tt := range []struct {
		counters int
		service  time.Duration
		first    float64
	}{
		{1, 20 * time.Millisecond, 50}, // starts at what it can do
		{4, 5 * time.Millisecond, 50},
		{16, 50 * time.Millisecond, 5000},
		{8, 400 * time.Millisecond, 100}, // a slow one, and the limit is near its service time
		{1, 10 * time.Millisecond, 1},
	} {
		can := float64(tt.counters) / tt.service.Seconds()
		t.Run(strconv.FormatFloat(can, 'g', -1, 64)+" a second", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &shop{counters: make(chan struct{}, tt.counters), service: tt.service}
				found, best := search{slos: DefaultLimits(), first: tt.first, try: s.try(t)}.run()
				assert.InEpsilon(t, can, found.Rate, 0.1, "%+v", found)
				assert.Greater(t, found.Above, found.Rate)
				assert.LessOrEqual(t, found.Above/found.Rate, closeEnough)
				assert.Equal(t, "the two are within 4 %", found.Ended)
				assert.Equal(t, found.Rate, best.Pace.Asked)
				assert.LessOrEqual(t, len(found.Steps), 24)
			})
		})
	}
}

// A queue that grows breaks any limit that lasts long enough: a rate that a target
// cannot keep up with does not hold, however lax the limits.
func TestARateThatIsABitTooHighDoesNotHold(t *testing.T) {
	for rate, held := range map[float64]bool{190: true, 199: true, 208: false, 220: false} {
		synctest.Test(t, func(t *testing.T) {
			s := &shop{counters: make(chan struct{}, 1), service: 5 * time.Millisecond}
			lax, err := ParseSLO("p99 < 1h")
			require.NoError(t, err)
			phase, _ := s.try(t)(rate, dialoguesAt(rate))
			step := search{slos: []SLO{lax}}.judge(rate, phase)
			assert.Equal(t, held, step.Held, "%g: %s", rate, step.Why)
		})
	}
}

func TestASearchEnds(t *testing.T) {
	errs, err := ParseSLO("errors < 0.1%")
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) {
		s := &shop{counters: make(chan struct{}, 1), service: time.Microsecond, refuses: func(int) bool { return true }}
		found, best := search{slos: []SLO{errs}, first: 50, try: s.try(t)}.run()
		assert.Zero(t, found.Rate, "a server that refuses everybody")
		assert.Equal(t, "no slower rate was tried", found.Ended)
		assert.LessOrEqual(t, found.Above, float64(slowestFound))
		assert.Empty(t, best.Name)
	})
	synctest.Test(t, func(t *testing.T) {
		s := &shop{counters: make(chan struct{}, 1), service: time.Microsecond}
		cut := search{slos: []SLO{errs}, first: 50, try: func(rate float64, n int) (evidence.LoadPhase, bool) {
			if rate > 300 {
				return evidence.LoadPhase{}, false
			}
			return s.try(t)(rate, n)
		}}
		found, _ := cut.run()
		assert.EqualValues(t, 200, found.Rate)
		assert.Zero(t, found.Above)
		assert.Equal(t, "it was cut off", found.Ended)
	})
	endless := search{first: 1e6, try: func(rate float64, n int) (evidence.LoadPhase, bool) {
		return evidence.LoadPhase{People: evidence.LoadPeople{Began: n, Done: n}, Dialogues: []evidence.Latency{{}}, Pace: evidence.LoadPace{Asked: rate, Achieved: rate}}, true
	}}
	found, _ := endless.run()
	assert.Equal(t, "no faster rate was tried", found.Ended)
	slow := search{first: 50, try: func(rate float64, n int) (evidence.LoadPhase, bool) {
		return evidence.LoadPhase{People: evidence.LoadPeople{Began: n, Done: n}, Dialogues: []evidence.Latency{{}}, Pace: evidence.LoadPace{Asked: rate, Achieved: min(rate, 120)}}, true
	}}
	found, _ = slow.run()
	assert.Equal(t, "this generator could not keep a higher pace: the target may hold more", found.Ended)
	assert.EqualValues(t, 100, found.Rate)
}

// What a rate did not hold once and then holds is no limit of the target's; what it does
// not hold twice is. And whose pool it was that was full is said.
func TestARateIsTriedTwiceBeforeItDoesNotHold(t *testing.T) {
	phase := func(rate, achieved float64, n int) evidence.LoadPhase {
		return evidence.LoadPhase{
			People: evidence.LoadPeople{Began: n, Done: n}, Dialogues: []evidence.Latency{{}}, DurationMS: 1000,
			Pace: evidence.LoadPace{Asked: rate, Achieved: achieved}, Backlog: evidence.LoadBacklog{FullMS: 400},
		}
	}
	tried := map[float64]int{}
	found, _ := search{first: 50, try: func(rate float64, n int) (evidence.LoadPhase, bool) {
		if tried[rate]++; rate >= 150 || tried[rate] == 1 {
			return phase(rate, rate/2, n), true
		}
		return phase(rate, rate, n), true
	}}.run()
	assert.InEpsilon(t, 150, found.Rate, closeEnough-1, "%+v", found)
	for rate, times := range tried {
		assert.Equal(t, 2, times, "%g", rate)
	}
	assert.Equal(t, "25 a second were begun, while all places of the pool (--workers) were taken for 40 % of the time", found.Steps[0].Why)
}

func TestTheDefaultLimitsAreWhatTheySay(t *testing.T) {
	for _, l := range DefaultLimits() {
		read, err := ParseSLO(l.String())
		require.NoError(t, err)
		assert.Equal(t, read, l)
	}
}
