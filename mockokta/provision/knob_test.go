package provision_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// The zero value of Knobs is the default of each, and a knob is what it was turned
// to; what it cannot be leaves all as it was.
func TestKnobs(t *testing.T) {
	for _, n := range provision.AllKnobs() {
		t.Run(n.Name, func(t *testing.T) {
			require.Equal(t, n.Values[0], n.Get(provision.Knobs{}))
			require.NotEmpty(t, n.What)
			require.NotEmpty(t, n.Why)
			require.True(t, len(n.Values) > 1 || n.Free != "", "nothing to choose from")
			others := n.Values[1:]
			if n.Free != "" {
				others = append(others, map[string]string{"lookupAttribute": "externalId"}[n.Name])
				if others[len(others)-1] == "" {
					others[len(others)-1] = "2"
				}
			}
			for _, v := range others {
				var k provision.Knobs
				require.NoError(t, k.Turn(n.Name, v))
				require.Equal(t, v, n.Get(k))
				require.Equal(t, map[string]string{n.Name: v}, k.Turned(), "a knob turns itself alone")
				require.NoError(t, k.Turn(n.Name, n.Values[0]))
				require.Empty(t, k.Turned())
			}
			var k provision.Knobs
			require.ErrorContains(t, k.Turn(n.Name, "no such value"), n.Name)
			require.Equal(t, provision.Knobs{}, k)
		})
	}
	require.ErrorContains(t, new(provision.Knobs).Turn("emptyvalue", "null"), "emptyValue")
}

// What a knob says shows in what is said.
func TestKnobsAreHeard(t *testing.T) {
	turned := func(name, value string) provision.Facts {
		f := provision.Facts{User: ana}
		require.NoError(t, f.Knobs.Turn(name, value))
		return f
	}
	lookup := func(f provision.Facts) provision.Dialogue { return provision.Talk(provision.EnsureUser{}, f) }
	require.Contains(t, lookup(turned("spaceEncoding", "+")).Say.RawQuery, "userName+eq+%22")
	require.Contains(t, lookup(turned("lookupAttribute", "externalId")).Say.RawQuery, "externalId%20eq%20%22")

	nobody := scim.Answer{Status: http.StatusNotFound, Body: []byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"nobody"}`)}
	require.Equal(t, http.MethodPost, lookup(turned("lookup404", "nobody")).Hear(nobody).Say.Method)
	require.ErrorContains(t, lookup(turned("lookup404", "failure")).Hear(nobody).End.Err, "Not Found. Errors reported by remote server: nobody")
}

// A request that met trouble is said again as often as the knob has it, and what is
// said again is the same.
func TestRetriesAreTheKnobs(t *testing.T) {
	for name, tt := range map[string]struct {
		retries, trouble int
		status           int
		creates, tasks   int
	}{
		"by default none":                          {0, 1, 503, 1, 1},
		"once, and the second is answered":         {1, 1, 503, 2, 0},
		"twice, and the target is down for longer": {2, 9, 500, 3, 1},
		"an answer that was lost":                  {1, 1, 0, 2, 0},
		"501 is an answer":                         {5, 9, 501, 1, 1},
		"a refusal is an answer":                   {5, 9, 400, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var creates []scim.Request
			target := answering(func(_ context.Context, r scim.Request) (scim.Answer, error) {
				if r.Method == http.MethodGet {
					return scim.Answer{Status: http.StatusOK, Body: []byte(`{"totalResults":0,"startIndex":1,"itemsPerPage":0}`)}, nil
				}
				creates = append(creates, r)
				switch {
				case len(creates) > tt.trouble:
					return scim.Answer{Status: http.StatusCreated, Body: []byte(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"42"}`)}, nil
				case tt.status == 0:
					return scim.Answer{}, errors.New("the connection was lost")
				}
				return scim.Answer{Status: tt.status}, nil
			})
			o := open(t, provision.OIN, provision.Config{Target: target, Knobs: provision.Knobs{Retries: tt.retries}})
			o.assign(o.person("ana"))
			o.settle()
			require.Len(t, creates, tt.creates)
			for _, r := range creates {
				require.Equal(t, creates[0], r)
			}
			require.Len(t, o.Tasks(), tt.tasks)
		})
	}
}
