package directory_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

func at(priority int) *int { return &priority }

// givenWith gives the application to a group that sets Ana's title.
func (o office) givenWith(g directory.GroupID, priority *int, title string) []directory.Effect {
	o.t.Helper()
	effects, err := o.AssignGroupWith(o.app, g, priority, directory.Profile{"title": title})
	o.must(err)
	return effects
}

func TestTheFirstGroupGivesItsProfile(t *testing.T) {
	o := open(t)
	o.has(directory.Profile{"title": "mapped"})
	o.joined(o.ana)
	stewards := o.stewards(o.ana)
	changed := one(o, directory.ProfileChanged{Person: o.ana})
	title := func() any { return o.told()["title"] }

	require.Equal(t, one(o, directory.Assigned{Person: o.ana}), o.givenWith(o.analysts, nil, "analyst"))
	require.Equal(t, "analyst", title(), "a group's value stands before a mapped one")
	require.Empty(t, o.givenWith(stewards, nil, "steward"), "the second group changes nothing")
	require.Equal(t, "analyst", title())

	effects, err := o.EditGroupAssignment(o.app, stewards, at(0), nil)
	o.must(err)
	require.Equal(t, changed, effects)
	require.Equal(t, "steward", title(), "it is the first now")

	effects, err = o.EditGroupAssignment(o.app, stewards, nil, directory.Profile{"title": "chief"})
	o.must(err)
	require.Equal(t, changed, effects)
	require.Equal(t, "chief", title())
	effects, err = o.EditGroupAssignment(o.app, o.analysts, nil, directory.Profile{"title": "nobody hears"})
	o.must(err)
	require.Empty(t, effects)

	require.Equal(t, directory.ProfileChanged{Person: o.ana}, o.edited(directory.Profile{"title": "own"}))
	require.Equal(t, "own", title(), "a person's own value stands before a group's")
	o.edited(directory.Profile{"title": nil})

	effects, err = o.EditGroupAssignment(o.app, stewards, nil, directory.Profile{"title": nil})
	o.must(err)
	require.Equal(t, changed, effects)
	require.Equal(t, "mapped", title(), "the first group alone counts, not the next one with a value")

	o.givenWith(stewards, nil, "chief")
	effects, err = o.RemoveMembers(stewards, o.ana)
	o.must(err)
	require.Equal(t, changed, effects)
	require.Equal(t, "nobody hears", title(), "who leaves the first group has it by the second")
	effects, err = o.AddMembers(stewards, o.ana)
	o.must(err)
	require.Equal(t, changed, effects)
	require.Equal(t, "chief", title())
}

func TestAGroupCannotSetWhatIsPersonal(t *testing.T) {
	o := open(t)
	o.define(
		directory.Attribute{Name: "pin", Personal: true, ExternalNamespace: demo},
		directory.Attribute{Name: "level", Type: directory.Integer, ExternalNamespace: demo},
	)
	for name, profile := range map[string]directory.Profile{
		"a personal attribute":       {"pin": "1"},
		"the application username":   {"userName": "x"},
		"what nobody has defined":    {"nobody": "x"},
		"a value of another type":    {"level": "7"},
		"something right beside one": {"level": 7., "pin": "1"},
	} {
		_, err := o.AssignGroupWith(o.app, o.analysts, nil, profile)
		require.ErrorAs(t, err, new(*directory.Invalid), name)
	}
	groups, err := o.GroupAssignments(o.app)
	o.must(err)
	require.Empty(t, groups, "nothing of a refused request is kept")
	o.given(o.analysts)
	o.joined(o.ana)
	require.Equal(t, directory.ProfileChanged{Person: o.ana}, o.edited(directory.Profile{"pin": "1"}))
}

// What a group set for somebody is their own once they are assigned themselves, and
// the group's again when they are not.
func TestFromGroupToPersonAndBackWithAProfile(t *testing.T) {
	o := open(t)
	o.define(directory.Attribute{Name: "pin", Personal: true, ExternalNamespace: demo})
	o.givenWith(o.analysts, nil, "analyst")
	o.joined(o.ana)
	o.edited(directory.Profile{"pin": "1"})

	c, err := o.Assign(o.app, o.ana, nil)
	o.must(err)
	require.Nil(t, c, "to convert an assignment says nothing")
	require.Equal(t, map[string]any{"title": "analyst", "pin": "1"}, o.told())
	effects, err := o.EditGroupAssignment(o.app, o.analysts, nil, directory.Profile{"title": "chief"})
	o.must(err)
	require.Empty(t, effects, "the group has no say any more")

	c, err = o.Unassign(o.app, o.ana)
	o.must(err)
	require.Equal(t, directory.ProfileChanged{Person: o.ana}, c)
	require.Equal(t, map[string]any{"title": "chief", "pin": "1"}, o.told())
}

func TestPriorities(t *testing.T) {
	for name, tt := range map[string]struct {
		priorities []*int // as the groups a, b, c … are given the application
		act        func(office, []directory.GroupID)
		want       map[string]int
	}{
		"follow each other":              {[]*int{nil, nil, nil}, nil, map[string]int{"a": 0, "b": 1, "c": 2}},
		"are as asked for":               {[]*int{at(4), at(2)}, nil, map[string]int{"a": 4, "b": 2}},
		"that are taken move the others": {[]*int{nil, nil, at(0)}, nil, map[string]int{"a": 1, "b": 2, "c": 0}},
		"move only who is in the way":    {[]*int{at(0), at(5), at(0)}, nil, map[string]int{"a": 1, "b": 5, "c": 0}},
		"go on behind the last":          {[]*int{at(7), nil}, nil, map[string]int{"a": 7, "b": 8}},
		"can be changed": {[]*int{nil, nil, nil}, func(o office, g []directory.GroupID) {
			_, err := o.EditGroupAssignment(o.app, g[0], at(1), nil)
			o.must(err)
		}, map[string]int{"a": 1, "b": 2, "c": 3}},
		"stay when the group is given the application again": {[]*int{nil, nil}, func(o office, g []directory.GroupID) {
			o.given(g[0])
		}, map[string]int{"a": 0, "b": 1}},
		"close up behind a group that goes": {[]*int{nil, nil, nil}, func(o office, g []directory.GroupID) {
			_, err := o.UnassignGroup(o.app, g[1])
			o.must(err)
		}, map[string]int{"a": 0, "c": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			names := map[directory.GroupID]string{}
			var ids []directory.GroupID
			for i, p := range tt.priorities {
				g, err := o.CreateGroup(string(rune('a'+i)), "")
				o.must(err)
				names[g.ID], ids = g.Name, append(ids, g.ID)
				_, err = o.AssignGroupWith(o.app, g.ID, p, nil)
				o.must(err)
			}
			if tt.act != nil {
				tt.act(o, ids)
			}
			all, err := o.GroupAssignments(o.app)
			o.must(err)
			got, last := map[string]int{}, -1
			for _, ga := range all {
				got[names[ga.Group]] = ga.Priority
				require.Greater(t, ga.Priority, last, "the first comes first, and no two are the same")
				last = ga.Priority
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestTheLogSaysWhatHappened(t *testing.T) {
	o := open(t)
	begun := len(o.Log())
	o.given(o.analysts)
	o.joined(o.ana)
	o.has(directory.Profile{"title": "Analyst"})
	_, err := o.SetPassword(o.ana, "tr0ub4dor")
	o.must(err)
	o.Record("application.provision.user.push", o.app, o.ana, "", "the target answered 500")
	_, err = o.Deactivate(o.ana)
	o.must(err)
	var got []string
	for _, e := range o.Log()[begun:] {
		line := e.Type
		for _, about := range e.Targets {
			line += " " + about.Name
		}
		got = append(got, line+map[bool]string{true: ": " + e.Failure}[e.Failure != ""])
	}
	require.Equal(t, []string{
		"group.application_assignment.add Analysts Immuta",
		"group.user_membership.add ana Test Analysts",
		"application.user_membership.add ana Test Immuta",
		"user.account.update_profile ana Test",
		"user.account.update_password ana Test",
		"application.provision.user.push ana Test Immuta: the target answered 500",
		"user.lifecycle.deactivate ana Test",
		"application.user_membership.remove ana Test Immuta",
	}, got)
}

// The log does not grow for ever, and its numbers go on.
func TestTheLogKeepsItsEnd(t *testing.T) {
	o := open(t)
	for range 25_000 {
		o.has(directory.Profile{"mobilePhone": "7"})
	}
	log := o.Log()
	require.Less(t, len(log), 20_001)
	require.Greater(t, len(log), 10_000)
	for i, e := range log[1:] {
		require.Equal(t, log[i].Ordinal+1, e.Ordinal)
	}
	require.Greater(t, log[len(log)-1].Ordinal, 25_000)
}

// Whose value is gone with its attribute is told nothing of it, whoever had set it,
// and an attribute that is made anew in one act begins without it.
func TestAnAttributeThatAGroupSetsIsRemoved(t *testing.T) {
	grade := directory.Attribute{Name: "grade", ExternalNamespace: demo}
	for name, act := range map[string]func(office) error{
		"and stays away": func(o office) error { return o.SetAttributes(o.app, nil, []string{"grade"}) },
		"and made anew":  func(o office) error { return o.SetAttributes(o.app, []directory.Attribute{grade}, []string{"grade"}) },
		"and made again later": func(o office) error {
			o.must(o.SetAttributes(o.app, nil, []string{"grade"}))
			return o.SetAttributes(o.app, []directory.Attribute{grade}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.define(grade)
			o.joined(o.ana)
			_, err := o.AssignGroupWith(o.app, o.analysts, nil, directory.Profile{"grade": "7", "title": "Analyst"})
			o.must(err)
			require.Equal(t, map[string]any{"grade": "7", "title": "Analyst"}, o.told())
			o.must(act(o))
			require.Equal(t, map[string]any{"title": "Analyst"}, o.told(), "nothing is said of it, not that it is gone either")
			groups, err := o.GroupAssignments(o.app)
			o.must(err)
			require.Equal(t, directory.Profile{"title": "Analyst"}, groups[0].Profile)
			require.Empty(t, o.has(directory.Profile{"mobilePhone": "7"}))
		})
	}
}
