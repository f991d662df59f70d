package steps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cucumber/godog"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// Config says what to play, against which target, and how. Target and RunID are
// needed; everything else has a default.
type Config struct {
	Target target.Target
	RunID  string // in every name that the run makes, in lower case: letters and digits

	Seed    uint64          // 0 means 1: plain names, one fixed order of Okta's jobs
	Jobs    int             // cases played at a time; 0 means 1
	Knobs   provision.Knobs // of each case's Okta; the zero value is Okta as we believe it to be
	Timeout time.Duration   // per request; 0 means 60 s, Okta's
	Shuffle bool            // play the cases of a level in an order drawn from Seed

	// Throttled bounds the real waits that 429 answers of a target that is not
	// ours may cost a run in all; 0 means two minutes.
	Throttled time.Duration

	// Folder keeps journal, transcripts and ledger; nil keeps nothing.
	Folder *evidence.Folder
	// Redact hides secrets; nil makes one that knows the target's.
	Redact *evidence.Redactor
	// Done is told of each case as it ends, one at a time; nil tells nobody.
	Done func(evidence.Outcome)
}

// A run is one playing of many cases.
type run struct {
	config    Config
	catalogue map[string]features.Requirement
	rests     map[string][]string // what each scenario rests on, by its address without the row
	redact    *evidence.Redactor
	guests    guests

	numbers atomic.Int64 // of the cases begun
	silent  atomic.Int64 // attempts in a row that met silence
	waited  atomic.Int64 // nanoseconds spent waiting for 429s

	mu       sync.Mutex
	outcomes []evidence.Outcome
	stop     context.CancelCauseFunc
}

func (r *run) mark() string { return r.config.RunID }

// Play plays cases, owners first, and returns what was seen, unjudged, and how
// the run ended. What it made at somebody's server is tidied up before it
// returns. An error is the harness's own.
func Play(ctx context.Context, cases []features.Case, c Config) ([]evidence.Outcome, evidence.End, error) {
	r, err := newRun(c)
	if err != nil {
		return nil, evidence.End{}, err
	}
	playing, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.stop = stop
	end := r.preflight(playing)
	if end.Stopped == "" {
		for _, level := range r.order(cases) {
			r.level(playing, level)
		}
		if cause := context.Cause(playing); cause != nil {
			end.Stopped = cause.Error()
		}
	}
	if err := r.tidy(ctx); err != nil {
		end.Stopped = strings.TrimPrefix(end.Stopped+"; "+err.Error(), "; ")
	}
	end.Interrupted = ctx.Err() != nil
	if end.Interrupted && end.Stopped == "" {
		end.Stopped = "interrupted while tidying up"
	}
	end.Finished, end.At = end.Stopped == "", time.Now()
	return r.outcomes, end, nil
}

func newRun(c Config) (*run, error) {
	if c.RunID == "" || c.Target.Tenant == nil {
		return nil, errors.New("a run needs an id and a target")
	}
	if c.Seed == 0 {
		c.Seed = 1
	}
	c.Jobs = max(c.Jobs, 1)
	if c.Throttled == 0 {
		c.Throttled = 2 * time.Minute
	}
	catalogue, err := features.Requirements()
	if err != nil {
		return nil, err
	}
	scenarios, err := features.Scenarios()
	if err != nil {
		return nil, err
	}
	r := &run{config: c, catalogue: catalogue, rests: map[string][]string{}, redact: c.Redact}
	for _, s := range scenarios {
		r.rests[s.Req] = s.IDs
	}
	if r.redact == nil {
		r.redact = evidence.NewRedactor()
	}
	r.redact.Learn(c.Target.Secrets...)
	r.guests.folder = c.Folder
	return r, nil
}

func (r *run) order(cases []features.Case) [][]features.Case {
	sorted := levels(cases)
	if r.config.Shuffle {
		draw := rand.New(rand.NewPCG(r.config.Seed, 0))
		for _, level := range sorted {
			draw.Shuffle(len(level), func(i, j int) { level[i], level[j] = level[j], level[i] })
		}
	}
	return sorted
}

// level plays cases that do not depend on one another.
func (r *run) level(ctx context.Context, cases []features.Case) {
	var playing sync.WaitGroup
	free := make(chan struct{}, r.config.Jobs)
	for _, c := range cases {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		playing.Go(func() {
			defer func() { <-free }()
			r.keep(r.play(ctx, c))
		})
	}
	playing.Wait()
}

// keep writes an outcome to the journal. A run whose evidence cannot be kept
// ends.
func (r *run) keep(o evidence.Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.config.Folder != nil {
		if err := r.config.Folder.Append(o); err != nil {
			r.stop(fmt.Errorf("the evidence cannot be kept: %w", err))
		}
	}
	r.outcomes = append(r.outcomes, o)
	if r.config.Done != nil {
		r.config.Done(o)
	}
}

// play plays one case. One that the network broke is tried once more, with
// fresh people: the same again is the target's conduct.
func (r *run) play(ctx context.Context, c features.Case) evidence.Outcome {
	if reason := r.cannot(c); reason != "" {
		o := Planned(c, r.catalogue).Interrupted(reason)
		o.Verdict = evidence.Skip
		return o
	}
	if o, blocked := r.unconnected(c); blocked {
		return o
	}
	first, trouble := r.once(ctx, c)
	if trouble == "" {
		return first
	}
	second, again := r.once(ctx, c)
	switch again {
	case "":
		second.Notes = append(second.Notes, "tried twice: the first time "+first.Reason)
		if second.Verdict == evidence.Pass || second.Verdict == evidence.Warn {
			second.Verdict, second.Reason = evidence.Error, "the first try broke, and the second did not: "+first.Reason
		}
	case trouble:
		second.Verdict, second.Reason = evidence.Fail, "twice in a row: "+second.Reason
	}
	return second
}

// unconnected is the outcome of a case for which Okta could not even be connected,
// as the scenario of the connection has shown before: its first sentence would
// say the same again, at the cost of all its requests.
func (r *run) unconnected(c features.Case) (evidence.Outcome, bool) {
	const owner = "connection-test"
	if c.Req == owner || ownerOf(c.Steps[0].Text) != owner {
		return evidence.Outcome{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, o := range r.outcomes {
		if o.Req == owner && o.Verdict == evidence.Fail && (o.Dialect == c.Dialect || c.Dialect == "") {
			blocked := Planned(c, r.catalogue).Interrupted(o.Reason)
			blocked.BlockedBy = owner
			return blocked, true
		}
	}
	return evidence.Outcome{}, false
}

// cannot says why a case is not played at all.
func (r *run) cannot(c features.Case) string {
	switch {
	case c.Gap != "":
		return "left out: --without " + c.Gap
	case slices.Contains(c.Tags, "bundled") && !r.config.Target.Ours:
		return "only the bundled server has screens to look at, and a tenant that nobody else is in"
	case r.config.Target.Kind == target.KindContainer && asksOkta(c):
		return "a server in a container has no way to the Okta of this process, which it would ask who may sign on"
	}
	return ""
}

// asksOkta says whether the provider asks Okta who may sign on.
func asksOkta(c features.Case) bool {
	return slices.ContainsFunc(c.Steps, func(s features.Step) bool { return strings.Contains(s.Text, "Test User Login") })
}

// once plays a case one time. trouble is the kind of network trouble that ended
// it, where trying again may tell whose it was.
func (r *run) once(ctx context.Context, c features.Case) (o evidence.Outcome, trouble wire.Kind) {
	o = Planned(c, r.catalogue).Interrupted("")
	started := time.Now()
	w, err := r.open(ctx, c, int(r.numbers.Add(1)))
	if err != nil {
		o.Verdict, o.Reason = evidence.Error, "the harness: "+err.Error()
		return o, ""
	}
	w.perform(ctx)
	trouble = w.conclude(ctx, &o)
	if err := w.close(); err != nil && o.Verdict != evidence.Error {
		o.Verdict, o.Reason = evidence.Error, "the harness: "+err.Error()
	}
	o.DurationMS = time.Since(started).Milliseconds()
	r.transcribe(w, &o)
	return o, trouble
}

func (r *run) transcribe(w *world, o *evidence.Outcome) {
	if r.config.Folder == nil {
		return
	}
	name := o.Address()
	if o.Dialect != "" {
		name += "." + o.Dialect
	}
	path, err := r.config.Folder.Transcript(name, w.wire.Exchanges())
	if err != nil {
		r.stop(fmt.Errorf("the evidence cannot be kept: %w", err))
	}
	o.Transcript = path
}

// perform hands the scenario to godog, alone.
func (w *world) perform(ctx context.Context) {
	suite := godog.TestSuite{
		Name: w.scene.Address(),
		ScenarioInitializer: func(sc *godog.ScenarioContext) {
			for _, s := range vocabulary {
				sc.Step(s.pattern, s.means(w))
			}
			sc.StepContext().After(w.stepDone)
		},
		Options: &godog.Options{
			Format: "progress", Output: io.Discard, NoColors: true, Strict: true, Concurrency: 1,
			FeatureContents: []godog.Feature{{Name: w.scene.Address(), Contents: w.scene.Gherkin()}},
			DefaultContext:  ctx,
		},
	}
	suite.Run()
}

// stepDone takes note of a step. godog skips the rest after a failure; the first
// failure is the one that counts.
func (w *world) stepDone(ctx context.Context, _ *godog.Step, status godog.StepResultStatus, err error) (context.Context, error) {
	switch {
	case err != nil && w.failure == nil:
		w.failure = err
	case status == godog.StepPassed:
		w.passed++
		if w.done != nil {
			w.done(ctx)
		}
	}
	return ctx, nil
}

// Planned is the head of a case's outcome.
func Planned(c features.Case, catalogue map[string]features.Requirement) evidence.Planned {
	return evidence.Planned{
		Req: c.Req, Row: c.Row, Feature: c.Feature, Rule: c.Rule, Name: c.Name, Dialect: c.Dialect,
		IDs: c.IDs, Tags: c.Tags, Level: c.Level, Grade: c.Grade,
	}
}

// wait is how an Okta waits for a 429: not at all at our own server, where the
// time is virtual, and really elsewhere, as long as the budget lasts.
func (r *run) wait() func(context.Context, time.Duration) error {
	if r.config.Target.Ours {
		return nil
	}
	return func(ctx context.Context, d time.Duration) error {
		asked := min(d, r.config.Throttled+1) // one wait too long is too long enough, and the sum cannot run over
		if time.Duration(r.waited.Add(int64(asked))) > r.config.Throttled {
			err := fmt.Errorf("throttled: the target's 429 answers ask for more waiting than the budget of %s", r.config.Throttled)
			r.stop(err)
			return err
		}
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// NewRunID draws an id for a run: letters and digits that no other run has, and
// that a person can read aloud. draw returns at least eight of them.
func NewRunID(draw func() string) string {
	return "sp" + strings.ToLower(draw()[:8])
}
