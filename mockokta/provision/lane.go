package provision

import (
	"cmp"
	"time"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// A queue is one of the two that Okta works through: people and group push are
// separate jobs to it (inference, from captured orders of requests).
type queue byte

const (
	assignment queue = 'a'
	push       queue = 'p'
)

// A laneKey names a lane by ordinal.
type laneKey struct {
	queue   queue
	ordinal int
}

func (k laneKey) compare(l laneKey) int {
	return cmp.Or(cmp.Compare(k.queue, l.queue), cmp.Compare(k.ordinal, l.ordinal))
}

// A lane is everything about one person or one group: one Op at a time, in the
// order in which they came.
type lane struct {
	key     laneKey
	id      string // the person's or the group's, in Okta
	waiting []waiting
	talk    *talk // being held; nil between Ops
	ops     int   // ever put here
	link    link
	same    *lane  // linked to the same id; see register
	failed  string // what the last Op ended with; empty when it went well

	// Of a group: who belongs to it and could not be pushed when it was pushed last,
	// and when that was.
	leftOut []directory.PersonID
	pushed  time.Time
}

// waiting is an Op whose turn has not come.
type waiting struct {
	op  Op
	nth int           // Op of its lane
	due time.Duration // not before this moment of virtual time
	// task is the one that this is a retry of; 0 for none.
	task int
}

// A link is what Okta knows of a person or a group at the target. It is there
// from the answer that told the id to the answer that ended it.
type link struct {
	id   string
	name string // userName or displayName, as last told to the target
	read int    // the import that read the account last
}

// linkedTo is the id that the target gave; false where Okta knows none.
func (l *lane) linkedTo() (string, bool) {
	if l == nil || l.link.id == "" {
		return "", false
	}
	return l.link.id, true
}

// A register has the lanes of one queue that are linked, by the ids at the target. One
// that gives an id to several has the last of them first, and the others behind it.
type register map[string]*lane

// relink gives a lane another id at the target; "" is none.
func (r register) relink(l *lane, id string) {
	if l.link.id == id {
		return
	}
	if l.link.id != "" {
		r.drop(l)
	}
	if l.link.id = id; id != "" {
		l.same, r[id] = r[id], l
	}
}

func (r register) drop(l *lane) {
	switch first := r[l.link.id]; {
	case first != l:
		for first.same != l {
			first = first.same
		}
		first.same = l.same
	case l.same == nil:
		delete(r, l.link.id)
	default:
		r[l.link.id] = l.same
	}
	l.same = nil
}

// A talk is a dialogue being held.
type talk struct {
	lane     *lane
	op       Op
	nth      int
	task     int // as it was waiting
	subject  scim.Subject
	leftOut  []directory.PersonID // who will have been left out, if it goes well
	app      string               // the application's label
	password string               // as the target may be told it
	dialogue Dialogue
	step     int // requests of the dialogue so far
	patience patience
	retries  int // of the request that is being made
	// earliest is when a wait that the target asked for is over in real time.
	earliest time.Time
	answer   <-chan answered // to the request in flight; nil when none is
}

// about returns whom an Op is about; one of the two is empty.
func about(op Op) (directory.PersonID, directory.GroupID) {
	switch op := op.(type) {
	case EnsureUser:
		return op.Person, ""
	case UpdateUser:
		return op.Person, ""
	case DisableUser:
		return op.Person, ""
	case SetPassword:
		return op.Person, ""
	case forgetUser:
		return op.person, ""
	case rememberUser:
		return op.person, ""
	case EnsureGroup:
		return "", op.Group
	case LinkGroup:
		return "", op.Group
	case SyncMembers:
		return "", op.Group
	case RenameGroup:
		return "", op.Group
	case RemoveGroup:
		return "", op.Group
	case forgetGroup:
		return "", op.group
	}
	return "", ""
}
