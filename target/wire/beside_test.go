package wire_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

// What is to happen beside Okta's next change of a group happens while that is under way,
// once, and beside nothing else.
func TestBesideNextChange(t *testing.T) {
	var mu sync.Mutex
	var came []string
	met := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		came = append(came, string(body))
		mu.Unlock()
		switch string(body) {
		case "by hand":
			close(met)
		case "by Okta":
			select {
			case <-met: // the one is answered while the other is not
			case <-r.Context().Done():
			}
		}
		_, _ = io.WriteString(w, `{"id":"g","displayName":"Analysts-mark"}`)
	}))
	defer server.Close()
	way, err := wire.New(wire.Config{URL: server.URL, Mark: "mark"})
	if err != nil {
		t.Fatal(err)
	}
	defer way.Close()
	say := func(as evidence.Voice, method, path, body string) {
		t.Helper()
		ctx := wire.About(context.Background(), wire.Subject{Key: "a", Name: "Analysts-mark"})
		r, err := http.NewRequestWithContext(ctx, method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := way.As(as).RoundTrip(r)
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}

	wait := way.BesideNextChange(func() { say(evidence.Hand, http.MethodPatch, "/Groups/g", "by hand") })
	say(evidence.Okta, http.MethodGet, "/Groups/g", "")
	say(evidence.Hand, http.MethodPatch, "/Groups/g", "before")
	say(evidence.Okta, http.MethodPatch, "/Groups/g", "by Okta")
	if !wait() {
		t.Error("it was not begun")
	}
	say(evidence.Okta, http.MethodPut, "/Groups/g", "after")
	if n := strings.Count(strings.Join(came, ","), "by hand"); n != 1 || len(came) != 5 || came[1] != "before" || came[4] != "after" {
		t.Errorf("%q", came)
	}

	idle := way.BesideNextChange(func() { t.Error("begun beside nothing") })
	if idle() {
		t.Error("it is said to have been begun")
	}
	say(evidence.Okta, http.MethodPut, "/Groups/g", "later")
}
