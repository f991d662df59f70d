package filter_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

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
		word := rapid.SampledFrom([]string{"", "a", "A", "ab", "Ba", "é", "É"})
		doc := map[string]any{"userName": word.Draw(t, "userName"), "active": rapid.Bool().Draw(t, "active")}
		if rapid.Bool().Draw(t, "titled") {
			doc["title"] = word.Draw(t, "title")
		}
		var emails []any
		for range rapid.IntRange(0, 2).Draw(t, "emails") {
			emails = append(emails, map[string]any{"value": word.Draw(t, "value"), "type": word.Draw(t, "type")})
		}
		if emails != nil {
			doc["emails"] = emails
		}
		raw, _ := json.Marshal(doc)
		r, err := resource.Read(strings.NewReader(string(raw)))
		if err != nil {
			t.Fatal(err)
		}
		e := questions(2, false).Draw(t, "filter")
		if err := filter.Check(e, schema.Users); err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		if got, want := filter.Match(e, r, schema.Users), naive(e, doc); got != want {
			t.Fatalf("%s of %s: %t, the naive reader says %t", e, raw, got, want)
		}
	})
}

// questions makes filters that may be asked of a user, or of an email.
func questions(depth int, ofEmail bool) *rapid.Generator[filter.Expr] {
	texts := []string{"userName", "title", "emails.value", "emails.type"}
	if ofEmail {
		texts = []string{"value", "type"}
	}
	return rapid.Custom(func(t *rapid.T) filter.Expr {
		kind := rapid.IntRange(0, 6).Draw(t, "kind")
		switch {
		case depth > 0 && kind == 0:
			return filter.Not{X: questions(depth-1, ofEmail).Draw(t, "x")}
		case depth > 0 && kind == 1:
			return filter.And{Terms: rapid.SliceOfN(questions(depth-1, ofEmail), 2, 3).Draw(t, "terms")}
		case depth > 0 && kind == 2:
			return filter.Or{Terms: rapid.SliceOfN(questions(depth-1, ofEmail), 2, 3).Draw(t, "terms")}
		case depth > 0 && kind == 3 && !ofEmail:
			return filter.Has{Attr: attr("emails"), Where: questions(depth-1, true).Draw(t, "where")}
		case kind == 4 && !ofEmail:
			return filter.Compare{Attr: attr("active"), Op: rapid.SampledFrom([]filter.Op{"eq", "ne"}).Draw(t, "op"), Value: rapid.Bool().Draw(t, "value")}
		}
		a, _ := resource.ParseAttr(rapid.SampledFrom(texts).Draw(t, "attr"))
		if kind == 5 {
			return filter.Present{Attr: a}
		}
		return filter.Compare{
			Attr: a, Op: rapid.SampledFrom([]filter.Op{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"}).Draw(t, "op"),
			Value: rapid.SampledFrom([]string{"", "a", "B", "AB", "é"}).Draw(t, "value"),
		}
	})
}

func naive(e filter.Expr, doc map[string]any) bool {
	count := func(terms []filter.Expr) (n int) {
		for _, t := range terms {
			if naive(t, doc) {
				n++
			}
		}
		return n
	}
	switch e := e.(type) {
	case filter.Not:
		return !naive(e.X, doc)
	case filter.And:
		return count(e.Terms) == len(e.Terms)
	case filter.Or:
		return count(e.Terms) > 0
	case filter.Has:
		for _, m := range all(doc, "emails") {
			if naive(e.Where, m.(map[string]any)) {
				return true
			}
		}
		return false
	case filter.Present:
		for _, v := range all(doc, e.Attr.String()) {
			if v != "" {
				return true
			}
		}
		return false
	case filter.Compare:
		values := all(doc, e.Attr.String())
		for _, v := range values {
			h, w := strings.ToLower(fmt.Sprint(v)), strings.ToLower(fmt.Sprint(e.Value))
			if map[filter.Op]bool{
				"eq": h == w, "ne": h != w, "co": strings.Contains(h, w), "sw": strings.HasPrefix(h, w), "ew": strings.HasSuffix(h, w),
				"gt": h > w, "ge": h >= w, "lt": h < w, "le": h <= w,
			}[e.Op] {
				return true
			}
		}
		return len(values) == 0 && e.Op == "ne"
	}
	panic("an expression of no kind")
}

func all(doc map[string]any, path string) []any {
	head, tail, dotted := strings.Cut(path, ".")
	v, ok := doc[head]
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		return []any{v}
	}
	var out []any
	for _, m := range list {
		if dotted {
			m = m.(map[string]any)[tail]
		}
		out = append(out, m)
	}
	return out
}
