package evidence_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/reports/evidence"
)

func TestALoadRunThatWasKilledIsToldByItsLedger(t *testing.T) {
	dir := t.TempDir()
	folder, err := evidence.Create(dir, evidence.Run{ID: "spr7k2abcd", Load: &evidence.LoadAsked{People: 200, Dialect: "aiw"}}, nil)
	require.NoError(t, err)
	require.NoError(t, folder.Ledger.WriteAll([]evidence.Entry{
		{Act: evidence.Intend, Kind: evidence.User, Name: "ana"},
		{Act: evidence.Intend, Kind: evidence.User, Name: "ben"},
		{Act: evidence.Intend, Kind: evidence.User, Name: "cem"},
		{Act: evidence.Intend, Kind: evidence.User, Name: "dara"},
		{Act: evidence.Made, Kind: evidence.User, Name: "ana", ID: "1"},
		{Act: evidence.Made, Kind: evidence.User, Name: "ben", ID: "2"},
		{Act: evidence.Left, Kind: evidence.User, Name: "ben", ID: "2", State: "disabled"},
		{Act: evidence.Refused, Kind: evidence.User, Name: "dara"},
	}))
	seen, err := evidence.ReadLoad(dir)
	require.NoError(t, err)
	assert.Equal(t, "incomplete", seen.Result)
	assert.Equal(t, 200, seen.Asked.People)
	assert.Equal(t, evidence.LoadLeft{Disabled: 1, Active: 2}, seen.Left)
	assert.Equal(t, []string{
		"the run was killed before it had counted",
		"its ledger names 2 accounts, 1 of them with the target's id; the others were about to be made",
		"2 accounts of this run may still be active at the target; scimproof cleanup --run spr7k2abcd --dir " + dir,
	}, seen.Missing)
	require.NoError(t, folder.Finish(evidence.End{}))
}

func TestTheFolderOfScenariosIsNoLoadRuns(t *testing.T) {
	dir := t.TempDir()
	folder, err := evidence.Create(dir, evidence.Run{ID: "spr7k2abcd"}, nil)
	require.NoError(t, err)
	require.NoError(t, folder.Finish(evidence.End{}))
	_, err = evidence.ReadLoad(dir)
	assert.Error(t, err)
}
