package steps

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/reports/evidence"
)

func said(method, path string, status int, asked, answered string) evidence.Exchange {
	x := evidence.Exchange{
		N: 7, Voice: evidence.Okta, Method: method, URL: "https://sp.example.test/scim/v2" + path, Status: status,
		RequestBody: []byte(asked), ResponseBody: []byte(answered),
	}
	endpoint, id, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	x.ID, _ = url.PathUnescape(id)
	if x.Kind = evidence.User; strings.HasPrefix(endpoint, "Groups") {
		x.Kind = evidence.Group
	}
	return x
}

// Whom Okta named is folded from what it said, as far as the target accepted it.
func TestNamedBy(t *testing.T) {
	const (
		created = `{"id":"g-42","displayName":"Analysts"}`
		both    = `{"displayName":"Analysts","members":[{"value":"1"},{"value":"2"}]}`
	)
	op := func(operations string) string { return `{"Operations":[` + operations + `]}` }
	post := said("POST", "/Groups", 201, both, created)
	for name, tt := range map[string]struct {
		said []evidence.Exchange
		want []string
	}{
		"nobody":                       {nil, []string{}},
		"a create names its members":   {[]evidence.Exchange{post}, []string{"1", "2"}},
		"another group's create":       {[]evidence.Exchange{said("POST", "/Groups", 201, both, `{"id":"g-43"}`)}, []string{}},
		"a refused create names none":  {[]evidence.Exchange{said("POST", "/Groups", 409, both, created)}, []string{}},
		"a PUT names all":              {[]evidence.Exchange{post, said("PUT", "/Groups/g-42", 200, `{"members":[{"value":"3"}]}`, "")}, []string{"3"}},
		"an add names more":            {[]evidence.Exchange{post, said("PATCH", "/Groups/g-42", 204, op(`{"op":"add","path":"members","value":[{"value":"3"}]}`), "")}, []string{"1", "2", "3"}},
		"a remove names fewer":         {[]evidence.Exchange{post, said("PATCH", "/Groups/g-42", 200, op(`{"op":"remove","path":"members[value eq \"1\"]"}`), "")}, []string{"2"}},
		"a replace names all":          {[]evidence.Exchange{post, said("PATCH", "/Groups/g-42", 200, op(`{"op":"replace","path":"members","value":[]}`), "")}, []string{}},
		"a replace without a path":     {[]evidence.Exchange{post, said("PATCH", "/Groups/g-42", 200, op(`{"op":"replace","value":{"id":"g-42","displayName":"A","members":[{"value":"3"}]}}`), "")}, []string{"3"}},
		"an emptying without a path":   {[]evidence.Exchange{post, said("PATCH", "/Groups/g-42", 200, op(`{"op":"replace","value":{"id":"g-42","displayName":"A","members":[]}}`), "")}, []string{}},
		"an add without a path":        {[]evidence.Exchange{post, said("PATCH", "/Groups/g-42", 200, op(`{"op":"add","value":{"members":[{"value":"3"}]}}`), "")}, []string{"1", "2", "3"}},
		"a name by its path":           {[]evidence.Exchange{post, said("PATCH", "/Groups/g-42", 200, op(`{"op":"replace","path":"displayName","value":"A"}`), "")}, []string{"1", "2"}},
		"a name alone names nobody":    {[]evidence.Exchange{post, said("PATCH", "/Groups/g-42", 200, op(`{"op":"replace","value":{"id":"g-42","displayName":"A"}}`), "")}, []string{"1", "2"}},
		"what was refused counts not":  {[]evidence.Exchange{post, said("PATCH", "/Groups/g-42", 400, op(`{"op":"replace","path":"members","value":[]}`), "")}, []string{"1", "2"}},
		"an id that has to be escaped": {[]evidence.Exchange{said("PUT", "/Groups/a%2Fb", 200, both, "")}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := namedBy(tt.said, "g-42").all(); !slices.Equal(got, tt.want) {
				t.Errorf("want %q, got %q", tt.want, got)
			}
		})
	}
	if got := namedBy([]evidence.Exchange{said("PUT", "/Groups/a%2Fb", 200, both, "")}, "a/b"); len(got) != 2 {
		t.Errorf("an id with a slash in it: got %q", got.all())
	}
}

// Who was disabled was named all the same; they are in use again, as far as the group
// goes, when they are named anew.
func TestNamedAndDisabledSince(t *testing.T) {
	const (
		both     = `{"displayName":"Analysts","members":[{"value":"1"},{"value":"2"}]}`
		put, off = `{"userName":"ana","active":false}`, `{"Operations":[{"op":"replace","value":{"active":false}}]}`
		on       = `{"Operations":[{"op":"replace","value":{"active":true}}]}`
		added    = `{"Operations":[{"op":"add","path":"members","value":[{"value":"1"}]}]}`
	)
	pushed := said("PUT", "/Groups/g-42", 200, both, "")
	for name, tt := range map[string]struct {
		then []evidence.Exchange
		want []string // in use
	}{
		"nothing":                  {nil, []string{"1", "2"}},
		"disabled by PUT":          {[]evidence.Exchange{said("PUT", "/Users/1", 200, put, "")}, []string{"2"}},
		"disabled by PATCH":        {[]evidence.Exchange{said("PATCH", "/Users/1", 204, off, "")}, []string{"2"}},
		"not disabled":             {[]evidence.Exchange{said("PATCH", "/Users/1", 400, off, "")}, []string{"1", "2"}},
		"somebody else":            {[]evidence.Exchange{said("PATCH", "/Users/3", 200, off, "")}, []string{"1", "2"}},
		"a group of that id":       {[]evidence.Exchange{said("PATCH", "/Groups/1", 200, off, "")}, []string{"1", "2"}},
		"another change":           {[]evidence.Exchange{said("PATCH", "/Users/1", 200, on, "")}, []string{"1", "2"}},
		"disabled, and back":       {[]evidence.Exchange{said("PATCH", "/Users/1", 200, off, ""), said("PATCH", "/Users/1", 200, on, "")}, []string{"2"}},
		"disabled, back and added": {[]evidence.Exchange{said("PATCH", "/Users/1", 200, off, ""), said("PATCH", "/Groups/g-42", 200, added, "")}, []string{"1", "2"}},
		"disabled, back and in it": {[]evidence.Exchange{said("PATCH", "/Users/1", 200, off, ""), pushed}, []string{"1", "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			named := namedBy(append([]evidence.Exchange{pushed}, tt.then...), "g-42")
			if got := named.inUse(); !slices.Equal(got, tt.want) {
				t.Errorf("want %q, got %q", tt.want, got)
			}
			if got := named.all(); !slices.Equal(got, []string{"1", "2"}) {
				t.Errorf("named, in use or not: %q", got)
			}
		})
	}
}

// An answer to a read or write of one resource is that resource.
func TestWhatIsWrongWhoeverAsks(t *testing.T) {
	const ana = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"42","userName":"ana"}`
	for name, tt := range map[string]struct {
		x    evidence.Exchange
		want string // what came in its place; "" when nothing is wrong
	}{
		"the resource":                      {said("PUT", "/Users/42", 200, "", ana), ""},
		"an id that has to be escaped":      {said("PUT", "/Users/4%2F2", 200, "", `{"id":"4/2"}`), ""},
		"another's":                         {said("PUT", "/Users/43", 200, "", ana), `a resource with id "42"`},
		"a list":                            {said("GET", "/Users/42", 200, "", `{"totalResults":1,"Resources":[`+ana+`]}`), "a list"},
		"a page":                            {said("PATCH", "/Groups/42", 200, "", "<html>"), "a body that is no JSON object: invalid character '<' looking for beginning of value"},
		"no id":                             {said("PUT", "/Users/42", 200, "", "{}"), "a resource with id nothing"},
		"204 to PATCH":                      {said("PATCH", "/Users/42", 204, "", ""), ""},
		"a member that is called resources": {said("PUT", "/Users/42", 200, "", `{"id":"42","resources":["printer"]}`), ""},
		"202 with a page":                   {said("PUT", "/Users/42", 202, "", "<html>"), "a body that is no JSON object: invalid character '<' looking for beginning of value"},
		"an empty body is only unusual":     {said("PUT", "/Users/42", 200, "", ""), ""},
		"an error is another matter":        {said("PUT", "/Users/42", 404, "", "<html>"), ""},
		"whatever a DELETE says":            {said("DELETE", "/Groups/42", 200, "", "{}"), ""},
		"a lookup is a list":                {said("GET", "/Users?filter=userName%20eq%20%22x%22", 200, "", `{"Resources":[]}`), ""},
		"a create has its own judge":        {said("POST", "/Users", 201, "", ana), ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if m := wrong(tt.x); m != nil {
				got = m.Got
			}
			if got != tt.want {
				t.Errorf("want %q, got %q", tt.want, got)
			}
		})
	}
}

// A body that was cut is nobody's fault.
func TestABodyThatWasCutIsNotJudged(t *testing.T) {
	x := said("GET", "/Users/42", 200, "", `{"id":"42","photos":[{"value":"data:`)
	if x.Cut = true; wrong(x) != nil {
		t.Errorf("blamed: %v", wrong(x))
	}
}

// Only a refusal that nothing accepted stands beside tells of a change behind it.
func TestRefusalsThatTellOfChangesBehindThem(t *testing.T) {
	about := func(subject string, x evidence.Exchange) evidence.Exchange { x.Subject = subject; return x }
	put := func(status int) evidence.Exchange { return said("PUT", "/Users/42", status, "{}", "") }
	for name, tt := range map[string]struct {
		said []evidence.Exchange
		want int
	}{
		"a PUT that was refused":                 {[]evidence.Exchange{about("ana", put(500))}, 1},
		"two people's":                           {[]evidence.Exchange{about("ana", put(500)), about("ben", put(400))}, 2},
		"a read that was refused":                {[]evidence.Exchange{about("ana", said("GET", "/Users/42", 500, "", ""))}, 0},
		"a 429 that was asked again":             {[]evidence.Exchange{about("ana", put(429)), about("ana", put(200))}, 0},
		"a 429 that was the last word":           {[]evidence.Exchange{about("ana", put(429))}, 0},
		"a refusal after an answer was lost":     {[]evidence.Exchange{about("ana", put(0)), about("ana", put(409))}, 0},
		"a refusal after something was accepted": {[]evidence.Exchange{about("ana", put(200)), about("ana", put(400))}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := refusedOf(tt.said); len(got) != tt.want {
				t.Errorf("want %d refusals, got %v", tt.want, got)
			}
		})
	}
}
