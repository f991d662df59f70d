package reports

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/reports/evidence"
)

func TestRankSumsAreAsInTheTables(t *testing.T) {
	for name, tt := range map[string]struct {
		a, b []float64
		want float64
	}{
		// Hollander and Wolfe, Nonparametric Statistical Methods (1973), p. 69, which R shows
		// at wilcox.test: W = 35, one-sided 0.1272.
		"permeability of membranes": {
			[]float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46},
			[]float64{1.15, 0.88, 0.90, 0.74, 1.21},
			0.2544,
		},
		"all apart, four a side":  {[]float64{1, 2, 3, 4}, []float64{5, 6, 7, 8}, 2.0 / 70},
		"all apart, three a side": {[]float64{4, 5, 6}, []float64{1, 2, 3}, 0.1},
		"one crosses":             {[]float64{1, 2, 3, 5}, []float64{4, 6, 7, 8}, 4.0 / 70},
		"all the same":            {[]float64{1, 1, 1}, []float64{1, 1}, 1},
		// Of the six ways to deal out the ranks 1.5, 1.5, 3, 4 two lie as far apart: 3 and 7.
		"a tie": {[]float64{1, 1}, []float64{2, 3}, 2.0 / 6},
		// Of the ten ways to deal out 1.5, 1.5, 3, 4, 5, whose halves are at 6, two lie as far
		// apart: 3 and 9.
		"a tie among five": {[]float64{0, 0}, []float64{1, 2, 3}, 2.0 / 10},
		"one":              {[]float64{1}, []float64{2}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			assert.InDelta(t, tt.want, rankSum(tt.a, tt.b), 5e-5)
			assert.InDelta(t, tt.want, rankSum(tt.b, tt.a), 5e-5, "the other way round")
		})
	}
}

func TestARankSumIsAProbabilityAndWithoutTiesNeverBelowTheLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Map(rapid.IntRange(0, 30), func(n int) float64 { return float64(n) })
		all := rapid.SliceOfN(number, 2, 12).Draw(t, "all")
		n := rapid.IntRange(1, len(all)-1).Draw(t, "of a")
		p := rankSum(all[:n], all[n:])
		sorted := slices.Sorted(slices.Values(all))
		if tied := len(slices.Compact(sorted)) < len(all); !(p > 0 && p <= 1+1e-12) || !tied && p < least(n, len(all)-n)-1e-12 {
			t.Fatalf("%v and %v: %v, and the least is %v", all[:n], all[n:], p, least(n, len(all)-n))
		}
	})
	assert.InDelta(t, 2.0/70, least(4, 4), 1e-12)
	assert.InDelta(t, 0.1, least(3, 3), 1e-12)
}

// of is a load run whose one phase has these figures.
func of(perSecond, p50, p99 float64) evidence.Load {
	l := content()
	p := l.Phases[0]
	p.Pace.PerSecond = perSecond
	p.Dialogues = []evidence.Latency{{Kind: "onboard", Count: 100, P50: p50, P99: p99}}
	p.Requests = nil
	l.Phases = []evidence.LoadPhase{p}
	return l
}

func sideOf(name string, runs ...evidence.Load) Side {
	s := Side{Runs: runs}
	for n := range runs {
		s.Dirs = append(s.Dirs, fmt.Sprintf("%s-%d", name, n+1))
	}
	return s
}

func rowOf(t *testing.T, c Comparison, what string) Contrast {
	t.Helper()
	n := slices.IndexFunc(c.Rows, func(r Contrast) bool { return r.What == what })
	require.GreaterOrEqual(t, n, 0, what)
	return c.Rows[n]
}

func TestSeveralRunsASideTellNoise(t *testing.T) {
	c := Compare(
		sideOf("a", of(50, 10, 20), of(50, 11, 40), of(50, 12, 30), of(50, 13, 25)),
		sideOf("b", of(50, 20, 22), of(50, 21, 35), of(50, 22, 33), of(50, 23, 21)),
	)
	slower := rowOf(t, c, "from when due: onboard p50")
	assert.Equal(t, Contrast{Phase: "onboard", What: "from when due: onboard p50", Unit: "ms", A: 11.5, B: 21.5, Noise: Beyond, Why: "p = 0.029"}, slower)
	assert.InDelta(t, 10/11.5, slower.Change(), 1e-9)
	assert.Equal(t, Within, rowOf(t, c, "from when due: onboard p99").Noise)
	assert.Equal(t, Within, rowOf(t, c, "done").Noise, "the same everywhere")
	assert.Empty(t, c.Settings)
	assert.Empty(t, c.Doubts)

	few := Compare(sideOf("a", of(50, 1, 2), of(50, 1, 2), of(50, 1, 2)), sideOf("b", of(50, 9, 9), of(50, 9, 9), of(50, 9, 9)))
	assert.Equal(t, Untold, rowOf(t, few, "from when due: onboard p50").Noise, "three runs a side cannot come below 0.1")
	assert.Contains(t, strings.Join(few.Method, " "), "So few runs cannot come below p = 0.1")
}

// spread is a run of 1,000 requests at equal distances up to a longest one, and of so
// many dialogues a bucket.
func spread(t *testing.T, longest int64, ended ...int) evidence.Load {
	h := hdrhistogram.New(1, 600e6, 3)
	for n := int64(1); n <= 1000; n++ {
		require.NoError(t, h.RecordValue(n*longest))
	}
	l := of(50, 1, 1)
	p := &l.Phases[0]
	p.Requests = []evidence.Latency{recorded("create", h)}
	p.Timeline = evidence.LoadTimeline{BucketMS: 1000}
	for _, n := range ended {
		p.Timeline.Buckets = append(p.Timeline.Buckets, evidence.LoadBucket{Ended: n})
	}
	return l
}

// With one run a side nothing is called more than noise: only more than within a run.
func TestOneRunASideTellsOfItsOwnPartsAlone(t *testing.T) {
	steady := []int{50, 52, 48, 50, 52, 48, 50, 52, 48, 50, 7} // the last one is not whole
	slower := []int{40, 42, 38, 40, 42, 38, 40, 42, 38, 40, 7}
	c := Compare(sideOf("a", spread(t, 10, steady...)), sideOf("b", spread(t, 20, slower...)))
	for _, what := range []string{"a request: create p50", "done"} {
		assert.Equal(t, BeyondInside, rowOf(t, c, what).Noise, what)
	}
	assert.NotContains(t, ComparisonText(c), Beyond+" (")
	assert.Contains(t, strings.Join(c.Method, " "), "One run a side cannot tell the noise between runs")
	same := Compare(sideOf("a", spread(t, 10, steady...)), sideOf("b", spread(t, 10, steady...)))
	for _, what := range []string{"a request: create p50", "a request: create p99", "done"} {
		assert.Equal(t, WithinInside, rowOf(t, same, what).Noise, what)
	}
	short := Compare(sideOf("a", spread(t, 10, 50, 50)), sideOf("b", spread(t, 10, 50, 50)))
	assert.Equal(t, Untold, rowOf(t, short, "done").Noise)
	assert.Equal(t, Untold, rowOf(t, short, "from when due: onboard p50").Noise, "its histogram is not there")
}

func TestIntervalsAreAsReckonedByHand(t *testing.T) {
	h := hdrhistogram.New(1, 600e6, 3)
	for n := int64(1); n <= 1000; n++ {
		require.NoError(t, h.RecordValue(n*1000)) // n ms
	}
	// √(0.5 × 0.5 / 1000) × 1.96 = 0.0310; √(0.99 × 0.01 / 1000) × 1.96 = 0.00617
	half, trouble := quantileOf(h, 50)
	assert.Empty(t, trouble)
	assert.InEpsilon(t, 469, half.from, 0.003)
	assert.InEpsilon(t, 531, half.to, 0.003)
	high, trouble := quantileOf(h, 99)
	assert.Empty(t, trouble)
	assert.InEpsilon(t, 983.8, high.from, 0.003)
	assert.InEpsilon(t, 996.2, high.to, 0.003)
	few := hdrhistogram.New(1, 600e6, 3)
	for range 380 { // √(0.0099 / 380) × 1.96 = 0.0100004: just too few
		require.NoError(t, few.RecordValue(1))
	}
	_, trouble = quantileOf(few, 99)
	assert.Equal(t, "380 values are too few for p99", trouble)

	// Ten stretches of 9 and 11 by turns: mean 10, deviation 1.054, 2.262 × 1.054 / √10 = 0.754.
	p := evidence.LoadPhase{Timeline: evidence.LoadTimeline{BucketMS: 1000}}
	for n := range 11 {
		p.Timeline.Buckets = append(p.Timeline.Buckets, evidence.LoadBucket{Ended: 9 + n%2*2})
	}
	rate, trouble := stretches(p)
	assert.Empty(t, trouble)
	assert.InDelta(t, 9.246, rate.from, 0.001)
	assert.InDelta(t, 10.754, rate.to, 0.001)
	p.Timeline.Buckets = p.Timeline.Buckets[:10]
	_, trouble = stretches(p)
	assert.NotEmpty(t, trouble, "the last bucket is not whole, and nine are not ten")
}

func TestWhatWasNotAskedForAlikeIsSaid(t *testing.T) {
	a, b := content(), content()
	b.Asked.Limits = []string{"slow-200ms", "changes-100"}
	b.Asked.People, b.Asked.Dialect, b.Target.URL, b.Knobs, b.Phases = 300, "aiw", "https://other.example.com", map[string]string{"lookup404": "failure"}, b.Phases[:1]
	c := Compare(sideOf("a", a), sideOf("b", b))
	said := strings.Join(c.Settings, "\n")
	for _, want := range []string{
		"people: 200 in A, 300 in B", "dialect: oin in A, aiw in B", "target: https://scim.example.com/v2 in A, https://other.example.com in B",
		"knobs: none in A, Okta was played with lookup404=failure", "phase mix: only in A", "limits for practice: none in A, slow-200ms,changes-100 in B",
	} {
		assert.Contains(t, said, want)
	}
	a.Target.Ours, b.Target.Ours, b.Target.Name = true, true, a.Target.Name
	assert.NotContains(t, strings.Join(Compare(sideOf("a", a), sideOf("b", b)).Settings, "\n"), "target", "a bundled server's port is no setting")
	assert.Equal(t, []string{"people: 200 and 300 in A, 200 in B"}, slices.DeleteFunc(settings(sideOf("a", content(), withPeople(300)), sideOf("b", content())), func(s string) bool { return !strings.HasPrefix(s, "people") }))
	invalid := strings.Join(Compare(sideOf("a", crowd()), sideOf("b", content())).Doubts, "\n")
	assert.Contains(t, invalid, "A, a-1 is not valid as a measurement: onboard: 45.2 a second were begun of 50 asked")
	assert.Contains(t, invalid, "A, a-1 ended in failure: of 200 people, 3 accounts are lost")
}

func withPeople(n int) evidence.Load {
	l := content()
	l.Asked.People = n
	return l
}

func TestAComparisonIsAsReviewed(t *testing.T) {
	c := Compare(
		sideOf("a", of(50, 10, 20), of(50, 11, 40), of(50, 12, 30), of(50, 13, 25)),
		sideOf("b", of(50, 20, 22), of(49, 21, 35), of(50, 22, 33), withPeople(300)),
	)
	path, got := filepath.Join("testdata", "compare.txt"), ComparisonText(c)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func TestNothingThatARunSaysActsOnTheReaderOfAComparison(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(payload, 1, 3).Draw(t, "text"), "")
		harmless(t, ComparisonText(Compare(sideOf(text, spoilt(text)), sideOf(text, spoilt("plain"), crowd()))))
	})
}
