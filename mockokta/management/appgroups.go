package management

import (
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
)

func (h *Handler) appGroups() {
	h.on("PUT /api/v1/apps/{app}/groups/{group}", h.assignGroup)
	h.on("GET /api/v1/apps/{app}/groups", h.listAppGroups)
	h.on("GET /api/v1/apps/{app}/groups/{group}", h.getAppGroup)
	h.on("DELETE /api/v1/apps/{app}/groups/{group}", h.unassignGroup)
}

type appGroupView struct {
	ID          directory.GroupID `json:"id"`
	LastUpdated stamp             `json:"lastUpdated"`
	Priority    int               `json:"priority"`
	Profile     map[string]any    `json:"profile"`
	Links       links             `json:"_links"`
}

func viewAppGroup(r *http.Request, ga directory.GroupAssignment) appGroupView {
	app := origin(r) + "/api/v1/apps/" + r.PathValue("app")
	return appGroupView{
		ID: ga.Group, LastUpdated: stamp(ga.LastUpdated), Priority: ga.Priority, Profile: map[string]any{},
		Links: links{
			"app": to(app), "self": to(app + "/groups/" + string(ga.Group)),
			"group": to(origin(r) + "/api/v1/groups/" + string(ga.Group)),
		},
	}
}

// assignGroup takes an empty object. Of a priority and a profile, which Okta also
// takes here, the mock knows nothing yet, and says so.
func (h *Handler) assignGroup(r *http.Request) (answer, error) {
	body, err := read[map[string]any](r)
	if err != nil {
		return no(err)
	}
	for name := range body {
		return no(invalid(name, "The mock gives an application to a group without priority and profile"))
	}
	effects, err := h.directory.AssignGroup(appID(r), groupID(r))
	if err != nil {
		return no(err)
	}
	if err := h.changed(r, effects); err != nil {
		return no(err)
	}
	return h.getAppGroup(r)
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
	return l.page(r, all, func(ga directory.GroupAssignment) any { return viewAppGroup(r, ga) })
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
