package figures

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A Timeline is a phase over time, in a bounded number of buckets. They begin
// narrow; whenever the phase outgrows them, two become one. Its memory is that of
// 200 sparse histograms of two digits, some hundred KB. Not safe for concurrent use.
type Timeline struct {
	width   time.Duration
	buckets []bucket
}

type bucket struct {
	begun, ended, errors int
	response             *hdrhistogram.PackedHistogram // of those that were due in it; nil: none was
}

const (
	mostBuckets = 200
	narrowest   = 100 * time.Millisecond
)

// NewTimeline has seen nothing yet.
func NewTimeline() *Timeline { return &Timeline{width: narrowest} }

// at is the bucket of a moment, counted from the phase's beginning.
func (t *Timeline) at(d time.Duration) *bucket {
	d = max(d, 0)
	for d/mostBuckets >= t.width {
		t.halve()
	}
	n := int(d / t.width)
	for len(t.buckets) <= n {
		t.buckets = append(t.buckets, bucket{})
	}
	return &t.buckets[n]
}

// halve makes one bucket of each two. Histograms of one geometry add up exactly.
func (t *Timeline) halve() {
	t.width *= 2
	half := t.buckets[:0]
	for n := 0; n < len(t.buckets); n += 2 {
		one := t.buckets[n]
		if n+1 < len(t.buckets) {
			one = one.and(t.buckets[n+1])
		}
		half = append(half, one)
	}
	clear(t.buckets[len(half):])
	t.buckets = half
}

func (b bucket) and(c bucket) bucket {
	sum := bucket{b.begun + c.begun, b.ended + c.ended, b.errors + c.errors, b.response}
	switch {
	case b.response == nil:
		sum.response = c.response
	case c.response != nil:
		b.response.Merge(c.response)
	}
	return sum
}

// Begun takes down that one has begun. Moments are counted from the phase's beginning.
func (t *Timeline) Begun(now time.Duration) { t.at(now).begun++ }

// Ended takes down that one has ended who was due at a moment: whether it was answered,
// so that it has a response time, and whether it failed.
func (t *Timeline) Ended(due, now time.Duration, answered, failed bool) {
	b := t.at(now)
	b.ended++
	if failed {
		b.errors++
	}
	if !answered {
		return
	}
	b = t.at(due)
	if b.response == nil {
		const digits = 2
		b.response = hdrhistogram.NewPacked(int64(shortest/time.Microsecond), int64(longest/time.Microsecond), digits)
	}
	_ = b.response.RecordValue(int64(min(max(now-due, shortest), longest) / time.Microsecond)) // in range: it cannot fail
}

// Counts are how many have begun, ended and failed so far.
func (t *Timeline) Counts() (begun, ended, failed int) {
	for _, b := range t.buckets {
		begun, ended, failed = begun+b.begun, ended+b.ended, failed+b.errors
	}
	return begun, ended, failed
}

// Seen is the timeline as the evidence has it.
func (t *Timeline) Seen() evidence.LoadTimeline {
	seen := evidence.LoadTimeline{BucketMS: float64(t.width.Microseconds()) / 1000, Buckets: []evidence.LoadBucket{}}
	inFlight := 0
	for _, b := range t.buckets {
		inFlight += b.begun - b.ended
		one := evidence.LoadBucket{Begun: b.begun, Ended: b.ended, Errors: b.errors, InFlight: inFlight}
		if b.response != nil {
			one.P50, one.P99 = float64(b.response.ValueAtPercentile(50))/1000, float64(b.response.ValueAtPercentile(99))/1000
		}
		seen.Buckets = append(seen.Buckets, one)
	}
	return seen
}
