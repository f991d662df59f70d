package loadgen

// An ids store keeps the targets' ids of people, by number: 8 bytes a person and
// the id's own, in slabs, so that the collector has nothing to walk. The zero id
// is none. Not safe for concurrent use.
type ids struct {
	where []place
	slabs [][]byte
}

// A place is a slab (from 1) and where in it the id begins, its length first.
type place struct{ slab, at uint32 }

const (
	slabSize  = 64 << 10
	longestID = 1 << 12 // ids that are longer are not kept
)

func newIDs(people int) *ids { return &ids{where: make([]place, people)} }

// put keeps an id, and says whether it did.
func (s *ids) put(n int, id string) bool {
	if id == "" || len(id) > longestID {
		return false
	}
	if last := len(s.slabs) - 1; last < 0 || len(s.slabs[last])+2+len(id) > slabSize {
		s.slabs = append(s.slabs, make([]byte, 0, slabSize))
	}
	last := len(s.slabs) - 1
	slab := s.slabs[last]
	s.where[n] = place{uint32(last + 1), uint32(len(slab))}
	slab = append(slab, byte(len(id)>>8), byte(len(id)))
	s.slabs[last] = append(slab, id...)
	return true
}

// of returns the id of the n-th person, "" when there is none.
func (s *ids) of(n int) string {
	at := s.where[n]
	if at.slab == 0 {
		return ""
	}
	slab := s.slabs[at.slab-1][at.at:]
	length := int(slab[0])<<8 | int(slab[1])
	return string(slab[2 : 2+length])
}
