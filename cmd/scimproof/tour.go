package main

import (
	"crypto/rand"
	"fmt"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
)

type tour struct {
	Seed uint64 `default:"1" placeholder:"N" help:"Chooses names and their shape; 1 is plain."`
	Stay bool   `negatable:"" default:"true" help:"At the end, leave the server's page open for a look until interrupted."`
}

func (tour) Help() string {
	return `Examples:

  scimproof tour
  scimproof tour --no-stay

It walks through the page that this project is built from, heading by heading, with an Okta and a SCIM server of its own: under each sentence it tells what happened in Okta, what went over the wire, and what the provider's screens show then. It judges nothing; scimproof check does.`
}

func (t tour) Run(sh shell) error {
	tg, err := target.Bundled("")
	if err != nil {
		return err
	}
	defer tg.Close()
	c := steps.Config{Target: tg, RunID: steps.NewRunID(rand.Text), Seed: t.Seed, Redact: evidence.NewRedactor()}
	if err := steps.Walk(sh.ctx, c, sh.out); err != nil {
		return broken{err}
	}
	fmt.Fprintf(sh.out, "\nThat was the page. What the provider holds now can be looked at.\n\n  %s\n  any user name, and the password %s\n", tg.Admin.Page, tg.Admin.Token)
	if !t.Stay {
		return nil
	}
	fmt.Fprintln(sh.err, "The page stays open until this is interrupted.")
	<-sh.ctx.Done()
	return nil
}
