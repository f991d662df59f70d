package provision_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
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
	waiting, err := d.Waiting(e.App, directory.Part{})
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
	left, err := d.Waiting(e.App, directory.Part{})
	require.NoError(t, err)
	require.Empty(t, left, "who was confirmed waits no more")
	for _, w := range waiting {
		require.Equal(t, w.ID, e.Account(w.Person).ID)
	}
}

// Whose an account is, Okta knows from when it was linked until it is let go.
func TestWhoseAnAccountIs(t *testing.T) {
	o := open(t, provision.OIN, provision.Config{Target: newFake()})
	ana := o.person("ana")
	o.assign(ana)
	const id = "id of ana@example.test"
	_, known := o.PersonOf(id)
	require.False(t, known)
	o.settle()
	whose, known := o.PersonOf(id)
	require.True(t, known)
	require.Equal(t, ana, whose)
	o.did(o.Unassign(o.app, ana))
	o.settle()
	_, known = o.PersonOf(id)
	require.False(t, known)
}

// A target that gave one id to several has their one account in its list: none of them
// loses the application, whoever of them left meanwhile.
func TestAnImportOfAnAccountThatSeveralHave(t *testing.T) {
	for leaves := range 4 {
		t.Run(fmt.Sprint(leaves), func(t *testing.T) {
			var target provision.Caller = answering(func(_ context.Context, r scim.Request) (scim.Answer, error) {
				const ana = `{"schemas":["` + scim.UserSchema + `"],"id":"1","userName":"ana","active":true}`
				list := `{"totalResults":0,"Resources":[]}`
				if strings.HasPrefix(r.RawQuery, "startIndex") {
					list = `{"totalResults":1,"Resources":[` + ana + `]}`
				}
				body, status := map[string]string{"GET": list, "POST": ana}[r.Method], map[string]int{"POST": 201, "PATCH": 204}[r.Method]
				return scim.Answer{Status: cmp.Or(status, 200), Body: []byte(body)}, nil
			})
			o := open(t, provision.OIN, provision.Config{Target: target})
			people := o.people(3)
			o.assign(people...)
			o.settle()
			left := slices.Clone(people)
			if leaves < len(people) {
				o.did(o.Unassign(o.app, people[leaves]))
				left = slices.Delete(left, leaves, leaves+1)
			}
			o.settle()
			result, _, err := o.Import(t.Context())
			require.NoError(t, err)
			require.Empty(t, result.Reason)
			require.Equal(t, []int{1, 0, 0}, []int{result.Read, result.Removed, result.None})
			whose, known := o.PersonOf("1")
			require.True(t, known)
			require.Contains(t, left, whose)
			for _, p := range left {
				o.did(o.Unassign(o.app, p))
			}
			o.settle()
			_, known = o.PersonOf("1")
			require.False(t, known)
			require.Empty(t, o.Tasks())
		})
	}
}

// paged is a target that tells of each list that it has answered.
type paged struct {
	*fake
	read func()
}

func (p paged) Call(ctx context.Context, r scim.Request) (scim.Answer, error) {
	a, err := p.fake.Call(ctx, r)
	if r.Path == "/Users" && strings.HasPrefix(r.RawQuery, "startIndex") {
		p.read()
	}
	return a, err
}

// Who loses the application by an import, and is assigned again in the moment in which
// the directory has followed it, is provisioned as somebody new: what the import means
// for them comes first, however soon an administrator is there.
func TestWhoIsAssignedAgainAsAnImportEnds(t *testing.T) {
	for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
		t.Run(string(dialect), func(t *testing.T) {
			for seed := range uint64(100) {
				var o office
				var ana directory.PersonID
				var ends atomic.Bool
				assigned := make(chan error, 1)
				d := directory.New(directory.Options{Now: func() time.Time {
					if ends.CompareAndSwap(true, false) { // it follows, and is locked until it has
						go func() {
							c, err := o.Assign(o.app, ana, nil)
							if err == nil {
								err = o.Submit(c)
							}
							assigned <- err
						}()
					}
					return time.Unix(0, 0)
				}})
				target := paged{newFake(), func() {}}
				target.read = func() { ends.Store(true) }
				o = open(t, dialect, provision.Config{Directory: d, Target: &target, Seed: seed})
				ana = o.person("ana")
				o.assign(ana)
				o.settle()
				clear(target.users)
				result, elsewhere, err := o.Import(t.Context())
				require.NoError(t, err)
				require.Equal(t, 1, result.Removed)
				require.Empty(t, elsewhere)
				require.True(t, o.Account(ana).Busy, "what the import means is submitted")
				require.NoError(t, <-assigned)
				o.settle()
				require.Empty(t, o.Tasks(), "seed %d", seed)
				require.Equal(t, "id of ana@example.test", o.Account(ana).ID, "seed %d", seed)
				require.Equal(t, true, target.users["id of ana@example.test"]["active"], "seed %d", seed)
			}
		})
	}
}
