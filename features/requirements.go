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
	} else {
		r.Text = strings.TrimSpace(r.Text + " " + line)
	}
}
