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
	p.turned(l.Knobs)
	p.line("  %s, target %s", joined(l.Tool.Name, l.Tool.Version), Target{l.Target.Kind, l.Target.Name, l.Target.URL}.inWords())
	p.line("  run %s, seed %d, %s, %d people, %s, dialect %s", l.Run.ID, l.Run.Seed,
		l.Run.Started.UTC().Format(time.RFC3339), l.Asked.People, asked(l.Asked), l.Asked.Dialect)
	if l.Run.SameProcess {
		p.line("  client and server share this process and its %d CPUs: no figure is the server's alone", l.Run.GoMaxProcs)
	}
	if l.People.Began > 0 {
		p.pace(l)
		p.times(l)
		p.readback(l.Readback)
	}
	p.loadFailures(l.Failures)
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
		return fmt.Sprintf("of %d people, %d accounts are lost, %d doubled, %d wrong", l.People.Began, r.Lost, r.Doubled, r.Wrong)
	case l.People.Refused > 0:
		return fmt.Sprintf("%d of %d dialogues were ended by what the target answered", l.People.Refused, l.People.Began)
	case len(l.Deviates) > 0:
		return "the target does what SCIM does not allow"
	case l.Result == "success":
		return fmt.Sprintf("%d people have one account each, as planned", l.People.Done)
	}
	return "no full verdict"
}

func asked(a evidence.LoadAsked) string {
	if a.Rate <= 0 {
		return fmt.Sprintf("%d at a time", a.Workers)
	}
	return fmt.Sprintf("%g a second, at most %d at a time", a.Rate, a.Workers)
}

// shortOf is the part of the asked rate below which a report says so.
const shortOf = 0.99

// fewPeople are too few for a rate: the last one's beginning decides it alone.
const fewPeople = 10

func (p *page) pace(l evidence.Load) {
	p.line("")
	if l.Asked.Rate <= 0 {
		p.line("Pace: %.1f people a second, closed loop", l.Pace.PerSecond)
		return
	}
	if l.People.Began < fewPeople {
		p.line("Pace: %d people are too few to tell whether %g a second was kept", l.People.Began, l.Asked.Rate)
		return
	}
	verdict := "kept"
	if l.Pace.Achieved < shortOf*l.Asked.Rate {
		verdict = "NOT kept"
	}
	p.line("Pace: %s, %.1f people a second begun of %g asked; %d began more than 100 ms late (half within %s, the last after %s)",
		verdict, l.Pace.Achieved, l.Asked.Rate, l.Pace.Late, ms(l.Pace.Lag.P50), ms(l.Pace.Lag.Max))
}

func (p *page) times(l evidence.Load) {
	p.line("")
	p.line("%-30s %8s %10s %10s %10s %10s  %s", "Times", "count", "p50", "p90", "p99", "max", "answers")
	p.latency("a person, from when due", l.Dialogue)
	if n := l.People.Unanswered + l.People.Throttled; n > 0 {
		p.line("%-30s %8d without an answer, who are not in these figures: they waited longer than any of them may show", "", n)
	}
	for _, one := range l.Requests {
		p.latency("a request: "+one.Kind, one)
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
	p.line("")
	p.line("Dialogues that failed")
	for _, f := range all {
		p.line("  %5d × %s", f.Count, f.Why)
		p.line("          such as: %s", f.Example)
	}
}
