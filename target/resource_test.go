package target

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parse(t *testing.T, text string) Resource {
	t.Helper()
	r, err := decodeResource([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDifferences(t *testing.T) {
	for name, tt := range map[string]struct {
		before, after string
		except        []string
		want          []string
	}{
		"a changed value is named":                      {`{"userName":"a"}`, `{"userName":"b"}`, nil, []string{`username was "a" and is "b"`}},
		"a lost value is named":                         {`{"emails":[{"value":"a"}]}`, `{}`, nil, []string{`emails was [{"value":"a"}] and is absent`}},
		"a new value is named":                          {`{}`, `{"title":"x"}`, nil, []string{`title was absent and is "x"`}},
		"letter case of a value matters":                {`{"userName":"a"}`, `{"userName":"A"}`, nil, []string{`username was "a" and is "A"`}},
		"letter case of a name does not":                {`{"userName":"a"}`, `{"USERNAME":"a"}`, nil, nil},
		"order of values does not":                      {`{"emails":[{"value":"a"},{"value":"b"}]}`, `{"emails":[{"value":"b"},{"value":"a"}]}`, nil, nil},
		"order of members does not":                     {`{"emails":[{"value":"a","type":"b"}]}`, `{"emails":[{"type":"b","value":"a"}]}`, nil, nil},
		"null, [] and absent are the same":              {`{"title":null,"emails":[]}`, `{}`, nil, nil},
		"what the server keeps in meta may move":        {`{"meta":{"version":"1"}}`, `{"meta":{"version":"2"}}`, nil, nil},
		"what no RFC names may move":                    {`{"urn:x:1.0":{"seen":1},"lastLogin":"a"}`, `{"urn:x:1.0":{"seen":2}}`, nil, nil},
		"what is excepted may move, with what is in it": {`{"name":{"familyName":"a"}}`, `{"name":{"familyName":"b","formatted":"c"}}`, []string{"name"}, nil},
		"what begins like an exception may not":         {`{"nameless":1,"nickName":"a"}`, `{"nickName":"b"}`, []string{"nick"}, []string{`nickname was "a" and is "b"`}},
		"a number keeps its digits":                     {`{"externalId":12345678901234567890}`, `{"externalId":12345678901234567891}`, nil, []string{`externalid was 12345678901234567890 and is 12345678901234567891`}},
		"a doubled member is a difference":              {`{"members":[{"value":"1"}]}`, `{"members":[{"value":"1"},{"value":"1"}]}`, nil, []string{`members was [{"value":"1"}] and is [{"value":"1"},{"value":"1"}]`}},
	} {
		t.Run(name, func(t *testing.T) {
			got := Differences(parse(t, tt.before), parse(t, tt.after), tt.except...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadingAResource(t *testing.T) {
	r := parse(t, `{"ID":"7","Active":true,"Name":{"FamilyName":"Ruiz"},"emails":[{"value":"b"},{"VALUE":"a"},"c",{"type":"x"},{"value":7}]}`)
	if r.ID() != "7" || r.Text("name", "familyname") != "Ruiz" {
		t.Errorf("names of attributes have no letter case: %q %q", r.ID(), r.Text("name", "familyname"))
	}
	if active, known := r.Active(); !active || !known {
		t.Error("active was not read")
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "the number 7", `{"type":"x"}`}, r.Values("emails")); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{`{}`, `{"active":"true"}`, `{"active":null}`, `{"active":1}`} {
		if _, known := parse(t, text).Active(); known {
			t.Errorf("%s says nothing about active", text)
		}
	}
	for _, text := range []string{``, `[]`, `null`, `"x"`, `<html>`, `{`} {
		if _, err := decodeResource([]byte(text)); err == nil {
			t.Errorf("%q was taken for a resource", text)
		}
	}
}

func TestUnmappedIsWhatOktaDoesNotKnow(t *testing.T) {
	r := parse(t, `{"userName":"a","nickName":"Nick","name":{"formatted":"x"},"urn:x:1.0":{"level":3,"grade":"3","tags":["a"]}}`)
	want := map[string]string{"nickname": `"Nick"`, "urn:x:1.0.level": "3", "urn:x:1.0.grade": `"3"`, "urn:x:1.0.tags": `["a"]`}
	got := Unmapped(r, "username", "name")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSameComparesTypesAndValues(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{`"7"`, `"7"`, true},
		{`"7"`, `"8"`, false},
		{`"7"`, `7`, false},
		{`"true"`, `true`, false},
		{`false`, `false`, true},
		{`2.5`, `2.50`, true},
		{`7`, `7.0`, true},
		{`9007199254740993`, `9007199254740992`, false},
		{`1e999999999`, `2`, false},
		{`["a","b"]`, `["b","a"]`, true},
		{`["a","b"]`, `["a"]`, false},
		{`["a"]`, `"a"`, false},
		{`[1]`, `["1"]`, false},
		{`null`, `"x"`, false},
	} {
		a, b := parse(t, `{"v":`+tt.a+`}`).Get("v"), parse(t, `{"v":`+tt.b+`}`).Get("v")
		if Same(a, b) != tt.same || Same(b, a) != tt.same {
			t.Errorf("%s and %s: want %v", tt.a, tt.b, tt.same)
		}
	}
}

func TestUnassignedIsNoValue(t *testing.T) {
	r := parse(t, `{"null":null,"text":"","list":[],"object":{},"false":false,"zero":0,"null as text":"null"}`)
	for name, want := range map[string]bool{"null": true, "text": true, "list": true, "object": true, "absent": true, "false": false, "zero": false, "null as text": false} {
		if got := Unassigned(r.Get(name)); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
