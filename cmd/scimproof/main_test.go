package main

import (
	"os"
	"strings"
	"testing"
)

// The tests know no SCIMPROOF_ variable of whoever runs them: a token that is
// exported for real work is none of theirs.
func TestMain(m *testing.M) {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "SCIMPROOF_") && !ofTests[name] {
			os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}

// ofTests are the variables that say how the tests themselves are to run.
var ofTests = map[string]bool{
	"SCIMPROOF_REQUIRE_DOCKER": true, "SCIMPROOF_REQUIRE_BROWSER": true, "SCIMPROOF_KILLS": true,
	"SCIMPROOF_SIZES": true, "SCIMPROOF_GROUPS": true, "SCIMPROOF_LADDER": true,
}

// isLong leaves a test that plays the whole suite, or more, to make verdicts where the
// race detector is at work.
func isLong(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it plays the whole suite: make verdicts")
	}
}
