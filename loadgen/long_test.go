package loadgen

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// A page of large groups may be longer than most answers: the bundled server writes
// 229 bytes for each member. Nobody is blamed for how many we asked for.
func TestAPageOfLargeGroupsIsRead(t *testing.T) {
	if testing.Short() {
		t.Skip("it pushes 78,000 members: make verdicts")
	}
	bundled, err := target.Bundled("")
	require.NoError(t, err)
	defer bundled.Close()
	seen, err := Run(t.Context(), Config{
		Target: bundled, RunID: "splong2345", People: 6000, Size: crowd.Size{Groups: 13, Largest: 6000, Second: 60_000},
		Phases: []crowd.Phase{crowd.Onboard, crowd.Push, crowd.Import}, Workers: 4,
	})
	require.NoError(t, err)
	assert.Equal(t, "success", seen.Result, "%v %v %+v", seen.Missing, seen.Deviates, seen.Phases[2].Failures)
	assert.Greater(t, 229*seen.Readback.Groups.Members, 16<<20, "or it is no such page")
}

// A list whose pages are too long is asked for in shorter ones, down to one group, which
// may be somebody else's; an account is never so long.
func TestAListOfLongPagesIsReadInShorterOnes(t *testing.T) {
	const most = 3
	for what, tooLong := range map[string]error{
		"by the wire": fmt.Errorf("GET /Groups: %w", wire.ErrTooLong),
		"by the eyes": &target.Unreadable{Request: "GET /Groups", Got: "more", Long: true},
	} {
		asked := []int{}
		read := func(most int) func(context.Context, int, int) (target.Look, error) {
			return func(_ context.Context, from, count int) (target.Look, error) {
				asked = append(asked, count)
				if count > most {
					return target.Look{}, tooLong
				}
				page := []any{}
				for n := from; n < from+count && n <= 7; n++ {
					page = append(page, map[string]any{"id": fmt.Sprint(n)})
				}
				return target.Look{Status: 200, Resource: target.Resource{"totalResults": json.Number("7"), "Resources": page}}, nil
			}
		}
		shown := 0
		c := &census{tell: func(Progress) {}}
		count := func(page []target.Resource) { shown += len(page) }
		require.NoError(t, c.walk(t.Context(), newListing(groupsListed, 10, 7), read(most), count), what)
		assert.Equal(t, 7, shown, what)
		assert.Equal(t, []int{10, 5, 2, 2, 2, 2}, asked, what)

		err := c.walk(t.Context(), newListing(groupsListed, 10, 7), read(0), count)
		assert.Error(t, err, what)
		assert.False(t, isConduct(err), "%s: %v", what, err)
		err = c.walk(t.Context(), newListing("accounts", 100, 7), read(0), count)
		assert.True(t, isConduct(err), "%s: %v", what, err)
	}
}
