package store

import (
	"context"
	"slices"
	"sort"
	"sync"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
)

// Memory is a Store that forgets everything with the process. Make one with
// NewMemory.
type Memory struct {
	mu   sync.RWMutex
	iams []string // ids, in the order of creation
	held map[string]*held
}

// NewMemory returns a store with nothing in it but the internal IAM.
func NewMemory() *Memory {
	s := &Memory{held: map[string]*held{}}
	s.add(IAM{ID: iam.Internal, DisplayName: iam.Internal})
	return s
}

// held is what one IAM holds. Writers of one IAM wait for each other; those of
// others are not concerned.
type held struct {
	iam    IAM // guarded by the store's mutex
	mu     sync.RWMutex
	kinds  [2]table
	roster [2]map[string]*roster // members by group, and groups by account
}

// A table is the records of one kind. Ranked is in the order of creation.
type table struct {
	byID   map[string]*Record
	byKey  map[string]*Record
	ranked []*Record
	last   int64
}

func (s *Memory) CreateIAM(_ context.Context, m IAM) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.held {
		if h.iam.ID == m.ID || resource.Fold(h.iam.DisplayName) == resource.Fold(m.DisplayName) {
			return ErrTaken
		}
	}
	s.add(m)
	return nil
}

func (s *Memory) add(m IAM) {
	h := &held{iam: m}
	for k := range h.kinds {
		h.kinds[k] = table{byID: map[string]*Record{}, byKey: map[string]*Record{}}
		h.roster[k] = map[string]*roster{}
	}
	s.iams = append(s.iams, m.ID)
	s.held[m.ID] = h
}

func (s *Memory) DeleteIAM(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[id] == nil {
		return ErrNotFound
	}
	delete(s.held, id)
	s.iams = slices.DeleteFunc(s.iams, func(other string) bool { return other == id })
	return nil
}

func (s *Memory) UpdateIAM(_ context.Context, id string, do func(*IAM) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.held[id]
	if h == nil {
		return ErrNotFound
	}
	m := h.iam
	if err := do(&m); err != nil {
		return err
	}
	m.ID, m.DisplayName = h.iam.ID, h.iam.DisplayName
	h.iam = m
	return nil
}

func (s *Memory) IAM(_ context.Context, id string) (IAM, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if h := s.held[id]; h != nil {
		return h.iam, nil
	}
	return IAM{}, ErrNotFound
}

func (s *Memory) IAMs(context.Context) ([]IAM, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]IAM, len(s.iams))
	for i, id := range s.iams {
		all[i] = s.held[id].iam
	}
	return all, nil
}

func (s *Memory) find(iam string) (*held, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if h := s.held[iam]; h != nil {
		return h, nil
	}
	return nil, ErrNotFound
}

func (s *Memory) View(_ context.Context, iam string, do func(View) error) error {
	h, err := s.find(iam)
	if err != nil {
		return err
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	return do(&memoryTx{held: h})
}

func (s *Memory) Update(_ context.Context, iam string, do func(Tx) error) error {
	h, err := s.find(iam)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	tx := &memoryTx{held: h}
	done := false
	defer func() { // also when do panics
		if !done {
			tx.undoAll()
		}
	}()
	if err := do(tx); err != nil {
		return err
	}
	done = true
	for r := range tx.touched {
		r.tidy()
	}
	return nil
}

// memoryTx changes an IAM in place, and knows how to take back what it did, so
// that a transaction costs its changes and not what it leaves alone.
type memoryTx struct {
	*held
	undo    []func()
	touched map[*roster]bool
}

func (tx *memoryTx) undoAll() {
	for i := len(tx.undo) - 1; i >= 0; i-- {
		tx.undo[i]()
	}
}

// did notes how to take a change back.
func (tx *memoryTx) did(undo func()) { tx.undo = append(tx.undo, undo) }

func (tx *memoryTx) Get(k Kind, id string) (Record, error) { return deref(tx.kinds[k].byID[id]) }

func (tx *memoryTx) Find(k Kind, key string) (Record, error) { return deref(tx.kinds[k].byKey[key]) }

func deref(r *Record) (Record, error) {
	if r == nil {
		return Record{}, ErrNotFound
	}
	return *r, nil
}

func (tx *memoryTx) Count(k Kind) (int, error) { return len(tx.kinds[k].ranked), nil }

func (tx *memoryTx) Page(k Kind, skip, limit int) ([]Record, error) {
	all := tx.kinds[k].ranked
	if skip >= len(all) {
		return nil, nil
	}
	all = all[skip:]
	page := make([]Record, min(limit, len(all)))
	for i := range page {
		page[i] = *all[i]
	}
	return page, nil
}

func (tx *memoryTx) Members(group string) ([]Record, error) {
	return tx.named(Account, tx.roster[Group][group]), nil
}

func (tx *memoryTx) Size(group string) (int, error) { return tx.roster[Group][group].size(), nil }

func (tx *memoryTx) IsMember(group, account string) (bool, error) {
	return tx.roster[Group][group].has(account), nil
}

func (tx *memoryTx) GroupsOf(account string) ([]Record, error) {
	return tx.named(Group, tx.roster[Account][account]), nil
}

func (tx *memoryTx) named(k Kind, r *roster) []Record {
	ids := r.ids()
	records := make([]Record, len(ids))
	for i, id := range ids {
		records[i] = *tx.kinds[k].byID[id]
	}
	return records
}

func (tx *memoryTx) Insert(k Kind, r Record) (Record, error) {
	t := &tx.kinds[k]
	if t.byID[r.ID] != nil || t.byKey[r.Key] != nil {
		return Record{}, ErrTaken
	}
	t.last++
	r.Number = t.last
	kept := &r
	t.byID[r.ID], t.byKey[r.Key] = kept, kept
	t.ranked = append(t.ranked, kept)
	tx.did(func() { // a number that was given is not given again
		delete(t.byID, kept.ID)
		delete(t.byKey, kept.Key)
		t.ranked = t.ranked[:len(t.ranked)-1]
	})
	return r, nil
}

func (tx *memoryTx) Replace(k Kind, r Record) error {
	t := &tx.kinds[k]
	kept := t.byID[r.ID]
	if kept == nil {
		return ErrNotFound
	}
	if other := t.byKey[r.Key]; other != nil && other != kept {
		return ErrTaken
	}
	before := *kept
	r.Number = before.Number
	t.become(kept, r)
	tx.did(func() { t.become(kept, before) })
	return nil
}

// become gives a record another state, and its key to the index.
func (t *table) become(kept *Record, r Record) {
	delete(t.byKey, kept.Key)
	*kept = r
	t.byKey[r.Key] = kept
}

func (tx *memoryTx) Delete(k Kind, id string) error {
	t := &tx.kinds[k]
	kept := t.byID[id]
	if kept == nil {
		return ErrNotFound
	}
	for _, other := range tx.roster[k][id].ids() {
		if k == Group {
			tx.part(id, other)
		} else {
			tx.part(other, id)
		}
	}
	i := sort.Search(len(t.ranked), func(i int) bool { return t.ranked[i].Number >= kept.Number })
	delete(t.byID, id)
	delete(t.byKey, kept.Key)
	t.ranked = append(t.ranked[:i], t.ranked[i+1:]...)
	empty := tx.roster[k][id]
	delete(tx.roster[k], id)
	tx.did(func() {
		t.byID[id], t.byKey[kept.Key] = kept, kept
		if empty != nil {
			tx.roster[k][id] = empty
		}
		t.ranked = append(t.ranked[:i], append([]*Record{kept}, t.ranked[i:]...)...)
	})
	return nil
}

func (tx *memoryTx) Join(group, account string) (bool, error) {
	if tx.kinds[Group].byID[group] == nil || tx.kinds[Account].byID[account] == nil {
		return false, ErrNotFound
	}
	members := tx.rosterOf(Group, group)
	if members.has(account) {
		return false, nil
	}
	groups := tx.rosterOf(Account, account)
	members.add(account)
	groups.add(group)
	tx.did(func() {
		members.drop(account)
		groups.drop(group)
	})
	return true, nil
}

func (tx *memoryTx) Leave(group, account string) (bool, error) {
	if !tx.roster[Group][group].has(account) {
		return false, nil
	}
	tx.part(group, account)
	return true, nil
}

// part ends a membership that there is.
func (tx *memoryTx) part(group, account string) {
	members, groups := tx.rosterOf(Group, group), tx.rosterOf(Account, account)
	i, j := members.remove(account), groups.remove(group)
	tx.did(func() {
		members.restore(account, i)
		groups.restore(group, j)
	})
}

// rosterOf returns a roster to be changed.
func (tx *memoryTx) rosterOf(k Kind, id string) *roster {
	r := tx.roster[k][id]
	if r == nil {
		r = &roster{}
		tx.roster[k][id] = r
	}
	if tx.touched == nil {
		tx.touched = map[*roster]bool{}
	}
	tx.touched[r] = true
	return r
}
