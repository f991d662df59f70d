package loadgen

import (
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A backlog is what a pool of finite size holds back: how long all of its places
// were taken, and how many people stood waiting who were due. A pool may not hide a
// stall, which without this would show as fewer people begun and nothing else. Not
// safe for concurrent use.
type backlog struct {
	inFlight int
	since    time.Time // when the pool became full; zero: it is not
	full     time.Duration
	most     int
}

// starts says whether the pool is full with this one.
func (b *backlog) starts(now time.Time, pool int) bool {
	if b.inFlight++; b.inFlight < pool {
		return false
	}
	if b.since.IsZero() {
		b.since = now
	}
	return true
}

func (b *backlog) ends(now time.Time, pool int) {
	if b.inFlight--; b.inFlight < pool && !b.since.IsZero() {
		b.full += now.Sub(b.since)
		b.since = time.Time{}
	}
}

func (b *backlog) waiting(people int) { b.most = max(b.most, people) }

func (b *backlog) seen(until time.Time) evidence.LoadBacklog {
	full := b.full
	if !b.since.IsZero() {
		full += max(0, until.Sub(b.since))
	}
	return evidence.LoadBacklog{FullMS: float64(full.Microseconds()) / 1000, Most: b.most}
}
