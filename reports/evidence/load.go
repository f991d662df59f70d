package evidence

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

	// Valid: the figures are what was asked for, and the answers behind them were
	// verified. Where it is false no figure stands by itself: Invalid says why.
	Valid   bool     `json:"valid"`
	Invalid []string `json:"invalid,omitempty"`

	// Knobs are the open points about Okta's client that were not as by default.
	Knobs  map[string]string `json:"knobs,omitempty"`
	Asked  LoadAsked         `json:"asked"`
	People LoadPeople        `json:"people"` // the dialogues of all phases
	Phases []LoadPhase       `json:"phases"` // in the order in which they were played
	// SLOs are the limits that were set, and whether they held.
	SLOs     []LoadSLO     `json:"slos,omitempty"`
	Capacity *LoadCapacity `json:"capacity,omitempty"` // of --find-capacity
	Readback Readback      `json:"readback"`
	Left     LoadLeft      `json:"left"`
	Unusable string        `json:"unusable,omitempty"` // the configuration is at fault: the token was refused
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
	SameProcess bool `json:"same_process,omitempty"`
	GoMaxProcs  int  `json:"gomaxprocs"`
	// LoadAverage is what else the generator's machine did in the minute before, in
	// processes that ran or waited to; nil where the system does not tell.
	LoadAverage *float64 `json:"load_average,omitempty"`
	Clock       string   `json:"clock"` // virtual or real: how waits after a 429 passed
}

// LoadAsked is what was asked for.
type LoadAsked struct {
	Size        string   `json:"size,omitempty"` // smb, mid or large; absent where people were counted out
	People      int      `json:"people"`
	Groups      int      `json:"groups,omitempty"`
	Memberships int      `json:"memberships,omitempty"` // of all groups, as planned before the day-2 changes
	Phases      []string `json:"phases,omitempty"`      // in order; absent means onboard
	Mix         string   `json:"mix,omitempty"`         // the weights of the phase of that name: "join=1,leave=1,update=6"
	Churn       float64  `json:"churn,omitempty"`       // the share of people, or of memberships, that changes in a later phase
	Schedule    string   `json:"schedule,omitempty"`    // "step 10:20s,50:20s" and so on, as --schedule has it; of a constant rate its number
	Rate        float64  `json:"rate"`                  // dialogues per second, the highest of the schedule; 0 is a closed loop
	Workers     int      `json:"workers"`
	Dialect     string   `json:"dialect"`
	TimeoutMS   float64  `json:"timeout_ms"`
	Throttle    string   `json:"throttle,omitempty"` // what an answer of 429 means: obey or count
	Limits      []string `json:"limits,omitempty"`   // set to our own server for practice: "writes-180-a-minute"
	SLOs        []string `json:"slos,omitempty"`
}

// LoadPeople counts people (or groups, in a phase about groups) by how their
// dialogue ended. Those who are in none of these were never begun.
type LoadPeople struct {
	Began      int `json:"began"`
	Done       int `json:"done"`       // Okta was content
	Refused    int `json:"refused"`    // ended by what the target answered
	Guarded    int `json:"guarded"`    // of those: Okta would have written to somebody else's account, and was not let
	Unanswered int `json:"unanswered"` // no answer: unknown what became of them
	Dropped    int `json:"dropped"`    // of those: the target took the connection, and dropped it or said nothing
	Throttled  int `json:"throttled"`  // gave up waiting after answers of 429, or were counted at the first one
	Stopped    int `json:"stopped"`    // cut off when the run was interrupted
}

// Plus adds them up.
func (p LoadPeople) Plus(q LoadPeople) LoadPeople {
	return LoadPeople{
		Began: p.Began + q.Began, Done: p.Done + q.Done, Refused: p.Refused + q.Refused, Guarded: p.Guarded + q.Guarded,
		Unanswered: p.Unanswered + q.Unanswered, Dropped: p.Dropped + q.Dropped, Throttled: p.Throttled + q.Throttled,
		Stopped: p.Stopped + q.Stopped,
	}
}

// Errors are the dialogues that began and did not end as Okta would have them.
func (p LoadPeople) Errors() int { return p.Refused + p.Unanswered + p.Throttled }

// A LoadPhase is one part of a run: so many dialogues of the same kind, or of a
// mix of kinds.
type LoadPhase struct {
	Name       string  `json:"name"`        // onboard, link, push, day-2, offboard, reassign, import or mix
	About      string  `json:"about"`       // what one dialogue is about: people, groups, both or lists
	Planned    int     `json:"planned"`     // dialogues
	AtMS       float64 `json:"at_ms"`       // when it began, from the beginning of the first
	DurationMS float64 `json:"duration_ms"` // from the first start to the last end

	People  LoadPeople  `json:"people"`
	Pace    LoadPace    `json:"pace"`
	Backlog LoadBacklog `json:"backlog"`
	// Dialogues are response times, from the intended start to the last byte, by
	// what the dialogue was about. There is one kind but in a mix.
	Dialogues []Latency `json:"dialogues"`
	Requests  []Latency `json:"requests"` // service times by kind of request, from sending to the last byte

	Failures []LoadFailure `json:"failures,omitempty"`
	Throttle LoadThrottle  `json:"throttle"`
	Timeline LoadTimeline  `json:"timeline"`
}

// LoadPace is how well the asked rate was kept, counted from starts.
type LoadPace struct {
	Asked     float64 `json:"asked"`    // dialogues per second, the mean of the phase's schedule; 0 is a closed loop
	Achieved  float64 `json:"achieved"` // dialogues begun per second
	Late      int     `json:"late"`     // dialogues that began more than 100 ms after their time
	Lag       Latency `json:"lag"`      // from the intended start to the real one
	PerSecond float64 `json:"done_per_second"`
}

// A LoadBacklog is who waited for a place in the pool, since all others were
// talking. In a closed loop the pool is full by intention and nobody waits.
type LoadBacklog struct {
	FullMS     float64 `json:"full_ms"`     // how long the pool was full
	Most       int     `json:"most"`        // people who were due and had not begun, at the worst moment
	NotStarted int     `json:"not_started"` // people who never began
}

// LoadThrottle is what became of answers of 429.
type LoadThrottle struct {
	Answers  int     `json:"answers"`
	WaitedMS float64 `json:"waited_ms"` // as the target asked, all dialogues together; not waited for where LoadRun.Clock is virtual
}

// A LoadTimeline is a phase over time, in buckets of the same width: at most 200.
type LoadTimeline struct {
	BucketMS float64      `json:"bucket_ms"`
	Buckets  []LoadBucket `json:"buckets"`
}

// A LoadBucket is one part of the time. P50 and P99 are response times, to two
// digits, of the dialogues that were due in it; 0 where none was.
type LoadBucket struct {
	Begun    int     `json:"begun"`
	Ended    int     `json:"ended"`
	Errors   int     `json:"errors"`    // of those that ended
	InFlight int     `json:"in_flight"` // when the bucket ended
	P50      float64 `json:"p50"`
	P99      float64 `json:"p99"`
}

// A LoadSLO is one limit that was set, and what was measured.
type LoadSLO struct {
	Limit   string `json:"limit"`   // as it was set: "create p99 < 50ms"
	Verdict string `json:"verdict"` // held, breached or not judged
	Got     string `json:"got"`     // "12.3 ms", "0.05 %", or why there is nothing to hold it against
}

// The verdicts on a limit.
const (
	SLOHeld      = "held"
	SLOBreached  = "breached"
	SLONotJudged = "not judged" // nothing was measured that it could be held against
)

// A LoadCapacity is a search for the highest rate that holds the limits.
type LoadCapacity struct {
	Rate  float64    `json:"rate"`  // the highest that held, in dialogues per second; 0: none did
	Above float64    `json:"above"` // the lowest that did not hold; 0: all did, up to the bound of the search
	Steps []LoadStep `json:"steps"` // in the order in which they were tried
	Ended string     `json:"ended"` // why the search ended, in words
}

// A LoadStep is one rate that was tried.
type LoadStep struct {
	Rate     float64   `json:"rate"`
	Achieved float64   `json:"achieved"`
	People   int       `json:"people"`
	Errors   int       `json:"errors"`
	P50      float64   `json:"p50"` // of the dialogues, response time
	P99      float64   `json:"p99"`
	Held     bool      `json:"held"`
	Why      string    `json:"why,omitempty"` // it did not hold
	SLOs     []LoadSLO `json:"slos"`
}

// A Latency is the distribution of a time. Values beyond the range of the
// histogram, 1 µs to 10 min, are counted at its ends.
type Latency struct {
	Kind       string         `json:"kind"`
	Count      int64          `json:"count"`
	Status     map[string]int `json:"status,omitempty"` // of requests: answers by HTTP status; "none" for those that never came, though nobody cut them off
	Untimed    Untimed        `json:"untimed,omitzero"` // of dialogues: those of the kind that are in no time
	P50        float64        `json:"p50"`
	P90        float64        `json:"p90"`
	P99        float64        `json:"p99"`
	P999       float64        `json:"p99_9"`
	Max        float64        `json:"max"`
	Mean       float64        `json:"mean"`
	OutOfRange int64          `json:"out_of_range,omitempty"`
	// HDR is the whole distribution in microseconds, 1 µs to 10 min to three digits,
	// in HdrHistogram's compressed V2 form (base64). Adding up two of them is exact.
	HDR string `json:"hdr,omitempty"`
}

// Untimed counts the dialogues of one kind that began and have no response time, by how
// they ended: with those that have one they are all that began. Who got no answer, or
// none but 429, waited longer than any of the times shows.
type Untimed struct {
	Unanswered int `json:"unanswered"` // no answer: unknown what became of them
	Throttled  int `json:"throttled"`  // gave up waiting after answers of 429, or were counted at the first one
	Guarded    int `json:"guarded"`    // Okta would have written to somebody else's account, and was not let
	Stopped    int `json:"stopped"`    // cut off when the run was interrupted
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
	Done     bool    `json:"done"` // every account was read and compared
	Accounts int     `json:"accounts"`
	Ours     int     `json:"ours"` // of them, with the run's mark
	Pages    int     `json:"pages"`
	TookMS   float64 `json:"took_ms"`
	Lost     int     `json:"lost"`
	Doubled  int     `json:"doubled"`
	Wrong    int     `json:"wrong"`
	ReadByID int     `json:"read_by_id"` // accounts that were read one by one, beside the list
	// LookedAt are the people who were looked at by themselves, by name and by id; Known
	// those of whose accounts it is known how they are to look. Fewer looked at than
	// known: a sample was, and of the others the list is all that was read.
	LookedAt int `json:"looked_at"`
	Known    int `json:"known"`
	// Groups are the groups as they were read; absent where none was planned.
	Groups   *GroupReadback `json:"groups,omitempty"`
	Examples []Difference   `json:"examples,omitempty"` // the first of them
	AllIn    string         `json:"all_in,omitempty"`   // the file of the folder that lists all of them; absent where nothing differs
	Notes    []string       `json:"notes,omitempty"`
}

// A GroupReadback is the groups and their members as they were read after the run,
// compared with the plan.
type GroupReadback struct {
	Groups         int `json:"groups"`  // with the run's mark
	Members        int `json:"members"` // of all of them
	Lost           int `json:"lost"`    // groups
	Doubled        int `json:"doubled"`
	Wrong          int `json:"wrong"` // groups that show what was not planned, members aside
	MembersLost    int `json:"members_lost"`
	MembersStrange int `json:"members_strange"` // who are in a group and should not be
	MembersDoubled int `json:"members_doubled"` // who are in a group more than once: told of, and no failure
	// LookedUp are the groups that were looked up by their names, beside the list; Known
	// those that Okta has pushed, each of which was read by its id. Fewer looked up than
	// known: a sample was.
	LookedUp int `json:"looked_up"`
	Known    int `json:"known"`
}

// A Difference is one account, group or member that is not as planned: a line of
// differences.jsonl. Among the examples of a run the members of one group are one.
type Difference struct {
	Kind string `json:"kind,omitempty"`  // user, group or member
	What string `json:"what"`            // lost, doubled or wrong; member lost or member strange
	Name string `json:"name"`            // userName or displayName
	In   string `json:"group,omitempty"` // of a member: the group's displayName
	ID   string `json:"id,omitempty"`
	Why  string `json:"why"`
}

// LoadLeft is what remains at the target.
type LoadLeft struct {
	Disabled int `json:"disabled"` // on purpose; the ledger lists them
	Active   int `json:"active"`   // not put away, or not known to be: cleanup does it
}

// Sampled says how many people, or groups, were looked at by themselves in a directory
// that was read to its end, where not all were; "" when all were.
func (r Readback) Sampled() string {
	var sampled []string
	if r.LookedAt < r.Known {
		sampled = append(sampled, fmt.Sprintf("%d of %d people were looked at singly, by name and by id, and of the others the list alone was read", r.LookedAt, r.Known))
	}
	if g := r.Groups; g != nil && g.LookedUp < g.Known {
		sampled = append(sampled, fmt.Sprintf("%d of %d groups were looked up by name, and the others read by id alone", g.LookedUp, g.Known))
	}
	if len(sampled) == 0 || !r.Done {
		return ""
	}
	return strings.Join(sampled, "; ")
}

// Bad is how many accounts, groups and memberships are not as planned.
func (r Readback) Bad() int {
	bad := r.Lost + r.Doubled + r.Wrong
	if g := r.Groups; g != nil {
		bad += g.Lost + g.Doubled + g.Wrong + g.MembersLost + g.MembersStrange
	}
	return bad
}

// Judge returns the result in a word: failure when an account, a group or a
// membership is lost, doubled or wrong, a dialogue failed by what the target
// answered, a limit did not hold, or the target deviates otherwise; incomplete when
// something is missing that is not the target's conduct, or when limits were set
// and the figures are not valid; else success.
func (l Load) Judge() string {
	breached := slices.ContainsFunc(l.SLOs, func(s LoadSLO) bool { return s.Verdict == SLOBreached })
	notJudged := slices.ContainsFunc(l.SLOs, func(s LoadSLO) bool { return s.Verdict == SLONotJudged })
	switch {
	case l.Readback.Bad() > 0 || l.People.Refused > 0 || len(l.Deviates) > 0 || breached:
		return "failure"
	case len(l.Missing) > 0, notJudged, len(l.SLOs) > 0 && !l.Valid:
		return "incomplete"
	}
	return "success"
}

// What a rate is judged by: the share of the asked one below which it was not kept; by
// how many seconds the last one may be late all the same, as any machine makes one wait,
// which in a phase of a tenth of a second would decide it alone; and how many dialogues
// are too few for a rate.
const (
	shortOf   = 0.99
	aMoment   = 0.002
	fewPeople = 10
)

// TooFew says that a phase began too few dialogues to tell whether its rate was
// kept.
func (p LoadPhase) TooFew() bool { return p.People.Began < fewPeople }

// Kept says whether the asked rate was achieved, counted from starts. In a closed
// loop none was asked.
func (p LoadPhase) Kept() bool {
	if p.Pace.Asked <= 0 || p.TooFew() || p.Pace.Achieved >= shortOf*p.Pace.Asked {
		return true
	}
	gaps := float64(p.People.Began - 1)
	return gaps/p.Pace.Achieved-gaps/p.Pace.Asked <= aMoment
}

// MostFull is the share of a phase for which its pool may be full and its figures stand:
// of a hundred who were due, one at most was due while nobody could begin.
const MostFull = 0.01

// Crowded says that the pool was full for longer than that.
func (p LoadPhase) Crowded() bool { return p.CrowdedFor(MostFull) }

// CrowdedFor says that the pool was full for more than a share of the phase. In a closed
// loop it is full by intention.
func (p LoadPhase) CrowdedFor(share float64) bool {
	return p.Pace.Asked > 0 && p.Backlog.FullMS > share*p.DurationMS
}

// Doubts are why the figures of a run are not valid, in sentences; none where they
// are.
func (l Load) Doubts() []string {
	var doubts []string
	for _, p := range l.Phases {
		if !p.Kept() {
			doubts = append(doubts, fmt.Sprintf("%s: %.1f a second were begun of %g asked, less than %g %%", p.Name, p.Pace.Achieved, p.Pace.Asked, 100*shortOf))
		}
	}
	if !l.Readback.Done {
		doubts = append(doubts, "the answers were not verified: the directory was not read back to the end")
	}
	return doubts
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
// run is an error, of which errors.Is says that it is fs.ErrNotExist. So is a load.json
// of another form: what is not known to be read right is not shown.
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
		return Load{}, fmt.Errorf("read %s: it is not what a load run writes: %w", filepath.Join(dir, loadName), err)
	}
	if l.Schema != LoadSchema {
		return Load{}, fmt.Errorf("read %s: its schema is %q, and %q alone is read here: another version of scimproof, or something else, wrote it", filepath.Join(dir, loadName), l.Schema, LoadSchema)
	}
	return l, nil
}

// killed folds the head of a load run and its ledger. Times were in the memory of
// the process that is gone.
func killed(e *Evidence) Load {
	l := Load{
		Schema: LoadSchema, Tool: e.Run.Tool, Target: e.Run.Target, Knobs: e.Run.Knobs, Asked: *e.Run.Load, Phases: []LoadPhase{},
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
	l.Invalid = l.Doubts()
	l.Result = l.Judge()
	return l
}

// StillActive says what is to be done about accounts that were not put away.
func StillActive(n int, run, dir string) string {
	return fmt.Sprintf("%d accounts of this run may still be active at the target; scimproof cleanup --run %s --dir %s", n, run, dir)
}
