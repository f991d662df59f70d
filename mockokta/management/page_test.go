package management

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// Reading a list page by page costs each element once, and one more a page, by which it
// is seen that there is a next: what was shown already is not read again, and neither is
// what comes later. What is left out is read once, too.
func TestAListIsReadOnceWhateverItsPages(t *testing.T) {
	const all = 10_000
	for name, tt := range map[string]struct {
		wanted func(int) bool
		shown  int
	}{
		"all":       {func(int) bool { return true }, all},
		"every 7th": {func(n int) bool { return n%7 == 0 }, all/7 + 1},
		"none":      {func(int) bool { return false }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			read, shown, pages := 0, 0, 0
			l := list[int]{usual: 50, most: 500, id: func(n int) string { return fmt.Sprint(n) }}
			reader := func(p directory.Part) ([]int, error) {
				from := 0
				if p.After != "" {
					_, err := fmt.Sscan(p.After, &from)
					require.NoError(t, err)
					from++
				}
				var some []int
				for n := from; n < min(from+p.Most, all); n++ {
					some = append(some, n)
				}
				read += len(some)
				return some, nil
			}
			for path := "/list?limit=100"; path != ""; pages++ {
				r := httptest.NewRequest(http.MethodGet, path, nil)
				page, err := l.page(r, l.where(tt.wanted, reader), func(n int) any {
					require.True(t, tt.wanted(n))
					shown++
					return n
				})
				require.NoError(t, err)
				path = next(page.header)
			}
			require.Equal(t, tt.shown, shown)
			require.LessOrEqual(t, read, all+pages*101, "a page more, at most, of what is not wanted")
			require.Equal(t, max(1, (tt.shown+99)/100), pages)
		})
	}
}
