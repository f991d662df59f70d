package limit_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/target/limit"
)

// took is how long a request waits for its answer, by the clock of a bubble.
func took(h http.Handler, method, path string) time.Duration {
	began := time.Now()
	ask(h, method, path, "{}")
	return time.Since(began)
}

func TestEveryAnswerTakesSoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		through := 0
		h := limit.Limits{Takes: 200 * time.Millisecond, WritesPerMinute: 2}.In(answers(&through))
		assert.Equal(t, 200*time.Millisecond, took(h, "POST", "/scim/v2/Users"))
		assert.Equal(t, 200*time.Millisecond, took(h, "GET", "/scim/v2/Groups/7"))
		assert.Equal(t, 200*time.Millisecond, took(h, "PATCH", "/scim/v2/Groups/7"))
		assert.Equal(t, 3, through)
		assert.Equal(t, 200*time.Millisecond, took(h, "POST", "/scim/v2/Users"), "a refusal too")
		assert.Equal(t, 3, through)
		assert.Zero(t, took(h, "POST", "/admin/v1/iams"), "what is no SCIM resource is not slowed")
		says := limit.Limits{Takes: time.Second}.In(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { through++ }))
		assert.Equal(t, time.Second, took(says, "GET", "/scim/v2/Users"), "who says nothing says it late")
		long := limit.Limits{Takes: time.Second}.In(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			<-time.After(3 * time.Second) // by the clock of the bubble
			w.WriteHeader(http.StatusNoContent)
		}))
		assert.Equal(t, 3*time.Second, took(long, "GET", "/scim/v2/Users"), "a server that takes longer is not slowed")
	})
}

// The pauses of 2 s begin 30 s, 60 s and so on after the first request.
func TestNobodyIsAnsweredInAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		through := 0
		h := limit.Limits{Stalls: 2 * time.Second, Every: 30 * time.Second}.In(answers(&through))
		<-time.After(7 * time.Second) // whenever that is: by the clock of the bubble
		first := time.Now()
		for _, one := range []struct{ at, took time.Duration }{
			{0, 0},
			{time.Second, 0},
			{29999 * time.Millisecond, 0},
			{30 * time.Second, 2 * time.Second},
			{32 * time.Second, 0},
			{61500 * time.Millisecond, 500 * time.Millisecond},
			{10 * time.Minute, 2 * time.Second},
		} {
			<-time.After(time.Until(first.Add(one.at)))
			assert.Equal(t, one.took, took(h, "GET", "/scim/v2/Users"), one.at)
		}
		assert.Equal(t, 7, through)
	})
}

// An answer that would be due in a pause is held back too: nobody is answered then.
func TestAnAnswerThatIsDueInAPauseIsHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		through := 0
		h := limit.Limits{Takes: time.Second, Stalls: 2 * time.Second, Every: 30 * time.Second}.In(answers(&through))
		assert.Equal(t, time.Second, took(h, "GET", "/scim/v2/Users"))
		<-time.After(28500 * time.Millisecond) // 29.5 s after the first request
		assert.Equal(t, 2500*time.Millisecond, took(h, "GET", "/scim/v2/Users"))
	})
}

// An answer that has begun before a pause goes on in it.
func TestAnAnswerThatHasBegunIsNotHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := limit.Limits{Stalls: 2 * time.Second, Every: 30 * time.Second}.In(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "[")
			<-time.After(31 * time.Second) // by the clock of the bubble
			_, _ = io.WriteString(w, "]")
		}))
		assert.Equal(t, 31*time.Second, took(h, "GET", "/scim/v2/Users"))
	})
}

// What was asked for is done, and whoever hangs up is not waited for.
func TestAHangUpEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		through := 0
		h := limit.Limits{Takes: time.Hour}.In(answers(&through))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/scim/v2/Users", strings.NewReader("{}")).WithContext(ctx))
		assert.Equal(t, 5*time.Second, time.Since(began))
		assert.Equal(t, 1, through)
	})
}

// The same over a socket, whether the server behind reads what it is sent or not. That
// the server closes shows that nobody is waited for: it waits for its handlers.
func TestAHangUpOverASocketEndsTheWait(t *testing.T) {
	for name, reads := range map[string]bool{"a body that is read": true, "a body that is not": false} {
		t.Run(name, func(t *testing.T) {
			ctx, hangUp := context.WithCancel(t.Context())
			defer hangUp()
			s := httptest.NewServer(limit.Limits{Takes: time.Hour}.In(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if reads {
					_, _ = io.Copy(io.Discard, r.Body)
				}
				hangUp()
				w.WriteHeader(http.StatusNoContent)
			})))
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/scim/v2/Users", strings.NewReader(`{"userName":"ana"}`))
			require.NoError(t, err)
			answer, err := s.Client().Do(r)
			if err == nil {
				answer.Body.Close()
			}
			assert.ErrorIs(t, err, context.Canceled)
			s.Close()
		})
	}
}
