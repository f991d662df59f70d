package wire_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

func TestACrowdIsGuardedAsAWireIs(t *testing.T) {
	const found = `{"totalResults":1,"Resources":[{"id":"42","userName":%q}]}`
	for name, tt := range map[string]struct {
		says string   // the answer to every request
		asks []string // method, path and body, in turn
		want string   // what becomes of the last one; "" goes out
	}{
		"a create of the subject's goes out": {"", []string{`POST /Users {"userName":"ana-r7k2"}`}, ""},
		"a create in other letter case and spacing goes out": {
			"", []string{`POST /Users { "userName" : "ANA-R7K2" }`}, "",
		},
		"a create without the mark does not": {"", []string{`POST /Users {"userName":"boss"}`}, `created account "boss"`},
		"a name within a string is no name": {
			"", []string{`POST /Users {"userName":"boss","nickName":"\"userName\":\"ana-r7k2\""}`}, `created account "boss"`,
		},
		"a write to an account that was found under the subject's name goes out": {
			fmt.Sprintf(found, "ana-r7k2"), []string{"GET /Users?filter=x", "PUT /Users/42 {}"}, "",
		},
		"a write to an account that was found under another's does not": {
			fmt.Sprintf(found, "ben-r7k2"), []string{"GET /Users?filter=x", "PUT /Users/42 {}"}, `overwritten account "ben-r7k2" (id 42)`,
		},
		"a write to an account of which nothing is known does not":    {"", []string{"PATCH /Users/42 {}"}, "overwritten the account with id 42"},
		"a write to neither an account nor a group does not":          {"", []string{"PUT /ServiceProviderConfig {}"}, "a write to neither"},
		"nothing goes to another origin":                              {"", []string{"GET http://127.0.0.1:1/Users"}, "not the target's origin"},
		"a read goes out, whatever it reads":                          {"", []string{"GET /Groups/7"}, ""},
		"a delete of a group of which nothing is known, least of all": {"", []string{"DELETE /Groups/42"}, "deleted the group with id 42"},
		"nor does Okta delete an account, be it its own": {
			`{"id":"42","userName":"ana-r7k2"}`, []string{`POST /Users {"userName":"ana-r7k2"}`, "DELETE /Users/42"}, "the harness: the mock Okta was about to delete a user",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			arrived := 0
			base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				arrived++
				fmt.Fprint(rw, tt.says)
			})
			crowd, err := wire.NewCrowd(wire.Config{URL: base, Mark: "r7k2"})
			require.NoError(t, err)
			defer crowd.Close()
			passage := crowd.For(evidence.Okta, ana)
			for _, ask := range tt.asks {
				_, err = pass(passage, base, ask)
			}
			if tt.want == "" {
				assert.NoError(t, err)
				assert.Equal(t, len(tt.asks), arrived)
				return
			}
			assert.ErrorContains(t, err, tt.want)
			assert.Equal(t, len(tt.asks)-1, arrived, "the last one stays here")
			var trouble *wire.Trouble
			assert.ErrorAs(t, err, &trouble)
		})
	}
}

// pass sends "METHOD PATH BODY" and returns the answer's body.
func pass(passage http.RoundTripper, base, ask string) (string, error) {
	words := strings.SplitN(ask, " ", 3)
	if strings.HasPrefix(words[1], "/") {
		words[1] = base + words[1]
	}
	body := io.Reader(http.NoBody)
	if len(words) == 3 {
		body = strings.NewReader(words[2])
	}
	r, err := http.NewRequest(words[0], words[1], body)
	if err != nil {
		return "", err
	}
	answer, err := passage.RoundTrip(r)
	if err != nil {
		return "", err
	}
	all, err := io.ReadAll(answer.Body)
	return string(all), err
}

func TestWhatOneOfACrowdLearntHoldsForThemAlone(t *testing.T) {
	base := serve(t, func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, `{"id":"42","userName":"ana-r7k2"}`) })
	crowd, err := wire.NewCrowd(wire.Config{URL: base, Mark: "r7k2"})
	require.NoError(t, err)
	defer crowd.Close()
	hers := crowd.For(evidence.Okta, ana)
	_, err = pass(hers, base, "GET /Users/42")
	require.NoError(t, err)
	_, err = pass(hers, base, "PUT /Users/42 {}")
	assert.NoError(t, err)
	_, err = pass(crowd.For(evidence.Okta, wire.Subject{Key: "00uben", Name: "ben-r7k2"}), base, "PUT /Users/42 {}")
	assert.ErrorContains(t, err, "overwritten")
}

func TestACrowdIsTakenDownFirst(t *testing.T) {
	ledger := &book{}
	var before []string
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		before = ledger.acts()
		rw.WriteHeader(http.StatusCreated)
	})
	crowd, err := wire.NewCrowd(wire.Config{URL: base, Mark: "r7k2", Ledger: ledger})
	require.NoError(t, err)
	defer crowd.Close()
	_, err = pass(crowd.For(evidence.Okta, ana), base, `POST /Users {"userName":"ana-r7k2"}`)
	require.NoError(t, err)
	assert.Equal(t, []string{`intend user "ana-r7k2" ""`}, before)

	ledger.refuse = errors.New("disk full")
	_, err = pass(crowd.For(evidence.Okta, ana), base, `POST /Users {"userName":"ana-r7k2"}`)
	assert.ErrorContains(t, err, "disk full")
}

// What a passage has learnt, a later one of the same subject may be told.
func TestWhatWasLearntIsHandedToALaterPassage(t *testing.T) {
	says := `{"id":"42","userName":"ana-r7k2"}`
	base := serve(t, func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, says) })
	crowd, err := wire.NewCrowd(wire.Config{URL: base, Mark: "r7k2"})
	require.NoError(t, err)
	defer crowd.Close()
	first := crowd.For(evidence.Okta, ana)
	assert.False(t, first.Learnt(evidence.User, "42"))
	_, err = pass(first, base, `POST /Users {"userName":"ana-r7k2"}`)
	require.NoError(t, err)
	assert.True(t, first.Learnt(evidence.User, "42"))
	assert.False(t, first.Learnt(evidence.User, "43"))
	assert.False(t, first.Learnt(evidence.Group, "42"))

	later := crowd.For(evidence.Okta, ana)
	later.Knows(evidence.User, "42")
	_, err = pass(later, base, "PATCH /Users/42 {}")
	assert.NoError(t, err)
	_, err = pass(later, base, "PATCH /Users/43 {}")
	assert.ErrorContains(t, err, "overwritten")

	says = `{"id":"7","userName":"boss"}`
	misled := crowd.For(evidence.Okta, ana)
	_, err = pass(misled, base, `POST /Users {"userName":"ana-r7k2"}`)
	require.NoError(t, err)
	assert.False(t, misled.Learnt(evidence.User, "7"), "the answer speaks of another")
}
