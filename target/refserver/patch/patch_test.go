package patch_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/target/refserver/patch"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
)

const account = `{"userName":"ana","active":true,"name":{"givenName":"Ana"},"emails":[{"value":"w","type":"work","primary":true},{"value":"h","type":"home"}],"urn:x:y:U":{"a":[1],"b":{"c":"d"}},"odd":{"e":1},"odds":[1,2]}`

func read(t testing.TB, text string) *resource.Object {
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

func FuzzApply(f *testing.F) {
	for _, op := range []string{
		`{"op":"replace","value":{"active":false}}`, `{"op":"add","path":"emails[type eq \"work\"].value","value":"x"}`, `{"op":"remove","path":"emails","value":[1,{"value":"w"}]}`,
		`{"op":"add","path":"emails","value":["x",{"value":"w"},null]}`, `{"op":"replace","path":"emails[type eq \"work\"]","value":[{"primary":true}]}`, `{"op":"add","path":"urn:x:y:U:a.b","value":{"c":1}}`,
		`{"op":"replace","path":"name","value":[]}`, `{"op":"add","path":"odds[a pr].b","value":1}`, `{"op":"add","path":"odd.e.f","value":1}`, `{"op":"add","value":{"name":"x","name.givenName":"y","emails":1}}`,
	} {
		f.Add(request(op))
		f.Add(request(op + "," + op))
	}
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
