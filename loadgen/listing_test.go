package loadgen

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Every list ends, whatever its server says of its length, and says why.
func TestEveryListEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		total   func(from int) int // as the page from there says
		shows   func(from int) int
		repeats bool
		pages   int
		says    string
		conduct bool
	}{
		"an honest one":                {func(int) int { return 250 }, func(from int) int { return min(100, 251-from) }, false, 3, "", false},
		"of nobody":                    {func(int) int { return 0 }, func(int) int { return 0 }, false, 1, "", false},
		"that grows a little":          {func(from int) int { return 250 + from/100 }, func(from int) int { return min(100, 253-from) }, false, 3, "", false},
		"that grows for ever":          {func(from int) int { return from + 1000 }, func(int) int { return 100 }, false, 13, "grows while it is read: totalResults was 1001 at first, and is 2", true},
		"that shows more than it says": {func(from int) int { return 250 + from }, func(int) int { return 100 }, false, 5, "", true},
		"that repeats itself":          {func(int) int { return 1 << 30 }, func(int) int { return 100 }, true, 2, "does not move on", true},
		"of more than anybody has":     {func(int) int { return 1 << 40 }, func(int) int { return 100 }, false, 10_001, "is longer than 1000060, and no more are read", false},
	} {
		t.Run(name, func(t *testing.T) {
			l, pages := newListing("accounts", 100, 20), 0
			var last bool
			var err error
			for !last && err == nil && pages < 100_000 {
				pages++
				id := fmt.Sprint(l.from)
				if tt.repeats {
					id = "1"
				}
				last, err = l.after(tt.shows(l.from), tt.total(l.from), id)
			}
			assert.Equal(t, tt.pages, pages)
			assert.Equal(t, tt.conduct, err != nil && isConduct(err))
			if tt.says == "" && !tt.conduct {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, tt.says)
			}
		})
	}
}
