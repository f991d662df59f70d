package reports

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/scimproof/scimproof/reports/evidence"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func outcome(req, dialect string, v evidence.Verdict) evidence.Outcome {
	return evidence.Outcome{Req: req, Feature: "assignment", Dialect: dialect, Verdict: v, Level: "must", Grade: "documented"}
}

func with(o evidence.Outcome, change func(*evidence.Outcome)) evidence.Outcome { change(&o); return o }

func planned(outcomes ...evidence.Outcome) (all []evidence.Planned) {
	for _, o := range outcomes {
		all = append(all, evidence.Planned{Req: o.Req, Row: o.Row, Feature: o.Feature, Dialect: o.Dialect, Level: o.Level, Grade: o.Grade})
	}
	return all
}

func TestResultAndExitCodeGoTogether(t *testing.T) {
	finished := &evidence.End{At: noon, Finished: true}
	pass, fail := outcome("a", "aiw", evidence.Pass), outcome("b", "aiw", evidence.Fail)
	broke := outcome("c", "aiw", evidence.Error)
	skipped := with(outcome("d", "aiw", evidence.Skip), func(o *evidence.Outcome) { o.Tags = []string{"@groups"} })
	should := with(fail, func(o *evidence.Outcome) { o.Level = "should" })
	blocked := with(outcome("e", "aiw", evidence.NotTested), func(o *evidence.Outcome) { o.BlockedBy = "b" })
	listed := with(fail, func(o *evidence.Outcome) { o.Deviation = "we know" })
	told := outcome("f", "aiw", evidence.Info)
	made := evidence.Entry{Act: evidence.Made, Kind: evidence.User, Name: "ana-r7k2", ID: "42"}
	mended := with(pass, func(o *evidence.Outcome) { o.Deviation = "we know" })

	for name, tt := range map[string]struct {
		seen    []evidence.Outcome
		unseen  []evidence.Outcome // planned, and never finished
		end     *evidence.End
		without []string
		strict  bool
		ledger  []evidence.Entry
		want    Result
		exit    int
	}{
		"everything holds":                           {seen: []evidence.Outcome{pass}, end: finished, want: Success, exit: 0},
		"one failure":                                {seen: []evidence.Outcome{pass, fail}, end: finished, want: Failure, exit: 1},
		"a failure and what it blocks":               {seen: []evidence.Outcome{fail, blocked}, end: finished, want: Failure, exit: 1},
		"a failure outweighs an interruption":        {seen: []evidence.Outcome{fail}, unseen: []evidence.Outcome{pass}, end: nil, want: Failure, exit: 1},
		"a broken harness is no broken target":       {seen: []evidence.Outcome{pass, broke}, end: finished, want: Incomplete, exit: 3},
		"a killed run":                               {seen: []evidence.Outcome{pass}, end: nil, want: Incomplete, exit: 3},
		"an unreachable target":                      {seen: []evidence.Outcome{pass}, unseen: []evidence.Outcome{fail}, end: &evidence.End{Stopped: "unreachable"}, want: Incomplete, exit: 3},
		"an interrupted run":                         {seen: []evidence.Outcome{pass}, end: &evidence.End{Interrupted: true}, want: Incomplete, exit: 3},
		"a case that is missing without a word":      {seen: []evidence.Outcome{pass}, unseen: []evidence.Outcome{fail}, end: finished, want: Incomplete, exit: 3},
		"nothing selected":                           {end: finished, want: Incomplete, exit: 3},
		"nothing executed":                           {seen: []evidence.Outcome{skipped}, end: finished, without: []string{"groups"}, want: Incomplete, exit: 3},
		"something worth knowing is a final verdict": {seen: []evidence.Outcome{pass, told}, end: finished, want: Success, exit: 0},
		"nothing but what is worth knowing":          {seen: []evidence.Outcome{told}, end: finished, want: Success, exit: 0},
		"an account that was not tidied up":          {seen: []evidence.Outcome{pass}, end: finished, ledger: []evidence.Entry{made}, want: Incomplete, exit: 3},
		"a create that may have arrived":             {seen: []evidence.Outcome{pass}, end: finished, ledger: []evidence.Entry{{Act: evidence.Intend, Kind: evidence.Group, Name: "crew-r7k2"}}, want: Incomplete, exit: 3},
		"a failure outweighs an untidy end":          {seen: []evidence.Outcome{fail}, end: finished, ledger: []evidence.Entry{made}, want: Failure, exit: 1},
		"an account that stays on purpose":           {seen: []evidence.Outcome{pass}, end: finished, ledger: []evidence.Entry{made, {Act: evidence.Left, Kind: evidence.User, ID: "42", State: "disabled"}}, want: Success, exit: 0},
		"a refused token":                            {unseen: []evidence.Outcome{pass}, end: &evidence.End{Unusable: true, Stopped: "401"}, want: Incomplete, exit: 2},
		"a declared gap":                             {seen: []evidence.Outcome{pass, skipped}, end: finished, without: []string{"groups"}, want: Partial, exit: 0},
		"a gap that nobody declared":                 {seen: []evidence.Outcome{pass, skipped}, end: finished, want: Success, exit: 0},
		"a declared gap beside a failure":            {seen: []evidence.Outcome{fail, skipped}, end: finished, without: []string{"groups"}, want: Failure, exit: 1},
		"a should that fails is a warning":           {seen: []evidence.Outcome{pass, should}, end: finished, want: Success, exit: 0},
		"a warning fails a strict run":               {seen: []evidence.Outcome{pass, should}, end: finished, strict: true, want: Failure, exit: 1},
		"a listed deviation":                         {seen: []evidence.Outcome{pass, listed}, end: finished, want: Partial, exit: 0},
		"a listed deviation that is none more":       {seen: []evidence.Outcome{mended}, end: finished, want: Failure, exit: 1},
	} {
		t.Run(name, func(t *testing.T) {
			e := &evidence.Evidence{Outcomes: tt.seen, End: tt.end, Ledger: tt.ledger}
			e.Run = evidence.Run{Started: noon, Without: tt.without, Planned: planned(append(tt.seen, tt.unseen...)...)}
			r := Fold(e, Options{Strict: tt.strict})
			assert.Equal(t, tt.want, r.Result)
			assert.Equal(t, tt.exit, r.Exit)
			assert.Len(t, r.Scenarios, len(tt.seen)+len(tt.unseen), "every planned case is in the report")
			if tt.want == Incomplete {
				assert.NotEmpty(t, append(r.Missing, reasons(r)...), "and it says why")
			}
		})
	}
}

func reasons(r Report) (all []string) {
	for _, o := range r.Scenarios {
		if o.Verdict == evidence.NotTested {
			all = append(all, o.Reason)
		}
	}
	return all
}

func TestWhatMayStillBeInUseIsSaidFirst(t *testing.T) {
	var ledger []evidence.Entry
	for i := range 41 {
		ledger = append(ledger, evidence.Entry{Act: evidence.Made, Kind: evidence.User, ID: strconv.Itoa(i)})
	}
	for i := range 3 {
		ledger = append(ledger, evidence.Entry{Act: evidence.Intend, Kind: evidence.Group, Name: strconv.Itoa(i)})
	}
	both := "41 accounts and 3 groups of this run may still be active at the target; scimproof cleanup --run r7k2"
	for name, tt := range map[string]struct {
		ledger []evidence.Entry
		want   string
	}{
		"accounts and groups": {ledger, both},
		"one account":         {ledger[:1], "1 account of this run may still be active at the target; scimproof cleanup --run r7k2"},
		"groups alone":        {ledger[41:], "3 groups of this run may still be active at the target; scimproof cleanup --run r7k2"},
	} {
		t.Run(name, func(t *testing.T) {
			r := Fold(&evidence.Evidence{Run: evidence.Run{ID: "r7k2"}, Ledger: tt.ledger}, Options{})
			assert.Equal(t, tt.want, r.Missing[0])
			assert.Equal(t, "  "+tt.want, strings.Split(Text(r), "\n")[1])
		})
	}
}

func TestEachDialectHasItsResult(t *testing.T) {
	pass, fail := outcome("a", "aiw", evidence.Pass), outcome("b", "oin", evidence.Fail)
	for name, tt := range map[string]struct {
		seen []evidence.Outcome
		want []string
	}{
		"one fails, one holds":                  {[]evidence.Outcome{outcome("z", "", evidence.Pass), fail, pass}, []string{"aiw success", "oin failure", " success"}},
		"an error leaves only its own one open": {[]evidence.Outcome{pass, outcome("a", "oin", evidence.Error)}, []string{"aiw success", "oin incomplete"}},
		"one in which nothing was executed":     {[]evidence.Outcome{pass, outcome("a", "oin", evidence.Skip)}, []string{"aiw success", "oin incomplete"}},
	} {
		t.Run(name, func(t *testing.T) {
			run := evidence.Run{Planned: planned(tt.seen...)}
			var got []string
			for _, p := range Fold(&evidence.Evidence{Outcomes: tt.seen, Run: run, End: &evidence.End{Finished: true}}, Options{}).Profiles {
				got = append(got, p.Name+" "+string(p.Result))
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestScenariosStandAsPlannedAndTheLastWordCounts(t *testing.T) {
	a, b := outcome("a", "", evidence.Pass), outcome("b", "", evidence.Error)
	again := outcome("b", "", evidence.Pass)
	r := Fold(&evidence.Evidence{Outcomes: []evidence.Outcome{b, outcome("extra", "", evidence.Pass), a, again}, Run: evidence.Run{Planned: planned(a, b)}}, Options{})
	var got []string
	for _, o := range r.Scenarios {
		got = append(got, o.Req+" "+string(o.Verdict))
	}
	assert.Equal(t, []string{"a pass", "b pass", "extra pass"}, got)
}

func TestTheGravestFailureStandsFirst(t *testing.T) {
	inferred := with(outcome("inferred", "", evidence.Fail), func(o *evidence.Outcome) { o.Grade = "inference" })
	should := with(outcome("should", "", evidence.Fail), func(o *evidence.Outcome) { o.Level = "should" })
	plain, blocker := outcome("plain", "", evidence.Fail), outcome("blocker", "", evidence.Fail)
	waits := with(outcome("waits", "", evidence.NotTested), func(o *evidence.Outcome) { o.BlockedBy = "blocker" })
	costly := with(outcome("costly", "", evidence.Fail), func(o *evidence.Outcome) { o.IDs = []string{"F1", "F2"} })
	dear := with(outcome("dear", "", evidence.Fail), func(o *evidence.Outcome) { o.IDs = []string{"F3", "F1"} })
	seen := []evidence.Outcome{should, inferred, plain, costly, waits, dear, blocker}
	prices := map[string]Rule{"F1": {Gravity: 1}, "F2": {Gravity: 2}, "F3": {Gravity: 3}}

	r := Fold(&evidence.Evidence{Outcomes: seen, Run: evidence.Run{Target: evidence.Target{Ours: true}, Planned: planned(seen...)}}, Options{Strict: true, Rules: prices})
	var got []string
	for _, o := range ranked(r) {
		got = append(got, o.Req)
	}
	assert.Equal(t, []string{"dear", "costly", "blocker", "plain", "inferred", "should"}, got)
}

// What a good server may fail too when a knob is turned can only warn, and only then.
func TestATurnedKnobSparesAGoodServer(t *testing.T) {
	known := map[string]Rule{"OKTA-open-a": {Knob: "a", Warns: []string{"spared", "F10"}}}
	for name, tt := range map[string]struct {
		knobs map[string]string
		want  []evidence.Verdict // of spared, of one that rests on F10, of a third, and of one that passed
	}{
		"not turned":         {nil, []evidence.Verdict{evidence.Fail, evidence.Fail, evidence.Fail, evidence.Pass}},
		"turned":             {map[string]string{"a": "1"}, []evidence.Verdict{evidence.Warn, evidence.Warn, evidence.Fail, evidence.Pass}},
		"another was turned": {map[string]string{"b": "1"}, []evidence.Verdict{evidence.Fail, evidence.Fail, evidence.Fail, evidence.Pass}},
	} {
		t.Run(name, func(t *testing.T) {
			seen := []evidence.Outcome{
				{Req: "spared", Row: "row", Level: "must", Grade: "documented", Verdict: evidence.Fail, Notes: []string{"slow"}},
				{Req: "b", IDs: []string{"F10"}, Level: "must", Grade: "documented", Verdict: evidence.Fail},
				{Req: "c", IDs: []string{"F101"}, Level: "must", Grade: "documented", Verdict: evidence.Fail},
				{Req: "spared", Row: "other", Level: "must", Grade: "documented", Verdict: evidence.Pass},
			}
			e := &evidence.Evidence{Run: evidence.Run{Knobs: tt.knobs, Planned: planned(seen...)}, Outcomes: seen, End: &evidence.End{Finished: true}}
			r := Fold(e, Options{Rules: known})
			var got []evidence.Verdict
			for _, o := range r.Scenarios {
				got = append(got, o.Verdict)
			}
			assert.Equal(t, tt.want, got)
			if tt.want[0] == evidence.Warn {
				assert.Equal(t, []string{"slow", "a warning only: with a=1 a good server may fail here"}, r.Scenarios[0].Notes)
				assert.Equal(t, "Okta was played with a=1, and not as it is believed to be (scimproof list --inferences)", otherwise(r.Knobs))
				assert.Contains(t, Text(r), otherwise(r.Knobs))
				assert.Contains(t, Markdown(r), otherwise(r.Knobs))
			}
		})
	}
	assert.NotContains(t, Text(Fold(&evidence.Evidence{}, Options{})), "Okta was played")
}
