package mockokta

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A target of long values, 20 MB a page, does not fill the machine: what an import would
// keep of them ends it, and what it keeps nothing of costs no more than a page does.
func TestImportOfLongValues(t *testing.T) {
	const mib = 1 << 20
	for name, tt := range map[string]struct {
		account string // of an ordinal and a long text
		people  int
		ends    string
		alive   uint64 // bytes at most, whenever a page is asked for
	}{
		"userNames": {
			`{"schemas":["s"],"id":"%d","userName":"%[1]d%s","active":true}`, 1_500,
			`^asked for /Users from 1301 on: 1400 users and 0 groups so far are more than 256 MiB of ids, names and values`, 320 * mib,
		},
		"what Okta has no attribute for": {`{"schemas":["s"],"id":"%d","userName":"%[1]d","active":true,"photo":"%s"}`, 700, "", 64 * mib},
		"who is inactive":                {`{"schemas":["s"],"id":"%d","userName":"%s","active":false}`, 700, "", 64 * mib},
	} {
		t.Run(name, func(t *testing.T) {
			target := &fat{account: tt.account, people: tt.people}
			okta, err := Start(Config{Target: target, Seed: 1, Warn: func(string) {}})
			require.NoError(t, err)
			defer okta.Close()
			d := okta.org.directory
			app, err := d.CreateApp("Immuta", directory.TokenAuth)
			require.NoError(t, err)
			require.NoError(t, d.Connect(app.ID, "http://sp.example.test/scim/v2", "s3cret"))
			require.NoError(t, d.SetConnected(app.ID, true))
			empty := heap()
			result, err := okta.org.importNow(t.Context(), app.ID)
			require.NoError(t, err)
			require.Less(t, int64(target.most)-int64(empty), int64(tt.alive))
			require.Less(t, int64(heap())-int64(empty), int64(64*mib), "after the import")
			if tt.ends == "" {
				require.Empty(t, result.Reason)
				return
			}
			require.Regexp(t, tt.ends, result.Reason)
		})
	}
}

// A fat target shows accounts of 200 KB.
type fat struct {
	account string
	people  int
	most    uint64 // bytes that were alive when a page was asked for
}

func (f *fat) RoundTrip(r *http.Request) (*http.Response, error) {
	var start, count int
	if _, err := fmt.Sscanf(r.URL.RawQuery, "startIndex=%d&count=%d", &start, &count); err != nil {
		return nil, err
	}
	if start%300 == 1 {
		f.most = max(f.most, heap())
	}
	var all []string
	for i := start; i < start+count && i <= f.people; i++ {
		all = append(all, fmt.Sprintf(f.account, i, strings.Repeat("x", 200<<10)))
	}
	body := fmt.Sprintf(`{"totalResults":%d,"Resources":[%s]}`, f.people, strings.Join(all, ","))
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/scim+json"}}, Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}
