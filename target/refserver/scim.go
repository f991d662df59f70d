package refserver

import (
	"errors"
	"net/http"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// A call is one SCIM request of somebody who may make it.
type call struct {
	*Server
	*http.Request
	iam  store.IAM
	base string // the IAM's SCIM URL
}

// An answer is what a call gives. Nothing is sent before it is complete.
type answer struct {
	status int
	body   *resource.Object // nil for none
	header http.Header
}

// A collection is one of the two endpoints with resources.
type collection struct {
	kind store.Kind
	typ  schema.Type
	body int64 // bytes that a write may carry
}

var collections = map[string]collection{
	"Users":  {store.Account, schema.Users, maxBody},
	"Groups": {store.Group, schema.Groups, maxGroupBody},
}

func (s *Server) serveSCIM(w http.ResponseWriter, r *http.Request, iam string, path []string) {
	a, err := s.scim(r, iam, path)
	if err != nil {
		p := asProblem(err)
		switch p.status {
		case http.StatusUnauthorized:
			w.Header().Set("WWW-Authenticate", `Bearer realm="scim"`)
		case http.StatusMethodNotAllowed:
			w.Header().Set("Allow", allowed(path))
		case http.StatusRequestEntityTooLarge:
			w.Header().Set("Connection", "close")
		}
		writeProblem(w, p)
		return
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	write(w, a.status, scimMedia, a.body)
}

// scim answers a SCIM request. Without a key an IAM tells only how to
// authenticate (RFC 7643, section 5); one that is not there, or has SCIM switched
// off, tells nothing. The internal IAM has no endpoint, and below the version floor
// no IAM has (the reference server's choice).
func (s *Server) scim(r *http.Request, id string, path []string) (answer, error) {
	if err := s.version().CheckSCIM(); err != nil || id == iam.Internal {
		return answer{}, notFound("there is no SCIM at this address")
	}
	m, err := s.Store.IAM(r.Context(), id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return answer{}, err
	}
	c := &call{s, r, m, s.scimURL(r, id)}
	if m.SCIM && len(path) == 1 && path[0] == "ServiceProviderConfig" && len(r.Header.Values("Authorization")) == 0 {
		return c.discover(path)
	}
	if known := authorized(r, m.KeyDigest); !known || !m.SCIM {
		return answer{}, problemf(http.StatusUnauthorized, "", "the request bears no key of this IAM")
	}
	return c.route(path)
}

func (c *call) route(path []string) (answer, error) {
	if len(path) == 0 {
		return answer{}, notFound("the root of an IAM is no resource")
	}
	col, ok := collections[path[0]]
	switch {
	case ok && col.kind == store.Group && !c.iam.SyncGroups:
		// Okta is to show the fault, and not to believe that the push worked: the
		// reference server's choice.
		return answer{}, problemf(http.StatusForbidden, "", "group sync is off for this IAM")
	case ok && len(path) == 1:
		return c.onCollection(col)
	case ok && len(path) == 2 && path[1] == ".search" && c.Method == http.MethodPost:
		return c.search(col)
	case ok && len(path) == 2:
		return c.onResource(col, path[1])
	case path[0] == "Me" || path[0] == "Bulk":
		return answer{}, problemf(http.StatusNotImplemented, "", "/%s is not implemented", path[0])
	}
	return c.discover(path)
}

func (c *call) onCollection(col collection) (answer, error) {
	switch c.Method {
	case http.MethodGet, http.MethodHead:
		return c.list(col)
	case http.MethodPost:
		return c.create(col)
	}
	return answer{}, c.notAllowed()
}

func (c *call) onResource(col collection, id string) (answer, error) {
	switch c.Method {
	case http.MethodGet, http.MethodHead:
		return c.read(col, id)
	case http.MethodPut:
		return c.put(col, id)
	case http.MethodPatch:
		return c.patch(col, id)
	case http.MethodDelete:
		return c.delete(col, id)
	}
	return answer{}, c.notAllowed()
}

func (c *call) notAllowed() error {
	return problemf(http.StatusMethodNotAllowed, "", "%s is not possible here", c.Method)
}

// allowed are the methods of an address, for the Allow header of a 405.
func allowed(path []string) string {
	_, ok := collections[path[0]]
	switch {
	case ok && len(path) == 1:
		return "GET, POST"
	case ok && path[0] == "Users":
		return "GET, PUT, PATCH"
	case ok:
		return "GET, PUT, PATCH, DELETE"
	}
	return "GET"
}

// location is the URL of a resource.
func (c *call) location(t schema.Type, id string) string {
	return strings.Join([]string{c.base, t.Endpoint, "/", id}, "")
}
