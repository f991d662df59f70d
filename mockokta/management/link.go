package management

import (
	"context"
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A groupLink is what Okta knows of a pushed group at the target. Okta's own API
// shows it for people (externalId) and not for groups.
type groupLink struct {
	ID string `json:"externalId"`
}

func (h *Handler) getGroupLink(r *http.Request) (answer, error) {
	return ok(groupLink{h.hooks.Group(appID(r), groupID(r)).ID})
}

// GroupLink returns the id under which Okta knows a pushed group at the target,
// "" when it knows none. Real Okta keeps it to itself.
func (c *Client) GroupLink(ctx context.Context, app directory.AppID, group directory.GroupID) (string, error) {
	var link groupLink
	err := c.call(ctx, http.MethodGet, path("/mock/v1/apps/%s/groups/%s/link", string(app), string(group)), nil, &link)
	return link.ID, err
}
