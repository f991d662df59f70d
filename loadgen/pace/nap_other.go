//go:build !linux

package pace

import "time"

// nap is not known on this system: timers have to do.
func nap(time.Duration) (cutShort bool) { return false }
