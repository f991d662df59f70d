package container

import (
	"errors"
	"os"
	"testing"

	"github.com/scimproof/scimproof/target"
)

// Test starts a target for a test and closes it with the test. Without an engine
// the test is skipped, with the reason; where SCIMPROOF_REQUIRE_DOCKER is 1, as
// in CI, it fails.
func Test(t testing.TB, o Options) target.Target {
	t.Helper()
	tg, err := Start(t.Context(), o)
	require(t, err)
	t.Cleanup(func() {
		if err := tg.Close(); err != nil {
			t.Error(err)
		}
	})
	return tg
}

func require(t testing.TB, err error) {
	t.Helper()
	var none *Unavailable
	switch required := os.Getenv("SCIMPROOF_REQUIRE_DOCKER") == "1"; {
	case err == nil:
	case errors.As(err, &none) && required:
		t.Fatalf("SCIMPROOF_REQUIRE_DOCKER is set, and %v", err)
	case errors.As(err, &none):
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}
