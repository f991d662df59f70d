package loadgen_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// A clockwork carries requests to a directory in a bubble of synctest, where an
// answer takes exactly so long, and keeps when each of Okta's was begun and whether
// it was answered.
type clockwork struct {
	at    *directory
	takes time.Duration

	mu            sync.Mutex
	begun         []time.Time
	answered, cut int
	tooMany       bool // every create is answered with 429
}

func (c *clockwork) RoundTrip(r *http.Request) (*http.Response, error) {
	okta := strings.HasPrefix(r.UserAgent(), "Okta")
	c.mu.Lock()
	if okta {
		c.begun = append(c.begun, time.Now())
	}
	c.mu.Unlock()
	select {
	case <-time.After(c.takes):
	case <-r.Context().Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		c.cut++
		return nil, r.Context().Err()
	}
	said := httptest.NewRecorder()
	if c.tooMany && r.Method == http.MethodPost {
		said.Header().Set("Retry-After", "1000")
		said.WriteHeader(http.StatusTooManyRequests)
	} else {
		if r.Body == nil {
			r.Body = http.NoBody
		}
		c.at.ServeHTTP(said, r)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if okta {
		c.answered++
	}
	return said.Result(), nil
}

// After an interruption nothing new is asked of the target, not even within a
// dialogue, and not by one that waits for a 429; what is in flight is answered. In
// the bubble all times are exact, so that "no new request" is none at all.
func TestNothingNewIsBegunAfterAnInterruption(t *testing.T) {
	const moment = 1050 * time.Millisecond
	for name, change := range map[string]func(*loadgen.Config, *clockwork){
		"at a pace":             func(c *loadgen.Config, _ *clockwork) { c.Rate, c.Workers = pace.Constant(50), 0 },
		"in a closed loop":      func(c *loadgen.Config, _ *clockwork) { c.Workers = 16 },
		"while everybody waits": func(c *loadgen.Config, w *clockwork) { c.Rate, w.tooMany = pace.Constant(50), true },
		"while the pool is full": func(c *loadgen.Config, w *clockwork) {
			c.Rate, c.Workers, w.takes = pace.Constant(1000), 4, 400*time.Millisecond
		},
		"while nobody is due soon": func(c *loadgen.Config, w *clockwork) { c.Rate, w.takes = pace.Constant(0.01), 700*time.Millisecond },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			folder, err := evidence.Create(dir, evidence.Run{ID: runID}, nil)
			require.NoError(t, err)
			synctest.Test(t, func(t *testing.T) {
				w := &clockwork{at: &directory{}, takes: 30 * time.Millisecond}
				c := loadgen.Config{
					Target: target.External("http://sp.example.test/scim/v2", "secret-token"), RunID: runID, Seed: 1, People: 500,
					Folder: folder, Base: w, Throttled: time.Hour,
				}
				change(&c, w)
				ctx, interrupt := context.WithTimeout(t.Context(), moment)
				defer interrupt()
				began := time.Now()
				seen, err := loadgen.Run(ctx, c)
				require.NoError(t, err)
				assert.True(t, seen.Run.Interrupted)
				assert.NotEmpty(t, w.begun)
				for _, at := range w.begun {
					assert.LessOrEqual(t, at.Sub(began), moment)
				}
				assert.Equal(t, len(w.begun), w.answered, "what was in flight was answered")
				assert.Zero(t, w.cut)
				if w.tooMany {
					assert.Less(t, time.Since(began), moment+5*time.Second, "nobody waits for what they would not do any more")
				}
			})
			require.NoError(t, folder.Finish(evidence.End{}))
		})
	}
}
