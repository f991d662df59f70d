// Package guest is how a run leaves somebody's server: what it has made is put
// away by the means that Okta has. Accounts are disabled, groups deleted, and
// nothing is written to that does not bear the run's mark.
package guest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// A Broom puts a run's guests away.
type Broom struct {
	// Mark is in the name of all that is the run's, in lower case.
	Mark string
	// Eyes look, and write, about one subject through the wire.
	Eyes func(wire.Subject) target.Eyes
	// AtATime is how many guests are put away at once; 0 means one.
	AtATime int
	// Later: the run has been over for a while, and no create of it can be on its
	// way any more. Then a complete list without a guest proves that it is not
	// there, also where a lookup by name proves nothing.
	Later bool

	mu    sync.Mutex
	seen  map[string]bool            // kinds of which a lookup by name has found one: only then does an empty one prove anything
	there map[string]map[string]bool // the ids, by kind, that were read and are there
	swept map[string]map[string]bool // the ids, by kind, that are or were put away: two visits may find one guest
	rolls map[string]*roll           // by kind
	lost  int                        // guests in a row for whom the network failed
}

// giveUp is after how many guests in a row the network is taken to be gone.
const giveUp = 3

// Sweep puts guests away, and hands what became of each to keep, one at a time.
// One of whom that is not known, or to whom it does not come before ctx ends, is
// not among them, and stays outstanding. Those whose ids are known go first: they
// show whether a lookup by name can be believed, on which the others depend.
// The error is keep's.
func (b *Broom) Sweep(ctx context.Context, left []evidence.Entry, keep func([]evidence.Entry) error) error {
	b.seen, b.there, b.lost = map[string]bool{}, map[string]map[string]bool{evidence.User: {}, evidence.Group: {}}, 0
	b.swept = map[string]map[string]bool{evidence.User: {}, evidence.Group: {}}
	b.rolls = map[string]*roll{evidence.User: {}, evidence.Group: {}}
	var keeping sync.Mutex
	for _, withID := range []bool{true, false} {
		var at errgroup.Group
		at.SetLimit(max(b.AtATime, 1))
		for _, e := range left {
			if (e.ID != "") != withID {
				continue
			}
			at.Go(func() error {
				if ctx.Err() != nil || b.gaveUp() {
					return nil
				}
				became, err := (&visit{Broom: b, eyes: map[string]target.Eyes{}}).putAway(ctx, e)
				b.heard(err)
				keeping.Lock()
				defer keeping.Unlock()
				return keep(became)
			})
		}
		if err := at.Wait(); err != nil {
			return err
		}
	}
	return nil
}

func (b *Broom) gaveUp() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lost >= giveUp
}

func (b *Broom) heard(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost++; err == nil {
		b.lost = 0
	}
}

// A visit is to one guest. What the wire learns on it, about a name, it may hold
// to the eyes that looked: each name has one pair.
type visit struct {
	*Broom
	eyes map[string]target.Eyes
}

// putAway looks for a guest by its id and by its name, and puts away all that it
// finds. An error means that the target could not be asked.
func (v *visit) putAway(ctx context.Context, e evidence.Entry) ([]evidence.Entry, error) {
	found, goneByID, err := v.byID(ctx, e)
	if err != nil {
		return nil, err
	}
	named, proof, err := v.byName(ctx, e)
	var unreadable *target.Unreadable
	if v.Later && e.ID == "" && errors.As(err, &unreadable) {
		err = nil // a target that cannot look up by name may still show its list
	}
	if err != nil && len(found) == 0 && !goneByID {
		return nil, err
	}
	if len(found)+len(named) == 0 && e.ID == "" && !proof && v.Later {
		named, proof, err = v.byRoll(ctx, e)
		if err != nil {
			return nil, err
		}
	}
	for _, n := range named {
		if len(found) == 0 || found[0].ID() != n.ID() {
			found = append(found, n)
		}
	}
	var became []evidence.Entry
	if goneByID || len(found) == 0 && proof {
		became = append(became, ended(e, evidence.Gone, ""))
	}
	for _, resource := range found {
		e.ID = resource.ID()
		if !v.sweeps(e) {
			continue
		}
		end, err := v.end(ctx, e, resource)
		if end.Act == evidence.Made {
			v.letBe(e)
		}
		if became = append(became, end); err != nil {
			return became, err
		}
	}
	return became, nil
}

// sweeps says whether a guest is yet to be put away, and that it is now.
func (b *Broom) sweeps(e evidence.Entry) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.swept[e.Kind][e.ID] {
		return false
	}
	b.swept[e.Kind][e.ID] = true
	return true
}

// letBe takes back that a guest is put away: it was not, and the next visit may try.
func (b *Broom) letBe(e evidence.Entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.swept[e.Kind], e.ID)
}

func ended(e evidence.Entry, act evidence.Act, state string) evidence.Entry {
	e.At, e.Act, e.State = time.Now(), act, state
	return e
}

// byID reads a guest under the id that it was given. It may have been renamed
// since, and is ours as long as its name bears the run's mark.
func (v *visit) byID(ctx context.Context, e evidence.Entry) (found []target.Resource, gone bool, err error) {
	if e.ID == "" {
		return nil, false, nil
	}
	look, err := v.read(ctx, e.Kind, e.Name, e.ID)
	switch {
	case err != nil:
		return nil, false, err
	case isGone(look):
		return nil, true, nil
	case !look.OK() || look.Resource.ID() != e.ID || !v.ours(nameOf(e.Kind, look.Resource)):
		return nil, false, nil
	}
	// The wire learns whose an id is from a look about the name that it has now.
	if name := nameOf(e.Kind, look.Resource); keyOf(name) != keyOf(e.Name) {
		_, err = v.read(ctx, e.Kind, name, e.ID)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.there[e.Kind][e.ID] = true
	return []target.Resource{look.Resource}, false, err
}

func isGone(look target.Look) bool {
	return look.Status == http.StatusNotFound || look.Status == http.StatusGone
}

func (v *visit) read(ctx context.Context, kind, name, id string) (target.Look, error) {
	if kind == evidence.Group {
		return v.about(name).Group(ctx, id)
	}
	return v.about(name).User(ctx, id)
}

// byName asks for a guest by the name under which it was made. proof says that an
// empty answer shows that there is none.
func (v *visit) byName(ctx context.Context, e evidence.Entry) (found []target.Resource, proof bool, err error) {
	eyes := v.about(e.Name)
	ask := eyes.UsersNamed
	if e.Kind == evidence.Group {
		ask = eyes.GroupsNamed
	}
	found, others, err := ask(ctx, e.Name)
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(found) > 0 {
		v.seen[e.Kind] = true
	}
	return found, err == nil && others == 0 && v.seen[e.Kind], err
}

// byRoll looks for a guest in the whole list. What it finds there it reads, so that
// the wire learns whose it is.
func (v *visit) byRoll(ctx context.Context, e evidence.Entry) (found []target.Resource, proof bool, err error) {
	roll := v.readRoll(ctx, e.Kind)
	if roll.err != nil {
		return nil, false, roll.err
	}
	v.mu.Lock()
	proof = roll.complete && roll.shows(v.there[e.Kind])
	v.mu.Unlock()
	for _, listed := range roll.named[keyOf(e.Name)] {
		look, err := v.read(ctx, e.Kind, e.Name, listed.ID())
		if err != nil {
			return nil, false, err
		}
		if look.OK() && look.Resource.ID() == listed.ID() && v.ours(nameOf(e.Kind, look.Resource)) {
			found = append(found, look.Resource)
		} else {
			proof = false // it is there, and cannot be put away
		}
	}
	return found, proof, nil
}

func (b *Broom) ours(name string) bool { return strings.Contains(strings.ToLower(name), b.Mark) }

// about gives eyes for requests about a name. Letter case does not tell names
// apart: a server may answer with another than it was asked in.
func (v *visit) about(name string) target.Eyes {
	key := keyOf(name)
	if _, known := v.eyes[key]; !known {
		v.eyes[key] = v.Eyes(wire.Subject{Key: key, Name: name})
	}
	return v.eyes[key]
}

func keyOf(name string) string { return strings.ToLower(name) }

func nameOf(kind string, resource target.Resource) string {
	if kind == evidence.Group {
		return resource.Text("displayName")
	}
	return resource.Text("userName")
}

// end deletes a group, or takes the use of an account away and looks whether it
// is gone. What is there and was not put away stays listed, whoever shares its
// name.
func (v *visit) end(ctx context.Context, e evidence.Entry, resource target.Resource) (evidence.Entry, error) {
	eyes, still := v.about(nameOf(e.Kind, resource)), ended(e, evidence.Made, "")
	if e.Kind == evidence.Group {
		look, err := eyes.DeleteGroup(ctx, e.ID)
		if err != nil || !look.OK() && look.Status != http.StatusNotFound {
			return still, err
		}
		return ended(e, evidence.Gone, ""), nil
	}
	if active, known := resource.Active(); active || !known {
		if _, err := eyes.SetUser(ctx, e.ID, "active", false); err != nil {
			return still, err
		}
	}
	look, err := eyes.User(ctx, e.ID)
	if err == nil && isGone(look) { // a server that deletes whom it is told to disable
		return ended(e, evidence.Gone, ""), nil
	}
	if active, known := look.Resource.Active(); err != nil || active || !known {
		return still, err
	}
	return ended(e, evidence.Left, "disabled"), nil
}
