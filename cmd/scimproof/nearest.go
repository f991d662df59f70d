package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// perhaps is the end of a sentence about a word that names nothing: what was
// perhaps meant, and the command that lists all names.
func perhaps(word string, names []string, lists string) string {
	near := nearest(word, names)
	if len(near) == 0 {
		return "see " + lists
	}
	return fmt.Sprintf("did you mean %s? See %s", strings.Join(near, ", "), lists)
}

// nearest lists up to three names like a word, the likest first: those that
// contain it, then those that a few letters make of it.
func nearest(word string, names []string) []string {
	type like struct {
		name string
		far  int
	}
	word = strings.ToLower(word)
	var near []like
	for _, name := range names {
		other := strings.ToLower(name)
		far := levenshtein.ComputeDistance(word, other)
		switch {
		case len(word) >= fewest && strings.Contains(other, word):
			near = append(near, like{name, 0})
		case far <= max(2, len(word)/3) && far < len(word):
			near = append(near, like{name, far})
		}
	}
	slices.SortFunc(near, func(a, b like) int { return cmp.Or(a.far-b.far, strings.Compare(a.name, b.name)) })
	var best []string
	for _, n := range near[:min(len(near), 3)] {
		best = append(best, n.name)
	}
	return best
}

// fewest letters say something of a name that contains them.
const fewest = 3
