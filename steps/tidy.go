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
		for _, became := range r.putAway(ctx, eyes, e) {
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

// putAway removes one guest, and returns what became of it: nothing when that is
// not known, so that the entry stays outstanding and is listed.
func (r *run) putAway(ctx context.Context, eyes target.Eyes, e evidence.Entry) []evidence.Entry {
	found, err := r.find(ctx, eyes, e)
	if err != nil {
		return nil
	}
	if len(found) == 0 {
		e.Act = evidence.Gone
		return []evidence.Entry{e}
	}
	var became []evidence.Entry
	for _, resource := range found {
		name := nameOf(e.Kind, resource)
		about := wire.About(ctx, wire.Subject{Key: name, Name: name})
		e.ID = resource.ID()
		if e.Kind == evidence.Group {
			became = append(became, deleteGroup(about, eyes, e)...)
		} else {
			became = append(became, disable(about, eyes, e)...)
		}
	}
	return became
}

// find looks for a guest by the name under which it was made, and by its id: it
// may have been renamed since, and is still ours as long as its name bears the
// run's mark. An id that leads to something without the mark is somebody else's.
func (r *run) find(ctx context.Context, eyes target.Eyes, e evidence.Entry) ([]target.Resource, error) {
	byName, byID := eyes.UsersNamed, eyes.User
	if e.Kind == evidence.Group {
		byName, byID = eyes.GroupsNamed, eyes.Group
	}
	ctx = wire.About(ctx, wire.Subject{Key: e.Name, Name: e.Name})
	found, _, err := byName(ctx, e.Name)
	if err != nil || len(found) > 0 || e.ID == "" {
		return found, err
	}
	look, err := byID(ctx, e.ID)
	switch {
	case err != nil:
		return nil, err
	case look.Status == http.StatusNotFound || look.Status == http.StatusGone:
		return nil, nil
	case look.Resource == nil:
		return nil, fmt.Errorf("%s %s: %s", e.Kind, e.ID, look)
	}
	if !strings.Contains(strings.ToLower(nameOf(e.Kind, look.Resource)), r.mark()) {
		return nil, nil
	}
	// The wire learns whose the id is from a look about that name.
	name := nameOf(e.Kind, look.Resource)
	_, err = byID(wire.About(ctx, wire.Subject{Key: name, Name: name}), e.ID)
	return []target.Resource{look.Resource}, err
}

func nameOf(kind string, resource target.Resource) string {
	if kind == evidence.Group {
		return resource.Text("displayName")
	}
	return resource.Text("userName")
}

// disable takes the use of an account away and looks whether it is gone.
func disable(ctx context.Context, eyes target.Eyes, e evidence.Entry) []evidence.Entry {
	look, err := eyes.User(ctx, e.ID)
	if err != nil {
		return nil
	}
	if active, known := look.Resource.Active(); active || !known {
		if _, err := eyes.SetUser(ctx, e.ID, "active", false); err != nil {
			return nil
		}
		if look, err = eyes.User(ctx, e.ID); err != nil {
			return nil
		}
	}
	if active, known := look.Resource.Active(); !known || active {
		return nil
	}
	e.Act, e.State = evidence.Left, "disabled"
	return []evidence.Entry{e}
}

func deleteGroup(ctx context.Context, eyes target.Eyes, e evidence.Entry) []evidence.Entry {
	look, err := eyes.DeleteGroup(ctx, e.ID)
	if err != nil || !look.OK() && look.Status != http.StatusNotFound {
		return nil
	}
	e.Act = evidence.Gone
	return []evidence.Entry{e}
}
