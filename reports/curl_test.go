package reports

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/reports/evidence"
)

// argued is what a POSIX shell hands to curl, an argument a line.
func argued(t require.TestingT, command string) []string {
	shell := exec.Command("sh", "-c", `curl() { for word; do printf '%s\n' "$word"; done; }`+"\n"+command)
	shell.Env = []string{"SCIMPROOF_TOKEN=t0k en", "SCIMPROOF_BASIC=ana:pw"}
	out, err := shell.CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

func TestACurlLineSendsTheRequestAgain(t *testing.T) {
	x := evidence.Exchange{
		Method: "PATCH", URL: `https://x.test/Users?filter=emails[type eq "work"]&n='`,
		RequestHeader: http.Header{
			"Authorization": {"Bearer [redacted 1a2b]"}, "X-Api-Key": {"[redacted 3c4d]"}, "Content-Type": {"application/scim+json"},
			"Accept-Encoding": {"gzip"}, "Content-Length": {"7"}, "bad name": {"x"},
		},
		RequestBody: []byte("{\n \"name\": \"O'Brien $(id) `id` \\\\ ## \u202e\"\n}"),
	}
	command, note := curl(x)
	assert.Equal(t, []string{
		"-gi", "-X", "PATCH", `https://x.test/Users?filter=emails[type eq "work"]&n='`,
		"-H", "Authorization: Bearer t0k en", "-H", "Content-Type: application/scim+json", "-H", "X-Api-Key: [redacted 3c4d]",
		"--data-raw", "{\"name\":\"O'Brien $(id) `id` \\\\ #\\u0023 \\u202e\"}",
	}, argued(t, command))
	assert.Equal(t, "Put a secret of yours where it says [redacted].", note)

	t.Run("with a user and a password", func(t *testing.T) {
		command, _ := curl(evidence.Exchange{Method: "GET", URL: "https://x.test/", RequestHeader: http.Header{"Authorization": {"Basic [redacted 1a2b]"}}})
		assert.Equal(t, []string{"-gi", "-X", "GET", "https://x.test/", "-u", "ana:pw"}, argued(t, command))
	})
	t.Run("with a body that is no JSON", func(t *testing.T) {
		command, note := curl(evidence.Exchange{Method: "POST", URL: "https://x.test/", RequestBody: []byte("a=b")})
		assert.Equal(t, []string{"-gi", "-X", "POST", "https://x.test/", "--data-binary", "@body"}, argued(t, command))
		assert.Contains(t, note, "take it from the transcript")
	})
}

func TestACurlLineRunsNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.SampledFrom([]string{"'", `'\''`, "$(echo x)", "`echo x`", "\n", ";", "&&", "\\", `"`, "\x1b", "\x00", "!"})
		text := strings.Join(rapid.SliceOfN(hostile, 1, 6).Draw(t, "text"), "")
		command, _ := curl(evidence.Exchange{
			Method: text, URL: text, RequestHeader: http.Header{"X-Any": {text}},
		})
		if got, want := argued(t, command), []string{"-gi", "-X", inert(text), inert(text), "-H", inert("X-Any: " + text)}; !assert.ObjectsAreEqual(want, got) {
			t.Fatalf("want %q, got %q", want, got)
		}
	})
}
