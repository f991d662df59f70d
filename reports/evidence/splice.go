package evidence

import (
	"cmp"
	"slices"
	"strings"
)

// A span is a place in a text, and what shall stand there.
type span struct {
	from, to int
	with     string
}

// spliced returns text with the edits made. Spans do not overlap; where two are
// of the same place, the later one holds.
func spliced(text string, edits []span) string {
	if len(edits) == 0 {
		return text
	}
	slices.SortStableFunc(edits, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var out strings.Builder
	out.Grow(len(text))
	kept := 0
	for i, e := range edits {
		if i+1 < len(edits) && edits[i+1].from == e.from {
			continue
		}
		out.WriteString(text[kept:e.from])
		out.WriteString(e.with)
		kept = e.to
	}
	out.WriteString(text[kept:])
	return out.String()
}
