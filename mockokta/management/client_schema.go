package management

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// AddAttribute is Add Attribute and Save in the application's Profile Editor. An
// attribute of that name is changed.
func (c *Client) AddAttribute(ctx context.Context, app directory.AppID, a directory.Attribute) error {
	return c.alterSchema(ctx, app, a.Name, shapeOf(a))
}

// RemoveAttribute takes a custom attribute out of the application's profile, with
// the values that people have of it in Okta.
func (c *Client) RemoveAttribute(ctx context.Context, app directory.AppID, name string) error {
	return c.alterSchema(ctx, app, name, nil)
}

func (c *Client) alterSchema(ctx context.Context, app directory.AppID, name string, shape *attributeShape) error {
	var asked schemaRequest
	asked.Definitions.Custom.Properties = map[string]*attributeShape{name: shape}
	return c.call(ctx, http.MethodPost, schemaPath(app), asked, nil)
}

// Attributes returns the application's custom attributes, in the order of their
// names.
func (c *Client) Attributes(ctx context.Context, app directory.AppID) ([]directory.Attribute, error) {
	var schema struct {
		Definitions map[string]definitionView `json:"definitions"`
	}
	if err := c.call(ctx, http.MethodGet, schemaPath(app), nil, &schema); err != nil {
		return nil, err
	}
	var all []directory.Attribute
	custom := schema.Definitions["custom"].Properties
	for _, name := range slices.Sorted(maps.Keys(custom)) {
		a, err := custom[name].attribute(name)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

func schemaPath(a directory.AppID) string {
	return path("/api/v1/meta/schemas/apps/%s/default", string(a))
}
