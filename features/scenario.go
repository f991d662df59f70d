package features

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	gherkin "github.com/cucumber/gherkin/go/v26"
	messages "github.com/cucumber/messages/go/v21"
)

// The two dialects of Okta's client, in which a scenario about Okta's traffic is
// played: applications made in the wizard, and those of the catalogue.
const (
	AIW = "aiw"
	OIN = "oin"
)

// A Scenario is one case of the specification. A row of an outline is a scenario
// of its own.
type Scenario struct {
	Req     string // its address: "unassign-disables"
	Row     string // for a row of an outline, what tells it from the others
	Family  string // the folder it stands in: "okta", "scim" or "immuta"
	Feature string
	Rule    string
	Name    string
	Tags    []string // all of them, without the @
	IDs     []string // those of Tags that name entries of the catalogue
	Level   string   // that of the strongest of IDs
	Grade   string   // that of the surest of IDs
	Steps   []Step
}

// A Kind says what a step does for its scenario.
type Kind string

const (
	Given Kind = "Given" // states what is so
	When  Kind = "When"  // does what the scenario is about
	Then  Kind = "Then"  // says what must hold now
)

// A Step is one sentence.
type Step struct {
	Kind Kind
	Text string
}

// Address is the scenario's one name, with its row.
func (s Scenario) Address() string {
	if s.Row == "" {
		return s.Req
	}
	return s.Req + "/" + s.Row
}

// Dialects lists those in which the scenario is played: both where it is about
// Okta's traffic, else none in particular, which is the empty string.
func (s Scenario) Dialects() []string {
	if s.Family == "okta" {
		return []string{AIW, OIN}
	}
	return []string{""}
}

// Gherkin writes the scenario as a feature of its own, its outline expanded and
// its background included.
func (s Scenario) Gherkin() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Feature: %s\n\n  Scenario: %s\n", s.Feature, s.Name)
	for _, step := range s.Steps {
		fmt.Fprintf(&b, "    %s %s\n", step.Kind, step.Text)
	}
	return b.Bytes()
}

// standing are the tags that are neither an address nor an id.
var standing = []string{
	"users", "groups", "attributes", "import", "connection",
	"optional", "unsupported", "inference", "bundled", "exclusive",
}

// families are the folders of scenarios, what matters most first.
var families = []string{"okta", "scim", "immuta"}

// Scenarios reads all feature files, in order of family, file and line. An error names
// the file and the scenario; it is a defect of the product, which its tests
// exclude.
func Scenarios() ([]Scenario, error) {
	catalogue, err := Requirements()
	if err != nil {
		return nil, err
	}
	var files []string
	for _, family := range families {
		found, err := fs.Glob(FS, family+"/*.feature")
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	var all []Scenario
	for _, file := range files {
		text, err := FS.ReadFile(file)
		if err != nil {
			return nil, err
		}
		scenarios, err := read(file, text, catalogue)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, scenarios...)
	}
	return all, unique(all)
}

func unique(all []Scenario) error {
	seen := map[string]bool{}
	for _, s := range all {
		if seen[s.Address()] {
			return fmt.Errorf("two scenarios have the address %s", s.Address())
		}
		seen[s.Address()] = true
	}
	return nil
}

func read(file string, text []byte, catalogue map[string]Requirement) ([]Scenario, error) {
	ids := &messages.Incrementing{}
	document, err := gherkin.ParseGherkinDocument(bytes.NewReader(text), ids.NewId)
	if err != nil {
		return nil, err
	}
	rules := rulesOf(document)
	var scenarios []Scenario
	for _, pickle := range gherkin.Pickles(*document, file, ids.NewId) {
		s := Scenario{
			Family: path.Dir(file), Feature: document.Feature.Name,
			Rule: rules[pickle.AstNodeIds[0]], Name: pickle.Name,
		}
		if err := s.classify(pickle, catalogue); err != nil {
			return nil, fmt.Errorf("scenario %q: %w", pickle.Name, err)
		}
		for _, step := range pickle.Steps {
			if step.Argument != nil {
				return nil, fmt.Errorf("scenario %q: %q has a table or a text; a sentence says it all", pickle.Name, step.Text)
			}
			s.Steps = append(s.Steps, Step{kinds[step.Type], step.Text})
		}
		if !slices.ContainsFunc(s.Steps, func(step Step) bool { return step.Kind == When }) {
			return nil, fmt.Errorf("scenario %q does nothing: it has no When", pickle.Name)
		}
		scenarios = append(scenarios, s)
	}
	return scenarios, nil
}

var kinds = map[messages.PickleStepType]Kind{
	messages.PickleStepType_CONTEXT: Given,
	messages.PickleStepType_ACTION:  When,
	messages.PickleStepType_OUTCOME: Then,
}

// rulesOf maps the id of a scenario in the document to the rule it stands under.
func rulesOf(document *messages.GherkinDocument) map[string]string {
	rules := map[string]string{}
	for _, child := range document.Feature.Children {
		if child.Rule == nil {
			continue
		}
		for _, inner := range child.Rule.Children {
			if inner.Scenario != nil {
				rules[inner.Scenario.Id] = child.Rule.Name
			}
		}
	}
	return rules
}

// classify sorts the tags. "@req:address" is the address, "@row:name" on the
// examples of an outline tells the rows apart.
func (s *Scenario) classify(pickle *messages.Pickle, catalogue map[string]Requirement) error {
	for _, tag := range pickle.Tags {
		name := strings.TrimPrefix(tag.Name, "@")
		s.Tags = append(s.Tags, name)
		if req, ok := strings.CutPrefix(name, "req:"); ok {
			s.Req = req
		} else if row, ok := strings.CutPrefix(name, "row:"); ok {
			s.Row = row
		} else if !slices.Contains(standing, name) {
			entry, known := catalogue[name]
			if !known {
				return fmt.Errorf("the tag @%s is no entry of features/requirements", name)
			}
			s.IDs = append(s.IDs, name)
			s.Level = strongest(Levels, s.Level, entry.Level)
			s.Grade = strongest(Grades, s.Grade, entry.Grade)
		}
	}
	if s.Req == "" {
		return fmt.Errorf("it has no address, a tag such as @req:unassign-disables")
	}
	if len(s.IDs) == 0 {
		return fmt.Errorf("it rests on no requirement, a tag such as @S-49")
	}
	return nil
}

func strongest(order []string, a, b string) string {
	if a == "" || slices.Index(order, b) < slices.Index(order, a) {
		return b
	}
	return a
}

// Advice gathers what requirements advise, in the order of their ids.
func Advice(ids []string, catalogue map[string]Requirement) string {
	var advice []string
	for _, id := range ids {
		if text := catalogue[id].Advice; !slices.Contains(advice, text) {
			advice = append(advice, text)
		}
	}
	return strings.Join(advice, " ")
}
