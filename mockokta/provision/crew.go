package provision

import (
	"context"
	"sync"
	"time"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// A crew makes calls, so many at once, in the order in which they were asked for.
// It exists while a Settle runs.
type crew struct {
	target Caller
	now    func() time.Time
	ctx    context.Context
	cancel context.CancelFunc
	atWork sync.WaitGroup

	mu    sync.Mutex // guards what follows
	free  int        // who could be at work and is not
	calls []call     // that nobody makes yet
}

type call struct {
	about scim.Subject
	say   scim.Request
	done  chan<- answered
}

// answered is what came of a call.
type answered struct {
	scim.Answer
	err error
	at  time.Time // when it was received
}

func hire(ctx context.Context, target Caller, workers int, now func() time.Time) *crew {
	ctx, cancel := context.WithCancel(ctx)
	return &crew{target: target, now: now, ctx: ctx, cancel: cancel, free: workers}
}

// call makes a request as soon as somebody is free, and returns at once.
func (c *crew) call(about scim.Subject, r scim.Request) <-chan answered {
	done := make(chan answered, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call{about, r, done})
	if c.free > 0 {
		c.free--
		c.atWork.Go(c.work)
	}
	return done
}

// work makes calls until there is none left to make.
func (c *crew) work() {
	for next, more := c.next(); more; next, more = c.next() {
		a, err := c.target.Call(scim.About(c.ctx, next.about), next.say)
		next.done <- answered{a, err, c.now()}
	}
}

func (c *crew) next() (call, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.calls) == 0 {
		c.free++
		return call{}, false
	}
	first := c.calls[0]
	c.calls[0] = call{}
	c.calls = c.calls[1:]
	return first, true
}

// dismiss breaks off what is being said, and returns when nobody is at work.
func (c *crew) dismiss() {
	c.cancel()
	c.atWork.Wait()
}
