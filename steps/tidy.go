package steps

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/guest"
	"github.com/scimproof/scimproof/target/wire"
)

// guests are what a run has made at somebody's server: in the evidence folder
// where there is one, else in memory.
type guests struct {
	folder  *evidence.Folder
	mu      sync.Mutex
	entries []evidence.Entry
}

func (g *guests) Write(e evidence.Entry) error {
	if g.folder != nil {
		if err := g.folder.Ledger.Write(e); err != nil {
			return err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.entries = append(g.entries, e)
	return nil
}

// ledger takes down what is made. What is made in a tenant of our own goes with
// it.
func (r *run) ledger() wire.Ledger {
	if r.config.Target.Ours {
		return nil
	}
	return &r.guests
}

// tidyGrace bounds the tidying up of a run that was interrupted, before or while
// it tidies; one that is left in peace takes the time that it needs.
const tidyGrace = 30 * time.Second

// tidy puts away what the run has made.
func (r *run) tidy(ctx context.Context) error {
	left := evidence.Outstanding(r.guests.entries)
	if len(left) == 0 {
		return nil
	}
	ctx, release := wire.WithGrace(ctx, tidyGrace)
	defer release()
	_, err := r.sweep(ctx, left, &r.guests, false)
	return err
}

// Tidy puts away what an earlier run has left at a target: c names the target and
// the run. It returns what became of each, as it was written to the ledger; one of
// whom that is not known is not among them.
func Tidy(ctx context.Context, c Config, left []evidence.Entry, ledger wire.Ledger) ([]evidence.Entry, error) {
	r, err := newRun(c)
	if err != nil {
		return nil, err
	}
	r.stop = func(error) {}
	return r.sweep(ctx, left, ledger, true)
}

// sweep disables accounts and deletes groups, by the means that Okta has; later is
// when the run has been over for a while.
func (r *run) sweep(ctx context.Context, left []evidence.Entry, ledger wire.Ledger, later bool) ([]evidence.Entry, error) {
	endpoint, err := r.config.Target.Tenant(ctx)
	if err != nil {
		return nil, fmt.Errorf("tidy up: %w", err)
	}
	w, err := r.wire(endpoint, nil)
	if err != nil {
		return nil, fmt.Errorf("tidy up: %w", err)
	}
	defer w.Close()
	b := &guest.Broom{Mark: r.mark(), Later: later, Eyes: func(s wire.Subject) target.Eyes {
		eyes := r.eyes(endpoint, w, evidence.Tidy)
		eyes.HTTP = w.For(evidence.Tidy, s)
		return eyes
	}}
	var became []evidence.Entry
	err = b.Sweep(ctx, left, func(entries []evidence.Entry) error {
		for _, e := range entries {
			if err := ledger.Write(e); err != nil {
				return fmt.Errorf("tidy up: %w", err)
			}
			became = append(became, e)
		}
		return nil
	})
	if err != nil {
		return became, err
	}
	if r.config.Folder != nil {
		_, err = r.config.Folder.Transcript("tidying-up", w.Exchanges())
	}
	return became, err
}
