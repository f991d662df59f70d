package loadgen

import "time"

// A Progress is how far a phase has come.
type Progress struct {
	Phase          Phase
	Ended, Planned int            // dialogues
	Figures        func() Figures // what was measured so far; it costs as much as some hundred requests
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
	ended := 0
	for _, b := range t.timeline.buckets {
		f.InFlight += b.begun - b.ended
		f.Errors += b.errors
		ended += b.ended
	}
	all := newHistogram()
	for _, h := range t.response {
		all.of.Merge(h.of)
	}
	f.P50 = time.Duration(all.of.ValueAtQuantile(50)) * time.Microsecond
	f.P99 = time.Duration(all.of.ValueAtQuantile(99)) * time.Microsecond
	if passed := now.Sub(t.first).Seconds(); passed > 0 && ended > 0 {
		f.Rate = float64(ended) / passed
		f.Left = time.Duration(float64(len(t.fates)-ended) / f.Rate * float64(time.Second))
	}
	if due := t.schedule.At(len(t.fates)-1) - now.Sub(t.beginning); due > f.Left {
		f.Left = due
	}
	return f
}
