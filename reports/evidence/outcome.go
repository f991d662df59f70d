package evidence

import (
	"fmt"
	"slices"
)

// A Verdict says whether a requirement holds at a target.
type Verdict string

const (
	Pass      Verdict = "pass"
	Fail      Verdict = "fail"       // the target deviates from something required
	Warn      Verdict = "warn"       // it deviates from something recommended, or rests on inference
	Info      Verdict = "info"       // worth knowing, nobody's fault
	Skip      Verdict = "skip"       // a declared gap, or the target cannot show it; always with the reason
	NotTested Verdict = "not tested" // blocked by another requirement, or interrupted
	Error     Verdict = "error"      // the harness or the network broke; never folded into Fail
)

// A Mismatch says that the target's behaviour is not what a step expected.
type Mismatch struct {
	What     string `json:"what"` // in the scenario's words: "Ana's account"
	Want     string `json:"want"`
	Got      string `json:"got"`
	Exchange int    `json:"exchange,omitempty"` // the exchange that shows it; 0 when none does
}

func (m *Mismatch) Error() string {
	s := fmt.Sprintf("%s: want %s, got %s", m.What, m.Want, m.Got)
	if m.Exchange > 0 {
		s += fmt.Sprintf(" (exchange %d)", m.Exchange)
	}
	return s
}

// A Step is one sentence of a scenario as it went: pass, fail, warn, error, or
// not tested when an earlier sentence ended the scenario.
type Step struct {
	Text    string  `json:"text"`
	Verdict Verdict `json:"verdict"`
}

// An Outcome is what was seen of one scenario in one dialect. Its JSON is a
// member of "scenarios" in result.json and a line of journal.jsonl.
type Outcome struct {
	Req     string   `json:"req"`           // the scenario's address, without its row
	Row     string   `json:"row,omitempty"` // the row of an outline
	Feature string   `json:"feature"`
	Rule    string   `json:"rule,omitempty"`
	Name    string   `json:"name"`
	Dialect string   `json:"dialect"` // "aiw", "oin", or "" where it does not matter
	IDs     []string `json:"ids"`     // requirements it rests on
	Tags    []string `json:"tags"`
	Level   string   `json:"level"` // must, should, may: that of its strongest id
	Grade   string   `json:"grade"` // documented, observed, staff said, inference: the best of its ids

	Verdict    Verdict    `json:"verdict"`
	Reason     string     `json:"reason,omitempty"` // one sentence; always there unless Verdict is Pass
	Notes      []string   `json:"notes,omitempty"`  // beside the verdict, never part of it
	Step       string     `json:"step,omitempty"`   // the sentence that decided
	Steps      []Step     `json:"steps"`
	Mismatches []Mismatch `json:"mismatches,omitempty"`
	Breaks     []string   `json:"breaks,omitempty"` // requirements that what was seen breaks, where it tells them better than IDs
	Advice     string     `json:"advice,omitempty"` // to the server's author
	BlockedBy  string     `json:"blocked_by,omitempty"`
	Deviation  string     `json:"deviation,omitempty"`  // the reason given in the deviations file
	Transcript string     `json:"transcript,omitempty"` // path within the evidence folder
	DurationMS int64      `json:"duration_ms"`
}

// Rules are the requirements that the outcome is about: those that were seen
// broken, else those that the scenario rests on.
func (o Outcome) Rules() []string {
	if len(o.Breaks) > 0 {
		return o.Breaks
	}
	return o.IDs
}

// Address is the scenario's one name, with the row of its outline.
func (o Outcome) Address() string {
	if o.Row == "" {
		return o.Req
	}
	return o.Req + "/" + o.Row
}

// AnswersTo says whether a word names the outcome: its address, with or without the
// row, or a requirement that it rests on.
func (o Outcome) AnswersTo(name string) bool {
	return name == o.Req || name == o.Address() || slices.Contains(o.IDs, name)
}
