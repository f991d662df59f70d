package filter_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scimproof/scimproof/target/refserver/filter"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"pgregory.net/rapid"
)

func TestMatch(t *testing.T) {
	ana, err := resource.Read(strings.NewReader(`{"userName":"Ana","title":"","active":true,"externalId":"AbC",
		"name":{"familyName":"Ruiz"},"roles":[{"value":"x","primary":false}],"nickName":"STRASSE",
		"emails":[{"value":"a@x","type":"work"},{"value":"a@y","type":"home"}],
		"meta":{"created":"2024-01-02T03:04:05.000Z"},
		"urn:x:y:2.0:U":{"n":10,"s":"Text","deep":{"v":"w"},"list":["p","q"],"big":12345678901234567890123}}`))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		`title pr`: false, `name pr`: true, `name.givenName pr`: false, `roles pr`: true, `emails pr`: true, `active pr`: true,
		`externalId eq "AbC"`: true, `externalId eq "abc"`: false, `externalId sw "a"`: false, `userName sw "AN"`: true, `userName ew "NA"`: true, `userName co "n"`: true,
		`userName gt "amy"`: true, `userName ge "ANA"`: true, `userName lt "ANA"`: false, `userName le "ana"`: true,
		`emails.type ne "work"`: true, `emails[type ne "work" and type ne "home"]`: false, `not (emails.type eq "work")`: false,
		`emails.display eq null`: true, `emails.display ne null`: false, `emails.value ne null`: true,
		`nickName eq "ſtraſſe"`: true, `nickName eq "straße"`: false,
		`meta.created eq "2024-01-02T04:04:05+01:00"`: true, `meta.created gt "2024-01-02T03:04:04.999Z"`: true, `meta.created lt "2024-01-02T03:04:05Z"`: false,
		`urn:x:y:2.0:U:n eq 10`: true, `urn:x:y:2.0:U:n gt 9`: true, `urn:x:y:2.0:U:n eq 10.0`: true, `urn:x:y:2.0:U:n eq "10"`: false, `urn:x:y:2.0:U:n ne "10"`: true,
		`urn:x:y:2.0:U:s eq "TEXT"`: true, `URN:X:Y:2.0:u:S eq "text"`: true, `urn:x:y:2.0:U:deep.v eq "w"`: true, `urn:x:y:2.0:U:list eq "q"`: true,
		`urn:x:y:2.0:U:big gt 12345678901234567890122`: true, `urn:x:y:2.0:U:big lt 12345678901234567890124`: true, `urn:x:y:2.0:U pr`: true, `urn:x:z:2.0:U:a pr`: false,
		`urn:x:z:2.0:U:a eq null`: true, `active ne false`: true, `roles.primary eq false`: true, `roles[primary eq true]`: false, `userName ne "ANA"`: false,
	} {
		t.Run(text, func(t *testing.T) {
			e, err := filter.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if err := filter.Check(e, schema.Users); err != nil {
				t.Fatal(err)
			}
			if got := filter.Match(e, ana, schema.Users); got != want {
				t.Errorf("matches: %t, want %t", got, want)
			}
		})
	}
}

// TestMatchAgreesWithANaiveReader compares the evaluator with a second one that
// shares no code with it and works on encoding/json's maps.
func TestMatchAgreesWithANaiveReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw, _ := json.Marshal(documents.Draw(t, "document"))
		r, err := resource.Read(strings.NewReader(string(raw)))
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.UseNumber()
		if err := d.Decode(&doc); err != nil {
			t.Fatal(err)
		}
		for _, e := range rapid.SliceOfN(questions(2, ofUser), 20, 20).Draw(t, "filters") {
			if err := filter.Check(e, schema.Users); err != nil {
				t.Fatalf("%s: %v", e, err)
			}
			if got, want := filter.Match(e, r, schema.Users), naive(e, doc, ofUser); got != want {
				t.Fatalf("%s of %s: %t, the naive reader says %t", e, raw, got, want)
			}
		}
	})
}

var (
	words   = []any{"", "a", "A", "ab", "Ba", "é", "É"}
	numbers = []any{json.Number("1"), json.Number("2"), json.Number("10"), json.Number("-1"), json.Number("2.0"), json.Number("1e1")}
	times   = []any{"2024-01-02T03:04:05Z", "2024-01-02T05:04:05+02:00", "2024-01-02T03:04:05.5Z", "2024-01-02T02:59:59-01:00", "2024-01-02T03:04:05"}
	bools   = []any{true, false}
)

// documents make users with something of every type, each part there or not.
var documents = rapid.Custom(func(t *rapid.T) map[string]any {
	some := func(o map[string]any, name string, values []any) {
		if rapid.IntRange(0, 3).Draw(t, "has "+name) > 0 {
			o[name] = rapid.SampledFrom(values).Draw(t, name)
		}
	}
	doc, meta, known, unknown := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
	some(doc, "userName", words)
	some(doc, "title", words)
	some(doc, "externalId", words)
	some(doc, "active", bools)
	some(meta, "created", times)
	some(known, "id", numbers[:4])
	some(unknown, "n", append(append(words[:3:3], numbers...), bools...))
	some(unknown, "s", words)
	var emails []any
	for range rapid.IntRange(0, 2).Draw(t, "emails") {
		m := map[string]any{}
		some(m, "value", words)
		some(m, "type", words)
		some(m, "primary", bools)
		emails = append(emails, m)
	}
	if emails != nil {
		doc["emails"] = emails
	}
	doc["meta"], doc[schema.Refserver], doc["urn:x:y:2.0:U"] = meta, known, unknown
	return doc
})

// A row is an attribute as a filter may write it, and what the naive reader is
// told of it: where it is, how it compares, and what it may be compared with.
type row struct {
	written string
	path    []string
	kind    string // "text", "exact", "time", "number", "bool" or "any"
	with    []any
}

var ofUser = []row{
	{"userName", []string{"userName"}, "text", words},
	{schema.User + ":USERNAME", []string{"userName"}, "text", words},
	{"Title", []string{"title"}, "text", words},
	{"externalId", []string{"externalId"}, "exact", words},
	{"active", []string{"active"}, "bool", bools},
	{"meta.created", []string{"meta", "created"}, "time", times},
	{strings.ToUpper(schema.Refserver) + ":id", []string{schema.Refserver, "id"}, "number", numbers},
	{"urn:x:y:2.0:U:n", []string{"urn:x:y:2.0:U", "n"}, "any", append(append(words[:3:3], numbers...), bools...)},
	{"urn:X:y:2.0:u:s", []string{"urn:x:y:2.0:U", "s"}, "any", words},
	{"emails", []string{"emails", "value"}, "text", words},
	{"emails.value", []string{"emails", "value"}, "text", words},
	{"emails.type", []string{"emails", "type"}, "text", words},
	{"emails.primary", []string{"emails", "primary"}, "bool", bools},
}

var ofEmail = []row{
	{"value", []string{"value"}, "text", words},
	{"TYPE", []string{"type"}, "text", words},
	{"primary", []string{"primary"}, "bool", bools},
}

// questions make filters that may be asked of what has these attributes.
func questions(depth int, of []row) *rapid.Generator[filter.Expr] {
	return rapid.Custom(func(t *rapid.T) filter.Expr {
		terms := func() []filter.Expr { return rapid.SliceOfN(questions(depth-1, of), 2, 3).Draw(t, "terms") }
		switch kind := rapid.IntRange(0, 6).Draw(t, "kind"); {
		case depth > 0 && kind == 0:
			return filter.Not{X: questions(depth-1, of).Draw(t, "x")}
		case depth > 0 && kind == 1:
			return filter.And{Terms: terms()}
		case depth > 0 && kind == 2:
			return filter.Or{Terms: terms()}
		case depth > 0 && kind == 3 && len(of) == len(ofUser):
			return filter.Has{Attr: attr("emails"), Where: questions(depth-1, ofEmail).Draw(t, "where")}
		}
		r := rapid.SampledFrom(of).Draw(t, "attribute")
		a, err := resource.ParseAttr(r.written)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.IntRange(0, 5).Draw(t, "present") == 0 {
			return filter.Present{Attr: a}
		}
		value := rapid.SampledFrom(append([]any{nil}, r.with...)).Draw(t, "value")
		ops := []filter.Op{"eq", "ne"}
		switch v := value.(type) {
		case json.Number:
			ops, value = append(ops, "gt", "ge", "lt", "le"), resource.Number(v)
		case string:
			ops = append(ops, "co", "sw", "ew", "gt", "ge", "lt", "le")
		}
		return filter.Compare{Attr: a, Op: rapid.SampledFrom(ops).Draw(t, "op"), Value: value}
	})
}

func naive(e filter.Expr, doc map[string]any, of []row) bool {
	count := func(terms []filter.Expr) (n int) {
		for _, t := range terms {
			if naive(t, doc, of) {
				n++
			}
		}
		return n
	}
	switch e := e.(type) {
	case filter.Not:
		return !naive(e.X, doc, of)
	case filter.And:
		return count(e.Terms) == len(e.Terms)
	case filter.Or:
		return count(e.Terms) > 0
	case filter.Has:
		for _, m := range gather(doc, []string{"emails"}) {
			if naive(e.Where, m.(map[string]any), ofEmail) {
				return true
			}
		}
		return false
	case filter.Present:
		values := gather(doc, rowOf(e.Attr, of).path)
		if e.Attr.String() == "emails" { // of a complex attribute, any part
			values = append(append(values, gather(doc, []string{"emails", "type"})...), gather(doc, []string{"emails", "primary"})...)
		}
		return slices.ContainsFunc(values, func(v any) bool { return v != "" })
	case filter.Compare:
		r := rowOf(e.Attr, of)
		values := gather(doc, r.path)
		if e.Value == nil {
			return (e.Op == "eq") == (len(values) == 0)
		}
		for _, v := range values {
			if stands(v, string(e.Op), e.Value, r.kind) {
				return true
			}
		}
		return len(values) == 0 && e.Op == "ne"
	}
	panic("an expression of no kind")
}

func rowOf(a resource.Attr, of []row) row {
	for _, r := range of {
		if r.written == a.String() {
			return r
		}
	}
	panic("no row for " + a.String())
}

// stands says whether "have op want" holds, of two values that are not null.
func stands(have any, op string, want any, kind string) bool {
	if n, ok := want.(resource.Number); ok {
		want = json.Number(n)
	}
	if fmt.Sprintf("%T", have) != fmt.Sprintf("%T", want) {
		return op == "ne"
	}
	c, h, w := 0, fmt.Sprint(have), fmt.Sprint(want)
	switch want.(type) {
	case json.Number:
		x, _ := new(big.Rat).SetString(h)
		y, _ := new(big.Rat).SetString(w)
		c = x.Cmp(y)
	default:
		if kind != "exact" {
			h, w = strings.ToLower(h), strings.ToLower(w)
		}
		c = strings.Compare(h, w)
		if kind == "time" {
			c = moment(h).Compare(moment(w))
		}
	}
	return map[string]bool{
		"eq": c == 0, "ne": c != 0, "gt": c > 0, "ge": c >= 0, "lt": c < 0, "le": c <= 0,
		"co": strings.Contains(h, w), "sw": strings.HasPrefix(h, w), "ew": strings.HasSuffix(h, w),
	}[op]
}

func moment(s string) time.Time {
	s = strings.ToUpper(s)
	if len(s) == len("2024-01-02T03:04:05") {
		s += "Z"
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// gather collects what is at a path, from every element of a list.
func gather(v any, path []string) (found []any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			found = append(found, gather(e, path)...)
		}
		return found
	case map[string]any:
		if len(path) > 0 {
			if v[path[0]] == nil {
				return nil
			}
			return gather(v[path[0]], path[1:])
		}
	}
	return []any{v}
}
