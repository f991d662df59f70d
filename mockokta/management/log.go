package management

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// systemLog serves Reports > System Log: what happened in the directory, what was
// pushed, and what the targets answered. The end of it is kept, some ten thousand
// events.
//
// Source: Okta management API, System Log (documented).
func (h *Handler) systemLog() { h.on("GET /api/v1/logs", h.listEvents) }

type eventView struct {
	UUID                  string         `json:"uuid"`
	Published             stamp          `json:"published"`
	EventType             string         `json:"eventType"`
	Version               string         `json:"version"`
	Severity              string         `json:"severity"`
	LegacyEventType       any            `json:"legacyEventType"`
	DisplayMessage        string         `json:"displayMessage"`
	Actor                 targetView     `json:"actor"`
	Client                map[string]any `json:"client"`
	Outcome               outcomeView    `json:"outcome"`
	Target                []targetView   `json:"target"`
	Transaction           map[string]any `json:"transaction"`
	DebugContext          map[string]any `json:"debugContext"`
	AuthenticationContext map[string]any `json:"authenticationContext"`
	SecurityContext       struct{}       `json:"securityContext"`
	Request               map[string]any `json:"request"`
}

type outcomeView struct {
	Result string  `json:"result"` // SUCCESS or FAILURE
	Reason *string `json:"reason"` // null for a success
}

type targetView struct {
	ID          string `json:"id"`
	Type        string `json:"type"`
	AlternateID string `json:"alternateId"`
	DisplayName string `json:"displayName"`
	DetailEntry any    `json:"detailEntry"`
}

// viewEvent shows an event. The message is the event type in words: Okta's own
// differ from it.
func viewEvent(e directory.Event) eventView {
	view := eventView{
		UUID: eventID(e), Published: stamp(e.At), EventType: e.Type, Version: "0", Severity: "INFO",
		DisplayMessage: strings.NewReplacer(".", " ", "_", " ").Replace(e.Type),
		Actor:          targetView{ID: "mockSystem", Type: "SystemPrincipal", AlternateID: "system@okta.com", DisplayName: "Okta System"},
		Client:         map[string]any{"userAgent": nil, "zone": nil, "device": nil, "id": nil, "ipAddress": nil, "geographicalContext": nil},
		Outcome:        outcomeView{Result: "SUCCESS"}, Target: []targetView{},
		Transaction:           map[string]any{"type": "JOB", "id": fmt.Sprintf("mock-tx-%d", e.Ordinal), "detail": struct{}{}},
		DebugContext:          map[string]any{"debugData": struct{}{}},
		AuthenticationContext: map[string]any{"authenticationStep": 0, "externalSessionId": "mock"},
		Request:               map[string]any{"ipChain": []any{}},
	}
	if e.Failure != "" {
		view.Severity, view.Outcome = "WARN", outcomeView{"FAILURE", &e.Failure}
	}
	for _, t := range e.Targets {
		view.Target = append(view.Target, targetView{ID: t.ID, Type: t.Type, AlternateID: t.Alt, DisplayName: t.Name})
	}
	return view
}

// eventID has the form of a UUID and ends in the event's number, by which after
// goes on.
func eventID(e directory.Event) string {
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", e.Ordinal)
}

func eventNumber(id string) (int, bool) {
	last := id[strings.LastIndex(id, "-")+1:]
	n, err := strconv.Atoi(last)
	return n, err == nil && n >= 0
}

// attributes are what a filter compares; false for a name that the mock does not
// know. Several targets are several values.
func (v eventView) attributes(name string) ([]string, bool) {
	each := func(of func(targetView) string) (all []string) {
		for _, t := range v.Target {
			all = append(all, of(t))
		}
		return all
	}
	switch name {
	case "uuid":
		return []string{v.UUID}, true
	case "eventType":
		return []string{v.EventType}, true
	case "severity":
		return []string{v.Severity}, true
	case "outcome.result":
		return []string{v.Outcome.Result}, true
	case "outcome.reason":
		return []string{v.reason()}, true
	case "actor.id":
		return []string{v.Actor.ID}, true
	case "target.id":
		return each(func(t targetView) string { return t.ID }), true
	case "target.type":
		return each(func(t targetView) string { return t.Type }), true
	case "target.alternateId":
		return each(func(t targetView) string { return t.AlternateID }), true
	case "target.displayName":
		return each(func(t targetView) string { return t.DisplayName }), true
	}
	return nil, false
}

func (v eventView) reason() string {
	if v.Outcome.Reason == nil {
		return ""
	}
	return *v.Outcome.Reason
}

// contains is q: every word stands somewhere in what the event says.
func (v eventView) contains(q string) bool {
	said := []string{v.EventType, v.DisplayMessage, v.reason(), v.Outcome.Result}
	for _, t := range v.Target {
		said = append(said, t.ID, t.AlternateID, t.DisplayName)
	}
	text := strings.ToLower(strings.Join(said, "\n"))
	for _, word := range strings.Fields(strings.ToLower(q)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// A logQuery is what of the log is asked for.
type logQuery struct {
	since, until time.Time
	polling      bool // no until: whoever asks will ask again
	terms        []comparison
	q            string
	descending   bool
	after        int // the number of the last event seen; 0 for none
}

func (h *Handler) readLogQuery(q url.Values) (logQuery, error) {
	asked := logQuery{q: q.Get("q"), polling: q.Get("until") == "", until: h.now()}
	var err error
	if !asked.polling {
		if asked.until, err = instant(q, "until"); err != nil {
			return asked, err
		}
	}
	asked.since = asked.until.Add(-7 * 24 * time.Hour)
	if q.Get("since") != "" {
		if asked.since, err = instant(q, "since"); err != nil {
			return asked, err
		}
	}
	switch q.Get("sortOrder") {
	case "", "ASCENDING":
	case "DESCENDING":
		asked.descending = true
	default:
		return asked, invalid("sortOrder", "The value is neither ASCENDING nor DESCENDING")
	}
	if after := q.Get("after"); after != "" {
		n, known := eventNumber(after)
		if !known {
			return asked, invalid("after", "The cursor is not known")
		}
		asked.after = n
	}
	asked.terms, err = eventTerms(q.Get("filter"))
	return asked, err
}

func instant(q url.Values, name string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, q.Get(name))
	if err != nil {
		return t, invalid(name, "The value is no time such as 2026-01-02T03:04:05Z")
	}
	return t, nil
}

// eventTerms reads a filter, of attributes that events have.
func eventTerms(filter string) ([]comparison, error) {
	terms, understood := comparisons(filter)
	if !understood {
		return nil, notUnderstood()
	}
	for _, t := range terms {
		if _, known := (eventView{}).attributes(t.name); !known {
			return nil, oops(http.StatusBadRequest, "E0000031", "Invalid search criteria.", "the mock's events have no attribute "+t.name)
		}
	}
	return terms, nil
}

func (q logQuery) wants(e directory.Event, v eventView) bool {
	if e.At.Before(q.since) || e.At.After(q.until) || !v.contains(q.q) {
		return false
	}
	if q.after > 0 && (q.descending && e.Ordinal >= q.after || !q.descending && e.Ordinal <= q.after) {
		return false
	}
	for _, t := range q.terms {
		values, _ := v.attributes(t.name)
		if !slices.ContainsFunc(values, func(s string) bool { return strings.EqualFold(s, t.value) }) {
			return false
		}
	}
	return true
}

// listEvents pages as the other lists do, but that whoever polls finds a next link
// on every page, an empty one too (documented).
func (h *Handler) listEvents(r *http.Request) (answer, error) {
	asked, err := h.readLogQuery(r.URL.Query())
	if err != nil {
		return no(err)
	}
	l := list[eventView]{usual: 100, most: 1000, id: func(v eventView) string { return v.UUID }}
	limit, err := l.limit(r.URL.Query().Get("limit"))
	if err != nil {
		return no(err)
	}
	events := h.directory.Log()
	if asked.descending {
		slices.Reverse(events)
	}
	shown := []eventView{}
	more := false
	for _, e := range events {
		if v := viewEvent(e); asked.wants(e, v) {
			if more = len(shown) == limit; more {
				break
			}
			shown = append(shown, v)
		}
	}
	links := []string{link(r, "self", nil)}
	if more || asked.polling && !asked.descending {
		next := url.Values{"after": {asked.cursor(shown)}, "limit": {strconv.Itoa(limit)}}
		links = append(links, link(r, "next", next))
	}
	return answer{body: shown, header: http.Header{"Link": links}}, nil
}

// cursor is where the next page begins: behind the last event that is shown, else
// where this one began.
func (q logQuery) cursor(shown []eventView) string {
	if len(shown) > 0 {
		return shown[len(shown)-1].UUID
	}
	return eventID(directory.Event{Ordinal: q.after})
}
