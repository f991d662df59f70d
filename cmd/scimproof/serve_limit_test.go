package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// A limit is set to the server that is served, and to no other.
func TestAServedTargetHasItsLimits(t *testing.T) {
	for status, limits := range map[int][]string{http.StatusBadRequest: {"changes-100"}, http.StatusNotFound: nil} {
		tg, err := serveTarget{limited: limited{limits}}.start(nil)
		if err != nil {
			t.Fatal(err)
		}
		endpoint, err := tg.Tenant(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		body := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[` +
			strings.TrimSuffix(strings.Repeat(`{"value":"42"},`, 101), ",") + `]}]}`
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, endpoint.URL+"/Groups/nobody", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+endpoint.Token)
		r.Header.Set("Content-Type", "application/scim+json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		said, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != status {
			t.Errorf("limits %v: want %d, got %d %s", limits, status, answer.StatusCode, said)
		}
		http.DefaultClient.CloseIdleConnections()
		if err := tg.Close(); err != nil {
			t.Error(err)
		}
	}
	for says, args := range map[string][]string{
		`no limit "changes-7"`:  {"serve", "target", "--limit", "changes-7"},
		"is for our own server": {"serve", "target", "--limit", "changes-100", "--fault", "ignores-filter", "--in-front-of", "http://127.0.0.1:1/scim"},
	} {
		if code, out, err := shellRun(t, args...); code != unusable || !strings.Contains(err, says) {
			t.Errorf("%v: exit code %d\n%s%s", args, code, out, err)
		}
	}
}
