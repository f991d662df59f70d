package management

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// Map fills an attribute of the application's profile by an expression, such as
// "user.costCenter", on create and update, as a line of Provisioning > To App >
// Attribute Mappings does. Everybody assigned follows.
func (c *Client) Map(ctx context.Context, app directory.AppID, attribute, expression string) error {
	return c.alterMapping(ctx, app, attribute, &propertyShape{expression, onCreateAndUpdate})
}

// MapOnCreate is Map on create only: who has the application keeps what they have.
func (c *Client) MapOnCreate(ctx context.Context, app directory.AppID, attribute, expression string) error {
	return c.alterMapping(ctx, app, attribute, &propertyShape{expression, onCreateOnly})
}

// Unmap takes an attribute's mapping away. Nobody hears of it; what accounts have
// of the attribute they keep.
func (c *Client) Unmap(ctx context.Context, app directory.AppID, attribute string) error {
	return c.alterMapping(ctx, app, attribute, nil)
}

// Mapped returns what fills the application's profile, by the attributes' names.
func (c *Client) Mapped(ctx context.Context, app directory.AppID) (map[string]directory.PropertyMapping, error) {
	where, err := c.toAppPath(ctx, app)
	if err != nil {
		return nil, err
	}
	var shown profileMappingRequest
	if err := c.call(ctx, http.MethodGet, where, nil, &shown); err != nil {
		return nil, err
	}
	mapped := map[string]directory.PropertyMapping{}
	for name, shape := range shown.Properties {
		m, err := shape.mapping()
		if err != nil {
			return nil, err
		}
		if m != nil {
			mapped[name] = *m
		}
	}
	return mapped, nil
}

func (c *Client) alterMapping(ctx context.Context, app directory.AppID, attribute string, shape *propertyShape) error {
	where, err := c.toAppPath(ctx, app)
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, where, profileMappingRequest{map[string]*propertyShape{attribute: shape}}, nil)
}

// toAppPath is where the mapping from a user to the application's user is.
func (c *Client) toAppPath(ctx context.Context, app directory.AppID) (string, error) {
	var where string
	err := each(ctx, c, "/api/v1/mappings?targetId="+url.QueryEscape(string(app)), func(m profileMappingView) {
		where = path("/api/v1/mappings/%s", string(m.ID))
	})
	if err == nil && where == "" {
		err = fmt.Errorf("okta has no mapping to application %s", app)
	}
	return where, err
}
