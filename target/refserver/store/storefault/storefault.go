// Package storefault holds mistakes in keeping what several clients change at once, and
// what an administrator has set or entered by hand, each as a decorator of any store.
//
// Nothing in front of a server can make them: they lie between the reading and the
// writing of one request, or between one request and the next. What the server says
// of each, and where it was seen, stands beside the mistakes in HTTP, in package
// fault, under the same name.
package storefault

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/scimproof/scimproof/target/refserver/store"
)

// byName are the mistakes.
var byName = map[string]func(store.Store) store.Store{
	"lost-update":         func(s store.Store) store.Store { return LostUpdate(s, window) },
	"reads-an-older-copy": OlderCopy,

	"settings-never-reread": NeverReread,
	"kept-before-save":      KeptBeforeSave,
	"sync-boxes-not-read":   BoxesNotRead,
	"namesakes-migrate":     Namesakes,

	"permissions-forgotten":       PermissionsForgotten,
	"permissions-of-the-day":      PermissionsOfTheDay,
	"permissions-asked-for":       PermissionsAskedFor,
	"profiles-filled-once":        FilledOnce,
	"pushes-overwrite-hand-edits": Overwritten,
	"rows-take-everything":        TakenWhole,
	"groups-nobody-pushed":        UnpushedGroup,
}

// window is how long a change that is under way waits for another. It has to do for
// two requests that are sent at once to be in the server together, on a busy machine
// too; a change that stays alone takes so much longer.
const window = 250 * time.Millisecond

// Names lists the mistakes by name.
func Names() []string { return slices.Sorted(maps.Keys(byName)) }

// In returns s with the mistake of that name in it.
func In(name string, s store.Store) (store.Store, error) {
	mistaken, known := byName[name]
	if !known {
		return nil, fmt.Errorf("no mistake that a store makes is called %q", name)
	}
	return mistaken(s), nil
}

// A snapshot is a group as it was at some time: its record, and the ids of its
// members in their order.
type snapshot struct {
	record  store.Record
	members []string
}

func take(v store.View, group string) (*snapshot, error) {
	record, err := v.Get(store.Group, group)
	if err != nil {
		return nil, err
	}
	accounts, err := v.Members(group)
	if err != nil {
		return nil, err
	}
	s := &snapshot{record: record}
	for _, a := range accounts {
		s.members = append(s.members, a.ID)
	}
	return s, nil
}

func (s *snapshot) has(account string) bool { return slices.Contains(s.members, account) }
