package management

import (
	"fmt"
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
	Title string             `json:"title,omitempty"`
	Type  directory.DataType `json:"type,omitempty"`
	Items *itemsShape        `json:"items,omitempty"`
	enumShape
	Scope             string `json:"scope,omitempty"`
	Required          bool   `json:"required,omitempty"`
	ExternalName      string `json:"externalName,omitempty"`
	ExternalNamespace string `json:"externalNamespace,omitempty"`
}

type itemsShape struct {
	Type directory.DataType `json:"type"`
	enumShape
}

// An enumShape is an enumerated list, in the attribute or in an array's items:
// the values, and each with what the console shows for it.
type enumShape struct {
	Enum  []any         `json:"enum,omitempty"`
	OneOf []choiceShape `json:"oneOf,omitempty"`
}

type choiceShape struct {
	Const any    `json:"const"`
	Title string `json:"title"`
}

func enumOf(choices []directory.Choice) (e enumShape) {
	for _, c := range choices {
		e.Enum = append(e.Enum, c.Const)
		e.OneOf = append(e.OneOf, choiceShape(c))
	}
	return e
}

// choices are those of oneOf; without it the values are their own titles.
func (e enumShape) choices() (all []directory.Choice) {
	for _, c := range e.OneOf {
		all = append(all, directory.Choice(c))
	}
	if all == nil {
		for _, v := range e.Enum {
			all = append(all, directory.Choice{Const: v, Title: fmt.Sprint(v)})
		}
	}
	return all
}

func shapeOf(a directory.Attribute) *attributeShape {
	s := &attributeShape{
		Title: a.Title, Type: a.Type, Scope: onOff(a.Personal, personal, ofGroups),
		ExternalName: a.ExternalName, ExternalNamespace: a.ExternalNamespace,
	}
	if a.Items != "" {
		s.Items = &itemsShape{a.Items, enumOf(a.Enum)}
	} else {
		s.enumShape = enumOf(a.Enum)
	}
	return s
}

// The scopes of an attribute: a group cannot set a personal one (documented).
const (
	personal = "SELF"
	ofGroups = "NONE"
)

func (s attributeShape) attribute(name string) (directory.Attribute, error) {
	a := directory.Attribute{
		Name: name, Title: s.Title, Type: s.Type, Enum: s.choices(), Personal: s.Scope == personal,
		ExternalName: s.ExternalName, ExternalNamespace: s.ExternalNamespace,
	}
	if s.Items != nil {
		a.Items = s.Items.Type
		a.Enum = append(a.Enum, s.Items.choices()...)
	}
	if s.Scope != "" && s.Scope != personal && s.Scope != ofGroups {
		return a, invalid("scope", "The value is neither SELF nor NONE")
	}
	return a, nil
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
func base() definitionView {
	view := definitionView{ID: "#base", Type: "object", Properties: map[string]*attributeShape{}, Required: []string{"userName"}}
	for _, a := range directory.BaseProfile() {
		shape := shapeOf(a)
		shape.Required = slices.Contains(view.Required, a.Name)
		view.Properties[a.Name] = shape
	}
	return view
}

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
		Definitions: map[string]definitionView{"custom": custom, "base": base()}, Type: "object",
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
		if properties[name] == nil {
			remove = append(remove, name)
			continue
		}
		a, err := properties[name].attribute(name)
		if err != nil {
			return no(err)
		}
		set = append(set, a)
	}
	if err := h.directory.SetAttributes(appID(r), set, remove); err != nil {
		return no(err)
	}
	return h.getSchema(r)
}
