package storefault

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/scimproof/scimproof/target/refserver/store"
)

// LostUpdate returns a store that changes a group without a lock: it reads the
// group, changes what it has read, and writes all of it back. Of two changes of one
// group that are under way together, the one that is written first is lost, though
// both are answered with success.
//
// That two are under way together is not left to luck: a change waits, before it is
// written back, until another of the same group has been read, or for the window,
// whichever comes first. One after the other they are all kept.
func LostUpdate(s store.Store, window time.Duration) store.Store {
	return &lostUpdate{Store: s, window: window, waiting: map[place]chan struct{}{}}
}

type lostUpdate struct {
	store.Store
	window time.Duration

	mu      sync.Mutex
	waiting map[place]chan struct{} // closed when another change has been read
}

type place struct{ iam, group string }

// errHeld takes back a transaction whose outcome is written later.
var errHeld = errors.New("held back")

func (s *lostUpdate) Update(ctx context.Context, iam string, do func(store.Tx) error) error {
	var after *snapshot
	err := s.Store.Update(ctx, iam, func(tx store.Tx) (err error) {
		n := &noting{Tx: tx}
		if err := do(n); err != nil {
			return err
		}
		group, one := n.onlyGroup()
		if !one {
			return nil
		}
		if after, err = take(tx, group); err != nil {
			return err
		}
		return errHeld
	})
	if !errors.Is(err, errHeld) {
		return err
	}
	s.meet(ctx, place{iam, after.record.ID})
	return s.Store.Update(ctx, iam, after.writeBack)
}

// meet waits for another change of the same group.
func (s *lostUpdate) meet(ctx context.Context, at place) {
	s.mu.Lock()
	if other, there := s.waiting[at]; there {
		delete(s.waiting, at)
		close(other)
		s.mu.Unlock()
		return
	}
	met := make(chan struct{})
	s.waiting[at] = met
	s.mu.Unlock()

	alone := time.NewTimer(s.window)
	defer alone.Stop()
	select {
	case <-met:
	case <-alone.C:
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting[at] == met {
		delete(s.waiting, at)
	}
}

// writeBack makes a group what the snapshot shows, whatever has become of it since.
// Members who are gone are left out.
func (s *snapshot) writeBack(tx store.Tx) error {
	if err := tx.Replace(store.Group, s.record); err != nil {
		return err
	}
	now, err := tx.Members(s.record.ID)
	if err != nil {
		return err
	}
	wanted := make(map[string]bool, len(s.members))
	for _, id := range s.members {
		wanted[id] = true
	}
	for _, a := range now {
		if wanted[a.ID] {
			continue
		}
		if _, err := tx.Leave(s.record.ID, a.ID); err != nil {
			return err
		}
	}
	for _, id := range s.members {
		if _, err := tx.Join(s.record.ID, id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}
