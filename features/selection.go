package features

import (
	"fmt"
	"slices"
	"strings"
)

// A Selection says which scenarios to play, and in which dialects. The zero
// value selects all.
type Selection struct {
	Only    []string // addresses, or ids of the catalogue; none means all
	Tags    string   // a tag expression: "@groups and not @import"
	Dialect string   // "aiw", "oin", or "" for both
	Without []string // gaps that the person who runs it declares: "groups", "import"
}

// A Case is one scenario in one dialect.
type Case struct {
	Scenario
	Dialect string // "" where it does not matter
	Gap     string // the declared gap that leaves it out, "" when it is to be played
}

// Gaps are what may be declared with --without: families of requests that a
// target does not offer to Okta.
var Gaps = []string{"groups", "import"}

// Choose returns the cases that a selection asks for, those left out by a
// declared gap included. An error says what in the selection is wrong; selecting
// nothing is not one.
func (s Selection) Choose(all []Scenario) ([]Case, error) {
	want, err := ParseTags(s.Tags)
	if err != nil {
		return nil, err
	}
	if err := s.check(all); err != nil {
		return nil, err
	}
	var cases []Case
	for _, scenario := range all {
		if !s.names(scenario) || !want(scenario.Tags) {
			continue
		}
		for _, dialect := range scenario.Dialects() {
			if s.Dialect == "" || dialect == "" || dialect == s.Dialect {
				cases = append(cases, Case{scenario, dialect, s.gap(scenario)})
			}
		}
	}
	return cases, nil
}

func (s Selection) check(all []Scenario) error {
	for _, name := range s.Only {
		if !slices.ContainsFunc(all, func(sc Scenario) bool { return sc.AnswersTo(name) }) {
			return fmt.Errorf("no scenario has the address or id %q; scimproof list shows them all", name)
		}
	}
	for _, gap := range s.Without {
		if !slices.Contains(Gaps, gap) {
			return fmt.Errorf("%q cannot be left out; --without takes %s", gap, strings.Join(Gaps, " or "))
		}
	}
	return nil
}

func (s Selection) names(scenario Scenario) bool {
	return len(s.Only) == 0 || slices.ContainsFunc(s.Only, func(name string) bool { return scenario.AnswersTo(name) })
}

// AnswersTo says whether a word names the scenario: its address, with or without
// the row, or an id that it rests on.
func (s Scenario) AnswersTo(name string) bool {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "@"), "req:")
	return name == s.Req || name == s.Address() || slices.Contains(s.IDs, name)
}

func (s Selection) gap(scenario Scenario) string {
	for _, gap := range s.Without {
		if slices.Contains(scenario.Tags, gap) {
			return gap
		}
	}
	return ""
}
