package foreign

import (
	"testing"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/schema"
	"github.com/scim2/filter-parser/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func userShape() shape {
	return shape{schema.CoreUserSchema(), []schema.Schema{schema.ExtensionEnterpriseUser()}}
}

// carol returns a fresh account to operate on.
func carol() scim.ResourceAttributes {
	return scim.ResourceAttributes{
		"userName":    "carol",
		"name":        map[string]any{"givenName": "Carol", "familyName": "Oak"},
		"emails":      []any{email("c@work", "work", true), email("c@home", "home", false)},
		enterpriseURN: map[string]any{"department": "Ops"},
	}
}

func email(value, kind string, primary bool) map[string]any {
	return map[string]any{"value": value, "type": kind, "primary": primary}
}

func operation(t *testing.T, op, path string, value any) scim.PatchOperation {
	t.Helper()
	if path == "" {
		return scim.PatchOperation{Op: op, Value: value}
	}
	parsed, err := filter.ParsePath([]byte(path))
	require.NoError(t, err)
	return scim.PatchOperation{Op: op, Path: &parsed, Value: value}
}

func TestPatchChangesWhatThePathNames(t *testing.T) {
	work, home := email("c@work", "work", true), email("c@home", "home", false)
	for name, tt := range map[string]struct {
		op, path string
		value    any
		member   string // the one member of the resource that changes
		want     any    // nil when it is gone
	}{
		"an attribute is set":                            {"add", "title", "Analyst", "title", "Analyst"},
		"its name may be in other letter case":           {"replace", "USERNAME", "caro", "userName", "caro"},
		"its name may carry the schema":                  {"replace", userURN + ":userName", "caro", "userName", "caro"},
		"externalId is an attribute too":                 {"replace", "externalid", "00u", "externalId", "00u"},
		"one sub-attribute leaves the others":            {"replace", "name.givenName", "Caro", "name", map[string]any{"givenName": "Caro", "familyName": "Oak"}},
		"a sub-attribute is removed":                     {"remove", "name.givenName", nil, "name", map[string]any{"familyName": "Oak"}},
		"a complex attribute is laid over the old":       {"replace", "name", map[string]any{"givenName": "Caro"}, "name", map[string]any{"givenName": "Caro", "familyName": "Oak"}},
		"a complex attribute is removed":                 {"remove", "name", nil, "name", nil},
		"a member's name may be a path":                  {"replace", "", map[string]any{"name.familyName": "Elm"}, "name", map[string]any{"givenName": "Carol", "familyName": "Elm"}},
		"a list is replaced whole":                       {"replace", "emails", []any{home}, "emails", []any{home}},
		"an empty list removes":                          {"replace", "emails", []any{}, "emails", nil},
		"an element is added":                            {"add", "emails", []any{email("c@else", "other", false)}, "emails", []any{work, home, email("c@else", "other", false)}},
		"one with the same value and type is not":        {"add", "emails", []any{email("c@home", "home", false)}, "emails", []any{work, home}},
		"the same value of another type is":              {"add", "emails", []any{email("c@work", "other", false)}, "emails", []any{work, home, email("c@work", "other", false)}},
		"a new primary value dethrones the old":          {"add", "emails", []any{email("c@else", "other", true)}, "emails", []any{email("c@work", "work", false), home, email("c@else", "other", true)}},
		"so does an old one that becomes primary":        {"replace", `emails[type eq "home"].primary`, true, "emails", []any{email("c@work", "work", false), email("c@home", "home", true)}},
		"the selected element is removed":                {"remove", `emails[type eq "work"]`, nil, "emails", []any{home}},
		"the last element takes the list with it":        {"remove", `emails[type eq "work" or type eq "home"]`, nil, "emails", nil},
		"nothing selected, nothing removed":              {"remove", `emails[type eq "other"]`, nil, "emails", []any{work, home}},
		"a sub-attribute of the selected one is set":     {"replace", `emails[type eq "home"].value`, "c@cabin", "emails", []any{work, email("c@cabin", "home", false)}},
		"a sub-attribute of all is removed":              {"remove", "emails.type", nil, "emails", []any{map[string]any{"value": "c@work", "primary": true}, map[string]any{"value": "c@home", "primary": false}}},
		"the selected element is replaced":               {"replace", `emails[type eq "home"]`, []any{map[string]any{"value": "c@cabin"}}, "emails", []any{work, map[string]any{"value": "c@cabin"}}},
		"something is added to the selected element":     {"add", `emails[type eq "home"]`, []any{map[string]any{"display": "Home"}}, "emails", []any{work, map[string]any{"value": "c@home", "type": "home", "primary": false, "display": "Home"}}},
		"an attribute of the extension is set":           {"replace", enterpriseURN + ":costCenter", "42", enterpriseURN, map[string]any{"department": "Ops", "costCenter": "42"}},
		"a sub-attribute of the extension is set":        {"add", enterpriseURN + ":manager.value", "u-1", enterpriseURN, map[string]any{"department": "Ops", "manager": map[string]any{"value": "u-1"}}},
		"the last attribute takes the extension with it": {"remove", enterpriseURN + ":department", nil, enterpriseURN, nil},
	} {
		t.Run(name, func(t *testing.T) {
			before := carol()
			got, err := userShape().patch(before, []scim.PatchOperation{operation(t, tt.op, tt.path, tt.value)})
			require.NoError(t, err)

			want := carol()
			if want[tt.member] = tt.want; tt.want == nil {
				delete(want, tt.member)
			}
			assert.Equal(t, want, got)
			assert.Equal(t, carol(), before, "the account that was patched is left alone")
		})
	}
}
