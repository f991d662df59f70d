package mockokta

import (
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
)

// record writes into the System Log how an Op ended.
//
// The event types are Okta's (its list of event types: documented). The order of
// those about a new user is observed (the log of a real org: push, sync,
// push_new_user_success), as are sync for a lookup or a create that failed,
// group_push.updated for a group that was pushed, and group.add for one that was not.
// Which types the other Ops write is inference, from the names. Okta writes more
// about an account that it takes over, such as verify_exists and reactivate, which an
// Op's end does not tell apart from a new one (staff said, devforum thread 7207).
//
// Whoever is left out of a push is told of in an event of its own: that it is about
// people who are not, or not yet, assigned is inference from its name.
func (o *org) record(app directory.AppID, op provision.Op, end provision.End) {
	if _, group, _, _ := events(op); group != "" && end.LeftOut > 0 {
		o.directory.Record("app.user_management.grouppush.mapping.okta.users.ignored", app, "", group, "")
	}
	if end.Err == nil && end.ID == "" && !end.Gone {
		return // nothing was said
	}
	failure := ""
	if end.Err != nil {
		failure = end.Err.Error()
	}
	person, group, went, failed := events(op)
	kinds := went
	if failure != "" {
		kinds = failed
	}
	for _, kind := range kinds {
		o.directory.Record(kind, app, person, group, failure)
	}
}

// events are whom an Op is about and what is written when it went well, and when
// it failed.
func events(op provision.Op) (person directory.PersonID, group directory.GroupID, went, failed []string) {
	const (
		user      = "application.provision.user."
		groupPush = "application.provision.group_push."
		notPushed = groupPush + "mapping.update.or.delete.failed.with.error"
	)
	same := func(kind string) ([]string, []string) { return []string{kind}, []string{kind} }
	switch op := op.(type) {
	case provision.EnsureUser:
		person = op.Person
		went = []string{user + "push", user + "sync", "app.user_management.push_new_user_success"}
		failed = []string{user + "push", user + "sync"}
	case provision.UpdateUser:
		person = op.Person
		went, failed = same(user + "push_profile")
	case provision.DisableUser:
		person = op.Person
		went, failed = same(user + "deactivate")
	case provision.SetPassword:
		person = op.Person
		went, failed = same(user + "password")
	case provision.EnsureGroup:
		group, went, failed = op.Group, []string{groupPush + "updated"}, []string{"application.provision.group.add"}
	case provision.LinkGroup:
		group, went, failed = op.Group, []string{groupPush + "updated"}, []string{notPushed}
	case provision.SyncMembers:
		group, went, failed = op.Group, []string{groupPush + "push_memberships"}, []string{notPushed}
	case provision.RenameGroup:
		group, went, failed = op.Group, []string{groupPush + "mapping.app.group.renamed"}, []string{notPushed}
	case provision.RemoveGroup:
		group, went, failed = op.Group, []string{groupPush + "removed", groupPush + "delete_appgroup"}, []string{notPushed}
	}
	return person, group, went, failed
}
