package management

import (
	"maps"
	"net/http"
	"slices"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// schemas serves the Profile Editor of an application.
//
// Source: Okta management API, app user schema (documented; what answers leave
// out is observed).
func (h *Handler) schemas() {
	h.on("GET /api/v1/meta/schemas/apps/{app}/default", h.getSchema)
	h.on("POST /api/v1/meta/schemas/apps/{app}/default", h.alterSchema)
}

type schemaRequest struct {
	Definitions struct {
		Custom struct {
			// Properties are attributes by their variable names; null removes one.
			Properties map[string]*attributeShape `json:"properties"`
		} `json:"custom"`
	} `json:"definitions"`
}

// An attributeShape is an attribute as a property of the schema. What the mock has
// no use for, such as permissions and master, is read and dropped, as real
// organisations drop it from their answers (observed).
type attributeShape struct {
	Title             string             `json:"title,omitempty"`
	Type              directory.DataType `json:"type,omitempty"`
	Items             *itemsShape        `json:"items,omitempty"`
	Scope             string             `json:"scope,omitempty"`
	Required          bool               `json:"required,omitempty"`
	ExternalName      string             `json:"externalName,omitempty"`
	ExternalNamespace string             `json:"externalNamespace,omitempty"`
}

type itemsShape struct {
	Type directory.DataType `json:"type"`
}

func shapeOf(a directory.Attribute) *attributeShape {
	s := &attributeShape{
		Title: a.Title, Type: a.Type, Scope: "NONE",
		ExternalName: a.ExternalName, ExternalNamespace: a.ExternalNamespace,
	}
	if a.Items != "" {
		s.Items = &itemsShape{a.Items}
	}
	return s
}

func (s attributeShape) attribute(name string) directory.Attribute {
	a := directory.Attribute{
		Name: name, Title: s.Title, Type: s.Type,
		ExternalName: s.ExternalName, ExternalNamespace: s.ExternalNamespace,
	}
	if s.Items != nil {
		a.Items = s.Items.Type
	}
	return a
}

type schemaView struct {
	ID          string                    `json:"id"`
	Schema      string                    `json:"$schema"`
	Name        string                    `json:"name"`
	Title       string                    `json:"title"`
	Created     stamp                     `json:"created"`
	LastUpdated stamp                     `json:"lastUpdated"`
	Definitions map[string]definitionView `json:"definitions"`
	Type        string                    `json:"type"`
	Properties  any                       `json:"properties"`
}

type definitionView struct {
	ID         string                     `json:"id"`
	Type       string                     `json:"type"`
	Properties map[string]*attributeShape `json:"properties"`
	Required   []string                   `json:"required"`
}

// base is the part of an application's profile that is there from the start.
var base = definitionView{ID: "#base", Type: "object", Required: []string{"userName"}, Properties: map[string]*attributeShape{
	"userName":    {Title: "Username", Type: directory.String, Scope: "NONE", Required: true},
	"givenName":   {Title: "Given name", Type: directory.String, Scope: "NONE"},
	"familyName":  {Title: "Family name", Type: directory.String, Scope: "NONE"},
	"email":       {Title: "Email", Type: directory.String, Scope: "NONE"},
	"displayName": {Title: "Display name", Type: directory.String, Scope: "NONE"},
	"locale":      {Title: "Locale", Type: directory.String, Scope: "NONE"},
	"title":       {Title: "Title", Type: directory.String, Scope: "NONE"},
}}

func (h *Handler) getSchema(r *http.Request) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	attributes, err := h.directory.Attributes(a.ID)
	if err != nil {
		return no(err)
	}
	custom := definitionView{ID: "#custom", Type: "object", Properties: map[string]*attributeShape{}, Required: []string{}}
	for _, at := range attributes {
		custom.Properties[at.Name] = shapeOf(at)
	}
	return ok(schemaView{
		ID: origin(r) + r.URL.EscapedPath(), Schema: "http://json-schema.org/draft-04/schema#",
		Name: appName(a), Title: a.Label + " User", Created: stamp(a.Created), LastUpdated: stamp(a.LastUpdated),
		Definitions: map[string]definitionView{"custom": custom, "base": base}, Type: "object",
		Properties: map[string]any{"profile": map[string]any{"allOf": []map[string]string{
			{"$ref": "#/definitions/custom"}, {"$ref": "#/definitions/base"},
		}}},
	})
}

// alterSchema is a partial update: what the request does not name stays. Several
// attributes in one request are added in the order of their names.
func (h *Handler) alterSchema(r *http.Request) (answer, error) {
	body, err := read[schemaRequest](r)
	if err != nil {
		return no(err)
	}
	properties := body.Definitions.Custom.Properties
	var set []directory.Attribute
	var remove []string
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if s := properties[name]; s != nil {
			set = append(set, s.attribute(name))
		} else {
			remove = append(remove, name)
		}
	}
	if err := h.directory.SetAttributes(appID(r), set, remove); err != nil {
		return no(err)
	}
	return h.getSchema(r)
}
