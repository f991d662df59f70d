package loadgen

import (
	"sync"
	"time"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/figures"
)

// A Progress is how far a phase has come, or what follows the last one.
type Progress struct {
	Phase          crowd.Phase    // or ReadingBack, LookingSingly or TidyingUp
	Ended, Planned int            // dialogues; accounts, and groups, in what follows
	Figures        func() Figures // what was measured so far; it costs as much as some hundred requests. nil in what follows
}

// What follows the phases of a run, as its progress is told.
const (
	ReadingBack   crowd.Phase = "reading back"
	LookingSingly crowd.Phase = "reading one by one"
	TidyingUp     crowd.Phase = "tidying up"
)

// follows tells how far something has come that follows the phases. Many may have done
// a part of it at once.
type follows struct {
	phase crowd.Phase
	tell  func(Progress)

	mu             sync.Mutex
	ended, planned int
}

// come tells that so many more have ended.
func (f *follows) come(more int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended += more
	f.planned = max(f.planned, f.ended)
	if f.planned == 0 {
		return // of nothing there is nothing to tell
	}
	f.tell(Progress{Phase: f.phase, Ended: f.ended, Planned: f.planned})
}

// Figures are what was measured of a phase so far. They are for whoever waits, and
// not for a verdict: that of a run comes with its read-back.
type Figures struct {
	Rate             float64 // dialogues that ended, per second
	InFlight, Errors int
	P50, P99         time.Duration // response times
	Left             time.Duration // until the phase is over, at this rate or as its schedule has it
}

func (t *tally) figures(now time.Time) Figures {
	t.mu.Lock()
	defer t.mu.Unlock()
	var f Figures
	begun, ended, failed := t.timeline.Counts()
	f.InFlight, f.Errors = begun-ended, failed
	all := figures.NewHistogram()
	for _, h := range t.response {
		all.Add(h)
	}
	f.P50, f.P99 = all.Quantile(50), all.Quantile(99)
	if passed := now.Sub(t.first).Seconds(); passed > 0 && ended > 0 {
		f.Rate = float64(ended) / passed
		f.Left = time.Duration(float64(len(t.fates)-ended) / f.Rate * float64(time.Second))
	}
	if due := t.schedule.At(len(t.fates)-1) - now.Sub(t.beginning); due > f.Left {
		f.Left = due
	}
	return f
}
