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
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"

	"golang.org/x/time/rate"
)

// Config says whom to provision, where and how fast. Target, RunID and People are
// needed.
type Config struct {
	Target  target.Target
	RunID   string
	Seed    uint64
	People  int
	Size    crowd.Size        // the groups, and how large; its People is nothing. The zero value is that of crowd.SizeFor(People)
	Phases  []crowd.Phase     // in order; nil means crowd.Onboard
	Churn   float64           // the share of people and memberships that changes in a later phase; 0 means a tenth
	Mix     crowd.Weights     // of the phase Mix; nil means crowd.DefaultWeights
	Rate    pace.Schedule     // when the dialogues of each phase begin; the zero value is a closed loop
	Workers int               // dialogues at a time; 0: 1,000, or 16 in a closed loop
	Dialect provision.Dialect // "" means AIW
	Knobs   provision.Knobs   // Workers and Retries belong to an engine, and are nothing to a load run

	Timeout time.Duration // per request; 0 means 60 s, Okta's
	Grace   time.Duration // for what is in flight when the run is interrupted; 0 means 5 s
	Gentle  float64       // requests a second, at most, of the reading back and the tidying up; 0: as fast as it goes
	// Throttled is how long the dialogues may wait in all for a target that answers 429,
	// and again what follows them: the time in which anybody waits. When it is used up
	// nobody new begins.
	Throttled time.Duration
	// Limits are the names of those that the target has been set for practice. At a
	// target of our own, where such waits pass at once otherwise, a 429 is then waited for
	// really: within so many writes a minute nobody would get through without.
	Limits []string
	Count  bool  // an answer of 429 ends its dialogue and is counted, and is not obeyed as Okta does
	SLOs   []SLO // limits that the run is held to
	// FindCapacity searches the highest rate at which people can be onboarded while the
	// limits hold (DefaultLimits where none are set), beginning at the highest of Rate.
	// Then People, Size, Phases and Mix are nothing.
	FindCapacity bool

	Folder   *evidence.Folder   // keeps the ledger; may be nil at a target of our own
	Redact   *evidence.Redactor // learns the tenant's token
	Base     http.RoundTripper  // carries the requests; nil: a wire's own
	Now      func() time.Time   // nil: time.Now
	Progress func(Progress)     // told after each dialogue, one at a time; may be nil
	Witness  Witness            // told of all that happens; may be nil
}

func (c Config) withDefaults() Config {
	if c.Workers <= 0 {
		c.Workers = 1000
		if c.Rate.Closed() {
			c.Workers = 16
		}
	}
	if c.FindCapacity {
		c.People, c.Phases = mostDialogues, nil
		if c.Rate.Closed() {
			c.Rate = pace.Constant(50)
		}
		if len(c.SLOs) == 0 {
			c.SLOs = DefaultLimits()
		}
	}
	if len(c.Phases) == 0 {
		c.Phases = []crowd.Phase{crowd.Onboard}
	}
	if c.Size == (crowd.Size{}) {
		c.Size = crowd.SizeFor(c.People)
	}
	if c.Churn <= 0 {
		c.Churn = 0.1
	}
	if c.Mix == nil {
		c.Mix = crowd.DefaultWeights
	}
	if c.Dialect == "" {
		c.Dialect = provision.AIW
	}
	if c.Timeout <= 0 {
		c.Timeout = time.Minute
	}
	if c.Grace <= 0 {
		c.Grace = 5 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Progress == nil {
		c.Progress = func(Progress) {}
	}
	if c.Witness == nil {
		c.Witness = Witnesses{}
	}
	if c.Base == nil {
		c.Base = transport(c.Target.TLS, c.Workers)
	}
	return c
}

// transport carries what so many dialogues say at a time. With fewer idle connections it
// would dial again and again; without a bound it would also dial for a dialogue that
// then takes a connection which another has done with.
func transport(config *tls.Config, dialogues int) *http.Transport {
	base := wire.Transport(config)
	most := max(dialogues, atATime)
	base.MaxIdleConnsPerHost, base.MaxConnsPerHost = most, most
	return base
}

// longest is how many bytes one answer of a good server may have: a page of the groups
// that an import asks for shows all their members, each with its reference and name.
func longest(g crowd.Groups) int64 {
	const whatever, aMember, importPage = 16 << 20, 512, 100
	members := 0
	for n := range min(importPage, g.Size.Groups) {
		members += g.Members(n)
	}
	return whatever + aMember*int64(members)
}

// Asked is what a run is asked for, as its evidence tells it.
func (c Config) Asked() evidence.LoadAsked { return c.withDefaults().asked() }

func (c Config) asked() evidence.LoadAsked {
	a := evidence.LoadAsked{
		People: c.People, Schedule: c.Rate.String(), Rate: c.Rate.Highest(), Workers: c.Workers, Dialect: string(c.Dialect),
		TimeoutMS: float64(c.Timeout.Milliseconds()), Throttle: "obey", Limits: c.Limits,
	}
	if c.Count {
		a.Throttle = "count"
	}
	for _, l := range c.SLOs {
		a.SLOs = append(a.SLOs, l.String())
	}
	p := c.plan()
	if p.Has(crowd.Push) {
		a.Groups, a.Memberships = p.Groups.Size.Groups, p.Groups.Memberships()
	}
	for _, phase := range c.Phases {
		a.Phases = append(a.Phases, string(phase))
	}
	if p.Has(crowd.Mix) {
		a.Mix = c.Mix.String()
	}
	if len(c.Phases) > 1 {
		a.Churn = c.Churn
	}
	return a
}

// Virtual says that waits for a 429 pass at once.
func (c Config) Virtual() bool { return c.Target.Ours && len(c.Limits) == 0 }

// plan is what the run does. It is pure.
func (c Config) plan() crowd.Plan {
	people := crowd.Population{Mark: c.RunID, Seed: c.Seed, Size: c.People}
	return crowd.NewPlan(crowd.Groups{People: people, Size: c.Size}, c.Phases, c.Churn, c.Mix)
}

// RequestsEach is how many requests one dialogue of the run makes at most: what a rate
// means to a target that asks for no more than so many a second. A link in the PUT
// dialect has five; a group in the PATCH dialect has as many as its members need.
func (c Config) RequestsEach() int {
	c = c.withDefaults()
	p, most := c.plan(), 0
	for _, phase := range c.Phases {
		each := 2
		switch phase {
		case crowd.Link, crowd.Reassign:
			each = 5
		case crowd.Push, crowd.Day2, crowd.Mix:
			each = 5
			if p.Has(crowd.Push) && c.Dialect == provision.OIN {
				batch := cmp.Or(c.Knobs.PatchBatch, 100)
				each = 3 + (p.Groups.Members(0)+batch-1)/batch
			}
		case crowd.Import:
			each = 2 + c.People/50
		}
		most = max(most, each)
	}
	return most
}

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
	r.dialogues = Dialogues{r.plan.Groups.People, r.plan.Groups, r.Dialect, r.Knobs}
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
	c := &census{
		dialogues: r.dialogues, roster: r.roster, mark: r.RunID, owned: r.Target.Ours,
		eyes: func(s wire.Subject) target.Eyes { return r.eyes(evidence.Eyes, s) },
		seen: newSightings(r.roster), strange: map[string]bool{}, twins: map[twin]bool{}, shown: map[int]string{}, all: r.Folder.Differences(), tell: r.Progress,
	}
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

// dropsTold is the part of a crowd of which two at least have to be dropped to be
// the target's conduct. A connection that the server closes at the very moment
// when it is used again is nobody's mistake, and rare.
const dropsTold = 0.01

// lost says what it means that dialogues got no answer. A connection that was
// taken and then dropped, or on which nothing came, is the target's conduct when
// the same happens to fresh people, and trouble otherwise (as in check). Where
// nobody listens any more, those who were dropped were dropped by that.
func (r *run) lost(people evidence.LoadPeople) {
	var trouble *wire.Trouble
	unreachable := errors.As(r.gone, &trouble) && trouble.Kind == wire.Unreachable
	switch {
	case errors.Is(r.gone, errThrottled):
		r.missing("error: %v; nobody new was begun", r.gone)
	case errors.Is(r.gone, errUnwritable): // sum says it
	case r.gone != nil:
		r.missing("the target is not there any more: %v", r.gone)
	}
	switch n := people.Dropped; {
	case people.Unanswered == 0:
	case n >= 2 && float64(n) >= dropsTold*float64(people.Began) && !unreachable:
		r.deviates("%d of %d dialogues: the target took the connection, and then dropped it or said nothing", n, people.Began)
	default:
		r.missing("%d dialogues got no answer", people.Unanswered)
	}
}

func (r *run) deeds() int {
	if r.FindCapacity {
		return r.People
	}
	sum := 0
	for _, phase := range r.Phases {
		sum += r.plan.Deeds(phase)
	}
	return sum
}

// unwritable is why the ledger could not be written while the crowd was led.
func (r *run) unwritable() error {
	if r.announced == nil {
		return nil
	}
	return r.announced.failure()
}

// sum adds it up and judges.
func (r *run) sum(ctx context.Context) {
	people := r.load.People
	if ctx.Err() != nil {
		r.load.Run.Interrupted = true
		r.missing("interrupted: %d of %d dialogues were begun", people.Began, r.deeds())
	}
	r.lost(people)
	if n := people.Throttled; n > 0 && !r.Count {
		r.missing("%d dialogues gave up waiting for a target that answers 429", n)
	}
	if n := r.load.Left.Active; n > 0 {
		r.missing("%s", evidence.StillActive(n, r.RunID, r.Folder.Dir))
	}
	if r.load.People.Began == 0 && len(r.load.Missing) == 0 {
		r.missing("nobody was provisioned")
	}
	judged := r.load.Phases
	if c := r.load.Capacity; c != nil && len(c.Steps) == 0 {
		judged = nil // no rate was tried to its end, and what was cut off says nothing of a limit
	}
	for _, l := range r.SLOs {
		r.load.SLOs = append(r.load.SLOs, l.judge(judged))
	}
	r.load.Invalid = r.load.Doubts()
	if err := r.unwritable(); err != nil {
		r.load.Missing = slices.Insert(r.load.Missing, 0, err.Error()+"; nobody new was begun")
		r.load.Invalid = slices.Insert(r.load.Invalid, 0, "the run ended early, since its ledger could not be written")
	}
	if r.load.Valid = len(r.load.Invalid) == 0; !r.load.Valid {
		for n, v := range r.load.SLOs {
			r.load.SLOs[n] = doubted(v)
		}
	}
	r.load.Result = r.load.Judge()
}
