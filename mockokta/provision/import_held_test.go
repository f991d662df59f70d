package provision

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/scim"
)

type onePage string

func (p onePage) Call(context.Context, scim.Request) (scim.Answer, error) {
	return scim.Answer{Status: http.StatusOK, Body: []byte(p)}, nil
}

// From before an import begins until the directory has followed it the engine's turn is
// the import's: whoever were provisioned in between would be missing from the list. The
// directory looks at the clock as it begins and as it follows, and the engine is locked
// then: see [Engine.Import].
func TestAnImportHasTheTurnUntilTheDirectoryFollowed(t *testing.T) {
	for what, page := range map[string]onePage{
		"followed": `{"totalResults":1,"Resources":[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"ana","active":true}]}`,
		"ended":    `{"totalResults":-1}`,
	} {
		t.Run(what, func(t *testing.T) {
			var e *Engine
			looked, held, open := 0, 0, 0
			d := directory.New(directory.Options{Now: func() time.Time {
				if e != nil {
					looked++
					held += len(e.turn)
					if e.mu.TryLock() {
						open++
						e.mu.Unlock()
					}
				}
				return time.Unix(0, 0)
			}})
			a, err := d.CreateApp("Immuta", directory.TokenAuth)
			require.NoError(t, err)
			require.NoError(t, d.Connect(a.ID, "https://sp.example.test", "k3y-of-the-application"))
			require.NoError(t, d.SetConnected(a.ID, true))
			e = New(Config{Directory: d, App: a.ID, Target: page})
			_, _, err = e.Import(t.Context())
			require.NoError(t, err)
			require.Greater(t, looked, 1)
			require.Equal(t, looked, held)
			if what == "followed" {
				require.Zero(t, open, "nothing can be submitted while it follows")
			}
			require.Empty(t, e.turn, "and it is given back")
		})
	}
}
