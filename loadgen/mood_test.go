package loadgen_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/mood"
)

// A good server is not blamed for its ways, by a crowd neither.
func TestNoMoodFailsACrowd(t *testing.T) {
	if testing.Short() {
		t.Skip("it provisions many crowds: make verdicts")
	}
	moods := map[string]func(http.Handler) http.Handler{"all together": mood.Together}
	moods["twenty a page"] = twentyAPage
	for _, m := range mood.All() {
		moods[m.Name] = m.In
	}
	for name, in := range moods {
		t.Run(name, func(t *testing.T) {
			bundled, err := target.Bundled("")
			require.NoError(t, err)
			endpoint, err := bundled.Tenant(t.Context())
			require.NoError(t, err)
			behind, err := url.Parse(endpoint.URL)
			require.NoError(t, err)
			transport := &http.Transport{}
			front := httptest.NewServer(in(&httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(&url.URL{Scheme: behind.Scheme, Host: behind.Host})
				r.Out.Header.Del("Accept-Encoding")
			}}))
			defer func() {
				front.Close()
				transport.CloseIdleConnections()
				assert.NoError(t, bundled.Close())
			}()
			for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
				at := target.External(front.URL+behind.Path, endpoint.Token)
				seen, dir := load(t, context.Background(), at, 60, func(c *loadgen.Config) {
					c.RunID, c.Dialect, c.Seed, c.Throttled = "sp"+string(dialect)+"7k2abcd", dialect, 2, time.Hour
					c.Phases, c.Churn = everyPhase, 0.2
				})
				assert.Equal(t, "success", seen.Result, "%s: %+v", dialect, seen)
				assertTidy(t, dir)
			}
		})
	}
}

// twentyAPage is a server that shows fewer than it is asked for (RFC 7644, section
// 3.4.2.4: count is the most that is wanted).
func twentyAPage(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		if count, err := strconv.Atoi(query.Get("count")); err == nil && count > 20 {
			query.Set("count", "20")
			r.URL.RawQuery = query.Encode()
		}
		next.ServeHTTP(w, r)
	})
}
