package management

import (
	"errors"
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// profileMappings serves the mappings of an application's profile: two per
// application, from a user to an application user (To App) and back (To Okta). The
// second is empty: the mock fills no user from an application.
//
// Source: Okta management API, profile mappings (documented).
func (h *Handler) profileMappings() {
	h.on("GET /api/v1/mappings", h.listProfileMappings)
	h.on("GET /api/v1/mappings/{mapping}", h.getProfileMapping)
	h.on("POST /api/v1/mappings/{mapping}", h.alterProfileMapping)
}

type profileMappingRequest struct {
	// Properties are mappings by the names of the target's attributes; null takes one
	// away, and what is not named stays.
	Properties map[string]*propertyShape `json:"properties"`
}

type propertyShape struct {
	Expression string `json:"expression"`
	PushStatus string `json:"pushStatus,omitempty"` // PUSH on create and update, DONT_PUSH on create only
}

const (
	onCreateAndUpdate = "PUSH"
	onCreateOnly      = "DONT_PUSH"
)

func (s *propertyShape) mapping() (*directory.PropertyMapping, error) {
	if s == nil {
		return nil, nil
	}
	if s.PushStatus != "" && s.PushStatus != onCreateAndUpdate && s.PushStatus != onCreateOnly {
		return nil, badMapping("pushStatus: The value is neither PUSH nor DONT_PUSH")
	}
	return &directory.PropertyMapping{Expression: s.Expression, CreateOnly: s.PushStatus == onCreateOnly}, nil
}

func badMapping(why string) *Error {
	return oops(http.StatusBadRequest, "E0000045", "Field mapping bad request.", why)
}

// A profileMapping is one of an application's two.
type profileMapping struct {
	id    directory.ProfileMappingID
	app   directory.App
	toApp bool
}

type profileMappingView struct {
	ID         directory.ProfileMappingID `json:"id"`
	Source     mappingEndView             `json:"source"`
	Target     mappingEndView             `json:"target"`
	Properties *map[string]propertyShape  `json:"properties,omitempty"` // a list leaves them out
	Links      links                      `json:"_links"`
}

// A mappingEndView is what a mapping comes from, or goes to.
type mappingEndView struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Type  string `json:"type"` // user, or appuser
	Links links  `json:"_links"`
}

func (m profileMapping) view(r *http.Request) profileMappingView {
	user := mappingEndView{userType, "user", "user", links{
		"self": to(origin(r) + "/api/v1/meta/types/user/" + userType), "schema": to(origin(r) + "/api/v1/meta/schemas/user/default"),
	}}
	app := mappingEndView{string(m.app.ID), appName(m.app), "appuser", links{
		"self": to(origin(r) + appPath(m.app.ID)), "schema": to(origin(r) + schemaPath(m.app.ID)),
	}}
	view := profileMappingView{ID: m.id, Source: user, Target: app, Links: links{"self": to(origin(r) + "/api/v1/mappings/" + string(m.id))}}
	if !m.toApp {
		view.Source, view.Target = app, user
	}
	return view
}

func (h *Handler) allProfileMappings() []profileMapping {
	var all []profileMapping
	for _, a := range h.directory.Apps() {
		all = append(all, profileMapping{a.ToApp, a, true}, profileMapping{a.ToOkta, a, false})
	}
	return all
}

func (h *Handler) profileMapping(r *http.Request) (profileMapping, error) {
	id := directory.ProfileMappingID(r.PathValue("mapping"))
	for _, m := range h.allProfileMappings() {
		if m.id == id {
			return m, nil
		}
	}
	return profileMapping{}, &directory.NotFound{Kind: "ProfileMapping", ID: string(id)}
}

func (h *Handler) listProfileMappings(r *http.Request) (answer, error) {
	source, target := r.URL.Query().Get("sourceId"), r.URL.Query().Get("targetId")
	var found []profileMapping
	for _, m := range h.allProfileMappings() {
		view := m.view(r)
		if (source == "" || source == view.Source.ID) && (target == "" || target == view.Target.ID) {
			found = append(found, m)
		}
	}
	l := list[profileMapping]{usual: 20, most: 200, id: func(m profileMapping) string { return string(m.id) }}
	return l.page(r, l.of(found), func(m profileMapping) any { return m.view(r) })
}

func (h *Handler) getProfileMapping(r *http.Request) (answer, error) {
	m, err := h.profileMapping(r)
	if err != nil {
		return no(err)
	}
	properties := map[string]propertyShape{}
	if m.toApp {
		mappings, err := h.directory.ProfileMapping(m.app.ID)
		if err != nil {
			return no(err)
		}
		for name, p := range mappings {
			properties[name] = propertyShape{p.Expression, onOff(p.CreateOnly, onCreateOnly, onCreateAndUpdate)}
		}
	}
	view := m.view(r)
	view.Properties = &properties
	return ok(view)
}

func (h *Handler) alterProfileMapping(r *http.Request) (answer, error) {
	m, err := h.profileMapping(r)
	if err != nil {
		return no(err)
	}
	body, err := read[profileMappingRequest](r)
	if err != nil {
		return no(err)
	}
	if !m.toApp {
		return no(badMapping("The mock fills no user from an application"))
	}
	set := map[string]*directory.PropertyMapping{}
	for name, shape := range body.Properties {
		if set[name], err = shape.mapping(); err != nil {
			return no(err)
		}
	}
	effects, err := h.directory.SetProfileMapping(m.app.ID, set)
	var wrong *directory.Invalid
	if errors.As(err, &wrong) {
		return no(badMapping(wrong.Error()))
	}
	if err == nil {
		err = h.changed(r, effects)
	}
	if err != nil {
		return no(err)
	}
	return h.getProfileMapping(r)
}
