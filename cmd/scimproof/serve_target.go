package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/fault"
)

type serveTarget struct {
	Listen     string `default:"127.0.0.1:0" placeholder:"ADDR" help:"The address to listen on; port 0 takes any free one."`
	AdminToken string `env:"SCIMPROOF_ADMIN_TOKEN" placeholder:"TOKEN" help:"The credential of the administration API, for whoever has one to give; otherwise one is made and printed. Better given as SCIMPROOF_ADMIN_TOKEN, which no process list shows."`

	mistakes
	limited
	InFrontOf string `placeholder:"URL" help:"In place of our own server, the SCIM base URL of anybody's, which then makes the mistakes of --fault."`
	certificates
	AllowHTTP bool `name:"allow-http" help:"Allow plain http to a --in-front-of that is not loopback: the token then travels in the clear."`
}

func (serveTarget) Help() string {
	return `Examples:

  scimproof serve target --listen 127.0.0.1:8080
  scimproof serve target --fault deletes-when-disabled
  scimproof serve target --limit writes-180-a-minute --limit changes-100
  scimproof serve target --fault ignores-filter --in-front-of https://app.example.com/scim/v2

Once it is ready it prints one line of JSON: the SCIM base URL and token of a tenant made on the spot, the URL and token of the administration API, and the URL of a web page that shows what the server holds: a browser asks for the administration token as the password of any user name. Given an administration token it makes no tenant and prints no credential, only the URL where tenants are made. It runs until interrupted and keeps everything in memory.

The administration API stands in for the provider's screens: identity managers and their settings, drafts of them that are tested and saved in the provider's order, accounts, groups, attributes and usernames elsewhere. target/refserver/admin.md in the source shows each of its addresses with an example.

In front of somebody's server it prints its own base URL alone. The caller's credentials are the server's, and go nowhere else; redirects are not followed. What the mistake leaves alone goes through as it came, but for Location, which leads back here; URLs in bodies stay the server's own.`
}

// ready is the line that serve target prints.
type ready struct {
	SCIM       string `json:"scim_url,omitempty"`
	Token      string `json:"token,omitempty"`
	Admin      string `json:"admin_url,omitempty"`
	AdminToken string `json:"admin_token,omitempty"`
	Page       string `json:"page_url,omitempty"` // for a browser; the password is AdminToken
}

func (s serveTarget) Run(sh shell) error {
	faults, err := s.choose(sh)
	if err != nil {
		return err
	}
	if s.InFrontOf != "" {
		return s.inFront(sh, faults)
	}
	tg, err := s.start(faults)
	if err != nil {
		return err
	}
	defer tg.Close()
	line := ready{Admin: tg.Admin.URL}
	if s.AdminToken == "" {
		if line, err = withTenant(sh, tg); err != nil {
			return err
		}
	}
	return untilInterrupted(sh, line)
}

func (s serveTarget) start(faults []fault.Fault) (target.Target, error) {
	limits, err := s.limits()
	if err != nil {
		return target.Target{}, err
	}
	return target.ServeWithin(limits, s.Listen, cmp.Or(s.AdminToken, rand.Text()), faults...)
}

// withTenant makes a tenant at our own server and tells all of both.
func withTenant(sh shell, tg target.Target) (ready, error) {
	endpoint, err := tg.Tenant(sh.ctx)
	if err != nil {
		return ready{}, err
	}
	return ready{SCIM: endpoint.URL, Token: endpoint.Token, Admin: tg.Admin.URL, AdminToken: tg.Admin.Token, Page: tg.Admin.Page}, nil
}

func (s serveTarget) inFront(sh shell, faults []fault.Fault) error {
	behind, err := s.behind()
	if err != nil {
		return err
	}
	tlsConfig, err := s.tls()
	if err != nil {
		return err
	}
	carrier := outward(tlsConfig)
	defer carrier.CloseIdleConnections()
	tg, err := target.Front{
		Listen: s.Listen, Behind: behind, Faults: faults, HTTP: carrier,
		Unanswered: func(r *http.Request, err error) {
			fmt.Fprintln(sh.err, evidence.Inert(fmt.Sprintf("%s %s: the server behind does not answer: %v", r.Method, r.URL.EscapedPath(), err)))
		},
	}.Serve()
	if err != nil {
		return err
	}
	defer tg.Close()
	return untilInterrupted(sh, ready{SCIM: tg.URL})
}

// behind is the server that the mistakes are to stand in front of.
func (s serveTarget) behind() (*url.URL, error) {
	u, err := url.Parse(s.InFrontOf)
	switch {
	case len(s.Limit) > 0:
		return nil, errors.New("--limit is for our own server, and --in-front-of names somebody's")
	case len(s.Fault) == 0:
		return nil, errors.New("--in-front-of wants a mistake to make there: name it with --fault; scimproof list --faults shows them all")
	case s.AdminToken != "":
		return nil, errors.New("--admin-token is for our own server, and --in-front-of names somebody's")
	case err != nil || !hasOrigin(u):
		return nil, fmt.Errorf("--in-front-of %q is no http or https URL with a host", s.InFrontOf)
	case u.User != nil:
		return nil, errors.New("--in-front-of carries a user or password; whoever calls brings the credentials")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("--in-front-of %q has a query or a fragment; a base URL has neither", s.InFrontOf)
	case inTheClear(u) && !s.AllowHTTP:
		return nil, fmt.Errorf("--in-front-of %q would send the callers' tokens in the clear; use https, or say --allow-http", s.InFrontOf)
	}
	return u, nil
}
