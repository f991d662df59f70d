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
	op := asked(c)
	if op == nil || switchedOff(s, op) != "" {
		return nil
	}
	return []Op{op}
}

// asked is what a change asks for; nil when the target need not know of it.
func asked(c directory.Change) Op {
	switch c := c.(type) {
	case directory.Assigned:
		return EnsureUser{c.Person}
	case directory.ProvisioningAsked:
		return EnsureUser{c.Person}
	case directory.Unassigned:
		return DisableUser{c.Person}
	case directory.ProfileChanged:
		return UpdateUser{c.Person}
	case directory.ForceSyncAsked: // UpdateUser says nothing of whom Okta does not know at the target
		return UpdateUser{c.Person}
	case directory.PasswordChanged:
		return SetPassword{c.Person}
	case directory.GroupPushed:
		return EnsureGroup{c.Group}
	case directory.GroupLinked:
		return LinkGroup{c.Group}
	case directory.MembersChanged:
		return SyncMembers{Group: c.Group, Joined: c.Joined, Left: c.Left}
	case directory.GroupRenamed:
		return RenameGroup{c.Group}
	case directory.GroupUnlinked:
		if c.Delete {
			return RemoveGroup{c.Group}
		}
	}
	return nil
}

// switchedOff names the To App switch that would have to be on for an Op; "" when
// none is in its way.
func switchedOff(s directory.Settings, op Op) string {
	switch op.(type) {
	case EnsureUser:
		return unless(s.CreateUsers, "Create Users")
	case UpdateUser:
		return unless(s.UpdateUsers, "Update User Attributes")
	case DisableUser:
		return unless(s.DeactivateUsers, "Deactivate Users")
	case SetPassword:
		return unless(s.SyncPassword, "Sync Password")
	}
	return ""
}

func unless(on bool, name string) string {
	if on {
		return ""
	}
	return name
}
