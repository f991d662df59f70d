package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
)

// Text renders a report for a terminal: the verdict in words, then what failed,
// the gravest first, then the rest. Nothing in it can act on a terminal.
func Text(r Report) string {
	p := &page{}
	p.verdict(r)
	p.section("Failures", ranked(r), r)
	p.section("Errors", r.with(evidence.Error), r)
	p.section("Warnings", r.warnings(), r)
	p.brief("Worth knowing", r.with(evidence.Info))
	p.brief("Known deviations", filter(r.Scenarios, known))
	p.brief("Not tested", r.with(evidence.NotTested))
	p.brief("Skipped", r.with(evidence.Skip))
	p.table(r)
	p.covered(r)
	p.leftovers(r.Leftovers)
	if r.Run.Reproduce != "" {
		p.line("")
		p.line("Again: %s", r.Run.Reproduce)
	}
	return p.out.String()
}

// A page is written line by line, and each line is made inert.
type page struct{ out strings.Builder }

func (p *page) line(format string, args ...any) {
	p.out.WriteString(strings.TrimRight(inert(fmt.Sprintf(format, args...)), " ") + "\n")
}

func (p *page) verdict(r Report) {
	p.line("%s: %s", strings.ToUpper(string(r.Result)), inWords(r))
	for _, why := range r.Missing {
		p.line("  %s", why)
	}
	p.turned(r.Knobs)
	p.line("  %s, target %s", joined(r.Tool.Name, r.Tool.Version), r.Target.inWords())
	p.line("  run %s, seed %d, %s, took %s", r.Run.ID, r.Run.Seed, r.Run.Started.UTC().Format(time.RFC3339), time.Duration(r.Run.DurationMS)*time.Millisecond)
}

// turned says how Okta was played, where somebody asked for another than is believed.
func (p *page) turned(knobs map[string]string) {
	if s := otherwise(knobs); s != "" {
		p.line("  %s", s)
	}
}

// inWords names a target once: that of a URL is often its own name.
func (t Target) inWords() string {
	if t.Name == t.URL || t.Name == "" {
		return t.URL
	}
	return fmt.Sprintf("%s (%s) %s", t.Name, t.Kind, t.URL)
}

// inWords is the first line of every report; a gap that was declared is in it.
func inWords(r Report) string {
	var s string
	played := len(r.Scenarios) - len(r.with(evidence.Skip))
	switch failed := len(filter(r.Scenarios, r.fails)); {
	case r.Result == Failure:
		s = fmt.Sprintf("the target deviates in %d of %s", failed, plural(played, "scenario"))
	case r.Result == Incomplete:
		s = fmt.Sprintf("no full verdict on %s", plural(played, "scenario"))
	default:
		s = fmt.Sprintf("nothing required failed in %s", plural(played, "scenario"))
	}
	if n := len(r.Scenarios) - played; n > 0 {
		s += fmt.Sprintf(", %d skipped", n)
	}
	if slices.ContainsFunc(r.Scenarios, r.declared) {
		s += ", without " + strings.Join(r.Without, ", ")
	}
	if n := len(filter(r.Scenarios, known)); n > 0 {
		s += ", with " + plural(n, "known deviation")
	}
	return s
}

func (p *page) section(title string, scenarios []evidence.Outcome, r Report) {
	if len(scenarios) == 0 {
		return
	}
	p.line("")
	p.line("%s", title)
	for i, o := range scenarios {
		p.line("")
		p.scenario(i+1, o, r)
	}
}

func (p *page) scenario(n int, o evidence.Outcome, r Report) {
	p.line("%3d. %s: %s", n, address(o), o.Name)
	p.entry("at stake", r.atStake(o).Costs)
	p.entry("at", o.Step)
	p.entry("why", o.Reason)
	if o.Deviation != "" && o.Verdict == evidence.Pass {
		p.entry("why", "it is listed as a deviation ("+o.Deviation+"), and passes")
	}
	for _, m := range o.Mismatches {
		if m.Error() != o.Reason {
			p.entry("seen", m.Error())
		}
	}
	p.entry("look", o.Transcript)
	p.entry("advice", o.Advice)
	p.entry("note", strings.Join(o.Notes, "; "))
	p.entry("breaks", sourced(o.Breaks, r.options.Rules))
	p.entry("rests on", basis(o, r.options.Rules))
	if n := len(blockedBy(r.Scenarios, o)); n > 0 {
		p.entry("blocks", plural(n, "other scenario"))
	}
}

func (p *page) entry(label, value string) {
	if value != "" {
		p.line("     %-9s %s", label, value)
	}
}

func (p *page) brief(title string, scenarios []evidence.Outcome) {
	if len(scenarios) == 0 {
		return
	}
	p.line("")
	p.line("%s", title)
	for _, alike := range byReason(scenarios) {
		p.line("  %s", alike.why)
		if all := addresses(alike.scenarios); len(all) <= fewAddresses {
			p.line("    %s", strings.Join(all, ", "))
		} else {
			p.line("    %d scenarios, %s the first of them", len(all), all[0])
		}
	}
}

// fewAddresses that have the same to say are named; more are counted.
const fewAddresses = 20

// Scenarios that have the same to say, once.
type alike struct {
	why       string
	scenarios []evidence.Outcome
}

func byReason(scenarios []evidence.Outcome) []alike {
	var groups []alike
	for _, o := range scenarios {
		why := cmp.Or(o.Reason, "without a reason")
		if known(o) {
			why = o.Deviation
		}
		i := slices.IndexFunc(groups, func(g alike) bool { return g.why == why })
		if i < 0 {
			i = len(groups)
			groups = append(groups, alike{why: why})
		}
		groups[i].scenarios = append(groups[i].scenarios, o)
	}
	return groups
}

// table counts by feature and dialect.
func (p *page) table(r Report) {
	if len(r.Scenarios) == 0 {
		return
	}
	p.line("")
	var table strings.Builder
	columns := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(columns, "Feature\tDialect\tScenarios")
	for _, s := range suites(r.Scenarios) {
		fmt.Fprintf(columns, "%s\t%s\t%s\n", inert(s.feature), cmp.Or(s.dialect, "-"), s.counts())
	}
	columns.Flush()
	for row := range strings.Lines(table.String()) {
		p.line("%s", strings.TrimSuffix(row, "\n"))
	}
}

// covered counts the statements of the provider's page.
func (p *page) covered(r Report) {
	if s := r.coverage(); s != "" {
		p.line("")
		p.line("Of %s: %s", providersPage, s)
	}
}

func (p *page) leftovers(left []Leftover) {
	if len(left) == 0 {
		return
	}
	p.line("")
	p.line("Left at the target")
	for _, l := range leftoverLines(left) {
		p.line("  %s", l)
	}
}

func leftoverLines(left []Leftover) (lines []string) {
	for _, alike := range byState(left) {
		if len(alike) > fewLeftovers {
			lines = append(lines, fmt.Sprintf("%d %ss: %s; listed in result.json", len(alike), alike[0].Kind, alike[0].State))
			continue
		}
		for _, l := range alike {
			lines = append(lines, fmt.Sprintf("%s %q (id %s): %s", l.Kind, l.Name, cmp.Or(l.ID, "unknown"), l.State))
		}
	}
	return lines
}

// fewLeftovers of one state are named; more are counted.
const fewLeftovers = 3

func byState(left []Leftover) [][]Leftover {
	var groups [][]Leftover
	for _, l := range left {
		i := slices.IndexFunc(groups, func(g []Leftover) bool { return g[0].Kind == l.Kind && g[0].State == l.State })
		if i < 0 {
			groups = append(groups, []Leftover{l})
		} else {
			groups[i] = append(groups[i], l)
		}
	}
	return groups
}

// A suite is what one feature showed in one dialect.
type suite struct {
	feature, dialect string
	scenarios        []evidence.Outcome
}

// suites groups scenarios by feature and dialect, in order of appearance.
func suites(scenarios []evidence.Outcome) []suite {
	var all []suite
	for _, o := range scenarios {
		i := slices.IndexFunc(all, func(s suite) bool { return s.feature == o.Feature && s.dialect == o.Dialect })
		if i < 0 {
			i = len(all)
			all = append(all, suite{feature: o.Feature, dialect: o.Dialect})
		}
		all[i].scenarios = append(all[i].scenarios, o)
	}
	return all
}

func (s suite) counts() string {
	var parts []string
	counts := count(s.scenarios)
	for _, v := range verdicts {
		if n := counts[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return strings.Join(parts, ", ")
}

// ranked lists what fails, the gravest first: what is required before what is
// not, then what costs a customer most, blocks most, is best attested.
func ranked(r Report) []evidence.Outcome {
	failed := filter(r.Scenarios, r.fails)
	slices.SortStableFunc(failed, func(a, b evidence.Outcome) int {
		return cmp.Or(
			slices.Index(levels, b.Level)-slices.Index(levels, a.Level),
			r.atStake(b).Gravity-r.atStake(a).Gravity,
			len(blockedBy(r.Scenarios, b))-len(blockedBy(r.Scenarios, a)),
			slices.Index(grades, b.Grade)-slices.Index(grades, a.Grade),
		)
	})
	return failed
}

// atStake is the gravest of what an outcome's requirements say of their cost.
func (r Report) atStake(o evidence.Outcome) Rule {
	var gravest Rule
	for _, id := range o.Rules() {
		if rule := r.options.Rules[id]; rule.Gravity > gravest.Gravity {
			gravest = rule
		}
	}
	return gravest
}

// From the weakest to the strongest.
var (
	levels = []string{"may", "should", "must"}
	grades = []string{"inference", "staff said", "observed", "documented"}
)

func blockedBy(scenarios []evidence.Outcome, owner evidence.Outcome) []evidence.Outcome {
	return filter(scenarios, func(o evidence.Outcome) bool {
		by := strings.TrimPrefix(o.BlockedBy, "@req:")
		return (by == owner.Req || by == owner.Address()) && (o.Dialect == owner.Dialect || owner.Dialect == "" || o.Dialect == "")
	})
}

func (r Report) with(v evidence.Verdict) []evidence.Outcome {
	return filter(r.Scenarios, func(o evidence.Outcome) bool { return o.Verdict == v })
}

func (r Report) warnings() []evidence.Outcome {
	return filter(r.with(evidence.Warn), func(o evidence.Outcome) bool { return !known(o) && !r.fails(o) })
}

func filter(scenarios []evidence.Outcome, keep func(evidence.Outcome) bool) []evidence.Outcome {
	var kept []evidence.Outcome
	for _, o := range scenarios {
		if keep(o) {
			kept = append(kept, o)
		}
	}
	return kept
}

func address(o evidence.Outcome) string {
	if o.Dialect == "" {
		return o.Address()
	}
	return o.Address() + " (" + o.Dialect + ")"
}

func addresses(scenarios []evidence.Outcome) (all []string) {
	for _, o := range scenarios {
		all = append(all, address(o))
	}
	return all
}

// sourced are requirements, each with where it is said.
func sourced(ids []string, rules map[string]Rule) string {
	var all []string
	for _, id := range ids {
		if s := rules[id].Source; s != "" {
			id += " [" + s + "]"
		}
		all = append(all, id)
	}
	return strings.Join(all, ", ")
}

// basis is what a scenario rests on, and how sure that is.
func basis(o evidence.Outcome, rules map[string]Rule) string {
	return joined(sourced(o.IDs, rules), "("+strings.Join(slices.DeleteFunc([]string{o.Level, o.Grade}, func(s string) bool { return s == "" }), ", ")+")")
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" || s == "()" }), " ")
}

// inert keeps what the target may have written from acting on whoever reads it.
func inert(s string) string { return evidence.Inert(s) }
