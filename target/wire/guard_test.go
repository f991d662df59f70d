package wire

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/reports/evidence"
)

const mark = "r7k2"

var (
	ana = Subject{Key: "00uana", Name: "ana-R7K2@example.com"}
	bob = Subject{Key: "00ubob", Name: "bob-r7k2@example.com"}
)

func said(s Subject, method, below string) call {
	return call{voice: evidence.Okta, method: method, path: readPath(below), about: s, known: s != Subject{}}
}

func created(s Subject, name string) call {
	c := said(s, http.MethodPost, "/Users")
	c.name = name
	return c
}

func account(id, name string) resource { return resource{evidence.User, id, name} }

// heardAnswer is one call that was answered with 2xx.
type heardAnswer struct {
	call  call
	found []resource
}

func TestTheGuardLetsThroughOnlyWritesToTheSubjectsOwn(t *testing.T) {
	put := said(ana, http.MethodPut, "/Users/42")
	for name, tt := range map[string]struct {
		heard []heardAnswer
		call  call
		want  string // "" goes out
	}{
		"an account that was created may be written": {
			[]heardAnswer{{created(ana, ana.Name), []resource{account("42", ana.Name)}}}, put, "",
		},
		"an account created with an answer that has no name may be written": {
			[]heardAnswer{{created(ana, ana.Name), []resource{account("42", "")}}}, put, "",
		},
		"an account created may not be written when the answer names somebody else": {
			[]heardAnswer{{created(ana, ana.Name), []resource{account("42", bob.Name)}}},
			put,
			`Okta would now have overwritten account "bob-r7k2@example.com" (id 42), which is not ana-R7K2@example.com's`,
		},
		"an id that another create gave already is not the second one's": {
			[]heardAnswer{
				{created(bob, bob.Name), []resource{account("42", "")}},
				{created(ana, ana.Name), []resource{account("42", "")}},
			}, put, `Okta would now have overwritten the account with id 42, which is not ana-R7K2@example.com's`,
		},
		"an account found under the subject's name with the mark may be written, whatever the letter case": {
			[]heardAnswer{{said(ana, http.MethodGet, "/Users"), []resource{account("42", "ANA-r7k2@EXAMPLE.com")}}}, put, "",
		},
		"an account that an import has listed under the subject's name may be written": {
			[]heardAnswer{{said(Subject{}, http.MethodGet, "/Users"), []resource{account("7", bob.Name), account("42", ana.Name)}}}, put, "",
		},
		"an account that an import has listed under another name may not": {
			[]heardAnswer{{said(Subject{}, http.MethodGet, "/Users"), []resource{account("42", bob.Name)}}},
			put, `Okta would now have overwritten account "bob-r7k2@example.com" (id 42), which is not ana-R7K2@example.com's`,
		},
		"an account of somebody else's may not, under whatever name it is listed": {
			[]heardAnswer{
				{created(bob, bob.Name), []resource{account("42", bob.Name)}},
				{said(Subject{}, http.MethodGet, "/Users"), []resource{account("42", ana.Name)}},
			},
			put, `Okta would now have overwritten account "ana-R7K2@example.com" (id 42), which is not ana-R7K2@example.com's`,
		},
		"an account found by a query by POST may be written": {
			[]heardAnswer{{said(ana, http.MethodPost, "/Users/.search"), []resource{account("42", ana.Name)}}}, put, "",
		},
		"somebody else's account in a list that should have been filtered may not": {
			[]heardAnswer{{said(ana, http.MethodGet, "/Users"), []resource{account("42", "ceo@example.com")}}},
			put,
			`Okta would now have overwritten account "ceo@example.com" (id 42), which is not ana-R7K2@example.com's`,
		},
		"an account found for another subject of the run may not": {
			[]heardAnswer{{said(bob, http.MethodGet, "/Users"), []resource{account("42", bob.Name)}}},
			put,
			`Okta would now have overwritten account "bob-r7k2@example.com" (id 42), which is not ana-R7K2@example.com's`,
		},
		"an account that bears the subject's name without the mark may not": {
			[]heardAnswer{{said(Subject{"00uceo", "ceo@example.com"}, http.MethodGet, "/Users"), []resource{account("42", "ceo@example.com")}}},
			said(Subject{"00uceo", "ceo@example.com"}, http.MethodPatch, "/Users/42"),
			`Okta would now have overwritten account "ceo@example.com" (id 42), which is not ceo@example.com's`,
		},
		"an account once shown as a stranger's stays one, whatever name it is given later": {
			[]heardAnswer{
				{said(Subject{}, http.MethodGet, "/Users"), []resource{account("42", "ceo@example.com")}},
				{said(ana, http.MethodGet, "/Users"), []resource{account("42", ana.Name)}},
			}, put, `Okta would now have overwritten account "ana-R7K2@example.com" (id 42), which is not ana-R7K2@example.com's`,
		},
		"the binding outlives a change of name": {
			[]heardAnswer{
				{created(ana, ana.Name), []resource{account("42", ana.Name)}},
				{put, []resource{account("42", "anna-r7k2@example.com")}},
			}, said(Subject{ana.Key, "anna-r7k2@example.com"}, http.MethodPatch, "/Users/42"), "",
		},
		"a group is not an account of the same id": {
			[]heardAnswer{{created(ana, ana.Name), []resource{account("42", ana.Name)}}},
			said(ana, http.MethodDelete, "/Groups/42"),
			`Okta would now have deleted the group with id 42, which is not ana-R7K2@example.com's`,
		},
		"an escaped id is the id": {
			[]heardAnswer{{created(ana, ana.Name), []resource{account("a/42", ana.Name)}}},
			said(ana, http.MethodDelete, "/Users/a%2F42"), "",
		},
		"a write about nobody goes nowhere": {
			[]heardAnswer{{created(ana, ana.Name), []resource{account("42", ana.Name)}}},
			said(Subject{}, http.MethodPut, "/Users/42"),
			`Okta would now have overwritten account "ana-R7K2@example.com" (id 42), which is not known to be anybody's of this run`,
		},
		"an id that nobody learnt may not be written": {
			nil, put, `Okta would now have overwritten the account with id 42, which is not ana-R7K2@example.com's`,
		},
		"a create with the mark goes out":   {nil, created(ana, ana.Name), ""},
		"a create without the mark stays":   {nil, created(ana, "ana@example.com"), `Okta would now have created account "ana@example.com", whose name lacks this run's mark`},
		"a create without a name stays":     {nil, created(ana, ""), `Okta would now have created account "", whose name lacks this run's mark`},
		"a bulk request stays":              {nil, said(ana, http.MethodPost, "/Bulk"), "Okta would now have sent POST /Bulk, a write to neither an account nor a group"},
		"a write to the collection stays":   {nil, said(ana, http.MethodDelete, "/Users"), "Okta would now have sent DELETE /Users, a write to neither an account nor a group"},
		"a write past the account stays":    {nil, said(ana, http.MethodPut, "/Users/42/photo"), "Okta would now have sent PUT /Users/42/photo, a write to neither an account nor a group"},
		"a path that climbs stays":          {nil, said(ana, http.MethodDelete, "/Users/%2e%2e"), "Okta would now have sent DELETE /Users/%2e%2e, a write to neither an account nor a group"},
		"a method nobody knows stays":       {nil, said(ana, "PURGE", "/Users/42"), "Okta would now have sent PURGE /Users/42, a write to neither an account nor a group"},
		"a query by POST goes out":          {nil, said(ana, http.MethodPost, "/.search"), ""},
		"a GET of an unknown path goes out": {nil, said(Subject{}, http.MethodGet, "/Whatever/1/2"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGuard(mark, false)
			for _, h := range tt.heard {
				g.learn(h.call, h.found)
			}
			refused := g.judge(tt.call)
			if tt.want == "" {
				require.Nil(t, refused)
				return
			}
			require.NotNil(t, refused)
			assert.Equal(t, tt.want, refused.Error())
		})
	}
}

func TestAtOurOwnServerAResourceWithoutANameMayBePosted(t *testing.T) {
	assert.Nil(t, newGuard(mark, true).judge(created(ana, "")))
	assert.NotNil(t, newGuard(mark, true).judge(created(ana, "ana@example.com")), "the guard stays on")
}

func TestReadingResources(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		at   string
		want []resource
	}{
		"a list":                              {`{"Resources":[{"id":"1","userName":"a"},{"id":"2","userName":"b"}]}`, "/Users", []resource{account("1", "a"), account("2", "b")}},
		"a resource by itself":                {`{"id":"1","displayName":"g"}`, "/Groups/1", []resource{{evidence.Group, "1", "g"}}},
		"members in another letter case":      {`{"ID":"1","USERNAME":"a"}`, "/Users/1", []resource{account("1", "a")}},
		"an id that is a number":              {`{"id":42,"userName":"a"}`, "/Users", []resource{account("42", "a")}},
		"a query over everything tells kinds": {`{"Resources":[{"id":"1","userName":"a"},{"id":"2","displayName":"g"},{"id":"3"}]}`, "/.search", []resource{account("1", "a"), {evidence.Group, "2", "g"}}},
		"HTML":                                {`<html>`, "/Users", nil},
		"an array":                            {`[{"id":"1"}]`, "/Users", nil},
		"null":                                {`null`, "/Users", nil},
		"wrong types everywhere":              {`{"Resources":[1,null,{"id":{},"userName":[]}]}`, "/Users", nil},
		"an empty list":                       {`{"Resources":[]}`, "/Users", nil},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, readResources([]byte(tt.body), readPath(tt.at)))
		})
	}
}
