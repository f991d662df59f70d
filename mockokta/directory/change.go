// Package directory is the Okta side of the story: people, groups, applications,
// who is assigned to them, and what an application's profile holds of a person.
//
// Each application has a profile of its own in the Profile Editor: the base
// profile of a new one, and what an administrator adds ([Attribute]). It is filled
// from Okta's by mappings ([PropertyMapping]), from the group that assigns the
// application ([GroupAssignment]), and from what is set for one person
// ([Assignment]). [Assignment.Values] is what the target is told of it.
//
// It keeps everything in memory and performs no I/O. A method that alters the
// directory returns the [Change] it made, for each application that it concerns; what
// follows from a change is decided in package provision. What happened stands in
// the log ([Event]).
package directory

// Ids are Okta's: 20 characters that begin with 00u, 00g, 0oa, gPm, gPr or prm.
type (
	PersonID  string
	GroupID   string
	AppID     string
	MappingID string
	RuleID    string

	ProfileMappingID string
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
	// ProfileChanged: the target is told another thing of an assigned person, who
	// was edited, or got another value by a mapping or a group.
	ProfileChanged struct{ Person PersonID }
	// ForceSyncAsked: an administrator asked for the profile of a person to be pushed
	// who may have been provisioned already. It provisions nobody.
	ForceSyncAsked struct{ Person PersonID }
	// PasswordChanged: an assigned person has another password, and the application
	// syncs it. See [Directory.Password].
	PasswordChanged struct{ Person PersonID }

	// GroupPushed: a group was put on the Push Groups tab, or its push was
	// activated again.
	GroupPushed struct{ Group GroupID }
	// GroupLinked: a group was put on the Push Groups tab as one that the target has.
	GroupLinked struct{ Group GroupID }
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
func (ForceSyncAsked) change()    {}
func (PasswordChanged) change()   {}
func (GroupPushed) change()       {}
func (GroupLinked) change()       {}
func (MembersChanged) change()    {}
func (GroupRenamed) change()      {}
func (GroupUnlinked) change()     {}
