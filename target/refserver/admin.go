package refserver

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// serveAdmin answers the administration API, the stand-in for the provider's
// screens. It has a credential of its own; SCIM keys do not open it.
//
//	POST  /admin/v1/iams                          {"display_name", settings…} -> an IAM and, this once, its key
//	GET   /admin/v1/iams                          -> {"count", "hits": [IAM…]}
//	GET   /admin/v1/iams/{id}                     -> an IAM
//	PATCH /admin/v1/iams/{id}                     {settings…} -> the IAM; what is not named stays
//	GET   /admin/v1/iams/{id}/accounts            -> {"count", "hits": [account…]}, disabled ones too
//	GET   /admin/v1/iams/{id}/accounts/{userName} -> an account
//	GET   /admin/v1/iams/{id}/group-list          -> {"count", "hits": [group…]}
//
// For the settings see configure.
func (s *Server) serveAdmin(w http.ResponseWriter, r *http.Request, path []string) {
	status, body, err := s.admin(r, path)
	if err != nil {
		p := asProblem(err)
		if p.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="admin"`)
		}
		status, body = p.status, object("error", p.detail)
	}
	write(w, status, "application/json", body)
}

func (s *Server) admin(r *http.Request, path []string) (int, *resource.Object, error) {
	if s.AdminToken == "" || !authorized(r, sha256.Sum256([]byte(s.AdminToken))) {
		return 0, nil, problemf(http.StatusUnauthorized, "", "the administration API wants its own bearer token")
	}
	if len(path) == 0 || len(path) > 4 || path[0] != "iams" {
		return 0, nil, notFound("the administration API has nothing at this address")
	}
	if len(path) == 1 && r.Method == http.MethodPost {
		body, err := s.createIAM(r)
		return http.StatusCreated, body, err
	}
	if len(path) == 2 && r.Method == http.MethodPatch {
		body, err := s.alterIAM(r, path[1])
		return http.StatusOK, body, err
	}
	if r.Method != http.MethodGet {
		return 0, nil, problemf(http.StatusMethodNotAllowed, "", "%s is not possible here", r.Method)
	}
	body, err := s.adminRead(r, path[1:])
	return http.StatusOK, body, err
}

func (s *Server) adminRead(r *http.Request, path []string) (*resource.Object, error) {
	if len(path) == 0 {
		return s.listIAMs(r)
	}
	m, err := s.Store.IAM(r.Context(), path[0])
	switch {
	case err != nil:
		return nil, noIAM(path[0], err)
	case len(path) == 1:
		return s.showIAM(r, m), nil
	case len(path) == 2 && path[1] == "accounts":
		return s.hits(r.Context(), m, store.Account, showAccount)
	case len(path) == 2 && path[1] == "group-list":
		return s.hits(r.Context(), m, store.Group, showGroup)
	case len(path) == 3 && path[1] == "accounts":
		return s.account(r.Context(), m, path[2])
	}
	return nil, notFound("the administration API has nothing at this address")
}

func (s *Server) createIAM(r *http.Request) (*resource.Object, error) {
	body, err := readBody(r, maxBody)
	if err != nil {
		return nil, err
	}
	m := store.IAM{ID: s.NewID(), Created: s.Now(), SyncAttributes: true}
	if err := configure(&m, body); err != nil {
		return nil, err
	}
	key := newKey()
	m.KeyDigest = sha256.Sum256([]byte(key))
	if err := s.Store.CreateIAM(r.Context(), m); errors.Is(err, store.ErrTaken) {
		return nil, problemf(http.StatusConflict, "", "there is an IAM with the display name %q", m.DisplayName)
	} else if err != nil {
		return nil, err
	}
	shown := s.showIAM(r, m)
	shown.Set("scim_key", key)
	return shown, nil
}

// alterIAM changes the settings that the request names. Accounts follow at their
// next write (an article of the provider's support: documented).
func (s *Server) alterIAM(r *http.Request, id string) (*resource.Object, error) {
	body, err := readBody(r, maxBody)
	if err != nil {
		return nil, err
	}
	if _, named := body.Lookup("display_name"); named {
		return nil, badValue("display_name: it is given once and cannot be altered")
	}
	var after store.IAM
	err = s.Store.UpdateIAM(r.Context(), id, func(m *store.IAM) error {
		if err := configure(m, body); err != nil {
			return err
		}
		after = *m
		return nil
	})
	return s.showIAM(r, after), noIAM(id, err)
}

// noIAM says which IAM there is not.
func noIAM(id string, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return notFound("there is no IAM %q", id)
	}
	return err
}

func (s *Server) listIAMs(r *http.Request) (*resource.Object, error) {
	all, err := s.Store.IAMs(r.Context())
	hits := resource.List{}
	for _, m := range all {
		hits = append(hits, s.showIAM(r, m))
	}
	return object("count", integer(len(hits)), "hits", hits), err
}

func (s *Server) showIAM(r *http.Request, m store.IAM) *resource.Object {
	return object(
		"id", m.ID,
		"display_name", m.DisplayName,
		"scim_url", s.scimURL(r, m.ID),
		"delete_users", m.DeleteUsers,
		"sync_attributes", m.SyncAttributes,
		"attribute_schema", showRows(m.AttributeSchema),
		"external_usernames", showUsernames(m.ExternalUsernames),
		"created_at", instant(m.Created),
	)
}

func (s *Server) account(ctx context.Context, m store.IAM, userName string) (shown *resource.Object, err error) {
	err = s.Store.View(ctx, m.ID, func(v store.View) error {
		rec, err := v.Find(store.Account, resource.Fold(userName))
		if errors.Is(err, store.ErrNotFound) {
			return notFound("there is no account %q", userName)
		} else if err != nil {
			return err
		}
		shown, err = showAccount(v, m, rec)
		return err
	})
	return shown, err
}

// hits shows all records of a kind. The provider's screens page; whoever reads
// them by this API wants them all.
func (s *Server) hits(ctx context.Context, m store.IAM, k store.Kind, show func(store.View, store.IAM, store.Record) (*resource.Object, error)) (*resource.Object, error) {
	hits := resource.List{}
	err := s.Store.View(ctx, m.ID, func(v store.View) error {
		return each(v, k, func(rec store.Record) error {
			shown, err := show(v, m, rec)
			hits = append(hits, shown)
			return err
		})
	})
	return object("count", integer(len(hits)), "hits", hits), err
}

// showAccount is an account as the provider's screens show it. The shape follows
// a user record of Immuta's API (documented); the scim_id is ours.
func showAccount(v store.View, m store.IAM, rec store.Record) (*resource.Object, error) {
	groups, err := v.GroupsOf(rec.ID)
	if err != nil {
		return nil, err
	}
	names := resource.List{}
	for _, g := range groups {
		names = append(names, g.Attributes.Text("displayName"))
	}
	a := rec.Attributes
	profile := &resource.Object{}
	for _, field := range []struct{ name, value string }{
		{"name", fullName(a)},
		{"email", primaryValue(a.List("emails"))},
		{"phone", primaryValue(a.List("phoneNumbers"))},
		{"organization", a.Object(schema.EnterpriseUser).Text("organization")},
		{"position", a.Text("title")},
	} {
		if field.value != "" {
			profile.Set(field.name, field.value)
		}
	}
	profile.Set("externalUserIds", externalUserIDs(rec))
	shown := object(
		"id", integer(int(rec.Number)),
		"iamid", m.ID,
		"userid", a.Text("userName"),
		"scim_id", rec.ID,
		"profile", profile,
		"disabled", a.Get("active") != true,
		"groups", names,
		"iamAuthorizations", authorizations(rec),
		"authorizations", authorizations(rec), // nothing is given by hand, which would be merged in
		"createdAt", instant(rec.Created),
		"updatedAt", instant(rec.Modified),
	)
	if x := a.Text("externalId"); x != "" {
		shown.Set("external_id", x)
	}
	return shown, nil
}

func showGroup(v store.View, m store.IAM, rec store.Record) (*resource.Object, error) {
	members, err := v.Members(rec.ID)
	names := resource.List{}
	for _, a := range members {
		names = append(names, a.Attributes.Text("userName"))
	}
	return object(
		"id", integer(int(rec.Number)),
		"iamid", m.ID,
		"name", rec.Attributes.Text("displayName"),
		"scim_id", rec.ID,
		"members", names,
	), err
}

// primaryValue is the value of the primary element, or of the first.
func primaryValue(l resource.List) string {
	first := ""
	for _, e := range l {
		o, _ := e.(*resource.Object)
		if o.Get("primary") == true {
			return o.Text("value")
		}
		if first == "" {
			first = o.Text("value")
		}
	}
	return first
}

// instant writes a time as SCIM does, to the millisecond.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
