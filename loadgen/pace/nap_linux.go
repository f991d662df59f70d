package pace

import (
	"errors"
	"syscall"
	"time"
)

// nap lets the thread sleep, and returns whether a signal cut it short.
func nap(d time.Duration) (cutShort bool) {
	rest := syscall.NsecToTimespec(int64(d))
	return errors.Is(syscall.Nanosleep(&rest, nil), syscall.EINTR)
}
