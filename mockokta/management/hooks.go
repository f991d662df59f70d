package management

import (
	"context"
	"time"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// Hooks are what the API needs of the rest of Okta. The handler knows the
// directory; what provisions it, and how, is somebody else's.
type Hooks struct {
	// Changed is told of every change, in the order in which they were made.
	Changed func(ctx context.Context, effects []directory.Effect) error
	// Test checks credentials for an application: those that its connection holds, or
	// others that are not saved yet. Its error is what the administrator reads.
	Test func(ctx context.Context, app directory.AppID, with directory.Connection, importGroups bool) error
	// Import reads an application's target and lets the directory follow; Compare reads
	// it, and tells where the two disagree. PersonOf is whose account an id of the
	// target's is, as far as Okta knows.
	Import   func(ctx context.Context, app directory.AppID) (directory.ImportResult, error)
	Compare  func(ctx context.Context, app directory.AppID) (directory.Discrepancies, error)
	PersonOf func(app directory.AppID, account string) (directory.PersonID, bool)
	// Settle returns when nothing is left to provision, or ctx ends.
	Settle func(ctx context.Context) error
	// Tasks are the operations that failed, oldest first.
	Tasks func() []Task
	// Retry carries a task's operation out again, with the facts of today, and
	// CompleteTask takes a task off the list. There may be no such task.
	Retry        func(ctx context.Context, id string) error
	CompleteTask func(id string) error
	// Reseed draws from a seed, from now on, the order of what no source says the
	// order of.
	Reseed func(seed uint64)
	// Account and Group tell what Okta knows of a person or a group at the
	// application's target.
	Account func(directory.AppID, directory.PersonID) Standing
	Group   func(directory.AppID, directory.GroupID) Standing
}

// A Task is an operation that failed and waits for an administrator, as under
// Dashboard > Tasks.
type Task struct {
	ID     string             `json:"id"`
	App    directory.AppID    `json:"app"`
	Person directory.PersonID `json:"person,omitempty"`
	Group  directory.GroupID  `json:"group,omitempty"`
	Op     string             `json:"op"`    // "provision 00u…"
	Error  string             `json:"error"` // a sentence
	When   time.Time          `json:"when"`
}

// A Standing is how far a person or group has come at the target.
type Standing struct {
	ID    string // the target's id; empty when Okta does not know one
	Busy  bool   // something is waiting or under way
	Error string // what the last operation failed with; empty when it went well
	// Pushed is when a group was pushed last without a failure; zero for never.
	Pushed time.Time
}
