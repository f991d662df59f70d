package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/target"
)

type serveBoth struct {
	OktaListen   string `default:"127.0.0.1:0" placeholder:"ADDR" help:"Where the Okta is to listen; port 0 takes any free one."`
	TargetListen string `default:"127.0.0.1:0" placeholder:"ADDR" help:"Where the SCIM server is to listen."`
	Dialect      string `enum:"aiw,oin,both" default:"both" help:"Which applications the Okta has: aiw (wizard, PUT), oin (catalogue, PATCH) or one of each."`
	mistakes
	oktaFlags
}

func (serveBoth) Help() string {
	return `Examples:

  scimproof serve both
  scimproof serve both --dialect oin --fault patch-active-ignored

Once both are ready it prints one line of JSON: under target what serve target prints, and under okta what serve okta prints, with the ids of the applications that are there, by dialect. They are connected to the target's one tenant, with Create Users, Update User Attributes and Deactivate Users switched on: make a person, assign them, and look at the target. See scimproof serve okta --help for the rest.`
}

func (s serveBoth) Run(sh shell) error {
	faults, err := s.choose(sh)
	if err != nil {
		return err
	}
	tg, err := target.Bundled(s.TargetListen, faults...)
	if err != nil {
		return err
	}
	defer tg.Close()
	scim, err := withTenant(sh, tg)
	if err != nil {
		return err
	}
	okta, err := s.start(sh, s.OktaListen)
	if err != nil {
		return err
	}
	defer okta.stop()
	apps, err := s.connect(sh.ctx, okta, scim)
	if err != nil {
		return err
	}
	line := s.ready(okta)
	line.Apps = apps
	return untilInterrupted(sh, struct {
		Target ready     `json:"target"`
		Okta   oktaReady `json:"okta"`
	}{scim, line})
}

// connect makes the applications, as an administrator of this Okta.
func (s serveBoth) connect(ctx context.Context, okta *standing, scim ready) (map[string]directory.AppID, error) {
	carrier := &http.Transport{}
	defer carrier.CloseIdleConnections()
	admin := &management.Client{URL: okta.URL, Token: okta.Token, HTTP: carrier}
	apps := map[string]directory.AppID{}
	for _, dialect := range []string{features.AIW, features.OIN} {
		if s.Dialect != "both" && s.Dialect != dialect {
			continue
		}
		app, err := application(ctx, admin, dialect, scim)
		if err != nil {
			return nil, fmt.Errorf("connect the application that speaks %s to the target: %w", dialect, err)
		}
		apps[dialect] = app
	}
	return apps, nil
}

// application is one that provisions, with To App switched on.
func application(ctx context.Context, admin *management.Client, dialect string, scim ready) (directory.AppID, error) {
	key := directory.TokenAuth
	if dialect == features.AIW {
		key = ""
	}
	app, err := admin.CreateApp(ctx, "Target, by "+dialect, key)
	if err != nil {
		return app, err
	}
	if dialect == features.AIW {
		if err := admin.EnableSCIM(ctx, app); err != nil {
			return app, err
		}
	}
	if err := admin.Connect(ctx, app, scim.SCIM, scim.Token); err != nil {
		return app, err
	}
	if err := admin.ActivateConnection(ctx, app); err != nil {
		return app, err
	}
	return app, admin.SetProvisioning(ctx, app, true, true, true)
}
