package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/scimproof/scimproof/target"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The README names no command, make target or file that is not there.
func TestTheREADMEHolds(t *testing.T) {
	text := readme(t)
	parser, err := kong.New(&command{}, kong.DefaultEnvars("SCIMPROOF"))
	if err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile(`(?m)(?:^    \./|run: |go run \./cmd/)scimproof ([^|>#\n]*)`).FindAllStringSubmatch(text, -1)
	if len(commands) < 15 {
		t.Errorf("only %d commands were found", len(commands))
	}
	for _, c := range commands {
		words, err := exec.Command("sh", "-c", `set -f; printf '%s\n' `+c[1]).Output()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(strings.Split(strings.TrimSpace(string(words)), "\n")); err != nil {
			t.Errorf("scimproof %s: %v", c[1], err)
		}
	}
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?m)(?:^    |`)make ([a-z-]+)").FindAllStringSubmatch(text, -1) {
		if !strings.Contains(string(makefile), "\n"+m[1]+":") {
			t.Errorf("there is no make %s", m[1])
		}
	}
	for _, l := range regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("../..", l[1])); err != nil {
			t.Error(err)
		}
	}
}

// The README's road to an Okta without a tenant is walked as it is written: its
// lines, in a shell, against the running program.
func TestTheREADMEsOkta(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("the README's commands want sh, curl and jq: ", err)
		}
	}
	_, road, _ := strings.Cut(readme(t), "\n## I want an Okta without a tenant\n")
	road, _, _ = strings.Cut(road, "\n## ")
	var typed []string
	for line := range strings.Lines(road) {
		if command, isOne := strings.CutPrefix(line, "    "); isOne {
			typed = append(typed, command)
		}
	}
	if len(typed) < 10 || typed[1] != "./scimproof serve both | tee both.json\n" {
		t.Fatalf("the road has other commands than this test knows: %q", typed)
	}

	var both struct {
		Target ready
		Okta   oktaReady
	}
	var mine ready
	s := serving(t, &both, "both")
	serving(t, &mine, "target")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "both.json"), []byte(s.line), 0o600); err != nil {
		t.Fatal(err)
	}
	shell := exec.Command("sh", "-eu", "-c", strings.Join(typed[2:], ""))
	shell.Dir, shell.Env = dir, append(os.Environ(), "SCIM_URL="+mine.SCIM, "SCIMPROOF_TOKEN="+mine.Token)
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said := string(out)
	if was, is := strings.Index(said, `"active": true`), strings.Index(said, `"active": false`); was < 0 || is < was {
		t.Errorf("Ana's account was to be seen active, and then not:\n%s", said)
	}
	if !strings.HasSuffix(strings.TrimSpace(said), "[]") || strings.Contains(said, "errorCode") {
		t.Errorf("Okta refused or could not do something:\n%s", said)
	}
	for where, want := range map[ready]bool{both.Target: false, mine: true} {
		accounts := listed(t, target.Eyes{URL: where.SCIM, Token: where.Token}, "/Users")
		if len(accounts) != 1 || accounts[0].Text("userName") != "ana@example.com" {
			t.Fatalf("%s holds %v", where.SCIM, accounts)
		}
		if active, _ := accounts[0].Active(); active != want {
			t.Errorf("at %s Ana's account is active: %v", where.SCIM, active)
		}
	}
	if !strings.Contains(s.err.String(), "/Users 201 ") {
		t.Errorf("the exchanges are not told:\n%s", s.err.String())
	}
}
