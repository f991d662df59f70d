package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/limit"
)

// targetFlags say which server is meant, and how to get in there.
type targetFlags struct {
	Target string   `default:"bundled" help:"The SCIM server: bundled, container, or the base URL of anybody's."`
	Token  string   `placeholder:"TOKEN" help:"The bearer token for a target by URL. Better given as SCIMPROOF_TOKEN, which no process list shows."`
	Basic  string   `placeholder:"USER:PASS" help:"Basic credentials for a target by URL, in place of a token."`
	Header []string `sep:"none" placeholder:"'NAME: VALUE'" help:"A header that every request carries besides; may be repeated."`

	certificates
	AllowHTTP bool `name:"allow-http" help:"Allow plain http to a host that is not loopback: the token then travels in the clear."`

	contained

	Timeout        time.Duration `default:"60s" help:"How long one request may take; Okta's own patience is 60 s."`
	ThrottleBudget time.Duration `default:"2m" help:"How long a run may wait in all for a target that answers 429."`
}

// open starts or describes the target. The caller closes it.
func (f targetFlags) open(sh shell) (target.Target, error) {
	return f.within(sh, limit.Limits{})
}

// within is open, with limits set to our own server where it is in this process.
func (f targetFlags) within(sh shell, limits limit.Limits) (target.Target, error) {
	if f.Timeout <= 0 {
		return target.Target{}, fmt.Errorf("--timeout %s is no time to wait: no request could be answered in it; Okta's own patience is 60s", f.Timeout)
	}
	if f.ThrottleBudget < 0 {
		return target.Target{}, fmt.Errorf("--throttle-budget %s is no time to wait; 0s waits for no answer of 429", f.ThrottleBudget)
	}
	if f.Target == target.KindContainer {
		return f.start(sh.ctx, f.Token, sh.err)
	}
	if err := f.refuse(); err != nil {
		return target.Target{}, err
	}
	if f.Target == target.KindBundled {
		return target.ServeWithin(limits, "", rand.Text())
	}
	if err := f.checkURL(); err != nil {
		return target.Target{}, err
	}
	f = f.asTyped(sh.args)
	header, err := f.headers()
	if err != nil {
		return target.Target{}, err
	}
	tlsConfig, err := f.tls()
	if err != nil {
		return target.Target{}, err
	}
	token := f.Token
	if token == "" {
		token = f.Basic // Okta's connection holds one or the other
	}
	if token == "" && header.Get("Authorization") == "" {
		return target.Target{}, errors.New("a target by URL needs its bearer token: --token or SCIMPROOF_TOKEN, or else --basic")
	}
	tg := target.External(f.Target, token)
	tg.Header, tg.TLS = header, tlsConfig
	for _, values := range header {
		tg.Secrets = append(tg.Secrets, values...)
	}
	return tg, nil
}

// asTyped drops the token or the Basic credentials that the environment offers
// where the other was typed: what is said now counts for more than what was
// exported once.
func (f targetFlags) asTyped(args []string) targetFlags {
	typed := func(flag string) bool {
		return slices.ContainsFunc(args, func(a string) bool { return a == flag || strings.HasPrefix(a, flag+"=") })
	}
	switch {
	case typed("--basic") && !typed("--token"):
		f.Token = ""
	case typed("--token") && !typed("--basic"):
		f.Basic = ""
	}
	return f
}

func (f targetFlags) checkURL() error {
	u, err := url.Parse(f.Target)
	switch {
	case err != nil || !hasOrigin(u):
		return fmt.Errorf("--target %q is neither bundled, container nor an http or https URL with a host", f.Target)
	case u.User != nil:
		return errors.New("--target carries a user or password; give them with --basic or SCIMPROOF_BASIC")
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("--target %q has a query or a fragment; a base URL has neither", f.Target)
	case inTheClear(u) && !f.AllowHTTP:
		return fmt.Errorf("--target %q would send the token in the clear; use https, or say --allow-http", f.Target)
	}
	return nil
}

func hasOrigin(u *url.URL) bool { return u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") }

// inTheClear says whether others can read what is sent to u.
func inTheClear(u *url.URL) bool { return u.Scheme == "http" && !isLoopback(u.Hostname()) }

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// headers are those of --header, and of --basic.
func (f targetFlags) headers() (http.Header, error) {
	header := http.Header{}
	for i, line := range f.Header {
		name, value, found := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !found || name == "" || strings.ContainsAny(name, " \t") {
			return nil, fmt.Errorf("--header number %d is not of the form 'Name: value'", i+1)
		}
		header.Add(name, strings.TrimSpace(value))
	}
	if f.Basic == "" {
		return header, nil
	}
	if f.Token != "" {
		return nil, errors.New("--token and --basic exclude each other: a request has one Authorization")
	}
	if !strings.Contains(f.Basic, ":") {
		return nil, errors.New("--basic is not of the form user:password")
	}
	header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(f.Basic)))
	return header, nil
}
