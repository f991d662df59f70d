// Package reports turns evidence into something to read: a [Report], and one way
// to show it per file (a page, JSON, JUnit, Markdown, terminal text).
//
// Everything is a pure fold over an evidence folder, today or next month,
// without the target. What is in a folder is explained in reports/evidence.
package reports

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A Report is what a run comes to. Its JSON is result.json.
type Report struct {
	Schema    string             `json:"schema"`
	Tool      evidence.Tool      `json:"tool"`
	Run       Run                `json:"run"`
	Target    Target             `json:"target"`
	Knobs     map[string]string  `json:"knobs"` // those that were turned
	Without   []string           `json:"without"`
	Result    Result             `json:"result"`
	Profiles  []Profile          `json:"profiles"`
	Counts    Counts             `json:"counts"`
	Scenarios []evidence.Outcome `json:"scenarios"`
	Coverage  []Covered          `json:"coverage"` // empty for evidence that knows nothing of statements
	Leftovers []Leftover         `json:"leftovers"`

	Exit    int      `json:"-"` // the exit code that goes with Result
	Missing []string `json:"-"` // why the run is incomplete, in sentences
	options Options
}

// A Run is the part of evidence.Run that a reader of results needs.
type Run struct {
	ID          string    `json:"id"`
	Seed        int64     `json:"seed"`
	Started     time.Time `json:"started"`
	DurationMS  int64     `json:"duration_ms"`
	Clock       string    `json:"clock"`
	Interrupted bool      `json:"interrupted"`
	Reproduce   string    `json:"reproduce"`
}

// A Target is the server that was tested.
type Target struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

// A Result is the whole run in one word.
type Result string

const (
	Success    Result = "success"
	Partial    Result = "partial"    // success, but for gaps that somebody declared
	Failure    Result = "failure"    // the target deviates from something required
	Incomplete Result = "incomplete" // no full verdict, for a reason that is not the target's conduct
)

// Exit codes: the first of 2, 1, 3, 0 that applies.
const (
	exitOK         = 0
	exitFailure    = 1
	exitUnusable   = 2
	exitIncomplete = 3
)

// Counts says how many scenarios ended how; every verdict is there.
type Counts map[evidence.Verdict]int

// A Profile is the result in one dialect; "" holds the scenarios that have none.
type Profile struct {
	Name   string `json:"name"`
	Result Result `json:"result"`
	Counts Counts `json:"counts"`
}

// A Leftover is something of ours that is, or may be, still at the target.
type Leftover struct {
	Kind  string `json:"kind"`
	ID    string `json:"id"`
	Name  string `json:"name"`
	State string `json:"state"`
}

// Options are a reader's wishes. The zero value adds nothing to what the folder
// says.
type Options struct {
	Strict bool            // warnings fail, also where the run did not ask for it
	Rules  map[string]Rule // by requirement id
}

// A Rule is what a reader wants to know of a requirement that a scenario rests
// on.
type Rule struct {
	Text, Level, Grade, Source string

	Advice  string // to the author of a server
	Costs   string // what is at stake for a customer where it does not hold, in a sentence; "" when nobody said
	Gravity int    // ranks Costs: more is graver, 0 is not said

	Knob  string   // of an open point about Okta's client, the knob that turns it
	Warns []string // addresses and requirements that a good server may fail when it is turned
}

// Fold turns evidence into a report: outcomes are judged, cases that never
// finished are named, and the result follows. Pure.
func Fold(e *evidence.Evidence, o Options) Report {
	o.Strict = o.Strict || e.Run.Strict
	r := Report{
		Schema: "scimproof/result/v1", Tool: e.Run.Tool, Run: foldRun(e),
		Target: Target{e.Run.Target.Kind, e.Run.Target.Name, e.Run.Target.URL},
		Knobs:  e.Run.Knobs, Without: orEmpty(e.Run.Without),
		Scenarios: orEmpty(underKnobs(evidence.Judge(complete(e), e.Run.Target.Ours), e.Run.Knobs, o.Rules)),
		Leftovers: leftovers(e.Ledger),
		options:   o,
	}
	if r.Knobs == nil {
		r.Knobs = map[string]string{}
	}
	r.Coverage = covered(e.Run.Statements, r.Scenarios)
	r.Counts = count(r.Scenarios)
	r.Missing = missing(e, r)
	r.Result = r.result(r.Scenarios)
	r.Profiles = r.profiles()
	if len(r.Missing) > 0 && r.Result != Failure {
		r.Result = Incomplete
	}
	r.Exit = map[Result]int{Success: exitOK, Partial: exitOK, Failure: exitFailure, Incomplete: exitIncomplete}[r.Result]
	if e.End != nil && e.End.Unusable {
		r.Result, r.Exit = Incomplete, exitUnusable
	}
	return r
}

// underKnobs lowers to a warning what failed and what a good server may fail too when
// Okta is as the knobs have it.
func underKnobs(judged []evidence.Outcome, knobs map[string]string, rules map[string]Rule) []evidence.Outcome {
	for _, id := range slices.Sorted(maps.Keys(rules)) {
		rule := rules[id]
		value, turned := knobs[rule.Knob]
		if !turned {
			continue
		}
		for i, o := range judged {
			if o.Verdict == evidence.Fail && slices.ContainsFunc(rule.Warns, o.AnswersTo) {
				o.Verdict = evidence.Warn
				o.Notes = append(slices.Clone(o.Notes), fmt.Sprintf("a warning only: with %s=%s a good server may fail here", rule.Knob, value))
				judged[i] = o
			}
		}
	}
	return judged
}

// otherwise says how Okta was played, where that is not how it is believed to be;
// "" where it is.
func otherwise(knobs map[string]string) string {
	var turned []string
	for _, name := range slices.Sorted(maps.Keys(knobs)) {
		turned = append(turned, name+"="+knobs[name])
	}
	if len(turned) == 0 {
		return ""
	}
	return fmt.Sprintf("Okta was played with %s, and not as it is believed to be (scimproof list --inferences)", strings.Join(turned, ", "))
}

func foldRun(e *evidence.Evidence) Run {
	r := Run{
		ID: e.Run.ID, Seed: e.Run.Seed, Started: e.Run.Started, Clock: e.Run.Clock,
		Interrupted: e.End == nil || e.End.Interrupted, Reproduce: e.Run.Reproduce,
	}
	if e.End != nil {
		r.DurationMS = max(0, e.End.At.Sub(e.Run.Started).Milliseconds())
	}
	return r
}

// complete lists the outcomes in the order in which they were planned, and
// those that never came about as not tested. Of a scenario that was played
// twice the last outcome counts.
func complete(e *evidence.Evidence) []evidence.Outcome {
	type key struct{ req, row, dialect string }
	seen := map[key]evidence.Outcome{}
	var unplanned []key
	for _, o := range e.Outcomes {
		k := key{o.Req, o.Row, o.Dialect}
		if _, twice := seen[k]; !twice {
			unplanned = append(unplanned, k)
		}
		seen[k] = o
	}
	var all []evidence.Outcome
	add := func(o evidence.Outcome) {
		o.IDs, o.Tags, o.Steps = orEmpty(o.IDs), orEmpty(o.Tags), orEmpty(o.Steps)
		all = append(all, o)
	}
	for _, p := range e.Run.Planned {
		k := key{p.Req, p.Row, p.Dialect}
		if o, ok := seen[k]; ok {
			add(o)
		} else {
			add(p.Interrupted(whyNot(e)))
		}
		unplanned = slices.DeleteFunc(unplanned, func(u key) bool { return u == k })
	}
	for _, k := range unplanned {
		add(seen[k])
	}
	return all
}

func whyNot(e *evidence.Evidence) string {
	switch {
	case e.End == nil || e.End.Stopped == "":
		return "interrupted"
	case e.End.Interrupted:
		return "interrupted: " + e.End.Stopped
	}
	return "not played: " + e.End.Stopped
}

// missing says why the run has no full verdict, beyond what the target did.
func missing(e *evidence.Evidence, r Report) []string {
	why := outstanding(e)
	switch {
	case e.End == nil:
		why = append(why, "the run was killed, or is still going on")
	case e.End.Stopped != "":
		why = append(why, "the run ended early: "+e.End.Stopped)
	case e.End.Interrupted:
		why = append(why, "the run was interrupted")
	case !e.End.Finished:
		why = append(why, "the run did not finish")
	}
	if len(r.Scenarios) == 0 {
		why = append(why, "nothing was selected")
	} else if executed(r.Counts) == 0 {
		why = append(why, "nothing was executed")
	}
	if n := r.Counts[evidence.Error]; n > 0 {
		why = append(why, plural(n, "scenario")+" ended in an error of the harness or the network")
	}
	return why
}

// outstanding says what of ours may still be in use at the target: before all
// else, since it is others' and somebody has to go and look.
func outstanding(e *evidence.Evidence) []string {
	kinds := map[string]int{}
	for _, left := range evidence.Outstanding(e.Ledger) {
		kinds[left.Kind]++
	}
	var counted []string
	for _, kind := range []struct{ name, noun string }{{evidence.User, "account"}, {evidence.Group, "group"}} {
		if n := kinds[kind.name]; n > 0 {
			counted = append(counted, plural(n, kind.noun))
		}
	}
	if len(counted) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s of this run may still be active at the target; scimproof cleanup --run %s", strings.Join(counted, " and "), e.Run.ID+elsewhere(e))}
}

func executed(c Counts) int {
	return c[evidence.Pass] + c[evidence.Fail] + c[evidence.Warn] + c[evidence.Info] + c[evidence.Error]
}

// result of some scenarios, whatever became of the run as a whole.
func (r Report) result(scenarios []evidence.Outcome) Result {
	counts := count(scenarios)
	unfinished := func(o evidence.Outcome) bool {
		return o.Verdict == evidence.Error || o.Verdict == evidence.NotTested && o.BlockedBy == ""
	}
	gap := func(o evidence.Outcome) bool { return known(o) || r.declared(o) }
	switch {
	case slices.ContainsFunc(scenarios, r.fails):
		return Failure
	case executed(counts) == 0, slices.ContainsFunc(scenarios, unfinished):
		return Incomplete
	case slices.ContainsFunc(scenarios, gap):
		return Partial
	}
	return Success
}

// fails: the outcome makes the run fail. A listed deviation that no longer
// deviates does too, so that the list stays true.
func (r Report) fails(o evidence.Outcome) bool {
	if o.Deviation != "" {
		return o.Verdict == evidence.Pass
	}
	return o.Verdict == evidence.Fail || o.Verdict == evidence.Warn && r.options.Strict
}

// known: a deviation that somebody listed, with a reason.
func known(o evidence.Outcome) bool {
	return o.Deviation != "" && (o.Verdict == evidence.Fail || o.Verdict == evidence.Warn)
}

// declared: skipped for a gap that the person who ran it declared.
func (r Report) declared(o evidence.Outcome) bool {
	return o.Verdict == evidence.Skip && slices.ContainsFunc(o.Tags, func(tag string) bool {
		return slices.Contains(r.Without, strings.TrimPrefix(tag, "@"))
	})
}

func (r Report) profiles() []Profile {
	byName := map[string][]evidence.Outcome{}
	for _, o := range r.Scenarios {
		byName[o.Dialect] = append(byName[o.Dialect], o)
	}
	profiles := []Profile{}
	for name, scenarios := range byName {
		profiles = append(profiles, Profile{name, r.result(scenarios), count(scenarios)})
	}
	slices.SortFunc(profiles, func(a, b Profile) int { return cmp.Compare(dialectOrder(a.Name), dialectOrder(b.Name)) })
	return profiles
}

// dialectOrder puts scenarios without a dialect last.
func dialectOrder(name string) string { return cmp.Or(name, "~") }

func count(scenarios []evidence.Outcome) Counts {
	c := Counts{}
	for _, v := range verdicts {
		c[v] = 0
	}
	for _, o := range scenarios {
		c[o.Verdict]++
	}
	return c
}

var verdicts = []evidence.Verdict{
	evidence.Pass, evidence.Fail, evidence.Warn, evidence.Info, evidence.Skip, evidence.NotTested, evidence.Error,
}

func leftovers(ledger []evidence.Entry) []Leftover {
	left := []Leftover{}
	for _, e := range evidence.Standing(ledger) {
		state := cmp.Or(e.State, "left there")
		switch e.Act {
		case evidence.Intend:
			state = "perhaps there: its create was not answered with an id"
		case evidence.Made:
			state = "there, not tidied up"
		}
		left = append(left, Leftover{e.Kind, e.ID, e.Name, state})
	}
	return left
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// elsewhere is where a run's evidence lies, when it is not where cleanup looks by
// itself.
func elsewhere(e *evidence.Evidence) string {
	if e.Dir == "" || filepath.Base(e.Dir) == e.Run.ID {
		return ""
	}
	return " --dir " + e.Dir
}
