// Package refserver is a SCIM 2.0 service provider with the behaviour of
// Immuta's: several IAMs (tenants) with a key each, accounts that are disabled
// and not deleted, and attributes of its own beside those it was sent. What no
// page of Immuta's says, the reference server chooses, and its documentation
// says so.
//
// SCIM is served below /scim/{iam}, and an administration API, which stands in
// for Immuta's screens, below /admin/v1; admin.md beside this file shows each of
// its addresses with an example. A web page that only reads is at /admin (package
// screens). The server has no switches for tests; mistakes are made in front of it
// (package fault) or in its store (package storefault).
//
// Choices where the RFCs leave room:
//
//   - Attributes and extensions that no schema describes are kept and given back,
//     so that nothing a client sends is lost.
//   - Attribute sync, where an IAM has it on, makes the provider's own attributes
//     of extensions; see package iam for it, and for what of the settings is refused.
//   - A PUT removes what it does not name, but for active: a PUT without it
//     neither disables nor enables an account.
//   - A read-only attribute is ignored in a POST or PUT. A PATCH may repeat it and
//     not alter it.
//   - A PATCH that adds to the values which a filter picks, where it picks none and
//     is made of equalities, makes the value that it describes.
//   - A time in a filter may leave out its zone, and is then UTC.
//   - A PATCH of a group with more than a thousand members is answered with 204,
//     unless it says which attributes to show.
//   - A group's members are accounts of its IAM. A write that names another is
//     refused as a whole.
//   - Names are compared by Unicode simple case folding, and nothing else: no
//     trimming, no normalisation. They are given back to the byte.
//   - Passwords are accepted and dropped; sign-on is the identity provider's.
package refserver

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/scimproof/scimproof/target/refserver/iam"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// Config is what a Server is made of. The zero value is a server with nothing
// in it that nobody can administer.
type Config struct {
	// AdminToken is the bearer credential of the administration API. Without one
	// every call to it is refused.
	AdminToken string
	// Store keeps everything; nil means memory.
	Store store.Store
	// Now is the time of changes; nil means time.Now.
	Now func() time.Time
	// NewID makes the ids of IAMs, accounts and groups, each another; nil means
	// random UUIDs.
	NewID func() string
	// Version is that of the provider's instance, until the administration API sets
	// another; nil means the version of the page that the server is made after.
	Version *iam.Version
	// SignOn carries the question of Test User Login to an identity provider; nil
	// means over the network.
	SignOn http.RoundTripper
	// BaseURL is where clients reach the server, without a slash at its end, for
	// the URLs in its answers. Empty means: wherever the request went to.
	BaseURL string
}

// A Server answers SCIM and administration requests. It is safe for concurrent use.
type Server struct {
	Config
	instance atomic.Pointer[iam.Version]
	drafts   drafts
}

// New makes a server. It starts nothing.
func New(c Config) *Server {
	if c.Store == nil {
		c.Store = store.NewMemory()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	if c.Version == nil {
		c.Version = &iam.Current
	}
	if c.SignOn == nil {
		c.SignOn = overTheNetwork()
	}
	s := &Server{Config: c}
	s.instance.Store(c.Version)
	return s
}

// version is the instance's, now.
func (s *Server) version() iam.Version { return *s.instance.Load() }

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, err := segments(r.URL)
	switch {
	case err == nil && len(path) >= 2 && path[0] == "scim":
		s.serveSCIM(w, r, path[1], path[2:])
	case err == nil && len(path) >= 2 && path[0] == "admin" && path[1] == "v1":
		s.serveAdmin(w, r, path[2:])
	case err == nil && len(path) >= 1 && path[0] == "admin":
		s.serveScreens(w, r, path[1:])
	default:
		writeProblem(w, notFound("there is nothing at this address"))
	}
}

// segments are the parts of a path, each decoded for itself. Empty ones are
// dropped: a slash too many, in a base URL or at the end, does no harm.
func segments(u *url.URL) ([]string, error) {
	var out []string
	for _, raw := range strings.Split(u.EscapedPath(), "/") {
		if raw == "" {
			continue
		}
		part, err := url.PathUnescape(raw)
		if err != nil {
			return nil, err
		}
		out = append(out, part)
	}
	return out, nil
}

// baseURL is where the request's sender reaches the server.
func (s *Server) baseURL(r *http.Request) string {
	if s.BaseURL != "" {
		return strings.TrimRight(s.BaseURL, "/")
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
