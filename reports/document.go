package reports

import (
	"cmp"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A document is what the page shows, in its order: the template only sets it.
type document struct {
	Policy  string
	Style   template.CSS
	Script  template.JS
	Report  Report
	Verdict string // in words
	Target  string
	Okta    string // how it was played; "" where that is as it is believed to be
	Started string
	Took    string // "" when the run has no end
	Cut     string // which conversations are told in brief, and why; "" when none is

	Chapters  []chapter
	Briefs    []brief
	Leftovers []string
	Dialects  []option
	Features  []option
	Verdicts  []tally
	Matrix    []matrixRow
	Contents  []feature
	Covered   string // the statements of the provider's page, counted; "" without any
	Page      []statementRow
}

type (
	// A chapter tells of scenarios in full.
	chapter struct {
		ID, Title, Intro string
		Cases            []caseView
	}
	// A brief tells of scenarios in a line each kind.
	brief struct {
		ID, Title string
		Groups    []briefGroup
	}
	briefGroup struct {
		Why   string
		Cases []link
	}
	link struct {
		ID, Text string
		Key      key // for the filters
	}
	option struct{ Value, Text string }
	tally  struct {
		Verdict evidence.Verdict
		Class   string
		Count   int
	}
	matrixRow struct {
		Feature link
		Cells   [][]tally // by dialect, in the order of Dialects
	}
	feature struct {
		ID, Name string
		Cases    []caseView
	}
	// A statementRow is a statement of the provider's page.
	statementRow struct {
		Covered
		Class string
		By    []showing
	}
	// A showing is a scenario that shows a statement: Case is where it is told, and ""
	// when it was not played; Verdict is its worst, where that is no pass.
	showing struct {
		Case, Address string
		Verdict       evidence.Verdict
	}
	// key is what the filters know of a case.
	key struct{ Case, Verdict, Dialect, Feature string }
)

// A caseView is one scenario in one dialect.
type caseView struct {
	Key key
	evidence.Outcome
	N        int    // its place among those of its chapter
	ID       string // of its full account, else of its line
	Address  string
	Headline string // what went wrong, in a line
	Costs    string
	Why      string // the reason, where no mismatch says the same
	Rules    []ruleView
	Advice   []string
	Blocks   []link
	Talk     conversation
	Chapter  string // the one that tells it in full
}

type ruleView struct {
	ID string
	Rule
}

// noDialect stands in a filter for scenarios that have none.
const noDialect = "none"

// A subject is what a chapter will be about.
type subject struct {
	id, title, intro string
	scenarios        []evidence.Outcome
}

// subjects are the scenarios that are told in full, in the order in which they
// should be read.
func (r Report) subjects() []subject {
	return []subject{
		{"failures", "Failures", "Ranked: what is required first, then what costs a customer most.", ranked(r)},
		{"errors", "Errors", "The harness or the network broke: nothing is said of the target.", r.with(evidence.Error)},
		{"warnings", "Warnings", "Not required, or known by inference alone: the target may be right.", r.warnings()},
		{"info", "Worth knowing", "Nobody's fault.", r.with(evidence.Info)},
		{"known", "Known deviations", "Listed by the person who ran this, each with its reason.", filter(r.Scenarios, known)},
	}
}

func newDocument(r Report, read Transcripts) document {
	d := document{
		Policy: policy(), Style: template.CSS(pageStyle), Script: template.JS(pageScript),
		Report: r, Verdict: inWords(r), Target: r.Target.inWords(), Okta: otherwise(r.Knobs),
		Started: r.Run.Started.UTC().Format("2006-01-02 15:04:05 UTC"),
	}
	if r.Run.DurationMS > 0 {
		d.Took = (time.Duration(r.Run.DurationMS) * time.Millisecond).String()
	}
	b := &binder{report: r, read: read, features: r.features(), left: roomForTalk, told: map[string]string{}}
	for _, s := range r.subjects() {
		if len(s.scenarios) > 0 {
			d.Chapters = append(d.Chapters, b.chapter(s))
		}
	}
	d.Cut = b.cut()
	d.Contents = b.contents()
	d.Briefs = b.briefs()
	d.Leftovers = leftoverLines(r.Leftovers)
	d.Dialects, d.Features, d.Verdicts = b.dialects(), b.featureOptions(), tallies(r.Counts)
	d.Matrix = b.matrix(d.Dialects)
	d.Covered, d.Page = r.coverage(), b.statements()
	return d
}

// A binder puts a document together and knows what it has told already.
type binder struct {
	report   Report
	read     Transcripts
	features []string
	left     int               // bytes that conversations may still take
	short    int               // conversations that did not fit
	told     map[string]string // case → the chapter that tells it in full
}

func (r Report) features() []string {
	var names []string
	for _, o := range r.Scenarios {
		if !slices.Contains(names, o.Feature) {
			names = append(names, o.Feature)
		}
	}
	return names
}

func (b *binder) chapter(s subject) chapter {
	c := chapter{ID: s.id, Title: s.title, Intro: s.intro}
	for i, o := range s.scenarios {
		v := b.account(o)
		v.N = i + 1
		b.told[v.Key.Case] = s.title
		c.Cases = append(c.Cases, v)
	}
	return c
}

// account tells a scenario in full.
func (b *binder) account(o evidence.Outcome) caseView {
	v := b.view(o)
	v.Mismatches = legible(o.Mismatches)
	v.Headline = shortened(headline(o), lineShown)
	v.Costs = b.report.atStake(o).Costs
	switch {
	case o.Deviation != "" && o.Verdict == evidence.Pass:
		v.Why = headline(o)
	case !alreadySaid(o):
		v.Why = shortened(o.Reason, fieldShown)
	}
	v.Rules, v.Advice = b.rules(o), b.advice(o)
	for _, blocked := range blockedBy(b.report.Scenarios, o) {
		v.Blocks = append(v.Blocks, b.link(blocked))
	}
	v.Talk = b.inFull(o)
	return v
}

// So much of a text stands in a list, and of what was wanted or got; a target
// may have answered at any length.
const (
	lineShown  = 200
	fieldShown = 2 << 10
)

func legible(mismatches []evidence.Mismatch) []evidence.Mismatch {
	var all []evidence.Mismatch
	for _, m := range mismatches {
		m.What, m.Want, m.Got = shortened(m.What, fieldShown), shortened(m.Want, fieldShown), shortened(m.Got, fieldShown)
		all = append(all, m)
	}
	return all
}

func alreadySaid(o evidence.Outcome) bool {
	return slices.ContainsFunc(o.Mismatches, func(m evidence.Mismatch) bool { return m.Error() == o.Reason })
}

func (b *binder) view(o evidence.Outcome) caseView {
	k := b.key(o)
	return caseView{Key: k, Outcome: o, ID: k.Case, Address: address(o)}
}

func (b *binder) key(o evidence.Outcome) key {
	return key{
		Case: b.anchor(o), Verdict: class(o.Verdict), Dialect: cmp.Or(o.Dialect, noDialect),
		Feature: featureID(slices.Index(b.features, o.Feature)),
	}
}

func (b *binder) link(o evidence.Outcome) link { return link{b.anchor(o), address(o), b.key(o)} }

func featureID(i int) string { return "feature-" + strconv.Itoa(i+1) }

var plainAddress = regexp.MustCompile(`^[a-z0-9][a-z0-9./-]*$`)

// anchor is where a case stands in the page: its address, so that a link to it
// outlives the run; a number where that is no address of ours.
func (b *binder) anchor(o evidence.Outcome) string {
	name := o.Address()
	if o.Dialect != "" {
		name += "." + o.Dialect
	}
	if plainAddress.MatchString(name) {
		return "at-" + strings.ReplaceAll(name, "/", "~")
	}
	return "case-" + strconv.Itoa(slices.IndexFunc(b.report.Scenarios, func(s evidence.Outcome) bool {
		return s.Req == o.Req && s.Row == o.Row && s.Dialect == o.Dialect
	}))
}

func class(v evidence.Verdict) string { return strings.ReplaceAll(string(v), " ", "-") }

// rules has those that were seen broken first.
func (b *binder) rules(o evidence.Outcome) []ruleView {
	var all []ruleView
	for _, id := range o.Rules() {
		all = append(all, ruleView{id, b.report.options.Rules[id]})
	}
	for _, id := range o.IDs {
		if !slices.Contains(o.Rules(), id) {
			all = append(all, ruleView{id, b.report.options.Rules[id]})
		}
	}
	return all
}

// advice is that of each rule, one by one where they add up to the scenario's.
func (b *binder) advice(o evidence.Outcome) []string {
	var each []string
	for _, id := range o.Rules() {
		if a := b.report.options.Rules[id].Advice; a != "" && !slices.Contains(each, a) {
			each = append(each, a)
		}
	}
	switch {
	case o.Advice == "":
		return nil
	case strings.Join(each, " ") == o.Advice:
		return each
	}
	return []string{o.Advice}
}

// contents lists every scenario under its feature.
func (b *binder) contents() []feature {
	var all []feature
	for i, name := range b.features {
		f := feature{ID: featureID(i), Name: name}
		for _, o := range b.report.Scenarios {
			if o.Feature != name {
				continue
			}
			v := b.view(o)
			if v.Chapter = b.told[v.Key.Case]; v.Chapter == "" {
				v.Why, v.Talk = shortened(o.Reason, fieldShown), b.inBrief(o)
			}
			f.Cases = append(f.Cases, v)
		}
		all = append(all, f)
	}
	return all
}

func (b *binder) briefs() []brief {
	var all []brief
	for _, one := range []struct {
		id, title string
		verdict   evidence.Verdict
	}{{"not-tested", "Not tested", evidence.NotTested}, {"skipped", "Skipped", evidence.Skip}} {
		scenarios := b.report.with(one.verdict)
		if len(scenarios) == 0 {
			continue
		}
		out := brief{ID: one.id, Title: one.title}
		for _, group := range byReason(scenarios) {
			g := briefGroup{Why: shortened(group.why, fieldShown)}
			for _, o := range group.scenarios {
				g.Cases = append(g.Cases, b.link(o))
			}
			out.Groups = append(out.Groups, g)
		}
		all = append(all, out)
	}
	return all
}

func (b *binder) dialects() []option {
	var all []option
	for _, p := range b.report.Profiles {
		all = append(all, option{cmp.Or(p.Name, noDialect), cmp.Or(dialectNames[p.Name], p.Name)})
	}
	return all
}

var dialectNames = map[string]string{"aiw": "aiw (wizard, PUT)", "oin": "oin (catalogue, PATCH)", "": "no dialect"}

func (b *binder) featureOptions() []option {
	var all []option
	for i, name := range b.features {
		all = append(all, option{featureID(i), name})
	}
	return all
}

func tallies(c Counts) []tally {
	var all []tally
	for _, v := range verdicts {
		if c[v] > 0 {
			all = append(all, tally{v, class(v), c[v]})
		}
	}
	return all
}

func (b *binder) matrix(dialects []option) []matrixRow {
	var rows []matrixRow
	for i, name := range b.features {
		row := matrixRow{Feature: link{ID: featureID(i), Text: name}}
		for _, d := range dialects {
			row.Cells = append(row.Cells, tallies(count(filter(b.report.Scenarios, func(o evidence.Outcome) bool {
				return o.Feature == name && cmp.Or(o.Dialect, noDialect) == d.Value
			}))))
		}
		rows = append(rows, row)
	}
	return rows
}

// statements lists the provider's page.
func (b *binder) statements() []statementRow {
	var rows []statementRow
	for _, c := range b.report.Coverage {
		row := statementRow{Covered: c, Class: class(evidence.Verdict(c.Standing))}
		for _, address := range c.Scenarios {
			row.By = append(row.By, b.shows(c, address))
		}
		rows = append(rows, row)
	}
	return rows
}

// shows finds the worst of what a scenario's cases came to: the one to look at.
func (b *binder) shows(c Covered, address string) showing {
	seen := filter(outcomesOf(c.Statement, b.report.Scenarios), func(o evidence.Outcome) bool { return o.Req == address })
	if len(seen) == 0 {
		return showing{Address: address}
	}
	worst := slices.MinFunc(seen, func(x, y evidence.Outcome) int {
		return cmp.Compare(slices.Index(standings, Standing(x.Verdict)), slices.Index(standings, Standing(y.Verdict)))
	})
	s := showing{Case: b.anchor(worst), Address: address}
	if worst.Verdict != evidence.Pass {
		s.Verdict = worst.Verdict
	}
	return s
}

// file is the address of a file in the evidence folder, from the page beside it.
func file(path string) string { return (&url.URL{Path: path}).EscapedPath() }
