package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
)

type load struct {
	targetFlags
	knobFlags

	People  int     `default:"200" help:"How many people are provisioned."`
	Rate    float64 `default:"50" help:"People who begin per second; 0 keeps so many dialogues going as there are workers."`
	Workers int     `help:"Dialogues at a time; otherwise 1000, or 16 with --rate 0. Each takes about 40 KB of memory."`
	Dialect string  `default:"aiw" enum:"aiw,oin" help:"How Okta speaks: aiw (PUT) or oin (PATCH)."`
	Seed    uint64  `default:"1" help:"Chooses names and their shape; 1 is plain."`
	Out     string  `placeholder:"DIR" help:"Where the evidence goes; otherwise scimproof-out/<run id>, with scimproof-out/latest pointing to it."`
	IOwn    bool    `name:"i-own-this" help:"The target is yours to burden: more than 50 requests a second to a host that is not loopback."`
}

func (load) Help() string {
	return `Examples:

  scimproof load --people 200 --rate 50
  SCIMPROOF_TOKEN=... scimproof load --target https://app.example.com/scim/v2 --rate 10

Okta's own dialogues provision the people; afterwards the directory is read back, and one account that is lost, doubled or wrong fails the run. Accounts made at a target by URL are disabled at the end.`
}

func (l load) Run(sh shell) error {
	if err := l.check(); err != nil {
		return err
	}
	knobs, err := l.turned()
	if err != nil {
		return err
	}
	tg, err := l.open(sh)
	if err != nil {
		return interrupted(sh, err)
	}
	seen, text, dir, err := l.play(sh, tg, knobs)
	fmt.Fprint(sh.out, text) // what was seen is said even where it could not be kept
	if problem := tg.Close(); problem != nil {
		fmt.Fprintln(sh.err, "scimproof: the target could not be closed:", problem) // its verdict stands
	}
	switch {
	case err != nil && text == "":
		return err
	case err != nil:
		return broken{err}
	}
	fmt.Fprintf(sh.out, "\nThe evidence is in %s: load.json, report.txt, and the ledger.\n", dir)
	if exit := reports.LoadExit(seen); exit != ok {
		return status(exit)
	}
	return nil
}

// gentle is how many requests a second a stranger's server may be asked.
const gentle = 50

// requestsEach is how many requests Okta makes about a person who has no account
// yet: it looks them up, and creates them.
const requestsEach = 2

// turned are the knobs of what is said of one person. How many are in flight is the
// load's to say, and nothing is said again, so that each failure is counted.
func (l load) turned() (provision.Knobs, error) {
	k, err := l.knobFlags.turned()
	switch {
	case err != nil:
	case k.Workers != 0:
		err = errors.New("--knob workers is for check and serve: how many dialogues a load run has at a time is --workers")
	case k.Retries != 0:
		err = errors.New("--knob retries is for check and serve: a load run says nothing again, and counts what failed")
	}
	return k, err
}

func (l load) check() error {
	switch {
	case l.People < 1:
		return fmt.Errorf("--people %d: a crowd has at least one", l.People)
	case l.Rate != 0 && !(l.Rate >= 0.001 && l.Rate <= 1e6):
		return fmt.Errorf("--rate %g is neither 0 nor between 0.001 and 1000000", l.Rate)
	case l.Workers < 0 || l.Workers > 100_000:
		return fmt.Errorf("--workers %d is not between 1 and 100000", l.Workers)
	case !l.atAStranger() || l.Rate > 0 && l.Rate*requestsEach <= gentle:
		return nil
	}
	return fmt.Errorf("--rate %g means more than %d requests a second to %s, two for each person; say --i-own-this if it is yours", l.Rate, gentle, l.Target)
}

// atAStranger says that the target is on another machine, and nobody has said
// that it is theirs. What is no URL is told by open.
func (l load) atAStranger() bool {
	if l.IOwn || l.Target == target.KindBundled || l.Target == target.KindContainer {
		return false
	}
	u, err := url.Parse(l.Target)
	return err == nil && !isLoopback(u.Hostname())
}

// gentleness bounds what follows the crowd.
func (l load) gentleness() float64 {
	if l.atAStranger() {
		return gentle
	}
	return 0
}

// play provisions the crowd into an evidence folder.
func (l load) play(sh shell, tg target.Target, knobs provision.Knobs) (seen evidence.Load, text, dir string, err error) {
	id := steps.NewRunID(rand.Text)
	dir = l.Out
	if dir == "" {
		dir = filepath.Join("scimproof-out", id)
	}
	c := loadgen.Config{
		Target: tg, RunID: id, Seed: l.Seed, People: l.People, Rate: l.Rate, Workers: l.Workers,
		Dialect: provision.Dialect(l.Dialect), Knobs: knobs, Timeout: l.Timeout, Throttled: l.ThrottleBudget, Gentle: l.gentleness(),
		Redact: evidence.NewRedactor(tg.Secrets...),
	}
	head := l.head(sh, c)
	folder, err := evidence.Create(dir, head, c.Redact)
	if err != nil {
		return evidence.Load{}, "", "", err
	}
	if l.Out == "" {
		pointTo(id) // also at a run that is killed
	}
	bar := newCounter(sh.err, l.People)
	c.Folder, c.Progress = folder, bar.to
	seen, err = loadgen.Run(sh.ctx, c)
	bar.end()
	seen.Tool, seen.Run.Reproduce = head.Tool, head.Reproduce
	text = c.Redact.Text(reports.LoadText(seen))
	err = errors.Join(err, l.keep(folder, seen, text))
	return seen, text, dir, err
}

func (l load) head(sh shell, c loadgen.Config) evidence.Run {
	tg, asked := c.Target, c.Asked()
	run := evidence.Run{
		ID: c.RunID, Load: &asked, Knobs: c.Knobs.Turned(), Seed: int64(l.Seed), Started: time.Now(),
		Tool:      evidence.Tool{Name: "scimproof", Version: currentVersion()},
		Target:    evidence.Target{Kind: tg.Kind, Name: tg.Name, URL: tg.URL, Ours: tg.Ours},
		Reproduce: reproduce(sh.args), Clock: "real",
	}
	if tg.Ours {
		run.Clock = "virtual"
	}
	return run
}

// keep writes what was seen, also where the run ended early.
func (l load) keep(folder *evidence.Folder, seen evidence.Load, text string) error {
	return errors.Join(
		folder.WriteLoad(seen),
		os.WriteFile(filepath.Join(folder.Dir, "report.txt"), []byte(text), 0o644),
		folder.Finish(evidence.End{
			At: time.Now(), Finished: len(seen.Missing) == 0, Interrupted: seen.Run.Interrupted, Unusable: seen.Unusable != "",
		}),
	)
}
