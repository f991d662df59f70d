package directory

import "iter"

// A Part is what is asked for of a list: the first of it, or what stands behind one of
// which the id is known. The zero value is all of it.
type Part struct {
	After string // an id; "" is the beginning
	Most  int    // so many at most; 0 is as many as there are
}

// from is what stands on a shelf behind an id, without a look at what stands before it.
// The id of something that was taken off is not known for ever.
func (s *shelf[ID, T]) from(after ID) (iter.Seq[T], error) {
	at := 0
	if after != "" {
		before, known := s.places()[after]
		if !known {
			return nil, errCursor
		}
		at = before + 1
	}
	return func(yield func(T) bool) {
		for _, id := range s.order[at:] {
			if t, there := s.byID[id]; there && !yield(t) {
				return
			}
		}
	}, nil
}

var errCursor = &Invalid{Field: "after", Why: "The cursor is not known"}

// places are where things stand in the order. They are kept once somebody has asked.
func (s *shelf[ID, T]) places() map[ID]int {
	if s.place == nil {
		s.place = make(map[ID]int, len(s.order))
		for at, id := range s.order {
			s.place[id] = at
		}
	}
	return s.place
}

// part is a part of a shelf, shown by show, which is called for that part alone.
func part[ID ~string, T, V any](s *shelf[ID, T], p Part, show func(T) V) ([]V, error) {
	behind, err := s.from(ID(p.After))
	if err != nil {
		return nil, err
	}
	var some []V
	for t := range behind {
		some = append(some, show(t))
		if len(some) == p.Most {
			break
		}
	}
	return some, nil
}
