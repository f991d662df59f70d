package mockokta_test

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

// Two applications of one Okta at one target, told apart by their tokens.
type neighbours struct {
	*management.Client
	t       *testing.T
	ana     directory.PersonID
	a, b    directory.AppID
	shelf   *shelf
	mu      sync.Mutex
	said    map[string][]kind // by token
	refuses map[string]reply  // what a token is answered first, whatever it asks
}

func neighbour(t *testing.T) *neighbours {
	t.Helper()
	n := &neighbours{t: t, shelf: newShelf(), said: map[string][]kind{}, refuses: map[string]reply{}}
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(n.answer)
	okta, err := mockokta.Start(mockokta.Config{
		Target: target, Now: func() time.Time { return time.Unix(0, 0) },
	})
	require.NoError(t, err)
	admin := &http.Transport{}
	n.Client = &management.Client{URL: okta.URL, Token: okta.Token, HTTP: admin}
	t.Cleanup(func() { admin.CloseIdleConnections(); require.NoError(t, okta.Close()) })
	n.ana, err = n.CreateUser(t.Context(), ana)
	n.must(err)
	n.a, n.b = n.app(directory.TokenAuth, "of-a"), n.app(directory.TokenAuth, "of-b")
	n.forget()
	return n
}

func (n *neighbours) app(catalogue, token string) directory.AppID {
	ctx := n.t.Context()
	app, err := n.CreateApp(ctx, "Immuta", catalogue)
	n.must(err)
	n.must(n.Connect(ctx, app, oktaBase, token))
	n.must(n.ActivateConnection(ctx, app))
	n.must(n.SetProvisioning(ctx, app, true, true, true))
	return app
}

func (n *neighbours) must(err error) { n.t.Helper(); require.NoError(n.t, err) }
func (n *neighbours) settle()        { n.t.Helper(); n.must(n.Settle(n.t.Context())) }

func (n *neighbours) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.said = map[string][]kind{}
}

func (n *neighbours) answer(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	token := r.Header.Get("Authorization")
	if refused, ok := n.refuses[token]; ok {
		delete(n.refuses, token)
		n.said[token] = append(n.said[token], "refused")
		return refused.response(r)
	}
	r.URL.Path = "/scim" + r.URL.Path[len("/scim/v2"):]
	a := n.shelf.serve(r)
	n.said[token] = append(n.said[token], n.shelf.heard[len(n.shelf.heard)-1])
	return a.response(r)
}

func (n *neighbours) appUser(app directory.AppID) management.AppUser {
	n.t.Helper()
	u, err := n.AppUser(n.t.Context(), app, n.ana)
	n.must(err)
	return u
}

func (n *neighbours) assigned() {
	n.t.Helper()
	n.must(n.Assign(n.t.Context(), n.a, n.ana))
	n.settle()
	n.must(n.Assign(n.t.Context(), n.b, n.ana))
	n.settle()
}

// The second finds what the first has made, and each has its own link to it.
func TestTwoAppsLinkOneAccountEach(t *testing.T) {
	n := neighbour(t)
	n.assigned()
	require.Equal(t, map[string][]kind{"Bearer of-a": {none, create}, "Bearer of-b": {find, get, put}}, n.said)
	require.NotEmpty(t, n.appUser(n.a).ExternalID)
	require.Equal(t, n.appUser(n.a).ExternalID, n.appUser(n.b).ExternalID)
	require.Len(t, n.shelf.things, 1)
}

// Whoever is unassigned in one stays linked in the other, on whose behalf nothing is
// said.
func TestUnassigningInOneAppIsNothingToTheOther(t *testing.T) {
	n := neighbour(t)
	n.assigned()
	n.forget()
	linked := n.appUser(n.b)
	n.must(n.Unassign(t.Context(), n.a, n.ana))
	n.settle()
	require.Equal(t, map[string][]kind{"Bearer of-a": {patch}}, n.said)
	require.Equal(t, linked, n.appUser(n.b))

	n.forget()
	n.must(n.UpdateUser(t.Context(), n.ana, directory.Profile{"title": "Analyst"}))
	n.settle()
	require.Equal(t, map[string][]kind{"Bearer of-b": {get, put}}, n.said)
}

// A target that refuses one, or is too busy for it, gives the other no task. Where
// waits are virtual, the other begins when the first has ended, and so finds what that
// one has made after its wait; where they are real, it does not wait (see the tests
// of settle).
func TestTroubleOfOneAppIsNotTheOthers(t *testing.T) {
	for name, tt := range map[string]struct {
		refusal reply
		said    []kind // by the one that was refused
		other   []kind // by the other
		state   string
	}{
		"refused": {said(503, map[string]any{"detail": "later"}), []kind{"refused"}, []kind{none, create}, "ERROR"},
		"busy":    {reply{status: 429, header: http.Header{"Retry-After": {"7"}}}, []kind{"refused", none, create}, []kind{find, get, put}, "SYNCHRONIZED"},
	} {
		t.Run(name, func(t *testing.T) {
			n := neighbour(t)
			n.refuses["Bearer of-a"] = tt.refusal
			n.must(n.Assign(t.Context(), n.a, n.ana))
			n.must(n.Assign(t.Context(), n.b, n.ana))
			n.settle()
			require.Equal(t, map[string][]kind{"Bearer of-a": tt.said, "Bearer of-b": tt.other}, n.said)
			require.Equal(t, [2]string{tt.state, "SYNCHRONIZED"}, [2]string{n.appUser(n.a).SyncState, n.appUser(n.b).SyncState})
			tasks, err := n.Tasks(t.Context())
			n.must(err)
			require.False(t, slices.ContainsFunc(tasks, func(task management.Task) bool { return task.App != n.a }))
			require.Equal(t, tt.state == "ERROR", len(tasks) == 1)

			n.forget()
			n.must(n.ProvisionUsers(t.Context(), n.b))
			n.settle()
			require.Empty(t, n.said, "what is open in one is not tried again by the other")
		})
	}
}
