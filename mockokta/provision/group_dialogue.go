package provision

import (
	"net/http"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// ensureGroup is a first push, or "push now" where Okta knows the group's id. In
// all its forms the members become those of Okta's own list.
func (f Facts) ensureGroup() Dialogue {
	if f.ID != "" {
		return f.pushNow()
	}
	return Dialogue{Say: f.Knobs.FindGroup(f.GroupName), Hear: func(a scim.Answer) Dialogue {
		group, there, err := scim.FoundGroup(a)
		switch {
		case err != nil:
			return f.groupFailed(creatingGroup, err)
		case !there:
			return f.createGroup()
		}
		return f.takeOver(group.ID())
	}}
}

// createGroup makes the group. Without PATCH all members are in the POST, and GET
// and PUT with the same follow (observed); with PATCH the POST has none, and a
// name and additions follow (documented; the order observed).
func (f Facts) createGroup() Dialogue {
	var members []scim.Member
	if f.Dialect == AIW {
		members = f.Members
	}
	return Dialogue{Say: scim.CreateGroup(f.GroupName, members), Hear: func(a scim.Answer) Dialogue {
		id, err := scim.CreatedGroup(a)
		switch {
		case err != nil:
			return f.groupFailed(creatingGroup, err)
		case f.Dialect == AIW:
			return f.putGroup(id, creatingGroup, f.ownList)
		}
		return f.nameGroup(id, func() Dialogue {
			return f.changeMembers(id, f.batches(f.Members, nil))
		})
	}}
}

// takeOver makes a group of the target's Okta's (documented requests; that they
// follow a lookup is inference).
func (f Facts) takeOver(id string) Dialogue {
	if f.Dialect == AIW {
		return f.putGroup(id, changingMembers, f.ownList)
	}
	return f.nameGroup(id, func() Dialogue { return f.replaceMembers(id) })
}

// pushNow overwrites the members (documented).
func (f Facts) pushNow() Dialogue {
	if f.Dialect == AIW {
		return f.putGroup(f.ID, changingMembers, f.ownList)
	}
	return f.replaceMembers(f.ID)
}

// syncMembers says who joined and who left. A group whose id Okta does not know is
// looked up first, as if pushed anew (documented).
func (f Facts) syncMembers() Dialogue {
	unnamed := len(f.Joined)+len(f.Left) == 0
	switch {
	case f.ID == "":
		return f.ensureGroup()
	case unnamed && !(f.Dialect == AIW && f.Knobs.PutMembers == PutAlways):
		return Dialogue{}
	case f.Dialect == AIW:
		return f.putGroup(f.ID, changingMembers, f.laterList)
	}
	return f.nameGroup(f.ID, func() Dialogue {
		return f.changeMembers(f.ID, f.batches(f.Joined, f.Left))
	})
}

// renameGroup says the name, in a PUT with the members beside it (documented).
func (f Facts) renameGroup() Dialogue {
	switch {
	case f.ID == "":
		return f.ensureGroup()
	case f.Dialect == AIW:
		return f.putGroup(f.ID, renamingGroup, f.laterList)
	}
	return f.nameGroup(f.ID, func() Dialogue { return said(End{ID: f.ID}) })
}

// removeGroup deletes the group (documented). One that is gone already is as good
// as deleted (inference).
func (f Facts) removeGroup() Dialogue {
	if f.ID == "" {
		return said(End{Gone: true})
	}
	return Dialogue{Say: scim.DeleteGroup(f.ID), Hear: func(a scim.Answer) Dialogue {
		if err := scim.Accepted(a); err != nil && a.Status != http.StatusNotFound {
			return f.groupFailed(deletingGroup, err)
		}
		return said(End{Gone: true})
	}}
}

// putGroup is GET, then PUT of the whole group, with the list that is chosen once
// the target's is known. A group that is gone is an error for an administrator,
// and is not made again (documented).
func (f Facts) putGroup(id string, d doing, list func(scim.Resource) []scim.Member) Dialogue {
	return Dialogue{Say: scim.GetGroup(id), Hear: func(a scim.Answer) Dialogue {
		group, err := scim.ReadGroup(a)
		if err != nil {
			return f.groupFailed(d, err)
		}
		members := list(group)
		return Dialogue{Say: scim.ReplaceGroup(id, f.GroupName, members), Hear: func(a scim.Answer) Dialogue {
			if err := scim.Accepted(a); err != nil {
				return f.groupFailed(d, err)
			}
			return said(End{ID: id, Members: ids(members)})
		}}
	}}
}

// nameGroup says the group's name by PATCH and goes on.
func (f Facts) nameGroup(id string, next func() Dialogue) Dialogue {
	return Dialogue{Say: scim.NameGroup(id, f.GroupName), Hear: func(a scim.Answer) Dialogue {
		if err := scim.Accepted(a); err != nil {
			return f.groupFailed(renamingGroup, err)
		}
		return next()
	}}
}

// replaceMembers sets the members by PATCH (documented). Where they are more than
// one PATCH carries, the others are added after it (inference).
func (f Facts) replaceMembers(id string) Dialogue {
	first := min(f.Knobs.patchBatch(), len(f.Members))
	return f.patchMembers(scim.ReplaceMembers(id, f.Members[:first]), func() Dialogue {
		return f.changeMembers(id, f.batches(f.Members[first:], nil))
	})
}

// changeMembers says one batch after the other, and stops where one is refused
// (inference; that large pushes are split was documented).
func (f Facts) changeMembers(id string, left []batch) Dialogue {
	if len(left) == 0 {
		return said(End{ID: id, Members: ids(f.Members)})
	}
	return f.patchMembers(scim.ChangeMembers(id, left[0].joined, left[0].left), func() Dialogue {
		return f.changeMembers(id, left[1:])
	})
}

func (f Facts) patchMembers(r scim.Request, next func() Dialogue) Dialogue {
	return Dialogue{Say: r, Hear: func(a scim.Answer) Dialogue {
		if err := scim.Accepted(a); err != nil {
			return f.groupFailed(changingMembers, err)
		}
		return next()
	}}
}
