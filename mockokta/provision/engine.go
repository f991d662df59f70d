package provision

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// An Engine keeps one application's target in line with the directory. It does
// nothing by itself: [Engine.Submit] takes note of a change, and
// [Engine.Settle] carries out what follows.
//
// Time is virtual. When an Op begins and when an answer is looked at are drawn
// from the seed, so that what one queue sees of the other does not depend on how
// fast the target or this machine is: with one seed each person's and each
// group's exchanges are the same with any number of workers. Two people with
// one userName are the exception, as they are with Okta.
type Engine struct {
	Config

	turn chan struct{} // holds one token while a Settle runs

	mu       sync.Mutex // guards what follows
	clock    time.Duration
	schedule schedule
	gate     gate
	people   map[directory.PersonID]*lane
	groups   map[directory.GroupID]*lane
	linked   map[queue]register
	tasks    map[int]failed // by id
	failures int            // tasks ever
}

// A Config is what an engine works with.
type Config struct {
	Directory *directory.Directory
	App       directory.AppID
	Target    Caller
	// Talk is what Okta says for an Op; nil means [Talk].
	Talk func(Op, Facts) Dialogue

	Seed  uint64
	Knobs Knobs
	// Delay is how long after a change an Op begins, in virtual time; nil draws it.
	Delay func(Op) time.Duration
	// Wait passes the time that a target asks for with 429; nil lets it pass at
	// once, which is right for a target that does not look at the clock.
	Wait func(context.Context, time.Duration) error
	// Now is the clock of tasks and real waits; nil is one that stands still, at
	// 1970.
	Now func() time.Time
	// Password is the placeholder of the n-th person; nil draws it.
	Password func(ordinal int) string
	// Done is told how each Op ended, also one that had nothing to say; nil tells
	// nobody. It may ask the directory, and not the engine.
	Done func(Op, End)
}

// New returns an engine at rest.
func New(c Config) *Engine {
	if c.Talk == nil {
		c.Talk = Talk
	}
	if c.Now == nil {
		c.Now = func() time.Time { return time.Unix(0, 0) }
	}
	if c.Password == nil {
		c.Password = func(ordinal int) string { return Placeholder(c.Seed, ordinal) }
	}
	return &Engine{
		Config: c, turn: make(chan struct{}, 1),
		people: map[directory.PersonID]*lane{}, groups: map[directory.GroupID]*lane{}, tasks: map[int]failed{},
		linked: map[queue]register{assignment: {}, push: {}},
	}
}

// Submit takes note of a change. What follows from it is decided now, by the
// application's settings; it happens during a Settle.
func (e *Engine) Submit(c directory.Change) error {
	a, err := e.Directory.App(e.App)
	if err != nil {
		return fmt.Errorf("submit a change: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.takeNote(a.Settings, c)
	return nil
}

func (e *Engine) takeNote(s directory.Settings, c directory.Change) {
	ops := Plan(s, c)
	if len(ops) == 0 {
		ops = letGo(c)
	}
	for _, op := range ops {
		if l := e.laneOf(op); l != nil {
			e.enqueue(l, op)
		}
	}
}

func (e *Engine) enqueue(l *lane, op Op) {
	l.ops++
	l.waiting = append(l.waiting, waiting{op: op, nth: l.ops, due: e.clock + e.delay(l, op)})
	if l.talk == nil && len(l.waiting) == 1 {
		e.beginNext(l)
	}
}

// delay is drawn for each Op of a lane, and knows no other lane.
func (e *Engine) delay(l *lane, op Op) time.Duration {
	if e.Delay != nil {
		return e.Delay(op)
	}
	return between(soonest, latest, e.draw(l, l.ops, 0, 0))
}

// beginNext arranges for a lane's next Op, if it has one.
func (e *Engine) beginNext(l *lane) {
	if len(l.waiting) > 0 {
		e.schedule.add(event{max(e.clock, l.waiting[0].due), l, begins})
	}
}

// laneOf finds or opens the lane of whom the Op is about. There is none for
// somebody who was deleted in Okta before the engine ever heard of them.
func (e *Engine) laneOf(op Op) *lane {
	person, group := about(op)
	if l, ok := e.people[person]; ok {
		return l
	}
	if l, ok := e.groups[group]; ok {
		return l
	}
	if p, err := e.Directory.Person(person); err == nil {
		e.people[person] = &lane{key: laneKey{assignment, p.Ordinal}, id: string(person)}
		return e.people[person]
	}
	if g, err := e.Directory.Group(group); err == nil {
		e.groups[group] = &lane{key: laneKey{push, g.Ordinal}, id: string(group)}
		return e.groups[group]
	}
	return nil
}

func (e *Engine) draw(l *lane, nth, step, attempt int) uint64 {
	return draw(e.Seed, uint64(l.key.queue), uint64(l.key.ordinal), uint64(nth), uint64(step), uint64(attempt))
}

// Settle carries out what was submitted, and returns when nothing is left to
// do or ctx ends. It leaves nothing running: an Op whose request was in flight
// when ctx ended becomes a task, others go on with the next Settle. Between
// Settles nothing happens; only one runs at a time.
func (e *Engine) Settle(ctx context.Context) error {
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	s := &settling{Engine: e, ctx: ctx, crew: hire(ctx, e.Target, e.Knobs.workers(), e.Now)}
	defer s.crew.dismiss()
	return s.run()
}

// Reseed draws from another seed from now on. What was drawn before stays.
func (e *Engine) Reseed(seed uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.Seed = seed
}

// Account tells how far a person has come at the target.
func (e *Engine) Account(id directory.PersonID) Standing {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.people[id].standing()
}

// Group tells how far a group has come at the target.
func (e *Engine) Group(id directory.GroupID) Standing {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.groups[id].standing()
}

func (l *lane) standing() Standing {
	if l == nil {
		return Standing{}
	}
	return Standing{ID: l.link.id, Busy: l.talk != nil || len(l.waiting) > 0, Error: l.failed, Pushed: l.pushed}
}
