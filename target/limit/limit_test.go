package limit_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/scimproof/scimproof/target/limit"
)

// answers counts what comes through, and answers it with 204.
func answers(through *int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		*through++
		w.WriteHeader(http.StatusNoContent)
	})
}

func ask(h http.Handler, method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w
}

func members(n int) string {
	return "[" + strings.TrimSuffix(strings.Repeat(`{"value":"42"},`, n), ",") + "]"
}

func TestAPatchBeyondSoManyChangesIsRefused(t *testing.T) {
	for body, status := range map[string]int{
		`{"Operations":[{"op":"add","path":"members","value":` + members(3) + `}]}`:                                                  204,
		`{"Operations":[{"op":"add","path":"members","value":` + members(4) + `}]}`:                                                  400,
		`{"Operations":[{"op":"remove","path":"members[value eq \"1\"]"},{"op":"add","path":"members","value":` + members(3) + `}]}`: 400,
		`{"Operations":[{"op":"replace","value":{"id":"7","members":` + members(4) + `}}]}`:                                          400,
		`{"Operations":[{"op":"replace","value":{"id":"7","displayName":"Sales"}}]}`:                                                 204,
		`not JSON`: 204,
	} {
		through := 0
		h := limit.Limits{Changes: 3}.In(answers(&through))
		assert.Equal(t, status, ask(h, "PATCH", "/scim/v2/Groups/7", body).Code, body)
		assert.Equal(t, status == 204, through == 1, "what is refused is not done")
		assert.Equal(t, 204, ask(h, "PATCH", "/scim/v2/Users/7", body).Code, "an account has no members")
	}
	through := 0
	assert.Equal(t, 204, ask(limit.Limits{Changes: 3}.In(answers(&through)), "PUT", "/scim/v2/Groups/7", `{"members":`+members(4)+`}`).Code)
}

func TestARequestBeyondSoManyMembersIsRefused(t *testing.T) {
	through := 0
	h := limit.Limits{Members: 3}.In(answers(&through))
	assert.Equal(t, 204, ask(h, "PUT", "/scim/v2/Groups/7", `{"members":`+members(3)+`}`).Code)
	refused := ask(h, "PUT", "/scim/v2/Groups/7", `{"members":`+members(4)+`}`)
	assert.Equal(t, 413, refused.Code)
	assert.Contains(t, refused.Body.String(), "4 members in one request")
	assert.Equal(t, 413, ask(h, "POST", "/scim/v2/Groups", `{"members":`+members(4)+`}`).Code)
	assert.Equal(t, 1, through)
}

func TestWritesOfAMinute(t *testing.T) {
	now, through := time.Unix(0, 0), 0
	h := limit.Limits{WritesPerMinute: 2, Now: func() time.Time { return now }}.In(answers(&through))
	write := func() string {
		w := ask(h, "POST", "/scim/v2/Users", "{}")
		return fmt.Sprint(w.Code, " ", w.Header().Get("Retry-After"))
	}
	assert.Equal(t, "204 ", write())
	now = now.Add(10500 * time.Millisecond)
	assert.Equal(t, "204 ", write())
	assert.Equal(t, "429 50", write(), "49.5 s, rounded up")
	assert.Equal(t, 204, ask(h, "GET", "/scim/v2/Users", "").Code, "reads are not counted")
	assert.Equal(t, 204, ask(h, "POST", "/admin/v1/iams", "").Code, "nor is what is no SCIM resource")
	now = now.Add(50 * time.Second)
	assert.Equal(t, "204 ", write(), "whoever waited so long is let through")
	assert.Equal(t, "204 ", write())
	assert.Equal(t, "429 60", write())
}

func TestRequestsAtOnce(t *testing.T) {
	inside, goOn := make(chan struct{}), make(chan struct{})
	h := limit.Limits{Concurrent: 1}.In(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		inside <- struct{}{}
		<-goOn
	}))
	first := make(chan int)
	go func() { first <- ask(h, "GET", "/scim/v2/Users", "").Code }()
	<-inside
	second := ask(h, "GET", "/scim/v2/Users", "")
	assert.Equal(t, []string{"429", "1"}, []string{fmt.Sprint(second.Code), second.Header().Get("Retry-After")})
	close(goOn)
	assert.Equal(t, 200, <-first)
	go func() { first <- ask(h, "GET", "/scim/v2/Users", "").Code }()
	select {
	case <-inside: // there is a place again
		assert.Equal(t, 200, <-first)
	case code := <-first:
		t.Errorf("nobody is inside, and the next is answered with %d", code)
	}
}

func TestWithoutLimitsEverythingGoesThrough(t *testing.T) {
	through := 0
	h := limit.Limits{}.In(answers(&through))
	for range 100 {
		ask(h, "PUT", "/scim/v2/Groups/7", `{"members":`+members(100)+`}`)
	}
	assert.Equal(t, 100, through)
}

func TestLimitsByTheirNames(t *testing.T) {
	var names []string
	for _, n := range limit.All() {
		names = append(names, n.Name)
	}
	all, err := limit.Of(names...)
	assert.NoError(t, err)
	assert.Equal(t, limit.Limits{
		WritesPerMinute: 180, Concurrent: 500, Changes: 100, Members: 8000,
		Takes: 200 * time.Millisecond, Stalls: 2 * time.Second, Every: 30 * time.Second,
	}, all)
	_, err = limit.Of("changes-100", "writes-7")
	assert.ErrorContains(t, err, `no limit "writes-7": they are changes-100, writes-180-a-minute`)
}
