package directory

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever reads a long shelf part by part has each thing shown once, and no thing looked
// at for the sake of another: where a part begins is known. It is so when things are put
// on the shelf and taken off meanwhile.
func TestAShelfIsReadInParts(t *testing.T) {
	s := &shelf[string, int]{}
	const all = 10_000
	for n := range all {
		s.put(fmt.Sprint(n), n)
	}
	shown, read := 0, []int{}
	show := func(n int) int { shown++; return n }
	after := ""
	for {
		some, err := part(s, Part{After: after, Most: 50}, show)
		require.NoError(t, err)
		read = append(read, some...)
		if len(some) < 50 {
			break
		}
		after = fmt.Sprint(some[49])
	}
	require.Equal(t, all, shown)
	require.True(t, slices.IsSorted(read))
	require.Len(t, slices.Compact(read), all)

	steps := 0
	behind, err := s.from("9989")
	require.NoError(t, err)
	for range behind {
		steps++
	}
	require.Equal(t, 10, steps)
	require.LessOrEqual(t, testing.AllocsPerRun(10, func() { _, _ = s.from("9989") }), 2.0, "the places are not counted anew")

	_, err = part(s, Part{After: "nobody"}, show)
	require.EqualError(t, err, "after: The cursor is not known")
	for n := range all {
		if n%10 > 0 || n == 0 {
			s.drop(fmt.Sprint(n)) // often enough for the order to close its gaps
		}
	}
	s.put("last", all)
	some, err := part(s, Part{After: "9980"}, show)
	require.NoError(t, err)
	require.Equal(t, []int{9990, all}, some)
	s.put("very last", all+1)
	some, err = part(s, Part{After: "9990", Most: 2}, show)
	require.NoError(t, err)
	require.Equal(t, []int{all, all + 1}, some)
	some, err = part(s, Part{After: "very last"}, show)
	require.NoError(t, err, "that was put after somebody had asked")
	require.Empty(t, some)
	s.drop("last")
	some, err = part(s, Part{After: "last"}, show)
	require.NoError(t, err)
	require.Equal(t, []int{all + 1}, some, "the cursor was taken off a moment ago")
}

// The people of an application are a list of their own, with gaps.
func TestAssignmentsAreReadInParts(t *testing.T) {
	d := New(Options{})
	a := provisioning(t, d)
	var people []PersonID
	for n := range 9 {
		login := fmt.Sprint("p", n)
		p, err := d.CreatePerson(Profile{"login": login, "email": login, "firstName": "P", "lastName": login}, true, false)
		require.NoError(t, err)
		_, err = d.Assign(a, p.ID, nil)
		require.NoError(t, err)
		people = append(people, p.ID)
	}
	_, err := d.Unassign(a, people[4])
	require.NoError(t, err)
	for after, want := range map[PersonID][]PersonID{"": people[:3], people[2]: {people[3], people[5], people[6]}, people[7]: people[8:], people[8]: nil} {
		some, err := d.Assignments(a, Part{After: string(after), Most: 3})
		require.NoError(t, err)
		var got []PersonID
		for _, as := range some {
			got = append(got, as.Person)
		}
		require.Equal(t, want, got)
	}
	_, err = d.Assignments(a, Part{After: string(people[4])})
	require.EqualError(t, err, "after: The cursor is not known")
}

// A target's groups are asked for by the ids that Okta has for them.
func TestImportedGroupsAreReadInParts(t *testing.T) {
	d := New(Options{})
	a := provisioning(t, d)
	require.NoError(t, d.SetImport(a, ImportSettings{Groups: true}))
	i, err := d.BeginImport(a, marks{}, func(s string) string { return s })
	require.NoError(t, err)
	for n := range 5 {
		require.NoError(t, i.Groups([]AccountGroup{{ID: fmt.Sprint("g-", n), Name: "G"}}))
	}
	i.Commit()
	all, err := d.ImportedGroups(a, Part{})
	require.NoError(t, err)
	require.Len(t, all, 5)
	some, err := d.ImportedGroups(a, Part{After: string(all[1].ID), Most: 2})
	require.NoError(t, err)
	require.Equal(t, all[2:4], some)
	_, err = d.ImportedGroups(a, Part{After: "g-1"})
	require.EqualError(t, err, "after: The cursor is not known")
}
