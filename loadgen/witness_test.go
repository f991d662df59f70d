package loadgen_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/fault"
)

// crowdTold is a run at the bundled server, with a fault or none, that a witness is
// told of.
func crowdTold(t *testing.T, w loadgen.Witness, faults ...string) evidence.Load {
	t.Helper()
	var all []fault.Fault
	for _, f := range fault.All() {
		for _, name := range faults {
			if f.Name == name {
				all = append(all, f)
			}
		}
	}
	require.Len(t, all, len(faults))
	bundled, err := target.Bundled("", all...)
	require.NoError(t, err)
	defer bundled.Close()
	seen, err := loadgen.Run(t.Context(), loadgen.Config{
		Target: bundled, RunID: runID, People: 40, Workers: 4, Phases: []loadgen.Phase{loadgen.Onboard, loadgen.Push, loadgen.Offboard}, Witness: w,
	})
	require.NoError(t, err)
	return seen
}

// What is written is what vegeta reads, a result for each dialogue that load.json
// counts, with the same times.
func TestVegetaReadsTheResults(t *testing.T) {
	var file bytes.Buffer
	results := loadgen.NewVegetaResults(&file, nil)
	seen := crowdTold(t, results)
	require.NoError(t, results.Err())

	decode := vegeta.DecoderFor(&file)
	require.NotNil(t, decode)
	began, longest := map[string]int{}, map[string]float64{}
	metrics := &vegeta.Metrics{}
	for {
		var r vegeta.Result
		err := decode.Decode(&r)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		began[r.Attack]++
		longest[r.Attack] = max(longest[r.Attack], float64(r.Latency.Microseconds())/1000)
		assert.Equal(t, r.Attack, r.Method, "each of these phases has dialogues of its own kind")
		assert.Empty(t, r.URL)
		metrics.Add(&r)
	}
	metrics.Close()
	assert.InDelta(t, 1, metrics.Success, 1e-9)
	for _, p := range seen.Phases {
		assert.Equal(t, p.People.Began, began[p.Name], p.Name)
		assert.InEpsilon(t, p.Dialogues[0].Max, longest[p.Name], 0.002, p.Name)
	}
	assert.Len(t, began, 3)
}

func TestADialogueThatFailsIsNoSuccessToVegeta(t *testing.T) {
	var file bytes.Buffer
	results := loadgen.NewVegetaResults(&file, evidence.NewRedactor("a-secret"))
	results.Ended(loadgen.Ended{Phase: loadgen.Onboard, Kind: loadgen.KindOnboard, N: 7, Fate: "refused", Why: "HTTP status 400, a-secret\x1b[2J"})
	results.Ended(loadgen.Ended{Phase: loadgen.Onboard, Kind: loadgen.KindOnboard, N: 8, Fate: "not begun"})
	var r vegeta.Result
	decode := vegeta.NewDecoder(&file)
	require.NoError(t, decode.Decode(&r))
	assert.Equal(t, uint64(7), r.Seq)
	assert.Zero(t, r.Code)
	assert.NotContains(t, r.Error, "a-secret")
	assert.Regexp(t, `^refused: HTTP status 400, \[redacted.*\]\\x1b\[2J$`, r.Error)
	assert.ErrorIs(t, decode.Decode(&r), io.EOF)
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// A full disk loses the file, and not the run.
func TestAFullDiskEndsTheResultsAndNotTheRun(t *testing.T) {
	results := loadgen.NewVegetaResults(full{}, nil)
	seen := crowdTold(t, results)
	assert.Equal(t, "success", seen.Result)
	assert.ErrorContains(t, results.Err(), "no space left on device")
}
