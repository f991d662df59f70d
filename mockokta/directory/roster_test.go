package directory

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A roster is a list without doubles, whatever is done to it.
func TestARosterIsAListWithoutDoubles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r roster
		var list []PersonID
		for range rapid.IntRange(0, 60).Draw(t, "acts") {
			id := PersonID(rapid.StringMatching(`[a-f]`).Draw(t, "who"))
			on := slices.Contains(list, id)
			require.Equal(t, on, r.has(id))
			if rapid.Bool().Draw(t, "put") {
				require.Equal(t, !on, r.put(id))
				if !on {
					list = append(list, id)
				}
			} else {
				require.Equal(t, on, r.drop(id))
				list = slices.DeleteFunc(list, func(p PersonID) bool { return p == id })
			}
			require.ElementsMatch(t, list, r.list())
			require.True(t, slices.Equal(list, r.list()), "in the order in which they were put on it")
			require.LessOrEqual(t, len(r.order), 2*len(list)+1, "nobody who left is kept long")
		}
	})
}

// A login is somebody's without regard to letter case, in any script, until they have
// another one or are gone.
func TestALoginIsOnePersons(t *testing.T) {
	d := New(Options{})
	profile := func(login string) Profile {
		return Profile{"login": login, "email": "e@example.test", "firstName": "A", "lastName": "B"}
	}
	p, err := d.CreatePerson(profile("Ángel.Kai@example.test"), true, false)
	require.NoError(t, err)
	taken := func(login string) bool {
		found, err := d.Find(login)
		require.Equal(t, err == nil, found.ID == p.ID)
		_, err = d.CreatePerson(profile(login), true, false)
		return err != nil
	}
	require.True(t, taken("áNGEL.kai@EXAMPLE.test"))
	require.True(t, taken("ángel.\u212aai@example.test"), "the sign of the kelvin is a k to strings.EqualFold")
	_, err = d.UpdateProfile(p.ID, Profile{"login": "ANGEL@example.test"})
	require.NoError(t, err)
	_, err = d.UpdateProfile(p.ID, Profile{"login": "angel@example.test"})
	require.NoError(t, err, "to one's own login in other letters")
	require.True(t, taken("Angel@example.test"))
	require.False(t, taken("ángel.kai@example.test"))
	for range 2 {
		_, err = d.DeletePerson(p.ID)
		require.NoError(t, err)
	}
	require.False(t, taken("angel@example.test"))
}
