package directory_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

func (o office) group(name string) directory.GroupID {
	o.t.Helper()
	g, err := o.CreateGroup(name, "")
	o.must(err)
	return g.ID
}

func (o office) ruled(by directory.RuleField, match directory.RuleMatch, value string) directory.RuleID {
	o.t.Helper()
	r, _, err := o.AddPushRule(o.app, directory.PushRule{Name: value, By: by, Match: match, Value: value})
	o.must(err)
	return r.ID
}

// active has what is on the tab by the names of the groups there, and whether it is on.
func (o office) active() map[string]bool {
	o.t.Helper()
	all, err := o.Mappings(o.app, directory.Part{})
	o.must(err)
	on := map[string]bool{}
	for _, m := range all {
		on[m.TargetName] = m.Active
	}
	return on
}

// Activating a rule undoes what deactivating it did, and nothing that an administrator
// did: whom they turned off before it, while it was inactive, or several at once stays
// off, and whom they turned on is not pushed once more.
func TestActivatingARuleTouchesWhatWasDeactivatedWithIt(t *testing.T) {
	o := open(t)
	of := map[string]directory.GroupID{}
	for _, name := range []string{"Eng", "Eng off before", "Eng off meanwhile", "Eng off together", "Eng on meanwhile"} {
		of[name] = o.group(name)
	}
	rule := o.ruled(directory.ByName, directory.StartsWith, "Eng")
	set := func(name string, on bool) {
		m, err := o.MappingOf(o.app, of[name])
		o.must(err)
		_, err = o.SetPush(o.app, m.ID, on)
		o.must(err)
	}
	for range 2 { // and the same again
		set("Eng off before", false)
		effects, err := o.SetPushRule(o.app, rule, false)
		o.must(err)
		require.Empty(t, effects)
		require.NotContains(t, o.active(), true)
		set("Eng off meanwhile", false)
		m, err := o.MappingOf(o.app, of["Eng off together"])
		o.must(err)
		_, err = o.SetPushes(o.app, false, m.ID)
		o.must(err)
		set("Eng on meanwhile", true)

		effects, err = o.SetPushRule(o.app, rule, true)
		o.must(err)
		require.Equal(t, []directory.Effect{{App: o.app, Change: directory.GroupPushed{Group: of["Eng"]}}}, effects)
		require.Equal(t, map[string]bool{
			"Eng": true, "Eng off before": false, "Eng off meanwhile": false, "Eng off together": false, "Eng on meanwhile": true,
		}, o.active())
		set("Eng off meanwhile", true)
		set("Eng off together", true)
	}
}

// How many groups match a rule is as they are called now: with one that was renamed or
// deleted there is room for another.
func TestARuleCountsTheGroupsThatMatchNow(t *testing.T) {
	for name, less := range map[string]func(office, directory.GroupID) error{
		"renamed": func(o office, g directory.GroupID) error {
			_, err := o.RenameGroup(g, "Sales", "of England")
			return err
		},
		"deleted":   func(o office, g directory.GroupID) error { _, err := o.DeleteGroup(g); return err },
		"described": func(o office, g directory.GroupID) error { _, err := o.RenameGroup(g, "Eng 0", "of Wales"); return err },
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			field := directory.ByName
			if name == "described" {
				field = directory.ByDescription
			}
			made := 0
			another := func() []directory.Effect {
				g, err := o.CreateGroup(fmt.Sprint("Eng ", made), "Engineers")
				o.must(err)
				made++
				effects, err := o.FollowPushRules(g.ID)
				o.must(err)
				return effects
			}
			for range 100 {
				another()
			}
			first := o.Groups()[1].ID // the office has one that is called otherwise
			o.ruled(field, directory.StartsWith, "Eng")
			require.Empty(t, o.Warnings())
			require.Empty(t, another(), "one too many")
			require.Len(t, o.Warnings(), 1)
			o.must(less(o, first))
			require.Empty(t, o.Warnings())
			_, err := o.DeleteGroup(o.Groups()[50].ID)
			o.must(err)
			require.Len(t, another(), 1)
			require.Empty(t, another(), "one too many again")
			require.Len(t, o.Warnings(), 1)
		})
	}
}

// A name is taken by the group that has it now, and by no other.
func TestANameIsFreeOnceNobodyHasIt(t *testing.T) {
	o := open(t)
	taken := func(name string) bool {
		g, err := o.CreateGroup(name, "")
		if err == nil {
			_, err := o.DeleteGroup(g.ID)
			o.must(err)
		}
		return err != nil
	}
	one := o.group("Sales")
	require.True(t, taken("Sales"))
	_, err := o.RenameGroup(one, "Sales", "of everything")
	o.must(err)
	require.True(t, taken("Sales"))
	_, err = o.RenameGroup(one, "Sales EMEA", "")
	o.must(err)
	require.False(t, taken("Sales"))
	require.True(t, taken("Sales EMEA"))
	two := o.group("Sales")
	_, err = o.RenameGroup(two, "Sales EMEA", "")
	require.Error(t, err)
	_, err = o.DeleteGroup(one)
	o.must(err)
	require.False(t, taken("Sales EMEA"))
	require.True(t, taken("Sales"))
}
