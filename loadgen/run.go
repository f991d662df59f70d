// Package loadgen provisions a crowd, and counts it afterwards.
//
// It takes invented people and what happens to them from package crowd, asks
// mockokta/provision for exactly the dialogues that Okta would hold about them, lets
// package pace begin each at its time (one hit is one person's whole dialogue), and
// reads the directory back: an account that is lost, doubled or wrong fails the run,
// however quick the answers were. [Run] is the way in.
//
// It judges no single answer beyond what Okta does; that is what the scenarios
// are for.
package loadgen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/mockokta/scim"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"

	"golang.org/x/time/rate"
)

// afterwards bounds the reading back and the tidying up of a run that was
// interrupted, each.
const afterwards = 30 * time.Second

// A run is one load run at one tenant.
type run struct {
	Config
	endpoint  target.Endpoint
	crowd     *wire.Crowd
	plan      crowd.Plan
	dialogues Dialogues
	roster    *roster
	announced *forerunner
	census    *census
	load      evidence.Load
	limiter   *rate.Limiter // of the eyes; nil: none
	patience  *patience     // of the eyes
	gone      error         // why the run ended early: nobody listens at the target or answers, or it asks for too much waiting
}

// Run provisions the crowd, reads the directory back, tidies up at somebody's
// server, and returns what it saw, judged. It always returns what there is: when
// ctx ends nobody new begins, what is in flight has its grace, and the rest is
// done in short. An error is ours, such as a ledger that cannot be written.
func Run(ctx context.Context, c Config) (evidence.Load, error) {
	c = c.withDefaults()
	if c.RunID == "" || strings.ToLower(c.RunID) != c.RunID {
		return evidence.Load{}, fmt.Errorf("a load run needs an id in lower case, not %q", c.RunID)
	}
	if !c.Target.Ours && c.Folder == nil {
		return evidence.Load{}, errors.New("a load run at somebody's server needs a folder for its ledger")
	}
	r := &run{Config: c, patience: &patience{budget: c.Throttled, now: c.Now}}
	if c.Gentle > 0 {
		r.limiter = rate.NewLimiter(rate.Limit(c.Gentle), 1)
	}
	r.head()
	ready, err := r.prepare(ctx)
	if ready && err == nil {
		defer r.crowd.Close()
		err = r.provision(ctx)
		if r.announced != nil {
			err = errors.Join(err, r.announced.close(r.said, r.pushed))
		}
		err = errors.Join(err, r.readBack(ctx), r.tidy(ctx), r.census.all.Close())
	}
	r.sum(ctx)
	return r.load, err
}

func (r *run) head() {
	r.load = evidence.Load{
		Schema: evidence.LoadSchema,
		Run: evidence.LoadRun{
			ID: r.RunID, Seed: int64(r.Seed), Started: r.Now(), Clock: "real", GoMaxProcs: runtime.GOMAXPROCS(0),
			SameProcess: r.Target.Kind == target.KindBundled,
		},
		Target: evidence.Target{Kind: r.Target.Kind, Name: r.Target.Name, URL: r.Target.URL, Ours: r.Target.Ours},
		Knobs:  r.Knobs.Turned(), Asked: r.asked(), Phases: []evidence.LoadPhase{},
	}
	if r.Virtual() {
		r.load.Run.Clock = "virtual"
	}
	r.plan = r.Config.plan()
	knobs := r.Knobs
	if !r.Target.Ours {
		// Where Okta goes on after a short page is inference, and nobody's server is failed
		// for one: check tells what becomes of it.
		knobs.StepByItems = true
	}
	r.dialogues = Dialogues{r.plan.Groups.People, r.plan.Groups, r.Dialect, knobs}
	r.roster = newRoster(r.plan.Groups, len(r.Phases) > 1)
}

// said says whether the target was told of the n-th person, or may have been.
func (r *run) said(n int) bool { return r.roster.standing(n) != 0 }

func (r *run) pushed(name string) bool {
	g, ours := r.plan.Groups.Number(name)
	return ours && r.roster.pushed(g)
}

func (r *run) missing(format string, args ...any) {
	r.load.Missing = append(r.load.Missing, fmt.Sprintf(format, args...))
}

func (r *run) deviates(format string, args ...any) {
	r.load.Deviates = append(r.load.Deviates, fmt.Sprintf(format, args...))
}

// prepare finds the tenant and asks whether it is there and knows the token,
// before anything is made.
func (r *run) prepare(ctx context.Context) (ready bool, err error) {
	if r.endpoint, err = r.Target.Tenant(ctx); err != nil {
		r.missing("no tenant at the target: %v", err)
		return false, nil
	}
	r.load.Target.URL = r.endpoint.URL
	if r.Redact != nil {
		r.Redact.Learn(r.endpoint.Token)
	}
	config := wire.Config{
		Base: r.Base, URL: r.endpoint.URL, Header: r.Target.Header, Mark: r.RunID, Owned: r.Target.Ours, Now: r.Now,
		Longest: longest(r.plan.Groups),
	}
	if !r.Target.Ours {
		r.announced = newForerunner(r.Folder.Ledger, r.dialogues.People, r.endpoint.URL, r.Now)
		config.Ledger = r.announced
	}
	if r.crowd, err = wire.NewCrowd(config); err != nil {
		return false, err
	}
	if !r.knock(ctx) {
		return false, nil
	}
	if r.announced != nil {
		r.announced.start()
	}
	return true, nil
}

func (r *run) knock(ctx context.Context) bool {
	switch status, err := r.eyes(evidence.Eyes, wire.Subject{}).Knock(ctx); {
	case ctx.Err() != nil:
	case isConduct(err):
		r.deviates("the list of accounts, which Okta's connection test asks for: %v", err)
	case err != nil:
		r.missing("%s cannot be reached: %v", r.endpoint.URL, err)
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		r.load.Unusable = fmt.Sprintf("%s refuses the token (HTTP status %d): check --token or SCIMPROOF_TOKEN", r.endpoint.URL, status)
		r.missing("%s", r.load.Unusable)
	default:
		return true
	}
	return false
}

// eyes look at the target about one subject. They wait for a 429 as long as their
// patience lasts, and not at all where time is virtual.
func (r *run) eyes(voice evidence.Voice, s wire.Subject) target.Eyes {
	eyes := target.Eyes{URL: r.endpoint.URL, Token: r.endpoint.Token, Timeout: r.Timeout, HTTP: r.crowd.For(voice, s)}
	if !r.Virtual() {
		eyes.Wait = r.patience.wait
	}
	if r.limiter != nil {
		eyes.HTTP = gentle{eyes.HTTP, r.limiter}
	}
	return eyes
}

// provision plays the phases, one after the other.
func (r *run) provision(ctx context.Context) error {
	soft, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	if f := r.announced; f != nil {
		go func() {
			select {
			case <-f.failed:
				giveUp(f.failure())
			case <-soft.Done():
			}
		}()
	}
	hard, release := withGrace(soft, r.Grace)
	defer release()
	s := &stage{
		plan: r.plan, dialogues: r.dialogues, roster: r.roster, crowd: r.crowd, announced: r.announced,
		virtual: r.Virtual(), counts: r.Count, patience: &patience{budget: r.Throttled, now: r.Now}, soft: soft, hard: hard, giveUp: giveUp, closed: &atomic.Int32{},
	}
	if r.FindCapacity {
		r.search(soft, *s)
	} else if err := r.inPhases(soft, *s); err != nil {
		return err
	}
	if ctx.Err() == nil && soft.Err() != nil {
		r.gone = context.Cause(soft)
	}
	return nil
}

func (r *run) inPhases(soft context.Context, s stage) error {
	var beginning time.Time
	for _, phase := range r.Phases {
		if err := r.ready(soft, phase); err != nil {
			return err
		}
		seen, began, err := r.play(soft, s, phase, r.Rate, r.plan.Deeds(phase))
		if err != nil {
			return err
		}
		if beginning.IsZero() {
			beginning = began
		}
		seen.AtMS = float64(max(0, began.Sub(beginning)).Microseconds()) / 1000
		r.load.Phases = append(r.load.Phases, seen)
		r.load.People = r.load.People.Plus(seen.People)
		r.load.Run.DurationMS = max(r.load.Run.DurationMS, seen.AtMS+seen.DurationMS)
	}
	return nil
}

// search looks for the highest rate. The population is as large as the search was: who
// was not needed is nobody.
func (r *run) search(ctx context.Context, s stage) {
	var last evidence.LoadPhase
	try := func(rate float64, people int) (evidence.LoadPhase, bool) {
		seen, _, err := r.play(ctx, s, crowd.Onboard, pace.Constant(rate), people)
		s.from += people
		r.load.Run.DurationMS += seen.DurationMS
		if err != nil {
			r.missing("a rate could not be tried: %v", err)
		}
		if seen.People.Began > 0 {
			last = seen
		}
		return seen, err == nil && ctx.Err() == nil
	}
	found, best := search{slos: r.SLOs, first: r.Rate.Highest(), try: try}.run()
	if best.Name == "" {
		best = last
	}
	if best.Name != "" {
		r.load.Phases, r.load.People = []evidence.LoadPhase{best}, best.People
	}
	r.load.Capacity = &found
	r.People = s.from
	r.load.Asked.People, r.plan.Groups.People.Size, r.dialogues.People.Size = s.from, s.from, s.from
}

// ready brings about what a phase finds at the target, and announces what it makes.
func (r *run) ready(ctx context.Context, phase crowd.Phase) error {
	switch {
	case ctx.Err() != nil:
	case phase == crowd.Push && r.announced != nil:
		r.announced.announceGroups(r.plan.Groups)
	case phase == crowd.Link:
		return r.give(ctx)
	}
	return nil
}

// play plays so many deeds of one phase, and returns what was seen of it and when it
// began.
func (r *run) play(ctx context.Context, s stage, phase crowd.Phase, schedule pace.Schedule, deeds int) (seen evidence.LoadPhase, began time.Time, err error) {
	s.phase, s.kinds = phase, r.plan.Kinds(phase)
	t := newTally(deeds, schedule, r.Workers, s.kinds...)
	s.line, err = newLine(scim.Client{
		BaseURL: r.endpoint.URL, Authorization: "Bearer " + r.endpoint.Token, Close: r.Knobs.CloseConnections,
	}, r.Timeout, t, r.Now)
	if err != nil {
		return seen, began, err
	}
	s.witness = r.Witness
	attack := pace.Attack{Schedule: schedule, People: deeds, Workers: r.Workers, Began: t.begins, Now: r.Now}
	figures := func() Figures { return t.figures(r.Now()) }
	ended := 0
	attack.Run(ctx, &s, func() { ended++; r.Progress(Progress{phase, ended, deeds, figures}) })
	return t.phase(phase, r.plan.About(phase)), t.first, nil
}

// after is the context of what follows a run: as long as it takes, or a while
// when the run was interrupted or is now.
func after(ctx context.Context) (context.Context, context.CancelFunc) {
	return withGrace(ctx, afterwards)
}

func (r *run) readBack(ctx context.Context) error {
	ctx, release := after(ctx)
	defer release()
	c := newCensus(r.dialogues, r.roster, r.RunID, r.Target.Ours)
	c.eyes = func(s wire.Subject) target.Eyes { return r.eyes(evidence.Eyes, s) }
	c.all, c.tell = r.Folder.Differences(), r.Progress
	r.census = c
	began := r.Now()
	err := c.read(ctx)
	if err == nil {
		err = c.groups(ctx)
	}
	c.readback.Done = err == nil
	c.readback.TookMS = float64(r.Now().Sub(began).Microseconds()) / 1000
	switch {
	case err == nil:
	case isConduct(err):
		r.deviates("the directory could not be read back: %v", err)
	default:
		r.missing("the directory was not read back to the end: %v", err)
	}
	c.readback.AllIn = c.all.Name()
	r.load.Readback = c.readback
	if err != nil || c.leftOut {
		c.absent = nil // only a whole list shows that somebody is not there
	}
	return errors.Join(r.list(evidence.Made, c.unknown), r.list(evidence.Gone, c.absent))
}

// list takes down accounts that bear the run's mark and that Okta was not told of,
// so that they are put away with the others, or those that are not there.
func (r *run) list(act evidence.Act, guests []guestOf) error {
	if r.announced == nil {
		return nil
	}
	var entries []evidence.Entry
	for _, g := range guests {
		e := r.announced.entry(act, g.kind, g.name)
		e.ID = g.id
		entries = append(entries, e)
	}
	return r.Folder.Ledger.WriteAll(entries)
}

// tidy puts away what is left at somebody's server. A tenant of our own goes
// with all that is in it.
func (r *run) tidy(ctx context.Context) error {
	if r.announced == nil {
		return nil
	}
	ctx, release := after(ctx)
	defer release()
	return r.sweep(ctx)
}
