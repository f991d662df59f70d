package management

import (
	"maps"
	"math"
	"net/http"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
)

func (h *Handler) appGroups() {
	h.on("PUT /api/v1/apps/{app}/groups/{group}", h.assignGroup)
	h.on("PATCH /api/v1/apps/{app}/groups/{group}", h.editAppGroup)
	h.on("GET /api/v1/apps/{app}/groups", h.listAppGroups)
	h.on("GET /api/v1/apps/{app}/groups/{group}", h.getAppGroup)
	h.on("DELETE /api/v1/apps/{app}/groups/{group}", h.unassignGroup)
}

type appGroupView struct {
	ID          directory.GroupID `json:"id"`
	LastUpdated stamp             `json:"lastUpdated"`
	Priority    int               `json:"priority"`
	Profile     directory.Profile `json:"profile"`
	Links       links             `json:"_links"`
}

func viewAppGroup(r *http.Request, ga directory.GroupAssignment) appGroupView {
	app := origin(r) + "/api/v1/apps/" + r.PathValue("app")
	profile := directory.Profile{}
	maps.Copy(profile, ga.Profile)
	return appGroupView{
		ID: ga.Group, LastUpdated: stamp(ga.LastUpdated), Priority: ga.Priority, Profile: profile,
		Links: links{
			"app": to(app), "self": to(app + "/groups/" + string(ga.Group)),
			"group": to(origin(r) + "/api/v1/groups/" + string(ga.Group)),
		},
	}
}

// An appGroupRequest may be empty: the group then stands behind the others and
// sets nothing. A PATCH has operations in its place.
type appGroupRequest struct {
	Priority *int              `json:"priority,omitempty"`
	Profile  directory.Profile `json:"profile,omitempty"`
}

func (h *Handler) assignGroup(r *http.Request) (answer, error) {
	body, err := read[appGroupRequest](r)
	if err != nil {
		return no(err)
	}
	effects, err := h.directory.AssignGroupWith(appID(r), groupID(r), body.Priority, body.Profile)
	if err != nil {
		return no(err)
	}
	if err := h.changed(r, effects); err != nil {
		return no(err)
	}
	return h.getAppGroup(r)
}

// A patchOperation is one of JSON Patch (RFC 6902), as Okta takes it here.
type patchOperation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// editAppGroup changes the priority or single values of a group's profile.
func (h *Handler) editAppGroup(r *http.Request) (answer, error) {
	operations, err := read[[]patchOperation](r)
	if err != nil {
		return no(err)
	}
	asked := appGroupRequest{Profile: directory.Profile{}}
	for _, o := range operations {
		if err := o.into(&asked); err != nil {
			return no(err)
		}
	}
	effects, err := h.directory.EditGroupAssignment(appID(r), groupID(r), asked.Priority, asked.Profile)
	if err != nil {
		return no(err)
	}
	if err := h.changed(r, effects); err != nil {
		return no(err)
	}
	return h.getAppGroup(r)
}

// into says what the operation asks for. Real clients send replace (documented);
// add is the same here, and remove is to replace by nothing (RFC 6902).
func (o patchOperation) into(asked *appGroupRequest) error {
	switch o.Op {
	case "replace", "add":
	case "remove":
		o.Value = nil
	default:
		return invalid("op", "The value is none of replace, add and remove")
	}
	name, ofProfile := strings.CutPrefix(o.Path, "/profile/")
	n, isNumber := o.Value.(float64)
	switch {
	case ofProfile:
		asked.Profile[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)] = o.Value
	case o.Path != "/priority":
		return invalid("path", "The value is neither /priority nor /profile/ and an attribute")
	case !isNumber || n != math.Trunc(n) || math.Abs(n) > math.MaxInt32:
		return invalid("priority", "The value is no whole number")
	default:
		priority := int(n)
		asked.Priority = &priority
	}
	return nil
}

func (h *Handler) getAppGroup(r *http.Request) (answer, error) {
	all, err := h.directory.GroupAssignments(appID(r))
	if err != nil {
		return no(err)
	}
	for _, ga := range all {
		if ga.Group == groupID(r) {
			return ok(viewAppGroup(r, ga))
		}
	}
	return no(&directory.NotFound{Kind: "ApplicationGroupAssignment", ID: r.PathValue("group")})
}

func (h *Handler) listAppGroups(r *http.Request) (answer, error) {
	all, err := h.directory.GroupAssignments(appID(r))
	if err != nil {
		return no(err)
	}
	l := list[directory.GroupAssignment]{usual: 20, most: 200, id: func(ga directory.GroupAssignment) string { return string(ga.Group) }}
	return l.page(r, l.of(all), func(ga directory.GroupAssignment) any { return viewAppGroup(r, ga) })
}

func (h *Handler) unassignGroup(r *http.Request) (answer, error) {
	effects, err := h.directory.UnassignGroup(appID(r), groupID(r))
	if err != nil {
		return no(err)
	}
	if err := h.changed(r, effects); err != nil {
		return no(err)
	}
	return noContent()
}
