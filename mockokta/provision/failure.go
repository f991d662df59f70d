package provision

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// A doing is what Okta says it was doing when something failed: the beginning of
// what an administrator reads, %s being the person's or group's name at the
// target and, in front, the application.
type doing struct {
	task, act string
}

// The texts are observed for creating a user (getsentry/sentry issue 88623 for the
// tail, snipe-it issue 18864), for pushing a profile (fleetdm/fleet issue 53446),
// for creating a group (getsentry/sentry issue 88623) and, without a colon, for
// the members of one (scim-for-keycloak issue 144); the others are inference.
var (
	creatingUser     = doing{"Automatic provisioning of user %s%s failed", "Error while creating user %s: "}
	pushingProfile   = doing{"Automatic profile push of user %s%s failed", "Error while trying to push profile update for %s: "}
	deactivatingUser = doing{"Automatic deprovisioning of user %s%s failed", "Error while deactivating user %s: "}

	creatingGroup   = doing{"Unable to update Group Push mapping target App group %s%s", "Error while creating user group %s: "}
	renamingGroup   = doing{"Unable to update Group Push mapping target App group %s%s", "Error while updating user group %s: "}
	changingMembers = doing{"Unable to update Group Push mapping target App group %s%s", "Error while updating user group membership for group %s "}
	deletingGroup   = doing{"Unable to delete Group Push mapping target App group %s%s", "Error while deleting user group %s: "}
)

// failed ends a dialogue about a person.
func (f Facts) failed(d doing, err error) Dialogue {
	app := ""
	if f.App != "" {
		app = " to app " + f.App
	}
	return d.failed(f.User.UserName, app, err)
}

// groupFailed ends a dialogue about a group; the application is not named.
func (f Facts) groupFailed(d doing, err error) Dialogue { return d.failed(f.GroupName, "", err) }

func (d doing) failed(name, app string, err error) Dialogue {
	task := fmt.Sprintf(d.task, name, app)
	return broken(fmt.Errorf("%s: %s%w", task, fmt.Sprintf(d.act, name), err))
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
