package provision

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/scim"
)

func TestEngineTakesOverAnAccountTheTargetAlreadyHas(t *testing.T) {
	const (
		sleeping = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"42","userName":"ana@example.test","active":false}`
		awake    = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"42","userName":"ana@example.test","active":true}`
		found    = `{"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[` + sleeping + `]}`
	)
	d, app := connectedCatalogueApp(t)
	p, err := d.CreatePerson(directory.Profile{"login": "ana@example.test", "email": "ana@example.test", "firstName": "Ana", "lastName": "Ruiz"}, true, false)
	require.NoError(t, err)

	target := NewMockCaller(t)
	ana := aboutWhom(scim.Subject{ID: string(p.ID), Name: "ana@example.test"})
	mock.InOrder(
		target.EXPECT().Call(ana, scim.Accent{}.FindUser(scim.User{UserName: "ana@example.test"})).Return(okay(found), nil).Call,
		target.EXPECT().Call(ana, scim.Accent{}.SetActive("42", true)).Return(okay(awake), nil).Call,
		target.EXPECT().Call(ana, scim.GetUser("42")).Return(okay(awake), nil).Call,
		target.EXPECT().Call(ana, putTo("/Users/42")).Return(okay(awake), nil).Call,
	)
	e := New(Config{Directory: d, App: app, Target: target})
	c, err := d.Assign(app, p.ID, nil)
	require.NoError(t, err)
	require.NoError(t, e.Submit(c))
	require.NoError(t, e.Settle(t.Context()))
	require.Empty(t, e.Tasks())
	require.Equal(t, Standing{ID: "42"}, e.Account(p.ID))
}

// An Op that waited behind a long dialogue is overdue, and begins late, not in
// the past.
func TestVirtualTimeNeverRunsBackwards(t *testing.T) {
	d, app := connectedCatalogueApp(t)
	p, err := d.CreatePerson(directory.Profile{"login": "ana@example.test", "email": "ana@example.test", "firstName": "Ana", "lastName": "Ruiz"}, true, false)
	require.NoError(t, err)
	busy := scim.Answer{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3600"}}}
	gone := scim.Answer{Status: http.StatusGone, Header: http.Header{}}
	target := NewMockCaller(t)
	target.EXPECT().Call(mock.Anything, mock.Anything).Return(busy, nil).Once()
	target.EXPECT().Call(mock.Anything, mock.Anything).Return(gone, nil)
	e := New(Config{Directory: d, App: app, Target: target})
	_, err = d.Assign(app, p.ID, nil)
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, e.Submit(directory.Assigned{Person: p.ID}))
	}
	require.NoError(t, e.Settle(t.Context()))
	require.Greater(t, e.clock, time.Hour)
}

func connectedCatalogueApp(t *testing.T) (*directory.Directory, directory.AppID) {
	t.Helper()
	d := directory.New(directory.Options{})
	a, err := d.CreateApp("Immuta", directory.TokenAuth)
	require.NoError(t, err)
	require.NoError(t, d.Connect(a.ID, "https://sp.example.test/scim/v2", "s3cret"))
	require.NoError(t, d.SetConnected(a.ID, true))
	require.NoError(t, d.Set(a.ID, directory.Settings{CreateUsers: true}))
	return d, a.ID
}

func okay(body string) scim.Answer {
	return scim.Answer{Status: http.StatusOK, Header: http.Header{}, Body: []byte(body)}
}

// aboutWhom matches a context that says whom a call is about.
func aboutWhom(want scim.Subject) any {
	return mock.MatchedBy(func(ctx context.Context) bool {
		who, said := scim.SubjectOf(ctx)
		return said && who == want
	})
}

func putTo(path string) any {
	return mock.MatchedBy(func(r scim.Request) bool { return r.Method == http.MethodPut && r.Path == path })
}
