package loadgen

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/scimproof/scimproof/target"
)

// What is said of one subject follows from what was seen of it.
func TestWhatIsSaidOfASubject(t *testing.T) {
	ana := target.Look{Status: http.StatusOK, Resource: target.Resource{"userName": "ana"}}
	bo := target.Look{Status: http.StatusOK, Resource: target.Resource{"userName": "bo"}}
	none := target.Look{Status: http.StatusNotFound}
	ids := func(all ...string) []string { return all }
	type looks = map[string]target.Look
	for name, tt := range map[string]struct {
		view  view
		there []string
		says  []string // what, id, and how it begins to say why
	}{
		"all agree":             {view{known: "1", listed: ids("1"), named: ids("1"), read: looks{"1": ana}, settled: true}, ids("1"), nil},
		"not listed, and found": {view{known: "1", named: ids("1"), read: looks{"1": ana}, settled: true}, ids("1"), nil},
		"nowhere":               {view{known: "1", read: looks{"1": none}, made: true, settled: true}, nil, ids("lost 1: neither listed")},
		"nowhere, after a later deed that failed": {view{known: "1", read: looks{"1": none}, made: true}, nil, ids("lost 1: neither listed")},
		"by its id alone":                         {view{known: "1", read: looks{"1": ana}, settled: true}, ids("1"), ids("wrong 1: read by its id, but neither")},
		"not by its id":                           {view{known: "1", listed: ids("1"), named: ids("1"), read: looks{"1": none}, settled: true}, ids("1"), ids("wrong 1: listed or found, but not read")},
		"not by its name":                         {view{known: "1", listed: ids("1"), read: looks{"1": ana}, settled: true, lookedUp: true}, ids("1"), ids("wrong 1: listed and read by its id, but not found by its userName")},
		"not by a name that Okta does not use": {
			view{known: "1", listed: ids("1"), read: looks{"1": ana}, settled: true}, ids("1"), ids("note: some accounts are not found by their userNames"),
		},
		"somebody else's by its id": {view{known: "1", listed: ids("1"), named: ids("1"), read: looks{"1": bo}, settled: true}, ids("1"), ids("wrong 1: another name")},

		"a second one, found":             {view{known: "1", listed: ids("1"), named: ids("1", "2"), read: looks{"1": ana}, settled: true}, ids("1", "2"), ids("doubled 2: two accounts")},
		"a second one, found alone":       {view{known: "1", listed: ids("1"), named: ids("2"), read: looks{"1": ana}, settled: true}, ids("1", "2"), ids("doubled 2: two accounts")},
		"a second one, listed alone":      {view{known: "1", listed: ids("2"), named: ids("1"), read: looks{"1": ana, "2": ana}, settled: true}, ids("1", "2"), ids("doubled 2: two accounts")},
		"three, of which Okta's is last":  {view{known: "3", listed: ids("1", "3"), named: ids("2", "3"), read: looks{"1": ana, "3": ana}, settled: true}, ids("3", "2", "1"), ids("doubled 2: two accounts", "doubled 1: two accounts")},
		"three, of which Okta knows none": {view{listed: ids("1", "2"), named: ids("3", "2"), read: looks{"1": ana, "3": ana}}, ids("3", "2", "1"), ids("doubled 2: two accounts", "doubled 1: two accounts")},
		"two, of which the list shows both, turned round": {
			view{listed: ids("1", "2"), named: ids("2", "1"), read: looks{"2": ana}}, ids("2", "1"), ids("doubled 1: two accounts"),
		},

		"a row":                 {view{known: "1", listed: ids("row"), named: ids("1"), read: looks{"1": ana, "row": none}, settled: true}, ids("1"), ids("wrong row: listed under this id, by which it is not read (HTTP status 404), and known by id 1")},
		"a row after the own":   {view{known: "1", listed: ids("1", "row"), named: ids("1"), read: looks{"1": ana, "row": none}, settled: true}, ids("1"), ids("wrong row: listed under this id")},
		"a row, somebody's":     {view{known: "1", listed: ids("row"), named: ids("1"), read: looks{"1": ana, "row": bo}, settled: true}, ids("1"), ids("wrong row: listed under this id")},
		"a row too long to ask": {view{known: "1", listed: ids("1"), unkept: true, named: ids("1"), read: looks{"1": ana}, settled: true}, ids("1"), ids("wrong 1: listed under another id, which is longer")},
		"such a row alone":      {view{known: "1", unkept: true, read: looks{"1": none}, settled: true}, nil, ids("wrong 1: listed or found, but not read")},

		"under another id alone, found":  {view{known: "1", listed: ids("2"), named: ids("2"), read: looks{"1": none, "2": ana}, settled: true}, ids("2"), ids("wrong 2: id: the create was answered with 1, and the account has 2")},
		"under another id alone, listed": {view{known: "1", listed: ids("2"), read: looks{"1": none, "2": ana}, settled: true}, ids("2"), ids("wrong 2: id: the create was answered with 1")},

		"refused, and there":            {view{unwanted: "refused", listed: ids("1"), named: ids("1"), read: looks{"1": ana}}, ids("1"), ids("wrong 1: refused, and the account is there")},
		"refused, and a row":            {view{unwanted: "refused", listed: ids("row"), read: looks{"row": none}}, nil, ids("wrong row: refused, and the account is listed under this id")},
		"refused, and not there":        {view{unwanted: "refused"}, nil, nil},
		"perhaps there, and there":      {view{listed: ids("1"), named: ids("1"), read: looks{"1": ana}}, ids("1"), nil},
		"perhaps there, and not there":  {view{}, nil, nil},
		"perhaps there, and not as was": {view{listed: ids("1"), read: looks{"1": bo}}, nil, ids("wrong 1: another name")},
	} {
		t.Run(name, func(t *testing.T) {
			v := tt.view
			v.terms, v.asked, v.found = accountTerms, true, len(v.named) > 0
			v.bears = func(r target.Resource) bool { return r.Text("userName") == "ana" }
			v.differs = func(r target.Resource) string {
				if v.bears(r) {
					return ""
				}
				return "another name"
			}
			for _, id := range append(v.suspects(), v.own()) {
				if _, read := v.read[id]; id != "" {
					assert.True(t, read, "the case says nothing of %s", id)
				}
			}
			d := v.judge()
			var said []string
			for _, f := range d.findings {
				said = append(said, f.what+" "+f.id+": "+f.why)
			}
			if d.note != "" {
				said = append(said, "note: "+d.note)
			}
			assert.ElementsMatch(t, tt.there, d.there)
			assert.Equal(t, name == "not listed, and found", d.leftOut, name)
			if assert.Len(t, said, len(tt.says), "%q", said) {
				for n, want := range tt.says {
					assert.True(t, strings.HasPrefix(said[n], want), "want %q, got %q", want, said[n])
				}
			}
		})
	}
}

// A group that was not looked for by its name is judged by the list and its id.
func TestWhoWasNotLookedForIsNotMissed(t *testing.T) {
	sales := target.Look{Status: http.StatusOK, Resource: target.Resource{"displayName": "Sales"}}
	v := view{
		terms: groupTerms, known: "1", listed: []string{"1"}, read: map[string]target.Look{"1": sales}, settled: true, lookedUp: true,
		bears: func(target.Resource) bool { return true },
	}
	d := v.judge()
	assert.Empty(t, d.findings)
	assert.True(t, d.sound)
	v.asked = true
	d = v.judge()
	assert.Len(t, d.findings, 1)
	assert.False(t, d.sound)
}

// The members of a group are compared also where there is a second group.
func TestASecondOneTakesNothingFromTheFirst(t *testing.T) {
	sales := target.Look{Status: http.StatusOK, Resource: target.Resource{"displayName": "Sales"}}
	v := view{
		terms: groupTerms, known: "1", listed: []string{"1"}, asked: true, found: true, named: []string{"1", "2"}, settled: true,
		read: map[string]target.Look{"1": sales}, bears: func(target.Resource) bool { return true },
	}
	assert.True(t, v.judge().sound)
}
