package loadgen

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/reports/evidence"
)

// Whatever is told to a timeline, it has at most so many buckets, loses nobody, and
// who is in flight at its end is who has not ended.
func TestATimelineIsBoundedAndLosesNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := newTimeline()
		begun, ended, failed := 0, 0, 0
		for range rapid.IntRange(0, 300).Draw(t, "dialogues") {
			due := time.Duration(rapid.Int64Range(0, int64(48*time.Hour)).Draw(t, "due"))
			line.begun(due)
			begun++
			if rapid.Bool().Draw(t, "ends") {
				fails := rapid.Bool().Draw(t, "fails")
				line.ended(due, due+time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "took")), !fails, fails)
				ended++
				if fails {
					failed++
				}
			}
		}
		seen := line.seen()
		require.LessOrEqual(t, len(seen.Buckets), mostBuckets)
		var sum evidence.LoadBucket
		for _, b := range seen.Buckets {
			sum.Begun += b.Begun
			sum.Ended += b.Ended
			sum.Errors += b.Errors
			sum.InFlight = b.InFlight
		}
		assert.Equal(t, evidence.LoadBucket{Begun: begun, Ended: ended, Errors: failed, InFlight: begun - ended}, sum)
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

// The distribution that is kept is the one that was measured, to the last count, and
// two of them can be added up.
func TestADistributionSurvivesItsForm(t *testing.T) {
	h := newHistogram()
	for n := range 10_000 {
		h.record(time.Duration(n) * 37 * time.Microsecond)
	}
	raw, err := json.Marshal(h.latency("create"))
	require.NoError(t, err)
	var l evidence.Latency
	require.NoError(t, json.Unmarshal(raw, &l))
	kept, err := hdrhistogram.Decode([]byte(l.HDR))
	require.NoError(t, err)
	assert.True(t, kept.Equals(h.of))
	assert.Zero(t, kept.Merge(h.of))
	assert.EqualValues(t, 20_000, kept.TotalCount())
	assert.Less(t, len(l.HDR), 16<<10)
	assert.Empty(t, newHistogram().latency("none").HDR)
}
