package scim_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/scim"
)

const (
	notFound = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"no such user","status":"404"}`
	ana      = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"42","userName":"ana","active":true}`
)

func listOf(resources string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[` + resources + `]}`
}

func TestFoundUser(t *testing.T) {
	for name, tt := range map[string]struct {
		status  int
		body    string
		id      string // empty: no match
		wantErr string
	}{
		"one account is a match":                           {200, listOf(ana), "42", ""},
		"an empty list is no match":                        {200, `{"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`, "", ""},
		"null for Resources is no match":                   {200, `{"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":null}`, "", ""},
		"absent Resources are no match":                    {200, `{"totalResults":0}`, "", ""},
		"a SCIM error 404 is no match":                     {404, notFound, "", ""},
		"of several accounts the first is taken":           {200, listOf(ana + `,{"id":"43"}`), "42", ""},
		"keys in lower case are read":                      {200, `{"totalresults":1,"startindex":1,"itemsperpage":1,"resources":[` + ana + `]}`, "42", ""},
		"a number for an id is taken for its digits":       {200, listOf(`{"schemas":["x"],"id":42}`), "42", ""},
		"a 404 that is no SCIM error fails":                {404, `{"error":"no route"}`, "", "Not Found. Errors reported by remote server: null"},
		"a 404 in HTML fails":                              {404, "<html>", "", "Unexpected character ('<'"},
		"totalResults as a string fails":                   {200, `{"totalResults":"0","Resources":[]}`, "", "the list's totalResults is not an integer"},
		"startIndex as a string fails":                     {200, strings.Replace(listOf(ana), `"startIndex":1`, `"startIndex":"1"`, 1), "", "the list's startIndex is not an integer"},
		"itemsPerPage with a fraction fails":               {200, strings.Replace(listOf(ana), `"itemsPerPage":1`, `"itemsPerPage":1.5`, 1), "", "the list's itemsPerPage is not an integer"},
		"an object that is no list fails":                  {200, `{}`, "", "the list's totalResults is not an integer"},
		"an account in place of a list fails":              {200, ana, "", "the list's totalResults is not an integer"},
		"an account without schemas fails in Okta's words": {200, listOf(`{"id":"42"}`), "", "No schema's defined in scim user"},
		"empty schemas are none":                           {200, listOf(`{"id":"42","schemas":[]}`), "", "No schema's defined in scim user"},
		"an account without id fails":                      {200, listOf(`{"schemas":["x"]}`), "", "has no id"},
		"a resource that is no object fails":               {200, listOf(`7`), "", "hold what is not an object"},
		"Resources that are no array fail":                 {200, `{"totalResults":1,"Resources":{}}`, "", "are not an array"},
		"401 fails":                                        {401, `{"detail":"bad token"}`, "", "Unauthorized. Errors reported by remote server: bad token"},
		"a 204 fails":                                      {204, "", "", "No Content. Errors reported by remote server: null"},
		"500 in plain text fails in a parser's words":      {500, "Internal Server Error", "", "Internal Server Error. Errors reported by remote server: Invalid JSON: Unrecognized token 'Internal'"},
	} {
		t.Run(name, func(t *testing.T) {
			account, ok, err := scim.FoundUser(scim.Answer{Status: tt.status, Body: []byte(tt.body)})
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				require.False(t, ok)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.id != "", ok)
			require.Equal(t, tt.id, account.ID())
		})
	}
}

func TestFoundGroupMayLackSchemas(t *testing.T) {
	group, ok, err := scim.FoundGroup(scim.Answer{Status: 200, Body: []byte(listOf(`{"id":"g-42","displayName":"Analysts"}`))})
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "g-42", group.ID())
}

func TestCreatedUser(t *testing.T) {
	for name, tt := range map[string]struct {
		status  int
		body    string
		wantErr string
	}{
		"201 with the account is fine":       {201, ana, ""},
		"200 with the account is fine":       {200, ana, ""},
		"no body is an empty user":           {201, "", "returned empty user"},
		"204 is an empty user":               {204, "", "returned empty user"},
		"no id is an error":                  {201, `{"schemas":["x"]}`, "has no id"},
		"an empty id is none":                {201, `{"schemas":["x"],"id":""}`, "has no id"},
		"no schemas are an error":            {201, `{"id":"42"}`, "No schema's defined in scim user"},
		"a page is an error":                 {200, "<!doctype html>", "Invalid JSON: Unexpected character ('<' (code 60))"},
		"a list in its place is an error":    {200, listOf(ana), "has no id"},
		"a conflict is told with its detail": {409, `{"schemas":["x"],"status":"409","scimType":"uniqueness","detail":"taken"}`, "Conflict. Errors reported by remote server: taken"},
		"a redirect is not followed":         {302, "", "Found. Errors reported by remote server: null"},
	} {
		t.Run(name, func(t *testing.T) {
			id, err := scim.CreatedUser(scim.Answer{Status: tt.status, Body: []byte(tt.body)})
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				require.Empty(t, id)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "42", id)
		})
	}
}

func TestErrorAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want scim.Error
	}{
		"a SCIM error":              {`{"status":"409","scimType":"uniqueness","detail":"taken"}`, scim.Error{Status: 409, ScimType: "uniqueness", Detail: "taken"}},
		"no body":                   {"", scim.Error{Status: 409}},
		"an object without detail":  {`{"error":{"detail":"hidden"}}`, scim.Error{Status: 409}},
		"detail that is no string":  {`{"detail":{"a":1}}`, scim.Error{Status: 409}},
		"plain text":                {"upstream error", scim.Error{Status: 409, Detail: "Invalid JSON: Unrecognized token 'upstream': was expecting ('true', 'false' or 'null'); line: 1, column: 9"}},
		"plain text further down":   {"\n  Bad", scim.Error{Status: 409, Detail: "Invalid JSON: Unrecognized token 'Bad': was expecting ('true', 'false' or 'null'); line: 2, column: 6"}},
		"a page":                    {" <html>", scim.Error{Status: 409, Detail: "Invalid JSON: Unexpected character ('<' (code 60)): expected a valid value; line: 1, column: 2"}},
		"a list":                    {"[1]", scim.Error{Status: 409, Detail: "Invalid JSON: the body is not a JSON object"}},
		"detail without end is cut": {`{"detail":"` + strings.Repeat("é", 900) + `"}`, scim.Error{Status: 409, Detail: strings.Repeat("é", 500) + "…"}},
		"a word without end is cut": {strings.Repeat("a", 100), scim.Error{Status: 409, Detail: "Invalid JSON: Unrecognized token '" + strings.Repeat("a", 40) + "': was expecting ('true', 'false' or 'null'); line: 1, column: 41"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := scim.Accepted(scim.Answer{Status: 409, Body: []byte(tt.body)})
			var got *scim.Error
			require.True(t, errors.As(err, &got))
			require.Equal(t, tt.want, *got)
		})
	}
}

func TestMembers(t *testing.T) {
	for name, tt := range map[string]struct {
		body   string
		want   []scim.Member
		listed bool
	}{
		"absent members are not listed":     {`{}`, []scim.Member{}, false},
		"null is not listed":                {`{"members":null}`, []scim.Member{}, false},
		"an empty list is a list":           {`{"members":[]}`, []scim.Member{}, true},
		"display may be null or absent":     {`{"members":[{"value":"1","display":null},{"value":"2"},{"display":"c","value":"3"}]}`, []scim.Member{{Value: "1"}, {Value: "2"}, {Value: "3", Display: "c"}}, true},
		"a number is taken for its digits":  {`{"members":[{"value":17,"display":"ana"},{"value":12345678901234567890}]}`, []scim.Member{{Value: "17", Display: "ana"}, {Value: "12345678901234567890"}}, true},
		"what is neither text nor a number": {`{"members":[{"value":true},{"value":null},{"value":["1"]},{"value":{"value":"1"}}]}`, []scim.Member{}, true},
		"what has no value is no member":    {`{"members":[null,7,{},{"value":""},{"value":"1"}]}`, []scim.Member{{Value: "1"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			group, err := scim.ReadGroup(scim.Answer{Status: 200, Body: []byte(tt.body)})
			require.NoError(t, err)
			members, listed := group.Members()
			require.Equal(t, tt.want, members)
			require.Equal(t, tt.listed, listed)
		})
	}
}
