package loadgen

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/reports/evidence"
)

// A line of people at a counter that is closed for a while. In a bubble of
// synctest all times are exact.
type counter struct {
	tally       *tally
	service     time.Duration
	shut, opens time.Duration // from the beginning

	mu        sync.Mutex
	started   time.Time
	seen      map[int]int
	now, most int // at a time
}

func (c *counter) RoundTrip(hit *http.Request) (*http.Response, error) {
	n, _ := strconv.Atoi(hit.Header.Get("X-Vegeta-Seq"))
	intended := c.tally.starts(n, time.Now())
	c.mu.Lock()
	c.seen[n]++
	c.now++
	c.most = max(c.most, c.now)
	since := time.Since(c.started)
	c.mu.Unlock()
	if since >= c.shut && since < c.opens {
		<-time.After(c.opens - since) // by the clock of the bubble
	}
	<-time.After(c.service)
	c.mu.Lock()
	c.now--
	c.mu.Unlock()
	c.tally.ends(n, 0, intended, time.Now(), ending{fate: done})
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: hit}, nil
}

func play(ctx context.Context, c *counter, s pace.Schedule, people, workers int, each func()) {
	c.tally, c.started, c.seen = newTally(people, s, workers, "onboard"), time.Now(), map[int]int{}
	pace.Attack{Schedule: s, People: people, Workers: workers, Began: c.tally.begins, Now: time.Now}.Run(ctx, c, each)
}

// However few there are to serve, nobody who stood waiting is forgotten: that is
// what vegeta's own latencies would do.
func TestAResponseCountsFromWhenItWasDue(t *testing.T) {
	for _, workers := range []int{4, 16, 1000} {
		t.Run(strconv.Itoa(workers), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &counter{service: time.Millisecond, shut: 5 * time.Second, opens: 7 * time.Second}
				play(t.Context(), c, pace.Constant(200), 4000, workers, func() {})
				l := c.tally.response[0].Latency("")
				assert.EqualValues(t, 4000, l.Count)
				assert.InDelta(t, 2001, l.Max, 5, "the first who came when it shut waited until it opened")
				assert.InDelta(t, 1801, l.P99, 60, "one in ten came while it was shut, the hundredth with 1.8 s to go")
				assert.InDelta(t, 1, l.P50, 0.1)
			})
		})
	}
}

func TestThePaceIsKeptAndEndsByCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counter{service: 30 * time.Millisecond}
		ended := 0
		play(t.Context(), c, pace.Constant(50), 200, 1000, func() { ended++ })
		assert.Equal(t, 200, ended)
		assert.Len(t, c.seen, 200, "each person once")
		assert.Equal(t, 199*20*time.Millisecond+30*time.Millisecond, time.Since(c.started))
		assert.Zero(t, c.tally.late)
	})
}

// Achieved is counted from starts, whatever was asked for.
func TestTheAchievedRateIsThatOfTheStarts(t *testing.T) {
	for workers, want := range map[int]float64{1: 10, 1000: 50} {
		synctest.Test(t, func(t *testing.T) {
			c := &counter{service: 100 * time.Millisecond}
			play(t.Context(), c, pace.Constant(50), 200, workers, func() {})
			assert.InDelta(t, want, c.tally.phase("onboard", "people").Pace.Achieved, 0.01)
		})
	}
}

func TestAClosedLoopKeepsSoManyGoing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counter{service: time.Second}
		play(t.Context(), c, pace.Schedule{}, 20, 4, func() {})
		assert.Len(t, c.seen, 20)
		assert.Equal(t, 4, c.most)
		assert.Equal(t, 5*time.Second, time.Since(c.started))
		assert.InDelta(t, 1000, c.tally.response[0].Latency("").Max, 1, "nobody was due before they began")
	})
}

// Vegeta's own waiting would go on for as long as the next person is away.
func TestAnAttackStopsWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 90*time.Second)
		defer stop()
		c := &counter{service: time.Millisecond}
		play(ctx, c, pace.Constant(1.0/60), 100, 10, func() {})
		assert.Len(t, c.seen, 2)
		assert.Equal(t, 90*time.Second, time.Since(c.started))
	})
}

// The stop of two seconds shows where those were due who had to wait for its end,
// also when two buckets have become one.
func TestAStopShowsInTheTimeline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counter{service: time.Millisecond, shut: 5 * time.Second, opens: 7 * time.Second}
		play(t.Context(), c, pace.Constant(20), 600, 10, func() {})
		seen := c.tally.phase("onboard", "people").Timeline
		require.EqualValues(t, 200, seen.BucketMS, "30 s do not fit into 200 buckets of 100 ms")
		require.Len(t, seen.Buckets, 150)
		assert.InDelta(t, 1, seen.Buckets[4999/200].P99, 0.1, "just before")
		assert.InDelta(t, 2001, seen.Buckets[5000/200].P99, 20, "the first who had to wait")
		assert.InDelta(t, 1001, seen.Buckets[6000/200].P99, 10, "a second later")
		assert.InDelta(t, 901, seen.Buckets[6000/200].P50, 10, "the second of the four who were due then")
		assert.InDelta(t, 1, seen.Buckets[7200/200].P99, 0.1, "after")
		assert.Equal(t, 10, seen.Buckets[6800/200].InFlight)
		assert.Zero(t, seen.Buckets[6000/200].Begun, "the pool was full")
	})
}

// A pool of ten was full from the tenth who came while the counter was shut, and
// thirty were due and stood outside when it opened: all of it is told.
func TestAFullPoolHidesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counter{service: time.Millisecond, shut: 5 * time.Second, opens: 7 * time.Second}
		play(t.Context(), c, pace.Constant(20), 600, 10, func() {})
		seen := c.tally.phase("onboard", "people").Backlog
		assert.InDelta(t, 1550, seen.FullMS, 10, "from the tenth, 450 ms after it shut; and a little while the queue is worked off")
		assert.LessOrEqual(t, seen.Most, 31, "of the 41 who were due by 7 s ten had a place")
		assert.GreaterOrEqual(t, seen.Most, 21, "and at that very moment up to ten more get one, in whatever order")
		assert.Zero(t, seen.NotStarted)
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 6*time.Second)
		defer stop()
		c := &counter{service: time.Millisecond, shut: 5 * time.Second, opens: 7 * time.Second}
		play(ctx, c, pace.Constant(20), 600, 10, func() {})
		assert.Equal(t, 600-110, c.tally.phase("onboard", "people").Backlog.NotStarted)
	})
	synctest.Test(t, func(t *testing.T) {
		c := &counter{service: time.Millisecond}
		play(t.Context(), c, pace.Schedule{}, 100, 10, func() {})
		assert.Zero(t, c.tally.phase("onboard", "people").Backlog, "in a closed loop a full pool is what was asked for")
	})
}

// Who has no time is counted beside the times of their own kind. With those who have one
// they are all who began.
func TestWhoHasNoTimeIsCountedUnderTheirKind(t *testing.T) {
	tally := newTally(12, pace.Schedule{}, 16, crowd.KindUpdate, crowd.KindMembers)
	now := time.Now()
	tally.begins(now)
	const update, members = 0, 1
	for n, one := range []struct {
		kind int
		fate fate
	}{
		{update, done},
		{update, refused},
		{update, unanswered},
		{update, unanswered},
		{update, throttled},
		{update, guarded},
		{update, stopped},
		{members, done},
		{members, done},
		{members, throttled},
		{members, notBegun}, // there was nothing to say
	} {
		tally.ends(n, one.kind, tally.starts(n, now), now, ending{fate: one.fate})
	}
	seen := tally.phase("day-2", "both")
	assert.Equal(t, evidence.Untimed{Unanswered: 2, Throttled: 1, Guarded: 1, Stopped: 1}, seen.Dialogues[update].Untimed)
	assert.Equal(t, evidence.Untimed{Throttled: 1}, seen.Dialogues[members].Untimed)
	began := 0
	for _, d := range seen.Dialogues {
		u := d.Untimed
		began += int(d.Count) + u.Unanswered + u.Throttled + u.Guarded + u.Stopped
	}
	assert.Equal(t, seen.People.Began, began)
}
