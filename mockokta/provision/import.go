package provision

import (
	"cmp"
	"context"
	"slices"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// Import is Import Now: it reads the target's people, and its groups where they are
// imported, page by page, and lets the directory follow. What was submitted before
// happens before, and nothing else does meanwhile (that an import waits its turn is
// inference). However the reading ends, its result says it, and one that ended early
// has changed nothing; the error is ctx's, or that of a directory that imports nothing.
//
// What follows for the application has been submitted then, before anything that is
// submitted about the directory as the import has left it: whoever is assigned again in
// that moment has their old link forgotten first, and not the one that they get. The
// effects that are returned concern other applications, and are for whoever submits
// their changes.
func (e *Engine) Import(ctx context.Context) (result directory.ImportResult, elsewhere []directory.Effect, err error) {
	err = e.reading(ctx, func(i *directory.Import, why error) error {
		if why != nil {
			result = i.End(why)
			return ctx.Err()
		}
		result, elsewhere, why = e.follow(i)
		return why
	})
	return result, elsewhere, err
}

// follow lets the directory follow an import. Nothing is submitted between that and what
// follows from it here.
func (e *Engine) follow(i *directory.Import) (result directory.ImportResult, elsewhere []directory.Effect, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, err := e.Directory.App(e.App)
	if err != nil {
		return result, nil, err
	}
	result, effects := i.Commit()
	for _, effect := range effects {
		if effect.App == e.App {
			e.takeNote(a.Settings, effect.Change)
		} else {
			elsewhere = append(elsewhere, effect)
		}
	}
	return result, elsewhere, nil
}

// Compare reads as Import does, and tells where the target and the directory disagree.
func (e *Engine) Compare(ctx context.Context) (found directory.Discrepancies, err error) {
	err = e.reading(ctx, func(i *directory.Import, why error) error {
		if why == nil {
			e.locked(func() { found = i.Compare() })
		}
		return why
	})
	return found, err
}

// reading lets then do something with what was read, and why no further. The turn is
// the import's until that is done: who were provisioned after the last page would be
// missing from the list, and lose the application.
func (e *Engine) reading(ctx context.Context, then func(i *directory.Import, why error) error) error {
	if err := e.Settle(ctx); err != nil {
		return err
	}
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	a, err := e.Directory.App(e.App)
	if err != nil {
		return err
	}
	attributes, err := e.attributes()
	if err != nil {
		return err
	}
	hide := withoutSecrets(a)
	var i *directory.Import
	e.locked(func() { i, err = e.Directory.BeginImport(e.App, links{e}, hide) })
	if err != nil {
		return err
	}
	d := ReadTarget(e.Knobs, i.Settings().Groups).Dialogue(func(p Page) (err error) {
		if p.Of == Groups {
			return i.Groups(each(p.Resources, func(r scim.Resource) directory.AccountGroup { return group(r, hide) }))
		}
		accounts := each(p.Resources, func(r scim.Resource) directory.Account { return account(r, attributes, hide) })
		e.locked(func() { err = i.Accounts(accounts) })
		return err
	})
	end, err := Play(ctx, Patient{Caller: e.Target, Wait: e.Wait}, d)
	if err = cmp.Or(err, end.Err); err != nil {
		err = Discreet(err, a)
	}
	return then(i, err)
}

// locked lets the directory ask the engine's links.
func (e *Engine) locked(do func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	do()
}

func (e *Engine) attributes() ([]directory.Attribute, error) {
	custom, err := e.Directory.Attributes(e.App)
	return slices.Concat(directory.BaseProfile()[1:], custom), err
}

func each[T any](resources []scim.Resource, of func(scim.Resource) T) []T {
	all := make([]T, len(resources))
	for n, r := range resources {
		all[n] = of(r)
	}
	return all
}

// account is one as Okta takes it: what the target repeats of a secret is hidden, but
// for ids, by which Okta speaks of the account.
func account(r scim.Resource, attributes []directory.Attribute, hide func(string) string) directory.Account {
	acc := directory.Account{ID: r.ID(), UserName: hide(r.Text("userName")), Active: r.Active(), Profile: directory.Profile{}}
	for _, a := range attributes {
		if v := r.Shown(a.ExternalNamespace, cmp.Or(a.ExternalName, a.Name)); a.Sent() && v != nil {
			acc.Profile[a.Name] = hideIn(v, hide)
		}
	}
	if err := r.Importable(); err != nil {
		acc.Flaw = err.Error()
	} else if acc.UserName == "" {
		acc.Flaw = "it has no userName"
	}
	return acc
}

func hideIn(v any, hide func(string) string) any {
	switch v := v.(type) {
	case string:
		return hide(v)
	case []any:
		for n := range v {
			v[n] = hideIn(v[n], hide)
		}
	case map[string]any:
		hidden := make(map[string]any, len(v))
		for name, of := range v {
			hidden[hide(name)] = hideIn(of, hide)
		}
		return hidden
	}
	return v
}

func group(r scim.Resource, hide func(string) string) directory.AccountGroup {
	g := directory.AccountGroup{ID: r.ID(), Name: hide(r.Text("displayName"))}
	members, _ := r.Members()
	for _, m := range members {
		g.Members = append(g.Members, m.Value)
	}
	return g
}

// PersonOf is whose account an id of the target's is, as far as Okta knows.
func (e *Engine) PersonOf(id string) (directory.PersonID, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return links{e}.PersonOf(id)
}

// links are what an engine that is locked knows of people and groups at the target. They
// change in a Settle alone, and so not while an import has the turn.
type links struct{ *Engine }

func (l links) PersonOf(id string) (directory.PersonID, bool) {
	of := l.linked[assignment][id]
	if of == nil {
		return "", false
	}
	return directory.PersonID(of.id), true
}

func (l links) AccountOf(id directory.PersonID) (string, bool) { return l.people[id].linkedTo() }

func (l links) GroupOf(id string) (directory.GroupID, bool) {
	of := l.linked[push][id]
	if of == nil {
		return "", false
	}
	return directory.GroupID(of.id), true
}

func (l links) AccountGroupOf(id directory.GroupID) (string, bool) { return l.groups[id].linkedTo() }

func (l links) Mark(id string) *int {
	if of := l.linked[assignment][id]; of != nil {
		return &of.link.read
	}
	return nil
}
