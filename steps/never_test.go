package steps

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

// A mock Okta that would delete a user is a defect of ours: the target hears nothing
// of it, and is not blamed, whatever else went wrong or well.
func TestAMockThatWouldDeleteAUserIsAnError(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			t.Error("the target heard of it")
		}
	}))
	defer server.Close()
	for name, before := range map[string][]string{
		"after nothing else": nil, "after a request that was denied": {"PUT /Users/7"}, "the whole list": {"DELETE /Users"},
	} {
		t.Run(name, func(t *testing.T) {
			way, err := wire.New(wire.Config{URL: server.URL, Mark: "m"})
			if err != nil {
				t.Fatal(err)
			}
			defer way.Close()
			for _, said := range append(before, "DELETE /Users/7") {
				method, path, _ := strings.Cut(said, " ")
				r, err := http.NewRequest(method, server.URL+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := way.As(evidence.Okta).RoundTrip(r); err == nil {
					t.Errorf("%s was sent", said)
				}
			}
			w := &world{run: &run{}, wire: way}
			w.scene.Steps = []features.Step{{Kind: features.Then, Text: "the target shows Ana"}}
			var o evidence.Outcome
			w.conclude(t.Context(), &o)
			const want = "the harness: the mock Okta was about to delete a user, which Okta never does (Okta SCIM reference)"
			if o.Verdict != evidence.Error || o.Reason != want {
				t.Errorf("want an error of the harness, got %s: %s", o.Verdict, o.Reason)
			}
		})
	}
}
