package features

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryScenarioCanBeReadAndFoundAgain(t *testing.T) {
	all, err := Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		catalogue, _ := Requirements()
		again, err := read("okta/again.feature", []byte(strings.Replace(string(s.Gherkin()), "  Scenario:", "  @req:"+s.Req+" @"+s.IDs[0]+"\n  Scenario:", 1)), catalogue)
		if err != nil {
			t.Fatalf("%s, written alone: %v", s.Address(), err)
		}
		if len(again) != 1 || len(again[0].Steps) != len(s.Steps) {
			t.Errorf("%s, written alone, reads as %+v", s.Address(), again)
			continue
		}
		for i, step := range s.Steps {
			if again[0].Steps[i] != step {
				t.Errorf("%s, step %d: want %+v, got %+v", s.Address(), i+1, step, again[0].Steps[i])
			}
		}
	}
}

func TestEveryRequirementIsUsed(t *testing.T) {
	all, err := Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, s := range all {
		for _, id := range s.IDs {
			used[id] = true
		}
	}
	catalogue, err := Requirements()
	if err != nil {
		t.Fatal(err)
	}
	table, err := Coverage()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range table { // what is exempt is used by the table, which TestEveryStatementIsShown minds
		used[s.ID] = used[s.ID] || s.Exempt != Exemption{}
	}
	for id, r := range catalogue {
		if open := r.Knob != "" || len(r.Concerns) > 0; !used[id] && !open { // what is open is of Okta, and asks nothing of a server
			t.Errorf("no scenario rests on %s", id)
		}
	}
}

// What a knob concerns, and what can only warn when it is turned, is there.
func TestEveryKnobConcernsWhatThereIs(t *testing.T) {
	all, err := Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := Requirements()
	if err != nil {
		t.Fatal(err)
	}
	for id, r := range catalogue {
		for _, word := range slices.Concat(r.Concerns, r.Warns) {
			if !slices.ContainsFunc(all, func(s Scenario) bool { return s.AnswersTo(word) }) {
				t.Errorf("%s names %s, and no scenario has that address or id", id, word)
			}
		}
	}
}

func TestReadingRefuses(t *testing.T) {
	catalogue := map[string]Requirement{"S-1": {ID: "S-1", Level: "must", Grade: "documented"}}
	for name, tt := range map[string]struct{ tags, steps, want string }{
		"a scenario without an address":    {"@S-1", "When x", "has no address"},
		"a scenario that rests on nothing": {"@req:a @users", "When x", "rests on no requirement"},
		"a tag that the catalogue lacks":   {"@req:a @S-2", "When x", "@S-2 is no entry"},
		"a step with a table":              {"@req:a @S-1", "When x\n      | a |", "has a table"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read("okta/x.feature", []byte("Feature: f\n  "+tt.tags+"\n  Scenario: s\n    "+tt.steps+"\n"), catalogue)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("want an error with %q, got %v", tt.want, err)
			}
		})
	}
}

func TestCatalogueRefuses(t *testing.T) {
	entry := "S-1  must  documented\n  text\n  Source: s\n  Advice: a\n"
	for name, tt := range map[string]struct{ text, want string }{
		"a cost of no rank":       {strings.Replace(entry, "  Source", "  Costs: money\n  Source", 1), "unknown cost"},
		"an entry without advice": {"S-1  must  documented\n  text\n  Source: s\n", "lacks"},
		"an entry twice":          {entry + entry, "twice"},
		"an unknown level":        {strings.Replace(entry, "must", "ought", 1), "unknown level"},
		"an unknown grade":        {strings.Replace(entry, "documented", "rumoured", 1), "unknown grade"},
		"a knob without a value":  {strings.Replace(entry, "  Source", "  Knob: emptyValue\n  Source", 1), "does not name its knob"},
		"a concern without knob":  {strings.Replace(entry, "  Source", "  Warns: S-1\n  Source", 1), "does not name its knob"},
		"text before an entry":    {"  text\n" + entry, "before the first entry"},
	} {
		t.Run(name, func(t *testing.T) {
			err := readCatalogue(map[string]Requirement{}, tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("want an error with %q, got %v", tt.want, err)
			}
		})
	}
}
