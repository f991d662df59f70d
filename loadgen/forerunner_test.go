package loadgen

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/reports/evidence"
)

func TestNobodyIsMadeBeforeTheirBlockIsOnDisk(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		ledger, err := evidence.OpenLedger(dir, nil)
		require.NoError(t, err)
		defer ledger.Close()
		p := crowd.Population{Mark: "spr7k2abcd", Seed: 1, Size: 4 * block}
		f := newForerunner(ledger, p, "https://sp.example.test/scim/v2", time.Now)
		allowed := map[int]chan error{}
		for _, n := range []int{0, 2*block - 1, 2 * block} {
			answer := make(chan error, 1)
			allowed[n] = answer
			go func() { answer <- f.Write(f.entry(evidence.Intend, evidence.User, p.UserName(n))) }()
		}
		synctest.Wait()
		assert.Empty(t, allowed[0], "nothing is on disk yet")

		f.start()
		synctest.Wait()
		assert.Len(t, allowed[0], 1)
		assert.Len(t, allowed[2*block-1], 1, "it runs two blocks ahead")
		assert.Empty(t, allowed[2*block], "and no further")

		f.began(0)
		synctest.Wait()
		assert.Len(t, allowed[2*block], 1)
		assert.NoError(t, <-allowed[2*block])

		f.made(evidence.User, p.UserName(0), "42")
		require.NoError(t, f.close(func(n int) bool { return n == 0 }, nil))
	})
	entries, err := evidence.ReadLedger(dir)
	require.NoError(t, err)
	left := evidence.Outstanding(entries)
	require.Len(t, left, 1, "who was announced and never begun is struck out")
	assert.Equal(t, "42", left[0].ID)
}

func TestTheLedgerKnowsOnlyThePopulation(t *testing.T) {
	p := crowd.Population{Mark: "spr7k2abcd", Seed: 1, Size: 1}
	f := newForerunner(nil, p, "", time.Now)
	assert.ErrorContains(t, f.Write(f.entry(evidence.Intend, evidence.User, "boss@example.com")), "expects nobody")
	assert.ErrorContains(t, f.Write(f.entry(evidence.Intend, evidence.Group, "Everyone")), "expects no group")
}
