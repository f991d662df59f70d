package loadgen

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A patience is for how long a run may wait in all for a target that answers 429: the
// time in which anybody waits, however many wait at once. The dialogues have one, and
// what follows them has another, so that what they have used up does not leave behind
// at somebody's server what was made. Safe for concurrent use.
type patience struct {
	budget time.Duration
	now    func() time.Time

	mu    sync.Mutex
	used  time.Duration
	until time.Time // when the last of those who wait has waited
}

// takes counts a wait that begins now. One that the budget does not hold is not begun,
// and its error is errThrottled.
func (p *patience) takes(d time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if now.After(p.until) {
		p.until = now
	}
	more := max(0, d-p.until.Sub(now)) // in which nobody would wait otherwise
	if more > p.budget-p.used {
		return fmt.Errorf("%w: the target's 429 answers ask for more waiting than --throttle-budget allows, %s in all", errThrottled, p.budget)
	}
	p.used += more
	p.until = p.until.Add(more)
	return nil
}

// wait waits, unless that is too long. It ends early, with ctx's cause, when ctx ends.
func (p *patience) wait(ctx context.Context, d time.Duration) error {
	if err := p.takes(d); err != nil {
		return err
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
