package loadgen

import (
	"context"
	"time"
)

// A pacer lets so many people begin, each at their time, and no others. It ends
// an attack by count: by duration, with a pool that is full, vegeta would leave
// people out without a word.
//
// It waits by itself and never asks vegeta to, since vegeta's waiting cannot be
// interrupted.
type pacer struct {
	Schedule
	ctx    context.Context // ends the attack before the next person
	people int
	began  func(time.Time) // told once, when the first person may begin
	now    func() time.Time
	start  time.Time
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
	wait := p.At(int(hits)) - p.now().Sub(p.start)
	if wait <= 0 {
		return 0, false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return 0, false
	case <-p.ctx.Done():
		return 0, true
	}
}

// Rate is people per second, which vegeta shows nobody.
func (p *pacer) Rate(time.Duration) float64 { return p.Highest() }
