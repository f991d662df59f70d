package loadgen

import (
	"context"
	"errors"
	"slices"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

// dropsTold is the part of a crowd of which two at least have to be dropped to be
// the target's conduct. A connection that the server closes at the very moment
// when it is used again is nobody's mistake, and rare.
const dropsTold = 0.01

// lost says what it means that dialogues got no answer. A connection that was
// taken and then dropped, or on which nothing came, is the target's conduct when
// the same happens to fresh people, and trouble otherwise (as in check). Where
// nobody listens any more, those who were dropped were dropped by that.
func (r *run) lost(people evidence.LoadPeople) {
	var trouble *wire.Trouble
	unreachable := errors.As(r.gone, &trouble) && trouble.Kind == wire.Unreachable
	switch {
	case errors.Is(r.gone, errThrottled):
		r.missing("error: %v; nobody new was begun", r.gone)
	case errors.Is(r.gone, errUnwritable): // sum says it
	case r.gone != nil:
		r.missing("the target is not there any more: %v", r.gone)
	}
	switch n := people.Dropped; {
	case people.Unanswered == 0:
	case n >= 2 && float64(n) >= dropsTold*float64(people.Began) && !unreachable:
		r.deviates("%d of %d dialogues: the target took the connection, and then dropped it or said nothing", n, people.Began)
	default:
		r.missing("%d dialogues got no whole answer", people.Unanswered)
	}
}

func (r *run) deeds() int {
	if r.FindCapacity {
		return r.People
	}
	sum := 0
	for _, phase := range r.Phases {
		sum += r.plan.Deeds(phase)
	}
	return sum
}

// unwritable is why the ledger could not be written while the crowd was led.
func (r *run) unwritable() error {
	if r.announced == nil {
		return nil
	}
	return r.announced.failure()
}

// sum adds it up and judges.
func (r *run) sum(ctx context.Context) {
	people := r.load.People
	if ctx.Err() != nil {
		r.load.Run.Interrupted = true
		switch deeds := r.deeds(); {
		case r.FindCapacity:
			r.missing("interrupted before the search had ended")
		case people.Began < deeds:
			r.missing("interrupted: %d of %d dialogues were begun", people.Began, deeds)
		default:
			r.missing("interrupted after the last dialogue, while the directory was read back or tidied up")
		}
	}
	r.lost(people)
	if n := people.Throttled; n > 0 && !r.Count {
		r.missing("%d dialogues gave up waiting for a target that answers 429", n)
	}
	if n := r.load.Left.Active; n > 0 {
		r.missing("%s", evidence.StillActive(n, r.RunID, r.Folder.Dir))
	}
	if people.Done == 0 && len(r.load.Missing) == 0 {
		r.missing("nobody was provisioned")
	}
	judged := r.load.Phases
	if c := r.load.Capacity; c != nil && len(c.Steps) == 0 {
		judged = nil // no rate was tried to its end, and what was cut off says nothing of a limit
	}
	for _, l := range r.SLOs {
		r.load.SLOs = append(r.load.SLOs, l.judge(judged))
	}
	r.load.Invalid = r.load.Doubts()
	if err := r.unwritable(); err != nil {
		r.load.Missing = slices.Insert(r.load.Missing, 0, err.Error()+"; nobody new was begun")
		r.load.Invalid = slices.Insert(r.load.Invalid, 0, "the run ended early, since its ledger could not be written")
	}
	if r.load.Valid = len(r.load.Invalid) == 0; !r.load.Valid {
		for n, v := range r.load.SLOs {
			r.load.SLOs[n] = doubted(v)
		}
	}
	r.load.Result = r.load.Judge()
}
