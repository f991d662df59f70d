package loadgen_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
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
		Target: bundled, RunID: runID, People: 40, Workers: 4, Phases: []crowd.Phase{crowd.Onboard, crowd.Push, crowd.Offboard}, Witness: w,
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
	results.Ended(loadgen.Ended{Phase: crowd.Onboard, Kind: crowd.KindOnboard, N: 7, Fate: "refused", Why: "HTTP status 400, a-secret\x1b[2J"})
	results.Ended(loadgen.Ended{Phase: crowd.Onboard, Kind: crowd.KindOnboard, N: 8, Fate: "not begun"})
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

// scraped is what a Prometheus reads, by series; comments aside.
func scraped(t *testing.T, h http.Handler) map[string]float64 {
	t.Helper()
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, answer.Code)
	series := map[string]float64{}
	for line := range strings.Lines(answer.Body.String()) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		at := strings.LastIndex(line, " ")
		value, err := strconv.ParseFloat(strings.TrimSpace(line[at:]), 64)
		require.NoError(t, err, line)
		series[line[:at]] = value
	}
	return series
}

// What a Prometheus reads after a run is what load.json says, and no series is named
// for an account.
func TestPrometheusCountsWhatTheRunCounts(t *testing.T) {
	for name, faults := range map[string][]string{"a good server": nil, "one that fails": {"stores-and-answers-500"}} {
		t.Run(name, func(t *testing.T) {
			metrics := loadgen.NewPrometheus()
			seen := crowdTold(t, metrics, faults...)
			got := scraped(t, metrics)
			fates := map[string]int{}
			for _, p := range seen.Phases {
				for series, want := range map[string]int{
					`scimproof_load_dialogues_begun_total{kind="` + p.Name + `",phase="` + p.Name + `"}`:                p.People.Began,
					`scimproof_load_dialogues_ended_total{fate="done",kind="` + p.Name + `",phase="` + p.Name + `"}`:    p.People.Done,
					`scimproof_load_dialogues_ended_total{fate="refused",kind="` + p.Name + `",phase="` + p.Name + `"}`: p.People.Refused,
					`scimproof_load_dialogue_response_seconds_count{kind="` + p.Name + `",phase="` + p.Name + `"}`:      int(p.Dialogues[0].Count),
				} {
					assert.Equal(t, float64(want), got[series], series)
				}
				for _, r := range p.Requests {
					for status, n := range r.Status {
						fates[`scimproof_load_requests_total{operation="`+r.Kind+`",status="`+status+`"}`] += n
					}
					fates[`scimproof_load_request_service_seconds_count{operation="`+r.Kind+`"}`] += int(r.Count)
				}
			}
			for series, want := range fates {
				assert.Equal(t, float64(want), got[series], series)
			}
			assert.Zero(t, got["scimproof_load_dialogues_in_flight"])
			assert.Less(t, len(got), 400, "few series, whatever the crowd")
			for series := range got {
				assert.NotContains(t, series, "/", "no address is a label")
				assert.NotContains(t, series, runID)
			}
			if len(faults) > 0 {
				assert.NotZero(t, seen.People.Refused, "the fault is to be seen")
			}
		})
	}
}

func TestAnAnswerThatNeverCameHasNoServiceTime(t *testing.T) {
	metrics := loadgen.NewPrometheus()
	metrics.Begins(crowd.Onboard, crowd.KindOnboard)
	metrics.Answered("create", 0, time.Second)
	got := scraped(t, metrics)
	assert.Equal(t, 1.0, got[`scimproof_load_requests_total{operation="create",status="none"}`])
	assert.NotContains(t, got, `scimproof_load_request_service_seconds_count{operation="create"}`)
	assert.Equal(t, 1.0, got["scimproof_load_dialogues_in_flight"])
}
