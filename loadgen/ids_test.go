package loadgen

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestIDsAreKeptAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const people = 50
		kept, want := newIDs(people), map[int]string{}
		for range rapid.IntRange(0, 200).Draw(t, "ids") {
			n := rapid.IntRange(0, people-1).Draw(t, "n")
			id := strings.Repeat(rapid.StringN(1, 40, 60).Draw(t, "id"), rapid.IntRange(1, 60).Draw(t, "times"))
			if !kept.put(n, id) {
				t.Fatalf("an id of %d bytes was not kept", len(id))
			}
			want[n] = id
		}
		for n := range people {
			if got := kept.of(n); got != want[n] {
				t.Fatalf("number %d: want %q, got %q", n, want[n], got)
			}
		}
	})
}

func TestAnIDThatIsNoneOrEndlessIsNotKept(t *testing.T) {
	s := newIDs(1)
	assert.False(t, s.put(0, ""))
	assert.False(t, s.put(0, strings.Repeat("x", longestID+1)))
	assert.Empty(t, s.of(0))
}
