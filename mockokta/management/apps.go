package management

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
)

func (h *Handler) apps() {
	h.on("POST /api/v1/apps", h.createApp)
	h.on("GET /api/v1/apps", h.listApps)
	h.on("GET /api/v1/apps/{app}", h.getApp)
	h.on("PUT /api/v1/apps/{app}", h.replaceApp)
	h.on("DELETE /api/v1/apps/{app}", h.deleteApp)
	h.on("POST /api/v1/apps/{app}/lifecycle/activate", h.setAppActive(true))
	h.on("POST /api/v1/apps/{app}/lifecycle/deactivate", h.setAppActive(false))
}

type appRequest struct {
	Name       string      `json:"name,omitempty"` // the key of a catalogue application; a custom one has none
	Label      string      `json:"label"`
	SignOnMode string      `json:"signOnMode,omitempty"`
	Settings   appSettings `json:"settings,omitzero"`
}

// appSettings are what of an application's settings the mock has. Those of the
// application itself are a free map in Okta's API (documented); the two keys of the
// sign-on settings are the mock's own, and other keys are refused rather than lost.
type appSettings struct {
	App   map[string]any `json:"app"`
	Notes appNotes       `json:"notes,omitzero"`
}

// appNotes are the application's notes for administrators. In the mock they say
// what of a catalogue application is not Okta's, and nobody's own are kept.
type appNotes struct {
	Admin *string `json:"admin"`
}

const (
	baseURLSetting = "baseUrl"
	iamIDSetting   = "iamId"
)

func settingsOf(a directory.App) appSettings {
	s := appSettings{App: map[string]any{}}
	t := a.Template()
	if t.SignOn {
		s.App[baseURLSetting], s.App[iamIDSetting] = a.SignOn.BaseURL, a.SignOn.IAMID
	}
	if t.Note != "" {
		s.Notes.Admin = &t.Note
	}
	return s
}

func (s appSettings) signOn() (directory.SignOnSettings, error) {
	var on directory.SignOnSettings
	for name, value := range s.App {
		text, isText := value.(string)
		switch {
		case name != baseURLSetting && name != iamIDSetting:
			return on, invalid("settings.app", "The application has no setting "+name)
		case !isText && value != nil:
			return on, invalid(name, "A text is expected")
		case name == baseURLSetting:
			on.BaseURL = text
		default:
			on.IAMID = text
		}
	}
	return on, nil
}

type appView struct {
	ID          directory.AppID `json:"id"`
	Name        string          `json:"name"`
	Label       string          `json:"label"`
	Status      string          `json:"status"`
	Created     stamp           `json:"created"`
	LastUpdated stamp           `json:"lastUpdated"`
	Features    []string        `json:"features"`
	SignOnMode  string          `json:"signOnMode"`
	Settings    appSettings     `json:"settings"`
	Links       links           `json:"_links"`
}

func viewApp(r *http.Request, a directory.App) appView {
	self := origin(r) + "/api/v1/apps/" + string(a.ID)
	return appView{
		ID: a.ID, Name: appName(a), Label: a.Label, Status: onOff(a.Active, "ACTIVE", "INACTIVE"),
		Created: stamp(a.Created), LastUpdated: stamp(a.LastUpdated),
		Features: featuresOf(a), SignOnMode: "SAML_2_0",
		Settings: settingsOf(a),
		Links: links{
			"users": to(self + "/users"), "groups": to(self + "/groups"),
			"activate": act(self + "/lifecycle/activate"), "deactivate": act(self + "/lifecycle/deactivate"),
		},
	}
}

// appName is the catalogue's key, or what Okta makes of the label that a custom
// application was made with: organisation, slug and number (observed).
func appName(a directory.App) string {
	if a.Catalogue != "" {
		return a.Catalogue
	}
	slug := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(a.MadeAs))
	return fmt.Sprintf("mockorg_%s_%d", slug, a.Ordinal)
}

// featuresOf is the read-only list of what is switched on.
func featuresOf(a directory.App) []string {
	features := []string{}
	for _, f := range []struct {
		on   bool
		name string
	}{
		{a.SCIM, "SCIM_PROVISIONING"},
		{a.Provisions(), "GROUP_PUSH"},
		{a.Settings.CreateUsers, "PUSH_NEW_USERS"},
		{a.Settings.UpdateUsers, "PUSH_PROFILE_UPDATES"},
		{a.Settings.DeactivateUsers, "PUSH_USER_DEACTIVATION"},
		{a.Settings.SyncPassword, "PUSH_PASSWORD_UPDATES"},
	} {
		if f.on {
			features = append(features, f.name)
		}
	}
	return features
}

func onOff(is bool, on, off string) string {
	if is {
		return on
	}
	return off
}

// createApp makes a catalogue application when the request names one, else a
// custom one, for which Okta wants to know how people sign on.
func (h *Handler) createApp(r *http.Request) (answer, error) {
	body, err := read[appRequest](r)
	if err != nil {
		return no(err)
	}
	if body.Name == "" && body.SignOnMode != "SAML_2_0" {
		return no(invalid("signOnMode", "The mock makes custom applications with SAML_2_0 only"))
	}
	signOn, err := body.Settings.signOn()
	if err != nil {
		return no(err)
	}
	a, err := h.directory.CreateAppWith(body.Label, body.Name, signOn)
	if isNotFound(err) {
		return no(oops(http.StatusBadRequest, "E0000024", "Bad request.", "App "+body.Name+" is not in the catalogue. No active instances."))
	}
	if err == nil && r.URL.Query().Get("activate") == "false" {
		err = h.directory.SetActive(a.ID, false)
	}
	if err == nil {
		a, err = h.directory.App(a.ID)
	}
	if err != nil {
		return no(err)
	}
	return ok(viewApp(r, a))
}

func (h *Handler) listApps(r *http.Request) (answer, error) {
	q := r.URL.Query()
	matches, err := equals(q.Get("filter"))
	if err != nil {
		return no(err)
	}
	var found []directory.App
	for _, a := range h.directory.Apps() {
		attribute := func(name string) string {
			return map[string]string{"id": string(a.ID), "name": appName(a), "status": onOff(a.Active, "ACTIVE", "INACTIVE")}[name]
		}
		if matches(attribute) && (hasPrefix(a.Label, q.Get("q")) || hasPrefix(appName(a), q.Get("q"))) {
			found = append(found, a)
		}
	}
	l := list[directory.App]{usual: 200, most: 200, id: func(a directory.App) string { return string(a.ID) }}
	return l.page(r, l.of(found), func(a directory.App) any { return viewApp(r, a) })
}

func (h *Handler) getApp(r *http.Request) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	return ok(viewApp(r, a))
}

// replaceApp is General Settings and Advanced Sign-on Settings. The whole of what can
// be changed is replaced (documented): what a request leaves out of the settings is
// empty afterwards. What an application is made from and how people sign on to it
// stay, and a request that has them otherwise is refused (inference).
func (h *Handler) replaceApp(r *http.Request) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	body, err := read[appRequest](r)
	if err != nil {
		return no(err)
	}
	switch {
	case body.Name != "" && body.Name != appName(a):
		return no(invalid("name", "The name of an application cannot be changed"))
	case body.SignOnMode != "" && body.SignOnMode != "SAML_2_0":
		return no(invalid("signOnMode", "The mock has applications with SAML_2_0 only"))
	}
	signOn, err := body.Settings.signOn()
	if err != nil {
		return no(err)
	}
	if err := h.directory.EditApp(a.ID, body.Label, signOn); err != nil {
		return no(err)
	}
	return h.getApp(r)
}

func (h *Handler) deleteApp(r *http.Request) (answer, error) {
	if err := h.directory.DeleteApp(appID(r)); err != nil {
		return no(err)
	}
	return noContent()
}

func (h *Handler) setAppActive(on bool) func(*http.Request) (answer, error) {
	return func(r *http.Request) (answer, error) {
		if err := h.directory.SetActive(appID(r), on); err != nil {
			return no(err)
		}
		return nothing()
	}
}
