package provision

// Talk returns what Okta says about op, given the facts. It is pure, and so is
// what it returns; it knows nothing of 429, since whoever plays a dialogue says
// the same request again before the dialogue hears an answer.
//
// Where Okta has nothing to say, such as about a person whose account it does not
// know, the dialogue has a nil Hear from the start.
func Talk(op Op, f Facts) Dialogue {
	switch op.(type) {
	case EnsureUser:
		return f.ensureUser()
	case UpdateUser:
		return f.updateUser()
	case DisableUser:
		return f.disableUser()
	case SetPassword:
		return f.setPassword()
	case EnsureGroup:
		return f.ensureGroup()
	case LinkGroup:
		return f.linkGroup()
	case SyncMembers:
		return f.syncMembers()
	case RenameGroup:
		return f.renameGroup()
	case RemoveGroup:
		return f.removeGroup()
	}
	return Dialogue{}
}

// said is the end of a dialogue that went well.
func said(e End) Dialogue { return Dialogue{End: e} }

// broken is the end of a dialogue that did not. Okta learns nothing from it: a
// person whose provisioning failed half-way is not linked (staff said, devforum
// thread 7207).
func broken(err error) Dialogue { return Dialogue{End: End{Err: err}} }
