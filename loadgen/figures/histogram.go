// Package figures is what is measured while a crowd is provisioned: a [Histogram] of
// times, a [Timeline] of a phase, and the [Backlog] of a pool that is full. Each keeps
// within a bounded memory what it is told, and reads no clock.
package figures

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A Histogram holds times from 1 µs to 10 min to three digits. What is out of
// range is counted at its ends, and counted as such: the library by itself drops
// it. Not safe for concurrent use.
type Histogram struct {
	of         *hdrhistogram.Histogram
	outOfRange int64
}

const (
	shortest = time.Microsecond
	longest  = 10 * time.Minute
	digits   = 3
)

// NewHistogram has counted nothing yet.
func NewHistogram() *Histogram {
	return &Histogram{of: hdrhistogram.New(int64(shortest/time.Microsecond), int64(longest/time.Microsecond), digits)}
}

// Record counts a time.
func (h *Histogram) Record(d time.Duration) {
	within := min(max(d, shortest), longest)
	if within != d && d != 0 {
		h.outOfRange++
	}
	_ = h.of.RecordValue(int64(within / time.Microsecond)) // in range: it cannot fail
}

// Add counts what another has counted too.
func (h *Histogram) Add(other *Histogram) {
	h.of.Merge(other.of)
	h.outOfRange += other.outOfRange
}

// Quantile is the time within which so many of a hundred were; 0 where nothing was counted.
func (h *Histogram) Quantile(percentile float64) time.Duration {
	return time.Duration(h.of.ValueAtQuantile(percentile)) * time.Microsecond
}

// Latency is what was measured of a kind, as the evidence has it: in milliseconds, and
// the whole distribution.
func (h *Histogram) Latency(kind string) evidence.Latency {
	at := func(percentile float64) float64 { return float64(h.of.ValueAtQuantile(percentile)) / 1000 }
	l := evidence.Latency{Kind: kind, Count: h.of.TotalCount(), OutOfRange: h.outOfRange}
	if l.Count > 0 {
		l.P50, l.P90, l.P99, l.P999 = at(50), at(90), at(99), at(99.9)
		l.Max, l.Mean = float64(h.of.Max())/1000, h.of.Mean()/1000
		whole, _ := h.of.Encode(hdrhistogram.V2CompressedEncodingCookieBase) // into memory: it cannot fail
		l.HDR = string(whole)
	}
	return l
}
