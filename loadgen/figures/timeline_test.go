package figures

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/reports/evidence"
)

// Whatever is told to a timeline, it has at most so many buckets, loses nobody, and
// who is in flight at its end is who has not ended.
func TestATimelineIsBoundedAndLosesNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := NewTimeline()
		begun, ended, failed := 0, 0, 0
		for range rapid.IntRange(0, 300).Draw(t, "dialogues") {
			due := time.Duration(rapid.Int64Range(0, int64(48*time.Hour)).Draw(t, "due"))
			line.Begun(due)
			begun++
			if rapid.Bool().Draw(t, "ends") {
				fails := rapid.Bool().Draw(t, "fails")
				line.Ended(due, due+time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "took")), !fails, fails)
				ended++
				if fails {
					failed++
				}
			}
		}
		seen := line.Seen()
		require.LessOrEqual(t, len(seen.Buckets), mostBuckets)
		var sum evidence.LoadBucket
		for _, b := range seen.Buckets {
			sum.Begun += b.Begun
			sum.Ended += b.Ended
			sum.Errors += b.Errors
			sum.InFlight = b.InFlight
		}
		assert.Equal(t, evidence.LoadBucket{Begun: begun, Ended: ended, Errors: failed, InFlight: begun - ended}, sum)
		gotBegun, gotEnded, gotFailed := line.Counts()
		assert.Equal(t, []int{begun, ended, failed}, []int{gotBegun, gotEnded, gotFailed})
	})
}
