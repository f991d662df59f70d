package directory_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// An office is a directory with one connected application that provisions
// everything, two people and a group.
type office struct {
	*directory.Directory
	app      directory.AppID
	ana, bo  directory.PersonID
	analysts directory.GroupID
	t        *testing.T
}

func open(t *testing.T) office {
	t.Helper()
	d := directory.New(directory.Options{Now: func() time.Time { return time.Unix(0, 0) }})
	ana, err := d.CreatePerson(profile("ana"), true, false)
	require.NoError(t, err)
	bo, err := d.CreatePerson(profile("bo"), true, true)
	require.NoError(t, err)
	analysts, err := d.CreateGroup("Analysts", "")
	require.NoError(t, err)
	a, err := d.CreateApp("Immuta", "")
	require.NoError(t, err)
	require.NoError(t, d.EnableSCIM(a.ID))
	require.NoError(t, d.Connect(a.ID, "https://sp.example.test/scim/v2", "s3cret"))
	require.NoError(t, d.SetConnected(a.ID, true))
	require.NoError(t, d.Set(a.ID, directory.Settings{CreateUsers: true, UpdateUsers: true, DeactivateUsers: true}))
	return office{d, a.ID, ana.ID, bo.ID, analysts.ID, t}
}

func profile(name string) directory.Profile {
	return directory.Profile{"login": name + "@example.test", "email": name + "@example.test", "firstName": name, "lastName": "Test"}
}

func (o office) must(err error) { o.t.Helper(); require.NoError(o.t, err) }

func (o office) assign(p directory.PersonID) {
	o.t.Helper()
	_, err := o.Assign(o.app, p, nil)
	o.must(err)
}

func (o office) push(active bool) directory.PushMapping {
	o.t.Helper()
	m, _, err := o.Push(o.app, o.analysts, "Analysts", active)
	o.must(err)
	return m
}

// one is a change about the application as the acts on people and groups give it.
func one(o office, c directory.Change) []directory.Effect {
	return []directory.Effect{{App: o.app, Change: c}}
}

func TestActsOnPeopleAndGroups(t *testing.T) {
	for name, tt := range map[string]struct {
		before func(office)
		act    func(office) ([]directory.Effect, error)
		want   func(office) []directory.Effect
	}{
		"a mapped attribute of an assigned person matters": {
			before: func(o office) { o.assign(o.ana) },
			act: func(o office) ([]directory.Effect, error) {
				return o.UpdateProfile(o.ana, directory.Profile{"title": "Analyst"})
			},
			want: func(o office) []directory.Effect { return one(o, directory.ProfileChanged{Person: o.ana}) },
		},
		"an attribute that is not mapped does not": {
			before: func(o office) { o.assign(o.ana) },
			act: func(o office) ([]directory.Effect, error) {
				return o.UpdateProfile(o.ana, directory.Profile{"mobilePhone": "+41 44 000 00 00"})
			},
		},
		"the same value again does not": {
			before: func(o office) { o.assign(o.ana) },
			act: func(o office) ([]directory.Effect, error) {
				return o.UpdateProfile(o.ana, directory.Profile{"firstName": "ana"})
			},
		},
		"a person without the application does not": {
			act: func(o office) ([]directory.Effect, error) {
				return o.UpdateProfile(o.ana, directory.Profile{"title": "Analyst"})
			},
		},
		"replacing a profile unsets what is missing": {
			before: func(o office) {
				_, err := o.UpdateProfile(o.ana, directory.Profile{"title": "Analyst"})
				o.must(err)
				o.assign(o.ana)
			},
			act:  func(o office) ([]directory.Effect, error) { return o.ReplaceProfile(o.ana, profile("ana")) },
			want: func(o office) []directory.Effect { return one(o, directory.ProfileChanged{Person: o.ana}) },
		},
		"deactivating a person takes the application from them": {
			before: func(o office) { o.assign(o.ana) },
			act:    func(o office) ([]directory.Effect, error) { return o.Deactivate(o.ana) },
			want:   func(o office) []directory.Effect { return one(o, directory.Unassigned{Person: o.ana}) },
		},
		"deactivating twice is nothing new": {
			before: func(o office) { o.assign(o.ana); _, err := o.Deactivate(o.ana); o.must(err) },
			act:    func(o office) ([]directory.Effect, error) { return o.Deactivate(o.ana) },
		},
		"reactivating does not give the application back": {
			before: func(o office) { o.assign(o.ana); _, err := o.Deactivate(o.ana); o.must(err) },
			act:    func(o office) ([]directory.Effect, error) { return o.Activate(o.ana) },
		},
		"the first delete deactivates": {
			before: func(o office) { o.assign(o.ana) },
			act:    func(o office) ([]directory.Effect, error) { return o.DeletePerson(o.ana) },
			want:   func(o office) []directory.Effect { return one(o, directory.Unassigned{Person: o.ana}) },
		},
		"a joiner of a pushed group matters": {
			before: func(o office) { o.push(true) },
			act:    func(o office) ([]directory.Effect, error) { return o.AddMembers(o.analysts, o.ana) },
			want: func(o office) []directory.Effect {
				return one(o, directory.MembersChanged{Group: o.analysts, Joined: []directory.PersonID{o.ana}})
			},
		},
		"who is a member already does not join": {
			before: func(o office) { o.push(true); _, err := o.AddMembers(o.analysts, o.ana); o.must(err) },
			act:    func(o office) ([]directory.Effect, error) { return o.AddMembers(o.analysts, o.ana) },
		},
		"who is no member does not leave": {
			before: func(o office) { o.push(true) },
			act:    func(o office) ([]directory.Effect, error) { return o.RemoveMembers(o.analysts, o.ana) },
		},
		"only those who were members leave": {
			before: func(o office) { o.push(true); _, err := o.AddMembers(o.analysts, o.bo); o.must(err) },
			act:    func(o office) ([]directory.Effect, error) { return o.RemoveMembers(o.analysts, o.ana, o.bo) },
			want: func(o office) []directory.Effect {
				return one(o, directory.MembersChanged{Group: o.analysts, Left: []directory.PersonID{o.bo}})
			},
		},
		"a joiner of a group that is not pushed does not matter": {
			act: func(o office) ([]directory.Effect, error) { return o.AddMembers(o.analysts, o.ana) },
		},
		"a joiner of a group whose push is inactive does not matter": {
			before: func(o office) { o.push(false) },
			act:    func(o office) ([]directory.Effect, error) { return o.AddMembers(o.analysts, o.ana) },
		},
		"another name of a pushed group matters": {
			before: func(o office) { o.push(true) },
			act:    func(o office) ([]directory.Effect, error) { return o.RenameGroup(o.analysts, "Analysts EMEA", "") },
			want:   func(o office) []directory.Effect { return one(o, directory.GroupRenamed{Group: o.analysts}) },
		},
		"another description does not": {
			before: func(o office) { o.push(true) },
			act: func(o office) ([]directory.Effect, error) {
				return o.RenameGroup(o.analysts, "Analysts", "all of them")
			},
		},
		"nothing matters once the connection is off": {
			before: func(o office) { o.assign(o.ana); o.must(o.SetConnected(o.app, false)) },
			act:    func(o office) ([]directory.Effect, error) { return o.Deactivate(o.ana) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			if tt.before != nil {
				tt.before(o)
			}
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

func TestActsOnTheApplication(t *testing.T) {
	for name, tt := range map[string]struct {
		before func(office)
		act    func(office) (directory.Change, error)
		want   func(office) directory.Change
	}{
		"assigning provisions": {
			act:  func(o office) (directory.Change, error) { return o.Assign(o.app, o.ana, nil) },
			want: func(o office) directory.Change { return directory.Assigned{Person: o.ana} },
		},
		"assigning twice changes nothing": {
			before: func(o office) { o.assign(o.ana) },
			act:    func(o office) (directory.Change, error) { return o.Assign(o.app, o.ana, nil) },
		},
		"a staged person waits for their activation": {
			act: func(o office) (directory.Change, error) {
				cy, err := o.CreatePerson(profile("cy"), false, false)
				o.must(err)
				return o.Assign(o.app, cy.ID, nil)
			},
		},
		"editing the application's profile matters": {
			before: func(o office) { o.assign(o.ana) },
			act: func(o office) (directory.Change, error) {
				return o.Edit(o.app, o.ana, directory.Profile{"userName": "aruiz"})
			},
			want: func(o office) directory.Change { return directory.ProfileChanged{Person: o.ana} },
		},
		"editing it to what it is does not": {
			before: func(o office) {
				o.assign(o.ana)
				_, err := o.Edit(o.app, o.ana, directory.Profile{"userName": "aruiz"})
				o.must(err)
			},
			act: func(o office) (directory.Change, error) {
				return o.Edit(o.app, o.ana, directory.Profile{"userName": "aruiz"})
			},
		},
		"unassigning matters": {
			before: func(o office) { o.assign(o.ana) },
			act:    func(o office) (directory.Change, error) { return o.Unassign(o.app, o.ana) },
			want:   func(o office) directory.Change { return directory.Unassigned{Person: o.ana} },
		},
		"activating a push pushes": {
			act:  func(o office) (directory.Change, error) { return o.SetPush(o.app, o.push(false).ID, true) },
			want: func(o office) directory.Change { return directory.GroupPushed{Group: o.analysts} },
		},
		"activating a push that is active changes nothing": {
			act: func(o office) (directory.Change, error) { return o.SetPush(o.app, o.push(true).ID, true) },
		},
		"deactivating a push says nothing": {
			act: func(o office) (directory.Change, error) { return o.SetPush(o.app, o.push(true).ID, false) },
		},
		"push now pushes": {
			act:  func(o office) (directory.Change, error) { return o.PushNow(o.app, o.push(true).ID) },
			want: func(o office) directory.Change { return directory.GroupPushed{Group: o.analysts} },
		},
		"unlinking tells whether the target's group goes": {
			act:  func(o office) (directory.Change, error) { return o.Unlink(o.app, o.push(false).ID, true) },
			want: func(o office) directory.Change { return directory.GroupUnlinked{Group: o.analysts, Delete: true} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			if tt.before != nil {
				tt.before(o)
			}
			got, err := tt.act(o)
			require.NoError(t, err)
			var want directory.Change
			if tt.want != nil {
				want = tt.want(o)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("change (-want +got):\n%s", d)
			}
		})
	}
}

func TestWhatIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		act  func(office) error
		kind any // a pointer to the type of error
		want string
	}{
		"a login that somebody has, in other letters": {
			func(o office) error { _, err := o.CreatePerson(profile("ANA"), true, false); return err },
			new(*directory.Invalid), "login: An object with this field already exists in the current organization",
		},
		"a login changed to one that somebody has": {
			func(o office) error {
				_, err := o.UpdateProfile(o.ana, directory.Profile{"login": "bo@example.test"})
				return err
			},
			new(*directory.Invalid), "login: An object with this field already exists in the current organization",
		},
		"a person without a last name": {
			func(o office) error { _, err := o.UpdateProfile(o.ana, directory.Profile{"lastName": nil}); return err },
			new(*directory.Invalid), "lastName: The field cannot be left blank",
		},
		"a group name that is taken": {
			func(o office) error { _, err := o.CreateGroup("Analysts", ""); return err },
			new(*directory.Invalid), "name: An object with this field already exists in the current organization",
		},
		"assigning a deactivated person": {
			func(o office) error {
				_, err := o.Deactivate(o.ana)
				o.must(err)
				_, err = o.Assign(o.app, o.ana, nil)
				return err
			},
			new(*directory.Conflict), "assign: the user is deactivated",
		},
		"unassigning somebody who has nothing": {
			func(o office) error { _, err := o.Unassign(o.app, o.ana); return err },
			new(*directory.NotFound), "not found: 00uMOCK0000000000001 (AppUser)",
		},
		"activating who is active": {
			func(o office) error { _, err := o.Activate(o.ana); return err },
			new(*directory.Conflict), "activate: the user is already active",
		},
		"pushing a group twice": {
			func(o office) error {
				o.push(true)
				_, _, err := o.Push(o.app, o.analysts, "Analysts", true)
				return err
			},
			new(*directory.Invalid), "sourceGroupId: The group is already pushed to this application",
		},
		"unlinking what is active": {
			func(o office) error { _, err := o.Unlink(o.app, o.push(true).ID, false); return err },
			new(*directory.Invalid), "status: The mapping must be inactive to be deleted",
		},
		"settings of an application without a connection": {
			func(o office) error {
				a, err := o.CreateApp("Other", "scim2headerauth")
				o.must(err)
				return o.Set(a.ID, directory.Settings{CreateUsers: true})
			},
			new(*directory.Conflict), "settings: provisioning is not enabled for this application",
		},
		"a catalogue key that nobody knows": {
			func(o office) error { _, err := o.CreateApp("Other", "nosuchapp"); return err },
			new(*directory.NotFound), "not found: nosuchapp (catalogue application)",
		},
		"an attribute that the application's profile lacks": {
			func(o office) error {
				o.assign(o.ana)
				_, err := o.Edit(o.app, o.ana, directory.Profile{"x": 1})
				return err
			},
			new(*directory.Invalid), "x: The property is not defined in the application's profile",
		},
		"deleting an active application": {
			func(o office) error { return o.DeleteApp(o.app) },
			new(*directory.Conflict), "delete: the application is active",
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := tt.act(open(t))
			require.Error(t, err)
			require.True(t, errors.As(err, tt.kind), "%T is of the wrong kind", err)
			require.Equal(t, tt.want, err.Error())
		})
	}
}

func TestAPersonGivenTheApplicationWhileStagedGetsItWhenActivated(t *testing.T) {
	o := open(t)
	cy, err := o.CreatePerson(profile("cy"), false, false)
	o.must(err)
	o.assign(cy.ID)
	got, err := o.Activate(cy.ID)
	o.must(err)
	require.Equal(t, one(o, directory.Assigned{Person: cy.ID}), got)
}

func TestEachApplicationIsConcernedOnItsOwn(t *testing.T) {
	o := open(t)
	other, err := o.CreateApp("Other", "scim2headerauth")
	o.must(err)
	o.must(o.Connect(other.ID, "https://other.example.test", "t"))
	o.must(o.SetConnected(other.ID, true))
	_, err = o.Assign(other.ID, o.ana, nil)
	o.must(err)
	got, err := o.Deactivate(o.ana)
	o.must(err)
	require.Equal(t, []directory.Effect{{App: other.ID, Change: directory.Unassigned{Person: o.ana}}}, got)
}

func TestWhatIsReturnedIsACopy(t *testing.T) {
	o := open(t)
	p, err := o.Person(o.ana)
	o.must(err)
	p.Profile["login"] = "mallory@example.test"
	again, err := o.Find("ANA@example.test")
	o.must(err)
	require.Equal(t, "ana@example.test", again.Profile["login"])
}

func TestOrdinalsAreNeverGivenTwice(t *testing.T) {
	o := open(t)
	for range 2 {
		_, err := o.DeletePerson(o.bo)
		o.must(err)
	}
	cy, err := o.CreatePerson(profile("cy"), true, false)
	o.must(err)
	require.Equal(t, 3, cy.Ordinal)
}

// A login is taken by one person at a time, whatever its letter case.
func TestALoginIsFreeOnceNobodyHasIt(t *testing.T) {
	o := open(t)
	free := func(login string) bool { _, err := o.Find(login); return err != nil }
	_, err := o.UpdateProfile(o.ana, directory.Profile{"login": "Straße.KELVIN@example.test"})
	o.must(err)
	require.True(t, free("ana@example.test"))
	require.False(t, free("straße.\u212aelvin@EXAMPLE.test"), "the Kelvin sign is a K")
	_, err = o.UpdateProfile(o.ana, directory.Profile{"login": "straße.kelvin@example.test"})
	o.must(err)
	require.False(t, free("straße.kelvin@example.test"))
	for range 2 {
		_, err = o.DeletePerson(o.ana)
		o.must(err)
	}
	require.True(t, free("straße.kelvin@example.test"))
}

// Who comes and goes leaves no gap and no disorder.
func TestAssignmentsStayInOrder(t *testing.T) {
	o := open(t)
	var all, want []directory.PersonID
	for i := range 40 {
		p, err := o.CreatePerson(profile(fmt.Sprintf("p%d", i)), true, false)
		o.must(err)
		o.assign(p.ID)
		all = append(all, p.ID)
	}
	for i, p := range all {
		if i%4 == 0 {
			want = append(want, p)
			continue
		}
		_, err := o.Unassign(o.app, p)
		o.must(err)
	}
	o.assign(o.ana)
	want = append(want, o.ana)
	assignments, err := o.Assignments(o.app, directory.Part{})
	o.must(err)
	var got []directory.PersonID
	for _, as := range assignments {
		got = append(got, as.Person)
	}
	require.Equal(t, want, got)
}

func TestMembersStayInTheOrderInWhichTheyJoined(t *testing.T) {
	o := open(t)
	cy := o.staged()
	_, err := o.AddMembers(o.analysts, o.bo, cy, o.ana, o.bo)
	o.must(err)
	_, err = o.ChangeMembers(o.analysts, []directory.PersonID{o.bo}, []directory.PersonID{cy, cy})
	o.must(err)
	_, err = o.AddMembers(o.analysts, cy)
	o.must(err)
	for range 2 {
		_, err = o.DeletePerson(o.bo)
		o.must(err)
	}
	g, err := o.Group(o.analysts)
	o.must(err)
	require.Equal(t, []directory.PersonID{o.ana, cy}, g.Members)
}

// What is left of what was made and taken away is in the order in which it was made.
func TestWhatIsLeftKeepsItsOrder(t *testing.T) {
	o := open(t)
	var made, left []string
	for n := range 20 {
		made = append(made, string(o.group(fmt.Sprint("Group ", n))))
	}
	for _, at := range []int{3, 0, 19, 7, 8, 9, 10, 11, 1, 2, 4, 5, 12, 13, 17} {
		_, err := o.DeleteGroup(directory.GroupID(made[at]))
		o.must(err)
		made[at] = ""
		left = nil
		for _, g := range o.Groups()[1:] {
			left = append(left, string(g.ID))
		}
		require.Equal(t, strings.Fields(strings.Join(made, " ")), left)
	}
	late := o.group("Late")
	require.Equal(t, late, o.Groups()[len(left)+1].ID)
}
