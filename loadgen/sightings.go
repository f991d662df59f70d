package loadgen

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
