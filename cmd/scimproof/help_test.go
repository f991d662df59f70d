package main

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// Every verb has an example, and every flag an environment variable of its own
// or one that means the same to other verbs.
func TestHelp(t *testing.T) {
	parser, err := kong.New(&command{}, kong.DefaultEnvars("SCIMPROOF"))
	if err != nil {
		t.Fatal(err)
	}
	verbs := parser.Model.Leaves(true)
	if len(verbs) < 8 {
		t.Errorf("only %d verbs", len(verbs))
	}
	for _, verb := range verbs {
		name := strings.TrimPrefix(verb.Path(), "scimproof ")
		code, out, _ := shellRun(t, append(strings.Fields(name), "--help")...)
		example := "\n    scimproof " + name
		if verb.Parent.DefaultCmd == verb {
			example = "\n    scimproof " + strings.TrimPrefix(verb.Parent.Path(), "scimproof ") // its name may be left out
		}
		if code != ok || !strings.Contains(out, "Example") || !strings.Contains(strings.ReplaceAll(out, "SCIMPROOF_TOKEN=... ", ""), example) {
			t.Errorf("%s has no example in its help, or exit code %d:\n%s", name, code, out)
		}
		for _, group := range verb.AllFlags(true) {
			for _, flag := range group {
				if flag.Name != "help" && len(flag.Envs) == 0 {
					t.Errorf("%s --%s has no environment variable", name, flag.Name)
				}
				if flag.Name != "help" && flag.Help == "" {
					t.Errorf("%s --%s says nothing of itself", name, flag.Name)
				}
			}
		}
	}
}
