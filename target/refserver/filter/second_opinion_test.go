package filter_test

import (
	"encoding/json"
	"fmt"
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

// The second opinion is github.com/scim2/filter-parser, which shares no code with
// ours. Where the two differ the grammar decides (RFC 7644, section 3.4.2.2, with
// JSON's for values); each difference is below with the decision.

// ours and theirs read a filter to the same kind of tree; nil for one they refuse.
func ours(text string) filter.Expr {
	e, err := filter.Parse(text)
	if err != nil {
		return nil
	}
	return flat(e)
}

func theirs(text string) filter.Expr {
	e, err := scim2.ParseFilterNumber([]byte(text))
	if err != nil {
		return nil
	}
	return flat(translate(e))
}

// translate makes our tree of theirs. Their strings are as they were written, so
// they are read as JSON first.
func translate(e scim2.Expression) filter.Expr {
	switch e := e.(type) {
	case *scim2.AttributeExpression:
		a := named(e.AttributePath)
		if e.Operator == scim2.PR {
			return filter.Present{Attr: a}
		}
		return filter.Compare{Attr: a, Op: filter.Op(e.Operator), Value: literal(e.CompareValue)}
	case *scim2.ValuePath:
		return filter.Has{Attr: named(e.AttributePath), Where: translate(e.ValueFilter)}
	case *scim2.NotExpression:
		return filter.Not{X: translate(e.Expression)}
	case *scim2.LogicalExpression:
		terms := []filter.Expr{translate(e.Left), translate(e.Right)}
		if e.Operator == scim2.AND {
			return filter.And{Terms: terms}
		}
		return filter.Or{Terms: terms}
	}
	panic(fmt.Sprintf("an expression of no kind: %T", e))
}

func named(p scim2.AttributePath) resource.Attr {
	return resource.Attr{URN: p.URI(), Name: p.AttributeName, Sub: p.SubAttributeName()}
}

func literal(v any) resource.Value {
	switch v := v.(type) {
	case json.Number:
		return resource.Number(v)
	case string:
		var s string
		if err := json.Unmarshal([]byte(`"`+v+`"`), &s); err != nil {
			return v
		}
		return s
	}
	return v
}

// flat undoes the brackets that change nothing, which only one of the two keeps:
// a and (b and c).
func flat(e filter.Expr) filter.Expr {
	switch e := e.(type) {
	case filter.Not:
		return filter.Not{X: flat(e.X)}
	case filter.Has:
		return filter.Has{Attr: e.Attr, Where: flat(e.Where)}
	case filter.And:
		var terms []filter.Expr
		for _, t := range e.Terms {
			if inner, ok := flat(t).(filter.And); ok {
				terms = append(terms, inner.Terms...)
			} else {
				terms = append(terms, flat(t))
			}
		}
		return filter.And{Terms: terms}
	case filter.Or:
		var terms []filter.Expr
		for _, t := range e.Terms {
			if inner, ok := flat(t).(filter.Or); ok {
				terms = append(terms, inner.Terms...)
			} else {
				terms = append(terms, flat(t))
			}
		}
		return filter.Or{Terms: terms}
	}
	return e
}

// TestTheExamplesOfTheRFC plays the filters that RFC 7644 prints: both read them,
// and to one tree.
func TestTheExamplesOfTheRFC(t *testing.T) {
	for _, text := range []string{
		`userName eq "bjensen"`,
		`name.familyName co "O'Malley"`,
		`userName sw "J"`,
		`urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"`,
		`title pr`,
		`meta.lastModified gt "2011-05-13T04:42:34Z"`,
		`meta.lastModified ge "2011-05-13T04:42:34Z"`,
		`meta.lastModified lt "2011-05-13T04:42:34Z"`,
		`meta.lastModified le "2011-05-13T04:42:34Z"`,
		`title pr and userType eq "Employee"`,
		`title pr or userType eq "Intern"`,
		`schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`,
		`userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")`,
		`userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")`,
		`userType eq "Employee" and (emails.type eq "work")`,
		`userType eq "Employee" and emails[type eq "work" and value co "@example.com"]`,
		`emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]`,
	} {
		t.Run(text, func(t *testing.T) {
			if ours(text) == nil || theirs(text) == nil {
				t.Fatalf("ours %v, theirs %v", ours(text), theirs(text))
			}
			if diff := cmp.Diff(theirs(text), ours(text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestDifferencesOfOpinion holds every difference that was found, and who is
// right. One that is no more is to be struck out.
func TestDifferencesOfOpinion(t *testing.T) {
	for _, tt := range []struct {
		text    string
		we      string // "read" or "refuse"
		because string
	}{
		{`active eq TRUE`, "refuse", "JSON has its literals in lower case"},
		{`active eq Null`, "refuse", "JSON has its literals in lower case"},
		{`userName eq "\uD800"`, "refuse", "half a surrogate pair is no character, and not to be guessed at"},
		{`other:a pr`, "refuse", "the grammar allows any URI; schemas are named by URNs, so it names nothing"},
		{`$a pr`, "refuse", "names begin with a letter; $ref alone is exempted, since RFC 7643 uses it"},
		{`urn:a pr`, "refuse", "urn: alone is no URN (RFC 8141)"},
		{`a.b[c pr]`, "refuse", "the grammar allows it; no sub-attribute has sub-attributes (RFC 7643, section 2.3.8)"},
		{`a[b.c pr]`, "refuse", "the grammar allows it; no sub-attribute has sub-attributes (RFC 7643, section 2.3.8)"},
		{`a[urn:x:y:b pr]`, "refuse", "the grammar allows it; between brackets stand sub-attributes, which no schema owns"},
		{`a eq 1e999`, "refuse", "the grammar allows it; no size to compare with"},
		{`a[b eq 1and c pr]`, "refuse", "the grammar wants blanks around and"},

		{`userName eq "\u00e9"`, "read", "JSON's hexadecimal digits come in both cases"},
		{`a eq 1.50 and b eq "\t"`, "same", ""},
		{`a$b pr`, "read", "RFC 7643, section 2.1, has $ in names; RFC 7644 forgot it"},
		{`urn:my-company:x_y:a pr`, "read", "a URN may have these characters (RFC 8141)"},
		{`urn:x:2.0 pr`, "read", "an extension as a whole is no attrPath; the checker decides whether there is one"},
		{`a[b pr and c pr and d pr]`, "read", "logExp goes on as long as it likes"},
		{`a[b pr or c pr and d pr]`, "read", "logExp goes on as long as it likes"},
		{`a[(b pr)]`, "read", `valFilter has *1"not" "(" valFilter ")"`},
		{`a[not (b pr) and c pr]`, "read", `valFilter has *1"not" "(" valFilter ")"`},
		{` a pr`, "read", "leniency: blanks around a filter mean nothing"},
		{`a eq"x"`, "read", "leniency: an example in RFC 7644, section 3.5.2.3, leaves the blank out"},
		{`(a pr)and(b pr)`, "read", "leniency: a bracket separates as a blank does"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			we, they := ours(tt.text), theirs(tt.text)
			switch tt.we {
			case "same":
				if diff := cmp.Diff(they, we); diff != "" || we == nil {
					t.Error(diff)
				}
			default:
				if (we != nil) != (tt.we == "read") || (they != nil) == (we != nil) {
					t.Errorf("ours %v, theirs %v; we should %s it: %s", we, they, tt.we, tt.because)
				}
			}
		})
	}
}

// TestTheSecondOpinion compares the two on filters that are well formed, on the
// same with a token too much or too few, and on rows of tokens.
func TestTheSecondOpinion(t *testing.T) {
	token := rapid.SampledFrom(strings.Fields(`a b name.first urn:x:y:c $ref not ( ) [ ] and or eq co lt pr "x" "a\"b" 1 -2.5e3 01 true null NOT AND Eq PR`))
	t.Run("on filters", rapid.MakeCheck(func(t *rapid.T) {
		for _, e := range rapid.SliceOfN(exprs(3, false), 5, 5).Draw(t, "filters") {
			agree(t, e.String())
		}
	}))
	t.Run("on filters gone wrong", rapid.MakeCheck(func(t *rapid.T) {
		apart := strings.NewReplacer("(", " ( ", ")", " ) ", "[", " [ ", "]", " ] ")
		tokens := strings.Fields(apart.Replace(exprs(2, false).Draw(t, "filter").String()))
		for range 10 {
			i, j := rapid.IntRange(0, len(tokens)).Draw(t, "from"), rapid.IntRange(0, 1).Draw(t, "gone")
			more := rapid.SliceOfN(token, 0, 1).Draw(t, "more")
			agree(t, strings.Join(slices.Concat(tokens[:i], more, tokens[min(i+j, len(tokens)):]), " "))
		}
	}))
	t.Run("on rows of tokens", rapid.MakeCheck(func(t *rapid.T) {
		for range 20 {
			agree(t, strings.Join(rapid.SliceOfN(token, 1, 7).Draw(t, "tokens"), " "))
		}
	}))
}

func agree(t *rapid.T, text string) {
	we, they := ours(text), theirs(text)
	switch {
	case we == nil && they == nil:
	case we != nil && they != nil:
		if diff := cmp.Diff(they, we); diff != "" {
			t.Fatalf("%s\n%s", text, diff)
		}
	case we == nil && !some(they, reaches) && !bounded(text):
		t.Fatalf("only they read %s: %v", text, they)
	case we != nil && !some(we, rich) && !odd.MatchString(text):
		t.Fatalf("only we read %s: %v", text, we)
	}
}

// bounded says whether a filter is refused for its size, which theirs is not.
func bounded(text string) bool {
	_, err := filter.Parse(text)
	return err != nil && (strings.Contains(err.Error(), "limit") || strings.Contains(err.Error(), "more than"))
}

// odd is what only we read and the tree does not show: $ within a name, JSON's
// escapes in lower case, and round brackets within square ones.
var odd = regexp.MustCompile(`[\w-]\$|\\u|\[[^\]]*\(`)

// reaches says whether a value path asks for sub-attributes of sub-attributes,
// which we refuse.
func reaches(has filter.Has) bool {
	return has.Attr.Sub != "" || dotted(has.Where)
}

func dotted(e filter.Expr) bool {
	switch e := e.(type) {
	case filter.Compare:
		return e.Attr.URN+e.Attr.Sub != ""
	case filter.Present:
		return e.Attr.URN+e.Attr.Sub != ""
	case filter.Not:
		return dotted(e.X)
	case filter.And:
		return slices.ContainsFunc(e.Terms, dotted)
	case filter.Or:
		return slices.ContainsFunc(e.Terms, dotted)
	}
	return false
}

// rich says whether a value path has more between its brackets than a comparison,
// or two, or the contrary of that: what they refuse.
func rich(has filter.Has) bool {
	where := has.Where
	if not, ok := where.(filter.Not); ok {
		where = not.X
	}
	terms := []filter.Expr{where}
	switch e := where.(type) {
	case filter.And:
		terms = e.Terms
	case filter.Or:
		terms = e.Terms
	}
	for _, t := range terms {
		switch t.(type) {
		case filter.Compare, filter.Present:
		default:
			return true
		}
	}
	return len(terms) > 2
}

// some says whether a filter has a value path that is so.
func some(e filter.Expr, is func(filter.Has) bool) bool {
	switch e := e.(type) {
	case filter.Not:
		return some(e.X, is)
	case filter.Has:
		return is(e)
	case filter.And:
		return slices.ContainsFunc(e.Terms, func(t filter.Expr) bool { return some(t, is) })
	case filter.Or:
		return slices.ContainsFunc(e.Terms, func(t filter.Expr) bool { return some(t, is) })
	}
	return false
}
