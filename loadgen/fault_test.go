package loadgen_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/fault"
)

func named(name string) fault.Fault {
	return fault.All()[slices.IndexFunc(fault.All(), func(f fault.Fault) bool { return f.Name == name })]
}

// What a fault does to a crowd is counted, at the bundled server and at somebody's,
// where what was made is put away all the same.
func TestFaultsThatACrowdMeets(t *testing.T) {
	if testing.Short() {
		t.Skip("it provisions many crowds: make verdicts")
	}
	const people = 120
	for name, tt := range map[string]struct {
		result               string
		lost, doubled, wrong int
	}{
		"creates-lost":              {"failure", people / 2, 0, 0},
		"creates-doubled":           {"failure", 0, people / 2, 0},
		"create-starts-disabled":    {"failure", 0, 0, people},
		"lower-cases-usernames":     {"success", 0, 0, 0}, // RFC 7643, section 4.1.1: userName is not caseExact
		"usernames-by-letter":       {"success", 0, 0, 0}, // they are looked up in the very letters
		"create-overwrites-another": {"failure", 0, 0, -1},
		"user-lookup-misses":        {"failure", 0, 0, people}, // each would be made again
		"lists-number-their-rows":   {"failure", 0, 0, people}, // none can be read under the id that is listed
		"lists-end-at-fifty":        {"failure", 0, 0, people - 50},
		"lists-twice":               {"failure", 0, 0, people},
	} {
		for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
			for _, kind := range []string{target.KindBundled, target.KindURL} {
				t.Run(name+", "+string(dialect)+", "+kind, func(t *testing.T) {
					bundled, err := target.Bundled("", named(name))
					require.NoError(t, err)
					defer bundled.Close()
					at := bundled
					if kind == target.KindURL {
						at = somebodys(t, named(name))
					}
					seen, dir := load(t, context.Background(), at, people, func(c *loadgen.Config) { c.Dialect, c.Seed = dialect, 4 })
					assert.Equal(t, tt.result, seen.Result, "%+v", seen)
					if tt.wrong < 0 {
						assert.Positive(t, seen.Readback.Wrong)
					} else {
						assert.Equal(t, []int{tt.lost, tt.doubled, tt.wrong}, []int{seen.Readback.Lost, seen.Readback.Doubled, seen.Readback.Wrong}, "%+v", seen.Readback.Examples)
					}
					if kind == target.KindURL {
						assertTidy(t, dir)
					}
				})
			}
		}
	}
}

// somebodys is a server by URL that errs: a front before a tenant of the bundled
// one. When the test ends no account there may be in use.
func somebodys(t *testing.T, faults ...fault.Fault) target.Target {
	t.Helper()
	bundled, err := target.Bundled("")
	require.NoError(t, err)
	endpoint, err := bundled.Tenant(t.Context())
	require.NoError(t, err)
	behind, err := url.Parse(endpoint.URL)
	require.NoError(t, err)
	transport := &http.Transport{}
	front, err := target.Front{Behind: behind, Faults: faults, HTTP: transport}.Serve()
	require.NoError(t, err)
	t.Cleanup(func() {
		eyes := target.Eyes{URL: endpoint.URL, Token: endpoint.Token, HTTP: transport}
		look, err := eyes.Page(context.Background(), 1, 1000)
		require.NoError(t, err)
		accounts, _ := look.Resource.Get("Resources").([]any)
		for _, account := range accounts {
			object, _ := account.(map[string]any)
			assert.Equal(t, false, object["active"], "%v", object["userName"])
		}
		require.NoError(t, front.Close())
		transport.CloseIdleConnections()
		require.NoError(t, bundled.Close())
	})
	return target.External(front.URL, endpoint.Token)
}

// Where Okta is played as looking by something else, it does not make anybody again whom
// their userName does not find: that is told of, and blamed on nobody.
func TestNobodyIsBlamedForALookupThatOktaDoesNotMake(t *testing.T) {
	seen, _ := load(t, context.Background(), faulty(t, target.KindBundled, "user-lookup-misses"), 20, func(c *loadgen.Config) {
		c.Knobs.LookupBy = "externalId"
	})
	assert.Equal(t, "success", seen.Result, "%+v", seen)
	assert.Contains(t, seen.Readback.Notes, "some accounts are not found by their userNames, by which Okta, as it was played, does not look")
}
