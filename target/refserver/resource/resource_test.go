package resource_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"pgregory.net/rapid"
)

func TestReadRefusesWhatItWouldHaveToGuessAt(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"n` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("0", i/26) + `":1`)
		}
		return b.String()
	}
	for name, body := range map[string]string{
		"a name given twice":                     `{"a":1,"a":2}`,
		"a name given twice in other case":       `{"userName":"a","USERNAME":"b"}`,
		"the same inside a list":                 `{"emails":[{"value":"a","Value":"b"}]}`,
		"the same after many names":              `{` + many(40) + `,"NA":2}`,
		"invalid UTF-8":                          "{\"a\":\"\xff\"}",
		"half a surrogate pair":                  `{"a":"\ud800"}`,
		"something after the end":                `{} {}`,
		"a list in place of an object":           `[]`,
		"nothing":                                ``,
		"a cut document":                         `{"a":[1,`,
		"NaN":                                    `{"a":NaN}`,
		"a comment":                              `{/* */"a":1}`,
		"a byte order mark":                      "\ufeff{}",
		"a document nested too deep":             strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65),
		"a list nested far too deep":             `{"a":` + strings.Repeat(`[`, 1_000_000),
		"UTF-16":                                 "\xfe\xff\x00{\x00}",
		"a comma too many":                       `{"a":1,}`,
		"a number that JSON does not know (hex)": `{"a":0x10}`,
	} {
		t.Run(name, func(t *testing.T) {
			if o, err := resource.Read(strings.NewReader(body)); err == nil {
				t.Errorf("read %s", o)
			}
		})
	}
}

func TestReadEachHandsOverTheElementsOfOneList(t *testing.T) {
	for name, tt := range map[string]struct{ body, taken, kept string }{
		"in their order":           {`{"a":1,"list":[1,{"value":"x"},null,[2]],"b":2}`, `1 {"value":"x"} null [2] `, `{"a":1,"list":[],"b":2}`},
		"in other letter case":     {`{"LIST":["x"]}`, `"x" `, `{"LIST":[]}`},
		"none":                     {`{"list":[]}`, ``, `{"list":[]}`},
		"not of what is no list":   {`{"list":{"list":[1]}}`, ``, `{"list":{"list":[1]}}`},
		"not of a list within":     {`{"a":{"list":[1]},"b":[{"list":[2]}]}`, ``, `{"a":{"list":[1]},"b":[{"list":[2]}]}`},
		"nor within an element":    {`{"list":[{"list":[1]}]}`, `{"list":[1]} `, `{"list":[]}`},
		"not of null":              {`{"list":null}`, ``, `{"list":null}`},
		"not of another attribute": {`{"lists":[1]}`, ``, `{"lists":[1]}`},
	} {
		t.Run(name, func(t *testing.T) {
			var taken []byte
			o, err := resource.ReadEach(strings.NewReader(tt.body), "list", func(v resource.Value) error {
				taken = append(resource.AppendJSON(taken, v), ' ')
				return nil
			})
			if err != nil || string(taken) != tt.taken || o.String() != tt.kept {
				t.Errorf("handed over %s and kept %s, %v", taken, o, err)
			}
		})
	}
	for name, body := range map[string]string{
		"a list given twice": `{"list":[1],"List":[2]}`,
		"a cut list":         `{"list":[1,`,
		"a list without end": `{"list":[1`,
		"half an element":    `{"list":[{"value":]}`,
		"one nested too far": `{"list":[` + strings.Repeat(`[`, 64) + strings.Repeat(`]`, 64) + `]}`,
	} {
		if o, err := resource.ReadEach(strings.NewReader(body), "list", func(resource.Value) error { return nil }); err == nil {
			t.Errorf("%s: read %s", name, o)
		}
	}
	no := errors.New("no")
	n := 0
	if _, err := resource.ReadEach(strings.NewReader(`{"list":[1,2,3]}`), "list", func(resource.Value) error { n++; return no }); !errors.Is(err, no) || n != 1 {
		t.Errorf("after a refusal: %v, and %d elements were handed over", err, n)
	}
}

func TestReadKeepsWhatItReads(t *testing.T) {
	for name, body := range map[string]string{
		"the order of names":     `{"z":1,"a":2,"m":3}`,
		"numbers to the digit":   `{"a":1.50,"b":1e400,"c":12345678901234567890123}`,
		"strings of all planes":  `{"a":"Zoë 😀 "}`,
		"null, lists and nests":  `{"a":null,"b":[],"c":{"d":[{"e":false}]}}`,
		"the greatest depth":     strings.Repeat(`{"a":`, 63) + "{}" + strings.Repeat("}", 63),
		"quotes and backslashes": `{"a":"O\"Neil \\ x"}`,
	} {
		t.Run(name, func(t *testing.T) {
			o, err := resource.Read(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if got := o.String(); got != body {
				t.Errorf("\n got %s\nwant %s", got, body)
			}
		})
	}
}

func TestCompactDropsTheUnassigned(t *testing.T) {
	o, err := resource.Read(strings.NewReader(`{"a":null,"b":[],"c":{"d":null},"e":"","f":[null,{"g":[]},"x"],"h":false}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := resource.Compact(o).(*resource.Object).String(), `{"e":"","f":["x"],"h":false}`; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestFoldAgreesWithEqualFold(t *testing.T) {
	for _, pair := range [][2]string{{"Kelvin", "\u212aELVIN"}, {"STRASSE", "\u017ftra\u017f\u017fe"}, {"ΣΑΣ", "σας"}} {
		if resource.Fold(pair[0]) != resource.Fold(pair[1]) {
			t.Errorf("%q and %q differ", pair[0], pair[1])
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringOfN(rapid.RuneFrom([]rune("aAkKsSſKıİiIßẞσςΣéÉ1")), 0, 3, -1).Draw(t, "a"),
			rapid.StringOfN(rapid.RuneFrom([]rune("aAkKsSſKıİiIßẞσςΣéÉ1")), 0, 3, -1).Draw(t, "b")
		if got, want := resource.Fold(a) == resource.Fold(b), strings.EqualFold(a, b); got != want {
			t.Fatalf("%q and %q fold to one: %t, EqualFold says %t", a, b, got, want)
		}
	})
}

func TestParseAttr(t *testing.T) {
	for text, want := range map[string]resource.Attr{
		"userName":        {Name: "userName"},
		"name.familyName": {Name: "name", Sub: "familyName"},
		"members.$ref":    {Name: "members", Sub: "$ref"},
		"urn:ietf:params:scim:schemas:core:2.0:User:name.familyName": {URN: "urn:ietf:params:scim:schemas:core:2.0:User", Name: "name", Sub: "familyName"},
		"urn:ietf:params:scim:schemas:core:2.0:User":                 {URN: "urn:ietf:params:scim:schemas:core:2.0", Name: "User"},
		"urn:example:2.0": {URN: "urn:example:2.0"},
	} {
		got, err := resource.ParseAttr(text)
		if err != nil || got != want {
			t.Errorf("%s: got %#v, %v, want %#v", text, got, err, want)
		}
		if got.String() != text {
			t.Errorf("%s: prints as %s", text, got)
		}
	}
	for _, text := range []string{"", "1a", "a.", ".a", "a..b", "a.b.c", "a b", "urn:x", "urn::x", "urn:x:y:", "é"} {
		if got, err := resource.ParseAttr(text); err == nil {
			t.Errorf("%q: read as %#v", text, got)
		}
	}
}

// FuzzRead reads any text. What is read is what encoding/json reads, and reads
// back from its print.
func FuzzRead(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		o, err := resource.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		again, err := resource.Read(strings.NewReader(o.String()))
		if err != nil || !resource.Equal(o, again) {
			t.Fatalf("%q prints as %s and reads as %s, %v", text, o, again, err)
		}
		if got, want := decoded(t, o.String()), decoded(t, text); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q is read as %v, and by encoding/json as %v", text, got, want)
		}
		if c := resource.Clone(o).(*resource.Object); !resource.Equal(o, c) {
			t.Fatalf("%s has the clone %s", o, c)
		}
	})
}

func decoded(t *testing.T, text string) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: encoding/json: %v", text, err)
	}
	return v
}
