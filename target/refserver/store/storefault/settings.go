package storefault

import (
	"context"
	"errors"
	"sync"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// NeverReread returns a store that reads each IAM once, at its creation at the latest.
// What is changed later is kept, and read by nobody.
func NeverReread(s store.Store) store.Store {
	return &neverReread{Store: s, read: map[string]store.IAM{}}
}

type neverReread struct {
	store.Store
	mu   sync.Mutex
	read map[string]store.IAM
}

func (s *neverReread) CreateIAM(ctx context.Context, m store.IAM) error {
	err := s.Store.CreateIAM(ctx, m)
	if err == nil {
		s.once(m)
	}
	return err
}

func (s *neverReread) IAM(ctx context.Context, id string) (store.IAM, error) {
	m, err := s.Store.IAM(ctx, id)
	if err != nil {
		return m, err
	}
	return s.once(m), nil
}

// once is the IAM as it was when it was read first.
func (s *neverReread) once(m store.IAM) store.IAM {
	s.mu.Lock()
	defer s.mu.Unlock()
	first, known := s.read[m.ID]
	if !known {
		first = m
		s.read[m.ID] = m
	}
	return first
}

// KeptBeforeSave returns a store that keeps an IAM, with nothing set, as soon as
// somebody asks whether there is one of its id.
func KeptBeforeSave(s store.Store) store.Store { return keptBeforeSave{s} }

type keptBeforeSave struct{ store.Store }

func (s keptBeforeSave) IAM(ctx context.Context, id string) (store.IAM, error) {
	m, err := s.Store.IAM(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		err = errors.Join(err, s.CreateIAM(ctx, store.IAM{ID: id, DisplayName: id}))
	}
	return m, err
}

// BoxesNotRead returns a store in which every IAM syncs groups and attributes.
func BoxesNotRead(s store.Store) store.Store { return boxesNotRead{s} }

type boxesNotRead struct{ store.Store }

func (s boxesNotRead) IAM(ctx context.Context, id string) (store.IAM, error) {
	m, err := s.Store.IAM(ctx, id)
	m.SyncGroups, m.SyncAttributes = true, true
	return m, err
}

func (s boxesNotRead) UpdateIAM(ctx context.Context, id string, do func(*store.IAM) error) error {
	return s.Store.UpdateIAM(ctx, id, func(m *store.IAM) error {
		m.SyncGroups, m.SyncAttributes = true, true
		return do(m)
	})
}

// UnpushedGroup returns a store in which an account that is made brings a group with it,
// empty and of one name, where there is none yet.
func UnpushedGroup(s store.Store) store.Store { return unpushedGroup{s} }

type unpushedGroup struct{ store.Store }

func (s unpushedGroup) Update(ctx context.Context, in string, do func(store.Tx) error) error {
	return s.Store.Update(ctx, in, func(tx store.Tx) error {
		var made *store.Record
		err := do(&making{tx, func(r store.Record) store.Record {
			made = &r
			return r
		}})
		if err != nil || made == nil {
			return err
		}
		_, err = tx.Insert(store.Group, store.Record{
			ID: "everybody", Key: "everybody", Created: made.Created, Modified: made.Modified, Version: made.Version,
			Attributes: resource.Of(resource.Member{Name: "displayName", Value: "Everybody"}),
		})
		if errors.Is(err, store.ErrTaken) {
			return nil
		}
		return err
	})
}

// Namesakes returns a store in which an account that is made in one IAM takes the
// internal IAM's account of its name away.
func Namesakes(s store.Store) store.Store { return namesakes{s} }

type namesakes struct{ store.Store }

func (s namesakes) Update(ctx context.Context, in string, do func(store.Tx) error) error {
	var made []string
	err := s.Store.Update(ctx, in, func(tx store.Tx) error {
		return do(&making{tx, func(r store.Record) store.Record {
			made = append(made, r.Key)
			return r
		}})
	})
	if err != nil || in == iam.Internal {
		return err
	}
	return s.Store.Update(ctx, iam.Internal, func(tx store.Tx) error {
		for _, key := range made {
			there, err := tx.Find(store.Account, key)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err == nil {
				err = tx.Delete(store.Account, there.ID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// A making transaction makes other accounts than it was asked for.
type making struct {
	store.Tx
	other func(store.Record) store.Record
}

func (t *making) Insert(k store.Kind, r store.Record) (store.Record, error) {
	if k == store.Account {
		r = t.other(r)
	}
	return t.Tx.Insert(k, r)
}
