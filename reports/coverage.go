package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A Covered is a statement of the page that the suite is built from, with what a run
// saw of it.
type Covered struct {
	evidence.Statement
	Standing Standing `json:"standing"`
}

// A Standing is the worst verdict of a statement's scenarios, or why there is none.
type Standing string

const (
	exempt      Standing = "exempt"       // no scenario can show it
	notSelected Standing = "not selected" // its scenarios were not asked for
	noScenario  Standing = "no scenario"  // and no exemption either: a hole in the suite
)

// standings are all there are, in the order in which the worst is looked for. What was
// skipped is said only of a statement whose scenarios all were: a screen that somebody's
// server has not takes nothing away from what was seen of the statement otherwise.
var standings = []Standing{
	Standing(evidence.Fail), Standing(evidence.Error), Standing(evidence.NotTested), Standing(evidence.Warn),
	Standing(evidence.Pass), Standing(evidence.Info), Standing(evidence.Skip),
	exempt, notSelected, noScenario,
}

func covered(all []evidence.Statement, scenarios []evidence.Outcome) []Covered {
	table := []Covered{}
	for _, s := range all {
		s.Scenarios = orEmpty(s.Scenarios)
		table = append(table, Covered{s, standing(s, outcomesOf(s, scenarios))})
	}
	return table
}

// outcomesOf are those that rest on the statement.
func outcomesOf(s evidence.Statement, scenarios []evidence.Outcome) []evidence.Outcome {
	return filter(scenarios, func(o evidence.Outcome) bool { return slices.Contains(o.IDs, s.ID) })
}

func standing(s evidence.Statement, seen []evidence.Outcome) Standing {
	switch {
	case len(seen) > 0:
		return standings[slices.IndexFunc(standings, func(is Standing) bool {
			return slices.ContainsFunc(seen, func(o evidence.Outcome) bool { return Standing(o.Verdict) == is })
		})]
	case s.Exempt != "":
		return exempt
	case len(s.Scenarios) > 0:
		return notSelected
	}
	return noScenario
}

// coverage counts the statements in a line: first those that are shown, which what is
// worth knowing does too. It is empty without any.
func (r Report) coverage() string {
	if len(r.Coverage) == 0 {
		return ""
	}
	counts := map[Standing]int{}
	for _, c := range r.Coverage {
		counts[c.Standing]++
	}
	pass, info := Standing(evidence.Pass), Standing(evidence.Info)
	parts := []string{fmt.Sprintf("%d of %s shown", counts[pass]+counts[info], plural(len(r.Coverage), "statement"))}
	for _, s := range standings {
		if n := counts[s]; n > 0 && s != pass && s != info {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}

// the page that the suite is built from, by its name.
const providersPage = `the provider's page, "Okta SAML SCIM"`
