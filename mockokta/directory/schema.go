package directory

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// A DataType is what values of an attribute are, as the Profile Editor names it.
type DataType string

// The data types of Okta's schemas (documented). An array has Items of one of
// the scalar types but boolean.
const (
	String  DataType = "string"
	Boolean DataType = "boolean"
	Number  DataType = "number"
	Integer DataType = "integer"
	Array   DataType = "array"
)

// An Attribute is one that an administrator has added to the application's
// profile in the Profile Editor. It has no value for anybody until one is set on
// their assignment.
type Attribute struct {
	Name  string   // the variable name: letters, digits and underscores
	Title string   // the display name; empty means Name
	Type  DataType // empty means String, the editor's default (provider's page: documented)
	Items DataType // of an Array; empty means String

	// ExternalName is the attribute's name at the target, in which dots lead into
	// objects, as in "manager.value"; empty means Name (inference).
	ExternalName string
	// ExternalNamespace is the URN of the schema that the attribute stands in at
	// the target: that of an extension, or of the core User. It goes out as it was
	// typed, wherever that leads (another vendor's documentation). One that is no
	// URN is refused: the provider's page wants the form (documented), and how the
	// editor says so is inference. Without one the attribute can be made and is
	// never sent, as Okta's support says of attributes made before provisioning was
	// enabled (staff said); that weighs more than our inference that an empty one
	// would be refused too.
	ExternalNamespace string
}

// Sent says whether the target ever hears of the attribute.
func (a Attribute) Sent() bool { return a.ExternalNamespace != "" }

// ownNames is every name of the base profile and of the custom attributes.
func (a *app) ownNames() []string {
	return append(slices.Collect(maps.Keys(mapping)), names(a.attributes)...)
}

// sentNames is ownNames without what the target never hears of.
func (a *app) sentNames() []string {
	sent := slices.DeleteFunc(slices.Clone(a.attributes), func(at Attribute) bool { return !at.Sent() })
	return append(slices.Collect(maps.Keys(mapping)), names(sent)...)
}

func names(attributes []Attribute) []string {
	var all []string
	for _, a := range attributes {
		all = append(all, a.Name)
	}
	return all
}

// Attributes returns the custom attributes of an application's profile, in the
// order in which they were added.
func (d *Directory) Attributes(id AppID) ([]Attribute, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	return slices.Clone(a.attributes), nil
}

// SetAttributes adds custom attributes to an application's profile, or changes
// those that are there, and takes away those in remove, values and all. It does
// everything or nothing. The target hears of none of it: what Okta no longer
// maps stays there as it is, and is echoed by the next push (inference).
func (d *Directory) SetAttributes(id AppID, set []Attribute, remove []string) error {
	return d.alter(id, func(a *app) error {
		after := slices.DeleteFunc(slices.Clone(a.attributes), func(at Attribute) bool { return slices.Contains(remove, at.Name) })
		for _, at := range set {
			var err error
			if after, err = with(after, at.filled()); err != nil {
				return err
			}
		}
		a.attributes = after
		for _, as := range a.assigned {
			for _, name := range remove {
				if _, base := mapping[name]; !base {
					delete(as.Own, name)
				}
			}
		}
		return nil
	})
}

// filled is a with Okta's defaults in the empty places.
func (a Attribute) filled() Attribute {
	if a.Title == "" {
		a.Title = a.Name
	}
	if a.Type == "" {
		a.Type = String
	}
	if a.Type == Array && a.Items == "" {
		a.Items = String
	}
	if a.ExternalName == "" {
		a.ExternalName = a.Name
	}
	return a
}

// with is the attributes with one set, which is Invalid where the editor would
// not save it.
func with(all []Attribute, a Attribute) ([]Attribute, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	for _, other := range all {
		switch {
		case other.Name == a.Name && (other.Type != a.Type || other.Items != a.Items):
			return nil, &Invalid{Field: a.Name, Why: "The data type of an attribute cannot be changed: remove it first"}
		case other.Name != a.Name && other.ExternalNamespace != a.ExternalNamespace && strings.EqualFold(other.ExternalNamespace, a.ExternalNamespace):
			// Okta's answer is not known. The target would get one schema twice.
			return nil, &Invalid{Field: a.Name, Why: "The external namespace is that of " + other.Name + " in other letter case: spell it " + other.ExternalNamespace}
		}
	}
	if i := slices.IndexFunc(all, func(other Attribute) bool { return other.Name == a.Name }); i >= 0 {
		all[i] = a
		return all, nil
	}
	return append(all, a), nil
}

var (
	variable = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	external = regexp.MustCompile(`^[A-Za-z$][A-Za-z0-9_$-]*(\.[A-Za-z$][A-Za-z0-9_$-]*)*$`)
	// urn is RFC 8141's form: urn, a namespace of 2 to 32 letters, digits and
	// hyphens, and something in it, without blanks.
	urn = regexp.MustCompile(`^(?i:urn):[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]:[A-Za-z0-9._~!$&'()*+,;=:@/%-]+$`)
)

func (a Attribute) check() error {
	refused := func(why string, args ...any) error {
		return &Invalid{Field: a.Name, Why: fmt.Sprintf(why, args...)}
	}
	_, base := mapping[a.Name]
	scalar := a.Type == String || a.Type == Boolean || a.Type == Number || a.Type == Integer
	items := a.Items == String || a.Items == Number || a.Items == Integer
	switch {
	case !variable.MatchString(a.Name):
		return refused("A variable name begins with a letter and goes on with letters, digits and underscores")
	case base:
		return refused("The base profile has an attribute of this name")
	case a.Name == "groups":
		return refused("An attribute cannot be called groups (Okta, SCIM FAQ)")
	case !scalar && a.Type != Array:
		return refused("There is no data type %q", a.Type)
	case a.Type == Array && !items:
		return refused("An array holds string, number or integer, not %q", a.Items)
	case scalar && a.Items != "":
		return refused("Only an array has items")
	case !external.MatchString(a.ExternalName):
		return refused("The external name %q is no attribute name", a.ExternalName)
	case a.ExternalNamespace != "" && !urn.MatchString(a.ExternalNamespace):
		return refused("The external namespace %q is no URN, such as urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", a.ExternalNamespace)
	}
	return nil
}

// value is v as the attribute keeps it: nil for no value, which is also what an
// emptied text box and an empty list are. It is Invalid where the type differs.
func (a Attribute) value(v any) (any, error) {
	list, isList := v.([]any)
	switch {
	case v == nil, v == "" && a.Type == String, isList && len(list) == 0:
		return nil, nil
	case a.Type != Array:
		return v, a.fits(a.Type, v)
	case !isList:
		return nil, &Invalid{Field: a.Name, Why: "An array is expected"}
	}
	for _, e := range list {
		if err := a.fits(a.Items, e); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// fits checks one value as JSON has it. Whole numbers go as far as a client
// that reads JSON's numbers as IEEE doubles can tell them apart (RFC 8259,
// section 6).
func (a Attribute) fits(t DataType, v any) error {
	ok := false
	switch v := v.(type) {
	case string:
		ok = t == String
	case bool:
		ok = t == Boolean
	case float64:
		ok = t == Number || t == Integer && v == math.Trunc(v) && math.Abs(v) < 1<<53
	}
	if !ok {
		return &Invalid{Field: a.Name, Why: fmt.Sprintf("%v is not of type %s", v, t)}
	}
	return nil
}
