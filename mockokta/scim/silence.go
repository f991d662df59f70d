package scim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// dripping is how many times its [Client.Timeout] an answer may take as a whole,
// however lively it is. The number is ours: Okta's client is not known to have one.
const dripping = 10

// A wait is the patience for one answer: it ends with the first silence that is too
// long, and with an answer that does not end.
type wait struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	silence time.Duration // at most
	next    *time.Timer   // the next byte
	last    *time.Timer   // the last one
	body    io.Reader     // of the answer, once it is there
}

func newWait(ctx context.Context, silence time.Duration) *wait {
	w := &wait{silence: silence}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.next = time.AfterFunc(silence, func() { w.cancel(tooLong{"no byte for", silence}) })
	w.last = time.AfterFunc(dripping*silence, func() { w.cancel(tooLong{"no end of the answer after", dripping * silence}) })
	return w
}

func (w *wait) over() {
	w.next.Stop()
	w.last.Stop()
	w.cancel(nil)
}

// why is what err came of: the end of the patience, where that was first.
func (w *wait) why(err error) error {
	cause := context.Cause(w.ctx)
	if _, impatient := cause.(tooLong); impatient && !errors.Is(err, cause) {
		return cause
	}
	return err
}

// hear takes the body that is to be read: that it is there is a sign of life.
func (w *wait) hear(body io.Reader) {
	w.body = body
	w.next.Reset(w.silence)
}

// Read reads the body, whose every byte is a sign of life.
func (w *wait) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	if n > 0 {
		w.next.Reset(w.silence)
	}
	return n, err
}

// tooLong is how a patience ends. To whoever asks it is a deadline that has passed.
type tooLong struct {
	what string
	time time.Duration
}

func (e tooLong) Error() string { return fmt.Sprintf("%s %gs", e.what, e.time.Seconds()) }

// Timeout tells net/http's callers a silence from other failures.
func (e tooLong) Timeout() bool { return true }

// Is makes it a context.DeadlineExceeded.
func (e tooLong) Is(target error) bool { return target == context.DeadlineExceeded }
