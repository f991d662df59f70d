package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
)

type cleanup struct {
	ID  string `name:"run" required:"" placeholder:"ID" help:"The run whose guests are to be put away."`
	Dir string `placeholder:"DIR" help:"Its evidence folder; otherwise scimproof-out/<run id>."`

	targetFlags
}

func (cleanup) Help() string {
	return `Example:

  SCIMPROOF_TOKEN=... scimproof cleanup --run spk3v9qzxa

It reads the run's ledger and puts away what is still at the target: accounts are disabled, groups deleted. Nothing that lacks the run's mark is written to. The target is the one that the run tells of; --target names another address of it.`
}

func (c cleanup) Run(sh shell) error {
	if c.Dir == "" {
		c.Dir = filepath.Join("scimproof-out", c.ID)
	}
	seen, err := evidence.Open(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds no evidence of run %s; where its evidence lies elsewhere, say so with --dir", c.Dir, c.ID)
	}
	if err != nil {
		return err
	}
	if seen.Run.ID != c.ID {
		return fmt.Errorf("%s holds the evidence of run %s, not of %s", c.Dir, seen.Run.ID, c.ID)
	}
	left := evidence.Outstanding(seen.Ledger)
	if len(left) == 0 {
		fmt.Fprintf(sh.out, "run %s has left nothing to put away\n", c.ID)
		return nil
	}
	if c.Target == target.KindBundled {
		c.Target = seen.Run.Target.URL
	}
	tg, err := c.open(sh)
	if err != nil {
		return interrupted(sh, err)
	}
	became, err := c.sweep(sh, tg, left)
	if err := errors.Join(err, tg.Close()); err != nil {
		return broken{err}
	}
	return tell(sh, became, evidence.Outstanding(append(seen.Ledger, became...)))
}

// sweep puts the guests away, and writes down what became of each.
func (c cleanup) sweep(sh shell, tg target.Target, left []evidence.Entry) ([]evidence.Entry, error) {
	redact := evidence.NewRedactor(tg.Secrets...)
	ledger, err := evidence.OpenLedger(c.Dir, redact)
	if err != nil {
		return nil, err
	}
	became, err := steps.Tidy(sh.ctx, steps.Config{
		Target: tg, RunID: c.ID, Timeout: c.Timeout, Throttled: c.ThrottleBudget, Redact: redact,
	}, left, ledger)
	return became, errors.Join(err, ledger.Close())
}

func tell(sh shell, became, left []evidence.Entry) error {
	say := func(format string, args ...any) {
		fmt.Fprintln(sh.out, evidence.Inert(fmt.Sprintf(format, args...))) // the ids are the target's
	}
	for _, e := range became {
		switch e.Act {
		case evidence.Gone:
			say("%s %q: gone", e.Kind, e.Name)
		case evidence.Left:
			say("%s %q: %s", e.Kind, e.Name, e.State)
		}
	}
	for _, e := range left {
		say("%s %q (id %q): not put away", e.Kind, e.Name, e.ID)
	}
	if len(left) > 0 {
		return status(incomplete)
	}
	return nil
}
