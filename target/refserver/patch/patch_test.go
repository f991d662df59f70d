package patch_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/target/refserver/patch"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"pgregory.net/rapid"
)

const account = `{"userName":"ana","active":true,"name":{"givenName":"Ana"},"emails":[{"value":"w","type":"work","primary":true},{"value":"h","type":"home"}],"urn:x:y:U":{"a":[1],"b":{"c":"d"}},"odd":{"e":1},"odds":[1,2]}`

func read(t rapid.TB, text string) *resource.Object {
	t.Helper()
	o, err := resource.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func request(ops string) string {
	return `{"schemas":["` + patch.Message + `"],"Operations":[` + ops + `]}`
}

// TestApply holds what becomes of attributes that no schema knows, and of shapes
// that the server's own resources do not have.
func TestApply(t *testing.T) {
	for name, tt := range map[string]struct{ op, part, want string }{
		"an unknown list is added to":             {`{"op":"add","value":{"odds":[3]}}`, "odds", `[1,2,3]`},
		"what an unknown list has is not doubled": {`{"op":"add","value":{"odds":[2]}}`, "odds", `[1,2]`},
		"an unknown object is merged":             {`{"op":"replace","value":{"odd":{"f":2}}}`, "odd", `{"e":1,"f":2}`},
		"an unknown object becomes a string":      {`{"op":"replace","value":{"odd":"x"}}`, "odd", `"x"`},
		"an unknown extension is made":            {`{"op":"add","path":"urn:z:z:2.0:V","value":{"k":"v"}}`, "urn:z:z:2.0:V", `{"k":"v"}`},
		"an unknown extension's attribute is set": {`{"op":"add","path":"urn:x:y:U:new","value":"v"}`, "urn:x:y:U", `{"a":[1],"b":{"c":"d"},"new":"v"}`},
		"an unknown extension's sub is set":       {`{"op":"replace","path":"urn:x:y:U:b.c","value":"v"}`, "urn:x:y:U", `{"a":[1],"b":{"c":"v"}}`},
		"an unknown extension's list is added to": {`{"op":"add","path":"urn:x:y:U:a","value":[2]}`, "urn:x:y:U", `{"a":[1,2],"b":{"c":"d"}}`},
		"a removal in what is not there":          {`{"op":"remove","path":"urn:q:q:V:a"}`, "urn:q:q:V", `null`},
		"every email's sub-attribute is set":      {`{"op":"replace","path":"emails.display","value":"x"}`, "emails", `[{"value":"w","type":"work","primary":true,"display":"x"},{"value":"h","type":"home","display":"x"}]`},
		"null removes a sub-attribute":            {`{"op":"replace","value":{"name":{"givenName":null}}}`, "name", `{}`},
		"the core schema's URN as a key":          {`{"op":"replace","value":{"` + schema.User + `":{"title":"x"}}}`, "title", `"x"`},
		"the core schema's URN in a name":         {`{"op":"replace","value":{"` + schema.User + `:title":"x"}}`, "title", `"x"`},
		"the values named in a removal":           {`{"op":"remove","path":"emails","value":[{"value":"W"}]}`, "emails", `[{"value":"h","type":"home"}]`},
	} {
		t.Run(name, func(t *testing.T) {
			before := read(t, account)
			ops, err := patch.Parse(read(t, request(tt.op)))
			if err != nil {
				t.Fatal(err)
			}
			after, err := patch.Apply(before, schema.Users, ops)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(resource.AppendJSON(nil, after.Get(tt.part))); got != tt.want {
				t.Errorf("%s is %s, want %s", tt.part, got, tt.want)
			}
			if before.String() != account {
				t.Errorf("the resource itself became %s", before)
			}
		})
	}
}

// TestEveryOpOnEveryTarget has a row for each kind of target, and in it what each
// op leaves of the attribute that it aims at, or the scimType of its error. The
// sections are those of RFC 7644; where it says nothing, the row says "ours".
func TestEveryOpOnEveryTarget(t *testing.T) {
	const (
		work = `{"value":"w","type":"work","primary":true}`
		home = `{"value":"h","type":"home"}`
		path = patch.InvalidPath
		none = patch.NoTarget
	)
	for name, tt := range map[string]struct {
		path, value          string
		part                 string // the attribute that is looked at
		add, replace, remove string // section 3.5.2.1, 3.5.2.3, 3.5.2.2
	}{
		"simple":                         {`userName`, `"x"`, "userName", `"x"`, `"x"`, `null`},
		"simple, missing":                {`title`, `"x"`, "title", `"x"`, `"x"`, `null`},
		"simple, in other letter case":   {`USERNAME`, `"x"`, "userName", `"x"`, `"x"`, `null`},
		"simple, with its schema's URN":  {schema.User + `:userName`, `"x"`, "userName", `"x"`, `"x"`, `null`},
		"complex":                        {`name`, `{"familyName":"R"}`, "name", `{"givenName":"Ana","familyName":"R"}`, `{"givenName":"Ana","familyName":"R"}`, `null`},
		"complex, missing":               {schema.EnterpriseUser + `:manager`, `{"value":"7"}`, schema.EnterpriseUser, `{"manager":{"value":"7"}}`, `{"manager":{"value":"7"}}`, `null`},
		"sub-attribute":                  {`name.givenName`, `"x"`, "name", `{"givenName":"x"}`, `{"givenName":"x"}`, `{}`},
		"sub-attribute, missing":         {`name.familyName`, `"x"`, "name", `{"givenName":"Ana","familyName":"x"}`, `{"givenName":"Ana","familyName":"x"}`, `{"givenName":"Ana"}`},
		"multi-valued":                   {`emails`, `[{"value":"x"}]`, "emails", `[` + work + `,` + home + `,{"value":"x"}]`, `[{"value":"x"}]`, `null`},
		"multi-valued, one for a list":   {`emails`, `{"value":"x"}`, "emails", `[` + work + `,` + home + `,{"value":"x"}]`, `[{"value":"x"}]`, `null`},
		"multi-valued, missing":          {`roles`, `[{"value":"x"}]`, "roles", `[{"value":"x"}]`, `[{"value":"x"}]`, `null`},
		"multi-valued, a value it has":   {`emails`, `[{"value":"H","type":"HOME"}]`, "emails", `[` + work + `,{"value":"H","type":"HOME"}]`, `[{"value":"H","type":"HOME"}]`, `null`},
		"part of every value":            {`emails.display`, `"x"`, "emails", `[{"value":"w","type":"work","primary":true,"display":"x"},{"value":"h","type":"home","display":"x"}]`, `[{"value":"w","type":"work","primary":true,"display":"x"},{"value":"h","type":"home","display":"x"}]`, `[` + work + `,` + home + `]`},
		"part of every value, of none":   {`roles.display`, `"x"`, "roles", none, none, `null`}, // ours: nothing says which role
		"filtered":                       {`emails[type eq "home"]`, `{"value":"x"}`, "emails", `[` + work + `,{"value":"x","type":"home"}]`, `[` + work + `,{"value":"x"}]`, `[` + work + `]`},
		"filtered, several":              {`emails[type pr]`, `{"display":"x"}`, "emails", `[{"value":"w","type":"work","primary":true,"display":"x"},{"value":"h","type":"home","display":"x"}]`, `[{"display":"x"},{"display":"x"}]`, `null`},
		"filtered, none":                 {`emails[type eq "x"]`, `{"value":"x"}`, "emails", `[` + work + `,` + home + `,{"type":"x","value":"x"}]`, none, `[` + work + `,` + home + `]`}, // add: ours
		"filtered, none to be described": {`emails[type ne "work" and type ne "home"]`, `{"value":"x"}`, "title", none, none, `null`},
		"filtered, missing":              {`roles[type eq "x"]`, `{"value":"x"}`, "roles", `[{"type":"x","value":"x"}]`, none, `null`},
		"part of the filtered":           {`emails[type eq "home"].value`, `"x"`, "emails", `[` + work + `,{"value":"x","type":"home"}]`, `[` + work + `,{"value":"x","type":"home"}]`, `[` + work + `,{"type":"home"}]`},
		"part of the filtered, none":     {`emails[type eq "x"].value`, `"x"`, "emails", `[` + work + `,` + home + `,{"type":"x","value":"x"}]`, none, `[` + work + `,` + home + `]`},
		"primary of another":             {`emails[type eq "home"].primary`, `true`, "emails", `[{"value":"w","type":"work","primary":false},{"value":"h","type":"home","primary":true}]`, `[{"value":"w","type":"work","primary":false},{"value":"h","type":"home","primary":true}]`, `[` + work + `,` + home + `]`},
		"extension":                      {`urn:x:y:U`, `{"a":[2]}`, "urn:x:y:U", `{"a":[2],"b":{"c":"d"}}`, `{"a":[2],"b":{"c":"d"}}`, `null`},
		"extension, missing":             {schema.EnterpriseUser, `{"department":"x"}`, schema.EnterpriseUser, `{"department":"x"}`, `{"department":"x"}`, `null`},
		"extension's attribute":          {schema.EnterpriseUser + `:department`, `"x"`, schema.EnterpriseUser, `{"department":"x"}`, `{"department":"x"}`, `null`},
		"filtered, in no schema":         {`urn:x:y:U:a[b eq 1]`, `{"c":1}`, "title", `null`, none, `null`},
		"no such attribute":              {`noSuch`, `"x"`, "title", path, path, path},
		"no such sub-attribute":          {`name.noSuch`, `"x"`, "title", path, path, path},
		"no such part of values":         {`emails.noSuch`, `"x"`, "title", path, path, path},
		"no such part of the filtered":   {`emails[type pr].noSuch`, `"x"`, "title", path, path, path},
		"sub-attribute of a simple one":  {`title.value`, `"x"`, "title", path, path, path},
		"filtered, simple":               {`title[value eq "x"]`, `"x"`, "title", path, path, path},
		"filtered, of one value":         {`name[givenName eq "x"]`, `{}`, "title", path, path, path},
		"filtered by what is not there":  {`emails[noSuch eq "x"]`, `{}`, "title", patch.InvalidFilter, patch.InvalidFilter, patch.InvalidFilter},
		"filtered by the wrong type":     {`emails[primary gt true]`, `{}`, "title", patch.InvalidFilter, patch.InvalidFilter, patch.InvalidFilter},
		"filtered by an order of flags":  {`urn:x:y:U:a[b gt true]`, `{}`, "title", patch.InvalidFilter, patch.InvalidFilter, patch.InvalidFilter},
		"filtered by no filter":          {`emails[type]`, `{}`, "title", patch.InvalidFilter, patch.InvalidFilter, patch.InvalidFilter},
		"filtered, and no object":        {`emails[type pr]`, `"x"`, "emails", patch.InvalidValue, patch.InvalidValue, `null`},
		"no path":                        {``, `{"userName":"x","name":{"familyName":"R"}}`, "name", `{"givenName":"Ana","familyName":"R"}`, `{"givenName":"Ana","familyName":"R"}`, none},
	} {
		for verb, want := range map[string]string{"add": tt.add, "replace": tt.replace, "remove": tt.remove} {
			t.Run(verb+" "+name, func(t *testing.T) {
				op := `{"op":"` + verb + `"`
				if tt.path != "" {
					op += `,"path":` + string(resource.AppendJSON(nil, tt.path))
				}
				if verb != "remove" {
					op += `,"value":` + tt.value
				}
				got, err := apply(t, account, request(op+"}"))
				var pe *patch.Error
				if errors.As(err, &pe) {
					got = pe.Type
				} else {
					got = string(resource.AppendJSON(nil, read(t, got).Get(tt.part)))
				}
				if got != want {
					t.Errorf("%s is %s, want %s (%v)", tt.part, got, want, err)
				}
			})
		}
	}
}

func TestSplitTakesOneAttributeApart(t *testing.T) {
	ops, err := patch.Parse(read(t, request(`{"op":"replace","value":{"id":"1","MEMBERS":[],"displayName":"x"}},{"op":"add","path":"`+schema.Group+`:members","value":[]},{"op":"remove","path":"members[value eq \"1\"]"},{"op":"replace","path":"displayName","value":"y"},{"op":"add","value":{"`+schema.Group+`":{"members":[],"externalId":"e"}}}`)))
	if err != nil {
		t.Fatal(err)
	}
	on, rest := patch.Split(ops, schema.Groups, "members")
	if len(on) != 4 || len(rest) != 3 {
		t.Fatalf("%d on members and %d others: %v, %v", len(on), len(rest), on, rest)
	}
	after, err := patch.Apply(read(t, `{"displayName":"a"}`), schema.Groups, rest)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := after.String(), `{"displayName":"y","id":"1","externalId":"e"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// FuzzApply reads any request and applies it. Neither the request nor the
// resource is altered, and what is wrong has a scimType.
func FuzzApply(f *testing.F) {
	f.Fuzz(func(t *testing.T, body string) {
		o, err := resource.Read(strings.NewReader(body))
		if err != nil {
			return
		}
		ops, err := patch.Parse(o)
		if err == nil {
			sent := o.String()
			before := read(t, account)
			_, err = patch.Apply(before, schema.Users, ops)
			if before.String() != account || o.String() != sent {
				t.Fatalf("%s altered what it was given", body)
			}
		}
		var pe *patch.Error
		if err != nil && !errors.As(err, &pe) {
			t.Fatalf("%s: %T %v", body, err, err)
		}
	})
}
