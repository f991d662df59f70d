package scim

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestObjectsComeBackAsTheyWere(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"white space goes":                            {"{ \"a\" : [ 1 , 2 ] ,\n\"b\":{ } }", `{"a":[1,2],"b":{}}`},
		"order stays":                                 {`{"z":1,"a":2,"m":3}`, `{"z":1,"a":2,"m":3}`},
		"numbers keep their digits":                   {`{"n":[1.50,1e3,-0,12345678901234567890.10]}`, `{"n":[1.50,1e3,-0,12345678901234567890.10]}`},
		"what HTML would escape is not escaped":       {`{"a":"\u003cb\u003e \u0026 \/ \u2028"}`, "{\"a\":\"<b> & / \u2028\"}"},
		"quotes and control characters are":           {`{"a":"\u0022\\\u000a\u0001"}`, `{"a":"\"\\\n\u0001"}`},
		"letters are written, not escaped":            {`{"\u00e9":"\ud83d\ude00"}`, `{"é":"😀"}`},
		"the last of two counts, where the first was": {`{"a":1,"b":2,"a":{"c":1,"c":2}}`, `{"a":{"c":2},"b":2}`},
		"letter case makes two members":               {`{"A":1,"a":2}`, `{"A":1,"a":2}`},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := parseObject([]byte(tt.in))
			require.NoError(t, err)
			require.Equal(t, tt.want, string(compact(o)))
		})
	}
}

func TestWhatIsNoObjectIsRefused(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":                 "",
		"white space":             " \r\n\t",
		"a list":                  "[]",
		"a string":                `"a"`,
		"null":                    "null",
		"two objects":             "{} {}",
		"something behind it":     "{}x",
		"an end too early":        `{"a":`,
		"a comma too many":        `{"a":1,}`,
		"a byte that is no UTF-8": "{\"a\":\"\xff\"}",
		"half a character":        `{"a":"\ud83d"}`,
		"HTML":                    "<html>",
		"nesting without end":     strings.Repeat(`{"a":`, 20_000),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseObject([]byte(in))
			require.Error(t, err)
			_, again := parseOutline([]byte(in))
			require.Error(t, again)
		})
	}
}

func TestOverlay(t *testing.T) {
	for name, tt := range map[string]struct {
		own  object
		base string
		want string
	}{
		"own members first, then the server's in its order": {object{{"b", text("own")}}, `{"z":1,"b":2,"a":3}`, `{"b":"own","z":1,"a":3}`},
		"objects are merged":                  {object{{"o", object{{"b", text("own")}}}}, `{"o":{"a":1,"b":2}}`, `{"o":{"b":"own","a":1}}`},
		"an object takes a scalar's place":    {object{{"o", object{{"b", text("own")}}}}, `{"o":7}`, `{"o":{"b":"own"}}`},
		"an array takes an array's place":     {object{{"l", array{text("own")}}}, `{"l":[1,2]}`, `{"l":["own"]}`},
		"names do not care for letter case":   {object{{"active", jsontext.Value("true")}, {"o", object{{"b", text("own")}}}}, `{"Active":false,"O":{"B":2,"a":1}}`, `{"active":true,"o":{"b":"own","a":1}}`},
		"no value leaves none":                {object{{"a", nil}}, `{"a":1,"b":2}`, `{"b":2}`},
		"an object without a value is none":   {object{{"o", object{{"a", nil}}}}, `{"o":{"a":1},"b":2}`, `{"b":2}`},
		"but what the server has in it stays": {object{{"o", object{{"a", nil}}}}, `{"o":{"a":1,"c":3}}`, `{"o":{"c":3}}`},
	} {
		t.Run(name, func(t *testing.T) {
			base, err := parseObject([]byte(tt.base))
			require.NoError(t, err)
			require.Equal(t, tt.want, string(compact(tt.own.over(base, laying{}))))
			require.Equal(t, tt.base, string(compact(base)), "the base is left as it was")
		})
	}
}

// Any object that has no member twice comes back with the same meaning, in the
// same order, and a second reading changes nothing more.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := string(compact(objects(3).Draw(t, "object")))
		o, err := parseObject([]byte(in))
		require.NoError(t, err)
		require.Equal(t, in, string(compact(o)))

		var loose bytes.Buffer
		require.NoError(t, stdjson.Indent(&loose, []byte(in), "\t", " "))
		again, err := parseObject(loose.Bytes())
		require.NoError(t, err)
		require.Equal(t, in, string(compact(again)))
	})
}

func objects(depth int) *rapid.Generator[object] {
	return rapid.Custom(func(t *rapid.T) object {
		o := object{}
		names := rapid.SliceOfNDistinct(rapid.String(), 0, 5, rapid.ID).Draw(t, "names")
		for _, name := range names {
			o = append(o, member{name, values(depth).Draw(t, "value")})
		}
		return o
	})
}

func values(depth int) *rapid.Generator[any] {
	scalars := rapid.Custom(func(t *rapid.T) any {
		return rapid.OneOf(
			rapid.Map(rapid.String(), text),
			rapid.Map(rapid.Int64(), func(n int64) jsontext.Value { return jsontext.Value(fmt.Sprint(n)) }),
			rapid.SampledFrom([]jsontext.Value{
				jsontext.Value("true"), jsontext.Value("false"), jsontext.Value("null"), jsontext.Value("1.0"), jsontext.Value("-1E+02"),
			}),
		).Draw(t, "scalar")
	})
	if depth == 0 {
		return scalars
	}
	return rapid.OneOf(scalars,
		rapid.Map(objects(depth-1), func(o object) any { return o }),
		rapid.Map(rapid.SliceOfN(values(depth-1), 0, 4), func(a []any) any { return append(array{}, a...) }),
	)
}

// What a server says may be anything. Nothing that reads it panics, and what is
// read can be sent back.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		`{"schemas":["` + UserSchema + `"],"id":"1","active":true,"name":{"formatted":"A"},"emails":[{"value":"a"}],"groups":null,"meta":{}}`,
		`{"schemas":["x"],"id":7,"name":3,"emails":{},"groups":"","meta":[],"members":[null,{"value":1},{"value":"2","display":null}]}`,
		`{"schemas":["x"],"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[{"id":"1","schemas":["x"]}]}`,
		`{"resources":[7],"totalresults":"1"}`, `<html>`, `Internal Server Error`, "\n\n  tru", "\xff", "", "null", `{"a":1,"a":2}`,
	} {
		f.Add([]byte(seed), 200)
		f.Add([]byte(seed), 404)
	}
	u := User{UserName: "ana", Attributes: []Attribute{
		{Namespace: UserSchema, Name: "name.familyName", Value: "Ruiz"},
		{Namespace: UserSchema, Name: "emails.^[primary==true].value", Value: "a@b"},
		{Namespace: UserSchema, Name: "name.middleName", Value: "B"},
		{Namespace: "urn:x", Name: "a.b", Value: 1},
		{Namespace: "urn:x", Name: "gone", Value: nil},
	}}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		a := Answer{Status: status, Body: body}
		for _, read := range []func(Answer) error{
			func(a Answer) error { _, err := ReadList(a); return err },
			func(a Answer) error { _, _, err := FoundUser(a); return err },
			func(a Answer) error { _, _, err := FoundGroup(a); return err },
			func(a Answer) error { _, err := CreatedUser(a); return err },
			func(a Answer) error { _, err := CreatedGroup(a); return err },
			Accepted,
		} {
			if err := read(a); err != nil {
				require.NotEmpty(t, err.Error())
				require.Less(t, len(err.Error()), 1200)
			}
		}
		if g, err := ReadGroup(a); err == nil {
			g.Members()
		}
		account, err := ReadUser(a)
		if err != nil {
			return
		}
		for _, accent := range []Accent{{}, {Empty: EmptyString, ReferenceOrder: true}, {Empty: Null}} {
			for _, r := range []Request{
				accent.ReplaceUser("1", account, u), accent.LinkUser("1", account, u), accent.DeactivateUser("1", account),
				accent.SyncPassword("1", account, u), accent.PatchProfile("1", u),
			} {
				require.True(t, jsontext.Value(r.Body).IsValid(), "%s", r.Body)
			}
		}
	})
}

// An outline is the object with what is below its members unread: read, it is the
// same.
func TestAnOutlineIsTheObject(t *testing.T) {
	name := rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "A", `\`, `"`, "é", "\u2028", ""}), rapid.String())
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		leaf := rapid.OneOf(rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int().AsAny(), rapid.Float64Range(-1e9, 1e9).AsAny(), name.AsAny())
		if depth == 0 {
			return leaf
		}
		return rapid.OneOf(leaf, rapid.SliceOfN(value(depth-1), 0, 4).AsAny(), rapid.MapOfN(name, value(depth-1), 0, 4).AsAny())
	}
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.IntRange(0, 2*few).Draw(t, "members")
		body := []byte{'{'}
		for i := range members {
			if i > 0 {
				body = append(body, ',')
			}
			k, _ := stdjson.Marshal(name.Draw(t, "name")) // also twice, and with escapes that JSON does not need
			v, _ := stdjson.Marshal(value(3).Draw(t, "value"))
			body = append(append(append(body, k...), ':', ' '), v...)
		}
		body = append(body, '}')
		whole, err := parseObject(body)
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		outline, err := parseOutline(body)
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		for i := range outline {
			if outline[i].value, err = inner(outline[i].value); err != nil {
				t.Fatal(err)
			}
			if raw, ok := outline[i].value.(jsontext.Value); ok && raw.Kind() == '"' {
				s, _ := textOf(raw)
				outline[i].value = text(s)
			}
		}
		if string(compact(outline)) != string(compact(whole)) {
			t.Fatalf("%s\n%s\n%s", body, compact(outline), compact(whole))
		}
		last := map[string]any{} // of two members with one name the last counts
		if err := stdjson.Unmarshal(body, &last); err != nil {
			t.Fatal(err)
		}
		again := map[string]any{}
		if err := stdjson.Unmarshal(compact(whole), &again); err != nil || !reflect.DeepEqual(last, again) || len(whole) != len(last) {
			t.Fatalf("%v\n%s\n%s", err, body, compact(whole))
		}
	})
}

// An outline of some names has those members, in any letter case, and no others; what
// is passed by is checked all the same.
func TestAnOutlineOfSomeNames(t *testing.T) {
	for in, want := range map[string]string{
		`{"id":"1","other":{"id":"2"},"schemas":["s"]}`:   `{"id":"1","schemas":["s"]}`,
		`{"ID":"1","Schemas":[],"name":null}`:             `{"ID":"1","Schemas":[]}`,
		`{"i\u0064":"1","x\"":2}`:                         `{"id":"1"}`,
		`{"id":"1","id":"2"}`:                             `{"id":"2"}`,
		`{"other":1}`:                                     `{}`,
		`{"schemas":{"id":"inner","deep":{}},"id":"own"}`: `{"schemas":{"id":"inner","deep":{}},"id":"own"}`,
	} {
		outline, err := parseOutline([]byte(in), "id", "schemas")
		if err != nil || string(compact(outline)) != want {
			t.Errorf("%s: want %s, got %s (%v)", in, want, compact(outline), err)
		}
	}
	for _, in := range []string{`{"id":"1","other":tru}`, `{"other":{"a":1,},"id":"1"}`, "{\"other\":\"\xff\"}", `{"id":"1","other":`, `{"id":"1"} x`} {
		if outline, err := parseOutline([]byte(in), "id"); err == nil {
			t.Errorf("%s: was read as %s", in, compact(outline))
		}
	}
}
