package management

import (
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// pushConsole serves what of the Push Groups tab real Okta has in its console alone:
// rules, Bulk edit, Retry All Groups, and whether linked groups are renamed.
func (h *Handler) pushConsole() {
	const tab = "/mock/v1/apps/{app}/group-push"
	h.on("PUT "+tab+"/rename-app-groups", h.renameAppGroups)
	h.on("POST "+tab+"/retry", h.retryAllGroups)
	h.on("POST "+tab+"/bulk", h.bulkEdit)
	h.on("POST "+tab+"/rules", h.addPushRule)
	h.on("GET "+tab+"/rules", h.listPushRules)
	h.on("PATCH "+tab+"/rules/{rule}", h.setPushRule)
	h.on("DELETE "+tab+"/rules/{rule}", h.deletePushRule)
}

// renameAppGroups is the box Rename app groups to match group name in Okta.
func (h *Handler) renameAppGroups(r *http.Request) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	body, err := read[switchRequest](r)
	if err != nil {
		return no(err)
	}
	a.Settings.KeepGroupNames = !body.Enabled
	if err := h.directory.Set(a.ID, a.Settings); err != nil {
		return no(err)
	}
	return noContent()
}

// retryAllGroups pushes every group that is in error.
func (h *Handler) retryAllGroups(r *http.Request) (answer, error) {
	mappings, err := h.directory.Mappings(appID(r), directory.Part{})
	if err != nil {
		return no(err)
	}
	var inError []directory.GroupID
	for _, m := range mappings {
		if h.hooks.Group(appID(r), m.Group).Error != "" {
			inError = append(inError, m.Group)
		}
	}
	return h.followed(r)(h.directory.RetryPushes(appID(r), inError))
}

// followed passes effects on, and has no answer of its own.
func (h *Handler) followed(r *http.Request) func([]directory.Effect, error) (answer, error) {
	return func(effects []directory.Effect, err error) (answer, error) {
		if err == nil {
			err = h.changed(r, effects)
		}
		if err != nil {
			return no(err)
		}
		return noContent()
	}
}

type bulkRequest struct {
	Mappings []directory.MappingID `json:"mappings"`
	Action   string                `json:"action"`
}

// bulkEdit does one thing to several mappings, or to none of them.
func (h *Handler) bulkEdit(r *http.Request) (answer, error) {
	body, err := read[bulkRequest](r)
	if err != nil {
		return no(err)
	}
	switch body.Action {
	case "ACTIVATE", "DEACTIVATE":
		return h.followed(r)(h.directory.SetPushes(appID(r), body.Action == "ACTIVATE", body.Mappings...))
	case "LEAVE", "DELETE":
		return h.followed(r)(h.directory.UnlinkAll(appID(r), body.Action == "DELETE", body.Mappings...))
	}
	return no(invalid("action", "The value is none of ACTIVATE, DEACTIVATE, LEAVE and DELETE"))
}

// A PushRule is a rule of the Push Groups tab.
type PushRule struct {
	ID     directory.RuleID    `json:"id,omitempty"`
	Name   string              `json:"name"`
	By     directory.RuleField `json:"by"`
	Match  directory.RuleMatch `json:"match"`
	Value  string              `json:"value"`
	Status string              `json:"status,omitempty"` // ACTIVE or INACTIVE
}

func viewPushRule(r directory.PushRule) PushRule {
	return PushRule{ID: r.ID, Name: r.Name, By: r.By, Match: r.Match, Value: r.Value, Status: onOff(r.Active, "ACTIVE", "INACTIVE")}
}

func (h *Handler) addPushRule(r *http.Request) (answer, error) {
	body, err := read[PushRule](r)
	if err != nil {
		return no(err)
	}
	rule, effects, err := h.directory.AddPushRule(appID(r), directory.PushRule{Name: body.Name, By: body.By, Match: body.Match, Value: body.Value})
	if err != nil {
		return no(err)
	}
	if err := h.changed(r, effects); err != nil {
		return no(err)
	}
	return ok(viewPushRule(rule))
}

func (h *Handler) listPushRules(r *http.Request) (answer, error) {
	rules, err := h.directory.PushRules(appID(r))
	if err != nil {
		return no(err)
	}
	shown := []PushRule{}
	for _, rule := range rules {
		shown = append(shown, viewPushRule(rule))
	}
	return ok(shown)
}

func ruleID(r *http.Request) directory.RuleID { return directory.RuleID(r.PathValue("rule")) }

func (h *Handler) setPushRule(r *http.Request) (answer, error) {
	body, err := read[mappingRequest](r)
	if err != nil {
		return no(err)
	}
	on, err := active(body.Status)
	if err != nil {
		return no(err)
	}
	return h.followed(r)(h.directory.SetPushRule(appID(r), ruleID(r), on))
}

func (h *Handler) deletePushRule(r *http.Request) (answer, error) {
	deleteTargets, err := deleteTarget(r)
	if err != nil {
		return no(err)
	}
	return h.followed(r)(h.directory.DeletePushRule(appID(r), ruleID(r), deleteTargets))
}
