package management

import (
	"cmp"
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
)

func (h *Handler) pushMappings() {
	const mappings = "/api/v1/apps/{app}/group-push/mappings"
	h.on("POST "+mappings, h.push)
	h.on("GET "+mappings, h.listMappings)
	h.on("GET "+mappings+"/{mapping}", h.getMapping)
	h.on("PATCH "+mappings+"/{mapping}", h.setPush)
	h.on("DELETE "+mappings+"/{mapping}", h.unlink)
	h.pushConsole()
}

type mappingRequest struct {
	SourceGroupID   directory.GroupID `json:"sourceGroupId,omitempty"`
	TargetGroupName string            `json:"targetGroupName,omitempty"`
	TargetGroupID   directory.GroupID `json:"targetGroupId,omitempty"`
	Status          string            `json:"status,omitempty"`
}

type mappingView struct {
	ID            directory.MappingID `json:"id"`
	Created       second              `json:"created"`
	LastUpdated   second              `json:"lastUpdated"`
	SourceGroupID directory.GroupID   `json:"sourceGroupId"`
	TargetGroupID directory.GroupID   `json:"targetGroupId"`
	Status        string              `json:"status"` // ACTIVE, INACTIVE, or ERROR, which only Okta sets
	LastPush      *second             `json:"lastPush,omitempty"`
	ErrorSummary  string              `json:"errorSummary,omitempty"`
	Links         links               `json:"_links"`
}

func (h *Handler) viewMapping(r *http.Request, m directory.PushMapping) mappingView {
	groups := origin(r) + "/api/v1/groups/"
	view := mappingView{
		ID: m.ID, Created: second(m.Created), LastUpdated: second(m.LastUpdated),
		SourceGroupID: m.Group, TargetGroupID: m.TargetGroup,
		Status: onOff(m.Active, "ACTIVE", "INACTIVE"),
		Links: links{
			"app":         to(origin(r) + "/api/v1/apps/" + r.PathValue("app")),
			"sourceGroup": to(groups + string(m.Group)), "targetGroup": to(groups + string(m.TargetGroup)),
		},
	}
	s := h.hooks.Group(appID(r), m.Group)
	if !s.Pushed.IsZero() {
		pushed := second(s.Pushed)
		view.LastPush = &pushed
	}
	if s.Error != "" && m.Active {
		view.Status, view.ErrorSummary = "ERROR", s.Error
	}
	return view
}

func mappingID(r *http.Request) directory.MappingID {
	return directory.MappingID(r.PathValue("mapping"))
}

// active reads a status. A PATCH has to name one (inference: Okta's release notes of
// 2025.11.3 tell of validation errors for null attributes); a POST need not.
func active(status string) (bool, error) {
	switch status {
	case "ACTIVE":
		return true, nil
	case "INACTIVE":
		return false, nil
	}
	return false, invalid("status", "The value is neither ACTIVE nor INACTIVE")
}

// push makes a mapping: by the name that the group is to have at the target, or as a
// link to a group that an import brought, by Okta's id of that one. It is exactly one of
// the two (management API: documented; what is said to both and to none is inference).
func (h *Handler) push(r *http.Request) (answer, error) {
	body, err := read[mappingRequest](r)
	if err != nil {
		return no(err)
	}
	on, err := active(cmp.Or(body.Status, "ACTIVE"))
	if err != nil {
		return no(err)
	}
	var (
		m directory.PushMapping
		c directory.Change
	)
	switch byName, byID := body.TargetGroupName != "", body.TargetGroupID != ""; {
	case byName == byID:
		err = invalid("targetGroupName", "Exactly one of targetGroupName and targetGroupId must be given")
	case byName:
		m, c, err = h.directory.Push(appID(r), body.SourceGroupID, body.TargetGroupName, on)
	default:
		m, c, err = h.directory.LinkGroup(appID(r), body.SourceGroupID, body.TargetGroupID, on)
	}
	if err != nil {
		return no(err)
	}
	if err := h.changedIn(r, appID(r), c); err != nil {
		return no(err)
	}
	return ok(h.viewMapping(r, m))
}

func (h *Handler) listMappings(r *http.Request) (answer, error) {
	read := func(p directory.Part) ([]directory.PushMapping, error) { return h.directory.Mappings(appID(r), p) }
	group, status := r.URL.Query().Get("sourceGroupId"), r.URL.Query().Get("status")
	wanted := func(m directory.PushMapping) bool {
		return (group == "" || group == string(m.Group)) && (status == "" || status == h.viewMapping(r, m).Status)
	}
	l := list[directory.PushMapping]{usual: 100, most: 1000, id: func(m directory.PushMapping) string { return string(m.ID) }}
	return l.page(r, l.where(wanted, read), func(m directory.PushMapping) any { return h.viewMapping(r, m) })
}

func (h *Handler) getMapping(r *http.Request) (answer, error) {
	m, err := h.directory.Mapping(appID(r), mappingID(r))
	if err != nil {
		return no(err)
	}
	return ok(h.viewMapping(r, m))
}

func (h *Handler) setPush(r *http.Request) (answer, error) {
	body, err := read[mappingRequest](r)
	if err != nil {
		return no(err)
	}
	on, err := active(body.Status)
	if err != nil {
		return no(err)
	}
	c, err := h.directory.SetPush(appID(r), mappingID(r), on)
	if err != nil {
		return no(err)
	}
	if err := h.changedIn(r, appID(r), c); err != nil {
		return no(err)
	}
	return h.getMapping(r)
}

func deleteTarget(r *http.Request) (bool, error) {
	switch r.URL.Query().Get("deleteTargetGroup") {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, invalid("deleteTargetGroup", "The value is neither true nor false")
}

// unlink answers 200 without a body, as recorded; the documentation has 204.
func (h *Handler) unlink(r *http.Request) (answer, error) {
	too, err := deleteTarget(r)
	if err != nil {
		return no(err)
	}
	c, err := h.directory.Unlink(appID(r), mappingID(r), too)
	if err != nil {
		return no(err)
	}
	if err := h.changedIn(r, appID(r), c); err != nil {
		return no(err)
	}
	return answer{}, nil
}
