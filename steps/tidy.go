package steps

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
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

// tidyGrace bounds the tidying up of a run that was interrupted.
const tidyGrace = 30 * time.Second

// tidy disables the accounts and deletes the groups that the run has made, by the
// means that Okta has, and writes down what became of each.
func (r *run) tidy(ctx context.Context) error {
	left := evidence.Outstanding(r.guests.entries)
	if len(left) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyGrace)
	defer cancel()
	endpoint, err := r.config.Target.Tenant(ctx)
	if err != nil {
		return fmt.Errorf("tidy up: %w", err)
	}
	w, err := wire.New(wire.Config{URL: endpoint.URL, Mark: r.mark(), Redact: r.redact})
	if err != nil {
		return fmt.Errorf("tidy up: %w", err)
	}
	defer w.Close()
	eyes := target.Eyes{URL: endpoint.URL, Token: endpoint.Token, HTTP: w.As(evidence.Tidy), Timeout: r.config.Timeout}
	for _, e := range left {
		about := wire.About(ctx, wire.Subject{Key: e.Name, Name: e.Name})
		for _, became := range putAway(about, eyes, e) {
			became.At = time.Now()
			if err := r.guests.Write(became); err != nil {
				return fmt.Errorf("tidy up: %w", err)
			}
		}
	}
	if r.config.Folder != nil {
		_, err = r.config.Folder.Transcript("tidying-up", w.Exchanges())
	}
	return err
}

// putAway removes one guest. It returns what became of it: nothing when that is
// not known, so that the entry stays outstanding and is listed. A guest is looked
// for by name: the id may never have been learnt, or have been another's.
func putAway(ctx context.Context, eyes target.Eyes, e evidence.Entry) []evidence.Entry {
	if e.Kind == evidence.Group {
		return putGroupAway(ctx, eyes, e)
	}
	found, _, err := eyes.UsersNamed(ctx, e.Name)
	if err != nil {
		return nil
	}
	if len(found) == 0 {
		return nothingFound(e, func() (target.Look, error) { return eyes.User(ctx, e.ID) })
	}
	var became []evidence.Entry
	for _, account := range found {
		if active, known := account.Active(); active || !known {
			if _, err := eyes.SetUser(ctx, account.ID(), "active", false); err != nil {
				return nil
			}
		}
		look, err := eyes.User(ctx, account.ID())
		if err != nil {
			return nil
		}
		if active, known := look.Resource.Active(); known && !active {
			e.Act, e.ID, e.State = evidence.Left, account.ID(), "disabled"
			became = append(became, e)
		}
	}
	return became
}

func putGroupAway(ctx context.Context, eyes target.Eyes, e evidence.Entry) []evidence.Entry {
	found, _, err := eyes.GroupsNamed(ctx, e.Name)
	if err != nil {
		return nil
	}
	if len(found) == 0 {
		return nothingFound(e, func() (target.Look, error) { return eyes.Group(ctx, e.ID) })
	}
	var became []evidence.Entry
	for _, g := range found {
		look, err := eyes.DeleteGroup(ctx, g.ID())
		if err != nil || !look.OK() && look.Status != http.StatusNotFound {
			return nil
		}
		e.Act, e.ID = evidence.Gone, g.ID()
		became = append(became, e)
	}
	return became
}

// nothingFound believes that a guest is gone only when its id, where one is
// known, leads nowhere either.
func nothingFound(e evidence.Entry, byID func() (target.Look, error)) []evidence.Entry {
	if e.ID != "" {
		look, err := byID()
		if err != nil || look.OK() {
			return nil
		}
	}
	e.Act = evidence.Gone
	return []evidence.Entry{e}
}
