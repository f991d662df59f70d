package provision

import (
	"context"
	"sync"
	"time"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// A crew makes calls, so many at once. It exists while a Settle runs.
type crew struct {
	target Caller
	now    func() time.Time
	ctx    context.Context
	cancel context.CancelFunc
	seats  chan struct{}
	atWork sync.WaitGroup
}

// answered is what came of a call.
type answered struct {
	scim.Answer
	err error
	at  time.Time // when it was received
}

func hire(ctx context.Context, target Caller, workers int, now func() time.Time) *crew {
	ctx, cancel := context.WithCancel(ctx)
	return &crew{target: target, now: now, ctx: ctx, cancel: cancel, seats: make(chan struct{}, workers)}
}

// call makes a request as soon as somebody is free, and returns at once.
func (c *crew) call(about scim.Subject, r scim.Request) <-chan answered {
	done := make(chan answered, 1)
	c.atWork.Go(func() {
		c.seats <- struct{}{}
		defer func() { <-c.seats }()
		a, err := c.target.Call(scim.About(c.ctx, about), r)
		done <- answered{a, err, c.now()}
	})
	return done
}

// dismiss breaks off what is being said, and returns when nobody is at work.
func (c *crew) dismiss() {
	c.cancel()
	c.atWork.Wait()
}
