package features

import (
	"fmt"
	"slices"
	"strings"
)

// statements is how many sentences the provider's page is in our reading of it: S-01
// to S-67.
const statements = 67

// A Statement is one of the provider's page, the page that this suite is built from,
// and how the suite shows it: by scenarios, or else by an exemption.
type Statement struct {
	ID        string
	Text      string // in our words, from the catalogue; "" where it has no entry
	Grade     string
	Scenarios []string  // that carry its tag, by address; an outline is there once
	Exempt    Exemption // the zero value when it is not exempt
}

// An Exemption is why no scenario can show a statement.
type Exemption struct {
	Why  string
	Test string // the Go test that shows it instead, "mockokta.TestX"; "" where there is none
}

// Coverage returns the statements of the provider's page in their order. An error
// names the file; it is a defect of the product, which its tests exclude.
func Coverage() ([]Statement, error) {
	catalogue, err := Requirements()
	if err != nil {
		return nil, err
	}
	scenarios, err := Scenarios()
	if err != nil {
		return nil, err
	}
	text, err := FS.ReadFile(exemptionsFile)
	if err != nil {
		return nil, err
	}
	exempt, err := readExemptions(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", exemptionsFile, err)
	}
	return cover(scenarios, catalogue, exempt), nil
}

const exemptionsFile = "exemptions.txt"

func cover(scenarios []Scenario, catalogue map[string]Requirement, exempt map[string]Exemption) []Statement {
	all := make([]Statement, statements)
	for i := range all {
		id := statementID(i)
		s := Statement{ID: id, Text: catalogue[id].Text, Grade: catalogue[id].Grade, Exempt: exempt[id]}
		for _, of := range scenarios {
			if slices.Contains(of.IDs, id) && !slices.Contains(s.Scenarios, of.Req) {
				s.Scenarios = append(s.Scenarios, of.Req)
			}
		}
		all[i] = s
	}
	return all
}

func statementID(i int) string { return fmt.Sprintf("S-%02d", i+1) }

// Holes says, in a sentence each, what is wrong with the table: a statement that
// nothing shows, an exemption that is none, and one whose Go test is not there, as
// isTest has it.
func Holes(table []Statement, isTest func(string) bool) []string {
	var holes []string
	for _, s := range table {
		shown, exempt := len(s.Scenarios) > 0, s.Exempt != Exemption{}
		switch {
		case s.Text == "":
			holes = append(holes, s.ID+" has no entry in features/requirements/seed.txt")
		case !shown && !exempt:
			holes = append(holes, s.ID+" is shown by no scenario, and features/"+exemptionsFile+" does not say why none can")
		case shown && exempt:
			holes = append(holes, fmt.Sprintf("%s is exempt, and shown by %s: take it out of features/%s", s.ID, strings.Join(s.Scenarios, ", "), exemptionsFile))
		case s.Exempt.Test != "" && !isTest(s.Exempt.Test):
			holes = append(holes, fmt.Sprintf("%s is exempt by the Go test %s, and there is no such test", s.ID, s.Exempt.Test))
		}
	}
	return holes
}

func readExemptions(text string) (map[string]Exemption, error) {
	all := map[string]Exemption{}
	id := ""
	for number, line := range strings.Split(text, "\n") {
		entry := strings.TrimSpace(line)
		e := all[id]
		switch test, isTest := strings.CutPrefix(entry, "Test: "); {
		case entry == "" || strings.HasPrefix(entry, "#"):
			continue
		case line[0] != ' ':
			if _, twice := all[entry]; twice {
				return nil, fmt.Errorf("line %d: %s is there twice", number+1, entry)
			}
			if !isStatement(entry) {
				return nil, fmt.Errorf("line %d: %q is no statement of the provider's page", number+1, entry)
			}
			id, e = entry, Exemption{}
		case id == "":
			return nil, fmt.Errorf("line %d stands before the first entry", number+1)
		case isTest:
			e.Test = test
		default:
			e.Why = strings.TrimSpace(e.Why + " " + entry)
		}
		all[id] = e
	}
	for id, e := range all {
		if e.Why == "" {
			return nil, fmt.Errorf("%s does not say why", id)
		}
	}
	return all, nil
}

func isStatement(id string) bool {
	for i := range statements {
		if statementID(i) == id {
			return true
		}
	}
	return false
}
