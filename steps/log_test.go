package steps

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/target"
)

// What a target says lands in the log of somebody's go test, where a CI service
// reads along. A go test of its own, in a process of its own, plays at a target
// that says the token back, and a command.
func TestALogOfGoTestActsOnNobody(t *testing.T) {
	const url, token = "SCIMPROOF_TEST_TARGET", "the-token-that-must-not-leak-5c1e"
	if at := os.Getenv(url); at != "" {
		Test(t, target.External(at, token))
		return
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[]}`)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"detail": "no\n::error::" + token + "\x1b[2J##vso[task.complete]"})
	}))
	defer server.Close()
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	again.Env = append(os.Environ(), url+"="+server.URL)
	log, err := again.CombinedOutput()
	if err == nil || !strings.Contains(string(log), "Errors reported by remote server: no") {
		t.Fatalf("it tells of no failure: %v\n%s", err, log)
	}
	for _, bad := range []string{token, "\x1b", "##vso"} {
		if strings.Contains(string(log), bad) {
			t.Errorf("the log holds %q", bad)
		}
	}
	for line := range strings.Lines(string(log)) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("the log holds the line %q", line)
		}
	}
}
