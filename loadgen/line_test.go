package loadgen

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/mockokta/scim"
	"github.com/scimproof/scimproof/target/wire"
)

// The time that an answer may take is each request's own: a dialogue of many
// requests may take many times as long. In a bubble of synctest all times are
// exact.
func TestEachRequestHasItsOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		takes := 40 * time.Second
		slow := carry(func(r *http.Request) (*http.Response, error) {
			select {
			case <-time.After(takes):
				return &http.Response{StatusCode: http.StatusOK, Body: &wire.Whole{}}, nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		})
		l, err := newLine(scim.Client{BaseURL: "https://sp.example.test/scim/v2", Authorization: "Bearer secret-token"}, time.Minute, newTally(1, pace.Schedule{}, 16, "onboard"), time.Now)
		require.NoError(t, err)
		ctx, call, hangUp := l.converse(t.Context(), t.Context(), slow)
		defer hangUp()
		began := time.Now()
		for range 3 {
			_, err := call.Call(ctx, scim.GetUser("42"))
			require.NoError(t, err)
		}
		assert.Equal(t, 2*time.Minute, time.Since(began))

		takes = time.Hour
		_, err = call.Call(ctx, scim.GetUser("42"))
		assert.Error(t, err)
		assert.Equal(t, 3*time.Minute, time.Since(began))
	})
}
