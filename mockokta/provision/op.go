// Package provision decides what a change in Okta means for the target, and
// carries it out.
//
// [Plan] turns a Change into Ops, and a [Dialogue] says what Okta tells the
// target for one Op: both are pure. The [Engine] plays the dialogues in two
// queues, assignment and push, on one seeded scheduler.
package provision

import (
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// A Dialect is which of Okta's two SCIM clients speaks. It is fixed when the
// application is made and cannot be changed by its administrator.
// Source: Okta, Understanding SCIM and SCIM FAQ (documented).
type Dialect string

const (
	AIW Dialect = "aiw" // application made in the App Integration Wizard: GET, then PUT
	OIN Dialect = "oin" // application from the catalogue: PATCH where Okta has one
)

// An Op is what Okta wants to be true at the target, about one person or one
// group. It carries no data: what a dialogue may know is looked up when the
// dialogue starts, as [Facts].
type Op interface {
	op()
	String() string // "provision 00u…", for tasks and errors
}

type (
	// EnsureUser: the person has an account of their own, active, with their profile.
	EnsureUser struct{ Person directory.PersonID }
	// UpdateUser: the account has the person's current profile.
	UpdateUser struct{ Person directory.PersonID }
	// DisableUser: the account is there and not active. Okta then forgets the link.
	DisableUser struct{ Person directory.PersonID }
	// SetPassword: the account has the person's current password.
	SetPassword struct{ Person directory.PersonID }

	// EnsureGroup: the group is there, by its name, with its members.
	EnsureGroup struct{ Group directory.GroupID }
	// LinkGroup: a group of the target's has our name, if it is to, and our members
	// beside its own.
	LinkGroup struct{ Group directory.GroupID }
	// SyncMembers: those who joined are members, those who left are not.
	SyncMembers struct {
		Group        directory.GroupID
		Joined, Left []directory.PersonID
	}
	// RenameGroup: the group bears its current name.
	RenameGroup struct{ Group directory.GroupID }
	// RemoveGroup: the group is gone from the target.
	RemoveGroup struct{ Group directory.GroupID }
)

func (EnsureUser) op()  {}
func (UpdateUser) op()  {}
func (DisableUser) op() {}
func (SetPassword) op() {}
func (EnsureGroup) op() {}
func (LinkGroup) op()   {}
func (SyncMembers) op() {}
func (RenameGroup) op() {}
func (RemoveGroup) op() {}

func (o EnsureUser) String() string  { return "provision " + string(o.Person) }
func (o UpdateUser) String() string  { return "push the profile of " + string(o.Person) }
func (o DisableUser) String() string { return "deactivate " + string(o.Person) }
func (o SetPassword) String() string { return "sync the password of " + string(o.Person) }
func (o EnsureGroup) String() string { return "push " + string(o.Group) }
func (o LinkGroup) String() string   { return "link " + string(o.Group) }
func (o SyncMembers) String() string { return "push the members of " + string(o.Group) }
func (o RenameGroup) String() string { return "rename " + string(o.Group) }
func (o RemoveGroup) String() string { return "remove " + string(o.Group) }

// Facts are all that a dialogue may know when it starts. The engine looks them
// up at that moment; nothing that happens later reaches a dialogue but by the
// target's answers.
type Facts struct {
	Dialect Dialect
	Knobs   Knobs
	App     string // the application's label, for what an administrator reads; may be empty

	// ID is the id that the target gave to the person or group, empty when Okta
	// does not know one.
	ID string

	User scim.User // for Ops about a person: how the target should see them now

	GroupName string
	// Told is the name that the target has, as far as Okta knows: what it was told
	// last, or had of its own when it was linked. Empty where Okta knows none.
	Told string
	// Linking: the group of ID is one of the target's that was linked, and was told
	// nothing yet.
	Linking bool
	// Members are all who belong to the group and can be pushed. The engine looks
	// them up for dialogues that may say the whole list, and for no other.
	Members []scim.Member
	// Joined and Left are the changes of a SyncMembers that can be named.
	Joined, Left []scim.Member

	leftOut []directory.PersonID // who belongs to the group and cannot be pushed yet; for the engine
}

// An End is how a dialogue ended.
type End struct {
	ID   string // the id under which Okta now knows the person or group; empty: as before
	Gone bool   // Okta forgets the link: disabled, or removed
	Err  error  // what an administrator sees as a failed task; nil when all went well
	// LeftOut is how many belong to the group and could not be pushed. The engine
	// knows, and not the dialogue.
	LeftOut int
}

// A Dialogue is what Okta says about one Op, as a value: a request, and what
// follows from its answer. The engine and the load generator play the same
// dialogues.
//
// A Dialogue with a nil Hear has nothing to ask; its End holds.
type Dialogue struct {
	Say  scim.Request
	Hear func(scim.Answer) Dialogue // pure; called exactly once, with the answer to Say
	End  End
}
