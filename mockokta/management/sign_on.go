package management

import (
	"crypto/hmac"
	"net/http"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// signOnPath begins the address of the stand-in for signing on; a segment that
// nobody can guess ends it, one for each application.
const signOnPath = "/mock/v1/sign-on/"

func (h *Handler) signOnSegment(id directory.AppID) string {
	return h.secrets.made("sign-on " + string(id))
}

// signOnURL is where a provider asks who signs on to an application.
func (h *Handler) signOnURL(r *http.Request, id directory.AppID) string {
	return origin(r) + signOnPath + h.signOnSegment(id)
}

// A signOnView is what a provider learns of a person who signs on.
type signOnView struct {
	Assigned bool `json:"assigned"`
	*signedOnView
}

type signedOnView struct {
	BaseURL  string            `json:"base_url"`
	IAMID    string            `json:"iam_id"`
	UserName string            `json:"userName"`
	Profile  directory.Profile `json:"profile"`
}

// signOn stands in for a browser that signs a person on at the provider by way of
// Okta. No SAML is spoken, nobody is asked for a password, and nothing is signed: it
// tells what an assertion of Okta's would, whether the application is assigned to the
// person, which instance and identity manager it is set to, and the person's
// attributes in it. Like the address of an application's SAML metadata, the URL is
// its own credential, which the administrator hands to the provider: it opens the
// sign-on of one application, for one person at a time whose login is known, and
// lists nobody. Whoever cannot sign on, and a login that nobody has, are not told
// apart.
func (h *Handler) signOn(r *http.Request) (answer, error) {
	login := r.URL.Query().Get("user")
	if login == "" {
		return no(invalid("user", "The field cannot be left blank"))
	}
	for _, a := range h.directory.Apps() {
		if !hmac.Equal([]byte(h.signOnSegment(a.ID)), []byte(r.PathValue("segment"))) {
			continue
		}
		seen, is, err := h.directory.SignOn(a.ID, login)
		if err != nil {
			return no(err)
		}
		if !is {
			return ok(signOnView{})
		}
		return ok(signOnView{true, &signedOnView{seen.Settings.BaseURL, seen.Settings.IAMID, seen.UserName, seen.Profile}})
	}
	return no(&directory.NotFound{Kind: "sign-on", ID: r.PathValue("segment")})
}
