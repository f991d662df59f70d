package loadgen

import "crypto/sha256"

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
	slabSize = 64 << 10
	// Of an id that is longer than longestID a digest is kept, by which it is
	// known again: a server's ids shall not fill the memory.
	longestID = 1 << 12
	isDigest  = 0xffff // in place of a length
)

func newIDs(people int) *ids { return &ids{where: make([]place, people)} }

// put keeps an id.
func (s *ids) put(n int, id string) {
	if id == "" || s.is(n, id) {
		return
	}
	kept, length := []byte(id), len(id)
	if length > longestID {
		digest := sha256.Sum256(kept)
		kept, length = digest[:], isDigest
	}
	if last := len(s.slabs) - 1; last < 0 || len(s.slabs[last])+2+len(kept) > slabSize {
		s.slabs = append(s.slabs, make([]byte, 0, slabSize))
	}
	last := len(s.slabs) - 1
	slab := s.slabs[last]
	s.where[n] = place{uint32(last + 1), uint32(len(slab))}
	s.slabs[last] = append(append(slab, byte(length>>8), byte(length)), kept...)
}

// has says whether the n-th person has an id.
func (s *ids) has(n int) bool { return s.where[n].slab != 0 }

// is says whether an id is the n-th person's.
func (s *ids) is(n int, id string) bool {
	kept, digest := s.kept(n)
	if digest {
		sum := sha256.Sum256([]byte(id))
		return string(kept) == string(sum[:])
	}
	return kept != nil && string(kept) == id
}

// of returns the id of the n-th person: "" when there is none, or only its digest
// is kept.
func (s *ids) of(n int) string {
	kept, digest := s.kept(n)
	if digest {
		return ""
	}
	return string(kept)
}

func (s *ids) kept(n int) (kept []byte, digest bool) {
	at := s.where[n]
	if at.slab == 0 {
		return nil, false
	}
	slab := s.slabs[at.slab-1][at.at:]
	length := int(slab[0])<<8 | int(slab[1])
	if length == isDigest {
		return slab[2 : 2+sha256.Size], true
	}
	return slab[2 : 2+length], false
}
