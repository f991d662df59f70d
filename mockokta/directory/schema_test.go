package directory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

const demo = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:DEMOEXT"

func (o office) define(attributes ...directory.Attribute) {
	o.t.Helper()
	o.must(o.SetAttributes(o.app, attributes, nil))
}

func TestAnAttributeHasTheEditorsDefaults(t *testing.T) {
	o := open(t)
	o.define(directory.Attribute{Name: "costCode", ExternalNamespace: demo}, directory.Attribute{Name: "projects", Type: directory.Array})
	got, err := o.Attributes(o.app)
	o.must(err)
	require.Empty(t, cmp.Diff([]directory.Attribute{
		{Name: "costCode", Title: "costCode", Type: directory.String, ExternalName: "costCode", ExternalNamespace: demo},
		{Name: "projects", Title: "projects", Type: directory.Array, Items: directory.String, ExternalName: "projects"},
	}, got))
}

func TestTheEditorRefuses(t *testing.T) {
	named := func(change func(*directory.Attribute)) directory.Attribute {
		a := directory.Attribute{Name: "costCode", ExternalNamespace: demo}
		change(&a)
		return a
	}
	for name, a := range map[string]directory.Attribute{
		"a name with a blank":                 {Name: "cost code"},
		"no name":                             {},
		"a name of the base profile":          {Name: "title"},
		"the application username":            {Name: "userName"},
		"a name of the base, elsewhere":       {Name: "department", ExternalNamespace: demo},
		"the name groups":                     {Name: "groups"},
		"a type that there is not":            named(func(a *directory.Attribute) { a.Type = "date" }),
		"an array of booleans":                named(func(a *directory.Attribute) { a.Type, a.Items = directory.Array, directory.Boolean }),
		"items of what is no array":           named(func(a *directory.Attribute) { a.Items = directory.String }),
		"an external name with a blank":       named(func(a *directory.Attribute) { a.ExternalName = "cost code" }),
		"an external name that ends in a dot": named(func(a *directory.Attribute) { a.ExternalName = "manager." }),
		"a condition of nothing":              named(func(a *directory.Attribute) { a.ExternalName = "^[primary==true].value" }),
		"a condition on a condition":          named(func(a *directory.Attribute) { a.ExternalName = "emails.^[primary==true].^[type==work].value" }),
		"a condition at the end":              named(func(a *directory.Attribute) { a.ExternalName = "emails.^[primary==true]" }),
		"a condition without a value":         named(func(a *directory.Attribute) { a.ExternalName = "emails.^[primary==].value" }),
		"a filter for a condition":            named(func(a *directory.Attribute) { a.ExternalName = `emails[type eq "work"].value` }),
		"a condition with a dot in its word":  named(func(a *directory.Attribute) { a.ExternalName = "emails.^[type=='a.b'].value" }),
		"a choice of another type":            named(func(a *directory.Attribute) { a.Enum = []directory.Choice{{Const: 1., Title: "one"}} }),
		"a choice that is there twice":        named(func(a *directory.Attribute) { a.Enum = []directory.Choice{{Const: "a"}, {Const: "a"}} }),
		"an empty choice":                     named(func(a *directory.Attribute) { a.Enum = []directory.Choice{{Const: ""}} }),
		"a namespace that is a word":          named(func(a *directory.Attribute) { a.ExternalNamespace = "demo" }),
		"a namespace that is urn: alone":      named(func(a *directory.Attribute) { a.ExternalNamespace = "urn:" }),
		"a namespace without a name in it":    named(func(a *directory.Attribute) { a.ExternalNamespace = "urn:example" }),
		"a namespace with blanks":             named(func(a *directory.Attribute) { a.ExternalNamespace = "urn:example:my schema" }),
		"a namespace that is a URL":           named(func(a *directory.Attribute) { a.ExternalNamespace = "https://example.test/schema" }),
		"another type for one that is there":  {Name: "level", Type: directory.String, ExternalNamespace: demo},
		"one namespace in two letter cases": named(func(a *directory.Attribute) {
			a.ExternalNamespace = "URN:ietf:params:scim:schemas:extension:enterprise:2.0:demoext"
		}),
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.define(directory.Attribute{Name: "level", Type: directory.Integer, ExternalNamespace: demo})
			err := o.SetAttributes(o.app, []directory.Attribute{{Name: "before"}, a}, nil)
			var invalid *directory.Invalid
			require.ErrorAs(t, err, &invalid)
			kept, err := o.Attributes(o.app)
			o.must(err)
			require.Len(t, kept, 1, "nothing of a refused request is kept")
		})
	}
}

func TestTheEditorTakes(t *testing.T) {
	for _, urn := range []string{demo, "urn:example:okta:2.0:User", "URN:example:x", "urn:ietf:params:scim:schemas:core:2.0:User", ""} {
		o := open(t)
		o.define(directory.Attribute{Name: "costCode", ExternalName: "manager.value", ExternalNamespace: urn})
	}
}

// Where an external name leads is for package scim to say; the editor takes what it
// reads.
func TestTheEditorTakesPaths(t *testing.T) {
	for _, name := range []string{"emails.^[primary==true].value", "phoneNumbers.^[type==mobile].value", "roles.^[type=='a b'].value", `x.^[y=="z"].a.b`, "$ref", "manager.value"} {
		o := open(t)
		o.define(directory.Attribute{Name: "x", ExternalName: name, ExternalNamespace: demo})
	}
}

func TestTheBaseProfileAsItStandsIsNothingNew(t *testing.T) {
	o := open(t)
	o.define(directory.Attribute{Name: "department", ExternalNamespace: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"})
	custom, err := o.Attributes(o.app)
	o.must(err)
	require.Empty(t, custom)
	o.must(o.SetAttributes(o.app, nil, []string{"department"}))
	o.assign(o.ana)
	o.has(directory.Profile{"department": "Tools"})
	require.Equal(t, "Tools", o.told()["department"], "and it cannot be removed")
}

func TestValuesHaveTheTypeOfTheirAttribute(t *testing.T) {
	attributes := []directory.Attribute{
		{Name: "costCode"},
		{Name: "trusted", Type: directory.Boolean},
		{Name: "level", Type: directory.Integer},
		{Name: "quota", Type: directory.Number},
		{Name: "projects", Type: directory.Array},
		{Name: "floors", Type: directory.Array, Items: directory.Integer},
		{Name: "size", Enum: []directory.Choice{{Const: "S", Title: "Small"}, {Const: "L", Title: "Large"}}},
		{Name: "stars", Type: directory.Array, Items: directory.Number, Enum: []directory.Choice{{Const: 1.}, {Const: 2.}}},
	}
	for name, tt := range map[string]struct {
		attribute string
		value     any
		kept      any // nil: refused or no value
		refused   bool
	}{
		"text":                       {attribute: "costCode", value: "7", kept: "7"},
		"text that is a number":      {attribute: "costCode", value: 7., refused: true},
		"empty text is no value":     {attribute: "costCode", value: ""},
		"null is no value":           {attribute: "level", value: nil},
		"false is a value":           {attribute: "trusted", value: false, kept: false},
		"a boolean as text":          {attribute: "trusted", value: "true", refused: true},
		"empty text for a boolean":   {attribute: "trusted", value: "", refused: true},
		"zero is a value":            {attribute: "level", value: 0., kept: 0.},
		"an integer with a fraction": {attribute: "level", value: 1.5, refused: true},
		"an integer beyond doubles":  {attribute: "level", value: 9007199254740992., refused: true},
		"a decimal":                  {attribute: "quota", value: 2.5, kept: 2.5},
		"a list":                     {attribute: "projects", value: []any{"a", "b"}, kept: []any{"a", "b"}},
		"an empty list is no value":  {attribute: "projects", value: []any{}},
		"a list with a number in it": {attribute: "projects", value: []any{"a", 1.}, refused: true},
		"text for a list":            {attribute: "projects", value: "a", refused: true},
		"a list of integers":         {attribute: "floors", value: []any{1., 2.}, kept: []any{1., 2.}},
		"one of the choices":         {attribute: "size", value: "L", kept: "L"},
		"the title of a choice":      {attribute: "size", value: "Large", refused: true},
		"none of the choices":        {attribute: "size"},
		"several of the choices":     {attribute: "stars", value: []any{2., 1.}, kept: []any{2., 1.}},
		"one that is no choice":      {attribute: "stars", value: []any{2., 3.}, refused: true},
		"a number for a title":       {attribute: "title", value: 7., refused: true},
		"an object":                  {attribute: "costCode", value: map[string]any{}, refused: true},
		"what nobody has defined":    {attribute: "nobody", value: "x", refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.define(attributes...)
			o.assign(o.ana)
			_, err := o.Edit(o.app, o.ana, directory.Profile{tt.attribute: tt.value})
			require.Equal(t, tt.refused, err != nil, "%v", err)
			as, err := o.Assignment(o.app, o.ana)
			o.must(err)
			p, err := o.Person(o.ana)
			o.must(err)
			require.Equal(t, tt.kept, as.Profile(p)[tt.attribute])
		})
	}
}

func TestAValueMattersWhereTheTargetHearsOfIt(t *testing.T) {
	changed := directory.ProfileChanged{}
	for name, tt := range map[string]struct {
		attribute directory.Attribute
		before    any
		value     any
		matters   bool
	}{
		"a new value":                      {directory.Attribute{Name: "x", ExternalNamespace: demo}, nil, "1", true},
		"another value":                    {directory.Attribute{Name: "x", ExternalNamespace: demo}, "1", "2", true},
		"a cleared value":                  {directory.Attribute{Name: "x", ExternalNamespace: demo}, "1", nil, true},
		"a value that is emptied":          {directory.Attribute{Name: "x", ExternalNamespace: demo}, "1", "", true},
		"the same value":                   {directory.Attribute{Name: "x", ExternalNamespace: demo}, "1", "1", false},
		"no value in place of none":        {directory.Attribute{Name: "x", ExternalNamespace: demo}, nil, "", false},
		"a value that has no namespace":    {directory.Attribute{Name: "x"}, nil, "1", false},
		"the same list":                    {directory.Attribute{Name: "x", Type: directory.Array, ExternalNamespace: demo}, []any{"a"}, []any{"a"}, false},
		"a list in another order":          {directory.Attribute{Name: "x", Type: directory.Array, ExternalNamespace: demo}, []any{"a", "b"}, []any{"b", "a"}, true},
		"a value of an attribute of title": {directory.Attribute{Name: "x", ExternalName: "title", ExternalNamespace: "urn:ietf:params:scim:schemas:core:2.0:User"}, nil, "1", true},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.define(tt.attribute)
			_, err := o.Assign(o.app, o.ana, directory.Profile{"x": tt.before})
			o.must(err)
			c, err := o.Edit(o.app, o.ana, directory.Profile{"x": tt.value})
			o.must(err)
			changed.Person = o.ana
			require.Equal(t, tt.matters, c == changed, "%v", c)
		})
	}
}

func TestARemovedAttributeTakesItsValuesAlong(t *testing.T) {
	o := open(t)
	o.define(directory.Attribute{Name: "x", ExternalNamespace: demo})
	_, err := o.Assign(o.app, o.ana, directory.Profile{"x": "1"})
	o.must(err)
	o.must(o.SetAttributes(o.app, nil, []string{"x"}))
	o.define(directory.Attribute{Name: "x", Type: directory.Integer, ExternalNamespace: demo})
	as, err := o.Assignment(o.app, o.ana)
	o.must(err)
	require.NotContains(t, as.Own, "x")
}
