package loadgen

import (
	"context"
	"slices"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/guest"
	"github.com/scimproof/scimproof/target/wire"
)

// sweep puts away what the ledger holds outstanding, and counts what became of
// it. What it cannot put away, or does not come to before ctx ends, stays
// outstanding.
func (r *run) sweep(ctx context.Context) error {
	entries, err := evidence.ReadLedger(r.Folder.Dir)
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(evidence.Outstanding(entries), r.neverSaid)
	b := &guest.Broom{Mark: r.RunID, AtATime: atATime, Eyes: func(s wire.Subject) target.Eyes { return r.eyes(evidence.Tidy, s) }}
	progress := &follows{phase: TidyingUp, tell: r.Progress, planned: len(left)}
	var pending, became []evidence.Entry
	flush := func() error {
		err := r.Folder.Ledger.WriteAll(pending)
		pending = nil
		return err
	}
	err = b.Sweep(ctx, left, func(entries []evidence.Entry) error {
		progress.come(1)
		for _, e := range entries {
			r.census.putAway(e)
		}
		became = append(became, entries...)
		if pending = append(pending, entries...); len(pending) < block {
			return nil // many in one sync: what a kill loses of it is looked for again
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	r.load.Readback = r.census.readback
	r.load.Readback.AllIn = r.census.all.Name()
	for _, e := range evidence.Standing(append(entries, became...)) { // of each account and group the last entry
		switch {
		case e.Act == evidence.Left:
			r.load.Left.Disabled++
		case !r.neverSaid(e):
			r.load.Left.Active++
		}
	}
	return err
}

// neverSaid: an entry is of somebody of whom the target was told nothing. The ledger has
// them beforehand, in blocks, and could not be told where the disk was full by then.
func (r *run) neverSaid(e evidence.Entry) bool {
	if e.ID != "" {
		return false
	}
	if e.Kind == evidence.Group {
		g, ours := r.plan.Groups.Number(e.Name)
		return ours && !r.roster.pushed(g)
	}
	n, ours := r.plan.Groups.People.Number(e.Name)
	return ours && !r.said(n)
}
