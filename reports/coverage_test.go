package reports

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A statement stands as the worst of what was seen of it does; what was skipped says
// something only where nothing else was seen.
func TestAStatementStandsAsItsWorstScenario(t *testing.T) {
	seen := func(verdicts ...evidence.Verdict) (all []evidence.Outcome) {
		for _, v := range verdicts {
			all = append(all, evidence.Outcome{Req: "a", IDs: []string{"F08", "S-49"}, Verdict: v})
		}
		return append(all, evidence.Outcome{Req: "b", IDs: []string{"S-4", "S-04"}, Verdict: evidence.Fail})
	}
	is := evidence.Statement{ID: "S-49", Scenarios: []string{"a"}}
	for name, tt := range map[string]struct {
		statement evidence.Statement
		seen      []evidence.Outcome
		want      Standing
	}{
		"all pass":                   {is, seen("pass", "pass"), "pass"},
		"one fails":                  {is, seen("pass", "fail", "error", "warn"), "fail"},
		"an error":                   {is, seen("pass", "error", "not tested", "warn"), "error"},
		"one was not tested":         {is, seen("warn", "not tested", "pass"), "not tested"},
		"a warning":                  {is, seen("pass", "warn", "skip"), "warn"},
		"a pass, and one skipped":    {is, seen("skip", "pass"), "pass"},
		"a pass, and worth knowing":  {is, seen("info", "pass"), "pass"},
		"worth knowing alone":        {is, seen("info", "info"), "info"},
		"all skipped":                {is, seen("skip", "skip"), "skip"},
		"its scenarios not selected": {is, seen(), "not selected"},
		"exempt":                     {evidence.Statement{ID: "S-49", Exempt: "so"}, seen(), "exempt"},
		"neither":                    {evidence.Statement{ID: "S-49"}, seen(), "no scenario"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, covered([]evidence.Statement{tt.statement}, tt.seen)[0].Standing)
		})
	}
}

func TestStatementsAreCountedInALine(t *testing.T) {
	for want, of := range map[string][]Standing{
		"":                                  nil,
		"1 of 1 statement shown":            {"pass"},
		"2 of 3 statements shown, 1 exempt": {"info", "exempt", "pass"},
		"1 of 7 statements shown, 2 fail, 1 warn, 1 skip, 1 not selected, 1 no scenario": {
			"no scenario", "not selected", "skip", "pass", "warn", "fail", "fail",
		},
	} {
		var r Report
		for _, s := range of {
			r.Coverage = append(r.Coverage, Covered{Standing: s})
		}
		assert.Equal(t, want, r.coverage())
	}
}

// Every report holds the statements, and none says anything of them where the evidence
// is from before there were any.
func TestEveryReportHoldsTheStatements(t *testing.T) {
	r := Fold(sample(), Options{})
	page, err := HTML(r, nil)
	require.NoError(t, err)
	result, err := JSON(r)
	require.NoError(t, err)
	const counted = "1 of 5 statements shown, 1 fail, 1 exempt, 1 not selected, 1 no scenario"
	for _, c := range r.Coverage {
		assert.Contains(t, string(page), "<code>"+c.ID+"</code> "+c.Text)
		assert.Contains(t, string(result), `"id": "`+c.ID+`"`)
		assert.Contains(t, Markdown(r), "| "+c.ID+" | ")
	}
	assert.Contains(t, string(page), counted)
	assert.Contains(t, Markdown(r), counted)
	assert.Contains(t, Text(r), `Of the provider's page, "Okta SAML SCIM": `+counted+"\n")
	assert.Contains(t, string(page), `<a href="#at-unassign-disables~upper-case.oin"><code>unassign-disables</code></a> <span class="tag fail">fail</span>`)
	assert.Contains(t, string(page), `id="at-unassign-disables~upper-case.oin"`)
	assert.Contains(t, string(page), `<code>import-links</code></td>`, "what was not played is no link")
	assert.Contains(t, string(page), `, <code>reassign-enables</code></td>`, "nor is another scenario's case")
	assert.Contains(t, string(page), `Okta alone decides it.</span> <span class="note">Go test: <code>mockokta.TestWho</code>`)

	before := sample()
	before.Run.Statements = nil
	r = Fold(before, Options{})
	page, err = HTML(r, nil)
	require.NoError(t, err)
	result, err = JSON(r)
	require.NoError(t, err)
	assert.Contains(t, string(result), `"coverage": [],`)
	for _, text := range []string{Text(r), Markdown(r), string(page)} {
		assert.NotContains(t, strings.ToLower(text), "provider's page")
	}
}
