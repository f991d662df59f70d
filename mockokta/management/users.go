package management

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
)

func (h *Handler) users() {
	h.on("POST /api/v1/users", h.createUser)
	h.on("GET /api/v1/users", h.listUsers)
	h.on("GET /api/v1/users/{user}", h.getUser)
	h.on("POST /api/v1/users/{user}", h.updateUser(h.directory.UpdateProfile))
	h.on("PUT /api/v1/users/{user}", h.updateUser(h.directory.ReplaceProfile))
	h.on("DELETE /api/v1/users/{user}", h.deleteUser)
	h.on("GET /api/v1/users/{user}/groups", h.listUserGroups)
	h.on("POST /api/v1/users/{user}/lifecycle/activate", h.lifecycle(h.directory.Activate))
	h.on("POST /api/v1/users/{user}/lifecycle/deactivate", h.lifecycle(h.directory.Deactivate))
	h.on("POST /api/v1/users/{user}/lifecycle/suspend", h.lifecycle(quietly(h.directory.Suspend)))
	h.on("POST /api/v1/users/{user}/lifecycle/unsuspend", h.lifecycle(quietly(h.directory.Unsuspend)))
}

// A userRequest is what clients send about a user. They also send empty
// objects and nulls, which mean unset (observed).
type userRequest struct {
	Profile     directory.Profile `json:"profile"`
	Credentials struct {
		Password struct {
			Value string `json:"value,omitempty"`
		} `json:"password"`
	} `json:"credentials"`
	GroupIDs []directory.GroupID `json:"groupIds,omitempty"`
}

// userType is the default user type, the only one that there is.
const userType = "otyMOCK0000000000001"

type userView struct {
	ID              directory.PersonID `json:"id"`
	Status          directory.Status   `json:"status"`
	Created         stamp              `json:"created"`
	Activated       stamp              `json:"activated"`
	StatusChanged   stamp              `json:"statusChanged"`
	LastLogin       stamp              `json:"lastLogin"`
	LastUpdated     stamp              `json:"lastUpdated"`
	PasswordChanged stamp              `json:"passwordChanged"`
	Type            map[string]string  `json:"type"`
	Profile         directory.Profile  `json:"profile"`
	Credentials     any                `json:"credentials"`
	Links           links              `json:"_links"`
}

// viewUser is a person as Okta shows them: four base attributes are always
// there, null when unset; others are left out (observed).
func viewUser(r *http.Request, p directory.Person) userView {
	self := origin(r) + "/api/v1/users/" + string(p.ID)
	profile := directory.Profile{"mobilePhone": nil, "secondEmail": nil}
	for name, value := range p.Profile {
		if value != nil {
			profile[name] = value
		}
	}
	return userView{
		ID: p.ID, Status: p.Status, Profile: profile,
		Created: stamp(p.Created), Activated: stamp(p.Activated), StatusChanged: stamp(p.StatusChanged), LastUpdated: stamp(p.LastUpdated),
		PasswordChanged: stamp(p.PasswordChanged),
		Type:            map[string]string{"id": userType},
		Credentials:     map[string]any{"provider": map[string]string{"type": "OKTA", "name": "OKTA"}},
		Links: links{
			"self": to(self), "suspend": act(self + "/lifecycle/suspend"), "deactivate": act(self + "/lifecycle/deactivate"),
			"activate": act(self + "/lifecycle/activate"),
		},
	}
}

func (h *Handler) createUser(r *http.Request) (answer, error) {
	body, err := read[userRequest](r)
	if err != nil {
		return no(err)
	}
	for _, g := range body.GroupIDs {
		if _, err := h.directory.Group(g); err != nil {
			return no(err)
		}
	}
	activate := r.URL.Query().Get("activate") != "false"
	password := body.Credentials.Password.Value
	p, err := h.directory.CreatePerson(body.Profile, activate, password != "")
	if err == nil && password != "" { // nobody is assigned yet, so that nobody hears of it
		if _, err = h.directory.SetPassword(p.ID, password); err == nil {
			p, err = h.directory.Person(p.ID)
		}
	}
	if err != nil {
		return no(err)
	}
	for _, g := range body.GroupIDs {
		effects, err := h.directory.AddMembers(g, p.ID)
		if err == nil {
			err = h.changed(r, effects)
		}
		if err != nil {
			return no(err)
		}
	}
	return ok(viewUser(r, p))
}

// listUsers leaves deactivated people out of plain and q listings, but not of
// searched and filtered ones (observed).
func (h *Handler) listUsers(r *http.Request) (answer, error) {
	q := r.URL.Query()
	expression := strings.TrimSpace(q.Get("search") + q.Get("filter"))
	matches, err := equals(expression)
	if err != nil {
		return no(err)
	}
	wanted := func(p directory.Person) bool {
		return (p.Status != directory.Deprovisioned || expression != "") && matches(attributeOf(p)) && startsWith(p, q.Get("q"))
	}
	l := list[directory.Person]{usual: 200, most: 200, id: func(p directory.Person) string { return string(p.ID) }}
	return l.page(r, l.where(wanted, h.directory.People), func(p directory.Person) any {
		view := viewUser(r, p)
		view.Links = links{"self": view.Links["self"]}
		return view
	})
}

func attributeOf(p directory.Person) func(string) string {
	return func(name string) string {
		switch name {
		case "id":
			return string(p.ID)
		case "status":
			return string(p.Status)
		}
		value, _ := p.Profile[strings.TrimPrefix(name, "profile.")].(string)
		return value
	}
}

func startsWith(p directory.Person, q string) bool {
	return q == "" || hasPrefix(p.Profile["firstName"], q) || hasPrefix(p.Profile["lastName"], q) || hasPrefix(p.Profile["email"], q)
}

func (h *Handler) getUser(r *http.Request) (answer, error) {
	p, err := h.directory.Find(r.PathValue("user"))
	if err != nil {
		return no(err)
	}
	view := viewUser(r, p)
	text, err := json.Marshal(view)
	if err != nil {
		return no(err)
	}
	return answer{body: view, header: http.Header{"Etag": {fmt.Sprintf(`W/"%x"`, sha256.Sum256(text))}}}, nil
}

// listUserGroups is a person's Groups tab.
func (h *Handler) listUserGroups(r *http.Request) (answer, error) {
	p, err := h.directory.Find(r.PathValue("user"))
	if err != nil {
		return no(err)
	}
	var in []directory.Group
	for _, g := range h.directory.Groups() {
		if slices.Contains(g.Members, p.ID) {
			in = append(in, g)
		}
	}
	l := list[directory.Group]{usual: 200, most: 200, id: func(g directory.Group) string { return string(g.ID) }}
	return l.page(r, l.of(in), func(g directory.Group) any { return viewGroup(r, g) })
}

// updateUser serves POST, which changes what it names, and PUT, which replaces.
func (h *Handler) updateUser(set func(directory.PersonID, directory.Profile) ([]directory.Effect, error)) func(*http.Request) (answer, error) {
	return func(r *http.Request) (answer, error) {
		p, err := h.directory.Find(r.PathValue("user"))
		if err != nil {
			return no(err)
		}
		body, err := read[userRequest](r)
		if err != nil {
			return no(err)
		}
		effects, err := set(p.ID, maps.Clone(body.Profile))
		if password := body.Credentials.Password.Value; err == nil && password != "" {
			var more []directory.Effect
			more, err = h.directory.SetPassword(p.ID, password)
			effects = append(effects, more...)
		}
		if err != nil {
			return no(err)
		}
		if err := h.changed(r, effects); err != nil {
			return no(err)
		}
		if p, err = h.directory.Person(p.ID); err != nil {
			return no(err)
		}
		return ok(viewUser(r, p))
	}
}

func (h *Handler) lifecycle(do func(directory.PersonID) ([]directory.Effect, error)) func(*http.Request) (answer, error) {
	return func(r *http.Request) (answer, error) {
		if err := h.actOnUser(r, do); err != nil {
			return no(err)
		}
		return nothing()
	}
}

func (h *Handler) deleteUser(r *http.Request) (answer, error) {
	if err := h.actOnUser(r, h.directory.DeletePerson); err != nil {
		return no(err)
	}
	return noContent()
}

func (h *Handler) actOnUser(r *http.Request, do func(directory.PersonID) ([]directory.Effect, error)) error {
	p, err := h.directory.Find(r.PathValue("user"))
	if err != nil {
		return err
	}
	effects, err := do(p.ID)
	if err != nil {
		return err
	}
	return h.changed(r, effects)
}

// quietly is an act that provisioning never hears of.
func quietly(do func(directory.PersonID) error) func(directory.PersonID) ([]directory.Effect, error) {
	return func(id directory.PersonID) ([]directory.Effect, error) { return nil, do(id) }
}
