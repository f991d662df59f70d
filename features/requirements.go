package features

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// A Requirement is an entry of the catalogue in features/requirements.
type Requirement struct {
	ID     string
	Level  string // "must", "should" or "may"
	Grade  string // how sure we are of it: one of Grades
	Text   string // the requirement, in our words
	Costs  string // the word of one of Costs; "" where none fits
	Source string
	Advice string // to the author of a server

	// Of an open point about Okta's client:
	Knob     string   // the knob that turns it; "" elsewhere
	Turned   string   // what the knob can be besides its default, as an example
	Concerns []string // ids and addresses of what Okta does otherwise then; none: of nothing in particular, or no open point
	Warns    []string // ids and addresses of what a good server may fail then too, so that it can only warn
}

// Levels and Grades, the strongest first.
var (
	Levels = []string{"must", "should", "may"}
	Grades = []string{"documented", "observed", "staff said", "inference"}
)

// Requirements reads the catalogue, by id. An error names the file and line; it
// is a defect of the product, which its tests exclude.
func Requirements() (map[string]Requirement, error) {
	files, err := fs.Glob(FS, "requirements/*.txt")
	if err != nil {
		return nil, err
	}
	all := map[string]Requirement{}
	for _, file := range files {
		text, err := FS.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := readCatalogue(all, string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return all, nil
}

func readCatalogue(into map[string]Requirement, text string) error {
	var now *Requirement
	keep := func() error {
		if now == nil {
			return nil
		}
		if now.Text == "" || now.Source == "" || now.Advice == "" {
			return fmt.Errorf("%s lacks its text, its source or its advice", now.ID)
		}
		if now.Costs != "" && Gravity(now.Costs) == 0 {
			return fmt.Errorf("%s has the unknown cost %q", now.ID, now.Costs)
		}
		if (now.Knob == "") != (now.Turned == "") || now.Knob == "" && len(now.Warns) > 0 {
			return fmt.Errorf("%s does not name its knob with a value, as in emptyValue=null", now.ID)
		}
		if _, twice := into[now.ID]; twice {
			return fmt.Errorf("%s is there twice", now.ID)
		}
		into[now.ID] = *now
		return nil
	}
	for number, line := range strings.Split(text, "\n") {
		entry := strings.TrimSpace(line)
		switch {
		case entry == "" || strings.HasPrefix(entry, "#"):
		case line[0] != ' ':
			if err := keep(); err != nil {
				return err
			}
			head, err := readHead(entry)
			if err != nil {
				return fmt.Errorf("line %d: %w", number+1, err)
			}
			now = &head
		case now == nil:
			return fmt.Errorf("line %d stands before the first entry", number+1)
		default:
			now.add(entry)
		}
	}
	return keep()
}

func readHead(entry string) (Requirement, error) {
	words := strings.Fields(entry)
	if len(words) < 3 {
		return Requirement{}, fmt.Errorf("want id, level and grade, got %q", entry)
	}
	r := Requirement{ID: words[0], Level: words[1], Grade: strings.Join(words[2:], " ")}
	if !slices.Contains(Levels, r.Level) {
		return r, fmt.Errorf("%s has the unknown level %q", r.ID, r.Level)
	}
	if !slices.Contains(Grades, r.Grade) {
		return r, fmt.Errorf("%s has the unknown grade %q", r.ID, r.Grade)
	}
	return r, nil
}

func (r *Requirement) add(line string) {
	if source, ok := strings.CutPrefix(line, "Source: "); ok {
		r.Source = source
	} else if advice, ok := strings.CutPrefix(line, "Advice: "); ok {
		r.Advice = advice
	} else if costs, ok := strings.CutPrefix(line, "Costs: "); ok {
		r.Costs = costs
	} else if knob, ok := strings.CutPrefix(line, "Knob: "); ok {
		r.Knob, r.Turned, _ = strings.Cut(knob, "=")
	} else if ids, ok := strings.CutPrefix(line, "Concerns: "); ok {
		r.Concerns = strings.Fields(ids)
	} else if ids, ok := strings.CutPrefix(line, "Warns: "); ok {
		r.Warns = strings.Fields(ids)
	} else {
		r.Text = strings.TrimSpace(r.Text + " " + line)
	}
}
