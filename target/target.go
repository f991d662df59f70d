// Package target is the SCIM server under test, wherever it is: started in this
// process ([Bundled]), in a container (package container), or somebody's own
// ([External]).
//
// It also holds the suite's own eyes and hands: [Eyes] look at what the target
// holds, and bring about what a Given states, in SCIM as the RFCs have it and
// not as Okta speaks it. Nothing here knows how Okta behaves; the mock Okta and
// the target meet over HTTP only.
package target

import (
	"context"
	"crypto/tls"
	"net/http"
)

// The kinds of target, as reports name them.
const (
	KindBundled   = "bundled"
	KindContainer = "container"
	KindURL       = "url"
)

// A Target is a SCIM server under test.
type Target struct {
	Kind string // one of the kinds above
	Name string // for people: "the bundled reference server"
	URL  string // the SCIM base URL; of one tenant, where there are many

	// Ours says that the server is our own, in this process or in a container:
	// its tenants are thrown away, its waits are virtual, and the scenarios tagged
	// @bundled can be shown on it.
	Ours bool

	// Header is what every request to it carries besides; TLS is how it is known
	// and how it knows us. Both may be nil.
	Header http.Header
	TLS    *tls.Config

	// Secrets are the credentials that must not appear in any artefact. Those of
	// tenants made later are in their Endpoint.
	Secrets []string

	// Tenant returns where one scenario finds the server: a fresh tenant where
	// the target can give one, else the one that everybody shares.
	Tenant func(context.Context) (Endpoint, error)

	// Admin reaches the administration API of our own server; nil elsewhere.
	Admin *Admin

	// Close stops what was started for this target. It is never nil.
	Close func() error
}

// Admin is where our own server's administration API is, and its credential.
type Admin struct {
	URL, Token string
	Page       string // a web page that shows what there is, with Token for its password
}

// An Endpoint is one SCIM service: a base URL and the credentials for it.
type Endpoint struct {
	URL   string // without a trailing slash
	Token string // sent as "Authorization: Bearer …"

	// Screens are the provider's own; nil where there are none to read and work.
	Screens *Screens
}
