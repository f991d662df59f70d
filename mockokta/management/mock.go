package management

import (
	"fmt"
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// mock serves what administrators do in Okta's console alone, and what no
// Okta has: an engine that can be waited for.
func (h *Handler) mock() {
	h.on("POST /mock/v1/tokens", h.createToken)
	h.on("GET /mock/v1/catalogue", h.catalogue)
	h.on("GET /mock/v1/apps/{app}", h.showApp)
	h.on("POST /mock/v1/apps/{app}/scim", h.enableSCIM)
	h.on("POST /mock/v1/apps/{app}/test-connection", h.testConnection)
	h.on("POST /mock/v1/apps/{app}/provision-users", h.provisionUsers)
	h.on("POST /mock/v1/apps/{app}/force-sync", h.forceSync)
	h.on("PUT /mock/v1/apps/{app}/exclude-username-updates", h.excludeUserNameUpdates)
	h.on("POST /mock/v1/apps/{app}/users/{user}/unassign", h.askToUnassign)
	h.on("POST /mock/v1/apps/{app}/group-push/mappings/{mapping}/push", h.pushNow)
	h.on("POST /mock/v1/groups/{group}/members", h.changeMembers)
	h.on("GET /mock/v1/apps/{app}/groups/{group}/link", h.getGroupLink)
	h.on("POST /mock/v1/settle", h.settle)
	h.on("GET /mock/v1/tasks", h.tasks)
	h.on("POST /mock/v1/tasks/{task}/retry", h.retry)
	h.on("DELETE /mock/v1/tasks/{task}", h.completeTask)
	h.on("GET /mock/v1/warnings", h.warnings)
	h.on("PUT /mock/v1/seed", h.reseed)
}

func (h *Handler) enableSCIM(r *http.Request) (answer, error) {
	if err := h.directory.EnableSCIM(appID(r)); err != nil {
		return no(err)
	}
	return noContent()
}

// testConnection is the console's button Test API Credentials: it tries what has been
// filled in, which stands in the body as it does for Save, or, without a body, what is
// stored. Either way nothing is stored by it.
func (h *Handler) testConnection(r *http.Request) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	with := a.Connection
	if r.ContentLength != 0 {
		if with, err = readConnection(r, a); err != nil {
			return no(err)
		}
	}
	switch {
	case !a.SCIM:
		return no(invalid("connection", "The application has no provisioning"))
	case with.BaseURL == "":
		return no(invalid("connection", "There is none to test"))
	}
	if err := h.test(r, a.ID, with, r.URL.Query().Get("importGroups") == "true"); err != nil {
		return no(err)
	}
	return noContent()
}

// provisionUsers is the console's button Provision User, for everybody who is
// assigned and whose account Okta does not know.
func (h *Handler) provisionUsers(r *http.Request) (answer, error) {
	assignments, err := h.directory.Assignments(appID(r), directory.Part{})
	if err != nil {
		return no(err)
	}
	var waiting []directory.PersonID
	for _, as := range assignments {
		if s := h.hooks.Account(appID(r), as.Person); s.ID == "" && !s.Busy {
			waiting = append(waiting, as.Person)
		}
	}
	effects, err := h.directory.ProvisionUsers(appID(r), waiting)
	if err != nil {
		return no(err)
	}
	if err := h.changed(r, effects); err != nil {
		return no(err)
	}
	return noContent()
}

// forceSync is the console's button Force Sync.
func (h *Handler) forceSync(r *http.Request) (answer, error) {
	effects, err := h.directory.ForceSync(appID(r))
	if err != nil {
		return no(err)
	}
	if err := h.changed(r, effects); err != nil {
		return no(err)
	}
	return noContent()
}

type switchRequest struct {
	Enabled bool `json:"enabled"`
}

// excludeUserNameUpdates is the console's box Exclude Username Updates.
func (h *Handler) excludeUserNameUpdates(r *http.Request) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	body, err := read[switchRequest](r)
	if err != nil {
		return no(err)
	}
	a.Settings.ExcludeUserNames = body.Enabled
	if err := h.directory.Set(a.ID, a.Settings); err != nil {
		return no(err)
	}
	return noContent()
}

type confirmation struct {
	Confirmed bool   `json:"confirmed"`
	Question  string `json:"question,omitempty"`
}

// askToUnassign is the console's way to take an application from a person: it asks,
// and does so when it is told that this is meant. Okta's API does not ask.
func (h *Handler) askToUnassign(r *http.Request) (answer, error) {
	body, err := read[confirmation](r)
	if err != nil {
		return no(err)
	}
	if body.Confirmed {
		return h.unassign(r)
	}
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	as, err := h.directory.Assignment(a.ID, directory.PersonID(r.PathValue("user")))
	if err != nil {
		return no(err)
	}
	p, err := h.directory.Person(as.Person)
	if err != nil {
		return no(err)
	}
	return ok(confirmation{Question: fmt.Sprintf("Are you sure that %s is not to have %s any more?", as.UserName(p), a.Label)})
}

func (h *Handler) pushNow(r *http.Request) (answer, error) {
	c, err := h.directory.PushNow(appID(r), mappingID(r))
	if err != nil {
		return no(err)
	}
	if err := h.changedIn(r, appID(r), c); err != nil {
		return no(err)
	}
	return noContent()
}

type membersRequest struct {
	Add    []directory.PersonID `json:"add,omitempty"`
	Remove []directory.PersonID `json:"remove,omitempty"`
}

// changeMembers is several people in one act, as in the console's Assign
// people or by a group rule; Okta's API has one at a time.
func (h *Handler) changeMembers(r *http.Request) (answer, error) {
	body, err := read[membersRequest](r)
	if err != nil {
		return no(err)
	}
	effects, err := h.directory.ChangeMembers(groupID(r), body.Add, body.Remove)
	if err != nil {
		return no(err)
	}
	if err := h.changed(r, effects); err != nil {
		return no(err)
	}
	return noContent()
}

func (h *Handler) settle(r *http.Request) (answer, error) {
	if err := h.hooks.Settle(r.Context()); err != nil {
		return no(err)
	}
	return noContent()
}

func (h *Handler) tasks(*http.Request) (answer, error) {
	tasks := h.hooks.Tasks()
	if tasks == nil {
		tasks = []Task{}
	}
	return ok(tasks)
}

// retry is Retry Selected of Dashboard > Tasks. The task goes away when it
// succeeds, and has another error when it does not.
func (h *Handler) retry(r *http.Request) (answer, error) {
	if err := h.hooks.Retry(r.Context(), r.PathValue("task")); err != nil {
		return no(err)
	}
	return noContent()
}

// completeTask is Mark Complete: an administrator has seen to it otherwise.
func (h *Handler) completeTask(r *http.Request) (answer, error) {
	if err := h.hooks.CompleteTask(r.PathValue("task")); err != nil {
		return no(err)
	}
	return noContent()
}

// A Warning is about a plan that Okta does not support.
type Warning struct {
	App   directory.AppID   `json:"app"`
	Group directory.GroupID `json:"group"`
	Text  string            `json:"text"` // a sentence
}

func (h *Handler) warnings(*http.Request) (answer, error) {
	shown := []Warning{}
	for _, w := range h.directory.Warnings() {
		shown = append(shown, Warning(w))
	}
	return ok(shown)
}

type seedRequest struct {
	Seed uint64 `json:"seed"`
}

func (h *Handler) reseed(r *http.Request) (answer, error) {
	body, err := read[seedRequest](r)
	if err != nil {
		return no(err)
	}
	h.hooks.Reseed(body.Seed)
	return noContent()
}
