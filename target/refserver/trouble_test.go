package refserver_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/target/refserver"
	"github.com/scimproof/scimproof/target/refserver/store"
)

// broken is a store that carries out a transaction and then cannot keep it, or
// cannot be read at all.
type broken struct {
	store.Store
	reads bool
}

var errDisk = errors.New("disk on fire at /var/lib/secret")

func (b broken) Update(ctx context.Context, iam string, do func(store.Tx) error) error {
	return b.Store.Update(ctx, iam, func(tx store.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return errDisk
	})
}

func (b broken) IAM(ctx context.Context, id string) (store.IAM, error) {
	if b.reads {
		return store.IAM{}, errDisk
	}
	return b.Store.IAM(ctx, id)
}

func TestATroubledStoreIsNobodysBusiness(t *testing.T) {
	s := newTenant(t)
	kept := store.NewMemory()
	s.server = refserver.New(refserver.Config{AdminToken: adminToken, Store: kept})
	s = s.sibling("first")
	id := s.newUser("ana")
	sound := s.server

	s.server = refserver.New(refserver.Config{AdminToken: adminToken, Store: broken{Store: kept}})
	for _, ask := range [][3]string{
		{"POST", "/Users", user("ben")},
		{"PUT", "/Users/" + id, user("eva")},
		{"PATCH", "/Users/" + id, ops(`{"op":"replace","value":{"active":false}}`)},
		{"POST", "/Groups", group("G", members(id))},
	} {
		a := s.ask(ask[0], ask[1], ask[2])
		a.fails(500, "")
		if strings.Contains(a.Body.String(), "disk") {
			t.Errorf("answers %s", a.Body)
		}
	}
	s.server = refserver.New(refserver.Config{Store: broken{Store: kept, reads: true}})
	s.ask("GET", "/Users", "").fails(500, "")

	s.server = sound
	s.ask("GET", "/Users", "").has("totalResults", "1")
	s.ask("GET", "/Users/"+id, "").has("active", "true", "userName", `"ana"`, "groups", "[]")
	s.ask("GET", "/Groups", "").has("totalResults", "0")
}

func TestAnEndlessBodyEnds(t *testing.T) {
	s := newTenant(t)
	for path, start := range map[string]string{
		"/Users":         `{"note":"`,
		"/Groups":        `{"members":[`,
		"/Users/.search": ` `,
	} {
		t.Run(path, func(t *testing.T) {
			s := s.in(t)
			r := s.request("POST", path, "")
			r.Body, r.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(start), blanks{})), -1
			a := s.send(r)
			a.fails(413, "")
			if a.Header().Get("Connection") != "close" {
				t.Error("the connection stays open, and the rest of the body with it")
			}
		})
	}
}

// blanks is a body that goes on and on.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
