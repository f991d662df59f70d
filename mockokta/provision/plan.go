package provision

import "github.com/scimproof/scimproof/mockokta/directory"

// Plan returns what must hold at the target after c, in the order to bring it
// about. It returns nil when the settings leave the target alone. Group push
// has no switch of its own among the settings.
//
// It looks at no more than one change, so it cannot tell whether a pushed group
// is also how its members were assigned: that is what makes using one group for
// both go wrong, in Okta as here.
func Plan(s directory.Settings, c directory.Change) []Op {
	switch c := c.(type) {
	case directory.Assigned:
		if s.CreateUsers {
			return []Op{EnsureUser{c.Person}}
		}
	case directory.ProvisioningAsked:
		if s.CreateUsers {
			return []Op{EnsureUser{c.Person}}
		}
	case directory.Unassigned:
		if s.DeactivateUsers {
			return []Op{DisableUser{c.Person}}
		}
	case directory.ProfileChanged:
		if s.UpdateUsers {
			return []Op{UpdateUser{c.Person}}
		}
	case directory.ForceSyncAsked: // UpdateUser says nothing of whom Okta does not know at the target
		if s.UpdateUsers {
			return []Op{UpdateUser{c.Person}}
		}
	case directory.PasswordChanged:
		if s.SyncPassword {
			return []Op{SetPassword{c.Person}}
		}
	case directory.GroupPushed:
		return []Op{EnsureGroup{c.Group}}
	case directory.GroupLinked:
		return []Op{LinkGroup{c.Group}}
	case directory.MembersChanged:
		return []Op{SyncMembers{Group: c.Group, Joined: c.Joined, Left: c.Left}}
	case directory.GroupRenamed:
		return []Op{RenameGroup{c.Group}}
	case directory.GroupUnlinked:
		if c.Delete {
			return []Op{RemoveGroup{c.Group}}
		}
	}
	return nil
}
