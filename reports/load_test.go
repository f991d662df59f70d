package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/reports/evidence"
)

// crowd is a load run that shows everything that such a report can show.
func crowd() evidence.Load {
	l := evidence.Load{
		Schema: evidence.LoadSchema, Tool: evidence.Tool{Name: "scimproof", Version: "0.1.0"},
		Run: evidence.LoadRun{
			ID: "spr7k2abcd", Seed: 1, Started: noon, DurationMS: 4210, Interrupted: true, SameProcess: true, GoMaxProcs: 2, Clock: "real",
			Reproduce: "scimproof load --people 200",
		},
		Target:   evidence.Target{Kind: "url", Name: "example", URL: "https://scim.example.com/v2"},
		Missing:  []string{"interrupted: 190 of 200 people were begun", "12 accounts of this run may still be active at the target"},
		Deviates: []string{"the directory could not be read back: the list of accounts from 101 on was answered with HTTP status 500"},
		Knobs:    map[string]string{"lookup404": "failure"},
		Asked:    evidence.LoadAsked{People: 200, Rate: 50, Workers: 1000, Dialect: "oin", TimeoutMS: 60000},
		People:   evidence.LoadPeople{Began: 190, Done: 170, Refused: 12, Guarded: 2, Unanswered: 4, Dropped: 3, Throttled: 1, Stopped: 3},
		Pace:     evidence.LoadPace{Achieved: 45.2, Late: 17, Lag: evidence.Latency{Kind: "lag", Count: 190, P50: 0.4, P90: 2, P99: 120, P999: 130, Max: 131, Mean: 5}, PerSecond: 40.1},
		Dialogue: evidence.Latency{Kind: "dialogue", Count: 182, P50: 12.3, P90: 20, P99: 310, P999: 400, Max: 401.5, Mean: 22, OutOfRange: 1},
		Requests: []evidence.Latency{
			{Kind: "look up", Count: 190, Status: map[string]int{"200": 189, "none": 1}, P50: 4, P90: 8, P99: 90, P999: 91, Max: 92, Mean: 7},
			{Kind: "create", Count: 180, Status: map[string]int{"201": 170, "500": 10, "none": 3}, P50: 6, P90: 9, P99: 95, P999: 96, Max: 97, Mean: 8},
		},
		Failures: []evidence.LoadFailure{{Why: "HTTP status 500", Count: 10, Example: "Automatic provisioning of user Ana Ruiz to app example failed"}},
		Readback: evidence.Readback{
			Accounts: 170, Ours: 165, Pages: 2, TookMS: 812.4, Lost: 3, Doubled: 1, Wrong: 2, ReadByID: 160,
			Examples: []evidence.Difference{{What: "lost", Name: "ana.ruiz.spr7k2abcd-7@scimproof.test", ID: "42", Why: "neither listed, nor found"}, {What: "doubled", Name: "ben", Why: "two accounts"}},
			Notes:    []string{"some accounts have an address besides that Okta did not send"},
		},
		Left: evidence.LoadLeft{Disabled: 150, Active: 12},
	}
	l.Result = l.Judge()
	return l
}

func TestTheTextOfALoadIsAsReviewed(t *testing.T) {
	path, got := filepath.Join("testdata", "load.txt"), LoadText(crowd())
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

// A rate that was not achieved is said not to have been kept: under 99 % of it.
func TestWhetherAPaceWasKept(t *testing.T) {
	for achieved, says := range map[float64]string{50: "Pace: kept", 49.6: "Pace: kept", 49.4: "Pace: NOT kept", 0: "Pace: NOT kept"} {
		l := crowd()
		l.Pace.Achieved = achieved
		assert.Contains(t, LoadText(l), says, "%v of 50", achieved)
	}
	few := crowd()
	few.People.Began = fewPeople - 1
	assert.Contains(t, LoadText(few), "too few to tell whether 50 a second was kept")
	loop := crowd()
	loop.Asked.Rate = 0
	assert.Contains(t, LoadText(loop), "Pace: 40.1 people a second, closed loop")
}

func TestWhatALoadRunComesTo(t *testing.T) {
	for name, tt := range map[string]struct {
		seen   evidence.Load
		result string
		exit   int
	}{
		"all is well":           {evidence.Load{People: evidence.LoadPeople{Began: 5, Done: 5}}, "success", 0},
		"one is lost":           {evidence.Load{Readback: evidence.Readback{Lost: 1}}, "failure", 1},
		"one is doubled":        {evidence.Load{Readback: evidence.Readback{Doubled: 1}}, "failure", 1},
		"one is wrong":          {evidence.Load{Readback: evidence.Readback{Wrong: 1}}, "failure", 1},
		"one is refused":        {evidence.Load{People: evidence.LoadPeople{Refused: 1}}, "failure", 1},
		"the target deviates":   {evidence.Load{Deviates: []string{"so"}, Missing: []string{"and so"}}, "failure", 1},
		"something is missing":  {evidence.Load{Missing: []string{"so"}}, "incomplete", 3},
		"the token was refused": {evidence.Load{Missing: []string{"so"}, Unusable: "so"}, "incomplete", 2},
	} {
		t.Run(name, func(t *testing.T) {
			tt.seen.Result = tt.seen.Judge()
			assert.Equal(t, tt.result, tt.seen.Result)
			assert.Equal(t, tt.exit, LoadExit(tt.seen))
		})
	}
}

func TestLoadJSONKeepsItsSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(LoadSchema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource("load.json", doc))
	schema, err := c.Compile("load.json")
	require.NoError(t, err)
	written := func(l evidence.Load) map[string]any {
		folder, err := evidence.Create(t.TempDir(), evidence.Run{ID: l.Run.ID}, nil)
		require.NoError(t, err)
		require.NoError(t, folder.WriteLoad(l))
		require.NoError(t, folder.Finish(evidence.End{}))
		raw, err := os.ReadFile(filepath.Join(folder.Dir, "load.json"))
		require.NoError(t, err)
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		require.NoError(t, err)
		return v.(map[string]any)
	}
	assert.NoError(t, schema.Validate(written(crowd())))
	for name, spoil := range map[string]func(map[string]any){
		"another result":        func(v map[string]any) { v["result"] = "fine" },
		"a member nobody knows": func(v map[string]any) { v["grade"] = 1 },
		"a member that is gone": func(v map[string]any) { delete(v, "left") },
		"a status that is none": func(v map[string]any) { v["dialogue"].(map[string]any)["status"] = map[string]any{"fine": 1} },
	} {
		v := written(crowd())
		spoil(v)
		assert.Error(t, schema.Validate(v), name)
	}
}

func TestNothingThatTheTargetSaysOfACrowdActsOnItsReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(payload, 1, 3).Draw(t, "text"), "")
		l := crowd()
		l.Missing, l.Deviates, l.Readback.Notes = []string{text}, []string{text}, []string{text}
		l.Tool.Name, l.Target.Name, l.Target.URL, l.Run.ID, l.Run.Reproduce, l.Asked.Dialect = text, text, text, text, text, text
		l.Failures = []evidence.LoadFailure{{Why: text, Count: 1, Example: text}}
		l.Readback.Examples = []evidence.Difference{{What: text, Name: text, ID: text, Why: text}}
		harmless(t, LoadText(l))
	})
}
