package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/reports"
)

func TestListCoverage(t *testing.T) {
	code, out, err := shellRun(t, "list", "--coverage")
	require.Equal(t, ok, code, err)
	for i := range 67 {
		require.Contains(t, out, fmt.Sprintf("  S-%02d  documented\n", i+1), out)
	}
	require.Contains(t, out, "Shown by: assign-creates, ")
	require.Contains(t, out, "Exempt: Okta alone decides it")
	require.Contains(t, out, "Go test: mockokta.TestWithoutTheAdministratorRoleNothingIsSaid")

	code, out, err = shellRun(t, "list", "--coverage", "--only", "unassign-disables")
	require.Equal(t, ok, code, err)
	require.Equal(t, 2, strings.Count(out, "  documented\n"), out)
	require.Contains(t, out, "S-05  documented")
	require.Contains(t, out, "S-49  documented")

	code, out, err = shellRun(t, "explain", "S-02")
	require.Equal(t, ok, code, err)
	require.Contains(t, out, "Exempt    Okta alone decides it")
	require.NotContains(t, out, "none yet")
}

// A run keeps the statements, so that its reports need nothing else.
func TestARunKeepsTheStatements(t *testing.T) {
	dir := t.TempDir()
	code, _, said := shellRun(t, "check", "--only", "assign-creates", "--out", dir)
	require.Equal(t, ok, code, said)
	standings := func() map[string]reports.Covered {
		raw, err := os.ReadFile(filepath.Join(dir, "result.json"))
		require.NoError(t, err)
		var r reports.Report
		require.NoError(t, json.Unmarshal(raw, &r))
		require.Len(t, r.Coverage, 67)
		all := map[string]reports.Covered{}
		for _, c := range r.Coverage {
			all[c.ID] = c
		}
		return all
	}
	seen := standings()
	require.EqualValues(t, "pass", seen["S-04"].Standing)
	require.EqualValues(t, "not selected", seen["S-49"].Standing)
	require.EqualValues(t, "exempt", seen["S-02"].Standing)

	journal := filepath.Join(dir, "journal.jsonl")
	raw, err := os.ReadFile(journal)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(journal, []byte(strings.Replace(string(raw), seen["S-49"].Text, "Another year's words.", 1)), 0o600))
	code, out, said := shellRun(t, "report", dir)
	require.Equal(t, ok, code, said)
	require.Contains(t, out, "Of the provider's page")
	require.Equal(t, "Another year's words.", standings()["S-49"].Text)
}
