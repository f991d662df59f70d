package management

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A Mapping is a line of the Push Groups tab as Okta's API shows it.
type Mapping struct {
	ID     directory.MappingID `json:"id"`
	Group  directory.GroupID   `json:"sourceGroupId"`
	Target directory.GroupID   `json:"targetGroupId"` // Okta's id of the group's other side
	Status string              `json:"status"`        // ACTIVE, INACTIVE, ERROR
	Error  string              `json:"errorSummary"`
	// LastPush is when the group was pushed last without a failure; nil for never.
	LastPush *time.Time `json:"lastPush"`
}

// PushGroup puts a group on the Push Groups tab, active, under the given name.
func (c *Client) PushGroup(ctx context.Context, app directory.AppID, group directory.GroupID, name string) (directory.MappingID, error) {
	var made Mapping
	asked := mappingRequest{SourceGroupID: group, TargetGroupName: name, Status: "ACTIVE"}
	err := c.call(ctx, http.MethodPost, appPath(app)+"/group-push/mappings", asked, &made)
	return made.ID, err
}

// LinkGroup puts a group on the Push Groups tab, active, as one that the target has
// already, by the id that Okta gave that one when it imported it: see [Client.ImportedGroups].
func (c *Client) LinkGroup(ctx context.Context, app directory.AppID, group, target directory.GroupID) (directory.MappingID, error) {
	var made Mapping
	asked := mappingRequest{SourceGroupID: group, TargetGroupID: target, Status: "ACTIVE"}
	err := c.call(ctx, http.MethodPost, appPath(app)+"/group-push/mappings", asked, &made)
	return made.ID, err
}

// Mapping returns a push mapping.
func (c *Client) Mapping(ctx context.Context, app directory.AppID, mapping directory.MappingID) (Mapping, error) {
	var m Mapping
	err := c.call(ctx, http.MethodGet, mappingPath(app, mapping), nil, &m)
	return m, err
}

// Mappings returns all push mappings of the application.
func (c *Client) Mappings(ctx context.Context, app directory.AppID) ([]Mapping, error) {
	var all []Mapping
	err := each(ctx, c, appPath(app)+"/group-push/mappings", func(m Mapping) { all = append(all, m) })
	return all, err
}

// SetPush activates or deactivates a push mapping.
func (c *Client) SetPush(ctx context.Context, app directory.AppID, mapping directory.MappingID, active bool) error {
	return c.call(ctx, http.MethodPatch, mappingPath(app, mapping), mappingRequest{Status: onOff(active, "ACTIVE", "INACTIVE")}, nil)
}

// Unlink takes an inactive mapping off the tab, and has the target's group
// deleted or leaves it there.
func (c *Client) Unlink(ctx context.Context, app directory.AppID, mapping directory.MappingID, deleteTarget bool) error {
	return c.call(ctx, http.MethodDelete, mappingPath(app, mapping)+"?deleteTargetGroup="+strconv.FormatBool(deleteTarget), nil, nil)
}

// PushNow pushes a mapping's group as it is now, members and all. Real Okta
// has it in its console alone.
func (c *Client) PushNow(ctx context.Context, app directory.AppID, mapping directory.MappingID) error {
	return c.call(ctx, http.MethodPost, path("/mock/v1/apps/%s/group-push/mappings/%s/push", string(app), string(mapping)), nil, nil)
}

// RenameAppGroups ticks the box Rename app groups, or unticks it: groups of the
// target's that are linked then keep their names.
func (c *Client) RenameAppGroups(ctx context.Context, app directory.AppID, on bool) error {
	return c.call(ctx, http.MethodPut, pushPath(app)+"/rename-app-groups", switchRequest{on}, nil)
}

// RetryAllGroups pushes every group that is in error. Real Okta has it in its
// console alone, as it has what follows.
func (c *Client) RetryAllGroups(ctx context.Context, app directory.AppID) error {
	return c.call(ctx, http.MethodPost, pushPath(app)+"/retry", nil, nil)
}

// SetPushes is Activate and Deactivate of Bulk edit.
func (c *Client) SetPushes(ctx context.Context, app directory.AppID, active bool, mappings ...directory.MappingID) error {
	return c.bulkEdit(ctx, app, onOff(active, "ACTIVATE", "DEACTIVATE"), mappings)
}

// UnlinkAll is Delete of Bulk edit, of mappings that may be active.
func (c *Client) UnlinkAll(ctx context.Context, app directory.AppID, deleteTargets bool, mappings ...directory.MappingID) error {
	return c.bulkEdit(ctx, app, onOff(deleteTargets, "DELETE", "LEAVE"), mappings)
}

func (c *Client) bulkEdit(ctx context.Context, app directory.AppID, action string, mappings []directory.MappingID) error {
	return c.call(ctx, http.MethodPost, pushPath(app)+"/bulk", bulkRequest{mappings, action}, nil)
}

// AddPushRule pushes the groups that match a rule, now and later.
func (c *Client) AddPushRule(ctx context.Context, app directory.AppID, rule PushRule) (directory.RuleID, error) {
	var made PushRule
	err := c.call(ctx, http.MethodPost, pushPath(app)+"/rules", rule, &made)
	return made.ID, err
}

// PushRules returns the rules of the Push Groups tab.
func (c *Client) PushRules(ctx context.Context, app directory.AppID) ([]PushRule, error) {
	var all []PushRule
	err := c.call(ctx, http.MethodGet, pushPath(app)+"/rules", nil, &all)
	return all, err
}

// SetPushRule activates or deactivates a rule and the groups that it pushes.
func (c *Client) SetPushRule(ctx context.Context, app directory.AppID, rule directory.RuleID, active bool) error {
	return c.call(ctx, http.MethodPatch, pushPath(app)+path("/rules/%s", string(rule)), mappingRequest{Status: onOff(active, "ACTIVE", "INACTIVE")}, nil)
}

// DeletePushRule takes a rule away and the groups that it pushes off the tab, and has
// the target's groups deleted or leaves them there.
func (c *Client) DeletePushRule(ctx context.Context, app directory.AppID, rule directory.RuleID, deleteTargets bool) error {
	return c.call(ctx, http.MethodDelete, pushPath(app)+path("/rules/%s", string(rule))+"?deleteTargetGroup="+strconv.FormatBool(deleteTargets), nil, nil)
}

func pushPath(a directory.AppID) string { return path("/mock/v1/apps/%s/group-push", string(a)) }
