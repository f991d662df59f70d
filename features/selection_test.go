package features

import (
	"strings"
	"testing"
)

func TestTagExpressions(t *testing.T) {
	for expression, want := range map[string]bool{
		"":                                true,
		"@users":                          true,
		"@groups":                         false,
		"not @groups":                     true,
		"not not @users":                  true,
		"@users and @S-49":                true,
		"@users and @groups":              false,
		"@groups or @users":               true,
		"@groups and @groups or @users":   true,
		"@users or @groups and @groups":   true,
		"(@users or @groups) and @groups": false,
		"not (@groups or @import)":        true,
		"not @users or @S-49":             true,
		"(((@users)))":                    true,
	} {
		t.Run(expression, func(t *testing.T) {
			test, err := ParseTags(expression)
			if err != nil {
				t.Fatal(err)
			}
			if got := test([]string{"users", "S-49"}); got != want {
				t.Errorf("want %v, got %v", want, got)
			}
		})
	}
}

func TestTagExpressionsThatCannotBeRead(t *testing.T) {
	for expression, want := range map[string]string{
		"@a || @b":               `"||" is one too many`,
		"users":                  `"users" stands where a tag should stand`,
		"@a and":                 "it ends where a tag should stand",
		"(@a":                    "a closing bracket is missing",
		"@a)":                    `")" is one too many`,
		"~@a":                    `"~@a" stands where`,
		"@":                      `"@" stands where`,
		strings.Repeat("(", 200): "more than 100 brackets",
		"@a @b":                  `"@b" is one too many`,
	} {
		t.Run(expression, func(t *testing.T) {
			if _, err := ParseTags(expression); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("want an error with %q, got %v", want, err)
			}
		})
	}
}

func FuzzParseTags(f *testing.F) {
	f.Add("not (@a or @b) and @c")
	f.Fuzz(func(t *testing.T, expression string) {
		if test, err := ParseTags(expression); err == nil {
			test([]string{"a"})
		}
	})
}

func TestSelection(t *testing.T) {
	all := []Scenario{
		{Req: "a", Family: "okta", Tags: []string{"req:a", "users", "S-1"}, IDs: []string{"S-1"}},
		{Req: "b", Family: "okta", Tags: []string{"req:b", "groups", "S-2"}, IDs: []string{"S-2"}},
		{Req: "c", Family: "immuta", Tags: []string{"req:c", "users", "S-1"}, IDs: []string{"S-1"}},
	}
	for name, tt := range map[string]struct {
		selection Selection
		want      string
	}{
		"all, in both dialects where they matter": {Selection{}, "a aiw, a oin, b aiw, b oin, c"},
		"one dialect":             {Selection{Dialect: "oin"}, "a oin, b oin, c"},
		"by address":              {Selection{Only: []string{"b"}}, "b aiw, b oin"},
		"by address as a tag":     {Selection{Only: []string{"@req:b"}}, "b aiw, b oin"},
		"by id":                   {Selection{Only: []string{"S-1"}}, "a aiw, a oin, c"},
		"by tags":                 {Selection{Tags: "@users"}, "a aiw, a oin, c"},
		"a declared gap is named": {Selection{Without: []string{"groups"}}, "a aiw, a oin, b aiw (groups), b oin (groups), c"},
		"nothing":                 {Selection{Tags: "@import"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			cases, err := tt.selection.Choose(all)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range cases {
				text := Kill{c.Address(), c.Dialect}.String()
				if c.Gap != "" {
					text += " (" + c.Gap + ")"
				}
				got = append(got, text)
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("want %s\n got %s", tt.want, strings.Join(got, ", "))
			}
		})
	}
	for name, tt := range map[string]struct {
		selection Selection
		want      string
	}{
		"an unknown address": {Selection{Only: []string{"x"}}, "scimproof list"},
		"an unknown gap":     {Selection{Without: []string{"users"}}, "--without takes groups or import"},
		"a bad expression":   {Selection{Tags: "@a &&"}, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := tt.selection.Choose(all); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("want an error with %q, got %v", tt.want, err)
			}
		})
	}
}
