package wire

import (
	"net/http"
	"sync"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A beside is what somebody else does at the target at the very moment at which Okta
// writes to a group. Two writes that are under way together are nothing that can be left
// to luck, and nothing that waiting would bring about.
type beside struct {
	mu   sync.Mutex
	does func()
	done chan struct{}
}

// BesideNextChange lets do run while Okta's next change of a group is under way: it begins
// as soon as that request is about to go out. The function that is returned waits for do
// to end, and says whether it was begun at all; no later change begins it.
func (w *Wire) BesideNextChange(do func()) (wait func() bool) {
	b, done := &w.beside, make(chan struct{})
	b.mu.Lock()
	b.does, b.done = do, done
	b.mu.Unlock()
	return func() bool {
		b.mu.Lock()
		begun := b.does == nil
		b.does = nil
		b.mu.Unlock()
		if begun {
			<-done
		}
		return begun
	}
}

// accompany begins what was planned, where this request is the one.
func (t *talk) accompany() {
	c := t.call
	changes := c.path.kind == evidence.Group && c.path.id != "" && (c.method == http.MethodPut || c.method == http.MethodPatch)
	if c.voice != evidence.Okta || !changes {
		return
	}
	b := &t.wire.beside
	b.mu.Lock()
	do, done := b.does, b.done
	b.does = nil
	b.mu.Unlock()
	if do == nil {
		return
	}
	go func() {
		defer close(done)
		do()
	}()
}
