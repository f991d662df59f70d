package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
)

type serveOkta struct {
	Listen string `default:"127.0.0.1:0" placeholder:"ADDR" help:"The address to listen on; port 0 takes any free one."`
	oktaFlags
}

func (serveOkta) Help() string {
	return `Examples:

  scimproof serve okta --listen 127.0.0.1:9000
  scimproof serve okta --knob spaceEncoding=+

Once it is ready it prints one line of JSON, the URL and an API token of an Okta that speaks Okta's management API; given --okta-token it prints no token. There an administrator makes people, groups and applications, connects an application to a SCIM server, and assigns and pushes. What follows at the SCIM server has happened when a call is answered, and stands on stderr, a line for each exchange. What failed is under /mock/v1/tasks. Beside Okta's API, /mock/v1 has what Okta's console alone can do, such as POST /mock/v1/apps/ID/scim, which lets a custom application provision by SCIM.

A SCIM server that answers 429 is really waited for, as long as it asks, or five minutes where it does not say, as Okta does; but no wait is longer than --longest-wait. It runs until interrupted and keeps everything in memory.`
}

// oktaFlags are how an Okta that stands alone behaves to its targets.
type oktaFlags struct {
	OktaToken   string        `placeholder:"TOKEN" help:"The API token of this Okta, for whoever has one to give; otherwise one is made and printed. Better given as SCIMPROOF_OKTA_TOKEN, which no process list shows."`
	Timeout     time.Duration `default:"60s" help:"How long one SCIM request may take; Okta's own patience is 60 s."`
	LongestWait time.Duration `default:"2m" help:"How long a SCIM server that answers 429 may ask Okta to wait; what would take longer has failed."`
	knobFlags
	certificates
	AllowHTTP bool `name:"allow-http" help:"Allow SCIM by plain http to a host that is not loopback: the token then travels in the clear."`
}

// oktaReady is the line that serve okta prints.
type oktaReady struct {
	URL   string `json:"url"`
	Token string `json:"token,omitempty"`
	// Apps are the applications that are there already, by dialect.
	Apps map[string]directory.AppID `json:"apps,omitempty"`
}

func (s serveOkta) Run(sh shell) error {
	okta, err := s.start(sh, s.Listen)
	if err != nil {
		return err
	}
	defer okta.stop()
	return untilInterrupted(sh, s.ready(okta))
}

// ready tells where the Okta is, and its token to whoever does not know it.
func (f oktaFlags) ready(okta *standing) oktaReady {
	if f.OktaToken != "" {
		return oktaReady{URL: okta.URL}
	}
	return oktaReady{URL: okta.URL, Token: okta.Token}
}

// A standing Okta is one that nobody calls Settle on.
type standing struct {
	*mockokta.Server
	carrier *http.Transport
}

func (f oktaFlags) start(sh shell, listen string) (*standing, error) {
	knobs, err := f.turned()
	if err != nil {
		return nil, err
	}
	tlsConfig, err := f.tls()
	if err != nil {
		return nil, err
	}
	carrier := outward(tlsConfig)
	log := newExchangeLog(sh.err, carrier, f.AllowHTTP)
	server, err := mockokta.Start(mockokta.Config{
		Listen: listen, Token: f.OktaToken, ServeSettles: true,
		Target: log, Knobs: knobs, Timeout: f.Timeout, Wait: f.wait(log),
		Warn: func(text string) { log.line("warning: %s", text) },
	})
	if err != nil {
		return nil, err
	}
	if len(f.Knob) > 0 {
		fmt.Fprintf(sh.err, "scimproof: this Okta is not as it is believed to be: %s\n", strings.Join(f.Knob, ", "))
	}
	return &standing{server, carrier}, nil
}

// stop ends it; what is under way at a target breaks off.
func (s *standing) stop() {
	_ = s.Close() // the process ends with it
	s.carrier.CloseIdleConnections()
}

// wait is how this Okta waits after a 429: really, and so that a call of its API
// is answered in the end.
func (f oktaFlags) wait(log *exchangeLog) func(context.Context, time.Duration) error {
	return func(ctx context.Context, d time.Duration) error {
		if d > f.LongestWait {
			return fmt.Errorf("it would take %s, and --longest-wait is %s", d.Round(time.Second), f.LongestWait)
		}
		log.line("Okta waits %s, as after a 429 it does", d.Round(time.Millisecond))
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
