package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestReportWritesWhatItIsAskedFor(t *testing.T) {
	isLong(t)
	dir := goodRun(t)
	forms := []string{"report.html", "report.md", "report.txt", "junit.xml", "result.json"}
	there := func() (names []string) {
		for _, name := range forms {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				names = append(names, name)
			}
		}
		return names
	}
	if got := there(); !slices.Equal(got, forms) {
		t.Errorf("check left %v, want %v", got, forms)
	}
	for _, tt := range []struct {
		args []string
		code int
		want []string
		says string
	}{
		{nil, ok, forms, "The page to open: " + filepath.Join(dir, "report.html")},
		{[]string{"--to", "markdown,junit"}, ok, []string{"report.md", "junit.xml"}, "SUCCESS"},
		{[]string{"--to", "html", "--to", "json"}, ok, []string{"report.html", "result.json"}, "The page to open"},
		{[]string{"--to", "text,pdf"}, unusable, nil, `scimproof: --to: "pdf" is no form of a report; there are json, html, junit, markdown, text`},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			for _, name := range forms {
				os.Remove(filepath.Join(dir, name))
			}
			code, out, err := shellRun(t, append([]string{"report", dir}, tt.args...)...)
			if got := there(); code != tt.code || !slices.Equal(got, tt.want) {
				t.Errorf("exit %d and %v, want %d and %v\n%s%s", code, got, tt.code, tt.want, out, err)
			}
			if !strings.Contains(out+err, tt.says) {
				t.Errorf("it does not say %q:\n%s%s", tt.says, out, err)
			}
		})
	}
}

// All forms of a load run come from its load.json: they are the same when they are
// written anew, elsewhere and without the rest of the folder.
func TestReportWritesALoadRunFromItsLoadJSON(t *testing.T) {
	dir := t.TempDir()
	if code, out, err := shellRun(t, "load", "--people", "12", "--rate", "0", "--out", dir); code != ok {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
	forms := []string{"load.html", "load.md", "load.txt"}
	read := func(dir, name string) string {
		t.Helper()
		whole, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(whole)
	}
	alone := t.TempDir()
	if err := os.WriteFile(filepath.Join(alone, "load.json"), []byte(read(dir, "load.json")), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, err := shellRun(t, "report", alone, "--to", "text"); code != ok || existing(filepath.Join(alone, "load.html")) != "" || !strings.HasPrefix(out, read(alone, "load.txt")) {
		t.Errorf("exit %d\n%s%s", code, out, err)
	}
	if code, out, err := shellRun(t, "report", alone); code != ok || !strings.Contains(out, "The page to open: "+filepath.Join(alone, "load.html")) {
		t.Errorf("exit %d\n%s%s", code, out, err)
	}
	for _, name := range forms {
		if read(dir, name) != read(alone, name) {
			t.Errorf("%s is not the same, written anew", name)
		}
	}
	if code, _, err := shellRun(t, "report", dir, "--to", "vegeta"); code != unusable || !strings.Contains(err, "load --vegeta-results FILE") {
		t.Errorf("exit %d: %s", code, err)
	}
	if code, _, err := shellRun(t, "report", dir, "--to", "junit"); code != unusable || !strings.Contains(err, `"junit" is no form of a load run; beside its load.json there are html, markdown, text`) {
		t.Errorf("exit %d: %s", code, err)
	}
}

// A load.json that cannot be read is no folder without evidence, and what is not of the
// form that is known is not shown as a run.
func TestALoadJSONThatCannotBeReadIsSaidToBe(t *testing.T) {
	good := t.TempDir()
	if code, out, err := shellRun(t, "load", "--people", "12", "--rate", "0", "--out", good); code != ok {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
	for name, tt := range map[string]struct{ holds, says string }{
		"cut off":          {`{"schema": "scimproof/lo`, "it is not what a load run writes: unexpected end of JSON input"},
		"empty":            {"", "it is not what a load run writes"},
		"no run":           {"{}", `its schema is "", and "scimproof/load/v1" alone is read here`},
		"another form":     {`{"schema": "scimproof/load/v2"}`, `its schema is "scimproof/load/v2"`},
		"of another shape": {`{"schema": "scimproof/load/v1", "phases": 3}`, "it is not what a load run writes"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "load.json"), []byte(tt.holds), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"report", dir}, {"report", "compare", good, dir}} {
				code, out, err := shellRun(t, args...)
				if code != unusable || !strings.Contains(err, tt.says) || !strings.Contains(err, filepath.Join(dir, "load.json")) {
					t.Errorf("%v: exit %d, want %d and %q:\n%s%s", args, code, unusable, tt.says, out, err)
				}
			}
		})
	}
}
