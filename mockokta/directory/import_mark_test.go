package directory

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// marks are links of an Okta that knows people alone, by their accounts.
type marks map[string]*int

func (m marks) PersonOf(id string) (PersonID, bool) { return PersonID(id), m[id] != nil }
func (marks) AccountOf(PersonID) (string, bool)     { return "", false }
func (marks) GroupOf(string) (GroupID, bool)        { return "", false }
func (marks) AccountGroupOf(GroupID) (string, bool) { return "", false }
func (m marks) Mark(id string) *int                 { return m[id] }

// provisioning is an application that does.
func provisioning(t *testing.T, d *Directory) AppID {
	t.Helper()
	a, err := d.CreateApp("Immuta", TokenAuth)
	require.NoError(t, err)
	require.NoError(t, d.Connect(a.ID, "https://sp.example.test", "s3cret"))
	require.NoError(t, d.SetConnected(a.ID, true))
	return a.ID
}

// Of whom Okta keeps something an import keeps nothing more: who has an account, who was
// confirmed to have one, and who waits, is marked where they are. Each is read once by an
// import, and again by the next.
func TestAnImportKeepsNothingOfWhomOktaKnows(t *testing.T) {
	d := New(Options{})
	a := provisioning(t, d)
	known := marks{"1": new(int)}
	var page []Account
	for n := range 10 {
		page = append(page, Account{ID: fmt.Sprint(n), UserName: fmt.Sprint("p", n), Active: n < 9})
	}
	for n, strangers := range []int{9, 1, 1} {
		i, err := d.BeginImport(a, known, func(s string) string { return s })
		require.NoError(t, err)
		require.NoError(t, i.Accounts(page))
		require.Len(t, i.strangers, strangers, "import %d", n)
		for _, acc := range page {
			require.True(t, i.seen(acc.ID))
			require.ErrorContains(t, i.Accounts([]Account{acc}), "came before")
		}
		require.False(t, i.seen("nobody"))
		require.Empty(t, i.End(fmt.Errorf("left")).Remarks)
		if n == 0 {
			i, err := d.BeginImport(a, known, func(s string) string { return s })
			require.NoError(t, err)
			require.NoError(t, i.Accounts(page))
			result, _ := i.Commit()
			require.Empty(t, result.Reason)
			p, err := d.CreatePerson(Profile{"login": "two", "email": "two@example.test", "firstName": "T", "lastName": "Wo"}, true, false)
			require.NoError(t, err)
			_, err = d.Confirm(a, "2", p.ID, func(PersonID) string { return "" })
			require.NoError(t, err)
		}
	}
}
