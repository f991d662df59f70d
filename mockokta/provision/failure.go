package provision

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// A doing is what Okta says it was doing when something failed.
type doing struct {
	task string // its beginning; the name at the target, then the application
	app  string // what leads to the application's label; empty where it is not named
	act  string // what follows, up to the cause; the name once more
}

// The texts are observed for creating a user (snipe-it issue 18864), pushing a
// profile (fleetdm/fleet issue 53446), creating a group (getsentry/sentry issue
// 88623) and, without a colon, its members (scim-for-keycloak issue 144). The
// others, and what stands before the last of these, are inference.
var (
	creatingUser     = doing{"Automatic provisioning of user %s%s failed", " to app ", "Error while creating user %s: "}
	pushingProfile   = doing{"Automatic profile push of user %s%s failed", " to app ", "Error while trying to push profile update for %s: "}
	syncingPassword  = doing{"Automatic password push of user %s%s failed", " to app ", "Error while trying to push password for %s: "}
	deactivatingUser = doing{"Automatic deprovisioning of user %s%s failed", " from app ", "Error while deactivating user %s: "}

	creatingGroup   = doing{"Unable to update Group Push mapping target App group %s%s", "", "Error while creating user group %s: "}
	renamingGroup   = doing{"Unable to update Group Push mapping target App group %s%s", "", "Error while updating user group %s: "}
	changingMembers = doing{"Unable to update Group Push mapping target App group %s%s", "", "Error while updating user group membership for group %s "}
	deletingGroup   = doing{"Unable to delete Group Push mapping target App group %s%s", "", "Error while deleting user group %s: "}
)

// failed ends a dialogue about a person.
func (f Facts) failed(d doing, err error) Dialogue { return d.failed(f.User.UserName, f.App, err) }

// groupFailed ends a dialogue about a group.
func (f Facts) groupFailed(d doing, err error) Dialogue { return d.failed(f.GroupName, f.App, err) }

func (d doing) failed(name, app string, err error) Dialogue { return broken(d.failure(name, app, err)) }

func (d doing) failure(name, app string, err error) error {
	var where string
	if d.app != "" && app != "" {
		where = d.app + app
	}
	task, act := fmt.Sprintf(d.task, name, where), fmt.Sprintf(d.act, name)
	return fmt.Errorf("%s: %s%w", task, act, err)
}

// doingOf is what Okta was doing when there was no answer for a dialogue to hear.
// That it then says the same is inference.
func doingOf(op Op) doing {
	switch op.(type) {
	case UpdateUser:
		return pushingProfile
	case SetPassword:
		return syncingPassword
	case DisableUser:
		return deactivatingUser
	case EnsureGroup:
		return creatingGroup
	case LinkGroup, SyncMembers:
		return changingMembers
	case RenameGroup:
		return renamingGroup
	case RemoveGroup:
		return deletingGroup
	}
	return creatingUser
}

// notConnected ends a connection test. Of credentials that are refused Okta says
// so (observed: snipe-it issue 13901, with "null" where the target is silent).
func notConnected(err error) Dialogue {
	var refused *scim.Error
	if errors.As(err, &refused) && (refused.Status == http.StatusUnauthorized || refused.Status == http.StatusForbidden) {
		return broken(badCredentials{refused})
	}
	return broken(err)
}

type badCredentials struct{ refused *scim.Error }

func (e badCredentials) Error() string { return "Error authenticating: " + e.refused.Words() }
func (e badCredentials) Unwrap() error { return e.refused }
