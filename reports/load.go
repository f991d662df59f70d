package reports

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
)

// LoadSchema is the JSON Schema of load.json.
//
//go:embed load.schema.json
var LoadSchema []byte

// LoadExit is the exit code that goes with a load run's result.
func LoadExit(l evidence.Load) int {
	switch {
	case l.Unusable != "":
		return exitUnusable
	case l.Result == "failure":
		return exitFailure
	case l.Result == "success":
		return exitOK
	}
	return exitIncomplete
}

// LoadText renders a load run for a terminal. The verdict comes first, so that
// nobody reads a rate without learning whether the accounts are there. Nothing
// in it can act on a terminal.
func LoadText(l evidence.Load) string {
	p := &page{}
	p.line("%s: %s", strings.ToUpper(l.Result), loadInWords(l))
	for _, why := range slices.Concat(l.Deviates, l.Missing) {
		p.line("  %s", why)
	}
	if len(l.Phases) > 0 && !l.Valid {
		p.line("INVALID as a measurement: no figure below stands by itself")
		for _, why := range l.Invalid {
			p.line("  %s", why)
		}
	}
	p.turned(l.Knobs)
	p.line("  %s, target %s", joined(l.Tool.Name, l.Tool.Version), Target{l.Target.Kind, l.Target.Name, l.Target.URL}.inWords())
	p.line("  run %s, seed %d, %s, %d people, %s, dialect %s", l.Run.ID, l.Run.Seed,
		l.Run.Started.UTC().Format(time.RFC3339), l.Asked.People, asked(l.Asked), l.Asked.Dialect)
	if l.Run.SameProcess {
		p.line("  client and server share this process and its %d CPUs: no figure is the server's alone", l.Run.GoMaxProcs)
	}
	p.slos(l.SLOs)
	p.capacity(l.Capacity)
	for _, phase := range l.Phases {
		p.phase(phase)
	}
	if l.People.Began > 0 {
		p.readback(l.Readback)
	}
	if l.Left.Disabled+l.Left.Active > 0 {
		p.line("")
		p.line("Left at the target: %d accounts disabled, %d not put away (see ledger.jsonl)", l.Left.Disabled, l.Left.Active)
	}
	if l.Run.Reproduce != "" {
		p.line("")
		p.line("Again: %s", l.Run.Reproduce)
	}
	return p.out.String()
}

func loadInWords(l evidence.Load) string {
	switch r := l.Readback; {
	case r.Bad() > 0:
		return notAsPlanned(l)
	case l.People.Refused > 0:
		return fmt.Sprintf("%d of %d dialogues were ended by what the target answered", l.People.Refused, l.People.Began)
	case len(l.Deviates) > 0:
		return "the target does what SCIM does not allow"
	case l.Result == "failure":
		return "a limit did not hold"
	case l.Result == "success":
		return asPlanned(l)
	}
	return "no full verdict"
}

func notAsPlanned(l evidence.Load) string {
	r := l.Readback
	words := fmt.Sprintf("of %d people, %d accounts are lost, %d doubled, %d wrong", l.Asked.People, r.Lost, r.Doubled, r.Wrong)
	if g := r.Groups; g != nil {
		words += fmt.Sprintf("; of %d groups, %d are lost, %d doubled, %d wrong, and of their members %d are lost and %d too many",
			l.Asked.Groups, g.Lost, g.Doubled, g.Wrong, g.MembersLost, g.MembersStrange)
	}
	return words
}

func asPlanned(l evidence.Load) string {
	words := fmt.Sprintf("%d people have one account each, as planned", l.Readback.Ours)
	if g := l.Readback.Groups; g != nil {
		words = fmt.Sprintf("%d people have one account each, and %d groups have their %d members, as planned", l.Readback.Ours, g.Groups, g.Members)
	}
	return words
}

func asked(a evidence.LoadAsked) string {
	if a.Rate <= 0 {
		return fmt.Sprintf("%d at a time", a.Workers)
	}
	return fmt.Sprintf("%g a second, at most %d at a time", a.Rate, a.Workers)
}

func (p *page) slos(all []evidence.LoadSLO) {
	if len(all) == 0 {
		return
	}
	p.line("")
	p.line("Limits")
	for _, s := range all {
		p.line("  %-10s %s: %s", s.Verdict, s.Limit, s.Got)
	}
}

func (p *page) capacity(c *evidence.LoadCapacity) {
	if c == nil {
		return
	}
	p.line("")
	switch {
	case c.Rate == 0:
		p.line("Capacity: none of the rates held the limits; %s", c.Ended)
	case c.Above == 0:
		p.line("Capacity: at least %.4g a second; %s", c.Rate, c.Ended)
	default:
		p.line("Capacity: %.4g a second held, %.4g did not; %s", c.Rate, c.Above, c.Ended)
	}
	p.line("%10s %10s %8s %8s %12s %12s  %s", "a second", "begun", "people", "errors", "p50", "p99", "limits")
	for _, s := range c.Steps {
		held := "held"
		if !s.Held {
			held = "not held: " + s.Why
		}
		p.line("%10.4g %10.4g %8d %8d %12s %12s  %s", s.Rate, s.Achieved, s.People, s.Errors, ms(s.P50), ms(s.P99), held)
	}
}

// phase tells of one phase, those who were never begun and the time with a full pool
// first: without them its times would flatter the target.
func (p *page) phase(one evidence.LoadPhase) {
	p.line("")
	p.line("Phase %s: %d of %d begun, %d done", one.Name, one.People.Began, one.Planned, one.People.Done)
	if one.People.Began == 0 {
		return
	}
	p.pace(one)
	if b := one.Backlog; b.FullMS > 0 || b.Most > 0 {
		p.line("Pool: full for %s, %d waited for a place at the worst moment", ms(b.FullMS), b.Most)
	}
	if n := one.Backlog.NotStarted; n > 0 {
		p.line("Not started: %d, who are in no figure", n)
	}
	if t := one.Throttle; t.Answers > 0 {
		p.line("Throttled: %d answers of 429, which asked for %s of waiting in all", t.Answers, ms(t.WaitedMS))
	}
	p.line("%-30s %8s %10s %10s %10s %10s  %s", "Times", "count", "p50", "p90", "p99", "max", "answers")
	for _, d := range one.Dialogues {
		p.latency("from when due: "+d.Kind, d)
	}
	if n := one.People.Unanswered + one.People.Throttled; n > 0 {
		p.line("%-30s %8d without an answer, who are not in these figures: they waited longer than any of them may show", "", n)
	}
	for _, r := range one.Requests {
		p.latency("a request: "+r.Kind, r)
	}
	p.loadFailures(one.Failures)
}

func (p *page) pace(one evidence.LoadPhase) {
	pace := one.Pace
	switch {
	case pace.Asked <= 0:
		p.line("Pace: %.1f a second, closed loop", pace.PerSecond)
	case one.TooFew():
		p.line("Pace: %d are too few to tell whether %g a second was kept", one.People.Began, pace.Asked)
	default:
		verdict := "kept"
		if !one.Kept() {
			verdict = "NOT kept"
		}
		p.line("Pace: %s, %.1f a second begun of %g asked; %d began more than 100 ms late (half within %s, the last after %s)",
			verdict, pace.Achieved, pace.Asked, pace.Late, ms(pace.Lag.P50), ms(pace.Lag.Max))
	}
}

func (p *page) latency(name string, l evidence.Latency) {
	p.line("%-30s %8d %10s %10s %10s %10s  %s", name, l.Count, ms(l.P50), ms(l.P90), ms(l.P99), ms(l.Max), statuses(l.Status))
	if l.OutOfRange > 0 {
		p.line("%-30s %8d out of the range of 1 µs to 10 min, counted at its ends", "", l.OutOfRange)
	}
}

func ms(v float64) string { return fmt.Sprintf("%.2f ms", v) }

func statuses(all map[string]int) string {
	var words []string
	for status, count := range all {
		words = append(words, fmt.Sprintf("%s × %d", status, count))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

func (p *page) readback(r evidence.Readback) {
	p.line("")
	p.line("Read back: %d accounts on %d pages, %d of this run, %d read by id, in %s: %d lost, %d doubled, %d wrong",
		r.Accounts, r.Pages, r.Ours, r.ReadByID, time.Duration(r.TookMS*1e6).Round(time.Millisecond), r.Lost, r.Doubled, r.Wrong)
	if g := r.Groups; g != nil {
		p.line("Groups: %d with %d members in all: %d lost, %d doubled, %d wrong; %d members lost, %d who should not be there",
			g.Groups, g.Members, g.Lost, g.Doubled, g.Wrong, g.MembersLost, g.MembersStrange)
	}
	for _, d := range r.Examples {
		p.line("  %s: %s (id %s): %s", d.What, d.Name, cmp.Or(d.ID, "unknown"), d.Why)
	}
	if shown := len(r.Examples); shown > 0 && shown < r.Bad() {
		p.line("  … and %d more", r.Bad()-shown)
	}
	for _, note := range r.Notes {
		p.line("  note: %s", note)
	}
}

func (p *page) loadFailures(all []evidence.LoadFailure) {
	if len(all) == 0 {
		return
	}
	p.line("Dialogues that failed")
	for _, f := range all {
		p.line("  %5d × %s", f.Count, f.Why)
		p.line("          such as: %s", f.Example)
	}
}
