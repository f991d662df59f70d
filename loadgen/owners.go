package loadgen

import "hash/maphash"

// Owners say whose account an id is, of those whom somebody has claimed: five bytes a
// person beside the ids that are kept anyway. Not safe for concurrent use.
type owners struct {
	ids  *ids
	seed maphash.Seed
	at   []uint32 // by the hash of their id, the number of a person and 1; 0: free; left: was somebody's
	used int
	// others are claimed ids that are not the claimant's in ids, or not any more.
	others map[string]int
}

const left = ^uint32(0)

func newOwners(s *ids) *owners {
	return &owners{ids: s, seed: maphash.MakeSeed(), at: make([]uint32, len(s.where)+len(s.where)/8+1), others: map[string]int{}}
}

// claim makes the id the n-th person's, and returns false where it is somebody else's.
func (o *owners) claim(n int, id string) bool {
	owner, place, known := o.find(id)
	switch {
	case known:
		return owner == n
	case o.ids.is(n, id) && o.used < len(o.at)-1: // one place stays free, at which a search ends
		o.at[place] = uint32(n + 1)
		o.used++
	default:
		o.others[id] = n
	}
	return true
}

// leaves takes note that the n-th person's id is about to become another: who has
// claimed it keeps it.
func (o *owners) leaves(n int) {
	id := o.ids.of(n)
	owner, place, known := o.find(id)
	if _, other := o.others[id]; other || !known || owner != n {
		return
	}
	o.others[id], o.at[place] = n, left
}

// find returns whose an id is, or the place for it.
func (o *owners) find(id string) (owner, place int, known bool) {
	if n, other := o.others[id]; other {
		return n, 0, true
	}
	place = int(maphash.String(o.seed, id) % uint64(len(o.at)))
	for o.at[place] != 0 {
		if n := int(o.at[place] - 1); o.at[place] != left && o.ids.is(n, id) {
			return n, place, true
		}
		place = (place + 1) % len(o.at)
	}
	return 0, place, false
}
