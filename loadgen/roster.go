package loadgen

import (
	"sync"

	"github.com/scimproof/scimproof/loadgen/crowd"
)

// A roster is what Okta holds of the crowd while a run lasts: the target's ids, and
// what it was told last. What is then expected at the target follows from it. Its
// memory is the ids, and some bytes a person and a group. Safe for concurrent use.
type roster struct {
	groups crowd.Groups
	keeps  bool // phases follow that write to what was made

	mu     sync.Mutex
	ids    *ids
	people []standing
	sets   []set
	owners *owners // whose account an id is; nil unless keeps
}

// A standing is what is known of somebody, or of a group.
type standing uint8

const (
	told     standing = 1 << iota // Okta was content, and knows the id
	refusal                       // the target refused for certain
	doubtful                      // something was said, and what came of it is not known
	given                         // the account was there before Okta knew of it
	learnt                        // the id is the subject's by what the target answered: it may be written to
	changed                       // their profile was updated
	disabled
	over // a create came to nothing or to something, and is not on its way any more: redirected, or answered with 429
)

// A set is a group as it was pushed, and what came after.
type set struct {
	busy         sync.Mutex // Okta holds one dialogue about a group at a time
	id           string
	at           standing
	joined, left []crowd.Places
}

func newRoster(g crowd.Groups, keeps bool) *roster {
	r := &roster{groups: g, keeps: keeps, ids: newIDs(g.People.Size), people: make([]standing, g.People.Size), sets: make([]set, g.Size.Groups)}
	if keeps {
		r.owners = newOwners(r.ids)
	}
	return r
}

// is says whether all of that is known of the n-th person.
func (r *roster) is(n int, what standing) bool { return r.standing(n)&what == what }

func (r *roster) standing(n int) standing {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.people[n]
}

// account is the id under which Okta knows the n-th person's account: "" where it
// knows none, or has forgotten the link since it was disabled.
func (r *roster) account(n int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.people[n]&told == 0 || r.people[n]&disabled != 0 {
		return ""
	}
	return r.ids.of(n)
}

// made is the id that was learnt for the n-th person, whatever became of them.
func (r *roster) made(n int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ids.of(n)
}

// has says whether an id was learnt for the n-th person, and isID whether it is this.
func (r *roster) has(n int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ids.has(n)
}

func (r *roster) isID(n int, id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ids.is(n, id)
}

// settled says whether the account of the n-th person is known to be as the roster
// has it.
func (r *roster) settled(n int) bool { return r.standing(n)&(told|doubtful) == told }

// pushed says whether the target was told of a group, or may have been.
func (r *roster) pushed(g int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sets[g].at != 0
}

// group is the id under which Okta knows a group.
func (r *roster) group(g int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sets[g].at&told == 0 {
		return ""
	}
	return r.sets[g].id
}

func (r *roster) setStanding(g int) standing {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sets[g].at
}

// left are who has left a group, by number.
func (r *roster) left(g int) []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	var people []int
	for _, left := range r.sets[g].left {
		for i := left.From; i < left.To; i++ {
			people = append(people, r.groups.Member(g, i))
		}
	}
	return people
}

// turn waits until no other dialogue about the deed's group is held, and returns how
// to end one's own. In Okta a group is one lane, and so is a person: a plan has no two
// deeds about one at a time.
func (r *roster) turn(d crowd.Deed) func() {
	switch d.Kind {
	case crowd.KindPush, crowd.KindMembers, crowd.KindJoin, crowd.KindLeave:
		busy := &r.sets[d.Group].busy
		busy.Lock()
		return busy.Unlock
	}
	return func() {}
}

// members are who is to be in a group once a deed is done, by number.
func (r *roster) members(g int, then crowd.Deed) []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.sets[g]
	gone := map[int]bool{}
	for _, left := range append(s.left[:len(s.left):len(s.left)], then.Left) {
		for i := left.From; i < left.To; i++ {
			gone[i] = true
		}
	}
	var people []int
	for _, in := range append([]crowd.Places{{To: r.groups.Members(g)}}, append(s.joined[:len(s.joined):len(s.joined)], then.Joined)...) {
		for i := in.From; i < in.To; i++ {
			if !gone[i] {
				people = append(people, r.groups.Member(g, i))
			}
		}
	}
	return people
}

// give takes down an account that was there before Okta knew of it.
func (r *roster) give(n int, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.people[n] |= given
	r.ids.put(n, id)
}

// ended takes down what became of a deed.
func (r *roster) ended(d crowd.Deed, e ending) {
	if d.Kind == crowd.KindImport || e.fate == notBegun {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch d.Kind {
	case crowd.KindPush, crowd.KindMembers, crowd.KindJoin, crowd.KindLeave:
		r.setEnded(d, e)
	default:
		r.personEnded(d, e)
	}
}

func (r *roster) setEnded(d crowd.Deed, e ending) {
	s := &r.sets[d.Group]
	if e.over {
		s.at |= over
	}
	switch {
	case e.fate == done:
		s.at |= told
		s.joined, s.left = append(s.joined, d.Joined), append(s.left, d.Left)
		if d.Kind == crowd.KindPush {
			s.id = e.id
			if e.learnt {
				s.at |= learnt
			}
		}
	case e.fate == refused && d.Kind == crowd.KindPush && !e.mayBe:
		s.at |= refusal
	default:
		s.at |= doubtful
	}
}

func (r *roster) personEnded(d crowd.Deed, e ending) {
	at := &r.people[d.Person]
	if e.over {
		*at |= over
	}
	switch {
	case e.fate == refused && d.Kind == crowd.KindOnboard:
		*at |= refusal
	case e.fate != done:
		*at |= doubtful
	case d.Kind == crowd.KindUpdate:
		*at |= changed
	case d.Kind == crowd.KindOffboard:
		*at |= disabled
	case d.Kind == crowd.KindReassign:
		*at &^= disabled
	default:
		*at |= told
		if r.owners != nil {
			r.owners.leaves(d.Person)
		}
		r.ids.put(d.Person, e.id)
	}
	if e.fate == done && e.learnt && r.owns(d.Person, e.id) {
		*at |= learnt
	}
}

// owns: nobody else's account has this id. A target that answers two creates with
// one id would otherwise have the second one's changes written to the first.
func (r *roster) owns(n int, id string) bool {
	return r.owners != nil && r.owners.claim(n, id)
}

// knows is the record that a deed may write to by what was learnt before: its kind
// aside, its id.
func (r *roster) knows(d crowd.Deed) (id string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch d.Kind {
	case crowd.KindUpdate, crowd.KindOffboard:
		return r.ids.of(d.Person), r.people[d.Person]&learnt != 0
	case crowd.KindMembers, crowd.KindJoin, crowd.KindLeave:
		return r.sets[d.Group].id, r.sets[d.Group].at&learnt != 0
	}
	return "", false
}
