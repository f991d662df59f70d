package directory

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A million ordinary people are let by, and a hundred thousand of whom everything is
// known.
func TestOrdinaryPeopleAreLetBy(t *testing.T) {
	ordinary := Account{ID: "62d6626b-97a6-4fdb-97dd-000000000001", UserName: "person.000001@example.test", Profile: Profile{
		"givenName": "Person1", "familyName": "Test", "displayName": "Person 1 Test", "locale": "en-US", "email": "person.000001@example.test", "emailType": "work",
	}}
	require.Less(t, 1_000_000*(ordinary.weight()+len(ordinary.ID)), mostKept)
	for _, a := range BaseProfile() {
		ordinary.Profile[a.Name] = strings.Repeat("x", 60)
	}
	require.Less(t, 100_000*(ordinary.weight()+len(ordinary.ID)), mostKept)
	ordinary.Profile = Profile{"roles": make([]any, 1_000)}
	require.Greater(t, ordinary.weight(), 16_000, "of empty parts, too")
}

// Whatever it is that an import would keep too much of, it ends with a reason.
func TestAnImportKeepsSoMuchAndNoMore(t *testing.T) {
	long := strings.Repeat("x", 1<<20) // the same for all of them, so that the test is light
	members := make([]string, 100_000)
	for n := range members {
		members[n] = fmt.Sprint(n)
	}
	people := func(make func(n int) Account) func(*Import, int) error {
		return func(i *Import, n int) error { return i.Accounts([]Account{make(n)}) }
	}
	groups := func(make func(n int) AccountGroup) func(*Import, int) error {
		return func(i *Import, n int) error { return i.Groups([]AccountGroup{make(n)}) }
	}
	for name, tt := range map[string]struct {
		page func(i *Import, n int) error
		let  int // pages that are let by; 0 for all
	}{
		"userNames":            {people(func(n int) Account { return Account{ID: fmt.Sprint(n), UserName: long, Active: true} }), 255},
		"ids of who waits":     {people(func(n int) Account { return Account{ID: long[n:], Active: true} }), 256},
		"ids of who is flawed": {people(func(n int) Account { return Account{ID: long[n:], Active: true, Flaw: "no"} }), 256},
		"values":               {people(func(n int) Account { return Account{ID: fmt.Sprint(n), Active: true, Profile: Profile{"title": long}} }), 255},
		"values in lists": {people(func(n int) Account {
			return Account{ID: fmt.Sprint(n), Active: true, Profile: Profile{"roles": []any{long, long}}}
		}), 127},
		"names of groups":          {groups(func(n int) AccountGroup { return AccountGroup{ID: fmt.Sprint(n), Name: long} }), 255},
		"members of groups":        {groups(func(n int) AccountGroup { return AccountGroup{ID: fmt.Sprint(n), Members: members} }), 128},
		"names of who is inactive": {people(func(n int) Account { return Account{ID: fmt.Sprint(n), UserName: long} }), 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := New(Options{})
			i, err := d.BeginImport(provisioning(t, d), marks{}, func(s string) string { return s })
			require.NoError(t, err)
			n := 0
			for ; n < 300 && err == nil; n++ {
				err = tt.page(i, n)
			}
			if tt.let == 0 {
				require.NoError(t, err)
				return
			}
			require.Equal(t, tt.let, n-1)
			require.Regexp(t, fmt.Sprintf(`^(%d users and 0|0 users and %d) groups so far are more than 256 MiB of ids, names and values, and an import keeps no more`, n, n), err)
		})
	}
}

// Of whom Okta knows an import keeps what they are to follow, and nothing else.
func TestWhoIsSourcedWeighs(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for sourcing, want := range map[bool]int{true: 1 << 20, false: 0} {
		d := New(Options{})
		p, err := d.CreatePerson(Profile{"login": "ana@example.test", "email": "ana@example.test", "firstName": "Ana", "lastName": "Pi"}, true, false)
		require.NoError(t, err)
		a := provisioning(t, d)
		_, err = d.Assign(a, p.ID, nil)
		require.NoError(t, err)
		require.NoError(t, d.SetImport(a, ImportSettings{ProfileSourcing: sourcing}))
		i, err := d.BeginImport(a, marks{string(p.ID): new(int)}, func(s string) string { return s })
		require.NoError(t, err)
		require.NoError(t, i.Accounts([]Account{{ID: string(p.ID), Active: true, Profile: Profile{"title": long}}}))
		require.InDelta(t, want, i.kept, 100)
	}
}
