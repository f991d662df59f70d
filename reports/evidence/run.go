package evidence

import "time"

// A Run is the head of an evidence folder: what was asked, of whom, and all
// that it takes to ask it again.
type Run struct {
	ID        string            `json:"id"`
	Seed      int64             `json:"seed"`
	Started   time.Time         `json:"started"`
	Tool      Tool              `json:"tool"`
	Target    Target            `json:"target"`
	Knobs     map[string]string `json:"knobs,omitempty"`   // the open points about Okta's client that were not as by default, by name
	Without   []string          `json:"without,omitempty"` // gaps declared by the person who runs it: "groups", "import"
	Strict    bool              `json:"strict,omitempty"`  // warnings fail
	Reproduce string            `json:"reproduce"`         // the command line that does it again
	Clock     string            `json:"clock"`             // virtual or real: how the mock's waits passed
	Planned   []Planned         `json:"planned"`           // every case that was selected
	// Statements are those of the page that the suite is built from, with how the whole
	// suite shows each, whatever part of it was selected.
	Statements []Statement `json:"statements,omitempty"`
	Load       *LoadAsked  `json:"load,omitempty"` // what was asked of a load run; nil where scenarios are played
}

// A Statement is one of the provider's page.
type Statement struct {
	ID        string   `json:"id"`    // "S-49"
	Text      string   `json:"text"`  // in our words
	Grade     string   `json:"grade"` // how sure it is
	Scenarios []string `json:"scenarios"`
	Exempt    string   `json:"exempt,omitempty"`   // why no scenario can show it; "" where one can
	ShownBy   string   `json:"shown_by,omitempty"` // of an exempt one, the Go test in its place
}

// A Tool is the program that made the evidence.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// A Target is the server that was tested.
type Target struct {
	Kind string `json:"kind"` // bundled, container, url
	Name string `json:"name"`
	URL  string `json:"url"`
	Ours bool   `json:"ours,omitempty"` // our own reference server: inference may fail it
}

// Planned is a case that was selected, kept so that one that never finished
// still appears in every report.
type Planned struct {
	Req     string   `json:"req"`
	Row     string   `json:"row,omitempty"`
	Feature string   `json:"feature"`
	Rule    string   `json:"rule,omitempty"`
	Name    string   `json:"name"`
	Dialect string   `json:"dialect"`
	IDs     []string `json:"ids"`
	Tags    []string `json:"tags"`
	Level   string   `json:"level"`
	Grade   string   `json:"grade"`
}

// Interrupted is the outcome of a case that never finished.
func (p Planned) Interrupted(why string) Outcome {
	return Outcome{
		Req: p.Req, Row: p.Row, Feature: p.Feature, Rule: p.Rule, Name: p.Name, Dialect: p.Dialect,
		IDs: p.IDs, Tags: p.Tags, Level: p.Level, Grade: p.Grade,
		Verdict: NotTested, Reason: why,
	}
}

// An End is the last line of a journal. A run that was killed has none.
type End struct {
	At          time.Time `json:"at"`
	Finished    bool      `json:"finished"` // every planned case was played
	Interrupted bool      `json:"interrupted,omitempty"`
	Stopped     string    `json:"stopped,omitempty"`  // why the run ended early: "unreachable: dial tcp …"
	Unusable    bool      `json:"unusable,omitempty"` // the configuration is at fault: the token was refused
}
