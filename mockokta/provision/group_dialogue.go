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
// name and additions follow (documented; the order observed). See [CreateMembers]
// for what else the POST may carry; whom it carries nobody adds again.
func (f Facts) createGroup() Dialogue {
	members, others := f.Members, []scim.Member(nil)
	if !f.Knobs.CreateMembers.carry(f.Dialect) {
		members, others = nil, f.Members
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
			return f.changeMembers(id, f.batches(others, nil))
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

// linkGroup makes a group of the target's, whose id is known, Okta's. Who is in it
// stays, and its name changes where Okta's setting has it so (Okta's test plan, cases
// C9315 and C9330: documented). That it is said as a change of members is inference,
// and so is that nothing is said where nothing changes.
func (f Facts) linkGroup() Dialogue {
	switch {
	case len(f.Members) == 0 && !f.renamed():
		return said(End{ID: f.ID})
	case f.Dialect == AIW:
		return f.putGroup(f.ID, changingMembers, f.besideTheirs)
	}
	return f.patchGroup(f.Members, nil)
}

// renamed says whether the target has another name than the group is to have.
func (f Facts) renamed() bool { return f.Told != "" && f.Told != f.GroupName }

// pushNow overwrites the members (documented). In a PATCH of members there is no
// name: one that the target was not told, since the push was inactive, is said
// before it (inference).
func (f Facts) pushNow() Dialogue {
	switch {
	case f.Dialect == AIW:
		return f.putGroup(f.ID, changingMembers, f.ownList)
	case f.renamed():
		return f.nameGroup(f.ID, func() Dialogue { return f.replaceMembers(f.ID) })
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
	case f.Linking:
		return f.linkGroup()
	case unnamed && !(f.Dialect == AIW && f.Knobs.PutMembers == PutAlways):
		return Dialogue{}
	case f.Dialect == AIW:
		return f.putGroup(f.ID, changingMembers, f.laterList)
	}
	return f.patchGroup(f.Joined, f.Left)
}

// patchGroup says a change of members by PATCH, and the name with it: see
// [NameWithMembers].
func (f Facts) patchGroup(joined, left []scim.Member) Dialogue {
	changes := f.batches(joined, left)
	switch {
	case f.Knobs.NameWithMembers == NameBeside && len(changes) > 0:
		first := scim.ChangeNamedMembers(f.ID, f.GroupName, changes[0].joined, changes[0].left)
		return f.patchMembers(first, func() Dialogue { return f.changeMembers(f.ID, changes[1:]) })
	case f.Knobs.NameWithMembers == NameLeftOut && !f.renamed():
		return f.changeMembers(f.ID, changes)
	}
	return f.nameGroup(f.ID, func() Dialogue { return f.changeMembers(f.ID, changes) })
}

// renameGroup says the name, in a PUT with the members beside it (documented).
func (f Facts) renameGroup() Dialogue {
	switch {
	case f.ID == "":
		return f.ensureGroup()
	case f.Linking:
		return f.linkGroup()
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
			return said(End{ID: id})
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
	if len(f.Members) == 0 && f.Knobs.EmptyWhole {
		return f.patchMembers(scim.EmptyGroup(id, f.GroupName), func() Dialogue { return said(End{ID: id}) })
	}
	first := min(f.Knobs.patchBatch(), len(f.Members))
	return f.patchMembers(scim.ReplaceMembers(id, f.Members[:first]), func() Dialogue {
		return f.changeMembers(id, f.batches(f.Members[first:], nil))
	})
}

// changeMembers says one batch after the other, and stops where one is refused
// (inference; that large pushes are split was documented).
func (f Facts) changeMembers(id string, left []batch) Dialogue {
	if len(left) == 0 {
		return said(End{ID: id})
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
