package container_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/container"
)

// Where our server runs makes no difference to what the suite says of it, but for what
// is skipped: from a container it cannot ask the Okta of this process who may sign on.
func TestTheSuiteSaysTheSameInAContainer(t *testing.T) {
	began := time.Now()
	contained := container.Test(t, container.Options{Log: t.Output()})
	t.Logf("the container is up after %v", time.Since(began))
	bundled, err := target.Bundled("")
	if err != nil {
		t.Fatal(err)
	}
	defer bundled.Close()
	want, _ := verdicts(t, bundled)
	got, skipped := verdicts(t, contained)
	for kill, steps := range skipped {
		if strings.Contains(steps, "Test User Login") {
			delete(want, kill)
			delete(got, kill)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdicts, - bundled, + container:\n%s", diff)
	}
	for kill, verdict := range got {
		if verdict != evidence.Pass {
			t.Logf("%s: %s", kill, verdict)
		}
	}
}

// verdicts plays everything, in both dialects. Of what is skipped it also returns the
// sentences.
func verdicts(t *testing.T, tg target.Target) (seen map[features.Kill]evidence.Verdict, skipped map[features.Kill]string) {
	t.Helper()
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := features.Selection{}.Choose(all)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	raw, end, err := steps.Play(t.Context(), cases, steps.Config{Target: tg, RunID: steps.NewRunID(rand.Text), Jobs: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d cases in %v", tg.Name, len(raw), time.Since(began))
	if end.Stopped != "" {
		t.Fatalf("the run ended early: %s", end.Stopped)
	}
	if len(raw) != len(cases) {
		t.Fatalf("%d of %d cases were played", len(raw), len(cases))
	}
	seen, skipped = map[features.Kill]evidence.Verdict{}, map[features.Kill]string{}
	for _, o := range evidence.Judge(raw, tg.Ours) {
		kill := features.Kill{Address: o.Address(), Dialect: o.Dialect}
		if seen[kill] = o.Verdict; o.Verdict == evidence.Skip {
			skipped[kill] = sentences(all, kill.Address)
		}
	}
	return seen, skipped
}

func sentences(all []features.Scenario, address string) (text string) {
	i := slices.IndexFunc(all, func(s features.Scenario) bool { return s.Address() == address })
	for _, step := range all[i].Steps {
		text += step.Text + "\n"
	}
	return text
}
