package directory_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// BenchmarkPushTab is what acts cost beside how many groups there are, a hundredth of
// them pushed, under three rules of one group each: what concerns one group costs the
// same in a large organisation, and what concerns all costs the same for each.
func BenchmarkPushTab(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		d := directory.New(directory.Options{})
		app, err := d.CreateApp("Immuta", directory.TokenAuth)
		require.NoError(b, err)
		require.NoError(b, d.Connect(app.ID, "https://sp.example.test", "s3cret"))
		require.NoError(b, d.SetConnected(app.ID, true))
		require.NoError(b, d.SetImport(app.ID, directory.ImportSettings{Groups: true}))
		var groups, pushed []directory.GroupID
		var theirs []directory.AccountGroup
		at := atTarget{}
		for i := range n {
			g, err := d.CreateGroup(fmt.Sprint("Group ", i), "")
			require.NoError(b, err)
			groups = append(groups, g.ID)
			id := fmt.Sprint("g-", i)
			theirs = append(theirs, directory.AccountGroup{ID: id, Name: g.Name})
			if i%100 == 0 {
				_, _, err := d.Push(app.ID, g.ID, g.Name, true)
				require.NoError(b, err)
				pushed, at[id] = append(pushed, g.ID), g.ID
			}
		}
		for _, value := range []string{"Group 100", "Group 200", "Group 300"} {
			_, _, err := d.AddPushRule(app.ID, directory.PushRule{Name: value, By: directory.ByName, Match: directory.Equals, Value: value})
			require.NoError(b, err)
		}
		each := func(name string, of int, do func(i int)) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					do(i)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(of), "ns/each")
			})
		}
		made := 0
		each("a group is made and deleted", 1, func(int) {
			made++
			g, err := d.CreateGroup(fmt.Sprint("Another ", made), "")
			require.NoError(b, err)
			_, err = d.FollowPushRules(g.ID)
			require.NoError(b, err)
			_, err = d.DeleteGroup(g.ID)
			require.NoError(b, err)
		})
		each("a pushed group is renamed", 1, func(int) {
			made++
			effects, err := d.RenameGroup(pushed[len(pushed)-1], fmt.Sprint("Renamed ", made), "")
			require.NoError(b, err)
			require.Len(b, effects, 1)
		})
		each("a mapping is looked up", 1, func(int) {
			_, err := d.MappingOf(app.ID, pushed[len(pushed)-1])
			require.NoError(b, err)
		})
		each("all are retried", len(pushed), func(int) {
			effects, err := d.RetryPushes(app.ID, pushed)
			require.NoError(b, err)
			require.Len(b, effects, len(pushed))
		})
		each("an import compares", len(groups), func(int) {
			i, err := d.BeginImport(app.ID, at, func(s string) string { return s })
			require.NoError(b, err)
			require.NoError(b, i.Groups(theirs))
			require.Equal(b, n-len(pushed), i.Compare().OnlyAtTarget)
		})
	}
}

// atTarget are the links of groups, by the target's ids.
type atTarget map[string]directory.GroupID

func (atTarget) PersonOf(string) (directory.PersonID, bool)      { return "", false }
func (atTarget) AccountOf(directory.PersonID) (string, bool)     { return "", false }
func (at atTarget) GroupOf(id string) (directory.GroupID, bool)  { g, ok := at[id]; return g, ok }
func (atTarget) AccountGroupOf(directory.GroupID) (string, bool) { return "", false }
func (atTarget) Mark(string) *int                                { return nil }
