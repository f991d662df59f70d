package main

import (
	"encoding/json"

	"github.com/scimproof/scimproof/target"
)

type serve struct {
	Target serveTarget `cmd:"" help:"The reference SCIM server, with one tenant."`
}

type serveTarget struct {
	Listen string `default:"127.0.0.1:0" placeholder:"ADDR" help:"The address to listen on; port 0 takes any free one."`
}

func (serveTarget) Help() string {
	return `Example:

  scimproof serve target --listen 127.0.0.1:8080

Once it is ready it prints one line of JSON: the SCIM base URL and token of a tenant made on the spot, and the URL and token of the administration API. It runs until interrupted and keeps everything in memory.`
}

func (s serveTarget) Run(sh shell) error {
	tg, err := target.Bundled(s.Listen)
	if err != nil {
		return err
	}
	defer tg.Close()
	endpoint, err := tg.Tenant(sh.ctx)
	if err != nil {
		return err
	}
	ready := struct {
		SCIM       string `json:"scim_url"`
		Token      string `json:"token"`
		Admin      string `json:"admin_url"`
		AdminToken string `json:"admin_token"`
	}{endpoint.URL, endpoint.Token, tg.Admin.URL, tg.Admin.Token}
	if err := json.NewEncoder(sh.out).Encode(ready); err != nil {
		return err
	}
	<-sh.ctx.Done()
	return nil
}
