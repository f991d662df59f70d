package loadgen

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A search finds the highest rate that a target keeps up with while it holds its
// limits. It doubles or halves the rate until one holds and one does not, and then
// halves the distance between the two, by their ratio. A rate that did not hold is tried
// once more before that is believed, unless most of its dialogues failed: a moment in
// which the machine did something else is nothing that the target cannot do. Each try
// has people of its own. Every search ends: see mostSteps.
type search struct {
	slos  []SLO
	first float64 // the rate that is tried first, in dialogues per second
	// try plays so many dialogues at a rate; false where it could not be played to
	// its end.
	try func(rate float64, dialogues int) (evidence.LoadPhase, bool)
}

// The bounds of a search.
const (
	mostSteps    = 30
	closeEnough  = 1.04 // the ratio of the rate that did not hold to the one that did
	stepLasts    = 5 * time.Second
	fewestAStep  = 30
	mostAStep    = 50_000
	slowestFound = 1 // a second; a target that does not hold this is not searched further
	fastestFound = 100_000
)

// DefaultLimits are what a search holds a target to that nobody has set limits for.
func DefaultLimits() []SLO {
	return []SLO{
		{words: "p99 < 1s", metric: "p99", under: true, bound: 1000},
		{words: "errors < 0.1%", metric: "errors", under: true, bound: 0.1},
	}
}

// dialoguesAt is how many dialogues a step at a rate has.
func dialoguesAt(rate float64) int {
	return min(max(int(rate*stepLasts.Seconds()), fewestAStep), mostAStep)
}

// fewest is how many dialogues a step has at least: with fewer its limits are not judged.
func (s search) fewest() int {
	most := 0
	for _, l := range s.slos {
		most = max(most, l.fewest())
	}
	return most
}

// mostDialogues is how many a search can come to.
const mostDialogues = mostSteps * mostAStep

// run searches. The phase is that of the highest rate that held.
func (s search) run() (c evidence.LoadCapacity, best evidence.LoadPhase) {
	low, high, rate, again := 0.0, math.Inf(1), s.first, false
	for len(c.Steps) < mostSteps {
		phase, whole := s.try(rate, max(dialoguesAt(rate), s.fewest()))
		if !whole {
			c.Ended = "it was cut off"
			break
		}
		step := s.judge(rate, phase)
		c.Steps = append(c.Steps, step)
		switch {
		case step.Held:
			low, best = rate, phase
		case !again && 2*step.Errors < step.People:
			again = true
			continue
		default:
			high = rate
		}
		again = false
		if c.Ended = ended(low, high, phase); c.Ended != "" {
			break
		}
		rate = next(low, high)
	}
	if c.Ended == "" {
		c.Ended = fmt.Sprintf("it ended after %d steps", mostSteps)
	}
	c.Rate = low
	if !math.IsInf(high, 1) {
		c.Above = high
	}
	return c, best
}

// next is the rate to try between the highest that held and the lowest that did not.
func next(low, high float64) float64 {
	switch {
	case low == 0:
		return high / 2
	case math.IsInf(high, 1):
		return 2 * low
	}
	return math.Sqrt(low * high)
}

// ended says why a search is over; "" when it is not.
func ended(low, high float64, last evidence.LoadPhase) string {
	switch {
	case low > 0 && high/low <= closeEnough:
		return fmt.Sprintf("the two are within %.0f %%", 100*(closeEnough-1))
	case low == 0 && high <= slowestFound:
		return "no slower rate was tried"
	case low >= fastestFound:
		return "no faster rate was tried"
	case short(last):
		return "this generator could not keep a higher pace: the target may hold more"
	}
	return ""
}

// judge says whether a rate held: its limits did, as many began as were asked for, and
// those who came last did not wait longer than those who came first, since then a
// queue grows and the limits break if it only lasts long enough.
func (s search) judge(rate float64, p evidence.LoadPhase) evidence.LoadStep {
	step := evidence.LoadStep{
		Rate: rate, Achieved: p.Pace.Achieved, People: p.People.Began, Errors: p.People.Errors(), Held: true,
		P50: p.Dialogues[0].P50, P99: p.Dialogues[0].P99, SLOs: []evidence.LoadSLO{},
	}
	for _, l := range s.slos {
		v := l.judge([]evidence.LoadPhase{p})
		step.SLOs = append(step.SLOs, v)
		if v.Verdict != evidence.SLOHeld {
			step.Held, step.Why = false, v.Limit+": "+v.Got
		}
	}
	switch grew := growth(p.Timeline); {
	case !p.Kept():
		step.Held, step.Why = false, fmt.Sprintf("%.4g a second were begun", p.Pace.Achieved)
		if p.Crowded() {
			step.Why += fmt.Sprintf(", while all places of the pool (--workers) were taken for %.0f %% of the time", 100*p.Backlog.FullMS/p.DurationMS)
		}
	case grew > mostGrowth:
		step.Held, step.Why = false, fmt.Sprintf("a queue grew: response times became longer by %.0f ms each second", 1000*grew)
	}
	return step
}

// mostGrowth is by how much response times may grow, as a share of the time that
// passes: at a rate of 1.03 times what the target can do they grow by about 0.03.
const mostGrowth = 0.02

// growth is by how much response times grew while a phase lasted, as a share of the
// time: the median of the buckets in its last third beside that of its first.
func growth(t evidence.LoadTimeline) float64 {
	var due []evidence.LoadBucket // in which somebody was due
	for _, b := range t.Buckets {
		if b.P50 > 0 {
			due = append(due, b)
		}
	}
	third := len(due) / 3
	if third == 0 {
		return 0
	}
	passed := float64(len(due)-third) * t.BucketMS
	return (medianOf(due[len(due)-third:]) - medianOf(due[:third])) / passed
}

func medianOf(buckets []evidence.LoadBucket) float64 {
	var all []float64
	for _, b := range buckets {
		all = append(all, b.P50)
	}
	slices.Sort(all)
	return all[len(all)/2]
}
