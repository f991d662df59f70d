package pace

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWhenEachIsToBegin(t *testing.T) {
	for words, want := range map[string]map[int]time.Duration{
		"50":                  {0: 0, 1: 20 * time.Millisecond, 100: 2 * time.Second},
		"step 10:2s,50:20s":   {0: 0, 19: 1900 * time.Millisecond, 20: 2 * time.Second, 21: 2020 * time.Millisecond, 2020: 42 * time.Second},
		"ramp 10:30:10s":      {0: 0, 200: 10 * time.Second, 230: 11 * time.Second, 75: 5 * time.Second}, // 10·5 + 2·5²/2
		"ramp 30:10:10s":      {0: 0, 125: 5 * time.Second, 200: 10 * time.Second, 210: 11 * time.Second},
		"soak 20:10m":         {0: 0, 20: time.Second, 12_000: 10 * time.Minute},
		"step 1:1s,2:1s,4:1s": {0: 0, 1: time.Second, 3: 2 * time.Second, 7: 3 * time.Second, 11: 4 * time.Second},
	} {
		s, err := ParseSchedule(words)
		require.NoError(t, err, words)
		for n, at := range want {
			assert.InDelta(t, at.Seconds(), s.At(n).Seconds(), 1e-6, "%s: %d", words, n)
		}
		assert.Equal(t, words, s.String())
	}
	assert.Zero(t, Schedule{}.At(17), "a closed loop has no times")
	soak, _ := ParseSchedule("soak 20:10m")
	assert.Equal(t, 12_000, soak.Soaks())
	assert.Zero(t, Constant(50).Soaks())
	ramp, _ := ParseSchedule("ramp 10:30:10s")
	assert.InDelta(t, 20, ramp.Mean(201), 0.01)
	assert.EqualValues(t, 30, ramp.Highest())
	assert.EqualValues(t, 50, Constant(50).Mean(1))
}

func TestASchedulesWords(t *testing.T) {
	for words, problem := range map[string]string{
		"":      "it is no rate, as in 50, and begins with none of step, ramp and soak, as in step 10:20s,50:20s or ramp 10:200:60s or soak 20:10m",
		"bogus": "as in step 10:20s,50:20s", "0": "no rate between", "-1": "no rate between", "NaN": "no rate between", "Inf": "no rate between", "1e300": "no rate between", "1e7": "no rate between 0.001 and 1000000 a second",
		"50 x": "none of step, ramp and soak", "step": "no rate and time", "step 10": "no rate and time", "step 10:20": "no time", "step 10:-1s": "no time",
		"step 10:1s,": "no rate and time", "ramp 10:20s": "no rate and time", "ramp 10": "two rates and a time", "ramp x:10:1s": "no rate between",
		"soak 1000000:100h": "more than 10000000 people", "step 10:10000h": "no time",
	} {
		_, err := ParseSchedule(words)
		assert.ErrorContains(t, err, problem, words)
	}
}

// Nobody begins before the one who came before, and so many are due at a time as
// were to begin by then.
func TestASchedulesTimesGoForward(t *testing.T) {
	rate := rapid.Float64Range(slowest, 1e4)
	rapid.Check(t, func(t *rapid.T) {
		var s Schedule
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			s.parts = append(s.parts, part{rate.Draw(t, "from"), rate.Draw(t, "to"), time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "lasts"))})
		}
		last := rate.Draw(t, "last")
		s.parts = append(s.parts, part{from: last, to: last})
		n := rapid.IntRange(0, 100_000).Draw(t, "n")
		require.LessOrEqual(t, s.At(n), s.At(n+1))
		require.GreaterOrEqual(t, s.Due(s.At(n), n+10), n+1)
		if s.At(n+1) > s.At(n) {
			require.LessOrEqual(t, s.Due(s.At(n), n+1), n+1)
		}
	})
}

func FuzzParseSchedule(f *testing.F) {
	for _, s := range []string{"50", "step 10:2s,50:20s", "ramp 10:30:10s", "soak 20:10m", "ramp 1e6:0.001:1ns"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		schedule, err := ParseSchedule(s)
		if err != nil {
			return
		}
		if schedule.At(1) < 0 || schedule.At(1_000_000) < schedule.At(1000) || schedule.Highest() > Fastest {
			t.Errorf("%q: %v, %v", s, schedule.At(1), schedule.At(1_000_000))
		}
		again, err := ParseSchedule(schedule.String())
		if err != nil || again.String() != schedule.String() {
			t.Errorf("%q is not read again: %v", schedule, err)
		}
	})
}
