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
			kept.put(n, id)
			want[n] = id
		}
		for n := range people {
			if got := kept.of(n); got != want[n] {
				t.Fatalf("number %d: want %q, got %q", n, want[n], got)
			}
		}
	})
}

func TestAnIDThatIsNoneIsNotKept(t *testing.T) {
	s := newIDs(1)
	s.put(0, "")
	assert.False(t, s.has(0))
	assert.False(t, s.is(0, ""))
	assert.Empty(t, s.of(0))
}

// A server's ids shall not fill the memory, and are told apart all the same.
func TestOfALongIDADigestIsKept(t *testing.T) {
	s := newIDs(2)
	long := strings.Repeat("x", longestID)
	s.put(0, long+"a")
	s.put(1, long)
	assert.True(t, s.has(0))
	assert.True(t, s.is(0, long+"a"))
	assert.False(t, s.is(0, long+"b"))
	assert.Empty(t, s.of(0), "there is nothing to ask with")
	assert.Equal(t, long, s.of(1))
	assert.Less(t, len(s.slabs[0]), longestID+100)
}
