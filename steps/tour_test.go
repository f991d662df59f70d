package steps_test

import (
	"bytes"
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/fault"
)

// At a server that errs the tour ends at the sentence that does not come true, with the
// reason, and tells nothing of what would have followed.
func TestTheTourEndsWhereItGoesWrong(t *testing.T) {
	all := fault.All()
	deletes := all[slices.IndexFunc(all, func(f fault.Fault) bool { return f.Name == "deletes-when-disabled" })]
	tg, err := target.Bundled("", deletes)
	if err != nil {
		t.Fatal(err)
	}
	defer tg.Close()
	var told bytes.Buffer
	err = steps.Walk(t.Context(), steps.Config{Target: tg, RunID: steps.NewRunID(rand.Text)}, &told)
	if err == nil || !strings.Contains(err.Error(), `"Then the provider's screen shows Cem as disabled under this IAM"`) {
		t.Errorf("the tour ended with %v", err)
	}
	if !strings.Contains(told.String(), "Remove Users from Okta SCIM") || strings.Contains(told.String(), "Syncing Groups with Okta SCIM") {
		t.Errorf("the tour told\n%s", &told)
	}
}
