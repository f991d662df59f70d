package reports

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
)

// Markdown renders a report for the summary of a CI job or a comment: short, the
// verdict first. What anybody said stands in code spans, where nothing is markup,
// a mention or a link.
func Markdown(r Report) string {
	p := &page{}
	p.line("# %s: %s", strings.ToUpper(string(r.Result)), prose(inWords(r)))
	p.line("")
	for _, why := range r.Missing {
		p.line("- %s", verbatim(why))
	}
	if s := otherwise(r.Knobs); s != "" {
		p.line("- %s", verbatim(s))
	}
	p.line("- target %s, run %s, seed %d", verbatim(r.Target.inWords()), verbatim(r.Run.ID), r.Run.Seed)
	p.counted(r)
	p.statements(r)
	p.told("Failures", ranked(r), r)
	p.told("Errors", r.with(evidence.Error), r)
	p.told("Warnings", r.warnings(), r)
	if r.Run.Reproduce != "" {
		p.line("")
		p.line("Again: %s", verbatim(r.Run.Reproduce))
	}
	return p.out.String()
}

// counted is the table of verdicts by feature and dialect.
func (p *page) counted(r Report) {
	if len(r.Scenarios) == 0 {
		return
	}
	p.line("")
	p.line("| Feature | Dialect | Scenarios |")
	p.line("| --- | --- | --- |")
	for _, s := range suites(r.Scenarios) {
		p.line("| %s | %s | %s |", prose(s.feature), prose(cmp.Or(s.dialect, "-")), s.counts())
	}
}

// statements is the table of the provider's page, folded away below its count.
func (p *page) statements(r Report) {
	if len(r.Coverage) == 0 {
		return
	}
	p.line("")
	p.line("<details><summary>Of %s: %s</summary>", prose(providersPage), prose(r.coverage()))
	p.line("")
	p.line("| Statement | In our words | Grade | Standing | Shown by |")
	p.line("| --- | --- | --- | --- | --- |")
	for _, c := range r.Coverage {
		var by []string
		for _, address := range c.Scenarios {
			by = append(by, prose(address)) // a bar in a code span would end the cell
		}
		if c.Exempt != "" {
			by = append(by, prose(joined(c.Exempt, c.ShownBy)))
		}
		p.line("| %s | %s | %s | %s | %s |", prose(c.ID), prose(c.Text), prose(c.Grade), c.Standing, strings.Join(by, ", "))
	}
	p.line("")
	p.line("</details>")
}

// summaryCases are told in full; more are counted, since a summary is read at
// one glance.
const summaryCases = 20

func (p *page) told(title string, scenarios []evidence.Outcome, r Report) {
	if len(scenarios) == 0 {
		return
	}
	p.line("")
	p.line("**%s**", title)
	p.line("")
	for i, o := range scenarios {
		if i == summaryCases {
			p.line("")
			p.line("… and %d more, in report.html", len(scenarios)-i)
			return
		}
		p.line("%d. **%s** %s", i+1, prose(o.Name), verbatim(address(o)))
		p.item("at stake", prose(r.atStake(o).Costs))
		p.item("at", verbatim(o.Step))
		p.item("seen", verbatim(headline(o)))
		p.item("to change", prose(o.Advice))
	}
}

func (p *page) item(label, value string) {
	if value != "" {
		p.line("    - %s: %s", label, value)
	}
}

// longestVerbatim keeps a body that stands in a reason from filling the summary.
const longestVerbatim = 400

// verbatim is a code span, which is the one place in Markdown where a text is
// only a text. The fence is longer than any run of backticks in it; a bar would
// end a table's cell.
func verbatim(s string) string {
	if s == "" {
		return ""
	}
	s = shortened(inert(s), longestVerbatim)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fmt.Sprintf("%s %s %s", fence, s, fence)
}

// prose is our own words, with whatever Markdown would make of their punctuation
// undone.
func prose(s string) string {
	var out strings.Builder
	for _, r := range inert(s) {
		switch {
		case r == '@':
			out.WriteString("&#64;") // nobody is called upon
			continue
		case strings.ContainsRune("\\`*_{}[]<>#|~!&", r):
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}
