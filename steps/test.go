package steps

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// Test plays scenarios against a target within go test, one subtest per scenario
// and dialect, named by address: TestMyServer/unassign-disables/oin. Without a
// selection it plays all.
//
//	func TestOkta(t *testing.T) {
//		steps.Test(t, target.External(server.URL+"/scim/v2", "my-token"))
//	}
//
// A failure or a broken harness is an error of the subtest. What is skipped, and
// what a requirement that failed in the same run blocks, is skipped with its
// reason. What was made at the target is tidied up at the end: accounts are
// disabled, groups deleted.
//
// The evidence, transcripts and the ledger of what was made among it, is in the
// test's artifact directory: go test -artifacts keeps it.
func Test(t *testing.T, tg target.Target, selections ...features.Selection) {
	t.Helper()
	cases, err := choose(selections)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Target: tg, RunID: NewRunID(rand.Text), Redact: evidence.NewRedactor(tg.Secrets...)}
	c.Folder, err = evidence.Create(t.ArtifactDir(), evidence.Run{
		ID: c.RunID, Seed: 1, Started: time.Now(), Tool: evidence.Tool{Name: "scimproof, in go test"},
		Target: evidence.Target{Kind: tg.Kind, Name: tg.Name, URL: tg.URL, Ours: tg.Ours},
	}, c.Redact)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("run %s: the names of what it makes bear this id", c.RunID)
	r, err := newRun(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	r.stop = stop
	end := evidence.End{Stopped: "the test ended early"}
	defer func() { r.farewell(t, end) }()
	if end = r.preflight(ctx); end.Stopped != "" {
		t.Fatal(r.tellable(end.Stopped))
	}
	for _, level := range r.order(cases) {
		for _, c := range level {
			t.Run(features.Kill{Address: c.Address(), Dialect: c.Dialect}.TestName(), func(t *testing.T) { r.test(t, ctx, c) })
		}
	}
	if cause := context.Cause(ctx); cause != nil {
		end.Stopped = cause.Error()
	}
	end.Finished = end.Stopped == ""
	if !slices.ContainsFunc(r.outcomes, func(o evidence.Outcome) bool { return o.Verdict != evidence.Skip }) {
		t.Fatal("no scenario was played")
	}
}

func choose(selections []features.Selection) ([]features.Case, error) {
	all, err := features.Scenarios()
	if err != nil {
		return nil, err
	}
	if len(selections) == 0 {
		selections = []features.Selection{{}}
	}
	var cases []features.Case
	for _, s := range selections {
		chosen, err := s.Choose(all)
		if err != nil {
			return nil, err
		}
		cases = append(cases, chosen...)
	}
	return cases, nil
}

// test plays one case as a subtest.
func (r *run) test(t *testing.T, ctx context.Context, c features.Case) {
	if cause := context.Cause(ctx); cause != nil {
		t.Fatalf("not tested: the run has ended: %v", cause)
	}
	r.keep(r.play(ctx, c))
	judged := evidence.Judge(r.outcomes, r.config.Target.Ours)
	o := judged[len(judged)-1]
	for _, note := range o.Notes {
		t.Log(r.tellable(note))
	}
	reason := r.tellable(o.Reason)
	switch o.Verdict {
	case evidence.Fail, evidence.Error:
		t.Errorf("%s: %s\nin: %s\nadvice: %s", o.Verdict, reason, o.Step, o.Advice)
	case evidence.NotTested:
		if o.BlockedBy == "" {
			t.Errorf("%s: %s", o.Verdict, reason)
		}
		t.Skipf("%s: %s", o.Verdict, reason)
	case evidence.Skip:
		t.Skip(reason)
	case evidence.Warn, evidence.Info:
		t.Logf("%s: %s", o.Verdict, reason)
	}
}

// tellable makes what a target may have said fit for a log: without secrets, and
// on one line that acts on nobody.
func (r *run) tellable(s string) string { return evidence.Inert(r.redact.Text(s)) }

// farewell tidies up, lists what stays behind, and closes the evidence.
func (r *run) farewell(t *testing.T, end evidence.End) {
	ctx := context.WithoutCancel(t.Context())
	if err := r.tidy(ctx); err != nil {
		t.Error(err)
	}
	end.At = time.Now()
	if err := r.config.Folder.Finish(end); err != nil {
		t.Error(err)
	}
	var names []string
	for _, e := range evidence.Outstanding(r.guests.entries) {
		names = append(names, e.Kind+" "+e.Name)
	}
	if len(names) > 0 {
		t.Errorf("left at the target, and neither disabled nor deleted: %s", strings.Join(names, ", "))
	}
}
