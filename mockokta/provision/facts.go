package provision

import (
	"cmp"
	"slices"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// facts looks up what a dialogue may know, and whom it is about. A person or a
// group that has meanwhile been deleted in Okta is known by its link alone.
func (e *Engine) facts(l *lane, op Op) (Facts, scim.Subject) {
	f := Facts{Dialect: AIW, Knobs: e.Knobs, ID: l.link.id}
	a, err := e.Directory.App(e.App)
	if err == nil {
		f.Dialect, f.App = DialectOf(a), a.Label
	}
	person, group := about(op)
	if group == "" {
		f.User = e.user(person, a.Settings)
		f.User.UserName = l.link.userName(op, f.User.UserName, a.Settings)
		return f, scim.Subject{ID: string(person), Name: f.User.UserName}
	}
	if g, err := e.Directory.Group(group); err == nil {
		f.Members = e.ownList(g.Members)
		f.GroupName = g.Name
	}
	f.GroupName = cmp.Or(e.pushedName(group), l.link.name, f.GroupName)
	if sync, ok := op.(SyncMembers); ok {
		f.Joined, f.Left = e.pushable(sync.Joined), e.pushable(sync.Left)
	}
	return f, scim.Subject{ID: string(group), Name: f.GroupName}
}

// moot says whether an Op about a person has come to nothing: they have lost the
// application since, and Okta has no profile of theirs to say.
func (e *Engine) moot(op Op) bool {
	switch op.(type) {
	case EnsureUser, UpdateUser, SetPassword:
		person, _ := about(op)
		_, err := e.Directory.Assignment(e.App, person)
		return err != nil
	}
	return false
}

// DialectOf tells how an application speaks. It is decided when the application
// is made: by hand, or from the catalogue (Okta, SCIM FAQ: documented).
func DialectOf(a directory.App) Dialect {
	if a.Catalogue != "" {
		return OIN
	}
	return AIW
}

// user is a person as the target should see them, with the password that they have
// in Okta where the application syncs it, and a placeholder elsewhere (documented).
func (e *Engine) user(id directory.PersonID, s directory.Settings) scim.User {
	p, err := e.Directory.Person(id)
	if err != nil {
		return scim.User{ExternalID: string(id)}
	}
	as, _ := e.Directory.Assignment(e.App, id) // none for somebody who is leaving
	password := e.Password(p.Ordinal)
	if s.SyncPassword {
		password = cmp.Or(e.Directory.Password(id), password)
	}
	return Account(p, as, password)
}

// pushedName is the name on the Push Groups tab; empty when the group is not
// there any more.
func (e *Engine) pushedName(id directory.GroupID) string {
	mappings, _ := e.Directory.Mappings(e.App)
	for _, m := range mappings {
		if m.Group == id {
			return m.TargetName
		}
	}
	return ""
}

// ownList is Okta's list of a group's members, in the order in which people
// were made: what order Okta has is not known, and this one does not depend on
// who happened to join first.
func (e *Engine) ownList(people []directory.PersonID) []scim.Member {
	inOrder := slices.SortedStableFunc(slices.Values(people), func(a, b directory.PersonID) int {
		return cmp.Compare(e.ordinal(a), e.ordinal(b))
	})
	return e.pushable(inOrder)
}

// ordinal is 0 for people whom the engine never met; they have no link either.
func (e *Engine) ordinal(id directory.PersonID) int {
	if l, ok := e.people[id]; ok {
		return l.key.ordinal
	}
	return 0
}

// pushable are those of the people whom Okta holds an id for. Others are left
// out silently (documented). The assignment itself is not asked for: a link
// lasts from the answer that brought the id to the answer that disabled the
// account, and with the directory's view in its place a removed person would
// always stay in the group.
func (e *Engine) pushable(people []directory.PersonID) []scim.Member {
	var members []scim.Member
	for _, id := range people {
		if l, ok := e.people[id]; ok && l.link.id != "" {
			members = append(members, scim.Member{Value: l.link.id, Display: l.link.name})
		}
	}
	return members
}
