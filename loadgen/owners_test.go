package loadgen

import (
	"testing"

	"pgregory.net/rapid"
)

// Whoever claims an id first has it, also when the target gives them another later.
func TestAnIDHasOneOwner(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.IntRange(1, 12).Draw(t, "people")
		kept := newIDs(people)
		o, want := newOwners(kept), map[string]int{}
		for range rapid.IntRange(0, 100).Draw(t, "times") {
			n := rapid.IntRange(0, people-1).Draw(t, "n")
			id := rapid.StringMatching("[a-h]{1,2}").Draw(t, "id")
			if rapid.Bool().Draw(t, "is given") {
				o.leaves(n)
				kept.put(n, id)
			}
			owner, known := want[id]
			if !known {
				want[id], owner = n, n
			}
			if got := o.claim(n, id); got != (owner == n) {
				t.Fatalf("%q is number %d's, and a claim of number %d's was answered with %v", id, owner, n, got)
			}
		}
	})
}
