package figures

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/reports/evidence"
)

func TestTimesOutOfRangeAreClampedAndCounted(t *testing.T) {
	h := NewHistogram()
	for _, d := range []time.Duration{-time.Second, time.Nanosecond, time.Millisecond, time.Hour} {
		h.Record(d)
	}
	l := h.Latency("")
	assert.EqualValues(t, 4, l.Count)
	assert.EqualValues(t, 3, l.OutOfRange)
	assert.InDelta(t, 600_000, l.Max, 600)
}

// The distribution that is kept is the one that was measured, to the last count, and
// two of them can be added up.
func TestADistributionSurvivesItsForm(t *testing.T) {
	h := NewHistogram()
	for n := range 10_000 {
		h.Record(time.Duration(n) * 37 * time.Microsecond)
	}
	raw, err := json.Marshal(h.Latency("create"))
	require.NoError(t, err)
	var l evidence.Latency
	require.NoError(t, json.Unmarshal(raw, &l))
	kept, err := hdrhistogram.Decode([]byte(l.HDR))
	require.NoError(t, err)
	assert.True(t, kept.Equals(h.of))
	assert.Zero(t, kept.Merge(h.of))
	assert.EqualValues(t, 20_000, kept.TotalCount())
	assert.Less(t, len(l.HDR), 16<<10)
	sum := NewHistogram()
	sum.Add(h)
	assert.InEpsilon(t, 185*time.Millisecond, sum.Quantile(50), 0.001)
	assert.Empty(t, NewHistogram().Latency("none").HDR)
}
