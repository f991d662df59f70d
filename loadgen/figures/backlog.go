package figures

import (
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A Backlog is what a pool of finite size holds back: how long all of its places
// were taken, and how many people stood waiting who were due. A pool may not hide a
// stall, which without this would show as fewer people begun and nothing else. The
// zero value is ready. Not safe for concurrent use.
type Backlog struct {
	inFlight int
	since    time.Time // when the pool became full; zero: it is not
	full     time.Duration
	most     int
}

// Starts takes down that one has begun, and says whether the pool is full with this one.
func (b *Backlog) Starts(now time.Time, pool int) bool {
	if b.inFlight++; b.inFlight < pool {
		return false
	}
	if b.since.IsZero() {
		b.since = now
	}
	return true
}

// Ends takes down that one has ended.
func (b *Backlog) Ends(now time.Time, pool int) {
	if b.inFlight--; b.inFlight < pool && !b.since.IsZero() {
		b.full += now.Sub(b.since)
		b.since = time.Time{}
	}
}

// Waiting takes down that so many stand waiting.
func (b *Backlog) Waiting(people int) { b.most = max(b.most, people) }

// Seen is the backlog as the evidence has it, when the phase ended at a moment.
func (b *Backlog) Seen(until time.Time) evidence.LoadBacklog {
	full := b.full
	if !b.since.IsZero() {
		full += max(0, until.Sub(b.since))
	}
	return evidence.LoadBacklog{FullMS: float64(full.Microseconds()) / 1000, Most: b.most}
}
