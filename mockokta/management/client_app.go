package management

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// CreateApp adds an application. Without a catalogue key it is a custom SAML
// application, in which [Client.EnableSCIM] turns provisioning on, and speaks
// the PUT dialect; with one (directory.HeaderAuth, …) it speaks PATCH.
func (c *Client) CreateApp(ctx context.Context, label, catalogueKey string) (directory.AppID, error) {
	var made struct {
		ID directory.AppID `json:"id"`
	}
	err := c.call(ctx, http.MethodPost, "/api/v1/apps", appRequest{Name: catalogueKey, Label: label, SignOnMode: "SAML_2_0"}, &made)
	return made.ID, err
}

// DeactivateApp ends what the application does, and allows it to be deleted.
func (c *Client) DeactivateApp(ctx context.Context, app directory.AppID) error {
	return c.call(ctx, http.MethodPost, appPath(app)+"/lifecycle/deactivate", nil, nil)
}

// DeleteApp removes an application that was deactivated.
func (c *Client) DeleteApp(ctx context.Context, app directory.AppID) error {
	return c.call(ctx, http.MethodDelete, appPath(app), nil, nil)
}

// EnableSCIM sets a custom application's provisioning to SCIM, which real Okta
// has in its console alone.
func (c *Client) EnableSCIM(ctx context.Context, app directory.AppID) error {
	return c.call(ctx, http.MethodPost, path("/mock/v1/apps/%s/scim", string(app)), nil, nil)
}

// Connect stores where the target is and the token that lets Okta in, without
// trying them. In an application made from directory.HeaderAuth the token is
// the whole Authorization header; elsewhere Okta writes Bearer before it.
func (c *Client) Connect(ctx context.Context, app directory.AppID, baseURL, token string) error {
	var stored connectionView
	asked := connectionRequest{BaseURL: baseURL, Profile: connectionProfile{AuthScheme: "TOKEN", Token: token}}
	if err := c.call(ctx, http.MethodPost, connectionPath(app), asked, &stored); err != nil {
		return err
	}
	if stored.Status == "UNKNOWN" {
		return fmt.Errorf("connect %s: okta has no provisioning for this application: enable SCIM first", app)
	}
	return nil
}

// ActivateConnection is Test API Credentials and Save: it fails, with the
// target's status in a cause, when the target does not let Okta in.
func (c *Client) ActivateConnection(ctx context.Context, app directory.AppID) error {
	return c.call(ctx, http.MethodPost, connectionPath(app)+"/lifecycle/activate", nil, nil)
}

// DeactivateConnection turns provisioning off.
func (c *Client) DeactivateConnection(ctx context.Context, app directory.AppID) error {
	return c.call(ctx, http.MethodPost, connectionPath(app)+"/lifecycle/deactivate", nil, nil)
}

// TestCredentials is Test API Credentials alone. With importGroups Okta also
// looks at the target's groups.
func (c *Client) TestCredentials(ctx context.Context, app directory.AppID, importGroups bool) error {
	return c.call(ctx, http.MethodPost, path("/mock/v1/apps/%s/test-connection", string(app))+"?importGroups="+strconv.FormatBool(importGroups), nil, nil)
}

// SetProvisioning saves the To App switches: Create Users, Update User
// Attributes, Deactivate Users.
func (c *Client) SetProvisioning(ctx context.Context, app directory.AppID, create, update, deactivate bool) error {
	return c.call(ctx, http.MethodPut, provisioningPath(app), capabilities{
		Create: &createCapability{LifecycleCreate: switched(create)},
		Update: &updateCapability{Profile: switched(update), LifecycleDeactivate: switched(deactivate)},
	}, nil)
}

// SetSyncPassword saves the To App switch Sync Password: whether the target has each
// person's password in Okta.
func (c *Client) SetSyncPassword(ctx context.Context, app directory.AppID, on bool) error {
	return c.call(ctx, http.MethodPut, provisioningPath(app), capabilities{
		Update: &updateCapability{Password: passwordSyncOf(directory.Settings{SyncPassword: on})},
	}, nil)
}

// ExcludeUserNameUpdates checks or clears the box Exclude Username Updates, which
// real Okta has in its console alone.
func (c *Client) ExcludeUserNameUpdates(ctx context.Context, app directory.AppID, on bool) error {
	return c.call(ctx, http.MethodPut, path("/mock/v1/apps/%s/exclude-username-updates", string(app)), switchRequest{on}, nil)
}

// ForceSync is the button Force Sync: the profile of everybody who has been
// provisioned is pushed. Real Okta has it in its console alone.
func (c *Client) ForceSync(ctx context.Context, app directory.AppID) error {
	return c.call(ctx, http.MethodPost, path("/mock/v1/apps/%s/force-sync", string(app)), nil, nil)
}

// An AppUser is a person's assignment as Okta's API shows it.
type AppUser struct {
	ID         directory.PersonID `json:"id"`
	ExternalID string             `json:"externalId"` // the target's id; empty until Okta knows one
	Status     string             `json:"status"`     // STAGED, PROVISIONED; ACTIVE without provisioning
	SyncState  string             `json:"syncState"`  // OUT_OF_SYNC, SYNCING, SYNCHRONIZED, ERROR, DISABLED
	Scope      directory.Scope    `json:"scope"`
	Error      string             `json:"errorSummary"` // what the last operation failed with, in Okta's words
	Profile    directory.Profile  `json:"profile"`
}

// Assign gives a person the application. Who has it by a group has it themselves
// from then on.
func (c *Client) Assign(ctx context.Context, app directory.AppID, person directory.PersonID) error {
	asked := appUserRequest{ID: person, Scope: string(directory.ScopeUser)}
	return c.call(ctx, http.MethodPost, appPath(app)+"/users", asked, nil)
}

// AssignWith is Assign with attributes of the application's profile for this
// person, as the console's dialog has them before it saves.
func (c *Client) AssignWith(ctx context.Context, app directory.AppID, person directory.PersonID, own directory.Profile) error {
	asked := appUserRequest{ID: person, Scope: string(directory.ScopeUser), Profile: own}
	return c.call(ctx, http.MethodPost, appPath(app)+"/users", asked, nil)
}

// AppUser returns a person's assignment.
func (c *Client) AppUser(ctx context.Context, app directory.AppID, person directory.PersonID) (AppUser, error) {
	var u AppUser
	err := c.call(ctx, http.MethodGet, appUserPath(app, person), nil, &u)
	return u, err
}

// AppUsers returns all assignments of the application.
func (c *Client) AppUsers(ctx context.Context, app directory.AppID) ([]AppUser, error) {
	var all []AppUser
	err := each(ctx, c, appPath(app)+"/users", func(u AppUser) { all = append(all, u) })
	return all, err
}

// EditAppUser sets attributes of the application's profile for one person:
// userName, those of the base profile, and custom ones; nil takes a value away.
func (c *Client) EditAppUser(ctx context.Context, app directory.AppID, person directory.PersonID, own directory.Profile) error {
	return c.call(ctx, http.MethodPost, appUserPath(app, person), appUserRequest{Profile: own}, nil)
}

// Unassign takes the application from a person.
func (c *Client) Unassign(ctx context.Context, app directory.AppID, person directory.PersonID) error {
	return c.call(ctx, http.MethodDelete, appUserPath(app, person), nil, nil)
}

// AskToUnassign is the console's Unassign until it is confirmed: it returns what
// Okta asks, and nothing else happens. Okta's API does not ask.
func (c *Client) AskToUnassign(ctx context.Context, app directory.AppID, person directory.PersonID) (question string, err error) {
	var asked confirmation
	err = c.call(ctx, http.MethodPost, unassignPath(app, person), confirmation{}, &asked)
	return asked.Question, err
}

// ConfirmUnassign answers what AskToUnassign asks.
func (c *Client) ConfirmUnassign(ctx context.Context, app directory.AppID, person directory.PersonID) error {
	return c.call(ctx, http.MethodPost, unassignPath(app, person), confirmation{Confirmed: true}, nil)
}

func unassignPath(a directory.AppID, p directory.PersonID) string {
	return path("/mock/v1/apps/%s/users/%s/unassign", string(a), string(p))
}

// AssignGroup gives the application to everybody in a group.
func (c *Client) AssignGroup(ctx context.Context, app directory.AppID, group directory.GroupID) error {
	return c.call(ctx, http.MethodPut, appGroupPath(app, group), map[string]any{}, nil)
}

// AssignGroupWith is AssignGroup at a priority, 0 for the first, and with values of
// the application's profile for everybody whom the group assigns.
func (c *Client) AssignGroupWith(ctx context.Context, app directory.AppID, group directory.GroupID, priority int, profile directory.Profile) error {
	return c.call(ctx, http.MethodPut, appGroupPath(app, group), appGroupRequest{&priority, profile}, nil)
}

// PrioritizeGroup moves a group that has the application to a priority.
func (c *Client) PrioritizeGroup(ctx context.Context, app directory.AppID, group directory.GroupID, priority int) error {
	return c.call(ctx, http.MethodPatch, appGroupPath(app, group), []patchOperation{{"replace", "/priority", priority}}, nil)
}

// EditAppGroup sets an attribute of the application's profile for everybody whom the
// group assigns; nil takes a value away.
func (c *Client) EditAppGroup(ctx context.Context, app directory.AppID, group directory.GroupID, attribute string, value any) error {
	where := "/profile/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(attribute)
	return c.call(ctx, http.MethodPatch, appGroupPath(app, group), []patchOperation{{"replace", where, value}}, nil)
}

// An AppGroup is a group that has the application.
type AppGroup struct {
	ID       directory.GroupID `json:"id"`
	Priority int               `json:"priority"`
	Profile  directory.Profile `json:"profile"`
}

// AppGroups returns the groups that have the application, the first by priority
// first.
func (c *Client) AppGroups(ctx context.Context, app directory.AppID) ([]AppGroup, error) {
	var all []AppGroup
	err := each(ctx, c, appPath(app)+"/groups", func(g AppGroup) { all = append(all, g) })
	return all, err
}

// UnassignGroup takes the application from a group.
func (c *Client) UnassignGroup(ctx context.Context, app directory.AppID, group directory.GroupID) error {
	return c.call(ctx, http.MethodDelete, appGroupPath(app, group), nil, nil)
}

// ProvisionUsers is the button Provision User of the Assignments tab, for everybody
// whose account Okta does not know: who was assigned before provisioning was on,
// and whose provisioning failed. Real Okta has it in its console alone.
func (c *Client) ProvisionUsers(ctx context.Context, app directory.AppID) error {
	return c.call(ctx, http.MethodPost, path("/mock/v1/apps/%s/provision-users", string(app)), nil, nil)
}

// Settle returns when Okta has nothing left to do at any target.
func (c *Client) Settle(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/mock/v1/settle", nil, nil)
}

// Tasks are the operations that failed so far, oldest first.
func (c *Client) Tasks(ctx context.Context) ([]Task, error) {
	var tasks []Task
	err := c.call(ctx, http.MethodGet, "/mock/v1/tasks", nil, &tasks)
	return tasks, err
}

// RetryTask is Retry Selected of Dashboard > Tasks.
func (c *Client) RetryTask(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodPost, path("/mock/v1/tasks/%s/retry", id), nil, nil)
}

// CompleteTask is Mark Complete of Dashboard > Tasks.
func (c *Client) CompleteTask(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, path("/mock/v1/tasks/%s", id), nil, nil)
}

// Warnings are what Okta does not support of the plan as it is now.
func (c *Client) Warnings(ctx context.Context) ([]Warning, error) {
	var all []Warning
	err := c.call(ctx, http.MethodGet, "/mock/v1/warnings", nil, &all)
	return all, err
}

// Reseed draws from a seed, from now on, in which order Okta's jobs begin and
// their answers are looked at. One seed and one history are one order.
func (c *Client) Reseed(ctx context.Context, seed uint64) error {
	return c.call(ctx, http.MethodPut, "/mock/v1/seed", seedRequest{seed}, nil)
}
