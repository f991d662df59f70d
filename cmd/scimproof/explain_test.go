package main

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/target/fault"
)

var update = flag.Bool("update", false, "write the golden files anew; review them by eye")

// small is a book in which everything occurs that a page can show.
func small() book {
	leaves := func(family, row string, ids ...string) features.Scenario {
		return features.Scenario{
			Req: "leaver-is-disabled", Row: row, Family: family, Feature: "Who leaves is shut out, and what they made stays where it was for whoever comes after them",
			Rule: "Nobody is deleted", Name: "Ana leaves", IDs: ids, Level: "must", Grade: "observed",
			Steps: []features.Step{
				{Kind: features.Given, Text: "Okta is connected to the target"},
				{Kind: features.Given, Text: "Ana is assigned to the application"},
				{Kind: features.When, Text: "Ana is unassigned from the application"},
				{Kind: features.Then, Text: "the target shows Ana as disabled"},
			},
		}
	}
	return book{
		scenarios: []features.Scenario{leaves("okta", "plain", "S-1", "F02"), leaves("immuta", "seen-on-screen", "S-1")},
		requirements: map[string]features.Requirement{
			"S-1": {ID: "S-1", Level: "must", Grade: "documented", Text: "Who leaves is disabled.", Source: "a page", Advice: "Set active to false, keep the account, and answer a GET of it as before, with everything in it."},
			"F02": {ID: "F02", Level: "must", Grade: "observed", Text: "The change is stored.", Source: "somebody/server #1", Advice: "Store it."},
			"OKTA-open-gone": {
				ID: "OKTA-open-gone", Level: "must", Grade: "observed", Text: "A leaver comes in one request or in two.", Source: "a page, and a capture", Advice: "Accept all readings: one that changes nothing is a request too.",
				Knob: "farewells", Turned: "3", Concerns: []string{"S-1"}, Warns: []string{"leaver-is-disabled/plain"},
			},
			"OKTA-guess-hat": {
				ID: "OKTA-guess-hat", Level: "may", Grade: "inference", Text: "Who leaves takes the hat.", Source: "nobody saw it", Advice: "None.",
				Concerns: []string{"S-1"},
			},
			"F03": {ID: "F03", Level: "may", Grade: "inference", Text: "Nothing rests on this.", Source: "nobody", Advice: "None."},
		},
		mistakes: []mistake{
			{
				fault.Fault{Name: "patch-ignored", What: "a PATCH is answered with 200 and changes nothing", Seen: "F02: somebody/server #1"},
				features.Prediction{
					Predicted: []features.Kill{{Address: "leaver-is-disabled/plain", Dialect: "aiw"}, {Address: "leaver-is-disabled/plain", Dialect: "oin"}},
					Unseen:    map[features.Kill]string{{Address: "leaver-is-disabled/plain", Dialect: "aiw"}: "applications made in the wizard send no PATCH"},
					Extra:     map[features.Kill]string{{Address: "leaver-is-disabled/seen-on-screen"}: "the screen reads what the PATCH should have stored"},
				},
			},
			{fault.Fault{Name: "put-ignored", What: "a PUT changes nothing", Seen: "the class of F020"}, features.Prediction{}},
		},
		knobs: []provision.Knob{
			{Name: "farewells", What: "How often Okta says of one person that they leave, when they leave once.", Values: []string{"1", "2"}, Free: "3 to 9", Why: "once is documented; twice was seen, and nobody knows why"},
			{Name: "tone", What: "In which tone.", Values: []string{"plain", "loud"}, Why: "inference: nobody knows"},
		},
	}
}

func TestExplanationsAreAsReviewed(t *testing.T) {
	for word, file := range map[string]string{
		"leaver-is-disabled": "explain-scenario.txt",
		"f02":                "explain-requirement.txt",
		"F03":                "explain-requirement-alone.txt",
		"@patch-ignored":     "explain-fault.txt",
		"Farewells":          "explain-knob.txt",
		"OKTA-open-gone":     "explain-open-point.txt",
	} {
		t.Run(file, func(t *testing.T) {
			got, err := small().explain(word)
			if err != nil {
				t.Fatal(err)
			}
			asReviewed(t, file, got)
		})
	}
}

func asReviewed(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// Every word there is can be explained, on a terminal of 80 columns.
func TestEverythingCanBeExplained(t *testing.T) {
	isLong(t)
	b, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	explained := func(word string, says ...string) {
		t.Helper()
		code, out, err := shellRun(t, "explain", word)
		if code != ok || err != "" {
			t.Errorf("%s: exit code %d: %s", word, code, err)
		}
		for line := range strings.Lines(out) {
			line = strings.TrimRight(line, "\n")
			if utf8.RuneCountInString(line) > columns && len(strings.Fields(line)) > 1 {
				t.Errorf("%s: a line is too wide: %s", word, line)
			}
		}
		flat := strings.Join(strings.Fields(out), " ")
		for _, text := range says {
			if !strings.Contains(flat, strings.Join(strings.Fields(text), " ")) {
				t.Errorf("%s: want %q in\n%s", word, text, out)
			}
		}
	}
	for _, s := range b.scenarios {
		says := []string{s.Name, s.Feature, s.Rule}
		for _, step := range s.Steps {
			says = append(says, step.Text)
		}
		for _, id := range s.IDs {
			says = append(says, b.requirements[id].Text, b.requirements[id].Source, b.requirements[id].Advice)
		}
		explained("@req:"+s.Address(), says...)
	}
	for _, id := range slices.Sorted(maps.Keys(b.requirements)) {
		explained(id, b.requirements[id].Text, b.requirements[id].Source)
	}
	for _, m := range b.mistakes {
		says := []string{m.What, m.Seen, "scimproof serve both --fault " + m.Name}
		for _, k := range m.Predicted {
			says = append(says, k.Address)
		}
		explained(m.Name, says...)
	}
	for _, n := range b.knobs {
		r := b.turns(n.Name)
		explained(n.Name, n.What, n.Why, n.Values[0], r.Grade, r.Source, r.Advice, "scimproof check --knob "+n.Name+"="+r.Turned)
	}
}

// A word that names nothing is answered with what was perhaps meant.
func TestTheNearestNames(t *testing.T) {
	names := []string{"unassign-disables", "unassign-keeps-account", "deletes-when-disabled", "S-49", "S-48", "F08"}
	for word, want := range map[string][]string{
		"unasign-disabels": {"unassign-disables"},
		"unassign":         {"unassign-disables", "unassign-keeps-account"},
		"DISABLED":         {"deletes-when-disabled"},
		"S-47":             {"S-48", "S-49"},
		"F8":               {"F08"},
		"":                 nil,
		"nonesuch":         nil,
	} {
		if diff := cmp.Diff(want, nearest(word, names)); diff != "" {
			t.Errorf("%q: %s", word, diff)
		}
	}
	code, out, err := shellRun(t, "explain", "unasign-disables\x1b[31m")
	if code != unusable || out != "" || strings.Count(err, "\n") != 1 || strings.Contains(err, "\x1b") || !strings.Contains(err, "did you mean unassign-disables") {
		t.Errorf("exit code %d, %q, %q", code, out, err)
	}
	if code, _, err := shellRun(t, "explain"); code != unusable || !strings.Contains(err, "word") {
		t.Errorf("exit code %d, %q", code, err)
	}
}

// The faults can be listed, all of them or those that break what was selected.
func TestListFaults(t *testing.T) {
	code, out, _ := shellRun(t, "list", "--faults")
	for _, f := range fault.All() {
		if !strings.Contains(out, "\n"+f.Name+" ") {
			t.Errorf("%s is not listed", f.Name)
		}
	}
	if code != ok {
		t.Errorf("exit code %d", code)
	}
	_, out, _ = shellRun(t, "list", "--faults", "--only", "unassign-disables", "--dialect", "aiw")
	if !strings.Contains(out, "put-active-ignored") || strings.Contains(out, "patch-active-ignored") {
		t.Errorf("for unassignment by PUT:\n%s", out)
	}
}
