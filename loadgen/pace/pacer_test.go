package pace

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// A thread is one whose naps a test watches, with the clock that it sees.
type thread struct {
	now  time.Time
	naps []time.Duration
	// wakes is how far a nap gets, and whether a signal cut it short.
	wakes func(d time.Duration) (slept time.Duration, cutShort bool)
}

func (th *thread) pacer(rate float64) *pacer {
	return &pacer{
		Schedule: Constant(rate), ctx: context.Background(), people: 100, began: func(time.Time) {},
		now: func() time.Time { return th.now },
		nap: func(d time.Duration) bool {
			th.naps = append(th.naps, d)
			slept, cutShort := th.wakes(d)
			th.now = th.now.Add(slept)
			return cutShort
		},
	}
}

func TestThePacerNapsUntilSomebodyIsDue(t *testing.T) {
	th := &thread{now: time.Unix(1, 0), wakes: func(d time.Duration) (time.Duration, bool) { return d, false }}
	p := th.pacer(2000) // somebody every half of a millisecond
	for n := range uint64(3) {
		p.Pace(0, n)
	}
	assert.Equal(t, []time.Duration{500 * time.Microsecond, 500 * time.Microsecond}, th.naps)
	assert.Equal(t, time.Unix(1, 0).Add(time.Millisecond), th.now, "and nobody begins too early")
}

func TestANapThatWasCutShortIsTakenUpAgain(t *testing.T) {
	cuts := 0
	th := &thread{now: time.Unix(1, 0), wakes: func(d time.Duration) (time.Duration, bool) {
		if cuts++; cuts <= 2 {
			return d / 2, true
		}
		return d, false
	}}
	p := th.pacer(1000)
	p.Pace(0, 0)
	p.Pace(0, 1)
	assert.Equal(t, []time.Duration{time.Millisecond, time.Millisecond / 2, time.Millisecond / 4}, th.naps)

	th = &thread{now: time.Unix(1, 0), wakes: func(d time.Duration) (time.Duration, bool) { return d / 1000, true }}
	p = th.pacer(1000)
	p.start = th.now
	p.naps(time.Millisecond)
	assert.Len(t, th.naps, mostNaps, "and not for ever")
}

// By a clock that stands still while the thread sleeps, as a test's, no nap is taken
// after the first; and none is longer than a timer misses its time by.
func TestNoNapIsTakenByAnotherClock(t *testing.T) {
	th := &thread{now: time.Unix(1, 0), wakes: func(time.Duration) (time.Duration, bool) { return 0, false }}
	p := th.pacer(1)
	p.start = th.now
	p.naps(time.Hour)
	p.naps(time.Hour)
	assert.Equal(t, []time.Duration{fine}, th.naps)
}
