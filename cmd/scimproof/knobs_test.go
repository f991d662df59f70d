package main

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// Every knob has its entry in the catalogue, one and no more, and every entry's knob
// can be turned to what it says, which is not the default.
func TestEveryKnobHasItsEntry(t *testing.T) {
	b, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]int{}
	for id, r := range b.requirements {
		if r.Knob == "" {
			continue
		}
		entries[r.Knob]++
		var k provision.Knobs
		if err := k.Turn(r.Knob, r.Turned); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		if turned := k.Turned(); turned[r.Knob] != r.Turned {
			t.Errorf("%s: %s=%s turns %v", id, r.Knob, r.Turned, turned)
		}
	}
	for _, n := range b.knobs {
		if entries[n.Name] != 1 {
			t.Errorf("the catalogue has %d entries for the knob %s", entries[n.Name], n.Name)
		}
	}
}

// What was turned is in the head of a run, in every report, and in those that are
// written anew.
func TestAReportSaysWhichKnobsWereTurned(t *testing.T) {
	t.Setenv("SCIMPROOF_KNOB", "lookupAttribute=externalId,patchBatch=2")
	dir := t.TempDir()
	code, out, err := shellRun(t, "check", "--only", "link-active", "--out", dir)
	const says = "Okta was played with lookupAttribute=externalId, patchBatch=2, and not as it is believed to be"
	first, _, _ := strings.Cut(out, "\n\n")
	if code != ok || !strings.HasPrefix(out, "SUCCESS") || !strings.Contains(first, says) || !strings.Contains(out, "a warning only: with lookupAttribute=externalId a good server may fail here") {
		t.Errorf("exit code %d\n%s%s", code, out, err)
	}
	want := map[string]string{"lookupAttribute": "externalId", "patchBatch": "2"}
	held := func() {
		t.Helper()
		r := resultOf(t, dir)
		if diff := cmp.Diff(want, r.Knobs); diff != "" || r.Counts[evidence.Warn] != 2 {
			t.Errorf("%s, %v", diff, r.Counts)
		}
		if !strings.HasPrefix(r.Run.Reproduce, "SCIMPROOF_KNOB=lookupAttribute=externalId,patchBatch=2 ") {
			t.Errorf("again: %s", r.Run.Reproduce)
		}
		for _, file := range []string{reports.Page, "report.md", "report.txt"} {
			if raw, err := os.ReadFile(filepath.Join(dir, file)); err != nil || !strings.Contains(string(raw), says) {
				t.Errorf("%s does not say it: %v", file, err)
			}
		}
	}
	held()
	for _, file := range []string{"result.json", reports.Page, "report.md", "report.txt"} {
		os.Remove(filepath.Join(dir, file))
	}
	os.Unsetenv("SCIMPROOF_KNOB")
	if code, again, err := shellRun(t, "report", dir); code != ok || !strings.HasPrefix(out, again[:strings.Index(again, "\nThe page")]) {
		t.Errorf("report tells it otherwise, exit code %d\n%s%s", code, again, err)
	}
	held()
	if code, out, _ := shellRun(t, "check", "--only", "connection-test", "--out", t.TempDir()); code != ok || strings.Contains(out, "Okta was played") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// An ear hears what a target behind it is asked.
type ear struct {
	mu    sync.Mutex
	heard []string
}

func (e *ear) ask(_ http.ResponseWriter, r *http.Request) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if strings.Contains(r.URL.RawQuery, "filter=") {
		e.heard = append(e.heard, r.URL.RawQuery+" "+r.Header.Get("Connection"))
	}
	return false
}

// Whoever plays Okta plays it with the knobs: the target hears it.
func TestATargetHearsTheKnobs(t *testing.T) {
	knobs := []string{"--knob", "spaceEncoding=+", "--knob", "connectionHeader=close"}
	for name, play := range map[string]func(t *testing.T, at target.Endpoint){
		"check": func(t *testing.T, at target.Endpoint) {
			if code, out, err := shellRun(t, append([]string{"check", "--target", at.URL, "--only", "assign-creates", "--out", t.TempDir()}, knobs...)...); code != ok {
				t.Errorf("exit code %d\n%s%s", code, out, err)
			}
		},
		"load": func(t *testing.T, at target.Endpoint) {
			dir := t.TempDir()
			code, out, err := shellRun(t, append([]string{"load", "--target", at.URL, "--people", "3", "--rate", "0", "--out", dir}, knobs...)...)
			if code != ok || !strings.Contains(out, "Okta was played with connectionHeader=close, spaceEncoding=+") {
				t.Errorf("exit code %d\n%s%s", code, out, err)
			}
			keepsItsSchema(t, dir)
			if _, again, _ := shellRun(t, "report", dir); !strings.HasPrefix(out, again) {
				t.Errorf("report tells it otherwise: %s", again)
			}
		},
		"serve okta": func(t *testing.T, at target.Endpoint) {
			var okta oktaReady
			s := serving(t, &okta, append([]string{"okta"}, knobs...)...)
			if !strings.Contains(s.err.String(), "this Okta is not as it is believed to be: spaceEncoding=+, connectionHeader=close") {
				t.Errorf("it does not say so: %s", s.err.String())
			}
			admin := oktaAdmin(t, okta.URL, okta.Token)
			app, err := application(t.Context(), admin, features.OIN, ready{SCIM: at.URL, Token: at.Token})
			if err != nil {
				t.Fatal(err)
			}
			ana, err := admin.CreateUser(t.Context(), directory.Profile{"login": "ana@example.com", "email": "ana@example.com", "firstName": "Ana", "lastName": "Ruiz"})
			if err != nil {
				t.Fatal(err)
			}
			if err := admin.Assign(t.Context(), app, ana); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var e ear
			at := front{ask: e.ask}.open(t)
			t.Setenv("SCIMPROOF_TOKEN", at.Token)
			play(t, at)
			e.mu.Lock()
			defer e.mu.Unlock()
			if !slices.ContainsFunc(e.heard, func(said string) bool {
				return strings.HasPrefix(said, "filter=userName+eq+") && strings.HasSuffix(said, " close")
			}) {
				t.Errorf("the target heard %q", e.heard)
			}
		})
	}
}

// The page of what is guessed has every open point and every requirement that is
// inference, and a selection narrows it.
func TestThePageOfInferences(t *testing.T) {
	asReviewed(t, "inferences.txt", small().inferences(func(features.Scenario) bool { return true }))

	b, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	code, out, _ := shellRun(t, "list", "--inferences")
	if code != ok {
		t.Errorf("exit code %d", code)
	}
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > columns {
			t.Errorf("a line is too wide: %s", line)
		}
	}
	for _, n := range b.knobs {
		if !strings.Contains(out, "\n  "+n.Name+"  ") {
			t.Errorf("the knob %s is not there", n.Name)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(b.requirements)) {
		if b.requirements[id].Grade == "inference" && !strings.Contains(out, id) {
			t.Errorf("%s is not there", id)
		}
	}
	_, out, _ = shellRun(t, "list", "--inferences", "--only", "custom-attribute-cleared")
	if !strings.Contains(out, "emptyValue  ") || !strings.Contains(out, "OKTA-cleared-value  ") || strings.Contains(out, "\n  spaceEncoding") || !strings.Contains(out, "\n  workers  ") {
		t.Errorf("of a value that is cleared:\n%s", out)
	}
}
