package refserver_test

import (
	"strings"
	"testing"
)

// TestAUserPatch holds what each request makes of one account; unchanged rows
// check that a refused request left no trace.
func TestAUserPatch(t *testing.T) {
	const start = `"displayName":"Ana","title":"Dr","name":{"givenName":"Ana","familyName":"Ruiz"},` +
		`"emails":[{"value":"w@example.com","type":"work","primary":true},{"value":"h@example.com","type":"home"}],` +
		`"` + entURN + `":{"department":"R","division":"D"}`
	for name, tt := range map[string]struct {
		ops  string
		want []string // a part of the account then, and its JSON
	}{
		"replace sets a value":             {ops(`{"op":"replace","path":"displayName","value":"B"}`), []string{"displayName", `"B"`, "title", `"Dr"`}},
		"replace sets what was absent":     {ops(`{"op":"replace","path":"nickName","value":"B"}`), []string{"nickName", `"B"`}},
		"replace by null removes":          {ops(`{"op":"replace","path":"title","value":null}`), []string{"title", ""}},
		"replace without a path":           {ops(`{"op":"replace","value":{"displayName":"B","nickName":"N"}}`), []string{"displayName", `"B"`, "nickName", `"N"`, "title", `"Dr"`}},
		"names in any case":                {ops(`{"op":"REPLACE","path":"DISPLAYNAME","value":"B"}`), []string{"displayName", `"B"`}},
		"a dotted name in a value":         {ops(`{"op":"replace","value":{"name.givenName":"B"}}`), []string{"name/givenName", `"B"`, "name/familyName", `"Ruiz"`}},
		"part of a complex attribute":      {ops(`{"op":"replace","path":"name","value":{"givenName":"B"}}`), []string{"name/givenName", `"B"`, "name/familyName", `"Ruiz"`}},
		"one sub-attribute":                {ops(`{"op":"replace","path":"name.givenName","value":"B"}`), []string{"name/givenName", `"B"`, "name/familyName", `"Ruiz"`}},
		"a sub-attribute of a new one":     {ops(`{"op":"remove","path":"name"}`, `{"op":"add","path":"name.givenName","value":"B"}`), []string{"name", `{"formatted":"B","givenName":"B"}`}},
		"a value filter and sub-attribute": {ops(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"n@example.com"}`), []string{"emails", `[{"primary":true,"type":"work","value":"n@example.com"},{"type":"home","value":"h@example.com"}]`}},
		"a value filter, whole element":    {ops(`{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"n@example.com","type":"other"}}`), []string{"emails", `[{"primary":true,"type":"work","value":"w@example.com"},{"type":"other","value":"n@example.com"}]`}},
		"removal by a value filter":        {ops(`{"op":"remove","path":"emails[type eq \"HOME\"]"}`), []string{"emails", `[{"primary":true,"type":"work","value":"w@example.com"}]`}},
		"removal of a sub by a filter":     {ops(`{"op":"remove","path":"emails[type eq \"work\"].primary"}`), []string{"emails", `[{"type":"work","value":"w@example.com"},{"type":"home","value":"h@example.com"}]`}},
		"removal of nothing":               {ops(`{"op":"remove","path":"emails[type eq \"other\"]"}`), []string{"meta/version", `"W/\"1\""`}},
		"removal of all elements":          {ops(`{"op":"remove","path":"emails"}`), []string{"emails", ""}},
		"an added element":                 {ops(`{"op":"add","path":"emails","value":[{"value":"o@example.com","type":"other"}]}`), []string{"emails", `[{"primary":true,"type":"work","value":"w@example.com"},{"type":"home","value":"h@example.com"},{"type":"other","value":"o@example.com"}]`}},
		"an added element that is there":   {ops(`{"op":"add","path":"emails","value":[{"value":"h@example.com","type":"home"}]}`), []string{"meta/version", `"W/\"1\""`}},
		"an added element without list":    {ops(`{"op":"add","path":"emails","value":{"value":"H@example.com","type":"home"}}`), []string{"emails", `[{"primary":true,"type":"work","value":"w@example.com"},{"type":"home","value":"H@example.com"}]`}},
		"a new primary element":            {ops(`{"op":"add","path":"emails","value":[{"value":"o@example.com","primary":true}]}`), []string{"emails", `[{"primary":false,"type":"work","value":"w@example.com"},{"type":"home","value":"h@example.com"},{"primary":true,"value":"o@example.com"}]`}},
		"another becomes primary":          {ops(`{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}`), []string{"emails", `[{"primary":false,"type":"work","value":"w@example.com"},{"primary":true,"type":"home","value":"h@example.com"}]`}},
		"a whole element becomes primary":  {ops(`{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"n@example.com","primary":true}}`), []string{"emails", `[{"primary":false,"type":"work","value":"w@example.com"},{"primary":true,"value":"n@example.com"}]`}},
		"an element that a filter makes":   {ops(`{"op":"add","path":"phoneNumbers[type eq \"work\"].value","value":"1"}`), []string{"phoneNumbers", `[{"type":"work","value":"1"}]`}},
		"an extension's attribute":         {ops(`{"op":"replace","path":"` + entURN + `:department","value":"S"}`), []string{entURN, `{"department":"S","division":"D"}`}},
		"an extension's sub-attribute":     {ops(`{"op":"add","path":"` + entURN + `:manager.value","value":"7"}`), []string{entURN + "/manager", `{"value":"7"}`}},
		"an extension as an object":        {ops(`{"op":"replace","value":{"` + entURN + `":{"department":"S"}}}`), []string{entURN, `{"department":"S","division":"D"}`}},
		"an extension removed":             {ops(`{"op":"remove","path":"` + entURN + `"}`), []string{entURN, ""}},
		"an extension's last attribute":    {ops(`{"op":"remove","path":"`+entURN+`:department"}`, `{"op":"remove","path":"`+entURN+`:division"}`), []string{entURN, "", "schemas", `["` + userURN + `","` + ownURN + `"]`}},
		"several in order":                 {ops(`{"op":"add","path":"nickName","value":"a"}`, `{"op":"replace","path":"nickName","value":"b"}`, `{"op":"remove","path":"nickName"}`), []string{"nickName", ""}},
		"the unchanged id":                 {ops(`{"op":"replace","value":{"id":"ID","displayName":"B"}}`), []string{"displayName", `"B"`}},
		"the unchanged own extension":      {ops(`{"op":"replace","value":{"` + ownURN + `":{"disabled":false,"id":1}}}`), []string{"meta/version", `"W/\"1\""`}},
		"schemas with a new extension":     {ops(`{"op":"add","path":"schemas","value":["urn:example:x:User"]}`, `{"op":"add","value":{"urn:example:x:User":{"a":"b"}}}`), []string{"urn:example:x:User", `{"a":"b"}`}},
		"an attribute nobody knows":        {ops(`{"op":"add","value":{"favourite":"tea"}}`), []string{"favourite", `"tea"`}},
		"a password, which is not kept":    {ops(`{"op":"replace","path":"password","value":"hunter2"}`), []string{"password", "", "meta/version", `"W/\"1\""`}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTenant(t)
			id := s.newUser("ana", start)
			body := tt.ops
			for i := 0; i+4 <= len(body); i++ {
				if body[i:i+4] == `"ID"` {
					body = body[:i] + `"` + id + `"` + body[i+4:]
				}
			}
			answer := s.ask("PATCH", "/Users/"+id, body).is(200)
			answer.has(tt.want...)
			if read := s.ask("GET", "/Users/"+id, ""); read.Body.String() != answer.Body.String() {
				t.Errorf("answered %s, and then shows %s", answer.Body, read.Body)
			}
		})
	}
}

func TestABadPatchIsRefusedAsAWhole(t *testing.T) {
	good := `{"op":"replace","path":"title","value":"changed"}`
	many := ""
	for range 1000 {
		many += good + ","
	}
	for name, tt := range map[string]struct{ body, scimType string }{
		"an op that is none":              {ops(good, `{"op":"move","path":"title"}`), "invalidSyntax"},
		"no op":                           {ops(good, `{"path":"title","value":"x"}`), "invalidSyntax"},
		"an operation that is no object":  {ops(good, `"x"`), "invalidSyntax"},
		"add without a value":             {ops(good, `{"op":"add","path":"title"}`), "invalidSyntax"},
		"replace without a value":         {ops(good, `{"op":"replace","path":"title"}`), "invalidSyntax"},
		"remove without a path":           {ops(good, `{"op":"remove"}`), "noTarget"},
		"a scalar without a path":         {ops(good, `{"op":"replace","value":false}`), "invalidValue"},
		"a path that is no string":        {ops(good, `{"op":"replace","path":5,"value":1}`), "invalidPath"},
		"a path that does not end":        {ops(good, `{"op":"replace","path":"emails[type eq","value":1}`), "invalidFilter"},
		"a path with two dots":            {ops(good, `{"op":"replace","path":"name..x","value":1}`), "invalidPath"},
		"a path of brackets":              {ops(good, `{"op":"replace","path":"[0]","value":1}`), "invalidPath"},
		"a path to nothing known":         {ops(good, `{"op":"replace","path":"noSuchAttr","value":1}`), "invalidPath"},
		"a sub-attribute not known":       {ops(good, `{"op":"replace","path":"name.nick","value":"x"}`), "invalidPath"},
		"a filter on a single value":      {ops(good, `{"op":"replace","path":"name[givenName eq \"A\"].familyName","value":"x"}`), "invalidPath"},
		"a filter that matches nothing":   {ops(good, `{"op":"replace","path":"emails[type eq \"none\"].value","value":"x"}`), "noTarget"},
		"a filter on a sub not known":     {ops(good, `{"op":"remove","path":"emails[nick eq \"x\"]"}`), "invalidFilter"},
		"a filter of the wrong type":      {ops(good, `{"op":"remove","path":"emails[primary eq \"true\"]"}`), "invalidFilter"},
		"another id":                      {ops(good, `{"op":"replace","path":"id","value":"other"}`), "mutability"},
		"another id without a path":       {ops(good, `{"op":"replace","value":{"id":"other"}}`), "mutability"},
		"no id":                           {ops(good, `{"op":"remove","path":"id"}`), "mutability"},
		"another time of creation":        {ops(good, `{"op":"replace","path":"meta.created","value":"1999-01-01T00:00:00Z"}`), "mutability"},
		"a group":                         {ops(good, `{"op":"add","path":"groups","value":[{"value":"x"}]}`), "mutability"},
		"the own extension":               {ops(good, `{"op":"replace","path":"`+ownURN+`:disabled","value":true}`), "mutability"},
		"the removal of userName":         {ops(good, `{"op":"remove","path":"userName"}`), "mutability"},
		"the removal of active":           {ops(good, `{"op":"remove","path":"active"}`), "mutability"},
		"active as a word":                {ops(good, `{"op":"replace","value":{"active":"false"}}`), "invalidValue"},
		"active as a word with a path":    {ops(good, `{"op":"Replace","path":"active","value":"False"}`), "invalidValue"},
		"an empty userName":               {ops(good, `{"op":"replace","path":"userName","value":""}`), "invalidValue"},
		"emails as strings":               {ops(good, `{"op":"add","path":"emails","value":["x"]}`), "invalidValue"},
		"two primaries":                   {ops(good, `{"op":"replace","path":"emails","value":[{"value":"a","primary":true},{"value":"b","primary":true}]}`), "invalidValue"},
		"more values than are compared":   {ops(good, `{"op":"add","value":{"list":[`+strings.Repeat("1,", 1000)+`1]}}`, `{"op":"add","value":{"list":[2]}}`), "invalidValue"},
		"no operations":                   {ops(), "invalidSyntax"},
		"operations that are no list":     {`{"schemas":["` + patchURN + `"],"Operations":{"op":"remove","path":"title"}}`, "invalidSyntax"},
		"no schemas":                      {`{"Operations":[` + good + `]}`, "invalidSyntax"},
		"another schema":                  {`{"schemas":["` + userURN + `"],"Operations":[` + good + `]}`, "invalidSyntax"},
		"more operations than are read":   {ops(many + good), "invalidSyntax"},
		"a value path within a value one": {ops(good, `{"op":"remove","path":"emails[type[value eq \"x\"] ]"}`), "invalidFilter"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTenant(t)
			id := s.newUser("ana", `"title":"Dr"`, `"emails":[{"value":"a","type":"work"}]`)
			before := s.ask("GET", "/Users/"+id, "").Body.String()
			s.ask("PATCH", "/Users/"+id, tt.body).fails(400, tt.scimType)
			if after := s.ask("GET", "/Users/"+id, "").Body.String(); after != before {
				t.Errorf("\n got %s\nwant %s", after, before)
			}
		})
	}
	newTenant(t).ask("PATCH", "/Users/nobody", ops(good)).fails(404, "")
}
