package management

import (
	"net/http"
	"net/url"
	"strings"

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

// setConnection stores base URL and token. What was enabled is disabled until the new
// credentials have been checked. With activate=true it is the console's Save instead:
// the credentials are checked first, and when that fails nothing is stored, and what
// was enabled stays so (provider's page, "Once that test passes, click Save":
// documented; that Okta's API keeps to it as well is inference).
func (h *Handler) setConnection(r *http.Request) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	asked, err := readConnection(r, a)
	if err != nil {
		return no(err)
	}
	if !a.SCIM {
		return h.getConnection(r)
	}
	save := r.URL.Query().Get("activate") == "true"
	if save {
		err = h.test(r, a.ID, asked, false)
	}
	if err == nil {
		err = h.directory.Connect(a.ID, asked.BaseURL, asked.Token)
	}
	if err == nil && save {
		err = h.directory.SetConnected(a.ID, true)
	}
	if err != nil {
		return no(err)
	}
	return h.getConnection(r)
}

// readConnection is what a request would have an application's connection be. A
// request without a token means the one that is stored (inference), as long as the
// address is at the same server: nobody is to learn a token by naming an address.
func readConnection(r *http.Request, a directory.App) (directory.Connection, error) {
	body, err := read[connectionRequest](r)
	if err == nil && a.SCIM {
		err = checkConnection(body)
	}
	asked := directory.Connection{BaseURL: body.BaseURL, Token: body.Profile.Token}
	if asked.Token == "" && err == nil {
		if a.Connection.Token != "" && serverOf(body.BaseURL) != serverOf(a.Connection.BaseURL) {
			return asked, invalid("token", "The token that is stored is for another server; this one needs a token of its own")
		}
		asked.Token = a.Connection.Token
	}
	return asked, err
}

// serverOf is the origin of a base URL, in which letter case does not matter.
func serverOf(baseURL string) string {
	u, err := url.Parse(baseURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
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

// activateConnection checks the credentials that are stored, as Test API Credentials
// does, and enables them. What a real Okta answers when they are bad is in no source
// (inference).
func (h *Handler) activateConnection(r *http.Request) (answer, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return no(err)
	}
	if a.Connection.BaseURL == "" {
		return no(invalid("connection", "There is none to activate"))
	}
	if err := h.test(r, a.ID, a.Connection, false); err != nil {
		return no(err)
	}
	if err := h.directory.SetConnected(a.ID, true); err != nil {
		return no(err)
	}
	return noContent()
}

// test says what Okta says to check credentials; a failure is the
// administrator's to read, here and in the log.
func (h *Handler) test(r *http.Request, id directory.AppID, with directory.Connection, importGroups bool) error {
	if err := h.hooks.Test(r.Context(), id, with, importGroups); err != nil {
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
