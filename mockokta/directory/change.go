// Package directory is the Okta side of the story: people, groups, one
// application, and who is assigned to it.
//
// It keeps everything in memory and performs no I/O. A method that alters the
// directory returns the [Change] it made; what follows from a change is
// decided in package provision.
package directory

// Ids are Okta's: 20 characters that begin with 00u, 00g, 0oa or gPm.
type (
	PersonID  string
	GroupID   string
	AppID     string
	MappingID string
)

// A Change is what an administrator did, as far as provisioning may care. A nil
// Change means that nothing changed.
type Change interface{ change() }

type (
	// Assigned: the person was given the application, themselves or by a group.
	Assigned struct{ Person PersonID }
	// Unassigned: the person lost the application: by unassignment, with the group
	// that gave it, or by being deactivated in Okta.
	Unassigned struct{ Person PersonID }
	// ProvisioningAsked: an administrator asked for a person to be provisioned who
	// was assigned before provisioning was on.
	ProvisioningAsked struct{ Person PersonID }
	// ProfileChanged: a mapped attribute of an assigned person changed.
	ProfileChanged struct{ Person PersonID }

	// GroupPushed: a group was put on the Push Groups tab, or its push was
	// activated again.
	GroupPushed struct{ Group GroupID }
	// MembersChanged: people joined or left a group that is pushed.
	MembersChanged struct {
		Group        GroupID
		Joined, Left []PersonID
	}
	// GroupRenamed: a group that is pushed got another name.
	GroupRenamed struct{ Group GroupID }
	// GroupUnlinked: a group was taken off the Push Groups tab, and Okta was
	// told to delete it in the target, or to leave it there.
	GroupUnlinked struct {
		Group  GroupID
		Delete bool
	}
)

func (Assigned) change()          {}
func (Unassigned) change()        {}
func (ProfileChanged) change()    {}
func (ProvisioningAsked) change() {}
func (GroupPushed) change()       {}
func (MembersChanged) change()    {}
func (GroupRenamed) change()      {}
func (GroupUnlinked) change()     {}
