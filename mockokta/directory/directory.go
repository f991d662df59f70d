package directory

import (
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"
)

// A Directory holds one Okta organisation. It is safe for concurrent use, and
// what it returns are copies.
type Directory struct {
	newID func(prefix string, ordinal int) string
	now   func() time.Time

	mu       sync.Mutex
	people   shelf[PersonID, *Person]
	logins   map[string]*Person // by the login, folded
	groups   shelf[GroupID, *group]
	named    map[string]*group // by the group's name
	apps     shelf[AppID, *app]
	mappings int // push mappings ever made, over all applications
	rules    int // push rules, the same
	theirs   int // groups that imports brought, the same
	begun    int // imports, the same
	// passwords are as people have them in Okta: for those applications alone that
	// sync them.
	passwords map[PersonID]string
	events    []Event // the end of the log
	logged    int     // events ever
}

// Options are what a directory needs of the world. The zero value works.
type Options struct {
	// NewID makes the id of the n-th object whose ids begin with prefix ("00u",
	// "00g", "0oa", "gPm", "gPr", "prm", and of a target's groups "00gT" for those that
	// Okta makes there and "00gI" for those that an import brings); nil numbers them:
	// 00uMOCK0000000000001.
	NewID func(prefix string, n int) string
	// Now is the clock of created and lastUpdated; nil is one that stands still, at
	// 1970.
	Now func() time.Time
}

// New returns an empty directory.
func New(o Options) *Directory {
	if o.NewID == nil {
		o.NewID = numbered
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Unix(0, 0) }
	}
	return &Directory{newID: o.NewID, now: o.Now, logins: map[string]*Person{}, named: map[string]*group{}, passwords: map[PersonID]string{}}
}

// numbered makes ids as long as Okta's: 20 characters.
func numbered(prefix string, n int) string {
	return fmt.Sprintf("%sMOCK%0*d", prefix, 16-len(prefix), n)
}

// An Effect is a Change as one application is concerned by it. An act about a
// person or a group can have one in several applications.
type Effect struct {
	App    AppID
	Change Change
}

// A shelf keeps things by id, in the order in which they were made. Ordinals
// begin at 1 and are never given twice, and neither is an id. Taking something off it
// costs the same however much there is.
type shelf[ID ~string, T any] struct {
	byID  map[ID]T
	order []ID       // of these, and of some that were taken off
	place map[ID]int // in the order; nil until somebody asks for a part
	made  int
}

func (s *shelf[ID, T]) put(id ID, t T) {
	if s.byID == nil {
		s.byID = map[ID]T{}
	}
	s.byID[id] = t
	if s.place != nil {
		s.place[id] = len(s.order)
	}
	s.order = append(s.order, id)
}

func (s *shelf[ID, T]) drop(id ID) {
	delete(s.byID, id)
	if len(s.order) <= 2*len(s.byID) {
		return
	}
	left := make([]ID, 0, len(s.byID))
	for _, id := range s.order {
		if _, there := s.byID[id]; there {
			left = append(left, id)
		}
	}
	s.order, s.place = left, nil
}

func (s *shelf[ID, T]) all(yield func(T) bool) {
	for _, id := range s.order {
		if t, there := s.byID[id]; there && !yield(t) {
			return
		}
	}
}

func (d *Directory) person(id PersonID) (*Person, error) {
	if p, ok := d.people.byID[id]; ok {
		return p, nil
	}
	return nil, &NotFound{Kind: "User", ID: string(id)}
}

func (d *Directory) group(id GroupID) (*group, error) {
	if g, ok := d.groups.byID[id]; ok {
		return g, nil
	}
	return nil, &NotFound{Kind: "UserGroup", ID: string(id)}
}

func (d *Directory) app(id AppID) (*app, error) {
	if a, ok := d.apps.byID[id]; ok {
		return a, nil
	}
	return nil, &NotFound{Kind: "AppInstance", ID: string(id)}
}

// folded is a login as those are that differ in letter case alone.
func folded(login string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, login)
}

// text is a profile value as a string; "" when it is absent or no string.
func text(profile map[string]any, name string) string {
	s, _ := profile[name].(string)
	return strings.TrimSpace(s)
}
