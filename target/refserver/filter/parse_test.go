package filter_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/scimproof/scimproof/target/refserver/filter"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"pgregory.net/rapid"
)

func attr(name string) resource.Attr { return resource.Attr{Name: name} }

func TestPrecedenceIsBracketsThenNotThenAndThenOr(t *testing.T) {
	a, b, c := filter.Present{Attr: attr("a")}, filter.Present{Attr: attr("b")}, filter.Present{Attr: attr("c")}
	or := func(t ...filter.Expr) filter.Expr { return filter.Or{Terms: t} }
	and := func(t ...filter.Expr) filter.Expr { return filter.And{Terms: t} }
	for text, want := range map[string]filter.Expr{
		"a pr or b pr and c pr":        or(a, and(b, c)),
		"a pr and b pr or c pr":        or(and(a, b), c),
		"(a pr or b pr) and c pr":      and(or(a, b), c),
		"not (a pr) or b pr":           or(filter.Not{X: a}, b),
		"not(a pr) and b pr":           and(filter.Not{X: a}, b),
		"NOT (a pr OR b pr)":           filter.Not{X: or(a, b)},
		"a pr or b pr or c pr":         or(a, b, c),
		"a pr or (b pr or c pr)":       or(a, or(b, c)),
		"((a pr))":                     a,
		"a[b pr and c pr]":             filter.Has{Attr: attr("a"), Where: and(b, c)},
		"not (not (a pr))":             filter.Not{X: filter.Not{X: a}},
		"not pr":                       filter.Present{Attr: attr("not")},
		"and pr or or pr":              or(filter.Present{Attr: attr("and")}, filter.Present{Attr: attr("or")}),
		`a EQ "x\u0041\"" and b pr`:    and(filter.Compare{Attr: attr("a"), Op: filter.Equal, Value: `xA"`}, b),
		"a ge -1.5e3":                  filter.Compare{Attr: attr("a"), Op: filter.GreaterEqual, Value: resource.Number("-1.5e3")},
		"a.b ne null":                  filter.Compare{Attr: resource.Attr{Name: "a", Sub: "b"}, Op: filter.NotEqual},
		"urn:x:y:2.0:U:a.$ref eq \"\"": filter.Compare{Attr: resource.Attr{URN: "urn:x:y:2.0:U", Name: "a", Sub: "$ref"}, Op: filter.Equal, Value: ""},
	} {
		t.Run(text, func(t *testing.T) {
			got, err := filter.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// exprs makes filters of the whole grammar.
func exprs(depth int, within bool) *rapid.Generator[filter.Expr] {
	name := rapid.SampledFrom([]string{"userName", "a", "x-1_$", "not", "and", "or", "true", "pr", "eq", "$ref"})
	attrs := rapid.Custom(func(t *rapid.T) resource.Attr {
		a := resource.Attr{Name: name.Draw(t, "name")}
		if !within {
			a.URN = rapid.SampledFrom([]string{"", "", "urn:ietf:params:scim:schemas:core:2.0:User", "urn:x:y"}).Draw(t, "urn")
			if rapid.Bool().Draw(t, "dotted") {
				a.Sub = name.Draw(t, "sub")
			}
		}
		return a
	})
	values := rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) resource.Value { return s }),
		rapid.Map(rapid.Bool(), func(b bool) resource.Value { return b }),
		rapid.SampledFrom([]resource.Value{nil, resource.Number("0"), resource.Number("-12.5"), resource.Number("1e9")}),
	)
	return rapid.Custom(func(t *rapid.T) filter.Expr {
		kinds := 2
		if depth > 0 {
			kinds = 6
		}
		terms := func() []filter.Expr { return rapid.SliceOfN(exprs(depth-1, within), 2, 4).Draw(t, "terms") }
		switch rapid.IntRange(1, kinds).Draw(t, "kind") {
		case 1:
			return filter.Present{Attr: attrs.Draw(t, "attr")}
		case 3:
			return filter.Not{X: exprs(depth-1, within).Draw(t, "x")}
		case 4:
			return filter.And{Terms: terms()}
		case 5:
			return filter.Or{Terms: terms()}
		case 6:
			if !within {
				a := attrs.Draw(t, "attr")
				a.Sub = ""
				return filter.Has{Attr: a, Where: exprs(depth-1, true).Draw(t, "where")}
			}
		}
		op := rapid.SampledFrom([]filter.Op{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})
		return filter.Compare{Attr: attrs.Draw(t, "attr"), Op: op.Draw(t, "op"), Value: values.Draw(t, "value")}
	})
}

func TestWhatIsPrintedReadsAsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := exprs(3, false).Draw(t, "filter")
		text := want.String()
		got, err := filter.Parse(text)
		if err != nil {
			if strings.Contains(err.Error(), "limit") || strings.Contains(err.Error(), "more than") {
				t.Skip("beyond the bounds")
			}
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s\n%s", text, diff)
		}
	})
}

// FuzzParse reads any text. A filter that is one reads back from its print, and
// answers the contrary of its contrary.
func FuzzParse(f *testing.F) {
	ana, err := resource.Read(strings.NewReader(`{"userName":"ana","active":true,"emails":[{"value":"a@x","type":"work"}],"meta":{"created":"2024-01-02T03:04:05Z"},"urn:x:y:2.0:U":{"n":1,"list":["p",2,true,null,[]]}}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := filter.Parse(text)
		if err != nil {
			return
		}
		again, err := filter.Parse(e.String())
		if err != nil {
			if len(e.String()) > filter.MaxBytes {
				return // printing can add brackets and escapes
			}
			t.Fatalf("%q prints as %q: %v", text, e, err)
		}
		if diff := cmp.Diff(e, again); diff != "" {
			t.Fatalf("%q prints as %q: %s", text, e, diff)
		}
		not := filter.Not{X: e}
		if wrong := filter.Check(e, schema.Users); (wrong == nil) != (filter.Check(not, schema.Users) == nil) {
			t.Fatalf("%s: %v, but of its contrary not so", e, wrong)
		}
		if filter.Match(e, ana, schema.Users) == filter.Match(not, ana, schema.Users) {
			t.Fatalf("%s and its contrary are both so", e)
		}
	})
}
