package provision

import (
	"container/heap"
	"time"
)

// A schedule is what is to happen, in virtual time. Two events at one moment
// happen in the order of their lanes; a lane has one event at most.
type schedule []event

type event struct {
	at   time.Duration // since the engine was made
	lane *lane
	what moment
}

// A moment is what an event can be.
type moment byte

const (
	begins moment = iota // the lane's next Op
	speaks               // the lane's talk: its request is made again
	hears                // the lane's talk: the answer in flight is looked at
)

func (s *schedule) add(e event) { heap.Push(s, e) }

// order makes a heap of a schedule that was altered by hand.
func (s *schedule) order() { heap.Init(s) }

func (s *schedule) next() event { return heap.Pop(s).(event) }

func (s schedule) Len() int           { return len(s) }
func (s schedule) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *schedule) Push(x any)        { *s = append(*s, x.(event)) }
func (s schedule) Less(i, j int) bool { return s[i].before(s[j]) }

func (s *schedule) Pop() any {
	old := *s
	last := old[len(old)-1]
	old[len(old)-1] = event{}
	*s = old[:len(old)-1]
	return last
}

func (e event) before(f event) bool {
	if e.at != f.at {
		return e.at < f.at
	}
	return e.lane.key.compare(f.lane.key) < 0
}
