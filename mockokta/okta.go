// Package mockokta is an Okta that can be started in a test: its management API
// over HTTP in front, its SCIM client behind.
//
// It puts four rooms together. An act that comes in through [management] alters
// the [directory]; [provision] decides what follows and carries it out; [scim]
// is how that is said. What follows happens during [Server.Settle] alone.
package mockokta

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/mockokta/provision"
)

// A Config is how an Okta is to be. The zero value works.
type Config struct {
	// Target carries requests to whatever target an application is connected
	// to; nil means a transport of the server's own.
	Target http.RoundTripper
	// Seed decides the order of what no source says the order of.
	Seed uint64
	// Knobs are the points about Okta's client that no source settles.
	Knobs provision.Knobs
	// Timeout is how long a SCIM request waits without a byte; 0 means 60 s, Okta's.
	Timeout time.Duration
	// Wait passes the time that a target asks for with 429, until its context ends;
	// nil lets it pass at once. Where waits are virtual so, applications settle one
	// after the other, and a target that they share has one history with one seed.
	// Where they are real, applications settle at the same time, and none waits for
	// what another is asked to wait for; which of them a shared target hears first is
	// then left to chance.
	Wait func(context.Context, time.Duration) error
	// Warn is told, once each, of plans that Okta does not support, such as one
	// group for assignment and push, in a sentence; nil tells nobody. They are also
	// under /mock/v1/warnings.
	Warn func(string)
	// Now is the clock of what the API shows; nil means time.Now.
	Now func() time.Time
	// Listen is the address of the management API; empty means a free port of
	// the loopback interface.
	Listen string
	// Token lets callers in; empty makes one up.
	Token string
	// ServeSettles settles after each change the applications that it concerns,
	// before the change is answered: for a server that stands alone, where nobody
	// calls Settle.
	ServeSettles bool

	// NewID makes the id of the n-th object whose ids begin with prefix. A
	// person's id reaches the target as externalId, which a target may hold to be
	// unique: nil makes ids that no other Okta has.
	NewID func(prefix string, n int) string
	// Password is the placeholder of the n-th person; nil draws it from the seed.
	Password func(ordinal int) string
}

// A Server is an Okta that answers at URL to whoever has the Token.
type Server struct {
	URL   string
	Token string

	http   *http.Server
	served chan error
	busy   sync.RWMutex    // held for reading by each request, for writing by Close
	own    *http.Transport // nil when the transport is somebody else's
	org    *org
}

// Start opens an Okta without people or applications.
func Start(c Config) (*Server, error) {
	c.Listen = cmp.Or(c.Listen, "127.0.0.1:0")
	c.Token = cmp.Or(c.Token, rand.Text())
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.NewID == nil {
		c.NewID = ofOneOkta(rand.Text()[:8])
	}
	s := &Server{Token: c.Token, served: make(chan error, 1)}
	if c.Target == nil {
		s.own = &http.Transport{Proxy: http.ProxyFromEnvironment, Protocols: new(http.Protocols)}
		s.own.Protocols.SetHTTP1(true) // as Okta's client, over TLS too
		c.Target = s.own
	}
	s.org = newOrg(c)
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("start okta: %w", err)
	}
	s.URL = "http://" + listener.Addr().String()
	api := management.NewHandler(s.org.directory, management.Secrets{Token: c.Token, Key: rand.Text()}, s.org.hooks(), c.Now)
	s.http = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.busy.RLock()
		defer s.busy.RUnlock()
		api.ServeHTTP(w, r)
		s.org.warn()
	})}
	go func() { s.served <- s.http.Serve(listener) }()
	return s, nil
}

// ofOneOkta makes ids as long as Okta's, 20 characters, that carry a mark.
func ofOneOkta(mark string) func(prefix string, n int) string {
	return func(prefix string, n int) string {
		return fmt.Sprintf("%s%s%0*d", prefix, mark, 20-len(prefix)-len(mark), n)
	}
}

// Settle returns when Okta has nothing left to do at any target, or ctx ends.
// Applications settle one after the other or, where [Config.Wait] passes real time,
// at the same time.
func (s *Server) Settle(ctx context.Context) error { return s.org.settle(ctx, s.org.all()...) }

// Close ends the server, and returns when nothing of it runs any more.
func (s *Server) Close() error {
	s.org.close()
	err := s.http.Close()
	s.busy.Lock()
	defer s.busy.Unlock()
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	if s.own != nil {
		s.own.CloseIdleConnections()
	}
	return err
}
