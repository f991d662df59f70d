package provision

import "github.com/scimproof/scimproof/mockokta/scim"

// ownList is Okta's list of members, whatever the target has.
func (f Facts) ownList(scim.Resource) []scim.Member { return f.Members }

// laterList is the list of members of a PUT after the first push: see [PutMembers].
func (f Facts) laterList(group scim.Resource) []scim.Member {
	switch f.Knobs.PutMembers {
	case PutDelta, PutAlways:
		return f.Members
	}
	listed, ok := group.Members()
	if !ok {
		return f.Members
	}
	return merged(listed, f.Joined, f.Left)
}

// besideTheirs is the list of a PUT that links a group: the target's members, who
// stay, and Okta's (documented by Okta's test plan, case C9315).
func (f Facts) besideTheirs(group scim.Resource) []scim.Member {
	listed, _ := group.Members()
	return merged(listed, f.Members, nil)
}

// merged is the list without those who left and with those who joined, who stand
// at the end unless they were there.
func merged(list, joined, left []scim.Member) []scim.Member {
	gone, there := among(left), among(list)
	kept := make([]scim.Member, 0, len(list)+len(joined))
	for _, m := range list {
		if !gone[m.Value] {
			kept = append(kept, m)
		}
	}
	for _, m := range joined {
		if !there[m.Value] || gone[m.Value] {
			kept = append(kept, m)
		}
	}
	return kept
}

func among(members []scim.Member) map[string]bool {
	set := make(map[string]bool, len(members))
	for _, m := range members {
		set[m.Value] = true
	}
	return set
}

// A batch is what one PATCH carries.
type batch struct{ joined, left []scim.Member }

// batches cuts a change of members into PATCHes, those who left first.
func (f Facts) batches(joined, left []scim.Member) []batch {
	size := f.Knobs.patchBatch()
	var cut []batch
	for len(joined)+len(left) > 0 {
		l := min(size, len(left))
		j := min(size-l, len(joined))
		cut = append(cut, batch{joined[:j], left[:l]})
		joined, left = joined[j:], left[l:]
	}
	return cut
}

func (k Knobs) patchBatch() int {
	if k.PatchBatch > 0 {
		return k.PatchBatch
	}
	return 100
}
