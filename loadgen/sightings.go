package loadgen

import "slices"

// Sightings are the ids under which a list shows people. Nearly all are those that the
// roster has, and cost a byte each. Not safe for concurrent use.
type sightings struct {
	roster *roster
	as     []sighting
	others *ids // that the roster has not; nil: none was seen yet
}

type sighting uint8

const (
	unseen  sighting = iota
	asKnown          // under the id that the roster has
	asOther
)

func newSightings(r *roster) *sightings {
	return &sightings{roster: r, as: make([]sighting, len(r.people))}
}

// put takes note of the id under which the n-th person is shown, if it is one.
func (s *sightings) put(n int, id string) {
	switch {
	case id == "":
	case s.roster.isID(n, id):
		s.as[n] = asKnown
	default:
		if s.others == nil {
			s.others = newIDs(len(s.as))
		}
		s.others.put(n, id)
		s.as[n] = asOther
	}
}

func (s *sightings) has(n int) bool { return s.as[n] != unseen }

func (s *sightings) is(n int, id string) bool {
	switch s.as[n] {
	case asKnown:
		return s.roster.isID(n, id)
	case asOther:
		return s.others.is(n, id)
	}
	return false
}

// of is the id under which the n-th person is shown; "" when they are not, or when only
// its digest is kept.
func (s *sightings) of(n int) string {
	switch s.as[n] {
	case asKnown:
		return s.roster.made(n)
	case asOther:
		return s.others.of(n)
	}
	return ""
}

// An index keeps ids by number, and knows them again.
type index interface {
	put(n int, id string)
	has(n int) bool
	is(n int, id string) bool
	of(n int) string
}

// A listed is under which ids a list shows each subject: the first, and the few after it.
type listed struct {
	index
	more   map[int][]string
	unkept map[int]bool // under one more, which was too long to keep
}

func newListed(i index) *listed {
	return &listed{index: i, more: map[int][]string{}, unkept: map[int]bool{}}
}

// again takes note of one more id of a subject that the list has shown before, and says
// whether it is new.
func (l *listed) again(n int, id string) bool {
	switch {
	case l.is(n, id) || slices.Contains(l.more[n], id):
		return false
	case len(id) > longestID:
		known := l.unkept[n]
		l.unkept[n] = true
		return !known
	}
	l.more[n] = append(l.more[n], id)
	return true
}

// all are the ids under which the list shows a subject, as far as they are kept, or are
// among those that are known from elsewhere.
func (l *listed) all(n int, elsewhere []string) (ids []string, unkept bool) {
	if unkept = l.unkept[n]; l.has(n) {
		first, at := l.of(n), slices.IndexFunc(elsewhere, func(id string) bool { return l.is(n, id) })
		if first == "" && at >= 0 {
			first = elsewhere[at]
		}
		if ids = append(ids, first); first == "" {
			ids, unkept = nil, true
		}
	}
	return append(ids, l.more[n]...), unkept
}
