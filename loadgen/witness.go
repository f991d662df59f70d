package loadgen

import (
	"time"

	"github.com/scimproof/scimproof/loadgen/crowd"
)

// A Witness is told of what happens in a run while it happens. Many call it at a time,
// and whatever it does delays what it is told of: it should do little.
type Witness interface {
	// Begins: a dialogue of a phase has begun.
	Begins(crowd.Phase, crowd.Kind)
	// Answered: a request, by what kind of request it is, was answered with an HTTP
	// status; 0 is an answer that never came.
	Answered(operation string, status int, took time.Duration)
	// Ended: the dialogue has ended that had begun before.
	Ended(Ended)
}

// An Ended is a dialogue that has ended.
type Ended struct {
	Phase crowd.Phase
	Kind  crowd.Kind
	N     int // its number in the phase, from 0
	Due   time.Time
	Took  time.Duration // from when it was due
	// Fate is what became of it: done (Okta was content), refused by what the target
	// answered, guarded (Okta would have written to somebody else's account, and was not
	// let), unanswered, throttled, stopped by an interruption, or not begun, when there
	// was nothing to say.
	Fate string
	Why  string // in few words, of which some may be the target's; "" when nothing failed
}

func (f fate) String() string {
	return [fates]string{"not begun", "begun", "done", "refused", "guarded", "unanswered", "throttled", "stopped"}[f]
}

// Witnesses are told one after the other.
type Witnesses []Witness

func (all Witnesses) Begins(p crowd.Phase, k crowd.Kind) {
	for _, w := range all {
		w.Begins(p, k)
	}
}

func (all Witnesses) Answered(operation string, status int, took time.Duration) {
	for _, w := range all {
		w.Answered(operation, status, took)
	}
}

func (all Witnesses) Ended(e Ended) {
	for _, w := range all {
		w.Ended(e)
	}
}
