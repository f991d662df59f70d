package provision_test

import (
	"cmp"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
)

// An office is a directory with one connected application and an engine.
type office struct {
	*directory.Directory
	*provision.Engine
	app directory.AppID
	t   testing.TB
}

var everything = directory.Settings{CreateUsers: true, UpdateUsers: true, DeactivateUsers: true}

// open furnishes c with a directory, unless it has one, and an application of the
// dialect.
func open(t testing.TB, dialect provision.Dialect, c provision.Config) office {
	t.Helper()
	d := cmp.Or(c.Directory, directory.New(directory.Options{}))
	catalogue := map[provision.Dialect]string{provision.AIW: "", provision.OIN: directory.TokenAuth}[dialect]
	a, err := d.CreateApp("Immuta", catalogue)
	require.NoError(t, err)
	require.NoError(t, d.EnableSCIM(a.ID))
	require.NoError(t, d.Connect(a.ID, "https://sp.example.test/scim/v2", "s3cret"))
	require.NoError(t, d.SetConnected(a.ID, true))
	require.NoError(t, d.Set(a.ID, everything))
	c.Directory, c.App = d, a.ID
	if c.Now == nil {
		c.Now = func() time.Time { return time.Unix(0, 0) }
	}
	return office{d, provision.New(c), a.ID, t}
}

func (o office) person(name string) directory.PersonID {
	o.t.Helper()
	p, err := o.CreatePerson(directory.Profile{
		"login": name + "@example.test", "email": name + "@example.test", "firstName": name, "lastName": "Test",
	}, true, false)
	require.NoError(o.t, err)
	return p.ID
}

func (o office) people(n int) []directory.PersonID {
	var all []directory.PersonID
	for i := range n {
		all = append(all, o.person(fmt.Sprintf("p%02d", i)))
	}
	return all
}

func (o office) group(name string) directory.GroupID {
	o.t.Helper()
	g, err := o.CreateGroup(name, "")
	require.NoError(o.t, err)
	return g.ID
}

// did submits what an act on the application changed.
func (o office) did(c directory.Change, err error) {
	o.t.Helper()
	require.NoError(o.t, err)
	if c != nil {
		require.NoError(o.t, o.Submit(c))
	}
}

// made submits what an act on people or groups changed.
func (o office) made(effects []directory.Effect, err error) {
	o.t.Helper()
	require.NoError(o.t, err)
	for _, e := range effects {
		require.NoError(o.t, o.Submit(e.Change))
	}
}

func (o office) assign(people ...directory.PersonID) {
	o.t.Helper()
	for _, p := range people {
		o.did(o.Assign(o.app, p, nil))
	}
}

func (o office) push(g directory.GroupID, name string) directory.MappingID {
	o.t.Helper()
	m, c, err := o.Push(o.app, g, name, true)
	o.did(c, err)
	return m.ID
}

func (o office) settle() {
	o.t.Helper()
	require.NoError(o.t, o.Settle(o.t.Context()))
}
