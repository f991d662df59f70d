package directory

import "time"

// An Event is an entry of the System Log.
type Event struct {
	Ordinal int    // 1 for the first one ever
	Type    string // Okta's event type, such as "application.user_membership.add"
	// Failure is why something failed, in Okta's words; empty for a success.
	Failure string
	Targets []LogTarget // what it is about, the most particular first
	At      time.Time
}

// A LogTarget is something that an event is about, as it was then.
type LogTarget struct {
	ID   string
	Type string // as Okta writes it: "User", "UserGroup", "AppInstance", "AppUser"
	Alt  string // a person's login; else the name
	Name string
}

// The event types of what happens in the directory itself, and of what package
// mockokta hears from provisioning. They are Okta's (its list of event types:
// documented); which act writes which is inference where the name does not say it.
const (
	userCreated       = "user.lifecycle.create"
	userActivated     = "user.lifecycle.activate"
	userDeactivated   = "user.lifecycle.deactivate"
	userSuspended     = "user.lifecycle.suspend"
	userUnsuspended   = "user.lifecycle.unsuspend"
	userDeleteBegun   = "user.lifecycle.delete.initiated"
	userDeleted       = "user.lifecycle.delete.completed"
	userUpdated       = "user.account.update_profile"
	userPasswordSet   = "user.account.update_password"
	groupCreated      = "group.lifecycle.create"
	groupDeleted      = "group.lifecycle.delete"
	groupUpdated      = "group.profile.update"
	memberAdded       = "group.user_membership.add"
	memberRemoved     = "group.user_membership.remove"
	appCreated        = "application.lifecycle.create"
	appUpdated        = "application.lifecycle.update"
	appActivated      = "application.lifecycle.activate"
	appDeactivated    = "application.lifecycle.deactivate"
	appDeleted        = "application.lifecycle.delete"
	mappingChanged    = "application.provision.field_mapping_rule.change"
	userAssigned      = "application.user_membership.add"
	userUnassigned    = "application.user_membership.remove"
	assignmentChanged = "application.user_membership.update"
	userNameChanged   = "application.user_membership.change_username"

	groupAssigned          = "group.application_assignment.add"
	groupUnassigned        = "group.application_assignment.remove"
	groupAssignmentChanged = "group.application_assignment.update"

	pushMappingCreated     = "application.provision.group_push.mapping.created"
	pushMappingActivated   = "application.provision.group_push.activate_mapping"
	pushMappingDeactivated = "application.provision.group_push.deactivate_mapping"
	renamedWhileInactive   = "application.provision.group_push.mapping.deactivated.source.group.renamed"

	importStarted      = "system.import.start"
	importCreated      = "system.import.user.create"
	importUpdated      = "system.import.user.update"
	importDeleted      = "system.import.user.delete"
	importGroupCreated = "system.import.group.create"
	importConfirmed    = "system.import.user_match.confirm"
	importRoadblock    = "system.import.roadblock"
	importDone         = "system.import.complete"
)

// logKept is how many events there are at least, of those that there were: Okta
// keeps 90 days, and the mock what a scenario can look back on.
const logKept = 10_000

// Log returns the events that are still kept, oldest first.
func (d *Directory) Log() []Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Event(nil), d.events...)
}

// Record writes an event about an application into the log, and about a person or a
// group where there is one; failure is empty when it went well. It is for what
// happens outside the directory.
func (d *Directory) Record(kind string, app AppID, person PersonID, group GroupID, failure string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var about []LogTarget
	if person != "" {
		about = append(about, d.personTarget(person))
	}
	if group != "" {
		about = append(about, d.groupTarget(group))
	}
	if a, ok := d.apps.byID[app]; ok {
		about = append(about, a.target())
	}
	d.write(kind, failure, about)
}

func (d *Directory) log(kind string, about ...LogTarget) { d.write(kind, "", about) }

func (d *Directory) write(kind, failure string, about []LogTarget) {
	if len(d.events) >= 2*logKept {
		d.events = append([]Event(nil), d.events[len(d.events)-logKept:]...)
	}
	d.logged++
	d.events = append(d.events, Event{Ordinal: d.logged, Type: kind, Failure: failure, Targets: about, At: d.now()})
}

func (p *Person) target() LogTarget {
	login := text(p.Profile, "login")
	return LogTarget{string(p.ID), "User", login, text(p.Profile, "firstName") + " " + text(p.Profile, "lastName")}
}

func (g *group) target() LogTarget { return LogTarget{string(g.ID), "UserGroup", g.Name, g.Name} }

func (a *app) target() LogTarget { return LogTarget{string(a.ID), "AppInstance", a.Label, a.Label} }

// personTarget is somebody who may have been deleted meanwhile.
func (d *Directory) personTarget(id PersonID) LogTarget {
	if p, ok := d.people.byID[id]; ok {
		return p.target()
	}
	return LogTarget{ID: string(id), Type: "User"}
}

func (d *Directory) groupTarget(id GroupID) LogTarget {
	if g, ok := d.groups.byID[id]; ok {
		return g.target()
	}
	return LogTarget{ID: string(id), Type: "UserGroup"}
}
