package provision_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// The Profile Editor takes an external name, in package directory, exactly when the
// SCIM client, in package scim, follows it wholly: neither may import the other, and
// each has the grammar for itself.
func TestAnExternalNameIsTakenWhenItIsFollowed(t *testing.T) {
	for name, taken := range map[string]bool{
		"title":                              true,
		"manager.value":                      true,
		"$ref":                               true,
		"a.b.c":                              true,
		"x-y_9":                              true,
		"emails.^[primary==true].value":      true,
		"emails.^[type==work].value":         true,
		`emails.^[type=='work'].value`:       true,
		`emails.^[type=="work"].value`:       true,
		`emails.^[type=='it is "w"'].value`:  true,
		`emails.^[type==''].value`:           true,
		"a.^[b==c].d.^[e==f].g":              true,
		"a.b.^[c==d].e":                      true,
		"emails.^[type== work ].value":       true,
		"":                                   false,
		".":                                  false,
		"a.":                                 false,
		".a":                                 false,
		"a..b":                               false,
		"9a":                                 false,
		"a b":                                false,
		"a/b":                                false,
		"urn:x:y":                            false,
		"^[a==b].c":                          false,
		"emails.^[type==work]":               false,
		"emails.^[a==b].^[c==d].value":       false,
		"emails.^[type==].value":             false,
		"emails.^[==work].value":             false,
		"emails.^[type=work].value":          false,
		"emails[type==work].value":           false,
		"emails.[type==work].value":          false,
		`emails.^[type=='work"].value`:       false,
		`emails.^[type=='wo.rk'].value`:      false,
		`emails.^[type eq "work"].value`:     false,
		"emails.^[type==work].value ":        false,
		"emails.^[type==work]value":          false,
		"emails.^[type==work]].value":        false,
		"emails.^[type==work\n].value":       true,
		"emails.^[ty pe==work].value":        false,
		"emails.x^[type==work].value":        false,
		"emails.^[type==work].^[type==home]": false,
	} {
		require.Equal(t, taken, takes(t, name), "the editor: %q", name)
		require.Equal(t, taken, follows(t, name), "the client: %q", name)
	}
	rapid.Check(t, func(t *rapid.T) {
		for range 30 {
			name := strings.Join(rapid.SliceOfN(segment(), 1, 4).Draw(t, "segments"), ".")
			require.Equal(t, takes(t, name), follows(t, name), "%q", name)
		}
	})
}

// segment is a name or a condition, or nearly.
func segment() *rapid.Generator[string] {
	of := rapid.SampledFrom[[]string]
	odd := rapid.StringOfN(rapid.RuneFrom([]rune(`a9'"]=[. é`)), 0, 3, -1)
	condition := rapid.Custom(func(t *rapid.T) string {
		chosen, is := of([]string{"type", "type", "primary", "9"}).Draw(t, "chosen"), of([]string{"==", "==", "==", "="}).Draw(t, "is")
		opening, closing := of([]string{"", "'", `"`}).Draw(t, "opening"), of([]string{"", "'", `"`}).Draw(t, "closing")
		return "^[" + chosen + is + opening + rapid.OneOf(of([]string{"work", "true"}), odd).Draw(t, "word") + closing + "]"
	})
	return rapid.OneOf(of([]string{"a", "emails", "b-9", "$ref"}), condition, condition, odd)
}

// takes says whether the editor saves an attribute of this external name.
func takes(t require.TestingT, name string) bool {
	if name == "" { // which the editor fills in
		return false
	}
	d := directory.New(directory.Options{})
	a, err := d.CreateApp("Immuta", "")
	require.NoError(t, err)
	err = d.SetAttributes(a.ID, []directory.Attribute{{Name: "grade", ExternalName: name, ExternalNamespace: scim.UserSchema}}, nil)
	if err != nil {
		require.ErrorAs(t, err, new(*directory.Invalid))
	}
	return err == nil
}

var attributeName = regexp.MustCompile(`^[A-Za-z$][A-Za-z0-9_$-]*$`)

// follows says whether the value stands in an account where the name leads, each of
// its conditions fulfilled, and nowhere else.
func follows(t require.TestingT, name string) bool {
	made := scim.CreateUser(scim.User{UserName: "ana", Attributes: []scim.Attribute{{Namespace: scim.UserSchema, Name: name, Value: "here"}}})
	account, bare := map[string]any{}, map[string]any{}
	require.NoError(t, json.Unmarshal(made.Body, &account))
	require.NoError(t, json.Unmarshal(scim.CreateUser(scim.User{UserName: "ana"}).Body, &bare))
	for standing := range bare {
		delete(account, standing)
	}
	led, there := leadsTo("here", account)
	return there && led == withoutQuotes(name)
}

// leadsTo writes the way to a value that stands alone, conditions without quotes.
func leadsTo(value string, in any) (string, bool) {
	o, isObject := in.(map[string]any)
	if !isObject || len(o) != 1 {
		return "", false
	}
	for name, inner := range o {
		list, isList := inner.([]any)
		switch {
		case !attributeName.MatchString(name):
			return "", false
		case inner == value:
			return name, true
		case isList && len(list) == 1:
			return leadsThrough(value, name, list[0])
		case isList:
			return "", false
		}
		rest, there := leadsTo(value, inner)
		return name + "." + rest, there
	}
	return "", false
}

// leadsThrough is the way through the one element of a list, which fulfils a
// condition.
func leadsThrough(value, name string, element any) (string, bool) {
	o, isObject := element.(map[string]any)
	if !isObject || len(o) != 2 {
		return "", false
	}
	for condition, word := range o {
		inner := map[string]any{}
		for other, v := range o {
			if other != condition {
				inner[other] = v
			}
		}
		rest, there := leadsTo(value, inner)
		if text, is := word.(string); there && is && attributeName.MatchString(condition) {
			return name + ".^[" + condition + "==" + text + "]." + rest, true
		}
		if flag, is := word.(bool); there && is && flag {
			return name + ".^[" + condition + "==true]." + rest, true
		}
	}
	return "", false
}

var quoted = regexp.MustCompile(`==(?:'([^'.]*)'|"([^".]*)")\]`)

func withoutQuotes(name string) string { return quoted.ReplaceAllString(name, "==$1$2]") }
