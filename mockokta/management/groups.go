package management

import (
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
)

func (h *Handler) groups() {
	h.on("POST /api/v1/groups", h.createGroup)
	h.on("GET /api/v1/groups", h.listGroups)
	h.on("GET /api/v1/groups/{group}", h.getGroup)
	h.on("PUT /api/v1/groups/{group}", h.renameGroup)
	h.on("DELETE /api/v1/groups/{group}", h.deleteGroup)
	h.on("GET /api/v1/groups/{group}/users", h.listMembers)
	h.on("PUT /api/v1/groups/{group}/users/{user}", h.member(h.directory.AddMembers))
	h.on("DELETE /api/v1/groups/{group}/users/{user}", h.member(h.directory.RemoveMembers))
}

type groupRequest struct {
	Profile groupProfile `json:"profile"`
}

type groupProfile struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

type groupView struct {
	ID                    directory.GroupID `json:"id"`
	Created               stamp             `json:"created"`
	LastUpdated           stamp             `json:"lastUpdated"`
	LastMembershipUpdated stamp             `json:"lastMembershipUpdated"`
	ObjectClass           []string          `json:"objectClass"`
	Type                  string            `json:"type"`
	Profile               groupProfile      `json:"profile"`
	Links                 links             `json:"_links"`
}

func viewGroup(r *http.Request, g directory.Group) groupView {
	self := origin(r) + "/api/v1/groups/" + string(g.ID)
	return groupView{
		ID: g.ID, Created: stamp(g.Created), LastUpdated: stamp(g.LastUpdated), LastMembershipUpdated: stamp(g.LastMembershipUpdated),
		ObjectClass: []string{"okta:user_group"}, Type: "OKTA_GROUP",
		Profile: groupProfile{g.Name, g.Description},
		Links:   links{"users": to(self + "/users"), "apps": to(self + "/apps")},
	}
}

func groupID(r *http.Request) directory.GroupID { return directory.GroupID(r.PathValue("group")) }

func (h *Handler) createGroup(r *http.Request) (answer, error) {
	body, err := read[groupRequest](r)
	if err != nil {
		return no(err)
	}
	g, err := h.directory.CreateGroup(body.Profile.Name, body.Profile.Description)
	if err != nil {
		return no(err)
	}
	effects, err := h.directory.FollowPushRules(g.ID)
	if err != nil {
		return no(err)
	}
	if err := h.changed(r, effects); err != nil {
		return no(err)
	}
	return ok(viewGroup(r, g))
}

func (h *Handler) listGroups(r *http.Request) (answer, error) {
	q := r.URL.Query()
	matches, err := equals(q.Get("search") + q.Get("filter"))
	if err != nil {
		return no(err)
	}
	var found []directory.Group
	for _, g := range h.directory.Groups() {
		attribute := func(name string) string {
			return map[string]string{"id": string(g.ID), "type": "OKTA_GROUP", "profile.name": g.Name, "profile.description": g.Description}[name]
		}
		if matches(attribute) && hasPrefix(g.Name, q.Get("q")) {
			found = append(found, g)
		}
	}
	l := list[directory.Group]{usual: 10000, most: 10000, id: func(g directory.Group) string { return string(g.ID) }}
	return l.page(r, l.of(found), func(g directory.Group) any { return viewGroup(r, g) })
}

func (h *Handler) getGroup(r *http.Request) (answer, error) {
	g, err := h.directory.Group(groupID(r))
	if err == nil {
		return ok(viewGroup(r, g))
	}
	if theirs, none := h.directory.AppGroup(groupID(r)); none == nil {
		return ok(viewAppSide(r, theirs))
	}
	return no(err)
}

// viewAppSide shows a group of a target's, to which the views of mappings link. That its
// class is the same as that of Okta's own groups is inference, and so is that the link to
// its application is called source, as Okta's SDKs have it. The mock lists no such groups
// and changes none: the next import says what they are.
func viewAppSide(r *http.Request, g directory.AppGroup) groupView {
	return groupView{
		ID: g.ID, Created: stamp(g.Created), LastUpdated: stamp(g.LastUpdated), LastMembershipUpdated: stamp(g.LastMembershipUpdated),
		ObjectClass: []string{"okta:user_group"}, Type: "APP_GROUP",
		Profile: groupProfile{Name: g.Name},
		Links:   links{"source": to(origin(r) + "/api/v1/apps/" + string(g.App))},
	}
}

func (h *Handler) renameGroup(r *http.Request) (answer, error) {
	body, err := read[groupRequest](r)
	if err != nil {
		return no(err)
	}
	effects, err := h.directory.RenameGroup(groupID(r), body.Profile.Name, body.Profile.Description)
	if err != nil {
		return no(err)
	}
	if err := h.changed(r, effects); err != nil {
		return no(err)
	}
	return h.getGroup(r)
}

func (h *Handler) deleteGroup(r *http.Request) (answer, error) {
	effects, err := h.directory.DeleteGroup(groupID(r))
	if err != nil {
		return no(err)
	}
	if err := h.changed(r, effects); err != nil {
		return no(err)
	}
	return noContent()
}

func (h *Handler) listMembers(r *http.Request) (answer, error) {
	g, err := h.directory.Group(groupID(r))
	if err != nil {
		return no(err)
	}
	var members []directory.Person
	for _, id := range g.Members {
		if p, err := h.directory.Person(id); err == nil {
			members = append(members, p)
		}
	}
	l := list[directory.Person]{usual: 1000, most: 1000, id: func(p directory.Person) string { return string(p.ID) }}
	return l.page(r, l.of(members), func(p directory.Person) any { return viewUser(r, p) })
}

// member puts a person into a group or takes them out. Doing it again is no
// error (inference). A group is refused with the reason: Okta has no nested groups
// (documented; how the API says so is inference).
func (h *Handler) member(do func(directory.GroupID, ...directory.PersonID) ([]directory.Effect, error)) func(*http.Request) (answer, error) {
	return func(r *http.Request) (answer, error) {
		who := directory.PersonID(r.PathValue("user"))
		if p, err := h.directory.Find(string(who)); err == nil {
			who = p.ID
		}
		effects, err := do(groupID(r), who)
		if err != nil {
			return no(err)
		}
		if err := h.changed(r, effects); err != nil {
			return no(err)
		}
		return noContent()
	}
}
