package target

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"github.com/scimproof/scimproof/target/fault"
)

// A Front stands in front of somebody's server and makes it err.
type Front struct {
	Listen string        // the address to listen on; "" means any free port on loopback
	Behind *url.URL      // the server's SCIM base URL
	Faults []fault.Fault // what it is to do wrong
	// HTTP carries requests to the server. It follows no redirect, as no
	// RoundTripper does, so that the caller's credentials reach that one origin.
	HTTP http.RoundTripper
	// Unanswered is told of each request that got no answer, and why; nil for
	// whom that does not interest.
	Unanswered func(*http.Request, error)
}

// Serve opens the front. Its base URL has the path of the server's, and what
// the faults leave alone goes through as it came, with two exceptions: answers
// are unpacked on the way, since a fault cannot read them otherwise, and a
// Location that leads to the server leads to the front. URLs in bodies stay the
// server's own. A mistake of a store is refused. The caller closes the target; its credentials are the server's.
func (f Front) Serve() (Target, error) {
	for _, mistake := range f.Faults {
		if mistake.InStore() {
			return Target{}, fmt.Errorf("%s is a mistake in a server's store, which nothing in front of %s can make; our own server makes it", mistake.Name, f.Behind.Redacted())
		}
	}
	here, stop, err := open(f.Listen, faulty(http.HandlerFunc(f.pass), f.Faults))
	if err != nil {
		return Target{}, fmt.Errorf("start in front of %s: %w", f.Behind.Redacted(), err)
	}
	t := External(here+f.Behind.EscapedPath(), "")
	t.Close = stop
	return t, nil
}

// pass hands a request on to the server.
func (f Front) pass(w http.ResponseWriter, r *http.Request) {
	proxy := httputil.ReverseProxy{
		Transport: f.HTTP,
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(&url.URL{Scheme: f.Behind.Scheme, Host: f.Behind.Host})
			p.Out.URL.RawQuery = p.In.URL.RawQuery // to the byte, also what Go cannot read
			p.Out.Header.Del("Accept-Encoding")    // the transport then asks for gzip itself, and unpacks it
		},
		ModifyResponse: func(resp *http.Response) error {
			f.locate(resp.Header, r.Host)
			return nil
		},
		ErrorHandler: f.unanswered,
		ErrorLog:     log.New(io.Discard, "", 0), // an answer that breaks off breaks off for the caller too
	}
	proxy.ServeHTTP(w, r)
}

// locate turns a Location at the server into one at the front.
func (f Front) locate(h http.Header, here string) {
	where, err := url.Parse(h.Get("Location"))
	if err == nil && where.Scheme == f.Behind.Scheme && strings.EqualFold(where.Host, f.Behind.Host) {
		where.Scheme, where.Host = "http", here
		h.Set("Location", where.String())
	}
}

// unanswered leaves the caller without an answer too, as the server would.
func (f Front) unanswered(_ http.ResponseWriter, r *http.Request, err error) {
	if f.Unanswered != nil && r.Context().Err() == nil {
		f.Unanswered(r, err)
	}
	panic(http.ErrAbortHandler)
}
