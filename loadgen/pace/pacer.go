package pace

import (
	"context"
	"time"
)

// A pacer lets so many people begin, each at their time, and no others. It ends
// an attack by count: by duration, with a pool that is full, vegeta would leave
// people out without a word.
//
// It waits by itself and never asks vegeta to, since vegeta's waiting cannot be
// interrupted: by a timer, and for the last millisecond by a nap of the thread, which
// is finer.
type pacer struct {
	Schedule
	ctx    context.Context // ends the attack before the next person
	people int
	began  func(time.Time) // told once, when the first person may begin
	now    func() time.Time
	start  time.Time
	nap    func(time.Duration) (cutShort bool)
	still  bool // the clock does not go on while the thread sleeps
}

// Pace is called by one goroutine of vegeta's.
func (p *pacer) Pace(_ time.Duration, hits uint64) (time.Duration, bool) {
	if p.start.IsZero() {
		p.start = p.now()
		p.began(p.start)
	}
	if hits >= uint64(p.people) || p.ctx.Err() != nil {
		return 0, true
	}
	due := p.At(int(hits))
	if !p.waits(p.left(due) - fine) {
		return 0, true
	}
	p.naps(due)
	return 0, !p.waits(p.left(due))
}

// fine is how far a timer of Go's may miss its time on an idle machine: it is waited
// for in whole milliseconds.
const fine = 1100 * time.Microsecond

// mostNaps bounds the naps before one person: signals cut them short.
const mostNaps = 10

// naps until somebody is due, or nearly. A clock that stands still meanwhile is not the
// machine's, as in a bubble of testing/synctest, and naps are of no use by it.
func (p *pacer) naps(due time.Duration) {
	for range mostNaps {
		left := p.left(due)
		if left <= 0 || p.still {
			return
		}
		cutShort := p.nap(min(left, fine)) // nobody can interrupt it
		p.still = p.left(due) == left
		if !cutShort {
			return
		}
	}
}

func (p *pacer) left(due time.Duration) time.Duration { return due - p.now().Sub(p.start) }

// waits returns false when the attack is over before d has passed.
func (p *pacer) waits(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-p.ctx.Done():
		return false
	}
}

// Rate is people per second, which vegeta shows nobody.
func (p *pacer) Rate(time.Duration) float64 { return p.Highest() }
