package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestLoadRunsAreCompared(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"a-1", "a-2", "b-1", "b-2"} {
		if code, out, err := shellRun(t, "load", "--people", "12", "--rate", "0", "--out", filepath.Join(root, name)); code != ok {
			t.Fatalf("exit %d\n%s%s", code, out, err)
		}
	}
	at := func(name string) string { return filepath.Join(root, name) }
	for name, tt := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"one a side":           {[]string{at("a-1"), at("b-1")}, ok, []string{"From A to B", "One run a side cannot tell the noise between runs"}},
		"patterns":             {[]string{at("a-*"), at("b-*")}, ok, []string{at("a-1") + ", " + at("a-2"), "on 2 and 2 runs"}},
		"several, one by one":  {[]string{at("a-1"), at("b-1"), "--a", at("a-2"), "--b", at("b-2"), "--b", at("a-2")}, ok, []string{"on 2 and 3 runs"}},
		"no load run":          {[]string{at("a-1"), root}, unusable, []string{root + " is no folder of a load run"}},
		"nothing":              {[]string{at("a-1"), at("c-*")}, unusable, []string{at("c-*") + " is no folder of a load run"}},
		"no other":             {[]string{at("a-1")}, unusable, []string{"expected"}},
		"too many to be dealt": {append([]string{at("a-1"), at("b-1")}, strings.Split(strings.Repeat("--a="+at("a-2")+"\n", 30)+"--a="+at("a-2"), "\n")...), unusable, []string{"A has 32 runs: 30 a side are enough"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, err := shellRun(t, append([]string{"report", "compare"}, tt.args...)...)
			for _, says := range tt.says {
				if code != tt.code || !strings.Contains(out+err, says) {
					t.Errorf("exit %d, want %d and %q:\n%s%s", code, tt.code, says, out, err)
				}
			}
		})
	}
}
