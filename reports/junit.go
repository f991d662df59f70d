package reports

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
)

// JUnit's XML as CI services read it: a suite per feature and dialect. The
// format has no word for a warning, so a warning is a case that passed with
// something to say; it has none for "not tested", so that is skipped, with the
// reason.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		junitCounts
		Suites []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name string `xml:"name,attr"`
		junitCounts
		Cases []junitCase `xml:"testcase"`
	}
	junitCounts struct {
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Time     string `xml:"time,attr"` // seconds
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
		Skipped *junitMessage `xml:"skipped"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit renders a report as junit.xml.
func JUnit(r Report) ([]byte, error) {
	all := junitSuites{Name: inert(joined("scimproof", string(r.Result)))}
	var ms int64
	for _, s := range suites(r.Scenarios) {
		one := toSuite(r, s)
		all.Suites = append(all.Suites, one)
		all.add(one.junitCounts)
		for _, o := range s.scenarios {
			ms += o.DurationMS
		}
	}
	all.Time = seconds(ms)
	out, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("render junit.xml: %w", err)
	}
	return append([]byte(xml.Header), append(out, '\n')...), nil
}

func (c *junitCounts) add(o junitCounts) {
	c.Tests += o.Tests
	c.Failures += o.Failures
	c.Errors += o.Errors
	c.Skipped += o.Skipped
}

func toSuite(r Report, s suite) junitSuite {
	one := junitSuite{Name: inert(suiteName(s))}
	var ms int64
	for _, o := range s.scenarios {
		c := toCase(r, o, one.Name)
		one.Cases = append(one.Cases, c)
		one.add(junitCounts{Tests: 1, Failures: present(c.Failure), Errors: present(c.Error), Skipped: present(c.Skipped)})
		ms += o.DurationMS
	}
	one.Time = seconds(ms)
	return one
}

func present(m *junitMessage) int {
	if m == nil {
		return 0
	}
	return 1
}

func suiteName(s suite) string {
	if s.dialect == "" {
		return s.feature
	}
	return s.feature + " (" + s.dialect + ")"
}

func toCase(r Report, o evidence.Outcome, class string) junitCase {
	c := junitCase{Class: class, Name: inert(o.Address()), Time: seconds(o.DurationMS)}
	switch {
	case r.fails(o):
		c.Failure = &junitMessage{inert(headline(o)), details(r, o)}
	case o.Verdict == evidence.Error:
		c.Error = &junitMessage{inert(headline(o)), details(r, o)}
	case known(o):
		c.Skipped = &junitMessage{Message: inert("known deviation: " + o.Deviation)}
	case o.Verdict == evidence.Skip, o.Verdict == evidence.NotTested:
		c.Skipped = &junitMessage{Message: inert(o.Reason)}
	case o.Verdict == evidence.Warn, o.Verdict == evidence.Info:
		c.Out = inert(string(o.Verdict)+": "+headline(o)) + "\n" + details(r, o)
	default:
		c.Out = inert(strings.Join(o.Notes, "; "))
	}
	return c
}

// headline is the outcome in one sentence.
func headline(o evidence.Outcome) string {
	if o.Deviation != "" && o.Verdict == evidence.Pass {
		return "listed as a deviation (" + o.Deviation + "), and passes"
	}
	if len(o.Mismatches) > 0 {
		return o.Mismatches[0].Error()
	}
	return cmp.Or(o.Reason, string(o.Verdict))
}

// details is what the terminal shows of a scenario.
func details(r Report, o evidence.Outcome) string {
	p := &page{}
	p.scenario(1, o, r)
	_, rest, _ := strings.Cut(p.out.String(), "\n")
	return inert(o.Name) + "\n" + rest
}

func seconds(ms int64) string { return fmt.Sprintf("%.3f", float64(ms)/1000) }
