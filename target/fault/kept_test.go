package fault_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/target/fault"
)

func before(t *testing.T, name string, next http.HandlerFunc) func(method, path, body string) string {
	t.Helper()
	all := fault.All()
	server := all[slices.IndexFunc(all, func(f fault.Fault) bool { return f.Name == name })].In(next)
	return func(method, path, body string) string {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest(method, "http://127.0.0.1/scim"+path, strings.NewReader(body)))
		return w.Body.String()
	}
}

// What is kept of lists does not grow for ever: the oldest is forgotten.
func TestWhatIsKeptOfListsHasABound(t *testing.T) {
	asked := 0
	ask := before(t, "lists-are-kept", func(w http.ResponseWriter, _ *http.Request) {
		asked++
		fmt.Fprintf(w, `{"totalResults":%d,"Resources":[]}`, asked)
	})
	first := ask("GET", "/Users?startIndex=1", "")
	if again := ask("GET", "/Users?startIndex=1", ""); again != first {
		t.Errorf("it is not kept: %s, and %s", first, again)
	}
	for n := range 1_000 {
		ask("GET", fmt.Sprintf("/Users?startIndex=%d", n+2), "")
	}
	if again := ask("GET", "/Users?startIndex=1", ""); again == first {
		t.Error("it is kept for ever")
	}
}

// Who is disabled leaves a group of the second page as well.
func TestWhoIsDisabledLeavesTheGroupsOfEveryPage(t *testing.T) {
	var written []string
	ask := before(t, "disabled-leave-their-groups", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch group := `{"id":"g%s","members":[{"value":"u"},{"value":"v"}]}`; {
		case r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, "/scim/Groups/"):
			written = append(written, r.URL.Path+" "+string(body))
		case r.URL.Path == "/scim/Groups":
			fmt.Fprintf(w, `{"totalResults":2,"Resources":[`+group+`]}`, r.URL.Query().Get("startIndex"))
		case strings.HasPrefix(r.URL.Path, "/scim/Groups/g"):
			fmt.Fprintf(w, group, strings.TrimPrefix(r.URL.Path, "/scim/Groups/g"))
		}
	})
	ask("PUT", "/Users/u", `{"active":false}`)
	want := []string{`/scim/Groups/g1 {"id":"g1","members":[{"value":"v"}]}`, `/scim/Groups/g2 {"id":"g2","members":[{"value":"v"}]}`}
	if !slices.Equal(written, want) {
		t.Errorf("%q", written)
	}
}
