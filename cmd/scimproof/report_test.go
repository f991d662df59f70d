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

func TestALoadRunHasItsTextAlone(t *testing.T) {
	dir := t.TempDir()
	if code, out, err := shellRun(t, "load", "--people", "3", "--rate", "0", "--out", dir); code != ok {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
	if code, _, err := shellRun(t, "report", dir, "--to", "html"); code != unusable || !strings.Contains(err, "load run") {
		t.Errorf("exit %d: %s", code, err)
	}
	if code, out, err := shellRun(t, "report", dir, "--to", "text"); code != ok {
		t.Errorf("exit %d\n%s%s", code, out, err)
	}
}
