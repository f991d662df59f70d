package management

import (
	"net/http"
	"net/url"

	"github.com/scimproof/scimproof/mockokta/directory"
)

func (h *Handler) connections() {
	h.on("GET /api/v1/apps/{app}/connections/default", h.getConnection)
	h.on("POST /api/v1/apps/{app}/connections/default", h.setConnection)
	h.on("POST /api/v1/apps/{app}/connections/default/lifecycle/activate", h.activateConnection)
	h.on("POST /api/v1/apps/{app}/connections/default/lifecycle/deactivate", h.deactivateConnection)
}

type connectionRequest struct {
	BaseURL string            `json:"baseUrl"`
	Profile connectionProfile `json:"profile"`
}

type connectionProfile struct {
	AuthScheme string `json:"authScheme"`
	Token      string `json:"token,omitempty"` // never in an answer
}

type connectionView struct {
	AuthScheme string            `json:"authScheme"`
	Status     string            `json:"status"`
	BaseURL    string            `json:"baseUrl,omitempty"`
	Profile    connectionProfile `json:"profile"`
	Links      links             `json:"_links"`
}

// viewConnection shows a connection without its token. An application that has
// no provisioning says UNKNOWN, and no error (observed).
func viewConnection(r *http.Request, a directory.App) connectionView {
	self := origin(r) + "/api/v1/apps/" + string(a.ID) + "/connections/default"
	view := connectionView{
		AuthScheme: "TOKEN", Status: "DISABLED", BaseURL: a.Connection.BaseURL,
		Profile: connectionProfile{AuthScheme: "TOKEN"},
		Links:   links{"self": allow(self, "POST", "GET")},
	}
	switch {
	case !a.SCIM:
		view.AuthScheme, view.Status, view.Profile.AuthScheme = "UNKNOWN", "UNKNOWN", "UNKNOWN"
	case a.Connection.Enabled:
		view.Status = "ENABLED"
		view.Links["deactivate"] = allow(self+"/lifecycle/deactivate", "POST")
	default:
		view.Links["activate"] = allow(self+"/lifecycle/activate", "POST")
	}
	return view
}

func (h *Handler) getConnection(r *http.Request) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	return ok(viewConnection(r, a))
}

// setConnection stores base URL and token. What was enabled is disabled until
// the new credentials have been checked.
func (h *Handler) setConnection(r *http.Request) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	body, err := read[connectionRequest](r)
	if err != nil {
		return no(err)
	}
	if !a.SCIM {
		return h.getConnection(r)
	}
	if err := checkConnection(body); err != nil {
		return no(err)
	}
	if err := h.directory.Connect(a.ID, body.BaseURL, body.Profile.Token); err != nil {
		return no(err)
	}
	if r.URL.Query().Get("activate") == "true" {
		if err := h.enable(r, a.ID); err != nil {
			return no(err)
		}
	}
	return h.getConnection(r)
}

func checkConnection(body connectionRequest) error {
	if body.Profile.AuthScheme != "TOKEN" {
		return invalid("authScheme", "The mock connects with TOKEN only")
	}
	u, err := url.Parse(body.BaseURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return invalid("baseUrl", "The value is not an http or https URL")
	}
	return nil
}

func (h *Handler) activateConnection(r *http.Request) (answer, error) {
	if err := h.enable(r, appID(r)); err != nil {
		return no(err)
	}
	return noContent()
}

// enable checks the credentials, as Test API Credentials does, and saves. What
// a real Okta answers when they are bad is in no source (inference).
func (h *Handler) enable(r *http.Request, id directory.AppID) error {
	a, err := h.directory.App(id)
	if err != nil {
		return err
	}
	if a.Connection.BaseURL == "" {
		return invalid("connection", "There is none to activate")
	}
	if err := h.test(r, id, false); err != nil {
		return err
	}
	return h.directory.SetConnected(id, true)
}

// test says what Okta says to check credentials; a failure is the
// administrator's to read, here and in the log.
func (h *Handler) test(r *http.Request, id directory.AppID, importGroups bool) error {
	if err := h.hooks.Test(r.Context(), id, importGroups); err != nil {
		h.directory.Record("application.configuration.update", id, "", "", err.Error())
		return oops(http.StatusBadRequest, "E0000001", notValid+"connection", err.Error())
	}
	return nil
}

func (h *Handler) deactivateConnection(r *http.Request) (answer, error) {
	if err := h.directory.SetConnected(appID(r), false); err != nil {
		return no(err)
	}
	return noContent()
}
