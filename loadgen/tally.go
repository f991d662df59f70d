package loadgen

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/figures"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/mockokta/scim"
	"github.com/scimproof/scimproof/reports/evidence"
)

// A fate is what became of one person.
type fate uint8

const (
	notBegun   fate = iota
	begun           // and not ended
	done            // Okta was content
	refused         // ended by what the target answered
	guarded         // ended by the write guard
	unanswered      // no answer came
	throttled       // waited too long after answers of 429
	stopped         // cut off by an interruption
	fates
)

// A tally counts while one phase is played. Its memory is that of a few histograms,
// and a byte a dialogue. Safe for concurrent use.
type tally struct {
	schedule pace.Schedule
	workers  int
	kinds    []crowd.Kind // of dialogues

	mu          sync.Mutex
	beginning   time.Time // of the schedule
	first, last time.Time // real starts
	ended       time.Time
	started     int
	fates       []fate
	response    []*figures.Histogram // by kind of dialogue
	byFate      [][fates]int         // by kind of dialogue: those that ended
	lag         *figures.Histogram
	late        int
	dropped     int // people whom the target took the connection of, and did not answer
	backlog     figures.Backlog
	timeline    *figures.Timeline
	throttle    evidence.LoadThrottle
	requests    [kinds]*figures.Histogram // nil: none of the kind was made
	statuses    [kinds]map[int]int
	failures    map[string]*evidence.LoadFailure
}

// lateAfter is how far behind its time a start has to be to be called late.
const lateAfter = 100 * time.Millisecond

func newTally(deeds int, s pace.Schedule, workers int, kinds ...crowd.Kind) *tally {
	t := &tally{
		schedule: s, workers: workers, kinds: kinds, fates: make([]fate, deeds), byFate: make([][fates]int, len(kinds)),
		lag: figures.NewHistogram(), timeline: figures.NewTimeline(), failures: map[string]*evidence.LoadFailure{},
	}
	for range kinds {
		t.response = append(t.response, figures.NewHistogram())
	}
	return t
}

func (t *tally) begins(at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.beginning = at
}

// starts returns when the n-th person was to begin, who begins now.
func (t *tally) starts(n int, now time.Time) (intended time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fates[n] = begun
	t.started++
	if t.first.IsZero() || now.Before(t.first) {
		t.first = now
	}
	if now.After(t.last) {
		t.last = now
	}
	t.timeline.Begun(now.Sub(t.beginning))
	if t.schedule.Closed() {
		return now
	}
	full := t.backlog.Starts(now, t.workers)
	intended = t.beginning.Add(t.schedule.At(n))
	behind := max(0, now.Sub(intended))
	t.lag.Record(behind)
	if behind > lateAfter {
		t.late++
	}
	if full {
		t.backlog.Waiting(t.schedule.Due(now.Sub(t.beginning), len(t.fates)) - n - 1)
	}
	return intended
}

// ends takes down the end of a dialogue of one kind. Only a dialogue that was
// answered to its end has a response time; the others are counted by their kind.
func (t *tally) ends(n, kind int, intended, now time.Time, e ending) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fates[n] = e.fate
	t.byFate[kind][e.fate]++
	if now.After(t.ended) {
		t.ended = now
	}
	if !t.schedule.Closed() {
		t.backlog.Ends(now, t.workers)
	}
	if e.lost {
		t.dropped++
	}
	answered := e.fate == done || e.fate == refused
	if answered {
		t.response[kind].Record(now.Sub(intended))
	}
	t.timeline.Ended(intended.Sub(t.beginning), now.Sub(t.beginning), answered, e.fate != done && e.fate != notBegun)
	if e.why != "" {
		t.fail(e)
	}
}

// waits takes down that an answer of 429 asks for so long a wait.
func (t *tally) waits(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.throttle.WaitedMS += float64(d.Microseconds()) / 1000
}

// failuresKept bounds the ways of failing that are told apart.
const failuresKept = 20

func (t *tally) fail(e ending) {
	f := t.failures[e.why]
	if f == nil && len(t.failures) >= failuresKept {
		e.why = "other"
		f = t.failures[e.why]
	}
	if f == nil {
		f = &evidence.LoadFailure{Why: e.why, Example: e.words}
		t.failures[e.why] = f
	}
	f.Count++
}

// answered takes down one request. Status 0 is an answer that never came; what
// its sender waited is no service time.
func (t *tally) answered(k kind, status int, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.requests[k] == nil {
		t.requests[k], t.statuses[k] = figures.NewHistogram(), map[int]int{}
	}
	t.statuses[k][status]++
	if status != 0 {
		t.requests[k].Record(took)
	}
}

// A kind of request that Okta makes.
type kind int

const (
	lookUp kind = iota
	create
	read
	replace
	patch
	list
	groupLookUp
	groupCreate
	groupRead
	groupReplace
	groupPatch
	groupList
	kinds
)

func (k kind) String() string {
	return [kinds]string{
		"look up", "create", "read", "replace", "patch", "list",
		"look up group", "create group", "read group", "replace group", "patch group", "list groups",
	}[k]
}

func kindOf(r scim.Request) kind {
	ofPeople := kindOfMethod(r)
	if strings.HasPrefix(r.Path, "/Groups") {
		return ofPeople + groupLookUp
	}
	return ofPeople
}

func kindOfMethod(r scim.Request) kind {
	switch r.Method {
	case http.MethodPost:
		return create
	case http.MethodPut:
		return replace
	case http.MethodPatch:
		return patch
	}
	switch {
	case strings.Contains(r.RawQuery, "filter="):
		return lookUp
	case r.RawQuery != "":
		return list
	}
	return read
}

// phase is what was counted.
func (t *tally) phase(name crowd.Phase, about string) evidence.LoadPhase {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := evidence.LoadPhase{
		Name: string(name), About: about, Planned: len(t.fates), People: t.people(),
		Pace:     evidence.LoadPace{Asked: t.schedule.Mean(len(t.fates)), Late: t.late, Lag: t.lag.Latency("lag")},
		Throttle: t.throttle, Dialogues: []evidence.Latency{}, Requests: []evidence.Latency{},
	}
	p.Backlog = t.backlog.Seen(t.ended)
	p.Backlog.NotStarted = len(t.fates) - p.People.Began
	if whole := t.last.Sub(t.first).Seconds(); whole > 0 {
		p.Pace.Achieved = float64(t.started-1) / whole
	}
	if whole := t.ended.Sub(t.first); whole > 0 {
		p.DurationMS = float64(whole.Microseconds()) / 1000
		p.Pace.PerSecond = float64(p.People.Done) / whole.Seconds()
	}
	p.Timeline = t.timeline.Seen()
	for k, h := range t.response {
		one, ended := h.Latency(string(t.kinds[k])), t.byFate[k]
		one.Untimed = evidence.Untimed{Unanswered: ended[unanswered], Throttled: ended[throttled], Guarded: ended[guarded], Stopped: ended[stopped]}
		p.Dialogues = append(p.Dialogues, one)
	}
	for k := range kinds {
		if len(t.statuses[k]) == 0 {
			continue
		}
		one := t.requests[k].Latency(k.String())
		one.Status = map[string]int{}
		for status, count := range t.statuses[k] {
			one.Status[statusName(status)] = count
		}
		p.Throttle.Answers += t.statuses[k][http.StatusTooManyRequests]
		p.Requests = append(p.Requests, one)
	}
	for _, f := range slices.SortedFunc(maps.Values(t.failures), func(a, b *evidence.LoadFailure) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Why, b.Why))
	}) {
		p.Failures = append(p.Failures, *f)
	}
	return p
}

func statusName(status int) string {
	if status == 0 {
		return "none"
	}
	return strconv.Itoa(status)
}

func (t *tally) people() evidence.LoadPeople {
	var count [fates]int
	for _, f := range t.fates {
		count[f]++
	}
	return evidence.LoadPeople{
		Began: len(t.fates) - count[notBegun], Done: count[done],
		Refused: count[refused] + count[guarded], Guarded: count[guarded],
		Unanswered: count[unanswered], Dropped: t.dropped, Throttled: count[throttled], Stopped: count[stopped] + count[begun],
	}
}
