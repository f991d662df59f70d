package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
)

type check struct {
	targetFlags
	selection
	knobFlags

	Out    string `placeholder:"DIR" help:"Where the evidence goes; otherwise scimproof-out/<run id>, with scimproof-out/latest pointing to it."`
	Seed   uint64 `default:"1" help:"Chooses the shapes of names and the order of Okta's jobs; 1 is plain."`
	Jobs   int    `help:"Scenarios played at a time; otherwise 4 at the bundled target and 1 elsewhere."`
	Strict bool   `help:"Warnings fail."`
}

func (check) Help() string {
	return `Examples:

  scimproof check
  SCIMPROOF_TOKEN=... scimproof check --target https://app.example.com/scim/v2
  scimproof check --target container
  scimproof check --only unassign-disables --dialect oin
  scimproof check --knob emptyValue=null

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
	knobs, err := c.turned()
	if err != nil {
		return err
	}
	tg, err := c.open(sh)
	if err != nil {
		return interrupted(sh, err)
	}
	report, dir, err := c.play(sh, tg, cases, knobs)
	if report.Schema != "" {
		fmt.Fprint(sh.out, reports.Text(report)) // what was seen is said even where it could not be kept
	}
	if problem := tg.Close(); problem != nil {
		fmt.Fprintln(sh.err, "scimproof: the target could not be closed:", problem) // its verdict stands
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(sh.out, "\nThe evidence is in %s: result.json, junit.xml, and a transcript of each scenario.\n", dir)
	fmt.Fprintf(sh.out, "The page to open: %s%s\n", filepath.Join(dir, reports.Page), c.alsoAt(dir))
	if report.Exit != ok {
		return status(report.Exit)
	}
	return nil
}

// interrupted is why a target was not opened: the user's own doing, when it was
// interrupted meanwhile.
func interrupted(sh shell, err error) error {
	if sh.ctx.Err() != nil {
		return broken{errors.New("interrupted before it began")}
	}
	return err
}

// play runs the cases into an evidence folder and folds it into a report.
func (c check) play(sh shell, tg target.Target, cases []features.Case, knobs provision.Knobs) (reports.Report, string, error) {
	catalogue, err := features.Requirements()
	if err != nil {
		return reports.Report{}, "", err
	}
	statements, err := features.Coverage()
	if err != nil {
		return reports.Report{}, "", err
	}
	id := steps.NewRunID(rand.Text)
	dir := c.Out
	if dir == "" {
		dir = filepath.Join("scimproof-out", id)
	}
	redact := evidence.NewRedactor(tg.Secrets...)
	head := c.head(sh, id, tg, cases, catalogue)
	head.Knobs, head.Statements = knobs.Turned(), statementsOf(statements)
	folder, err := evidence.Create(dir, head, redact)
	if err != nil {
		return reports.Report{}, "", err
	}
	if c.Out == "" {
		pointTo(id) // also at a run that is killed
	}
	progress := newProgress(sh.err, len(cases))
	_, end, err := steps.Play(sh.ctx, cases, steps.Config{
		Target: tg, RunID: id, Seed: c.Seed, Jobs: c.jobs(tg), Knobs: knobs, Timeout: c.Timeout,
		Throttled: c.ThrottleBudget, Folder: folder, Redact: redact, Done: progress.done,
	})
	progress.end()
	if err := errors.Join(err, folder.Finish(end)); err != nil {
		return reports.Report{}, "", broken{err}
	}
	seen, err := evidence.Open(dir)
	if err != nil {
		return reports.Report{}, "", broken{err}
	}
	report := reports.Fold(seen, reports.Options{Rules: rules(catalogue)})
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

// credentials are the flags that a command line is told without.
var credentials = []string{"--token", "--basic", "--header"}

// chosen are the variables that say what a run is; credentials are not among them.
var chosen = []string{
	"TARGET", "ONLY", "TAGS", "DIALECT", "WITHOUT", "KNOB", "SEED", "JOBS", "STRICT",
	"IMAGE", "PORT", "BASE_PATH", "READY", "CA_CERT", "CLIENT_CERT", "CLIENT_KEY", "ALLOW_HTTP",
	"TIMEOUT", "THROTTLE_BUDGET", "PEOPLE", "RATE", "WORKERS", "I_OWN_THIS",
}

func quotedForShell(s string) string {
	if !strings.ContainsAny(s, " '\"@&|<>()$`\\*?!;#~") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// reproduce is the command line again, without its credentials, behind what the
// environment chose.
func reproduce(args []string) string {
	var words []string
	for _, name := range chosen {
		if value, is := os.LookupEnv("SCIMPROOF_" + name); is {
			words = append(words, "SCIMPROOF_"+name+"="+quotedForShell(value))
		}
	}
	words = append(words, "scimproof")
	for i := 0; i < len(args); i++ {
		flag, _, inOne := strings.Cut(args[i], "=")
		switch {
		case slices.Contains(credentials, flag):
			if !inOne {
				i++
			}
		default:
			words = append(words, quotedForShell(args[i]))
		}
	}
	return strings.Join(words, " ")
}

// rules tells reports what the catalogue says of each requirement.
func rules(catalogue map[string]features.Requirement) map[string]reports.Rule {
	all := map[string]reports.Rule{}
	for id, r := range catalogue {
		all[id] = reports.Rule{
			Text: r.Text, Level: r.Level, Grade: r.Grade, Source: r.Source, Advice: r.Advice,
			Costs: features.AtStake(r.Costs), Gravity: features.Gravity(r.Costs),
			Knob: r.Knob, Warns: r.Warns,
		}
	}
	return all
}

// alsoAt names the newest run's page by the name that stays, where there is one.
func (c check) alsoAt(dir string) string {
	latest := filepath.Join("scimproof-out", "latest")
	if to, err := os.Readlink(latest); c.Out != "" || err != nil || to != filepath.Base(dir) {
		return ""
	}
	return " (also " + filepath.Join(latest, reports.Page) + ")"
}

// pointTo makes scimproof-out/latest a link to the newest run. A file system
// without links does without.
func pointTo(id string) {
	latest := filepath.Join("scimproof-out", "latest")
	_ = os.Remove(latest)
	_ = os.Symlink(id, latest)
}
