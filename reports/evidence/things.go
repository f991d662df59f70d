package evidence

import (
	"strings"
	"unicode"
)

// byThing parts entries so that what may be about the same thing stays together,
// in its order: entries of one place that share an id or a name, also by way of a
// third. The parts come in order of their first entry.
//
// What becomes of one part does not touch another, so that a ledger of many
// thousand accounts is folded in about the time that it takes to read it.
func byThing(entries []Entry) [][]Entry {
	about := things{of: map[string]int{}}
	part := make([]int, len(entries))
	for i, e := range entries {
		part[i] = about.named(e)
	}
	at := map[int]int{}
	var parts [][]Entry
	for i, e := range entries {
		root := about.root(part[i])
		if _, known := at[root]; !known {
			at[root] = len(parts)
			parts = append(parts, nil)
		}
		parts[at[root]] = append(parts[at[root]], e)
	}
	return parts
}

// things are sets of ids and names that belong together (union-find).
type things struct {
	of     map[string]int // by id or name at a place
	parent []int
}

// named returns the thing that an entry is about.
func (t *things) named(e Entry) int {
	place := e.Kind + "\x00" + e.BaseURL + "\x00"
	thing := t.thing(place + "name\x00" + folded(e.Name))
	if e.ID != "" {
		t.parent[t.root(t.thing(place+"id\x00"+e.ID))] = t.root(thing)
	}
	return thing
}

func (t *things) thing(key string) int {
	n, known := t.of[key]
	if !known {
		n = len(t.parent)
		t.of[key] = n
		t.parent = append(t.parent, n)
	}
	return n
}

func (t *things) root(n int) int {
	for t.parent[n] != n {
		t.parent[n] = t.parent[t.parent[n]]
		n = t.parent[n]
	}
	return n
}

// folded is the same for two names exactly when strings.EqualFold says that they
// are.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, name)
}
