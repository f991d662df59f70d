package loadgen

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

func TestAnIDIsOneForEachSubject(t *testing.T) {
	o := newOthers(2)
	for n, want := range []struct {
		subject subject
		fresh   bool
	}{{subject{evidence.User, 0}, true}, {subject{evidence.User, 0}, false}, {subject{evidence.User, 1}, true}, {subject{evidence.Group, 1}, true}} {
		fresh, err := o.add(want.subject, "shared")
		require.NoError(t, err)
		assert.Equal(t, want.fresh, fresh, n)
	}
	assert.False(t, o.has(subject{evidence.Group, 0}))
	assert.True(t, o.has(subject{evidence.Group, 1}))
}

func TestOthersEnd(t *testing.T) {
	o := newOthers(2)
	var err error
	n := 0
	for ; err == nil && n < 100_000; n++ {
		_, err = o.add(subject{evidence.User, nobody}, fmt.Sprint(n))
	}
	assert.Equal(t, 2*othersEach+othersBesides+1, n)
	assert.True(t, isConduct(err))
	known, err := o.add(subject{evidence.User, nobody}, "0")
	assert.NoError(t, err, "what is known needs no room")
	assert.False(t, known)
}

// A list of rows that bear the run's mark, or whose names are the run's, and whose ids are
// longer than anybody's does not fill the memory.
func TestLongIDsOfAListAreNotKept(t *testing.T) {
	const mark, rows = "spr7k2abcd", 300
	people := crowd.Population{Mark: mark, Seed: 1, Size: 20}
	groups := crowd.Groups{People: people, Size: crowd.Size{Groups: 20, Largest: 2, Second: 2}}
	for name, row := range map[string]func(n int) (user, group string){
		"strangers": func(n int) (string, string) {
			return fmt.Sprintf("x%d-%s", n, mark), fmt.Sprintf("x%d %s", n, mark)
		},
		"the plan's own": func(n int) (string, string) { return people.UserName(n % 20), groups.Name(n % 20) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCensus(Dialogues{People: people, Groups: groups}, newRoster(groups, false), mark, false)
			c.all, c.end = (*evidence.Folder)(nil).Differences(), func(error) {}
			before := live()
			for n := range rows {
				user, group := row(n)
				id := strings.Repeat("x", 100_000) + fmt.Sprint(n)
				c.take(c.people, target.Resource{"id": id, "userName": user})
				c.take(c.teams, target.Resource{"id": id, "displayName": group})
			}
			assert.Less(t, int64(live().HeapAlloc)-int64(before.HeapAlloc), int64(2<<20), "of 30 MB")
			assert.Empty(t, c.unknown)
			runtime.KeepAlive(c)
		})
	}
}

func TestADifferenceIsCutToWhatSomebodyReads(t *testing.T) {
	long := strings.Repeat("ä", 50_000)
	d := inShort(evidence.Difference{Name: long, ID: long, Why: long})
	assert.Less(t, len(d.Name), longestTold+30)
	assert.Contains(t, d.Name, "… (cut, of 100000 bytes)")
	assert.Empty(t, d.ID, "a part of an id is another id")
	assert.Contains(t, d.Why, "its id has 100000 bytes, and was cut out")
	short := evidence.Difference{Name: "ana", ID: "1", Why: "because"}
	assert.Equal(t, short, inShort(short))
}

// What the tidying up finds is a second one beside what is known to be there, and not
// beside a row of a list.
func TestWhatTheTidyingUpFinds(t *testing.T) {
	people := crowd.Population{Mark: "spr7k2abcd", Seed: 1, Size: 3}
	r := newRoster(crowd.Groups{People: people}, false)
	r.give(0, "1")
	c := newCensus(Dialogues{People: people}, r, "spr7k2abcd", false)
	c.all = (*evidence.Folder)(nil).Differences()
	c.take(c.people, target.Resource{"id": "row", "userName": people.UserName(1)})
	require.NoError(t, c.takeDown(c.people, 2, verdict{there: []string{"5"}}))
	find := func(n int, id string) int {
		c.putAway(evidence.Entry{Kind: evidence.User, Name: people.UserName(n), ID: id})
		return c.readback.Doubled
	}
	assert.Equal(t, 0, find(0, "1"), "Okta's own")
	assert.Equal(t, 1, find(0, "2"))
	assert.Equal(t, 1, find(0, "2"), "once")
	assert.Equal(t, 1, find(1, "3"), "the only one, for a row is none")
	assert.Equal(t, 2, find(1, "4"))
	assert.Equal(t, 2, find(2, "5"), "that was looked at")
	assert.Equal(t, 3, find(2, "6"))
}
