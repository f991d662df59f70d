package steps

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimproof/scimproof/target"
)

// Okta's SPEC test, export of May 2024: the headers of its reads, and those of its
// creates (documented).
func TestTheHeadersAreThoseOfOktasTest(t *testing.T) {
	var heard http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heard = r.Header.Clone()
		for _, transports := range []string{"Accept-Encoding", "Content-Length"} {
			heard.Del(transports)
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	w := &world{hand: target.Eyes{URL: server.URL, Token: "key", HTTP: transport}}
	for name, tt := range map[string]struct {
		ask  func() (target.Look, error)
		want http.Header
	}{
		"a read": {func() (target.Look, error) { return w.asTest().User(t.Context(), "7") }, http.Header{
			"Accept": {"application/scim+json"}, "Accept-Charset": {"utf-8"}, "Authorization": {"Bearer key"},
			"Content-Type": {"application/scim+json; charset=utf-8"}, "User-Agent": {"OKTA SCIM Integration"},
		}},
		"a create": {func() (target.Look, error) {
			return w.asTestPosting("application/json").PostUser(t.Context(), target.Resource{"userName": "ana"})
		}, http.Header{
			"Accept": {"application/scim+json; charset=utf-8"}, "Authorization": {"Bearer key"}, "Content-Type": {"application/json"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := tt.ask(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, heard); diff != "" {
				t.Error(diff)
			}
		})
	}
}
