package wire

import (
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A loss is an answer that is to be lost on its way back: the target has done what
// it was asked for, and Okta never hears of it. It stands in for a connection that
// breaks at the worst moment, which no target can be asked to bring about.
type loss struct {
	planned atomic.Bool
	done    atomic.Bool
}

// LoseNextCreate loses the answer to the next create of Okta's that succeeds, once.
// Nothing of that answer reaches Okta, the write guard or the ledger, in which the
// create stays intended: whatever was made is known from a later lookup alone.
func (w *Wire) LoseNextCreate() { w.loss.planned.Store(true) }

// Lost says whether an answer has been lost on purpose.
func (w *Wire) Lost() bool { return w.loss.done.Load() }

// loses says whether this answer is the one. A refusal is none: it made nothing that
// could be forgotten.
func (t *talk) loses(answer *http.Response) bool {
	if t.call.voice != evidence.Okta || !t.creates() || answer.StatusCode/100 != 2 {
		return false
	}
	return t.wire.loss.planned.CompareAndSwap(true, false)
}

// lose ends the exchange without the answer. It is no trouble of the wire's, which
// would be looked into: it was meant.
func (t *talk) lose(answer *http.Response) error {
	answer.Body.Close()
	err := &Trouble{Kind: Dropped, Exchange: t.n, Err: fmt.Errorf("the answer, HTTP status %d, was lost on purpose", answer.StatusCode)}
	t.kept.Failure = err.Error()
	t.kept.Took = t.wire.config.Now().Sub(t.started)
	t.keep()
	t.wire.loss.done.Store(true)
	return err
}
