package provision

import (
	"net/http"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// ensureUser looks the person up, also when Okta has seen them before: they may
// be there, active or not.
//
// Source: Okta SCIM 2.0 reference (documented), log of a real org (observed).
func (f Facts) ensureUser() Dialogue {
	return Dialogue{Say: f.Knobs.FindUser(f.User), Hear: func(a scim.Answer) Dialogue {
		account, there, err := scim.FoundUser(a)
		switch {
		case a.Status == http.StatusNotFound && f.Knobs.NotFoundFails:
			return f.failed(creatingUser, scim.Accepted(a))
		case err != nil:
			return f.failed(creatingUser, err)
		case !there:
			return f.createUser()
		case f.Dialect == AIW:
			return f.link(account.ID())
		case account.Active():
			return f.pushProfile(account.ID(), creatingUser)
		}
		return f.reactivate(account.ID())
	}}
}

// createUser ends with the answer; no GET follows it (observed). A 409 is not
// turned into a lookup (documented).
func (f Facts) createUser() Dialogue {
	return Dialogue{Say: scim.CreateUser(f.User), Hear: func(a scim.Answer) Dialogue {
		id, err := scim.CreatedUser(a)
		if err != nil {
			return f.failed(creatingUser, err)
		}
		return said(End{ID: id})
	}}
}

// link takes an account over where no PATCH is known: once to make it active and
// the person's, then as a profile push (observed once with both, twice with the
// first alone).
func (f Facts) link(id string) Dialogue {
	return f.readUser(id, creatingUser, func(account scim.Resource) Dialogue {
		return Dialogue{Say: f.Knobs.LinkUser(id, account, f.User), Hear: func(a scim.Answer) Dialogue {
			if err := scim.Accepted(a); err != nil {
				return f.failed(creatingUser, err)
			}
			if f.Knobs.OneLinkPush {
				return said(End{ID: id})
			}
			return f.pushProfile(id, pushingProfile)
		}}
	})
}

// reactivate takes an inactive account over where PATCH is known (documented; the
// order is inference). A refusal is final: no PUT is tried in its place (staff
// said, pull request 1956 of okta-blog-archive).
func (f Facts) reactivate(id string) Dialogue {
	return Dialogue{Say: f.Knobs.SetActive(id, true), Hear: func(a scim.Answer) Dialogue {
		if err := scim.Accepted(a); err != nil {
			return f.failed(creatingUser, err)
		}
		return f.pushProfile(id, creatingUser)
	}}
}

// updateUser says nothing about a person whose account Okta does not know.
func (f Facts) updateUser() Dialogue {
	if f.ID == "" {
		return Dialogue{}
	}
	return f.pushProfile(f.ID, pushingProfile)
}

// pushProfile is GET, then PUT, in both dialects (documented, observed), or one
// PATCH, where the knob has it so. An account that is gone fails the push and is
// not made again (inference).
func (f Facts) pushProfile(id string, d doing) Dialogue {
	if f.Dialect == OIN && f.Knobs.PatchProfile {
		return f.write(id, d, f.Knobs.Accent.PatchProfile(id, f.User))
	}
	return f.readUser(id, d, func(account scim.Resource) Dialogue {
		return f.write(id, d, f.Knobs.ReplaceUser(id, account, f.User))
	})
}

// setPassword is a PATCH of the password, or a profile push that carries it
// (documented, the latter in an earlier revision).
func (f Facts) setPassword() Dialogue {
	switch {
	case f.ID == "":
		return Dialogue{}
	case f.Dialect == OIN:
		return f.write(f.ID, syncingPassword, f.Knobs.SetPassword(f.ID, f.User.Password))
	}
	return f.readUser(f.ID, syncingPassword, func(account scim.Resource) Dialogue {
		return f.write(f.ID, syncingPassword, f.Knobs.SyncPassword(f.ID, account, f.User))
	})
}

// write says the last thing of a dialogue about an account that stays linked.
func (f Facts) write(id string, d doing, r scim.Request) Dialogue {
	return Dialogue{Say: r, Hear: func(a scim.Answer) Dialogue {
		if err := scim.Accepted(a); err != nil {
			return f.failed(d, err)
		}
		return said(End{ID: id})
	}}
}

// disableUser says nothing about a person whose account Okta does not know, such
// as after a provisioning that failed (staff said, devforum thread 7207).
func (f Facts) disableUser() Dialogue {
	switch {
	case f.ID == "":
		return Dialogue{}
	case f.Dialect == OIN:
		return f.deactivate(f.Knobs.SetActive(f.ID, false))
	}
	return f.readUser(f.ID, deactivatingUser, func(account scim.Resource) Dialogue {
		return f.deactivate(f.Knobs.DeactivateUser(f.ID, account))
	})
}

// deactivate ends the same way in both dialects. A refusal, also 404, 405 or 501,
// is a task for an administrator (documented, staff said).
func (f Facts) deactivate(r scim.Request) Dialogue {
	return Dialogue{Say: r, Hear: func(a scim.Answer) Dialogue {
		if err := scim.Accepted(a); err != nil {
			return f.failed(deactivatingUser, err)
		}
		return said(End{Gone: true})
	}}
}

// readUser reads an account and goes on with it.
func (f Facts) readUser(id string, d doing, next func(scim.Resource) Dialogue) Dialogue {
	return Dialogue{Say: scim.GetUser(id), Hear: func(a scim.Answer) Dialogue {
		account, err := scim.ReadUser(a)
		if err != nil {
			return f.failed(d, err)
		}
		return next(account)
	}}
}
