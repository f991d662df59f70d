package storefault

import (
	"slices"

	"github.com/scimproof/scimproof/target/refserver/store"
)

// A noting transaction knows which groups it changes, and whether it changes
// anything else.
type noting struct {
	store.Tx
	before func(group string) error // told ahead of the first change of a group; nil for nobody

	changed []string // groups
	made    []string // groups too, which there was no older copy of
	more    bool     // whether a record was made or deleted, or an account's replaced
}

// onlyGroup is the one group that the transaction changes, where it changes nothing
// besides.
func (n *noting) onlyGroup() (string, bool) {
	if n.more || len(n.changed) != 1 {
		return "", false
	}
	return n.changed[0], true
}

func (n *noting) note(group string) error {
	if slices.Contains(n.changed, group) {
		return nil
	}
	n.changed = append(n.changed, group)
	if n.before == nil {
		return nil
	}
	return n.before(group)
}

func (n *noting) Insert(k store.Kind, r store.Record) (store.Record, error) {
	n.more = true
	if k == store.Group {
		n.made = append(n.made, r.ID)
	}
	return n.Tx.Insert(k, r)
}

func (n *noting) Delete(k store.Kind, id string) error {
	n.more = true
	return n.Tx.Delete(k, id)
}

func (n *noting) Replace(k store.Kind, r store.Record) error {
	if k != store.Group {
		n.more = true
	} else if _, err := n.Get(k, r.ID); err == nil {
		if err := n.note(r.ID); err != nil {
			return err
		}
	}
	return n.Tx.Replace(k, r)
}

func (n *noting) Join(group, account string) (bool, error) {
	if err := n.membership(group, account, false); err != nil {
		return false, err
	}
	return n.Tx.Join(group, account)
}

func (n *noting) Leave(group, account string) (bool, error) {
	if err := n.membership(group, account, true); err != nil {
		return false, err
	}
	return n.Tx.Leave(group, account)
}

// membership notes a change of a group's members, if it will be one.
func (n *noting) membership(group, account string, is bool) error {
	now, err := n.IsMember(group, account)
	if err != nil || now != is {
		return err
	}
	if _, err := n.Get(store.Group, group); err != nil {
		return nil // Join says so itself
	}
	if _, err := n.Get(store.Account, account); err != nil {
		return nil
	}
	return n.note(group)
}
