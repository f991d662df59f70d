package loadgen

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// A broom disables what the crowd has left at somebody's server, by the means
// that Okta has, and writes down what became of each account.
type broom struct {
	people  Population
	crowd   *wire.Crowd
	url     string
	token   string
	timeout time.Duration
	ledger  *evidence.Ledger
	made    *ids // as the creates were answered
	now     func() time.Time

	mu      sync.Mutex
	pending []evidence.Entry
	left    evidence.LoadLeft
}

// sweep puts away the accounts of all who were begun. What it cannot put away, or
// does not come to before ctx ends, stays outstanding in the ledger.
func (b *broom) sweep(ctx context.Context, fates []fate) error {
	var at errgroup.Group
	at.SetLimit(atATime)
	for n, f := range fates {
		if f == notBegun {
			continue
		}
		at.Go(func() error { return b.keep(b.putAway(ctx, n)) })
	}
	err := at.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if flushed := b.flush(); err == nil {
		err = flushed
	}
	return err
}

// putAway disables every account that bears a person's userName, or has the id
// that their create was answered with; nil when that is not known to be done.
func (b *broom) putAway(ctx context.Context, n int) []evidence.Entry {
	if ctx.Err() != nil {
		return nil
	}
	name := b.people.UserName(n)
	eyes := target.Eyes{URL: b.url, Token: b.token, Timeout: b.timeout, HTTP: b.crowd.For(evidence.Tidy, wire.Subject{Key: name, Name: name})}
	found, _, err := eyes.UsersNamed(ctx, name)
	if err != nil {
		return nil
	}
	became := []evidence.Entry{}
	for _, account := range found {
		if !disable(ctx, eyes, account) {
			return nil
		}
		became = append(became, b.entry(evidence.Left, name, account.ID()))
	}
	made := b.made.of(n)
	switch {
	case slices.ContainsFunc(found, func(r target.Resource) bool { return r.ID() == made }):
		return became
	case made != "":
		look, err := eyes.User(ctx, made)
		if err != nil || look.Status != http.StatusNotFound && look.Status != http.StatusGone {
			return nil // it is there, under another name: cleanup finds out whose it is
		}
		return append(became, b.entry(evidence.Gone, name, made))
	case len(found) == 0:
		return append(became, b.entry(evidence.Gone, name, ""))
	}
	return became
}

func (b *broom) entry(act evidence.Act, name, id string) evidence.Entry {
	e := evidence.Entry{At: b.now(), Act: act, Kind: evidence.User, Name: name, ID: id, BaseURL: b.url}
	if act == evidence.Left {
		e.State = "disabled"
	}
	return e
}

// disable takes the use of an account away and looks whether it is gone.
func disable(ctx context.Context, eyes target.Eyes, account target.Resource) bool {
	if active, known := account.Active(); known && !active {
		return true
	}
	if _, err := eyes.SetUser(ctx, account.ID(), "active", false); err != nil {
		return false
	}
	look, err := eyes.User(ctx, account.ID())
	if err != nil {
		return false
	}
	active, known := look.Resource.Active()
	return known && !active
}

// keep takes down what became of one person's accounts, many in one sync: what a
// kill loses of it is looked for again.
func (b *broom) keep(became []evidence.Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if became == nil {
		b.left.Active++
	}
	for _, e := range became {
		if e.Act == evidence.Left {
			b.left.Disabled++
		}
	}
	if b.pending = append(b.pending, became...); len(b.pending) < block {
		return nil
	}
	return b.flush()
}

func (b *broom) flush() error {
	err := b.ledger.WriteAll(b.pending)
	b.pending = nil
	return err
}
