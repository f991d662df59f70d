package main

import (
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/scimproof/scimproof/"

// arrows says which rooms may import which. A room that is not named here may
// import what the nearest room above it may, and the rooms inside that one; tests
// may import more.
//
// Above all it is the wall: mockokta and target meet over HTTP only, so that one
// misreading of the standard does not agree with itself.
var arrows = map[string][]string{
	"cmd/scimproof":       {"features", "steps", "mockokta", "target", "loadgen", "reports"},
	"features":            {},
	"steps":               {"features", "mockokta", "target", "reports/evidence"},
	"mockokta":            {},
	"mockokta/management": {"mockokta/directory"},
	"mockokta/provision":  {"mockokta/directory", "mockokta/scim"},
	"mockokta/scim":       {},
	"mockokta/directory":  {},
	"target":              {"target/refserver", "target/fault", "target/limit", "reports/evidence"},
	"target/wire":         {"reports/evidence"},
	"target/guest":        {"target", "target/wire", "reports/evidence"},
	"target/container":    {"target"},
	"target/refserver":    {},
	"target/fault":        {},
	"target/mood":         {},
	"target/limit":        {},
	"loadgen":             {"loadgen/crowd", "loadgen/pace", "loadgen/figures", "mockokta/directory", "mockokta/provision", "mockokta/scim", "target", "reports/evidence"},
	"loadgen/crowd":       {"mockokta/directory"},
	"loadgen/pace":        {},
	"loadgen/figures":     {"reports/evidence"},
	"reports":             {"reports/evidence"},
	"reports/chart":       {},
	"reports/evidence":    {},
}

func TestArrowsOnlyGoDown(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "foreign" || d.Name() == "testdata" || len(d.Name()) > 2 && d.Name()[0] == '.'):
			return filepath.SkipDir // foreign is a module of its own
		case d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		parsed, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		room := roomOf(filepath.ToSlash(below))
		seen[room] = true
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if to, ours := strings.CutPrefix(imported, module); ours && !mayImport(room, to) {
				t.Errorf("%s imports %s, and %s may not: see arrows", filepath.ToSlash(file), to, room)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range arrows {
		if !seen[room] {
			t.Errorf("there is no room %s", room)
		}
	}
}

// roomOf is the nearest named room.
func roomOf(folder string) string {
	for ; folder != "."; folder = path.Dir(folder) {
		if _, named := arrows[folder]; named {
			return folder
		}
	}
	return "a folder without a room"
}

// mayImport: what is in a room of one's own, or in one that is named.
func mayImport(room, to string) bool {
	return slices.ContainsFunc(append(arrows[room], room), func(may string) bool {
		return to == may || strings.HasPrefix(to, may+"/")
	})
}
