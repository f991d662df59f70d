package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/target/fault"
)

type explain struct {
	Word string `arg:"" help:"A scenario's address, a requirement's id, or the name of a fault or a knob; see scimproof list, list --faults and list --inferences."`
}

func (explain) Help() string {
	return `Examples:

  scimproof explain unassign-disables
  scimproof explain S-49
  scimproof explain deletes-when-disabled
  scimproof explain emptyValue

Of a scenario: what it says, the requirements that it rests on with their sources and advice, and the mistakes that break it. Of a requirement: what it asks for, why, and the scenarios that rest on it. Of a fault: what goes wrong, where it was seen, what it breaks, and the command that shows it. Of a knob: what is open about Okta's client, what speaks for each of its values, what it concerns, and the command that turns it.`
}

func (e explain) Run(sh shell) error {
	b, err := readBook()
	if err != nil {
		return err
	}
	text, err := b.explain(e.Word)
	if err != nil {
		return err
	}
	_, err = io.WriteString(sh.out, text)
	return err
}

// A book is all that can be explained.
type book struct {
	scenarios    []features.Scenario
	requirements map[string]features.Requirement
	statements   []features.Statement
	mistakes     []mistake
	knobs        []provision.Knob
}

// A mistake is a fault, with what the specification says of it.
type mistake struct {
	fault.Fault
	features.Prediction
}

func readBook() (book, error) {
	b := book{knobs: provision.AllKnobs()}
	var err error
	if b.scenarios, err = features.Scenarios(); err != nil {
		return b, err
	}
	if b.requirements, err = features.Requirements(); err != nil {
		return b, err
	}
	if b.statements, err = features.Coverage(); err != nil {
		return b, err
	}
	for _, f := range fault.All() {
		p, err := features.PredictionOf(f.Name)
		if err != nil {
			return b, err
		}
		b.mistakes = append(b.mistakes, mistake{f, p})
	}
	return b, nil
}

// explain finds what a word names. Tags may be pasted as they stand in a feature
// file, and letter case does not matter: names differ in more than that.
func (b book) explain(word string) (string, error) {
	name := strings.TrimPrefix(strings.TrimPrefix(word, "@"), "req:")
	var p sheet
	for _, s := range b.scenarios {
		if strings.EqualFold(name, s.Req) || strings.EqualFold(name, s.Address()) {
			p.scenario(b, s)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(b.requirements)) {
		if strings.EqualFold(name, id) {
			p.requirement(b, b.requirements[id])
		}
	}
	for _, m := range b.mistakes {
		if strings.EqualFold(name, m.Name) {
			p.fault(b, m)
		}
	}
	for _, n := range b.knobs {
		if strings.EqualFold(name, n.Name) {
			p.knob(b, n)
		}
	}
	if p.out.Len() == 0 {
		return "", fmt.Errorf("no scenario, requirement, fault or knob is called %q; %s", word,
			perhaps(name, b.names(), "scimproof list, list --faults and list --inferences"))
	}
	return p.out.String(), nil
}

// names are all words that can be explained.
func (b book) names() []string {
	names := slices.Collect(maps.Keys(b.requirements))
	for _, s := range b.scenarios {
		names = append(names, s.Address())
	}
	for _, m := range b.mistakes {
		names = append(names, m.Name)
	}
	for _, n := range b.knobs {
		names = append(names, n.Name)
	}
	return names
}

// dialects are those in which the fault breaks a scenario.
func (m mistake) dialects(s features.Scenario) []string {
	var broken []string
	for _, d := range s.Dialects() {
		if m.Kills(features.Kill{Address: s.Address(), Dialect: d}) {
			broken = append(broken, d)
		}
	}
	return broken
}

// showsIn says whether the fault was seen in failures of this id.
func (m mistake) showsIn(id string) bool {
	words := strings.FieldsFunc(m.Seen, func(r rune) bool { return strings.ContainsRune(" ,;:()", r) })
	return slices.Contains(words, id)
}

// turns is the entry of the catalogue about the point that a knob turns.
func (b book) turns(knob string) features.Requirement {
	for _, r := range b.requirements {
		if r.Knob == knob {
			return r
		}
	}
	return features.Requirement{}
}

// named are the scenarios that a list of ids and addresses names.
func (b book) named(words []string) []features.Scenario {
	var all []features.Scenario
	for _, s := range b.scenarios {
		if slices.ContainsFunc(words, s.AnswersTo) {
			all = append(all, s)
		}
	}
	return all
}
