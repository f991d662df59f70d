package foreign_test

import (
	"net/http/httptest"
	"testing"

	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/foreign"
)

// The suite, applied as any third party would apply it to a server of their own.
func TestOkta(t *testing.T) {
	const token = "elimity-token-of-the-test"
	server := httptest.NewServer(foreign.Elimity(token))
	defer server.Close()
	steps.Test(t, target.External(server.URL, token))
}
