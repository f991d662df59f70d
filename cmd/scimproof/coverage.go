package main

import (
	"io"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports/evidence"
)

// listCoverage shows how the suite shows each statement of the provider's page, or each
// of those that any of the cases shows.
func listCoverage(out io.Writer, cases []features.Case, whole bool) error {
	statements, err := features.Coverage()
	if err != nil {
		return err
	}
	var p sheet
	for _, s := range statements {
		if !whole && !slices.ContainsFunc(cases, func(c features.Case) bool { return slices.Contains(c.IDs, s.ID) }) {
			continue
		}
		p.item(s.ID, s.Grade, s.Text)
		shown := strings.Join(s.Scenarios, ", ")
		if shown == "" && s.Exempt.Why == "" {
			shown = "no scenario"
		}
		p.detail("Shown by", shown)
		p.detail("Exempt", s.Exempt.Why)
		p.detail("Go test", s.Exempt.Test)
	}
	_, err = io.WriteString(out, p.out.String())
	return err
}

// statementsOf are the statements as a run's evidence keeps them.
func statementsOf(all []features.Statement) []evidence.Statement {
	var kept []evidence.Statement
	for _, s := range all {
		kept = append(kept, evidence.Statement{
			ID: s.ID, Text: s.Text, Grade: s.Grade, Scenarios: s.Scenarios, Exempt: s.Exempt.Why, ShownBy: s.Exempt.Test,
		})
	}
	return kept
}
