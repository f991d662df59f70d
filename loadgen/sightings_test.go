package loadgen

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/loadgen/crowd"
)

// Sightings tell what a store of all ids would tell, and keep of the roster's own none.
func TestSightingsAreTheIDsThatWereSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const people = 5
		r := newRoster(crowd.Groups{People: crowd.Population{Size: people}}, false)
		long := strings.Repeat("x", longestID)
		id := rapid.OneOf(rapid.StringMatching("[a-c]{0,1}"), rapid.SampledFrom([]string{long + "a", long + "b"}))
		for n := range people {
			r.give(n, id.Draw(t, "known"))
		}
		seen, want := newSightings(r), newIDs(people)
		for range rapid.IntRange(0, 20).Draw(t, "times") {
			n, as := rapid.IntRange(0, people-1).Draw(t, "n"), id.Draw(t, "id")
			seen.put(n, as)
			want.put(n, as)
		}
		for n := range people {
			other := id.Draw(t, "other")
			if seen.has(n) != want.has(n) || seen.of(n) != want.of(n) || seen.is(n, other) != want.is(n, other) {
				t.Fatalf("number %d: want %.9q, got %.9q; as %.9q", n, want.of(n), seen.of(n), other)
			}
		}
	})
}
