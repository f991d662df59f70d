package loadgen

import (
	"context"
	"sync/atomic"
	"time"
)

// withGrace returns a context that ends a while after soft does, and its release.
func withGrace(soft context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	hard, cancel := context.WithCancel(context.WithoutCancel(soft))
	var timer atomic.Pointer[time.Timer]
	unhook := context.AfterFunc(soft, func() { timer.Store(time.AfterFunc(grace, cancel)) })
	return hard, func() {
		unhook()
		if t := timer.Load(); t != nil {
			t.Stop()
		}
		cancel()
	}
}
