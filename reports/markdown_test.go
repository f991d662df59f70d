package reports

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/reports/evidence"
)

// active is a character with which Markdown, or a service that shows it, makes
// something of a text.
const active = "\\`*_{}[]<>#|~!&@"

func TestProseIsNotMarkup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got := prose(rapid.StringOf(rapid.RuneFrom([]rune(active+"ab ()-+.:/\n"))).Draw(t, "text"))
		rest := regexp.MustCompile("\\\\["+regexp.QuoteMeta(active)+"]|&#64;").ReplaceAllString(got, "")
		if strings.ContainsAny(rest, active) {
			t.Fatalf("%q is left with %q", got, rest)
		}
	})
}

func TestNothingLeavesACodeSpan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("`ab| @#<\n"))).Draw(t, "text")
		got := verbatim(text)
		if text == "" {
			return
		}
		fence := got[:strings.IndexByte(got, ' ')]
		inside := strings.TrimSuffix(strings.TrimPrefix(got, fence+" "), " "+fence)
		if strings.Trim(fence, "`") != "" || strings.Contains(inside, fence) || inside != inert(text) {
			t.Fatalf("%q is %q", text, got)
		}
	})
	assert.Empty(t, verbatim(""), "an empty span would be two backticks")
}

// Whatever stands in a cell of the table of statements stays in it.
func TestAStatementStaysInItsCells(t *testing.T) {
	const hostile = "a | <b>x</b> | `c` [d](e)"
	r := poison(hostile)
	rows := 0
	for line := range strings.Lines(Markdown(r)) {
		if !strings.HasPrefix(line, "| a \\|") {
			continue
		}
		if strings.Count(strings.ReplaceAll(line, "\\|", ""), "|") == 6 {
			rows++
			assert.NotRegexp(t, "(^|[^\\\\])[<`\\[]", line)
		}
	}
	assert.Equal(t, 2, rows)
}

func TestASummaryIsShort(t *testing.T) {
	e := sample()
	for range 10 {
		e.Outcomes = append(e.Outcomes, e.Outcomes...)[:min(len(e.Outcomes)*2, 100)]
	}
	for i := range e.Outcomes {
		e.Outcomes[i].Row, e.Outcomes[i].Verdict, e.Outcomes[i].Deviation = strings.Repeat("r", i), evidence.Fail, ""
		e.Outcomes[i].Level, e.Outcomes[i].Reason, e.Outcomes[i].Mismatches = "must", strings.Repeat("x", 1<<20), nil
	}
	e.Run.Planned = nil
	got := Markdown(Fold(e, Options{}))
	assert.Less(t, len(got), 32<<10)
	assert.Contains(t, got, "… and 80 more, in report.html")
}
