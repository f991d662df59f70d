package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
)

type load struct {
	targetFlags
	limited
	knobFlags
	witnessFlags

	People   *int     `placeholder:"N" help:"How many people; otherwise 200, or as many as --size or a soak has."`
	Size     string   `placeholder:"NAME" help:"A customer of that size, with its groups: smb (500 people, 20 groups), mid (10,000, 500) or large (100,000, 5,000)."`
	Phases   string   `default:"onboard" help:"What happens, in this order: onboard, link, push, day-2, mix, offboard, reassign, import."`
	Churn    float64  `default:"0.1" help:"The share of people, and of memberships, that changes in day-2, mix, offboard and reassign, or is linked beside others who are onboarded."`
	Mix      string   `placeholder:"WEIGHTS" help:"How often each kind comes in the phase mix; otherwise update=6,join=2,leave=1,offboard=1."`
	Rate     float64  `default:"50" help:"Dialogues that begin per second; 0 keeps so many going as there are workers."`
	Schedule string   `placeholder:"WORDS" help:"In place of --rate: 'step 10:20s,50:20s', 'ramp 10:200:60s' or 'soak 20:10m' (rates per second)."`
	Workers  *int     `placeholder:"N" help:"Dialogues at a time; otherwise 1000, or 16 with --rate 0. Each takes about 40 KB of memory."`
	SLO      []string `name:"slo" sep:"none" placeholder:"LIMIT" help:"A limit that fails the run: 'create p99 < 50ms', 'onboard p99 < 1s', 'errors < 0.1%', 'rate >= 45'. May be given several times."`
	Find     bool     `name:"find-capacity" help:"Search the highest rate at which people can be onboarded while the limits hold (otherwise p99 < 1s and errors < 0.1%), beginning at --rate."`
	Throttle string   `default:"obey" enum:"obey,count" help:"What an answer of 429 means: obey waits and says the request again, as Okta does; count ends the dialogue."`
	Dialect  string   `default:"aiw" enum:"aiw,oin" help:"How Okta speaks: aiw (PUT) or oin (PATCH)."`
	Seed     uint64   `default:"1" help:"Chooses names and their shape; 1 is plain."`
	Out      string   `placeholder:"DIR" help:"Where the evidence goes; otherwise scimproof-out/<run id>, with scimproof-out/latest pointing to it."`
	IOwn     bool     `name:"i-own-this" help:"The target is yours to burden: more than 50 requests a second to a host that is not loopback."`
}

func (load) Help() string {
	return `Examples:

  scimproof load --people 200 --rate 50
  scimproof load --size smb --phases onboard,push,day-2,offboard --rate 0 --workers 10
  scimproof load --people 2000 --schedule 'ramp 20:200:20s' --slo 'create p99 < 50ms' --slo 'errors < 0.1%'
  scimproof load --people 300 --limit writes-180-a-minute
  SCIMPROOF_TOKEN=... scimproof load --target https://app.example.com/scim/v2 --rate 10

Okta's own dialogues provision the people; afterwards the directory is read back, and one account, group or member that is lost, doubled or wrong fails the run. Accounts made at a target by URL are disabled at the end, and groups deleted.

With --limit our own server is as strict as some real services are, or slow, and the run waits as long as a 429 of its asks for.

What --throttle-budget allows the dialogues to wait for answers of 429, it allows once more to the reading back and the tidying up together, so that a crowd that has used it up is put away all the same. It is the time in which anybody waits, however many do so at once.`
}

func (l load) Run(sh shell) error {
	c, err := l.asked()
	if err != nil {
		return err
	}
	limits, err := l.limits()
	if err != nil {
		return err
	}
	tg, err := l.within(sh, limits)
	if err != nil {
		return interrupted(sh, err)
	}
	seen, text, dir, err := l.play(sh, tg, c)
	fmt.Fprint(sh.out, text) // what was seen is said even where it could not be kept
	if problem := tg.Close(); problem != nil {
		fmt.Fprintln(sh.err, "scimproof: the target could not be closed:", problem) // its verdict stands
	}
	switch {
	case err != nil && text == "":
		return err
	case err != nil:
		return broken{err}
	}
	kept := "load.json, and the ledger"
	if all := seen.Readback.AllIn; all != "" {
		kept = "load.json, the ledger, and all that is not as planned in " + all
	}
	fmt.Fprintf(sh.out, "\nThe page to open: %s\nThe evidence is in %s: %s.\n", filepath.Join(dir, reports.LoadPage), dir, kept)
	if exit := reports.LoadExit(seen); exit != ok {
		return status(exit)
	}
	return nil
}

// gentle is how many requests a second a stranger's server may be asked.
const gentle = 50

// turned are the knobs of what is said of one person. How many are in flight is the
// load's to say, and nothing is said again, so that each failure is counted.
func (l load) turned() (provision.Knobs, error) {
	k, err := l.knobFlags.turned()
	switch {
	case err != nil:
	case k.Workers != 0:
		err = errors.New("--knob workers is for check and serve: how many dialogues a load run has at a time is --workers")
	case k.Retries != 0:
		err = errors.New("--knob retries is for check and serve: a load run says nothing again, and counts what failed")
	}
	return k, err
}

// asked is what the flags ask for, target aside.
func (l load) asked() (c loadgen.Config, err error) {
	c = loadgen.Config{
		Seed: l.Seed, Dialect: provision.Dialect(l.Dialect), Churn: l.Churn, Timeout: l.Timeout, Throttled: l.ThrottleBudget,
		Count: l.Throttle == "count", Gentle: l.gentleness(), Limits: l.Limit,
	}
	if len(l.Limit) > 0 && l.Target != target.KindBundled {
		return c, fmt.Errorf("--limit is for our own server in this process, and --target is %s", l.Target)
	}
	if l.Workers != nil {
		if c.Workers = *l.Workers; c.Workers < 1 || c.Workers > 100_000 {
			return c, fmt.Errorf("--workers %d is not between 1 and 100000", c.Workers)
		}
	}
	if !(l.Churn > 0 && l.Churn <= 1) {
		return c, fmt.Errorf("--churn %g is no share: it is more than 0 and at most 1", l.Churn)
	}
	if c.Knobs, err = l.turned(); err != nil {
		return c, err
	}
	if c.Phases, err = crowd.ParsePhases(l.Phases); err != nil {
		return c, fmt.Errorf("--phases: %w", err)
	}
	if c.Mix, err = l.mix(c.Phases); err != nil {
		return c, fmt.Errorf("--mix: %w", err)
	}
	for _, words := range l.SLO {
		slo, err := loadgen.ParseSLO(words)
		if err != nil {
			return c, fmt.Errorf("--slo: %w", err)
		}
		c.SLOs = append(c.SLOs, slo)
	}
	if c.Rate, err = l.schedule(); err != nil {
		return c, err
	}
	if c.People, c.Size, err = l.crowd(c.Rate); err != nil {
		return c, err
	}
	if c.FindCapacity = l.Find; l.Find {
		if err := l.findable(c); err != nil {
			return c, err
		}
	}
	return c, l.tooFast(c)
}

// mix is how often each kind comes in the phase of that name; nil is as by default.
func (l load) mix(phases []crowd.Phase) (crowd.Weights, error) {
	if l.Mix == "" {
		return nil, nil
	}
	weights, err := crowd.ParseWeights(l.Mix)
	if err == nil && !slices.Contains(phases, crowd.Mix) {
		err = fmt.Errorf("it is for the phase mix, and --phases %s does not have it", l.Phases)
	}
	return weights, err
}

// slowestSought is the slowest rate that a search begins at, in dialogues a second: it
// does not go below it either.
const slowestSought = 1

// findable: a search chooses by itself how fast and with how many people.
func (l load) findable(c loadgen.Config) error {
	switch {
	case l.People != nil || l.Size != "" || l.Schedule != "" || !slices.Equal(c.Phases, []crowd.Phase{crowd.Onboard}):
		return errors.New("--find-capacity onboards as many people as it needs at the rates that it tries: it goes with none of --people, --size, --schedule and --phases")
	case l.Rate > 0 && l.Rate < slowestSought:
		return fmt.Errorf("--find-capacity --rate %g: a search begins at %d a second or more; at less one step of it takes minutes or hours", l.Rate, slowestSought)
	case l.atAStranger():
		return fmt.Errorf("--find-capacity burdens %s as much as it bears; say --i-own-this if it is yours", l.Target)
	}
	return nil
}

func (l load) schedule() (pace.Schedule, error) {
	switch {
	case l.Schedule != "":
		s, err := pace.ParseSchedule(l.Schedule)
		if err != nil {
			err = fmt.Errorf("--schedule: %w", err)
		}
		return s, err
	case l.Rate != 0 && !(l.Rate >= 0.001 && l.Rate <= 1e6):
		return pace.Schedule{}, fmt.Errorf("--rate %g is neither 0 nor between 0.001 and 1000000", l.Rate)
	}
	return pace.Constant(l.Rate), nil
}

// mostPeople bounds a crowd: of each person some bytes are kept.
const mostPeople = 10_000_000

func (l load) crowd(s pace.Schedule) (int, crowd.Size, error) {
	size, known := crowd.SizeOf(l.Size)
	switch {
	case l.Size != "" && !known:
		return 0, size, fmt.Errorf("--size %s is none of smb, mid and large", l.Size)
	case l.Size != "" && l.People != nil:
		return 0, size, errors.New("--size says how many people there are, and so does --people: give one of them")
	case known:
		return size.People, size, nil
	}
	people := cmp.Or(s.Soaks(), 200)
	if l.People != nil {
		people = *l.People
	}
	if people < 1 || people > mostPeople {
		return 0, size, fmt.Errorf("--people %d: a crowd has at least one, and at most %d", people, mostPeople)
	}
	return people, crowd.SizeFor(people), nil
}

// tooFast: a stranger's server is not to be asked for more than so many requests a
// second.
func (l load) tooFast(c loadgen.Config) error {
	if !l.atAStranger() {
		return nil
	}
	each := c.RequestsEach()
	if !c.Rate.Closed() && c.Rate.Highest()*float64(each) <= gentle {
		return nil
	}
	asked := fmt.Sprintf("--rate %g", l.Rate)
	switch {
	case l.Schedule != "":
		asked = fmt.Sprintf("--schedule '%s'", c.Rate)
	case c.Rate.Closed():
		asked += ", as fast as it goes,"
	}
	slower := ""
	if slowly := math.Floor(1000*gentle/float64(each)) / 1000; slowly > 0 {
		slower = fmt.Sprintf("give at most --rate %g, or ", slowly)
	}
	return fmt.Errorf("%s means more than %d requests a second to %s, up to %d for each dialogue: %ssay --i-own-this if it is yours", asked, gentle, l.Target, each, slower)
}

// atAStranger says that the target is on another machine, and nobody has said
// that it is theirs. What is no URL is told by open.
func (l load) atAStranger() bool {
	if l.IOwn || l.Target == target.KindBundled || l.Target == target.KindContainer {
		return false
	}
	u, err := url.Parse(l.Target)
	return err == nil && !isLoopback(u.Hostname())
}

// gentleness bounds what follows the crowd.
func (l load) gentleness() float64 {
	if l.atAStranger() {
		return gentle
	}
	return 0
}

// play provisions the crowd into an evidence folder.
func (l load) play(sh shell, tg target.Target, c loadgen.Config) (seen evidence.Load, text, dir string, err error) {
	id := steps.NewRunID(rand.Text)
	dir = l.Out
	if dir == "" {
		dir = filepath.Join("scimproof-out", id)
	}
	c.Target, c.RunID, c.Redact = tg, id, evidence.NewRedactor(tg.Secrets...)
	witnesses, done, err := l.witnesses(sh, c.Redact)
	if err != nil {
		return evidence.Load{}, "", "", err
	}
	defer func() { err = errors.Join(err, done()) }()
	c.Witness = witnesses
	head := l.head(sh, c)
	folder, err := evidence.Create(dir, head, c.Redact)
	if err != nil {
		return evidence.Load{}, "", "", err
	}
	if l.Out == "" {
		pointTo(id) // also at a run that is killed
	}
	busy := loadAverage()
	bar := newCounter(sh.err)
	c.Folder, c.Progress = folder, bar.to
	seen, err = loadgen.Run(sh.ctx, c)
	bar.end()
	seen.Tool, seen.Run.Reproduce, seen.Run.LoadAverage, seen.Asked.Size = head.Tool, head.Reproduce, busy, l.Size
	text = c.Redact.Text(reports.LoadText(seen))
	err = errors.Join(err, l.keep(folder, seen))
	return seen, text, dir, err
}

// loadAverage is the last minute's, as Linux tells it; nil elsewhere.
func loadAverage() *float64 {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return nil
	}
	minute, _, _ := strings.Cut(string(raw), " ")
	average, err := strconv.ParseFloat(minute, 64)
	if err != nil {
		return nil
	}
	return &average
}

func (l load) head(sh shell, c loadgen.Config) evidence.Run {
	tg, asked := c.Target, c.Asked()
	asked.Size = l.Size
	run := evidence.Run{
		ID: c.RunID, Load: &asked, Knobs: c.Knobs.Turned(), Seed: int64(l.Seed), Started: time.Now(),
		Tool:      evidence.Tool{Name: "scimproof", Version: currentVersion()},
		Target:    evidence.Target{Kind: tg.Kind, Name: tg.Name, URL: tg.URL, Ours: tg.Ours},
		Reproduce: reproduce(sh.args), Clock: "real",
	}
	if c.Virtual() {
		run.Clock = "virtual"
	}
	return run
}

// keep writes what was seen, also where the run ended early. All that is for a person
// is folded from load.json as it was written, without secrets.
func (l load) keep(folder *evidence.Folder, seen evidence.Load) error {
	err := folder.WriteLoad(seen)
	if err == nil {
		if seen, err = evidence.ReadLoad(folder.Dir); err == nil {
			err = reports.WriteLoad(folder.Dir, seen, reports.LoadForms()...)
		}
	}
	return errors.Join(err, folder.Finish(evidence.End{
		At: time.Now(), Finished: len(seen.Missing) == 0, Interrupted: seen.Run.Interrupted, Unusable: seen.Unusable != "",
	}))
}
