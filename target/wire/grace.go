package wire

import (
	"context"
	"errors"
	"io"
	"time"
)

// grace is how long an answer that is under way when the run is interrupted may
// still take. A create whose answer is heard has an id in the ledger; one that is
// cut off may or may not have happened.
const grace = 5 * time.Second

// WithGrace returns a context that ends with the caller's deadline at once, and a
// while after the caller was cancelled: for what should still end well when a run
// is interrupted. release lets go of it and must be called.
func WithGrace(caller context.Context, grace time.Duration) (ctx context.Context, release func()) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(caller))
	unhook := context.AfterFunc(caller, func() {
		if why := context.Cause(caller); errors.Is(why, context.DeadlineExceeded) {
			cancel(why)
			return
		}
		late := time.AfterFunc(grace, func() { cancel(context.Canceled) })
		context.AfterFunc(ctx, func() { late.Stop() })
	})
	return ctx, func() {
		unhook()
		cancel(nil)
	}
}

// whyEnded is what a request died of: its own context's end, where that came
// first, in place of the words of the transport.
func whyEnded(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, io.EOF) {
		return cause
	}
	return err
}
