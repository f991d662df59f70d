package filter_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	scim2 "github.com/scim2/filter-parser/v2"
	"github.com/scimproof/scimproof/target/refserver/filter"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"pgregory.net/rapid"
)

func TestPaths(t *testing.T) {
	for text, want := range map[string]filter.Path{
		"active":                {Attr: attr("active")},
		"urn:x:2.0:U:a":         {Attr: resource.Attr{URN: "urn:x:2.0:U", Name: "a"}},
		"urn:x:2.0:U:a.b":       {Attr: resource.Attr{URN: "urn:x:2.0:U", Name: "a", Sub: "b"}},
		"urn:x:2.0":             {Attr: resource.Attr{URN: "urn:x:2.0"}},            // an extension as a whole
		"urn:x:2.0:U":           {Attr: resource.Attr{URN: "urn:x:2.0", Name: "U"}}, // a schema settles it
		"a[b pr].$ref":          {Attr: attr("a"), Sub: "$ref", Where: filter.Present{Attr: attr("b")}},
		"name.givenName":        {Attr: resource.Attr{Name: "name", Sub: "givenName"}},
		`members[value eq "x"]`: {Attr: attr("members"), Where: filter.Compare{Attr: attr("value"), Op: filter.Equal, Value: "x"}},
		`emails[type eq "work" and primary eq true].value`: {Attr: attr("emails"), Sub: "value", Where: filter.And{Terms: []filter.Expr{
			filter.Compare{Attr: attr("type"), Op: filter.Equal, Value: "work"}, filter.Compare{Attr: attr("primary"), Op: filter.Equal, Value: true},
		}}},
		`urn:x:2.0:U:things[value eq "].x"].display`: {
			Attr: resource.Attr{URN: "urn:x:2.0:U", Name: "things"}, Sub: "display",
			Where: filter.Compare{Attr: attr("value"), Op: filter.Equal, Value: "].x"},
		},
	} {
		t.Run(text, func(t *testing.T) {
			got, err := filter.ParsePath(text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if got.String() != text {
				t.Errorf("prints as %s", got)
			}
		})
	}
}

// TestWhatIsNoPath tells a path that is none from one whose filter is none.
func TestWhatIsNoPath(t *testing.T) {
	for _, text := range []string{
		"", " ", "a b", "a.", ".a", "a..b", "a.b.c", "1a", "é", "a]", "a[b pr]c", "a[b pr].", "a[b pr].c.d", "a[b pr].1", "a[b pr].urn:x:y:c",
		"a.b[c pr]", "a[b pr][c pr]", `a eq "x"`, "(a)", `"a"`, "[0]", "[a pr]", "urn:x", "urn:x:", "a\x00", "\xff", "/a/b", "a,b", strings.Repeat("a", filter.MaxBytes+1),
	} {
		if got, err := filter.ParsePath(text); err == nil || errors.Is(err, filter.ErrWhere) {
			t.Errorf("%q: read as %s, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"a[", "a[]", "a[ ]", "a[b", "a[b]", "a[b eq]", `a[b eq "x"`, `a[b eq 'x']`, `a[b eq "x]`, `a[b eq 01]`, "a[b pr and]", "a[(b pr]", "a[b is 1]", "a[0]", "a[*]",
		"a[b[c pr]]", "a[b.c pr]", "a[urn:x:y:b pr]", `a[b == "x"]`, "a[" + strings.Repeat("(", filter.MaxDepth) + "b pr" + strings.Repeat(")", filter.MaxDepth) + "]",
	} {
		if got, err := filter.ParsePath(text); !errors.Is(err, filter.ErrWhere) {
			t.Errorf("%q: read as %s, %v", text, got, err)
		}
	}
}

// paths make targets of the whole grammar.
var paths = rapid.Custom(func(t *rapid.T) filter.Path {
	name := rapid.SampledFrom([]string{"emails", "a", "x-1", "not", "and", "pr"})
	a := resource.Attr{Name: name.Draw(t, "name"), URN: rapid.SampledFrom([]string{"", "", "urn:x:y", "urn:ietf:params:scim:schemas:core:2.0:User"}).Draw(t, "urn")}
	if rapid.Bool().Draw(t, "plain") {
		if rapid.Bool().Draw(t, "dotted") {
			a.Sub = name.Draw(t, "sub")
		}
		return filter.Path{Attr: a}
	}
	p := filter.Path{Attr: a, Where: exprs(2, true).Draw(t, "where")}
	if rapid.Bool().Draw(t, "of a part") {
		p.Sub = name.Draw(t, "part")
	}
	return p
})

func TestAPathThatIsPrintedReadsAsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, want := range rapid.SliceOfN(paths, 5, 5).Draw(t, "paths") {
			got, err := filter.ParsePath(want.String())
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Fatalf("%s: %v %s", want, err, diff)
			}
		}
	})
}

// TestTheSecondOpinionOnPaths is TestTheSecondOpinion for paths, whole ones and
// ones with a piece too much or too few.
func TestTheSecondOpinionOnPaths(t *testing.T) {
	piece := rapid.SampledFrom([]string{"[", "]", ".", "a", "b pr ", `c eq "x" `, "and ", "urn:x:y:", "(", ")"})
	pieces := regexp.MustCompile(`[\[\]().] ?|[^\[\]() .]+ ?`)
	rapid.Check(t, func(t *rapid.T) {
		for _, p := range rapid.SliceOfN(paths, 5, 5).Draw(t, "paths") {
			agreeOnPath(t, p.String())
			parts := pieces.FindAllString(p.String(), -1)
			i, j := rapid.IntRange(0, len(parts)).Draw(t, "from"), rapid.IntRange(0, 1).Draw(t, "gone")
			more := rapid.SliceOfN(piece, 0, 1).Draw(t, "more")
			agreeOnPath(t, strings.Join(slices.Concat(parts[:i], more, parts[min(i+j, len(parts)):]), ""))
		}
	})
}

func agreeOnPath(t *rapid.T, text string) {
	we, err := filter.ParsePath(text)
	they, theirErr := scim2.ParsePathNumber([]byte(text))
	switch {
	case err != nil && theirErr != nil:
	case err == nil && theirErr == nil:
		want := filter.Path{Attr: named(they.AttributePath), Sub: they.SubAttributeName()}
		if they.ValueExpression != nil {
			want.Where, we.Where = flat(translate(they.ValueExpression)), flat(we.Where)
		}
		if diff := cmp.Diff(want, we); diff != "" {
			t.Fatalf("%s\n%s", text, diff)
		}
	case err != nil:
		a := named(they.AttributePath)
		strange := a.URN != "" && !resource.IsURN(a.URN)
		if !strange && (they.ValueExpression == nil || !reaches(filter.Has{Attr: a, Where: translate(they.ValueExpression)})) {
			t.Fatalf("only they read %s: %v", text, err)
		}
	case we.Attr.Name != "" && !lenient.MatchString(text) && !odd.MatchString(text) && (we.Where == nil || !rich(filter.Has{Where: we.Where})):
		t.Fatalf("only we read %s: %v", text, theirErr)
	}
}

// lenient is what we read and they do not: blanks around a path or before its
// dot, none beside a string or a bracket, and - in a URN.
var lenient = regexp.MustCompile(`-[^[]*:|^ | $|\] +\.|["\])](and|or)|(and|or)[(]|[a-z]"`)

// FuzzParsePath reads any text. A path that is one reads back from its print.
func FuzzParsePath(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		p, err := filter.ParsePath(text)
		if err != nil || len(p.String()) > filter.MaxBytes {
			return
		}
		again, err := filter.ParsePath(p.String())
		if diff := cmp.Diff(p, again); err != nil || diff != "" {
			t.Fatalf("%q prints as %q: %v %s", text, p, err, diff)
		}
	})
}
