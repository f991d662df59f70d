// Package limit holds what real services allow their clients, and how slow a service may
// be, each as HTTP middleware that sets the limit to any SCIM server behind it: something
// to practise on before a customer's bulk load meets it.
//
// A limit knows nothing of the server behind, nor of scenarios, tests or runs. What
// goes beyond one is refused, and never half done. For mistakes see package fault, and
// for awkward ways package mood.
package limit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Limits are what a server allows. A field of 0 sets no limit. They hold for all
// clients of one [Limits.In] together.
type Limits struct {
	// WritesPerMinute is how many writes there may be in a minute, which begins with the
	// first of them; the others are answered with 429, and Retry-After says when the next
	// minute begins.
	WritesPerMinute int
	// Concurrent is how many requests there may be at once; the others are answered
	// with 429, and are welcome a second later.
	Concurrent int
	// Changes is how many members one PATCH of a group may add or remove. More are
	// answered with 400; that it is this status is inference.
	Changes int
	// Members is how many members one request may carry. More are answered with 413.
	Members int
	// Takes is how long after its request any answer comes, a refusal too: what was asked
	// for is done at once, and then told. A client that has hung up is not waited for, and
	// may find it done.
	Takes time.Duration
	// Nobody is answered for as long as Stalls once in every Every, for the first time
	// when an Every has gone by since the first request. What is asked for meanwhile is
	// done, and told when the pause is over.
	Stalls, Every time.Duration

	Now func() time.Time // nil: time.Now
}

// A Named is the limits of one service, as far as its documentation has them, or some
// that are made up for practice.
type Named struct {
	Name   string // "writes-180-a-minute"
	What   string // in one sentence
	Source string // who documents it, or that nobody does
	Limits Limits
}

const madeUp = "none: made up for practice; no service was found that documents how long its answers take"

// All are the limits that were found documented, and two slow servers.
func All() []Named {
	return []Named{
		{
			Name: "changes-100", What: "a PATCH of a group changes at most 100 members, or is answered with 400",
			Source: "AWS IAM Identity Center SCIM developer guide, PatchGroup (documented; the status is inference)",
			Limits: Limits{Changes: 100},
		},
		{
			Name: "writes-180-a-minute", What: "180 writes a minute; the others are answered with 429 and Retry-After",
			Source: "Slack SCIM API rate limits, create or update user (documented)",
			Limits: Limits{WritesPerMinute: 180},
		},
		{
			Name: "concurrent-500", What: "500 requests at once; the others are answered with 429",
			Source: "Snowflake custom SCIM integration (documented)",
			Limits: Limits{Concurrent: 500},
		},
		{
			Name: "members-8000", What: "a request carries at most 8,000 members, or is answered with 413",
			Source: "Miro rate limits, group PATCH (documented; there for PATCH alone)",
			Limits: Limits{Members: 8000},
		},
		{
			Name: "slow-200ms", What: "every answer takes 200 ms",
			Source: madeUp,
			Limits: Limits{Takes: 200 * time.Millisecond},
		},
		{
			Name: "stalls-2s-every-30s", What: "nobody is answered for 2 s, once in every 30 s",
			Source: madeUp,
			Limits: Limits{Stalls: 2 * time.Second, Every: 30 * time.Second},
		},
	}
}

// Names are the names of all, for people.
func Names() string {
	var names []string
	for _, n := range All() {
		names = append(names, n.Name)
	}
	return strings.Join(names, ", ")
}

// Of are the limits of those names together.
func Of(names ...string) (all Limits, err error) {
	for _, name := range names {
		at := slices.IndexFunc(All(), func(n Named) bool { return n.Name == name })
		if at < 0 {
			return Limits{}, fmt.Errorf("there is no limit %q: they are %s", name, Names())
		}
		l := All()[at].Limits
		all.WritesPerMinute = max(all.WritesPerMinute, l.WritesPerMinute)
		all.Concurrent = max(all.Concurrent, l.Concurrent)
		all.Changes = max(all.Changes, l.Changes)
		all.Members = max(all.Members, l.Members)
		all.Takes = max(all.Takes, l.Takes)
		all.Stalls, all.Every = max(all.Stalls, l.Stalls), max(all.Every, l.Every)
	}
	return all, nil
}

// In returns next within the limits.
func (l Limits) In(next http.Handler) http.Handler {
	if l.Now == nil {
		l.Now = time.Now
	}
	return &gate{limits: l, next: next}
}

// A gate counts who goes through.
type gate struct {
	limits Limits
	next   http.Handler

	mu       sync.Mutex
	first    time.Time // when the first request came
	inFlight int
	minute   time.Time // when it began
	writes   int       // in it
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind := resource(r.URL.Path)
	if kind == "" {
		g.next.ServeHTTP(w, r)
		return
	}
	late := g.slow(w, r)
	w = late
	if !g.enter() {
		refuse(w, http.StatusTooManyRequests, time.Second, fmt.Sprintf("more than %d requests at once", g.limits.Concurrent))
		return
	}
	defer g.leave()
	if err := g.tooLarge(kind, r); err != nil {
		status := http.StatusRequestEntityTooLarge
		var changes tooManyChanges
		if errors.As(err, &changes) {
			status = http.StatusBadRequest
		}
		refuse(w, status, 0, err.Error())
		return
	}
	if wait := g.write(r.Method); wait > 0 {
		refuse(w, http.StatusTooManyRequests, wait, fmt.Sprintf("more than %d writes in a minute", g.limits.WritesPerMinute))
		return
	}
	g.next.ServeHTTP(w, r)
	late.wait()
}

// resource is the endpoint of a SCIM path; "" where a limit has no say.
func resource(path string) string {
	for _, kind := range []string{"Users", "Groups"} {
		if strings.HasSuffix(path, "/"+kind) || strings.Contains(path, "/"+kind+"/") {
			return kind
		}
	}
	return ""
}

func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.limits.Concurrent > 0 && g.inFlight >= g.limits.Concurrent {
		return false
	}
	g.inFlight++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight--
}

// write is how long a write has to wait; 0: it goes through.
func (g *gate) write(method string) time.Duration {
	if g.limits.WritesPerMinute <= 0 || method == http.MethodGet || method == http.MethodHead {
		return 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.limits.Now()
	if g.minute.IsZero() || now.Sub(g.minute) >= time.Minute {
		g.minute, g.writes = now, 0
	}
	if g.writes < g.limits.WritesPerMinute {
		g.writes++
		return 0
	}
	return g.minute.Add(time.Minute).Sub(now)
}

// tooManyChanges is a PATCH beyond Limits.Changes.
type tooManyChanges struct{ changes, most int }

func (e tooManyChanges) Error() string {
	return fmt.Sprintf("%d changes of members in one PATCH, and at most %d are allowed", e.changes, e.most)
}

// tooLarge counts the members in a request, and gives its body back.
func (g *gate) tooLarge(kind string, r *http.Request) error {
	if kind != "Groups" || g.limits.Changes <= 0 && g.limits.Members <= 0 || r.Body == nil || r.Method == http.MethodGet {
		return nil
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil // the server behind cannot read it either
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	switch many := membersIn(raw); {
	case r.Method == http.MethodPatch && g.limits.Changes > 0 && many > g.limits.Changes:
		return tooManyChanges{many, g.limits.Changes}
	case g.limits.Members > 0 && many > g.limits.Members:
		return fmt.Errorf("%d members in one request, and at most %d are allowed", many, g.limits.Members)
	}
	return nil
}

// membersIn counts the members in the body of a POST or PUT, or in all operations of a
// PATCH. One that is removed by a filter counts as one. What is no such body has none.
func membersIn(raw []byte) int {
	var body struct {
		Members    []json.RawMessage `json:"members"`
		Operations []struct {
			Path  string          `json:"path"`
			Value json.RawMessage `json:"value"`
		} `json:"Operations"`
	}
	if json.Unmarshal(raw, &body) != nil {
		return 0
	}
	many := len(body.Members)
	for _, op := range body.Operations {
		var (
			list  []json.RawMessage
			whole struct {
				Members []json.RawMessage `json:"members"`
			}
		)
		switch path := strings.ToLower(op.Path); {
		case strings.HasPrefix(path, "members["):
			many++
		case path == "members" && json.Unmarshal(op.Value, &list) == nil:
			many += len(list)
		case path == "" && json.Unmarshal(op.Value, &whole) == nil:
			many += len(whole.Members)
		}
	}
	return many
}

// refuse answers as SCIM has it (RFC 7644, section 3.12). A wait is told in whole
// seconds, rounded up: an earlier comeback would be refused again.
func refuse(w http.ResponseWriter, status int, wait time.Duration, detail string) {
	w.Header().Set("Content-Type", "application/scim+json")
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": strconv.Itoa(status), "detail": detail,
	})
}
