package mockokta

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

// BenchmarkImport tells what importing many people holds beside the directory: what is
// alive when the last page has come, less what is alive before or, where the import
// brings people, after it. The first import brings everybody, the second finds them
// waiting, and the third finds them confirmed. See make bench-okta.
func BenchmarkImport(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for range b.N {
				b.ReportMetric(0, "ns/op")
				importMany(b, n)
			}
		})
	}
}

func importMany(b *testing.B, n int) {
	target := &listed{people: n}
	okta, err := Start(Config{Target: target, Seed: 1, Warn: func(string) {}})
	require.NoError(b, err)
	defer okta.Close()
	d := okta.org.directory
	app, err := d.CreateApp("Immuta", directory.TokenAuth)
	require.NoError(b, err)
	require.NoError(b, d.Connect(app.ID, "http://sp.example.test/scim/v2", "s3cret"))
	require.NoError(b, d.SetConnected(app.ID, true))

	read := func() directory.ImportResult {
		target.atLast = 0
		result, err := okta.org.importNow(b.Context(), app.ID)
		require.NoError(b, err)
		require.Empty(b, result.Reason)
		require.Equal(b, n, result.Read)
		return result
	}
	empty := heap()
	began := used()
	read()
	b.ReportMetric(float64((used()-began).Microseconds())/float64(n), "cpu-µs/person-first")
	kept := heap()
	b.ReportMetric(float64(kept-empty)/float64(n), "B/person-waiting")
	b.ReportMetric(float64(int64(target.atLast)-int64(kept))/float64(n), "B/person-beside-first")

	read()
	b.ReportMetric(float64(int64(target.atLast)-int64(kept))/float64(n), "B/person-beside-second")

	require.NoError(b, d.SetImport(app.ID, directory.ImportSettings{ConfirmNew: true, ActivateNew: true}))
	require.Equal(b, n, read().Confirmed)
	require.NoError(b, okta.Settle(b.Context()))
	linked := heap()
	b.ReportMetric(float64(linked-empty)/float64(n), "B/person-confirmed")
	began = used()
	require.Equal(b, n, read().Unchanged)
	b.ReportMetric(float64((used()-began).Microseconds())/float64(n), "cpu-µs/person-linked")
	b.ReportMetric(float64(int64(target.atLast)-int64(linked))/float64(n), "B/person-beside-linked")
	b.ReportMetric(float64(target.longest), "B/page")
}

// listed is a target that makes its pages up as they are asked for.
type listed struct {
	people  int
	longest int    // page
	atLast  uint64 // what is alive when the last page is asked for
}

func (t *listed) RoundTrip(r *http.Request) (*http.Response, error) {
	var start, count int
	if _, err := fmt.Sscanf(r.URL.RawQuery, "startIndex=%d&count=%d", &start, &count); err != nil {
		return nil, err
	}
	if start+count > t.people {
		t.atLast = heap()
	}
	var body strings.Builder
	fmt.Fprintf(&body, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":%d,"startIndex":%d,"itemsPerPage":%d,"Resources":[`, t.people, start, count)
	for i := start; i < start+count && i <= t.people; i++ {
		if i > start {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"62d6626b-97a6-4fdb-97dd-%012d","userName":"person.%06d@example.test","active":true,`, i, i)
		fmt.Fprintf(&body, `"name":{"givenName":"Person%d","familyName":"Test"},"displayName":"Person %d Test","locale":"en-US",`, i, i)
		fmt.Fprintf(&body, `"emails":[{"value":"person.%06d@example.test","type":"work","primary":true}],"meta":{"resourceType":"User","created":"2026-01-02T03:04:05Z","lastModified":"2026-01-02T03:04:05Z","location":"http://sp.example.test/scim/v2/Users/62d6626b-97a6-4fdb-97dd-%012d"}}`, i, i)
	}
	body.WriteString(`]}`)
	t.longest = max(t.longest, body.Len())
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/scim+json"}}, Body: io.NopCloser(strings.NewReader(body.String())),
	}, nil
}

// BenchmarkImportedUsers tells what it costs to read who waits, page by page. See make
// bench-okta.
func BenchmarkImportedUsers(b *testing.B) {
	for _, n := range []int{20_000, 40_000, 80_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			okta, err := Start(Config{Target: &listed{people: n}, Seed: 1, Warn: func(string) {}})
			require.NoError(b, err)
			defer okta.Close()
			d := okta.org.directory
			app, err := d.CreateApp("Immuta", directory.TokenAuth)
			require.NoError(b, err)
			require.NoError(b, d.Connect(app.ID, "http://sp.example.test/scim/v2", "s3cret"))
			require.NoError(b, d.SetConnected(app.ID, true))
			_, err = okta.org.importNow(b.Context(), app.ID)
			require.NoError(b, err)
			c := &management.Client{URL: okta.URL, Token: okta.Token}
			began := used()
			for b.Loop() {
				all, err := c.ImportedUsers(b.Context(), app.ID)
				require.NoError(b, err)
				require.Len(b, all, n)
			}
			b.ReportMetric(float64((used()-began).Microseconds())/float64(n)/float64(b.N), "cpu-µs/person")
		})
	}
}
