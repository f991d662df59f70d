package foreign_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/foreign"
	"github.com/scimproof/scimproof/target/mood"
)

// A server on a library that nobody here wrote earns the same verdicts behind each
// mood, and behind all together.
func TestMoodsChangeNoVerdict(t *testing.T) {
	plain := verdicts(t, func(h http.Handler) http.Handler { return h })
	moods := map[string]func(http.Handler) http.Handler{"all together": mood.Together}
	for _, m := range mood.All() {
		moods[m.Name] = m.In
	}
	for name, in := range moods {
		t.Run(name, func(t *testing.T) {
			moody := verdicts(t, in)
			if len(moody) != len(plain) {
				t.Errorf("%d of %d cases were played", len(moody), len(plain))
			}
			for kill, verdict := range moody {
				wordless := name == "no-optional-members" || name == "all together"
				if fair := wordless && strings.HasPrefix(kill.Address, "spec-error-says-why/") && strings.HasPrefix(verdict, "warn the error's detail: "); fair {
					continue // an error without words, which RFC 7644 (section 3.12) allows and Okta's test does not
				}
				if verdict != plain[kill] {
					t.Errorf("%s: %s, and %s without the mood", kill, verdict, plain[kill])
				}
			}
		})
	}
}

// varying is what a reason says of one run alone: which exchange shows it, which a busy
// server moves, and the run's mark in a name.
var varying = regexp.MustCompile(` \(exchange \d+\)|\bsp[a-z0-9]{8}\b`)

// verdicts plays everything at a fresh server, and has the reason beside a verdict
// that is not pass.
func verdicts(t *testing.T, in func(http.Handler) http.Handler) map[features.Kill]string {
	t.Helper()
	const token = "elimity-token-of-the-test"
	server := httptest.NewServer(in(foreign.Elimity(token)))
	defer server.Close()
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := features.Selection{}.Choose(all)
	if err != nil {
		t.Fatal(err)
	}
	outcomes, end, err := steps.Play(context.Background(), cases, steps.Config{
		Target: target.External(server.URL, token), RunID: steps.NewRunID(rand.Text), Jobs: 2,
	})
	if err != nil || end.Stopped != "" {
		t.Fatalf("the run ended early: %s %v", end.Stopped, err)
	}
	seen := map[features.Kill]string{}
	for _, o := range evidence.Judge(outcomes, false) {
		seen[features.Kill{Address: o.Address(), Dialect: o.Dialect}] = strings.TrimSpace(string(o.Verdict) + " " + varying.ReplaceAllString(o.Reason, ""))
	}
	return seen
}
