package provision_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// importTraces are those of T23: how each was asked for, and what came of it.
var importTraces = map[string]struct {
	knobs  provision.Knobs
	groups bool
	brings int // resources
	ends   string
}{
	"T23-import-nobody":               {},
	"T23-import-nobody-with-groups":   {groups: true},
	"T23-import-one":                  {brings: 1},
	"T23-import-one-groups-first":     {knobs: provision.Knobs{GroupsFirst: true}, groups: true, brings: 2},
	"T23-import-101":                  {brings: 101},
	"T23-import-101-with-groups":      {groups: true, brings: 102},
	"T23-import-101-throttled":        {brings: 101},
	"T23-import-101-failed":           {brings: 100, ends: "asked for /Users from 101 on: Internal Server Error. Errors reported by remote server: the database is away"},
	"T23-import-short-pages":          {brings: 70, ends: "asked for /Users from 201 on: the page is empty, and totalResults is 120 where 70 came so far"},
	"T23-import-short-pages-by-items": {knobs: provision.Knobs{StepByItems: true}, brings: 120},
}

// What an import says is what the traces have, and each page is handed over before
// the next is asked for.
func TestImportTraces(t *testing.T) {
	for name, tt := range importTraces {
		t.Run(name, func(t *testing.T) {
			tr := readTrace(t, name)
			require.Equal(t, []provision.Dialect{provision.AIW, provision.OIN}, tr.dialects(), "both dialects read alike")
			var heard []string
			target := httpmock.NewMockTransport()
			target.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
				text, err := asText(r)
				if err != nil {
					return nil, err
				}
				if heard = append(heard, text); len(heard) > len(tr.exchanges) {
					return nil, errors.New("more is said than the trace has")
				}
				now := tr.exchanges[len(heard)-1]
				return httpmock.NewStringResponse(now.status, now.answer), nil
			})
			client := &scim.Client{BaseURL: tr.head["Base"], Authorization: "Bearer k3y-of-the-application", HTTP: target}
			brought, pages := 0, 0
			end, err := provision.Play(t.Context(), provision.Patient{Caller: client}, provision.ReadTarget(tt.knobs, tt.groups).Dialogue(func(p provision.Page) error {
				brought += len(p.Resources)
				pages++
				require.LessOrEqual(t, pages, len(heard), "a page for each answer")
				return nil
			}))
			require.NoError(t, err)
			if diff := cmp.Diff(wanted(tr), heard); diff != "" {
				t.Errorf("what was said differs (-want +got):\n%s", diff)
			}
			require.Equal(t, tt.brings, brought)
			if tt.ends == "" {
				require.NoError(t, end.Err)
				return
			}
			require.EqualError(t, end.Err, tt.ends)
		})
	}
}

// Pages of a few each make as many requests as there are people. Ten of a page on
// average are taken, and of fewer no more than a hundred pages.
func TestAnImportIsNotReadOneByOne(t *testing.T) {
	for most, tt := range map[int]struct {
		asks int
		ends string
	}{
		1:  {101, "asked for /Users from 101 on: 101 pages brought 101 of 10000: fewer than 10 a page"},
		9:  {101, "asked for /Users from 901 on: 101 pages brought 909 of 10000: fewer than 10 a page"},
		10: {1_000, ""},
	} {
		asked := 0
		r := provision.ReadTarget(provision.Knobs{StepByItems: true}, false)
		var err error
		for !r.Done() && err == nil {
			asked++
			require.LessOrEqual(t, asked, 10_000)
			list := `{"totalResults":10000,"Resources":[{}` + strings.Repeat(`,{}`, most-1) + `]}`
			_, r, err = r.Hear(scim.Answer{Status: http.StatusOK, Body: []byte(list)})
		}
		require.Equal(t, tt.asks, asked)
		if tt.ends == "" {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, tt.ends)
	}
}
