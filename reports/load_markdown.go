package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
)

// LoadMarkdown renders a load run for the summary of a CI job or a comment: the
// verdict first, and no figure before it is said whether it stands by itself. What
// anybody said stands in code spans or escaped.
func LoadMarkdown(l evidence.Load) string {
	p := &page{}
	p.line("# %s: %s", cameOut(l, strings.ToUpper(l.Result)), prose(loadInWords(l)))
	p.line("")
	for _, why := range slices.Concat(l.Deviates, l.Missing) {
		p.line("- %s", verbatim(why))
	}
	if doubtful(l) {
		p.line("- **Not valid as a measurement**: no figure below stands by itself")
		for _, why := range l.Invalid {
			p.line("    - %s", verbatim(why))
		}
	}
	for _, one := range inFigures(l) {
		p.line("- **%s**", prose(one))
	}
	if s := otherwise(l.Knobs); s != "" {
		p.line("- %s", verbatim(s))
	}
	if s := besides(l); s != "" {
		p.line("- %s", prose(s))
	}
	p.line("- target %s, run %s, seed %d, %s, %s, dialect %s", verbatim(Target{l.Target.Kind, l.Target.Name, l.Target.URL}.inWords()),
		verbatim(l.Run.ID), l.Run.Seed, prose(crowdOf(l)), prose(asked(l.Asked)), verbatim(l.Asked.Dialect))
	p.limitRows(l.SLOs)
	p.capacityRows(l.Capacity)
	for _, one := range l.Phases {
		p.phaseRows(one)
	}
	p.readRows(l)
	if l.Run.Reproduce != "" {
		p.line("")
		p.line("Again: %s", verbatim(l.Run.Reproduce))
	}
	return p.out.String()
}

// heading begins a table.
func (p *page) heading(title string, columns ...string) {
	p.line("")
	p.line("**%s**", prose(title))
	p.line("")
	if len(columns) > 0 {
		p.line("| %s |", strings.Join(columns, " | "))
		p.line("|%s", strings.Repeat(" --- |", len(columns)))
	}
}

func (p *page) limitRows(all []evidence.LoadSLO) {
	if len(all) == 0 {
		return
	}
	p.heading("Limits", "Verdict", "Limit", "Got")
	for _, s := range all {
		p.line("| %s | %s | %s |", prose(s.Verdict), prose(s.Limit), prose(s.Got))
	}
}

func (p *page) capacityRows(c *evidence.LoadCapacity) {
	if c == nil {
		return
	}
	p.heading("Capacity: "+capacityInWords(c), "A second", "Begun", "People", "Errors", "p50", "p99", "Limits")
	for _, s := range c.Steps {
		t := shownOf(s)
		p.line("| %.4g | %.4g | %d | %d | %s | %s | %s |", s.Rate, s.Achieved, s.People, s.Errors, t.P50, t.P99, prose(held(s)))
	}
}

func (p *page) phaseRows(one evidence.LoadPhase) {
	title := fmt.Sprintf("Phase %s: %d of %d begun, %d done, %s", one.Name, one.People.Began, one.Planned, one.People.Done, failed(one.People))
	if one.People.Began == 0 {
		p.heading(title)
		return
	}
	p.heading(title)
	for _, line := range circumstances(one) {
		p.line("- %s", prose(line))
	}
	for _, line := range unseen(one) {
		p.line("- %s", prose(strings.TrimSpace(line)))
	}
	for _, f := range one.Failures {
		p.line("- failed, %d × %s, such as: %s", f.Count, verbatim(f.Why), verbatim(f.Example))
	}
	p.line("")
	p.line("| Times | Count | p50 | p90 | p99 | Max | Answers |")
	p.line("|%s", strings.Repeat(" --- |", 7))
	for _, t := range timesOf(one) {
		s := shown(t.Latency)
		p.line("| %s | %d | %s | %s | %s | %s | %s |", prose(t.What), t.Count, s.P50, s.P90, s.P99, s.Max, prose(statuses(t.Status)))
	}
}

func (p *page) readRows(l evidence.Load) {
	if l.People.Began == 0 {
		return
	}
	p.heading("What was read back")
	for _, line := range counted(l.Readback) {
		p.line("- %s", prose(line))
	}
	for _, d := range l.Readback.Examples {
		p.line("- %s", verbatim(difference(d)))
	}
	if s := more(l.Readback); s != "" {
		p.line("- %s", verbatim(s))
	}
	for _, note := range l.Readback.Notes {
		p.line("- note: %s", verbatim(note))
	}
	if l.Left.Disabled+l.Left.Active > 0 {
		p.line("- Left at the target: %s", prose(left(l.Left)))
	}
}
