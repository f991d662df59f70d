package features_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The bundled server is the good server of this project: every scenario passes.
func TestScenariosAtTheBundledServer(t *testing.T) {
	bundled, err := target.Bundled("")
	if err != nil {
		t.Fatal(err)
	}
	defer bundled.Close()
	steps.Test(t, bundled)
}

// isLong leaves a test to make verdicts, where the race detector is at work: what it
// would see there it sees in TestStability.
func isLong(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it plays every scenario many times: make verdicts")
	}
}

// verdicts plays cases and returns the verdict of each, with its reason.
func verdicts(t *testing.T, cases []features.Case, c steps.Config, faults ...fault.Fault) map[features.Kill]evidence.Outcome {
	t.Helper()
	bundled, err := target.Bundled("", faults...)
	if err != nil {
		t.Fatal(err)
	}
	defer bundled.Close()
	c.Target, c.RunID = bundled, steps.NewRunID(rand.Text)
	raw, end, err := steps.Play(context.Background(), cases, c)
	if err != nil {
		t.Fatal(err)
	}
	if end.Stopped != "" {
		t.Fatalf("the run ended early: %s", end.Stopped)
	}
	if len(raw) != len(cases) {
		t.Fatalf("%d of %d cases were played", len(raw), len(cases))
	}
	seen := map[features.Kill]evidence.Outcome{}
	for _, o := range evidence.Judge(raw, true) {
		seen[features.Kill{Address: o.Address(), Dialect: o.Dialect}] = o
	}
	return seen
}

func everything(t *testing.T) []features.Case {
	t.Helper()
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := features.Selection{}.Choose(all)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// unbreakable are sentences that no mistake in HTTP can make fail, and why.
var unbreakable = map[string]string{
	"Then Okta has said nothing about Ana":      "it is the mock's doing alone",
	"Then Okta said of Ana what it said of Ben": "it is the mock's doing alone: a difference is an error of the harness",
}

// Each fault breaks what its file says, and every Then is where some fault shows.
func TestFaults(t *testing.T) {
	isLong(t)
	decided, played := faults(t, func(p features.Prediction, c features.Case) bool {
		return p.Kills(features.Kill{Address: c.Address(), Dialect: c.Dialect})
	})
	if played < len(fault.All()) {
		return // somebody asked for a few
	}
	for _, c := range everything(t) {
		for _, step := range c.Steps {
			if sentence := string(step.Kind) + " " + step.Text; step.Kind == features.Then && !decided[sentence] && unbreakable[sentence] == "" {
				t.Errorf("%s: no fault makes it fail at %q", c.Req, sentence)
				decided[sentence] = true // said once
			}
		}
	}
}

// Every fault breaks what was predicted of it, and nothing else, or the difference
// is explained in its file. All against all takes minutes, so that make matrix asks
// for it.
func TestMatrix(t *testing.T) {
	if os.Getenv("SCIMPROOF_MATRIX") == "" {
		t.Skip("every fault against every scenario takes minutes: make matrix")
	}
	faults(t, func(features.Prediction, features.Case) bool { return true })
}

// faults plays, with each fault, the cases that are wanted, and holds them against
// its file. It returns the sentences that ended a scenario, and how many faults were
// played.
func faults(t *testing.T, want func(features.Prediction, features.Case) bool) (decided map[string]bool, played int) {
	t.Helper()
	decided = map[string]bool{}
	for _, f := range fault.All() {
		t.Run(f.Name, func(t *testing.T) {
			played++
			p, err := features.PredictionOf(f.Name)
			if err != nil {
				t.Fatal(err)
			}
			cases := slices.DeleteFunc(everything(t), func(c features.Case) bool { return !want(p, c) })
			seen := verdicts(t, cases, steps.Config{Jobs: 4}, f)
			for kill, o := range seen {
				if o.Verdict == evidence.Fail {
					decided[o.Step] = true
				}
				switch killed := o.Verdict == evidence.Fail; {
				case o.Verdict == evidence.Error:
					t.Errorf("%s: the harness broke: %s", kill, o.Reason)
				case p.Varies[kill] != "":
				case killed && p.Unseen[kill] != "", !killed && p.Extra[kill] != "":
					t.Errorf("%s: its explanation no longer holds, it is %s: %s %s", kill, o.Verdict, o.Step, o.Reason)
				case killed && !p.Kills(kill):
					t.Errorf("%s: failed, and was not predicted: %s", kill, o.Reason)
				case !killed && p.Kills(kill):
					t.Errorf("%s: was predicted to fail, and is %s %s", kill, o.Verdict, o.Reason)
				}
			}
			t.Logf("%d cases were played, %d predicted to fail; of these %d are explained as unseen and %d as varying, and %d failed besides",
				len(seen), len(p.Predicted), len(p.Unseen), len(p.Varies), len(p.Extra))
		})
	}
	return decided, played
}

// good is the verdict of a scenario at a good server: what Okta does not support is
// worth knowing, everything else passes.
func good(o evidence.Outcome) evidence.Verdict {
	if slices.Contains(o.Tags, "unsupported") {
		return evidence.Info
	}
	return evidence.Pass
}

// Both symptoms that Okta documents of one group for assignment and push appear,
// each from its seed and in both dialects, and Push now heals them.
func TestOneGroupShowsBothDocumentedSymptoms(t *testing.T) {
	const (
		missing = "Cem is in Analysts in Okta, and missing from it at the target"
		stays   = "Ben has left Analysts in Okta, and is still in it at the target"
		well    = "this time nobody is missing, and nobody has stayed"
	)
	want := map[string]string{
		"one-group-join/push-first":          missing,
		"one-group-join/assignment-first":    well,
		"one-group-leave/deactivation-first": stays,
		"one-group-leave/push-first":         well,
		"one-group-rejoin":                   well,
		"one-group-missing-healed":           missing + "; Push now has healed it",
		"one-group-stale-healed":             stays + "; Push now has healed it",
	}
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := features.Selection{Tags: "@unsupported"}.Choose(all)
	if err != nil {
		t.Fatal(err)
	}
	for seed := uint64(1); seed <= 3; seed++ { // of names, which change nothing
		for kill, o := range verdicts(t, slices.Clone(cases), steps.Config{Seed: seed, Jobs: 4}) {
			if o.Verdict != evidence.Info || !strings.HasSuffix(o.Reason, "; "+want[o.Address()]) {
				t.Errorf("seed %d, %s: %s %s", seed, kill, o.Verdict, o.Reason)
			}
			if notes := strings.Join(o.Notes, "\n"); !strings.Contains(notes, "the order of Okta's requests: ") || !strings.Contains(notes, " about Ben (exchange ") && !strings.Contains(notes, " about Cem (exchange ") {
				t.Errorf("seed %d, %s: no order of requests in %q", seed, kill, notes)
			}
		}
	}
}

// A change behind an error is said, beside the error.
func TestAChangeBehindAnErrorIsSaid(t *testing.T) {
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := features.Selection{Only: []string{"profile-change-arrives", "unassign-disables"}}.Choose(all)
	if err != nil {
		t.Fatal(err)
	}
	stores := fault.All()[slices.IndexFunc(fault.All(), func(f fault.Fault) bool { return f.Name == "stores-and-answers-500" })]
	for kill, o := range verdicts(t, cases, steps.Config{}, stores) {
		said := slices.ContainsFunc(o.Mismatches, func(m evidence.Mismatch) bool {
			return m.What == "Ana's account" && strings.Contains(m.Want, "was answered with 500")
		})
		if o.Verdict != evidence.Fail || !said {
			t.Errorf("%s: %s %+v", kill, o.Verdict, o.Mismatches)
		}
	}
}

// A scenario that no fault can break checks nothing; a fault without a scenario
// is a hole; a prediction without a fault is a leftover.
func TestEveryScenarioIsBrokenByAFault(t *testing.T) {
	broken := map[features.Kill]bool{}
	cases := map[features.Kill]bool{}
	for _, c := range everything(t) {
		cases[features.Kill{Address: c.Address(), Dialect: c.Dialect}] = true
	}
	for _, f := range fault.All() {
		p, err := features.PredictionOf(f.Name)
		if err != nil {
			t.Error(err)
		}
		for _, kill := range p.Predicted {
			if !cases[kill] {
				t.Errorf("%s: %s is predicted, and there is no such case", f.Name, kill)
			}
		}
		for _, differing := range []map[features.Kill]string{p.Unseen, p.Varies} {
			for kill := range differing {
				if !slices.Contains(p.Predicted, kill) || p.Kills(kill) {
					t.Errorf("%s: %s differs from what was predicted: was it, and does it count as a kill still?", f.Name, kill)
				}
			}
		}
		kills := 0
		for _, kill := range p.Predicted {
			if p.Kills(kill) {
				broken[kill] = true
				kills++
			}
		}
		if kills == 0 {
			t.Errorf("no scenario notices the fault %s", f.Name)
		}
	}
	for _, c := range everything(t) {
		if kill := (features.Kill{Address: c.Address(), Dialect: c.Dialect}); !broken[kill] {
			t.Errorf("no fault breaks %s", kill)
		}
	}
	files, err := features.FS.ReadDir("faults")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(fault.All()) {
		t.Errorf("%d files in features/faults for %d faults", len(files), len(fault.All()))
	}
}

// Verdicts do not depend on the order of scenarios, on how many are played at a
// time, or on the order of Okta's jobs. SCIMPROOF_STABILITY sets the number of
// runs.
func TestStability(t *testing.T) {
	runs := 5
	if testing.Short() { // under the race detector; make verdicts has the others
		runs = 2
	}
	if n, err := strconv.Atoi(os.Getenv("SCIMPROOF_STABILITY")); err == nil {
		runs = n
	}
	cases := everything(t)
	for i := range runs {
		jobs := []int{1, 8}[i%2]
		seed := uint64(i + 1)
		t.Run(fmt.Sprintf("seed %d, %d jobs", seed, jobs), func(t *testing.T) {
			for kill, o := range verdicts(t, slices.Clone(cases), steps.Config{Jobs: jobs, Seed: seed, Shuffle: true}) {
				if o.Verdict != good(o) {
					t.Errorf("%s: %s %s", kill, o.Verdict, o.Reason)
				}
			}
		})
	}
}
