package foreign_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/foreign"
)

const token = "elimity-token-of-the-test"

// The suite, applied as any third party would apply it to a server of their own, but
// for what the library is rightly blamed for.
func TestOkta(t *testing.T) {
	server := httptest.NewServer(foreign.Elimity(token))
	defer server.Close()
	steps.Test(t, target.External(server.URL, token), features.Selection{Tags: "not @req:import-past-the-end and not (@req:push-takes-over-any-name and (@row:quotes or @row:backslash))"})
}

// A filter's value is a JSON string (RFC 7644, section 3.4.2.2), and the library leaves
// the backslashes in it: Okta does not find a group with a quote in its name, and makes
// a second one.
func TestTheLibraryIsBlamedForEscapes(t *testing.T) {
	server := httptest.NewServer(foreign.Elimity(token))
	defer server.Close()
	all, err := features.Scenarios()
	require.NoError(t, err)
	cases, err := features.Selection{Only: []string{"push-takes-over-any-name"}}.Choose(all)
	require.NoError(t, err)
	outcomes, _, err := steps.Play(t.Context(), cases, steps.Config{Target: target.External(server.URL, token), RunID: steps.NewRunID(rand.Text)})
	require.NoError(t, err)
	require.Len(t, outcomes, len(cases))
	for _, o := range outcomes {
		escaped := strings.HasSuffix(o.Address(), "/quotes") || strings.HasSuffix(o.Address(), "/backslash")
		want := map[bool]evidence.Verdict{true: evidence.Fail, false: evidence.Pass}[escaped]
		assert.Equal(t, want, o.Verdict, "%s %s: %s", o.Address(), o.Dialect, o.Reason)
	}
}

// What the suite blames the library for, and rightly: it answers with the count that it
// was asked for as itemsPerPage, also where nobody is on the page. RFC 7644, section
// 3.4.2, has it as the number of resources on the page, and Okta's people refused
// servers for it (ory/polis PR #4054). Whoever builds on the library cannot change it.
func TestItemsPerPageIsTheLibrarysMistake(t *testing.T) {
	seen := verdicts(t, func(h http.Handler) http.Handler { return h })
	want := "fail the itemsPerPage of the page past the end: want 0, since nobody is on it, got 100"
	if got := seen[features.Kill{Address: "import-past-the-end"}]; got != want {
		t.Errorf("want %s, got %s", want, got)
	}
}
