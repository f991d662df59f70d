package refserver

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// createIAM makes an IAM on the spot: saved in one go, untested, a shortcut that the
// provider's screens do not have. For the settings see iam.OnTheSpot.
func (a *visit) createIAM() (*resource.Object, error) {
	body, err := a.body()
	if err != nil {
		return nil, err
	}
	m := store.IAM{Created: a.Now()}
	if m.ID, m.DisplayName, err = takeName(body); err != nil {
		return nil, err
	}
	if m.Settings, err = iam.OnTheSpot(body, a.version()); err != nil {
		return nil, err
	}
	key := ""
	if m.SCIM {
		key = newKey()
	}
	return a.keepNew(m, key)
}

// takeName takes the display name out of a body, and makes the id of it.
func takeName(body *resource.Object) (id, displayName string, err error) {
	given, _ := body.Lookup("display_name")
	displayName, text := given.(string)
	if given != nil && !text {
		return "", "", badValue("display_name: a string is expected")
	}
	body.Remove("display_name")
	return iam.IDOf(displayName), displayName, iam.CheckName(displayName)
}

// keepNew stores a new IAM and shows its key, this once.
func (a *visit) keepNew(m store.IAM, key string) (*resource.Object, error) {
	if key != "" {
		m.KeyDigest = sha256.Sum256([]byte(key))
	}
	if err := a.Store.CreateIAM(a.Context(), m); errors.Is(err, store.ErrTaken) {
		return nil, idTaken(m.ID, m.DisplayName)
	} else if err != nil {
		return nil, err
	}
	a.status = http.StatusCreated
	return a.showIAM(m, key), nil
}

func idTaken(id, displayName string) error {
	return problemf(http.StatusConflict, "", "display_name: there is an IAM with the id %q, which %q would have too", id, displayName)
}

// alterIAM changes the settings that the request names at once, a shortcut too. The
// key dies when SCIM is unticked; ticked again it is another. Accounts follow at
// their next write (an article of the provider's support: documented).
func (a *visit) alterIAM() (*resource.Object, error) {
	body, err := a.body()
	if err != nil {
		return nil, err
	}
	if err := a.external(); err != nil {
		return nil, err
	}
	if _, named := body.Lookup("display_name"); named {
		return nil, badValue("display_name: it is given once and cannot be altered")
	}
	var after store.IAM
	key := ""
	err = a.Store.UpdateIAM(a.Context(), a.at["iam"], func(m *store.IAM) (err error) {
		was := m.SCIM
		if m.Settings, err = m.Saved(body, a.version()); err != nil {
			return err
		}
		if m.SCIM && !was {
			key = newKey()
			m.KeyDigest = sha256.Sum256([]byte(key))
		}
		after = *m
		return nil
	})
	return a.showIAM(after, key), noIAM(a.at["iam"], err)
}

// removeIAM ends an IAM with all that it holds. Its SCIM endpoint is no more and
// nobody moves elsewhere; added again under its name it has another key (the
// provider's support: documented for the key). Drafts that edit it are closed.
func (a *visit) removeIAM() (*resource.Object, error) {
	if err := a.external(); err != nil {
		return nil, err
	}
	err := a.Store.DeleteIAM(a.Context(), a.at["iam"])
	if err == nil {
		a.drafts.dropEdits(a.at["iam"])
	}
	return nil, noIAM(a.at["iam"], err)
}

// external refuses the internal IAM, which has no settings.
func (a *visit) external() error {
	if a.at["iam"] == iam.Internal {
		return iam.Conflict(iam.Internal + " is the internal IAM: it has no settings, no SCIM, and stays")
	}
	return nil
}

// noIAM says which IAM there is not.
func noIAM(id string, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return notFound("there is no IAM %q", id)
	}
	return err
}

func (a *visit) listIAMs() (*resource.Object, error) {
	all, err := a.Store.IAMs(a.Context())
	hits := resource.List{}
	for _, m := range all {
		hits = append(hits, a.showIAM(m, ""))
	}
	return object("count", integer(len(hits)), "hits", hits), err
}

func (a *visit) readIAM() (*resource.Object, error) {
	m, err := a.iam()
	return a.showIAM(m, ""), err
}

// iam is the IAM that the path names.
func (a *visit) iam() (store.IAM, error) {
	m, err := a.Store.IAM(a.Context(), a.at["iam"])
	return m, noIAM(a.at["iam"], err)
}

// masked stands for a key that is in force and is not shown again.
const masked = "********"

// showIAM is an IAM on the settings page; key is what it shows of its key, "" for
// no more than that there is one.
func (a *visit) showIAM(m store.IAM, key string) *resource.Object {
	shown := object("id", m.ID, "display_name", m.DisplayName)
	if m.ID == iam.Internal {
		shown.Set("type", iam.Internal)
		return shown
	}
	if m.SCIM && key == "" {
		key = masked
	}
	if m.SCIM {
		shown.Set("scim_url", a.scimURL(a.Request, m.ID))
		shown.Set("scim_key", key)
	}
	for _, setting := range slices.Clone(m.Show().Members()) {
		shown.Set(setting.Name, setting.Value)
	}
	shown.Set("created_at", instant(m.Created))
	return shown
}

func (s *Server) scimURL(r *http.Request, iam string) string {
	return s.baseURL(r) + "/scim/" + url.PathEscape(iam)
}

// instant writes a time as SCIM does, to the millisecond.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
