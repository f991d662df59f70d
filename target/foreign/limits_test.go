package foreign

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What the library does whatever its user does, and one might not expect. Each
// row ends in who is right: "against" names the section that has it otherwise,
// "open" the one that leaves it to the server. A row that turns red after an
// upgrade of the library wants a new look.

func TestTheLibraryRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		method, path, body string
		scimType           string
	}{
		"a filter on externalId: open, RFC 7644, 3.12, invalidFilter": {
			"GET", filtered("/Users", `externalId eq "00u1mockAAAAAAAAAA01"`), "", "invalidFilter",
		},
		"a filter on id: open, RFC 7644, 3.12, invalidFilter": {
			"GET", filtered("/Users", `id eq "id-1"`), "", "invalidFilter",
		},
		"a filter on core and extension at once: open, RFC 7644, 3.12, invalidFilter": {
			"GET", filtered("/Users", `active eq true and `+enterpriseURN+`:department eq "Ops"`), "", "invalidFilter",
		},
		"an extension's object in a PATCH without a path: against RFC 7644, 3.5.2.3": {
			"PATCH", "/Users/id-1", patchOp(`{"op":"replace","value":{"` + enterpriseURN + `":{"department":"Ops"}}}`), "invalidValue",
		},
		"null in a PATCH, which unassigns: against RFC 7643, 2.5": {
			"PATCH", "/Users/id-1", patchOp(`{"op":"replace","value":{"title":null}}`), "invalidValue",
		},
		"schemas in a PATCH value: against RFC 7644, 3.5.2": {
			"PATCH", "/Users/id-1", patchOp(`{"op":"replace","value":{"schemas":["` + userURN + `"],"active":false}}`), "invalidValue",
		},
		"a remove without a path, and not as noTarget: against RFC 7644, 3.5.2.2": {
			"PATCH", "/Users/id-1", patchOp(`{"op":"remove"}`), "invalidValue",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.given("/Users", ana)
			got := s.ask(tt.method, tt.path, tt.body)
			assert.Equal(t, http.StatusBadRequest, got.status)
			assert.Equal(t, tt.scimType, got.body["scimType"])
		})
	}
}

func TestTheLibraryAnswersOddly(t *testing.T) {
	s := newServer(t)
	created := s.ask("POST", "/Users", ana)

	t.Run("201 has no Location, and meta.location is relative: against RFC 7644, 3.3", func(t *testing.T) {
		assert.Empty(t, created.header.Get("Location"))
		assert.Equal(t, "Users/id-1", created.body["meta"].(map[string]any)["location"])
	})
	t.Run("schemas lists an extension that holds nothing: open, RFC 7643, 3", func(t *testing.T) {
		assert.Contains(t, created.body["schemas"], enterpriseURN)
		assert.NotContains(t, created.body, enterpriseURN)
	})
	t.Run("itemsPerPage is the count asked for, not the count given: against RFC 7644, 3.4.2", func(t *testing.T) {
		list := s.must("GET", "/Users?startIndex=1&count=50", "")
		assert.EqualValues(t, 50, list["itemsPerPage"])
		assert.Len(t, list["Resources"], 1)
	})
	t.Run("an extension nobody declared is dropped without a word: open, RFC 7644, 3.3", func(t *testing.T) {
		got := s.must("POST", "/Users", `{"userName":"dee","urn:example:custom:2.0:User":{"shoe":"42"}}`)
		assert.NotContains(t, got, "urn:example:custom:2.0:User")
	})
	t.Run("a filter on a sub-attribute of a list finds nobody: against RFC 7644, 3.4.2.2", func(t *testing.T) {
		list := s.must("GET", filtered("/Users", `emails.value eq "ana.ruiz@example.test"`), "")
		assert.EqualValues(t, 0, list["totalResults"])
	})
	t.Run("the RFC's own example of a filter panics: against RFC 7644, 3.4.2.2", func(t *testing.T) {
		assert.Panics(t, func() { s.ask("GET", filtered("/Users", `emails co "example.com"`), "") })
	})
	t.Run("an escaped quote in a filter's value matches nothing: against RFC 7644, 3.4.2.2, a JSON string", func(t *testing.T) {
		s.given("/Users", `{"userName":"o\"hara"}`)
		list := s.must("GET", filtered("/Users", `userName eq "o\"hara"`), "")
		assert.EqualValues(t, 0, list["totalResults"])
	})
	t.Run("the attributes parameter is not heeded: against RFC 7644, 3.4.2.5", func(t *testing.T) {
		assert.Contains(t, s.must("GET", "/Users/id-1?attributes=userName", ""), "displayName")
	})
}
