package provision

import (
	"cmp"
	"slices"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// facts looks up what a dialogue may know, and whom it is about. A person or a
// group that has meanwhile been deleted in Okta is known by its link alone. An Op is
// moot that has a profile to say, of somebody who has lost the application since.
func (e *Engine) facts(l *lane, op Op) (f Facts, subject scim.Subject, moot bool) {
	f = Facts{Dialect: AIW, Knobs: e.Knobs, ID: l.link.id}
	a, err := e.Directory.App(e.App)
	if err == nil {
		f.Dialect, f.App = DialectOf(a), a.Label
	}
	person, group := about(op)
	if group == "" {
		var assigned bool
		f.User, assigned = e.user(l, person, a.Settings)
		f.User.UserName = l.link.userName(op, f.User.UserName, a.Settings)
		return f, scim.Subject{ID: string(person), Name: f.User.UserName}, !assigned && saysProfile(op)
	}
	e.lookUpGroup(&f, l, op, group)
	return f, scim.Subject{ID: string(group), Name: f.GroupName}, false
}

func saysProfile(op Op) bool {
	switch op.(type) {
	case EnsureUser, UpdateUser, SetPassword:
		return true
	}
	return false
}

// lookUpGroup adds what a dialogue about a group may know. Who was left out of the
// last push and can be pushed now comes along with the next change of members
// (documented).
func (e *Engine) lookUpGroup(f *Facts, l *lane, op Op, group directory.GroupID) {
	m, _ := e.Directory.MappingOf(e.App, group) // none for a group that is being removed
	f.Told, f.leftOut = cmp.Or(l.link.name, m.LinkedName), l.leftOut
	f.GroupName = cmp.Or(m.TargetName, f.Told)
	if f.ID == "" && m.LinkedID != "" {
		f.ID, f.Linking = m.LinkedID, true
	}
	if sync, is := op.(SyncMembers); is {
		f.Joined, f.leftOut = e.pushable(append(without(l.leftOut, sync.Left), sync.Joined...))
		f.Left, _ = e.pushable(sync.Left)
	}
	all := f.tellsAll(op)
	if !all && !f.mayTellAll(op) {
		return
	}
	g, err := e.Directory.Group(group)
	if err != nil {
		return
	}
	var leftOut []directory.PersonID
	if f.Members, leftOut = e.ownList(g.Members); all {
		f.leftOut = leftOut
	}
	f.GroupName = cmp.Or(f.GroupName, g.Name)
}

// tellsAll says whether a dialogue tells the target of everybody in the group.
func (f Facts) tellsAll(op Op) bool {
	switch op.(type) {
	case EnsureGroup, LinkGroup:
		return true
	case SyncMembers, RenameGroup:
		return f.ID == "" || f.Linking
	}
	return false
}

// mayTellAll says whether a dialogue tells of everybody where the target shows no
// list of its own, or a knob has it so. With PATCH a group is told its changes
// alone, and its size does not matter.
func (f Facts) mayTellAll(op Op) bool {
	switch op.(type) {
	case SyncMembers, RenameGroup:
		return f.Dialect == AIW
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
// Of somebody who has lost the application since nothing is known but who they are.
func (e *Engine) user(l *lane, id directory.PersonID, s directory.Settings) (u scim.User, assigned bool) {
	told, err := e.Directory.Told(e.App, id)
	if err != nil {
		return scim.User{ExternalID: string(id)}, false
	}
	password := e.Password(l.key.ordinal)
	if s.SyncPassword {
		password = cmp.Or(e.Directory.Password(id), password)
	}
	return Account(told, password), true
}

// ownList is Okta's list of a group's members, in the order in which people
// were made: what order Okta has is not known, and this one does not depend on
// who happened to join first.
func (e *Engine) ownList(people []directory.PersonID) (members []scim.Member, leftOut []directory.PersonID) {
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

// pushable are those of the people whom Okta holds an id for, and who is left out
// silently (documented). The assignment itself is not asked for: a link
// lasts from the answer that brought the id to the answer that disabled the
// account, and with the directory's view in its place a removed person would
// always stay in the group.
func (e *Engine) pushable(people []directory.PersonID) (members []scim.Member, leftOut []directory.PersonID) {
	for _, id := range people {
		if l, ok := e.people[id]; ok && l.link.id != "" {
			members = append(members, scim.Member{Value: l.link.id, Display: l.link.name})
		} else {
			leftOut = append(leftOut, id)
		}
	}
	return members, leftOut
}

// without is a new list of those who are not among the others.
func without(people, others []directory.PersonID) []directory.PersonID {
	if len(people) == 0 {
		return nil
	}
	gone := make(map[directory.PersonID]bool, len(others))
	for _, id := range others {
		gone[id] = true
	}
	var rest []directory.PersonID
	for _, id := range people {
		if !gone[id] {
			rest = append(rest, id)
		}
	}
	return rest
}
