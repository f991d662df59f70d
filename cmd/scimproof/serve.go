package main

import (
	"encoding/json"

	"github.com/scimproof/scimproof/target"
)

type serve struct {
	Target serveTarget `cmd:"" help:"The reference SCIM server, with one tenant."`
}

type serveTarget struct {
	Listen     string `default:"127.0.0.1:0" placeholder:"ADDR" help:"The address to listen on; port 0 takes any free one."`
	AdminToken string `env:"SCIMPROOF_ADMIN_TOKEN" placeholder:"TOKEN" help:"The credential of the administration API, for whoever has one to give; otherwise one is made and printed. Better given as SCIMPROOF_ADMIN_TOKEN, which no process list shows."`
}

func (serveTarget) Help() string {
	return `Example:

  scimproof serve target --listen 127.0.0.1:8080

Once it is ready it prints one line of JSON: the SCIM base URL and token of a tenant made on the spot, and the URL and token of the administration API. Given an administration token it makes no tenant and prints no credential, only the URL where tenants are made. It runs until interrupted and keeps everything in memory.`
}

// ready is the line that serve target prints.
type ready struct {
	SCIM       string `json:"scim_url,omitempty"`
	Token      string `json:"token,omitempty"`
	Admin      string `json:"admin_url"`
	AdminToken string `json:"admin_token,omitempty"`
}

func (s serveTarget) Run(sh shell) error {
	tg, err := s.start()
	if err != nil {
		return err
	}
	defer tg.Close()
	line := ready{Admin: tg.Admin.URL}
	if s.AdminToken == "" {
		endpoint, err := tg.Tenant(sh.ctx)
		if err != nil {
			return err
		}
		line.SCIM, line.Token, line.AdminToken = endpoint.URL, endpoint.Token, tg.Admin.Token
	}
	if err := json.NewEncoder(sh.out).Encode(line); err != nil {
		return err
	}
	<-sh.ctx.Done()
	return nil
}

func (s serveTarget) start() (target.Target, error) {
	if s.AdminToken == "" {
		return target.Bundled(s.Listen)
	}
	return target.Serve(s.Listen, s.AdminToken)
}
