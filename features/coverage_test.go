package features

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every statement of the provider's page is shown by a scenario, or stands in the
// table of exemptions, which is true.
func TestEveryStatementIsShown(t *testing.T) {
	table, err := Coverage()
	if err != nil {
		t.Fatal(err)
	}
	if len(table) != 67 {
		t.Errorf("%d statements", len(table))
	}
	for _, hole := range Holes(table, isTestInTheSource(t)) {
		t.Error(hole)
	}
}

// isTestInTheSource says whether package.TestName is a test of the source.
func isTestInTheSource(t *testing.T) func(string) bool {
	return func(name string) bool {
		room, test, _ := strings.Cut(name, ".")
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(room), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		declared := regexp.MustCompile(`(?m)^func ` + regexp.QuoteMeta(test) + `\(t \*testing\.T\) \{`)
		return slices.ContainsFunc(files, func(file string) bool {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			return strings.HasPrefix(test, "Test") && declared.Match(text)
		})
	}
}

func TestATestIsFoundInTheSource(t *testing.T) {
	is := isTestInTheSource(t)
	for name, want := range map[string]bool{
		"features.TestATestIsFoundInTheSource":                  true,
		"mockokta/directory.TestTheEditorRefuses":               true,
		"mockokta.TestTheEditorRefuses":                         false,
		"features.TestATestIsFound":                             false,
		"features.isTestInTheSource":                            false,
		"TestATestIsFoundInTheSource":                           false,
		"nowhere.TestATestIsFoundInTheSource":                   false,
		"features.Test":                                         false,
		"features.":                                             false,
		"mockokta.TestWithoutTheAdministratorRoleNothingIsSaid": true,
	} {
		if is(name) != want {
			t.Errorf("%s: want %t", name, want)
		}
	}
}

// Whatever makes a hole in the table is named.
func TestHolesInTheTable(t *testing.T) {
	catalogue := map[string]Requirement{}
	exempt := map[string]Exemption{}
	for i := range statements {
		id := statementID(i)
		catalogue[id] = Requirement{ID: id, Text: "text", Grade: "documented"}
		exempt[id] = Exemption{Why: "so"}
	}
	scenarios := []Scenario{{Req: "a", Row: "1", IDs: []string{"S-04"}}, {Req: "a", Row: "2", IDs: []string{"S-04"}}, {Req: "b", IDs: []string{"F08", "S-04"}}}
	delete(exempt, "S-04")
	for name, tt := range map[string]struct {
		change func()
		want   []string
	}{
		"none": {func() {}, nil},
		"a statement in neither": {
			func() { delete(exempt, "S-67") },
			[]string{"S-67 is shown by no scenario, and features/exemptions.txt does not say why none can"},
		},
		"an exemption that has a scenario": {
			func() { exempt["S-04"] = Exemption{Why: "so"} },
			[]string{"S-04 is exempt, and shown by a, b: take it out of features/exemptions.txt"},
		},
		"an exemption by a test that is not there": {
			func() { exempt["S-02"] = Exemption{Why: "so", Test: "mockokta.TestGone"} },
			[]string{"S-02 is exempt by the Go test mockokta.TestGone, and there is no such test"},
		},
		"an exemption by a test that is there": {func() { exempt["S-02"] = Exemption{Why: "so", Test: "mockokta.TestThere"} }, nil},
		"a statement without an entry": {
			func() { delete(catalogue, "S-03") },
			[]string{"S-03 has no entry in features/requirements/seed.txt"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			keptCatalogue, keptExempt := maps.Clone(catalogue), maps.Clone(exempt)
			tt.change()
			got := Holes(cover(scenarios, catalogue, exempt), func(test string) bool { return test == "mockokta.TestThere" })
			if !slices.Equal(got, tt.want) {
				t.Errorf("want %q, got %q", tt.want, got)
			}
			catalogue, exempt = keptCatalogue, keptExempt
		})
	}
}

func TestExemptionsRefuse(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"an entry twice":           {"S-02\n  so\nS-02\n  so\n", "line 3: S-02 is there twice"},
		"what is no statement":     {"S-68\n  so\n", `line 1: "S-68" is no statement`},
		"another id":               {"F08\n  so\n", `"F08" is no statement`},
		"no reason":                {"S-02\n  Test: mockokta.TestX\n", "S-02 does not say why"},
		"text before an entry":     {"  so\nS-02\n  so\n", "line 1 stands before the first entry"},
		"an entry with more to it": {"S-02  must\n  so\n", `is no statement`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readExemptions(tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("want an error with %q, got %v", tt.want, err)
			}
		})
	}
	got, err := readExemptions("# a comment\n\nS-02\n    one\n    two\n    Test: mockokta.TestX\n\nS-03\n    three\n")
	if err != nil || len(got) != 2 || got["S-02"] != (Exemption{"one two", "mockokta.TestX"}) || got["S-03"] != (Exemption{Why: "three"}) {
		t.Errorf("got %+v, %v", got, err)
	}
}
