package management

import (
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
)

func (h *Handler) features() {
	h.on("GET /api/v1/apps/{app}/features", h.listFeatures)
	h.on("GET /api/v1/apps/{app}/features/USER_PROVISIONING", h.getProvisioning)
	h.on("PUT /api/v1/apps/{app}/features/USER_PROVISIONING", h.setProvisioning)
	h.on("GET /api/v1/apps/{app}/features/INBOUND_PROVISIONING", h.getInbound)
	h.on("PUT /api/v1/apps/{app}/features/INBOUND_PROVISIONING", h.setInbound)
}

// capabilities are the To App switches. In a request each may be missing, and
// then stays as it is.
type capabilities struct {
	Create *createCapability `json:"create,omitempty"`
	Update *updateCapability `json:"update,omitempty"`
}

type createCapability struct {
	LifecycleCreate *toggle `json:"lifecycleCreate,omitempty"` // Create Users
}

type updateCapability struct {
	Profile             *toggle       `json:"profile,omitempty"`             // Update User Attributes
	LifecycleDeactivate *toggle       `json:"lifecycleDeactivate,omitempty"` // Deactivate Users
	Password            *passwordSync `json:"password,omitempty"`            // Sync Password
}

// A passwordSync says whether passwords are synced, which ones, and whether the
// target gets another when the person does.
type passwordSync struct {
	toggle
	Seed   string `json:"seed,omitempty"`   // OKTA: as in Okta; RANDOM
	Change string `json:"change,omitempty"` // CHANGE, KEEP_EXISTING
}

func passwordSyncOf(s directory.Settings) *passwordSync {
	return &passwordSync{*switched(s.SyncPassword), onOff(s.SyncPassword, "OKTA", "RANDOM"), onOff(s.SyncPassword, "CHANGE", "KEEP_EXISTING")}
}

// check refuses what the mock does not do: it syncs the passwords that people have
// in Okta.
func (p *passwordSync) check() error {
	if p == nil || p.Status != "ENABLED" {
		return nil
	}
	if p.Seed != "" && p.Seed != "OKTA" || p.Change != "" && p.Change != "CHANGE" {
		return invalid("password", "The mock syncs passwords with seed OKTA and change CHANGE only")
	}
	return nil
}

type toggle struct {
	Status string `json:"status"`
}

func (t *toggle) set(on *bool) {
	if t != nil {
		*on = t.Status == "ENABLED"
	}
}

func switched(on bool) *toggle { return &toggle{onOff(on, "ENABLED", "DISABLED")} }

// over returns the settings with what the request names.
func (c capabilities) over(s directory.Settings) directory.Settings {
	if c.Create != nil {
		c.Create.LifecycleCreate.set(&s.CreateUsers)
	}
	if c.Update != nil {
		c.Update.Profile.set(&s.UpdateUsers)
		c.Update.LifecycleDeactivate.set(&s.DeactivateUsers)
		if c.Update.Password != nil {
			c.Update.Password.set(&s.SyncPassword)
		}
	}
	return s
}

func capabilitiesOf(s directory.Settings) capabilities {
	return capabilities{
		Create: &createCapability{switched(s.CreateUsers)},
		Update: &updateCapability{
			Profile: switched(s.UpdateUsers), LifecycleDeactivate: switched(s.DeactivateUsers),
			Password: passwordSyncOf(s),
		},
	}
}

type featureView struct {
	Name         string       `json:"name"`
	Status       string       `json:"status"`
	Description  string       `json:"description"`
	Capabilities capabilities `json:"capabilities"`
	Links        links        `json:"_links"`
}

// provisioning is the feature of an application whose connection is enabled.
func (h *Handler) provisioning(r *http.Request) (directory.App, featureView, error) {
	a, err := h.directory.App(appID(r))
	if err != nil {
		return a, featureView{}, err
	}
	if !a.Connection.Enabled {
		return a, featureView{}, invalid("provisioning", "Provisioning is not enabled for this application")
	}
	return a, featureView{
		Name: "USER_PROVISIONING", Status: "ENABLED", Description: "User provisioning settings from Okta to a downstream application",
		Capabilities: capabilitiesOf(a.Settings),
		Links:        links{"self": allow(origin(r)+r.URL.EscapedPath(), "GET", "PUT")},
	}, nil
}

func (h *Handler) getProvisioning(r *http.Request) (answer, error) {
	_, view, err := h.provisioning(r)
	if err != nil {
		return no(err)
	}
	return ok(view)
}

func (h *Handler) listFeatures(r *http.Request) (answer, error) {
	_, view, err := h.provisioning(r)
	if err != nil {
		return no(err)
	}
	view.Links = links{"self": allow(origin(r)+r.URL.EscapedPath()+"/USER_PROVISIONING", "GET", "PUT")}
	return ok([]featureView{view})
}

// setProvisioning saves To App, on which Okta checks the connection once more
// (observed); when that fails nothing is saved (inference).
func (h *Handler) setProvisioning(r *http.Request) (answer, error) {
	a, _, err := h.provisioning(r)
	if err != nil {
		return no(err)
	}
	asked, err := read[capabilities](r)
	if err != nil {
		return no(err)
	}
	if asked.Update != nil {
		if err := asked.Update.Password.check(); err != nil {
			return no(err)
		}
	}
	if err := h.test(r, a.ID, a.Connection, false); err != nil {
		return no(err)
	}
	if err := h.directory.Set(a.ID, asked.over(a.Settings)); err != nil {
		return no(err)
	}
	return h.getProvisioning(r)
}
