package loadgen

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/reports/evidence"
)

// A forerunner keeps the ledger a little ahead of the crowd: who is about to be
// made is on disk before their dialogue needs it, a block of people in one sync,
// so that neither a sync nor a lock is part of anybody's response time.
//
// Accounts that were made are taken down with the next block. A kill loses those
// ids, not the people: they are found by their names.
type forerunner struct {
	ledger *evidence.Ledger
	people crowd.Population
	base   string // the tenant's URL
	now    func() time.Time

	onDisk   []chan struct{} // closed, a block each, in order
	mayWrite chan struct{}   // one token a block that may be written
	stop     chan struct{}
	stopped  chan struct{}

	mu      sync.Mutex
	pending []evidence.Entry
	written int             // people
	groups  map[string]bool // that are about to be pushed, by name
	err     error
	failed  chan struct{} // closed when there is err
}

// errUnwritable ends a run: what is not in the ledger is not made.
var errUnwritable = errors.New("the ledger cannot be written")

const (
	block     = 256 // people in one sync
	runsAhead = 2   // blocks
)

// newForerunner returns a forerunner for a population; start begins to write, and
// close ends it.
func newForerunner(l *evidence.Ledger, p crowd.Population, base string, now func() time.Time) *forerunner {
	blocks := (p.Size + block - 1) / block
	f := &forerunner{
		ledger: l, people: p, base: base, now: now,
		onDisk: make([]chan struct{}, blocks), mayWrite: make(chan struct{}, blocks+runsAhead),
		stop: make(chan struct{}), stopped: make(chan struct{}), failed: make(chan struct{}),
	}
	for i := range f.onDisk {
		f.onDisk[i] = make(chan struct{})
	}
	return f
}

func (f *forerunner) start() {
	for range runsAhead {
		f.mayWrite <- struct{}{}
	}
	go f.run()
}

func (f *forerunner) run() {
	defer close(f.stopped)
	for b := range f.onDisk {
		select {
		case <-f.mayWrite:
		case <-f.stop:
			return
		}
		f.write(f.announce(b))
		close(f.onDisk[b])
	}
}

// announce returns the entries of a block's people.
func (f *forerunner) announce(b int) []evidence.Entry {
	var entries []evidence.Entry
	for n := b * block; n < min((b+1)*block, f.people.Size); n++ {
		entries = append(entries, f.entry(evidence.Intend, evidence.User, f.people.UserName(n)))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.written += len(entries)
	return entries
}

func (f *forerunner) entry(act evidence.Act, kind, name string) evidence.Entry {
	return evidence.Entry{At: f.now(), Act: act, Kind: kind, Name: name, BaseURL: f.base}
}

// write puts entries on disk, and what is pending with them.
func (f *forerunner) write(entries []evidence.Entry) {
	f.mu.Lock()
	entries = append(entries, f.pending...)
	f.pending = nil
	f.mu.Unlock()
	if err := f.ledger.WriteAll(entries); err != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.err == nil {
			f.err = fmt.Errorf("%w: %w", errUnwritable, err)
			close(f.failed)
		}
	}
}

// failure is why the ledger could not be written, nil when it could.
func (f *forerunner) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Write is asked by the wire before each create: it returns once the person is
// on disk.
func (f *forerunner) Write(e evidence.Entry) error {
	if e.Act == evidence.Intend && e.Kind == evidence.Group {
		return f.writeGroup(e)
	}
	n, ok := f.people.Number(e.Name)
	if !ok || e.Act != evidence.Intend || e.Kind != evidence.User {
		return fmt.Errorf("the ledger expects nobody named %q", e.Name)
	}
	<-f.onDisk[n/block]
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// announceGroups takes down the groups that are about to be pushed, all in one sync: they are
// few beside the people.
func (f *forerunner) announceGroups(g crowd.Groups) {
	var entries []evidence.Entry
	f.mu.Lock()
	f.groups = map[string]bool{}
	for n := range g.Size.Groups {
		name := g.Name(n)
		f.groups[name] = true
		entries = append(entries, f.entry(evidence.Intend, evidence.Group, name))
	}
	f.mu.Unlock()
	f.write(entries)
}

// writeGroup is Write for a group, which was taken down before its phase.
func (f *forerunner) writeGroup(e evidence.Entry) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.groups[e.Name] {
		return fmt.Errorf("the ledger expects no group named %q", e.Name)
	}
	return f.err
}

// began lets the next block be written once somebody of a block has begun.
func (f *forerunner) began(n int) {
	if n%block == 0 {
		f.mayWrite <- struct{}{} // never blocks: it has room for all
	}
}

// made takes down the id of an account or a group, soon.
func (f *forerunner) made(kind, name, id string) {
	e := f.entry(evidence.Made, kind, name)
	e.ID = id
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = append(f.pending, e)
}

// nothing takes down that somebody's dialogue ended without an account: no create was
// sent, or the target refused it for certain.
func (f *forerunner) nothing(kind, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = append(f.pending, f.entry(evidence.Refused, kind, name))
}

// close ends the writing, and strikes out those who were announced and of whom nothing
// was said to the target.
func (f *forerunner) close(said func(n int) bool, pushed func(name string) bool) error {
	close(f.stop)
	<-f.stopped
	var struck []evidence.Entry
	for n := range f.written {
		if !said(n) {
			struck = append(struck, f.entry(evidence.Gone, evidence.User, f.people.UserName(n)))
		}
	}
	for name := range f.groups {
		if !pushed(name) {
			struck = append(struck, f.entry(evidence.Gone, evidence.Group, name))
		}
	}
	f.write(struck)
	return f.err
}
