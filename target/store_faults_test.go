package target_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/fault"
	"github.com/scimproof/scimproof/target/refserver/store/storefault"
)

// The store makes the mistakes that the catalogue says it makes, and no others.
func TestEveryMistakeOfTheStoreIsInTheCatalogue(t *testing.T) {
	var listed []string
	for _, f := range fault.All() {
		if f.InStore() {
			listed = append(listed, f.Name)
		}
	}
	if made := storefault.Names(); !slices.Equal(listed, made) {
		t.Errorf("the catalogue lists %v, and the store makes %v", listed, made)
	}
}

func TestAMistakeOfTheStoreStandsInFrontOfNobody(t *testing.T) {
	for _, name := range storefault.Names() {
		tg, err := target.Front{Behind: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, Faults: []fault.Fault{named(t, name)}, HTTP: http.DefaultTransport}.Serve()
		if err == nil {
			tg.Close()
			t.Errorf("%s stands in front of a server", name)
		} else if !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// hands are the suite's own at a fresh tenant of the bundled server with a mistake,
// and a group there with Ana in it, beside whom there are others.
func hands(t *testing.T, name string) (hand target.Eyes, group, ana string, others []string) {
	t.Helper()
	tg, err := target.Bundled("", named(t, name))
	if err != nil {
		t.Fatal(err)
	}
	carrier := &http.Transport{}
	t.Cleanup(func() {
		carrier.CloseIdleConnections()
		if err := tg.Close(); err != nil {
			t.Error(err)
		}
	})
	endpoint, err := tg.Tenant(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hand = target.Eyes{URL: endpoint.URL, Token: endpoint.Token, HTTP: carrier}
	var ids []string
	for i := range 9 {
		ids = append(ids, made(t)(hand.PostUser(t.Context(), target.Resource{
			"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": fmt.Sprintf("u%d", i),
		})))
	}
	return hand, made(t)(hand.CreateGroup(t.Context(), "Analysts", ids[0])), ids[0], ids[1:]
}

func made(t *testing.T) func(target.Look, error) string {
	return func(l target.Look, err error) string {
		t.Helper()
		if err != nil || !l.OK() {
			t.Fatal(l, err)
		}
		return l.Resource.ID()
	}
}

func membersOf(t *testing.T, hand target.Eyes, group string) []string {
	t.Helper()
	look, err := hand.Group(context.Background(), group)
	if err != nil || !look.OK() {
		t.Fatal(look, err)
	}
	return look.Resource.Values("members")
}

// Eight people are added at once, and somebody is lost, in every run; one after the
// other nobody is.
func TestLostUpdateOverHTTP(t *testing.T) {
	for range 5 {
		hand, group, _, others := hands(t, "lost-update")
		var all sync.WaitGroup
		for _, id := range others {
			all.Go(func() {
				if look, err := hand.AddMembers(context.Background(), group, id); err != nil || !look.OK() {
					t.Error(look, err)
				}
			})
		}
		all.Wait()
		if got := len(membersOf(t, hand, group)); got > len(others) {
			t.Errorf("nobody is lost of %d", got)
		}
	}
	hand, group, _, others := hands(t, "lost-update")
	for _, id := range others[:3] {
		made(t)(hand.AddMembers(t.Context(), group, id))
	}
	if got := len(membersOf(t, hand, group)); got != 4 {
		t.Errorf("%d members", got)
	}
}

// A read directly after a change shows what was; the next one what is. Who reads, and
// puts the list back with a change of its own, as Okta does of a group in the PUT
// dialect, takes out whoever came just before.
func TestReadsAnOlderCopyOverHTTP(t *testing.T) {
	hand, group, ana, others := hands(t, "reads-an-older-copy")
	if got := membersOf(t, hand, group); !slices.Equal(got, []string{ana}) {
		t.Errorf("made with %v", got)
	}
	made(t)(hand.AddMembers(t.Context(), group, others[0]))
	if got := membersOf(t, hand, group); !slices.Equal(got, []string{ana}) {
		t.Errorf("directly after the change: %v", got)
	}
	if got := membersOf(t, hand, group); len(got) != 2 {
		t.Errorf("then: %v", got)
	}
	made(t)(hand.AddMembers(t.Context(), group, others[1]))
	list := append(membersOf(t, hand, group), others[2])
	made(t)(hand.SetMembers(t.Context(), group, list...))
	membersOf(t, hand, group)
	want := []string{ana, others[0], others[2]}
	slices.Sort(want)
	if got := membersOf(t, hand, group); !slices.Equal(got, want) {
		t.Errorf("after a read and a write: %v, want %v", got, want)
	}
}
