package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
)

type check struct {
	Target    string `default:"bundled" help:"The SCIM server: bundled, or the base URL of anybody's."`
	Token     string `env:"SCIMPROOF_TOKEN" placeholder:"TOKEN" help:"The bearer token for a target by URL. Better given as SCIMPROOF_TOKEN, which no process list shows."`
	AllowHTTP bool   `env:"SCIMPROOF_ALLOW_HTTP" name:"allow-http" help:"Allow plain http to a host that is not loopback: the token then travels in the clear."`

	selection

	Out            string        `placeholder:"DIR" help:"Where the evidence goes; otherwise scimproof-out/<run id>, with scimproof-out/latest pointing to it."`
	Seed           uint64        `default:"1" help:"Chooses the shapes of names and the order of Okta's jobs; 1 is plain."`
	Jobs           int           `help:"Scenarios played at a time; otherwise 4 at the bundled target and 1 elsewhere."`
	Strict         bool          `help:"Warnings fail."`
	Timeout        time.Duration `default:"60s" help:"How long one request may take; Okta's own patience is 60 s."`
	ThrottleBudget time.Duration `default:"2m" help:"How long a run may wait in all for a target that answers 429."`
}

func (check) Help() string {
	return `Examples:

  scimproof check
  SCIMPROOF_TOKEN=... scimproof check --target https://app.example.com/scim/v2
  scimproof check --only unassign-disables --dialect oin

What the run makes at a target by URL bears the run's id. At the end its accounts are disabled and its groups deleted, as Okta would.`
}

func (c check) Run(sh shell) error {
	cases, err := c.choose()
	if err != nil {
		return err
	}
	if len(cases) == 0 {
		fmt.Fprintln(sh.err, "scimproof: the selection holds no scenario; scimproof list shows what there is")
		return status(incomplete)
	}
	tg, err := c.target()
	if err != nil {
		return err
	}
	report, dir, err := c.play(sh, tg, cases)
	if report.Schema != "" {
		fmt.Fprint(sh.out, reports.Text(report)) // what was seen is said even where it could not be kept
	}
	if err := errors.Join(err, tg.Close()); err != nil {
		return err
	}
	fmt.Fprintf(sh.out, "\nThe evidence is in %s: result.json, junit.xml, and a transcript of each scenario.\n", dir)
	if report.Exit != ok {
		return status(report.Exit)
	}
	return nil
}

func (c check) target() (target.Target, error) {
	if c.Target == target.KindBundled {
		return target.Bundled("")
	}
	u, err := url.Parse(c.Target)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return target.Target{}, fmt.Errorf("--target %q is neither bundled nor an http or https URL with a host", c.Target)
	case u.User != nil:
		return target.Target{}, errors.New("--target carries a user or password; give the token with --token or SCIMPROOF_TOKEN")
	case u.RawQuery != "" || u.Fragment != "":
		return target.Target{}, fmt.Errorf("--target %q has a query or a fragment; a base URL has neither", c.Target)
	case c.Token == "":
		return target.Target{}, errors.New("a target by URL needs its bearer token: --token or SCIMPROOF_TOKEN")
	case u.Scheme == "http" && !isLoopback(u.Hostname()) && !c.AllowHTTP:
		return target.Target{}, fmt.Errorf("--target %q would send the token in the clear; use https, or say --allow-http", c.Target)
	}
	return target.External(c.Target, c.Token), nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// play runs the cases into an evidence folder and folds it into a report.
func (c check) play(sh shell, tg target.Target, cases []features.Case) (reports.Report, string, error) {
	catalogue, err := features.Requirements()
	if err != nil {
		return reports.Report{}, "", err
	}
	id := steps.NewRunID(rand.Text)
	dir := c.Out
	if dir == "" {
		dir = filepath.Join("scimproof-out", id)
	}
	redact := evidence.NewRedactor(tg.Secrets...)
	folder, err := evidence.Create(dir, c.head(sh, id, tg, cases, catalogue), redact)
	if err != nil {
		return reports.Report{}, "", err
	}
	progress := newProgress(sh.err, len(cases))
	_, end, err := steps.Play(sh.ctx, cases, steps.Config{
		Target: tg, RunID: id, Seed: c.Seed, Jobs: c.jobs(tg), Timeout: c.Timeout,
		Throttled: c.ThrottleBudget, Folder: folder, Redact: redact, Done: progress.done,
	})
	progress.end()
	if err := errors.Join(err, folder.Finish(end)); err != nil {
		return reports.Report{}, "", broken{err}
	}
	if c.Out == "" {
		pointTo(id)
	}
	seen, err := evidence.Open(dir)
	if err != nil {
		return reports.Report{}, "", broken{err}
	}
	report := reports.Fold(seen, reports.Options{Sources: sources(catalogue)})
	if err := reports.WriteAll(dir, report); err != nil {
		return report, dir, broken{err}
	}
	return report, dir, nil
}

func (c check) jobs(tg target.Target) int {
	switch {
	case c.Jobs > 0:
		return c.Jobs
	case tg.Ours:
		return 4
	}
	return 1
}

func (c check) head(sh shell, id string, tg target.Target, cases []features.Case, catalogue map[string]features.Requirement) evidence.Run {
	run := evidence.Run{
		ID: id, Seed: int64(c.Seed), Started: time.Now(),
		Tool:    evidence.Tool{Name: "scimproof", Version: currentVersion()},
		Target:  evidence.Target{Kind: tg.Kind, Name: tg.Name, URL: tg.URL, Ours: tg.Ours},
		Without: c.Without, Strict: c.Strict, Reproduce: reproduce(sh.args), Clock: "real",
	}
	if tg.Ours {
		run.Clock = "virtual"
	}
	for _, one := range cases {
		run.Planned = append(run.Planned, steps.Planned(one, catalogue))
	}
	return run
}

// reproduce is the command line again, without its token.
func reproduce(args []string) string {
	words := []string{"scimproof"}
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--token":
			i++
		case strings.HasPrefix(args[i], "--token="):
		case strings.ContainsAny(args[i], " '\"@&|<>()$`\\*?!;#~"):
			words = append(words, "'"+strings.ReplaceAll(args[i], "'", `'\''`)+"'")
		default:
			words = append(words, args[i])
		}
	}
	return strings.Join(words, " ")
}

// sources tells people where each requirement is written.
func sources(catalogue map[string]features.Requirement) map[string]string {
	all := map[string]string{}
	for id, r := range catalogue {
		all[id] = r.Source
	}
	return all
}

// pointTo makes scimproof-out/latest a link to the newest run. A file system
// without links does without.
func pointTo(id string) {
	latest := filepath.Join("scimproof-out", "latest")
	_ = os.Remove(latest)
	_ = os.Symlink(id, latest)
}
