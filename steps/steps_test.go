package steps

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/features"
)

func TestEverySentenceOfAScenarioMeansOneThing(t *testing.T) {
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	_, legs, err := features.Tour()
	if err != nil {
		t.Fatal(err)
	}
	for _, leg := range legs {
		all = append(all, features.Scenario{Req: "the tour, " + leg.Heading, Steps: leg.Steps})
	}
	used := map[string]bool{}
	for _, s := range all {
		for _, step := range s.Steps {
			var meanings []string
			for _, v := range vocabulary {
				if regexp.MustCompile(v.pattern).MatchString(step.Text) {
					meanings = append(meanings, v.pattern)
					used[v.pattern] = true
				}
			}
			if len(meanings) != 1 {
				t.Errorf("%s: %q means %v", s.Address(), step.Text, meanings)
			}
		}
	}
	for _, v := range vocabulary {
		if !used[v.pattern] {
			t.Errorf("no scenario says %s", v.pattern)
		}
	}
}

func TestThePackageCommentListsTheVocabulary(t *testing.T) {
	source, err := os.ReadFile("steps.go")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, line := range strings.Split(string(source), "\n") {
		if text, is := strings.CutPrefix(line, "//\t"); is {
			listed = append(listed, text)
		}
	}
	if len(listed) != len(vocabulary) {
		t.Errorf("the comment lists %d sentences, the vocabulary has %d", len(listed), len(vocabulary))
	}
	for _, v := range vocabulary {
		if !slices.ContainsFunc(listed, func(text string) bool { return says(v.pattern, text) }) {
			t.Errorf("the comment does not list %s", v.pattern)
		}
	}
}

// says reads a line of the comment, its keyword left away, with somebody for each
// placeholder and either of its alternatives.
func says(pattern, line string) bool {
	_, text, _ := strings.Cut(line, " ")
	text = strings.NewReplacer("NAMES", "Ana and Ben", "NAME", "Ana", "WORD", "word", "NUMBER", "7", "…", "X").Replace(text)
	for choice := range 2 {
		one := regexp.MustCompile(`(\w+)\|(\w+)`).ReplaceAllStringFunc(text, func(s string) string {
			return strings.Split(s, "|")[choice]
		})
		if regexp.MustCompile(pattern).MatchString(one) {
			return true
		}
	}
	return false
}

func TestOwnersArePlayedFirst(t *testing.T) {
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := features.Selection{}.Choose(all)
	if err != nil {
		t.Fatal(err)
	}
	levelOf := map[string]int{}
	for i, level := range levels(cases) {
		for _, c := range level {
			levelOf[c.Req] = i
		}
	}
	for _, c := range cases {
		for _, step := range c.Steps {
			owner := ownerOf(step.Text)
			if step.Kind != features.Given || owner == "" || owner == c.Req {
				continue
			}
			if _, there := levelOf[owner]; !there {
				t.Errorf("%q is owned by %s, which is no scenario", step.Text, owner)
			}
			if levelOf[owner] >= levelOf[c.Req] {
				t.Errorf("%s is played no later than %s, which owns %q", c.Req, owner, step.Text)
			}
		}
	}
	if levelOf["connection-test"] != 0 || levelOf["assign-creates"] == 0 {
		t.Errorf("levels are %v", levelOf)
	}
}

func TestListedNames(t *testing.T) {
	for text, want := range map[string][]string{
		"Ana":              {"Ana"},
		"Ana and Ben":      {"Ana", "Ben"},
		"Ana, Ben and Cem": {"Ana", "Ben", "Cem"},
	} {
		if got := listed(text); !slices.Equal(got, want) {
			t.Errorf("%q: want %v, got %v", text, want, got)
		}
		if m := regexp.MustCompile("^" + names + "$").FindStringSubmatch(text); m == nil || m[1] != text {
			t.Errorf("%q is not matched as names: %v", text, m)
		}
	}
}

func TestNamesOfTwoRunsNeverMeet(t *testing.T) {
	for seed := range uint64(8) {
		seen := map[string]string{}
		for _, mark := range []string{"spaaaaaaaa", "spbbbbbbbb"} {
			for number := range 3 {
				for _, label := range []string{"Ana", "Ben"} {
					p := newPerson(label, mark, number, seed+1)
					for _, name := range []string{p.userName, newGroup(label, mark, number, seed+1).name} {
						if where, twice := seen[strings.ToLower(name)]; twice {
							t.Errorf("seed %d: %s is a name of %s too", seed+1, name, where)
						}
						seen[strings.ToLower(name)] = mark
						if !strings.Contains(strings.ToLower(name), mark) {
							t.Errorf("seed %d: %s lacks the mark %s", seed+1, name, mark)
						}
					}
				}
			}
		}
	}
}
