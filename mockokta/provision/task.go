package provision

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A Task is an Op that failed and waits for an administrator. Okta does not
// repeat an Op by itself: only 429 is tried again. That a 5xx is not is
// inference, since no source says that it is.
type Task struct {
	ID     int                // 1 for the engine's first
	Person directory.PersonID // the one or
	Group  directory.GroupID  // the other
	Op     string
	Error  string // a sentence that ends in the cause
	When   time.Time
}

// failed is a Task with what is to be done again.
type failed struct {
	Task
	op Op
}

// A Standing is how far a person or a group has come at the target.
type Standing struct {
	ID    string // the target's; empty when Okta does not know one
	Busy  bool   // an Op waits or is under way
	Error string // what the last Op ended with; empty when it went well
	// Pushed is when a group was pushed last without a failure; zero for never.
	Pushed time.Time
}

// Tasks are the Ops that failed, in the order in which they did.
func (e *Engine) Tasks() []Task {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []Task
	for _, id := range slices.Sorted(maps.Keys(e.tasks)) {
		all = append(all, e.tasks[id].Task)
	}
	return all
}

// Retry is Retry Selected: it takes note that a task's Op is to be done again, with
// the facts of then. The task goes away when that succeeds, and gets the new error
// when it fails. What is not wanted any more, since somebody was unassigned or
// assigned meanwhile, or a group's push is inactive, is refused: an administrator marks
// such a task complete. So is what a switch of the application keeps Okta from, until
// it is on again.
func (e *Engine) Retry(id int) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	task, there := e.tasks[id]
	if !there {
		return noTask(id)
	}
	op := task.op
	if why := e.refused(op); why != "" {
		return &directory.Conflict{What: "task", Why: why}
	}
	l := e.laneOf(op)
	if l == nil {
		return &directory.Conflict{What: "task", Why: op.String() + " is about nobody whom Okta knows: mark the task complete"}
	}
	e.enqueue(l, op)
	l.waiting[len(l.waiting)-1].task = id
	return nil
}

// CompleteTask is Mark Complete: the task goes, whatever the target has.
func (e *Engine) CompleteTask(id int) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, there := e.tasks[id]; !there {
		return noTask(id)
	}
	delete(e.tasks, id)
	return nil
}

func noTask(id int) error { return &directory.NotFound{Kind: "Task", ID: fmt.Sprint(id)} }

// addTask keeps an Op that failed: in the place of the task that it was a retry of,
// if that is still there.
func (e *Engine) addTask(t *talk, why string) {
	id := t.task
	if _, there := e.tasks[id]; !there {
		e.failures++
		id = e.failures
	}
	person, group := about(t.op)
	e.tasks[id] = failed{Task{ID: id, Person: person, Group: group, Op: t.op.String(), Error: why, When: e.Now()}, t.op}
}

// refused is why an Op may not be done again as things are; "" when it may.
func (e *Engine) refused(op Op) string {
	a, err := e.Directory.App(e.App)
	if err != nil || !a.Provisions() {
		return "provisioning is not enabled for this application"
	}
	if off := switchedOff(a.Settings, op); off != "" {
		return off + " is off for this application"
	}
	if !e.wanted(op) {
		return op.String() + " is not wanted any more: mark the task complete"
	}
	return ""
}

// wanted says whether the directory still asks for what an Op brings about.
func (e *Engine) wanted(op Op) bool {
	person, group := about(op)
	if person != "" {
		_, err := e.Directory.Assignment(e.App, person)
		_, leaving := op.(DisableUser)
		return leaving == (err != nil)
	}
	_, leaving := op.(RemoveGroup)
	m, err := e.Directory.MappingOf(e.App, group)
	if leaving {
		return err != nil
	}
	return m.Active
}
