package provision_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
)

// matching is a directory of people whom a target has, each by their login, and an
// engine between the two.
func matching(t *testing.T, target provision.Caller, people int) (*directory.Directory, *provision.Engine) {
	t.Helper()
	d := directory.New(directory.Options{})
	a, err := d.CreateApp("Immuta", "")
	require.NoError(t, err)
	require.NoError(t, d.EnableSCIM(a.ID))
	require.NoError(t, d.Connect(a.ID, "https://sp.example.test/scim/v2", scimToken))
	require.NoError(t, d.SetConnected(a.ID, true))
	require.NoError(t, d.Set(a.ID, directory.Settings{CreateUsers: true, UpdateUsers: true, DeactivateUsers: true}))
	for n := range people {
		name := login(n)
		_, err := d.CreatePerson(directory.Profile{"login": name, "email": name, "firstName": "P", "lastName": "Q"}, true, false)
		require.NoError(t, err)
	}
	return d, provision.New(provision.Config{Directory: d, App: a.ID, Target: target})
}

const scimToken = "k3y-of-the-application"

func login(n int) string { return fmt.Sprintf("p%02d@example.test", n) }

// An administrator confirms, an application settles and an import reads, all at once:
// nobody holds a lock that another waits for.
func TestConfirmAndSettleAndImportAtOnce(t *testing.T) {
	target := newFake()
	for n := range 100 {
		target.holds(login(n), true)
	}
	d, e := matching(t, target, 100)
	_, _, err := e.Import(t.Context())
	require.NoError(t, err)
	waiting, err := d.Waiting(e.App)
	require.NoError(t, err)
	require.Len(t, waiting, 100)

	var failed sync.Map
	done := make(chan struct{})
	confirmed := make(chan struct{})
	go func() {
		defer close(done)
		var all sync.WaitGroup
		defer all.Wait()
		all.Go(func() {
			defer close(confirmed)
			for _, w := range waiting {
				c, err := d.Confirm(e.App, w.ID, "", func(p directory.PersonID) string { return e.Account(p).ID })
				if err == nil {
					err = e.Submit(c)
				}
				if err != nil {
					failed.Store(w.ID, err)
				}
			}
		})
		until := func(do func() error) func() {
			return func() {
				for {
					if err := do(); err != nil {
						failed.Store("", err)
					}
					select {
					case <-confirmed:
						return
					default:
					}
				}
			}
		}
		all.Go(until(func() error { return e.Settle(t.Context()) }))
		all.Go(until(func() error { _, err := e.Compare(t.Context()); return err }))
		all.Go(until(func() error { _, _, err := e.Import(t.Context()); return err }))
	}()
	select {
	case <-done:
	case <-time.After(time.Minute): // a deadlock, and nothing that a machine's speed decides
		t.Fatal("they wait for each other")
	}
	failed.Range(func(who, err any) bool { t.Error(who, err); return true })
	require.NoError(t, e.Settle(t.Context()))
	left, err := d.Waiting(e.App)
	require.NoError(t, err)
	require.Empty(t, left, "who was confirmed waits no more")
	for _, w := range waiting {
		require.Equal(t, w.ID, e.Account(w.Person).ID)
	}
}

// What an import knows of links is as it was when it began.
func TestLinksAreASnapshot(t *testing.T) {
	d, e := matching(t, newFake(), 1)
	before := e.Links()
	id := d.People()[0].ID
	c, err := d.Assign(e.App, id, nil)
	require.NoError(t, err)
	require.NoError(t, e.Submit(c))
	require.NoError(t, e.Settle(t.Context()))
	at := e.Account(id).ID
	require.NotEmpty(t, at)
	for known, links := range map[bool]directory.Links{false: before, true: e.Links()} {
		_, is := links.PersonOf(at)
		require.Equal(t, known, is)
		_, is = links.AccountOf(id)
		require.Equal(t, known, is)
	}
}
