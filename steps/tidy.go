package steps

import (
	"context"
	"fmt"
	"net/http"
	"strings"
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
	_, err := r.sweep(ctx, left, &r.guests)
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
	return r.sweep(ctx, left, ledger)
}

// sweep disables accounts and deletes groups, by the means that Okta has.
func (r *run) sweep(ctx context.Context, left []evidence.Entry, ledger wire.Ledger) ([]evidence.Entry, error) {
	endpoint, err := r.config.Target.Tenant(ctx)
	if err != nil {
		return nil, fmt.Errorf("tidy up: %w", err)
	}
	w, err := r.wire(endpoint, nil)
	if err != nil {
		return nil, fmt.Errorf("tidy up: %w", err)
	}
	defer w.Close()
	b := &broom{mark: r.mark(), eyes: r.eyes(endpoint, w, evidence.Tidy)}
	became := b.sweep(ctx, left)
	for i := range became {
		became[i].At = time.Now()
		if err := ledger.Write(became[i]); err != nil {
			return became, fmt.Errorf("tidy up: %w", err)
		}
	}
	if r.config.Folder != nil {
		_, err = r.config.Folder.Transcript("tidying-up", w.Exchanges())
	}
	return became, err
}

// A broom puts guests away.
type broom struct {
	mark string // in the name of all that is ours
	eyes target.Eyes
	seen map[string]bool // kinds of which a lookup by name has found one: only then does an empty one prove anything
	lost int             // guests in a row for whom the network failed
}

// giveUp is after how many guests in a row the network is taken to be gone.
const giveUp = 3

// sweep puts guests away and returns what became of each; one of whom that is not
// known is not among them. Those whose ids are known go first: they show whether
// a lookup by name can be believed, on which the others depend.
func (b *broom) sweep(ctx context.Context, left []evidence.Entry) []evidence.Entry {
	b.seen = map[string]bool{}
	var became []evidence.Entry
	for _, withID := range []bool{true, false} {
		for _, e := range left {
			if (e.ID != "") != withID || b.lost >= giveUp {
				continue
			}
			ends, err := b.putAway(ctx, e)
			if b.lost++; err == nil {
				b.lost = 0
			}
			became = append(became, ends...)
		}
	}
	return became
}

// putAway looks for a guest by its id and by its name, and puts away all that it
// finds. An error means that the target could not be asked.
func (b *broom) putAway(ctx context.Context, e evidence.Entry) ([]evidence.Entry, error) {
	var found []target.Resource
	goneByID := false
	if e.ID != "" {
		one, gone, err := b.byID(ctx, e)
		if err != nil {
			return nil, err
		}
		if goneByID = gone; one != nil {
			found = append(found, one)
		}
	}
	named, clean, err := b.byName(ctx, e)
	if err != nil && len(found) == 0 && !goneByID {
		return nil, err
	}
	for _, n := range named {
		if len(found) == 0 || found[0].ID() != n.ID() {
			found = append(found, n)
		}
	}
	if len(found) == 0 && (goneByID || clean && b.seen[e.Kind]) {
		e.Act = evidence.Gone
		return []evidence.Entry{e}, nil
	}
	var became []evidence.Entry
	for _, resource := range found {
		e.ID = resource.ID()
		end, err := b.end(ctx, e, resource)
		if len(end) == 0 {
			e.Act = evidence.Made // there, and not put away: whatever else bears its name, it stays listed
			end = append(end, e)
		}
		if became = append(became, end...); err != nil {
			return became, err
		}
	}
	return became, nil
}

// byID reads a guest under the id that it was given. It may have been renamed
// since, and is ours as long as its name bears the run's mark.
func (b *broom) byID(ctx context.Context, e evidence.Entry) (found target.Resource, gone bool, err error) {
	read := b.eyes.User
	if e.Kind == evidence.Group {
		read = b.eyes.Group
	}
	look, err := read(aboutName(ctx, e.Name), e.ID)
	switch {
	case err != nil:
		return nil, false, err
	case look.Status == http.StatusNotFound || look.Status == http.StatusGone:
		return nil, true, nil
	case !look.OK() || look.Resource.ID() != e.ID || !b.ours(nameOf(e.Kind, look.Resource)):
		return nil, false, nil
	}
	// The wire learns whose an id is from a look about the name that it has now.
	if name := nameOf(e.Kind, look.Resource); !strings.EqualFold(name, e.Name) {
		_, err = read(aboutName(ctx, name), e.ID)
	}
	return look.Resource, false, err
}

// byName asks for a guest by the name under which it was made. clean says that
// nobody of another name came with the answer.
func (b *broom) byName(ctx context.Context, e evidence.Entry) (found []target.Resource, clean bool, err error) {
	ask := b.eyes.UsersNamed
	if e.Kind == evidence.Group {
		ask = b.eyes.GroupsNamed
	}
	found, others, err := ask(aboutName(ctx, e.Name), e.Name)
	if len(found) > 0 {
		b.seen[e.Kind] = true
	}
	return found, err == nil && others == 0, err
}

func (b *broom) ours(name string) bool { return strings.Contains(strings.ToLower(name), b.mark) }

func aboutName(ctx context.Context, name string) context.Context {
	return wire.About(ctx, wire.Subject{Key: strings.ToLower(name), Name: name})
}

func nameOf(kind string, resource target.Resource) string {
	if kind == evidence.Group {
		return resource.Text("displayName")
	}
	return resource.Text("userName")
}

// end deletes a group, or takes the use of an account away and looks whether it
// is gone.
func (b *broom) end(ctx context.Context, e evidence.Entry, resource target.Resource) ([]evidence.Entry, error) {
	ctx = aboutName(ctx, nameOf(e.Kind, resource))
	if e.Kind == evidence.Group {
		look, err := b.eyes.DeleteGroup(ctx, e.ID)
		if err != nil || !look.OK() && look.Status != http.StatusNotFound {
			return nil, err
		}
		e.Act = evidence.Gone
		return []evidence.Entry{e}, nil
	}
	if active, known := resource.Active(); active || !known {
		if _, err := b.eyes.SetUser(ctx, e.ID, "active", false); err != nil {
			return nil, err
		}
	}
	look, err := b.eyes.User(ctx, e.ID)
	if active, known := look.Resource.Active(); err != nil || active || !known {
		return nil, err
	}
	e.Act, e.State = evidence.Left, "disabled"
	return []evidence.Entry{e}, nil
}
