package features_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target/fault"
)

// A plan with one group for both is warned of in the outcome, whatever its scenario
// is about and whatever comes of it; one with two is not.
func TestTheReportWarnsOfOneGroup(t *testing.T) {
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := features.Selection{Only: []string{"one-group-join", "two-groups-join"}}.Choose(all)
	if err != nil {
		t.Fatal(err)
	}
	meant := func(tag string) bool { return tag == "unsupported" }
	for i := range cases {
		cases[i].Tags = slices.DeleteFunc(slices.Clone(cases[i].Tags), meant)
	}
	for want, faults := range map[evidence.Verdict][]fault.Fault{
		evidence.Pass: nil,
		evidence.Fail: {named("add-replaces-members"), named("group-put-ignored")},
	} {
		failed := 0
		for kill, o := range verdicts(t, slices.Clone(cases), steps.Config{Jobs: 4}, faults...) {
			if o.Verdict == evidence.Fail {
				failed++
			}
			if want == evidence.Pass && o.Verdict != want {
				t.Errorf("%s: %s %s", kill, o.Verdict, o.Reason)
			}
			const warning = "is assigned to the application"
			warned := slices.ContainsFunc(o.Notes, func(n string) bool {
				return strings.HasPrefix(n, "Okta warns: the group ") && strings.Contains(n, warning)
			})
			if one := strings.HasPrefix(kill.Address, "one-group"); warned != one {
				t.Errorf("%s, %s: warned: %t, notes: %q", kill, o.Verdict, warned, o.Notes)
			}
		}
		if want == evidence.Fail && failed == 0 {
			t.Error("nothing failed, so that nothing is known of what a failure says")
		}
	}
}

// At a server of somebody's a scenario with one group is for information, whatever it
// leaves to the server; it fails where the server holds others than Okta named.
func TestOneGroupBlamesWhatTheServerDidWrong(t *testing.T) {
	for name, fails := range map[string][]string{ // address and dialect
		"":                            nil,
		"disabled-leave-their-groups": nil,
		"add-replaces-members":        {"one-group-join/assignment-first oin"},
		"group-put-ignored":           {"one-group-join/assignment-first aiw", "one-group-leave/push-first aiw", "one-group-missing-healed aiw", "one-group-stale-healed aiw"},
		"filtered-remove-ignored":     {"one-group-leave/push-first oin"},
	} {
		t.Run("behind "+name, func(t *testing.T) {
			in := func(h http.Handler) http.Handler {
				if name == "" {
					return h
				}
				return named(name).In(h)
			}
			for _, o := range atSomebodys(t, in, 1, features.Selection{Tags: "@unsupported"}) {
				kill := features.Kill{Address: o.Address(), Dialect: o.Dialect}
				want := evidence.Info
				if slices.Contains(fails, kill.String()) {
					want = evidence.Fail
				}
				if o.Verdict != want {
					t.Errorf("%s: %s %s", kill, o.Verdict, o.Reason)
				}
			}
		})
	}
}

// What putMembers decides at a target is what it decides in the engine: who was removed
// stays in the group, unless a list of Okta's own always follows. By PATCH it decides
// nothing.
func TestWhetherSomebodyStaysIsWhatPutMembersSays(t *testing.T) {
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := features.Selection{Only: []string{"one-group-leave/deactivation-first"}}.Choose(all)
	if err != nil {
		t.Fatal(err)
	}
	for _, put := range []provision.PutMembers{provision.PutMerge, provision.PutDelta, provision.PutAlways} {
		for kill, o := range verdicts(t, slices.Clone(cases), steps.Config{Knobs: provision.Knobs{PutMembers: put}}) {
			stays := strings.HasSuffix(o.Reason, "Ben has left Analysts in Okta, and is still in it at the target")
			if want := put != provision.PutAlways || kill.Dialect == "oin"; stays != want || o.Verdict != evidence.Info {
				t.Errorf("putMembers=%s, %s: %s %s", put, kill, o.Verdict, o.Reason)
			}
		}
	}
}
