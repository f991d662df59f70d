package loadgen

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The time in which anybody waits is counted once, however many wait.
func TestWaitingTogetherIsCountedOnce(t *testing.T) {
	var now time.Time
	at := func(s int) { now = time.Time{}.Add(time.Duration(s) * time.Second) }
	p := &patience{budget: 100 * time.Second, now: func() time.Time { return now }}
	for _, w := range []struct {
		at, asked, used int // seconds; used -1: refused
	}{
		{10, 30, 30}, {10, 30, 30}, {20, 10, 30}, {35, 10, 35}, {45, 0, 35}, {100, 60, 95}, {100, 66, -1}, {100, math.MaxInt32, -1}, {159, 6, 100}, {165, 1, -1},
	} {
		at(w.at)
		err := p.takes(time.Duration(w.asked) * time.Second)
		if w.used < 0 {
			assert.ErrorIs(t, err, errThrottled, "%+v", w)
			continue
		}
		assert.NoError(t, err, "%+v", w)
		assert.Equal(t, time.Duration(w.used)*time.Second, p.used, "%+v", w)
	}
	assert.ErrorIs(t, p.takes(math.MaxInt64), errThrottled)
}
