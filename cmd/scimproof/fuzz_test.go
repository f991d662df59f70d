package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A fuzz target that make fuzz does not name is never run beyond its seeds. Go takes
// the name for a pattern, which has to match that one target of its package.
func TestMakeFuzzRunsEveryFuzzTarget(t *testing.T) {
	root := filepath.Join("..", "..")
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string][]string{} // by folder, the patterns
	for _, line := range regexp.MustCompile(`(?m)^\tgo test .* -fuzz (\S+) .* \./(\S+)$`).FindAllStringSubmatch(string(makefile), -1) {
		pattern := strings.ReplaceAll(strings.Trim(line[1], "'"), "$$", "$")
		named[line[2]] = append(named[line[2]], pattern)
	}
	there := map[string][]string{} // by folder, the targets
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && len(d.Name()) > 2 && d.Name()[0] == '.':
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(file, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		for _, target := range regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`).FindAllStringSubmatch(string(source), -1) {
			there[filepath.ToSlash(folder)] = append(there[filepath.ToSlash(folder)], target[1])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(there) == 0 {
		t.Fatal("there is no fuzz target")
	}
	for folder, targets := range there {
		for _, target := range targets {
			if lines := matching(named[folder], target); lines != 1 {
				t.Errorf("make fuzz has %d lines for %s of %s", lines, target, folder)
			}
		}
	}
	for folder, patterns := range named {
		for _, pattern := range patterns {
			found := 0
			for _, target := range there[folder] {
				found += matching([]string{pattern}, target)
			}
			if found != 1 {
				t.Errorf("make fuzz asks for %s in %s, which is %d targets", pattern, folder, found)
			}
		}
	}
}

func matching(patterns []string, target string) (n int) {
	for _, p := range patterns {
		if regexp.MustCompile(p).MatchString(target) {
			n++
		}
	}
	return n
}
