package evidence

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// LoadSchema names the form of load.json.
const LoadSchema = "scimproof/load/v1"

const loadName = "load.json"

// A Load is what a load run saw: load.json. All times are in milliseconds.
type Load struct {
	Schema string  `json:"schema"`
	Tool   Tool    `json:"tool"`
	Run    LoadRun `json:"run"`
	Target Target  `json:"target"`

	// Result is success, failure or incomplete: see Judge.
	Result  string   `json:"result"`
	Missing []string `json:"missing,omitempty"` // why the run is incomplete, in sentences
	// Deviates is what the target did that fails the run and is neither one
	// person's dialogue nor one account, in sentences.
	Deviates []string `json:"deviates,omitempty"`

	// Knobs are the open points about Okta's client that were not as by default.
	Knobs    map[string]string `json:"knobs,omitempty"`
	Asked    LoadAsked         `json:"asked"`
	People   LoadPeople        `json:"people"`
	Pace     LoadPace          `json:"pace"`
	Dialogue Latency           `json:"dialogue"` // response time: from the intended start to the last byte
	Requests []Latency         `json:"requests"` // service time by kind of request: from sending to the last byte
	Failures []LoadFailure     `json:"failures,omitempty"`
	Readback Readback          `json:"readback"`
	Left     LoadLeft          `json:"left"`
	Unusable string            `json:"unusable,omitempty"` // the configuration is at fault: the token was refused
}

// A LoadRun is the head of a load run.
type LoadRun struct {
	ID          string    `json:"id"`
	Seed        int64     `json:"seed"`
	Started     time.Time `json:"started"`
	DurationMS  float64   `json:"duration_ms"` // from the first start to the last end
	Interrupted bool      `json:"interrupted"`
	Reproduce   string    `json:"reproduce"`
	// SameProcess: the server shares the generator's process and its CPUs, so
	// that no figure is the server's alone.
	SameProcess bool   `json:"same_process,omitempty"`
	GoMaxProcs  int    `json:"gomaxprocs"`
	Clock       string `json:"clock"` // virtual or real: how waits after a 429 passed
}

// LoadAsked is what was asked for.
type LoadAsked struct {
	People    int     `json:"people"`
	Rate      float64 `json:"rate"` // people per second; 0 is a closed loop
	Workers   int     `json:"workers"`
	Dialect   string  `json:"dialect"`
	TimeoutMS float64 `json:"timeout_ms"`
}

// LoadPeople counts people by how their dialogue ended. Those who are in none of
// these were never begun.
type LoadPeople struct {
	Began      int `json:"began"`
	Done       int `json:"done"`       // Okta was content
	Refused    int `json:"refused"`    // ended by what the target answered
	Guarded    int `json:"guarded"`    // of those: Okta would have written to somebody else's account, and was not let
	Unanswered int `json:"unanswered"` // no answer: unknown what became of them
	Dropped    int `json:"dropped"`    // of those: the target took the connection, and dropped it or said nothing
	Throttled  int `json:"throttled"`  // gave up waiting after answers of 429
	Stopped    int `json:"stopped"`    // cut off when the run was interrupted
}

// LoadPace is how well the asked rate was kept, counted from starts.
type LoadPace struct {
	Achieved  float64 `json:"achieved"` // people begun per second
	Late      int     `json:"late"`     // people who began more than 100 ms after their time
	Lag       Latency `json:"lag"`      // from the intended start to the real one
	PerSecond float64 `json:"done_per_second"`
}

// A Latency is the distribution of a time. Values beyond the range of the
// histogram, 1 µs to 10 min, are counted at its ends.
type Latency struct {
	Kind       string         `json:"kind"`
	Count      int64          `json:"count"`
	Status     map[string]int `json:"status,omitempty"` // answers by HTTP status; "none" for those that never came
	P50        float64        `json:"p50"`
	P90        float64        `json:"p90"`
	P99        float64        `json:"p99"`
	P999       float64        `json:"p99_9"`
	Max        float64        `json:"max"`
	Mean       float64        `json:"mean"`
	OutOfRange int64          `json:"out_of_range,omitempty"`
}

// A LoadFailure is one way in which dialogues failed.
type LoadFailure struct {
	Why     string `json:"why"`
	Count   int    `json:"count"`
	Example string `json:"example"` // what Okta's administrator would read, of the first one
}

// A Readback is the directory as it was read after the run, compared with the
// plan.
type Readback struct {
	Done     bool         `json:"done"` // every account was read and compared
	Accounts int          `json:"accounts"`
	Ours     int          `json:"ours"` // of them, with the run's mark
	Pages    int          `json:"pages"`
	TookMS   float64      `json:"took_ms"`
	Lost     int          `json:"lost"`
	Doubled  int          `json:"doubled"`
	Wrong    int          `json:"wrong"`
	ReadByID int          `json:"read_by_id"`         // accounts that were read one by one, beside the list
	Examples []Difference `json:"examples,omitempty"` // the first of them
	Notes    []string     `json:"notes,omitempty"`
}

// A Difference is one account that is not as planned.
type Difference struct {
	What string `json:"what"` // lost, doubled or wrong
	Name string `json:"name"` // userName
	ID   string `json:"id,omitempty"`
	Why  string `json:"why"`
}

// LoadLeft is what remains at the target.
type LoadLeft struct {
	Disabled int `json:"disabled"` // on purpose; the ledger lists them
	Active   int `json:"active"`   // not put away, or not known to be: cleanup does it
}

// Bad is how many accounts are not as planned.
func (r Readback) Bad() int { return r.Lost + r.Doubled + r.Wrong }

// Judge returns the result in a word: failure when an account is lost, doubled
// or wrong, a dialogue failed by what the target answered, or the target deviates
// otherwise; incomplete when something is missing that is not the target's conduct;
// else success.
func (l Load) Judge() string {
	switch {
	case l.Readback.Bad() > 0 || l.People.Refused > 0 || len(l.Deviates) > 0:
		return "failure"
	case len(l.Missing) > 0:
		return "incomplete"
	}
	return "success"
}

// WriteLoad writes load.json, whole or not at all, without secrets.
func (f *Folder) WriteLoad(l Load) error {
	raw, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return fmt.Errorf("write load.json: %w", err)
	}
	if err := replaceFile(filepath.Join(f.Dir, loadName), append(InertJSON(f.redact.Body(raw)), '\n')); err != nil {
		return fmt.Errorf("write load.json: %w", err)
	}
	return nil
}

// ReadLoad reads what a folder holds of a load run: its load.json, or what is
// known of it where it was killed before there was one. The folder of any other
// run is an error.
func ReadLoad(dir string) (Load, error) {
	var l Load
	raw, err := os.ReadFile(filepath.Join(dir, loadName))
	if os.IsNotExist(err) {
		if seen, problem := Open(dir); problem == nil && seen.Run.Load != nil {
			return killed(seen), nil
		}
	}
	if err != nil {
		return l, fmt.Errorf("read load.json: %w", err)
	}
	if err := json.Unmarshal(raw, &l); err != nil {
		return l, fmt.Errorf("read %s: %w", filepath.Join(dir, loadName), err)
	}
	return l, nil
}

// killed folds the head of a load run and its ledger. Times were in the memory of
// the process that is gone.
func killed(e *Evidence) Load {
	l := Load{
		Schema: LoadSchema, Tool: e.Run.Tool, Target: e.Run.Target, Knobs: e.Run.Knobs, Asked: *e.Run.Load, Requests: []Latency{},
		Run: LoadRun{
			ID: e.Run.ID, Seed: e.Run.Seed, Started: e.Run.Started, Reproduce: e.Run.Reproduce, Clock: e.Run.Clock,
			Interrupted: true,
		},
	}
	withID := 0
	for _, thing := range Standing(e.Ledger) {
		switch {
		case thing.Act == Left:
			l.Left.Disabled++
		case thing.ID != "":
			withID++
			l.Left.Active++
		default:
			l.Left.Active++
		}
	}
	l.Missing = []string{"the run was killed before it had counted"}
	if n := l.Left.Active; n > 0 {
		l.Missing = append(l.Missing,
			fmt.Sprintf("its ledger names %d accounts, %d of them with the target's id; the others were about to be made", n, withID),
			StillActive(n, e.Run.ID, e.Dir))
	}
	l.Result = l.Judge()
	return l
}

// StillActive says what is to be done about accounts that were not put away.
func StillActive(n int, run, dir string) string {
	return fmt.Sprintf("%d accounts of this run may still be active at the target; scimproof cleanup --run %s --dir %s", n, run, dir)
}
