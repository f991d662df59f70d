package directory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

func (o office) joined(people ...directory.PersonID) {
	o.t.Helper()
	_, err := o.AddMembers(o.analysts, people...)
	o.must(err)
}

func (o office) given(groups ...directory.GroupID) {
	o.t.Helper()
	for _, g := range groups {
		_, err := o.AssignGroup(o.app, g)
		o.must(err)
	}
}

func (o office) stewards(people ...directory.PersonID) directory.GroupID {
	o.t.Helper()
	g, err := o.CreateGroup("Stewards", "")
	o.must(err)
	_, err = o.AddMembers(g.ID, people...)
	o.must(err)
	return g.ID
}

// staged is Cy, who is made at the first mention.
func (o office) staged() directory.PersonID {
	o.t.Helper()
	if cy, err := o.Find("cy@example.test"); err == nil {
		return cy.ID
	}
	cy, err := o.CreatePerson(profile("cy"), false, false)
	o.must(err)
	return cy.ID
}

func TestAGroupThatHasTheApplication(t *testing.T) {
	assigned := func(o office) []directory.Effect { return one(o, directory.Assigned{Person: o.ana}) }
	unassigned := func(o office) []directory.Effect { return one(o, directory.Unassigned{Person: o.ana}) }
	for name, tt := range map[string]struct {
		before func(office)
		act    func(office) ([]directory.Effect, error)
		want   func(office) []directory.Effect
	}{
		"gives it to everybody in it": {
			before: func(o office) { o.joined(o.ana) },
			act:    func(o office) ([]directory.Effect, error) { return o.AssignGroup(o.app, o.analysts) },
			want:   assigned,
		},
		"gives it once": {
			before: func(o office) { o.joined(o.ana); o.given(o.analysts) },
			act:    func(o office) ([]directory.Effect, error) { return o.AssignGroup(o.app, o.analysts) },
		},
		"gives nothing to who has it": {
			before: func(o office) { o.assign(o.ana); o.joined(o.ana) },
			act:    func(o office) ([]directory.Effect, error) { return o.AssignGroup(o.app, o.analysts) },
		},
		"gives it to who joins": {
			before: func(o office) { o.given(o.analysts) },
			act:    func(o office) ([]directory.Effect, error) { return o.AddMembers(o.analysts, o.ana) },
			want:   assigned,
		},
		"takes it from who leaves": {
			before: func(o office) { o.given(o.analysts); o.joined(o.ana) },
			act:    func(o office) ([]directory.Effect, error) { return o.RemoveMembers(o.analysts, o.ana) },
			want:   unassigned,
		},
		"takes nothing from who was given it themselves": {
			before: func(o office) { o.assign(o.ana); o.given(o.analysts); o.joined(o.ana) },
			act:    func(o office) ([]directory.Effect, error) { return o.RemoveMembers(o.analysts, o.ana) },
		},
		"takes nothing from who is in another such group": {
			before: func(o office) { o.joined(o.ana); o.given(o.analysts, o.stewards(o.ana)) },
			act:    func(o office) ([]directory.Effect, error) { return o.RemoveMembers(o.analysts, o.ana) },
		},
		"takes it from everybody when it is taken from the group": {
			before: func(o office) { o.given(o.analysts); o.joined(o.ana) },
			act:    func(o office) ([]directory.Effect, error) { return o.UnassignGroup(o.app, o.analysts) },
			want:   unassigned,
		},
		"takes it from everybody when it is deleted": {
			before: func(o office) { o.given(o.analysts); o.joined(o.ana) },
			act:    func(o office) ([]directory.Effect, error) { return o.DeleteGroup(o.analysts) },
			want:   unassigned,
		},
		"gives it back to who is reactivated": {
			before: func(o office) {
				o.given(o.analysts)
				o.joined(o.ana)
				_, err := o.Deactivate(o.ana)
				o.must(err)
			},
			act:  func(o office) ([]directory.Effect, error) { return o.Activate(o.ana) },
			want: assigned,
		},
		"gives nothing to who is deactivated": {
			before: func(o office) { o.given(o.analysts); _, err := o.Deactivate(o.ana); o.must(err) },
			act:    func(o office) ([]directory.Effect, error) { return o.AddMembers(o.analysts, o.ana) },
		},
		"gives nothing yet to who is staged": {
			before: func(o office) { o.given(o.analysts) },
			act:    func(o office) ([]directory.Effect, error) { return o.AddMembers(o.analysts, o.staged()) },
		},
		"takes nothing from who is staged": {
			before: func(o office) { o.given(o.analysts); o.joined(o.staged()) },
			act:    func(o office) ([]directory.Effect, error) { return o.RemoveMembers(o.analysts, o.staged()) },
		},
		"gives it to who is staged once they are activated": {
			before: func(o office) { o.given(o.analysts); o.joined(o.staged()) },
			act:    func(o office) ([]directory.Effect, error) { return o.Activate(o.staged()) },
			want:   func(o office) []directory.Effect { return one(o, directory.Assigned{Person: o.staged()}) },
		},
		"takes nothing when it is deleted from who is in another such group": {
			before: func(o office) { o.joined(o.ana); o.given(o.analysts, o.stewards(o.ana)) },
			act:    func(o office) ([]directory.Effect, error) { return o.DeleteGroup(o.analysts) },
		},
		"and is pushed too: two changes, and neither knows of the other": {
			before: func(o office) { o.given(o.analysts); o.push(true) },
			act:    func(o office) ([]directory.Effect, error) { return o.AddMembers(o.analysts, o.ana) },
			want: func(o office) []directory.Effect {
				return append(assigned(o), one(o, directory.MembersChanged{Group: o.analysts, Joined: []directory.PersonID{o.ana}})...)
			},
		},
		"gives it while the connection is off, and nobody hears of it": {
			before: func(o office) { o.given(o.analysts); o.must(o.SetConnected(o.app, false)) },
			act:    func(o office) ([]directory.Effect, error) { return o.AddMembers(o.analysts, o.ana) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			tt.before(o)
			got, err := tt.act(o)
			require.NoError(t, err)
			var want []directory.Effect
			if tt.want != nil {
				want = tt.want(o)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("effects (-want +got):\n%s", d)
			}
		})
	}
}

// An assignment by a group and one to the person themselves turn into each other,
// and the target hears of it only where the profile differs.
func TestFromGroupToPersonAndBack(t *testing.T) {
	o := open(t)
	o.given(o.analysts)
	o.joined(o.ana)
	as, err := o.Assignment(o.app, o.ana)
	require.NoError(t, err)
	require.Equal(t, directory.ScopeGroup, as.Scope)
	require.Equal(t, o.analysts, as.Group)

	_, err = o.Unassign(o.app, o.ana)
	var refused *directory.Invalid
	require.ErrorAs(t, err, &refused, "who has it by a group loses it with the group")

	c, err := o.Assign(o.app, o.ana, directory.Profile{"title": "Analyst"})
	require.NoError(t, err)
	require.Equal(t, directory.ProfileChanged{Person: o.ana}, c)
	as, err = o.Assignment(o.app, o.ana)
	require.NoError(t, err)
	require.Equal(t, directory.ScopeUser, as.Scope)

	c, err = o.Unassign(o.app, o.ana)
	require.NoError(t, err)
	require.Equal(t, directory.ProfileChanged{Person: o.ana}, c, "their own title is gone")
	as, err = o.Assignment(o.app, o.ana)
	require.NoError(t, err)
	require.Equal(t, directory.ScopeGroup, as.Scope)
}

// A group can set no userName, so that a typed one stays with an assignment that
// becomes a group's, as every personal attribute does.
func TestATypedUserNameStaysWithTheGroup(t *testing.T) {
	o := open(t)
	o.given(o.analysts)
	o.joined(o.ana)
	_, err := o.Assign(o.app, o.ana, directory.Profile{"userName": "typed"})
	o.must(err)
	c, err := o.Unassign(o.app, o.ana)
	o.must(err)
	require.Nil(t, c, "nothing is different to the target")
	require.Equal(t, "typed", o.userName())
}

// Whoever is in two groups that have the application has it by the first, and by the
// other when that is gone.
func TestFromGroupToGroup(t *testing.T) {
	o := open(t)
	stewards := o.stewards(o.ana, o.bo)
	o.joined(o.ana)
	o.given(o.analysts, stewards)
	by := func(p directory.PersonID) directory.GroupID {
		as, err := o.Assignment(o.app, p)
		require.NoError(t, err)
		return as.Group
	}
	require.Equal(t, o.analysts, by(o.ana))
	require.Equal(t, stewards, by(o.bo))

	effects, err := o.UnassignGroup(o.app, o.analysts)
	require.NoError(t, err)
	require.Empty(t, effects)
	require.Equal(t, stewards, by(o.ana))
	groups, err := o.GroupAssignments(o.app)
	require.NoError(t, err)
	require.Len(t, groups, 1)
	require.Equal(t, 0, groups[0].Priority, "priorities have no gaps")
}

// An own value that is the mapped one is no difference to the target.
func TestAnOwnValueThatIsTheMappedOneMattersToNobody(t *testing.T) {
	o := open(t)
	_, err := o.UpdateProfile(o.ana, directory.Profile{"title": "Analyst"})
	require.NoError(t, err)
	o.assign(o.ana)
	c, err := o.Edit(o.app, o.ana, directory.Profile{"title": "Analyst"})
	require.NoError(t, err)
	require.Nil(t, c)
}

func TestProvisionUserIsForThoseWhoAreAssigned(t *testing.T) {
	o := open(t)
	o.assign(o.ana)
	got, err := o.ProvisionUsers(o.app, []directory.PersonID{o.ana, o.bo})
	require.NoError(t, err)
	require.Equal(t, one(o, directory.ProvisioningAsked{Person: o.ana}), got)

	o.must(o.SetConnected(o.app, false))
	_, err = o.ProvisionUsers(o.app, []directory.PersonID{o.ana})
	var conflict *directory.Conflict
	require.ErrorAs(t, err, &conflict)
}

func TestOneGroupForBothIsWarnedOf(t *testing.T) {
	o := open(t)
	o.push(true)
	require.Empty(t, o.Warnings())
	o.given(o.stewards())
	require.Empty(t, o.Warnings())
	o.given(o.analysts)
	mappings, err := o.Mappings(o.app, directory.Part{})
	require.NoError(t, err)
	_, err = o.SetPush(o.app, mappings[0].ID, false)
	require.NoError(t, err)
	require.Empty(t, o.Warnings(), "an inactive push carries nothing out")
	_, err = o.SetPush(o.app, mappings[0].ID, true)
	require.NoError(t, err)
	warnings := o.Warnings()
	require.Len(t, warnings, 1)
	require.Equal(t, o.analysts, warnings[0].Group)
	require.Contains(t, warnings[0].Text, "does not support")
	_, err = o.UnassignGroup(o.app, o.analysts)
	require.NoError(t, err)
	require.Empty(t, o.Warnings(), "a group that has the application no longer")
	_, err = o.UnassignGroup(o.app, o.analysts)
	require.ErrorContains(t, err, "not found")
	o.given(o.analysts)
	require.Len(t, o.Warnings(), 1)
}
