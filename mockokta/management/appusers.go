package management

import (
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
)

func (h *Handler) appUsers() {
	h.on("POST /api/v1/apps/{app}/users", h.assign)
	h.on("GET /api/v1/apps/{app}/users", h.listAppUsers)
	h.on("GET /api/v1/apps/{app}/users/{user}", h.getAppUser)
	h.on("POST /api/v1/apps/{app}/users/{user}", h.editAppUser)
	h.on("DELETE /api/v1/apps/{app}/users/{user}", h.unassign)
}

type appUserRequest struct {
	ID          directory.PersonID `json:"id,omitempty"`
	Scope       string             `json:"scope,omitempty"`
	Credentials appCredentials     `json:"credentials,omitzero"`
	Profile     directory.Profile  `json:"profile,omitempty"`
}

type appCredentials struct {
	UserName string `json:"userName"`
}

// own are the attributes that the request sets for this person alone. The
// application username is one of them; typed as the login has it, it is nobody's own
// and follows the login from then on (inference).
func (b appUserRequest) own(p directory.Person) directory.Profile {
	own := directory.Profile{}
	for name, value := range b.Profile {
		own[name] = value
	}
	switch name := b.Credentials.UserName; name {
	case "":
	case p.Profile["login"]:
		own["userName"] = nil
	default:
		own["userName"] = name
	}
	return own
}

type appUserView struct {
	ID              directory.PersonID `json:"id"`
	ExternalID      *string            `json:"externalId"`
	Created         stamp              `json:"created"`
	LastUpdated     stamp              `json:"lastUpdated"`
	Scope           directory.Scope    `json:"scope"`
	Status          string             `json:"status"`
	SyncState       string             `json:"syncState"`
	ErrorSummary    string             `json:"errorSummary,omitempty"` // the words of ERROR, which Okta shows in its console alone
	PasswordChanged stamp              `json:"passwordChanged"`
	Credentials     appCredentials     `json:"credentials"`
	Profile         directory.Profile  `json:"profile"`
	Links           links              `json:"_links"`
}

// viewAppUser shows an assignment. STAGED is queued, PROVISIONED is done and
// has the target's id for externalId; without provisioning it is ACTIVE and
// DISABLED (documented; the latter observed).
func (h *Handler) viewAppUser(r *http.Request, a directory.App, as directory.Assignment) (appUserView, error) {
	p, err := h.directory.Person(as.Person)
	if err != nil {
		return appUserView{}, err
	}
	profile := as.Profile(p)
	userName, _ := profile["userName"].(string)
	delete(profile, "userName")
	view := appUserView{
		ID: p.ID, Created: stamp(as.Created), LastUpdated: stamp(as.LastUpdated), Scope: as.Scope,
		Status: "ACTIVE", SyncState: "DISABLED",
		Credentials: appCredentials{userName}, Profile: profile,
		Links: links{
			"app":  to(origin(r) + "/api/v1/apps/" + string(a.ID)),
			"user": to(origin(r) + "/api/v1/users/" + string(p.ID)),
		},
	}
	if as.Group != "" {
		view.Links["group"] = to(origin(r) + "/api/v1/groups/" + string(as.Group))
	}
	if standing := h.hooks.Account(a.ID, p.ID); a.Provisions() && (a.Settings.CreateUsers || standing.ID != "") {
		view.synced(standing)
	}
	return view, nil
}

func (v *appUserView) synced(s Standing) {
	v.Status, v.SyncState = "STAGED", "OUT_OF_SYNC"
	if s.ID != "" {
		v.ExternalID, v.Status, v.SyncState = &s.ID, "PROVISIONED", "SYNCHRONIZED"
	}
	switch {
	case s.Busy:
		v.SyncState = "SYNCING"
	case s.Error != "":
		v.SyncState, v.ErrorSummary = "ERROR", s.Error
	}
}

func (h *Handler) assign(r *http.Request) (answer, error) {
	body, err := read[appUserRequest](r)
	if err != nil {
		return no(err)
	}
	if body.Scope != "" && body.Scope != string(directory.ScopeUser) {
		return no(invalid("scope", "A person is assigned with scope USER"))
	}
	p, err := h.directory.Person(body.ID)
	if err != nil {
		return no(err)
	}
	if as, err := h.directory.Assignment(appID(r), p.ID); err == nil && as.Scope == directory.ScopeUser {
		return no(oops(http.StatusConflict, "E0000062", "The given user is already assigned to the application."))
	}
	c, err := h.directory.Assign(appID(r), p.ID, body.own(p))
	if err != nil {
		return no(err)
	}
	if err := h.changedIn(r, appID(r), c); err != nil {
		return no(err)
	}
	return h.appUser(r, p.ID)
}

func (h *Handler) appUser(r *http.Request, person directory.PersonID) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	as, err := h.directory.Assignment(a.ID, person)
	if err != nil {
		return no(err)
	}
	view, err := h.viewAppUser(r, a, as)
	if err != nil {
		return no(err)
	}
	return ok(view)
}

func (h *Handler) getAppUser(r *http.Request) (answer, error) {
	return h.appUser(r, directory.PersonID(r.PathValue("user")))
}

func (h *Handler) listAppUsers(r *http.Request) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	read := func(p directory.Part) ([]appUserView, error) {
		assignments, err := h.directory.Assignments(a.ID, p)
		var some []appUserView
		for _, as := range assignments {
			view, err := h.viewAppUser(r, a, as)
			if err != nil {
				return nil, err
			}
			some = append(some, view)
		}
		return some, err
	}
	wanted := func(v appUserView) bool { q := r.URL.Query().Get("q"); return q == "" || v.startsWith(q) }
	l := list[appUserView]{usual: 50, most: 500, id: func(v appUserView) string { return string(v.ID) }}
	return l.page(r, l.where(wanted, read), func(v appUserView) any { return v })
}

func (v appUserView) startsWith(q string) bool {
	return hasPrefix(v.Credentials.UserName, q) || hasPrefix(v.Profile["givenName"], q) || hasPrefix(v.Profile["familyName"], q) || hasPrefix(v.Profile["email"], q)
}

func (h *Handler) editAppUser(r *http.Request) (answer, error) {
	p, err := h.directory.Person(directory.PersonID(r.PathValue("user")))
	if err != nil {
		return no(err)
	}
	body, err := read[appUserRequest](r)
	if err != nil {
		return no(err)
	}
	c, err := h.directory.Edit(appID(r), p.ID, body.own(p))
	if err != nil {
		return no(err)
	}
	if err := h.changedIn(r, appID(r), c); err != nil {
		return no(err)
	}
	return h.appUser(r, p.ID)
}

func (h *Handler) unassign(r *http.Request) (answer, error) {
	c, err := h.directory.Unassign(appID(r), directory.PersonID(r.PathValue("user")))
	if err != nil {
		return no(err)
	}
	if err := h.changedIn(r, appID(r), c); err != nil {
		return no(err)
	}
	return noContent()
}
