package storefault

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/scimproof/scimproof/target/refserver/store"
)

// OlderCopy returns a store that reads groups from a copy which lags by one request:
// a read that comes next after a change of a group shows the group as it was before
// the change, in whichever way it is read: by its id or its name, in a list, or among
// the groups of an account. Whatever is asked for next finds the copy up to date.
//
// Accounts are read from where they are written. A group that was just made, or was
// deleted, is the same in both: of the one there is no older copy, and the other is
// not kept. A change is made to the group as it is, never to the copy.
func OlderCopy(s store.Store) store.Store {
	return &olderCopy{Store: s, lags: map[string]map[string]*snapshot{}}
}

type olderCopy struct {
	store.Store
	mu   sync.Mutex
	lags map[string]map[string]*snapshot // by IAM and group: what the copy still holds
}

func (s *olderCopy) Update(ctx context.Context, iam string, do func(store.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.lags, iam) // meanwhile the copy has heard of the last change
	before := map[string]*snapshot{}
	err := s.Store.Update(ctx, iam, func(tx store.Tx) error {
		n := &noting{Tx: tx, before: func(group string) (err error) {
			before[group], err = take(tx, group)
			return err
		}}
		if err := do(n); err != nil {
			return err
		}
		for group := range before {
			if _, err := tx.Get(store.Group, group); errors.Is(err, store.ErrNotFound) || slices.Contains(n.made, group) {
				delete(before, group)
			}
		}
		return nil
	})
	if len(before) > 0 { // after a refusal it is as it was
		s.lags[iam] = before
	}
	return err
}

func (s *olderCopy) View(ctx context.Context, iam string, do func(store.View) error) error {
	s.mu.Lock()
	older := s.lags[iam]
	delete(s.lags, iam)
	s.mu.Unlock()
	return s.Store.View(ctx, iam, func(v store.View) error { return do(&olderView{v, older}) })
}

// An olderView shows some groups as they were.
type olderView struct {
	store.View
	older map[string]*snapshot
}

func (v *olderView) Get(k store.Kind, id string) (store.Record, error) {
	if was := v.older[id]; k == store.Group && was != nil {
		return was.record, nil
	}
	return v.View.Get(k, id)
}

func (v *olderView) Find(k store.Kind, key string) (store.Record, error) {
	if k != store.Group {
		return v.View.Find(k, key)
	}
	for _, was := range v.older {
		if was.record.Key == key {
			return was.record, nil
		}
	}
	now, err := v.View.Find(k, key)
	if err == nil && v.older[now.ID] != nil {
		return store.Record{}, store.ErrNotFound // it bore another name
	}
	return now, err
}

func (v *olderView) Page(k store.Kind, skip, limit int) ([]store.Record, error) {
	page, err := v.View.Page(k, skip, limit)
	for i, r := range page {
		if was := v.older[r.ID]; k == store.Group && was != nil {
			page[i] = was.record
		}
	}
	return page, err
}

func (v *olderView) Members(group string) ([]store.Record, error) {
	was := v.older[group]
	if was == nil {
		return v.View.Members(group)
	}
	members := []store.Record{}
	for _, id := range was.members {
		a, err := v.View.Get(store.Account, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		members = append(members, a)
	}
	return members, nil
}

func (v *olderView) Size(group string) (int, error) {
	if v.older[group] == nil {
		return v.View.Size(group)
	}
	members, err := v.Members(group)
	return len(members), err
}

func (v *olderView) IsMember(group, account string) (bool, error) {
	if was := v.older[group]; was != nil {
		return was.has(account), nil
	}
	return v.View.IsMember(group, account)
}

func (v *olderView) GroupsOf(account string) ([]store.Record, error) {
	now, err := v.View.GroupsOf(account)
	groups := []store.Record{}
	for _, g := range now {
		if v.older[g.ID] == nil {
			groups = append(groups, g)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(v.older)) {
		if was := v.older[id]; was.has(account) {
			groups = append(groups, was.record)
		}
	}
	return groups, err
}
