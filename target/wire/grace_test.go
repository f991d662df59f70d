package wire_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

// A run that is interrupted hears the answers that are under way, and sends
// nothing more.
func TestAnInterruptedCallerHearsWhatIsUnderWay(t *testing.T) {
	asked, answer := make(chan bool), make(chan bool)
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		asked <- true
		<-answer
		_, _ = io.WriteString(w, `{"id":"7"}`)
	}))
	defer server.Close()
	w, err := wire.New(wire.Config{URL: server.URL, Mark: "m"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	get := func() (string, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/Users/7", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := w.As(evidence.Okta).RoundTrip(r)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return string(body), err
	}
	go func() {
		<-asked
		interrupt()
		answer <- true
	}()
	if body, err := get(); err != nil || body != `{"id":"7"}` {
		t.Errorf("the answer under way was lost: %q, %v", body, err)
	}
	var trouble *wire.Trouble
	if _, err := get(); !errors.As(err, &trouble) || trouble.Kind != wire.Stopped || calls != 1 {
		t.Errorf("after the interruption %d requests were made, the last ended in %v", calls, err)
	}
}

// A caller's deadline is not stretched.
func TestADeadlineEndsAnExchangeAtOnce(t *testing.T) {
	hold := make(chan bool)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hold }))
	defer server.Close()
	defer close(hold)
	w, err := wire.New(wire.Config{URL: server.URL, Mark: "m"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/Users", strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.As(evidence.Okta).RoundTrip(r)
	var trouble *wire.Trouble
	if !errors.As(err, &trouble) || trouble.Kind != wire.Silent {
		t.Errorf("want silence, got %v", err)
	}
}

// However a caller's patience ends, the trouble says it in the caller's words.
func TestACallersOwnSilenceEndsAnExchangeAtOnce(t *testing.T) {
	hold := make(chan bool)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hold }))
	defer server.Close()
	defer close(hold)
	w, err := wire.New(wire.Config{URL: server.URL, Mark: "m"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(20*time.Millisecond, func() { cancel(patienceIsOver{}) })
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/Users", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.As(evidence.Okta).RoundTrip(r)
	var trouble *wire.Trouble
	if !errors.As(err, &trouble) || trouble.Kind != wire.Silent || trouble.Error() != "silent: no byte came" {
		t.Errorf("want silence, got %v", err)
	}
}

type patienceIsOver struct{}

func (patienceIsOver) Error() string        { return "no byte came" }
func (patienceIsOver) Is(target error) bool { return target == context.DeadlineExceeded }
