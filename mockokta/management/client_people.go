package management

import (
	"context"
	"net/http"
	"net/url"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A User is a person as Okta's API shows them.
type User struct {
	ID      directory.PersonID `json:"id"`
	Status  directory.Status   `json:"status"`
	Profile directory.Profile  `json:"profile"`
}

// CreateUser adds an active person. Login, email, firstName and lastName are
// needed.
func (c *Client) CreateUser(ctx context.Context, profile directory.Profile) (directory.PersonID, error) {
	var made User
	err := c.call(ctx, http.MethodPost, "/api/v1/users", userRequest{Profile: profile}, &made)
	return made.ID, err
}

// CreateStagedUser adds a person who is not active yet.
func (c *Client) CreateStagedUser(ctx context.Context, profile directory.Profile) (directory.PersonID, error) {
	var made User
	err := c.call(ctx, http.MethodPost, "/api/v1/users?activate=false", userRequest{Profile: profile}, &made)
	return made.ID, err
}

// SetPassword gives a person a password.
func (c *Client) SetPassword(ctx context.Context, id directory.PersonID, password string) error {
	var asked userRequest
	asked.Credentials.Password.Value = password
	return c.call(ctx, http.MethodPost, userPath(id), asked, nil)
}

// GetUser returns a person by id or login.
func (c *Client) GetUser(ctx context.Context, idOrLogin string) (User, error) {
	var u User
	err := c.call(ctx, http.MethodGet, path("/api/v1/users/%s", idOrLogin), nil, &u)
	return u, err
}

// Users returns everybody who is not deactivated.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	var all []User
	err := each(ctx, c, "/api/v1/users", func(u User) { all = append(all, u) })
	return all, err
}

// UpdateUser changes the named attributes of a person; nil unsets one.
func (c *Client) UpdateUser(ctx context.Context, id directory.PersonID, some directory.Profile) error {
	return c.call(ctx, http.MethodPost, userPath(id), userRequest{Profile: some}, nil)
}

// ReplaceUser gives a person this profile and no other attributes.
func (c *Client) ReplaceUser(ctx context.Context, id directory.PersonID, whole directory.Profile) error {
	return c.call(ctx, http.MethodPut, userPath(id), userRequest{Profile: whole}, nil)
}

// ActivateUser activates a person who is staged or deactivated.
func (c *Client) ActivateUser(ctx context.Context, id directory.PersonID) error {
	return c.lifecycle(ctx, id, "activate")
}

// DeactivateUser deactivates a person, who loses their applications by it.
func (c *Client) DeactivateUser(ctx context.Context, id directory.PersonID) error {
	return c.lifecycle(ctx, id, "deactivate")
}

// SuspendUser bars a person from signing in; provisioning hears nothing of it.
func (c *Client) SuspendUser(ctx context.Context, id directory.PersonID) error {
	return c.lifecycle(ctx, id, "suspend")
}

// UnsuspendUser undoes SuspendUser.
func (c *Client) UnsuspendUser(ctx context.Context, id directory.PersonID) error {
	return c.lifecycle(ctx, id, "unsuspend")
}

func (c *Client) lifecycle(ctx context.Context, id directory.PersonID, act string) error {
	return c.call(ctx, http.MethodPost, userPath(id)+"/lifecycle/"+act, nil, nil)
}

// DeleteUser deactivates a person, and deletes one who is deactivated.
func (c *Client) DeleteUser(ctx context.Context, id directory.PersonID) error {
	return c.call(ctx, http.MethodDelete, userPath(id), nil, nil)
}

// CreateGroup adds an empty group.
func (c *Client) CreateGroup(ctx context.Context, name string) (directory.GroupID, error) {
	var made struct {
		ID directory.GroupID `json:"id"`
	}
	err := c.call(ctx, http.MethodPost, "/api/v1/groups", groupRequest{groupProfile{Name: name}}, &made)
	return made.ID, err
}

// RenameGroup gives a group another name.
func (c *Client) RenameGroup(ctx context.Context, id directory.GroupID, name string) error {
	return c.call(ctx, http.MethodPut, groupPath(id), groupRequest{groupProfile{Name: name}}, nil)
}

// DescribeGroup gives a group a description, and the name that it has or another.
func (c *Client) DescribeGroup(ctx context.Context, id directory.GroupID, name, description string) error {
	return c.call(ctx, http.MethodPut, groupPath(id), groupRequest{groupProfile{name, description}}, nil)
}

// DeleteGroup removes a group from Okta.
func (c *Client) DeleteGroup(ctx context.Context, id directory.GroupID) error {
	return c.call(ctx, http.MethodDelete, groupPath(id), nil, nil)
}

// Members returns who is in a group, in the order in which they joined.
func (c *Client) Members(ctx context.Context, id directory.GroupID) ([]User, error) {
	var all []User
	err := each(ctx, c, groupPath(id)+"/users", func(u User) { all = append(all, u) })
	return all, err
}

// A Group is a group as Okta's API shows it.
type Group struct {
	ID      directory.GroupID `json:"id"`
	Profile struct {
		Name string `json:"name"`
	} `json:"profile"`
}

// GroupsCalled are the groups whose name begins so, as the search field of a
// person's Groups tab finds them.
func (c *Client) GroupsCalled(ctx context.Context, beginning string) ([]Group, error) {
	var all []Group
	err := each(ctx, c, "/api/v1/groups?q="+url.QueryEscape(beginning), func(g Group) { all = append(all, g) })
	return all, err
}

// GroupsOf is a person's Groups tab.
func (c *Client) GroupsOf(ctx context.Context, id directory.PersonID) ([]Group, error) {
	var all []Group
	err := each(ctx, c, userPath(id)+"/groups", func(g Group) { all = append(all, g) })
	return all, err
}

// AddMember puts a person into a group.
func (c *Client) AddMember(ctx context.Context, group directory.GroupID, person directory.PersonID) error {
	return c.call(ctx, http.MethodPut, memberPath(group, person), nil, nil)
}

// RemoveMember takes a person out of a group.
func (c *Client) RemoveMember(ctx context.Context, group directory.GroupID, person directory.PersonID) error {
	return c.call(ctx, http.MethodDelete, memberPath(group, person), nil, nil)
}

// AddMembers puts several people into a group in one act, as only Okta's
// console can.
func (c *Client) AddMembers(ctx context.Context, group directory.GroupID, people ...directory.PersonID) error {
	return c.ChangeMembers(ctx, group, people, nil)
}

// RemoveMembers takes several people out of a group in one act, as only Okta's
// console can.
func (c *Client) RemoveMembers(ctx context.Context, group directory.GroupID, people ...directory.PersonID) error {
	return c.ChangeMembers(ctx, group, nil, people)
}

// ChangeMembers lets people join and leave a group in one act, as a group rule
// does.
func (c *Client) ChangeMembers(ctx context.Context, group directory.GroupID, joining, leaving []directory.PersonID) error {
	return c.call(ctx, http.MethodPost, path("/mock/v1/groups/%s/members", string(group)), membersRequest{Add: joining, Remove: leaving}, nil)
}
