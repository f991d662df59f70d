package directory

import (
	"fmt"
	"math"
	"reflect"
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

// An Attribute is one of the application's profile in the Profile Editor: of the
// base profile, or one that an administrator has added.
type Attribute struct {
	Name  string   // the variable name: letters, digits and underscores
	Title string   // the display name; empty means Name
	Type  DataType // empty means String, the editor's default (provider's page: documented)
	Items DataType // of an Array; empty means String
	// Enum is the list of values that are allowed, or of an array's elements; empty
	// allows all of the type.
	Enum []Choice
	// Personal is the scope that Okta's API calls SELF: a group cannot set the
	// attribute, only the person's own assignment and the mapping can (documented).
	Personal bool

	// ExternalName is the attribute's name at the target, in which dots lead into
	// objects, as in "manager.value", and a condition chooses one of several values,
	// as in "emails.^[primary==true].value" (vendors' guides); empty means Name
	// (inference).
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

// A Choice is a value of an enumerated list, with what the console shows for it.
type Choice struct {
	Const any
	Title string
}

// Sent says whether the target ever hears of the attribute.
func (a Attribute) Sent() bool { return a.ExternalNamespace != "" }

// A schema is an application's profile as the Profile Editor has it, userName
// apart, and what fills it. It is never altered: the editor makes another.
type schema struct {
	attributes []Attribute // those of the base profile first
	mappings   map[string]PropertyMapping
	sources    []source // of the attributes, one for each
}

// A source is what an attribute is filled from; without an expression nothing is
// mapped to it.
type source struct {
	expression
	createOnly bool
}

// follows says whether a change of what is mapped changes the attribute.
func (s source) follows() bool { return s.expression != nil && !s.createOnly }

func newSchema(attributes []Attribute, mappings map[string]PropertyMapping) (*schema, error) {
	s := &schema{attributes, mappings, make([]source, len(attributes))}
	for i, a := range attributes {
		m, mapped := mappings[a.Name]
		if !mapped {
			continue
		}
		e, err := parse(m.Expression)
		if err != nil {
			return nil, &Invalid{Field: a.Name, Why: err.Error()}
		}
		s.sources[i] = source{e, m.CreateOnly}
	}
	return s, nil
}

func (s *schema) has(name string) bool { return s.attribute(name) != nil }

func (s *schema) attribute(name string) *Attribute {
	if i := slices.IndexFunc(s.attributes, func(a Attribute) bool { return a.Name == name }); i >= 0 {
		return &s.attributes[i]
	}
	return nil
}

func (s *schema) custom() []Attribute { return s.attributes[len(base):] }

// Attributes returns the custom attributes of an application's profile, in the
// order in which they were added.
func (d *Directory) Attributes(id AppID) ([]Attribute, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	return slices.Clone(a.schema.custom()), nil
}

// SetAttributes adds custom attributes to an application's profile, or changes
// those that are there, and takes away those in remove, values, mappings and all.
// The base profile stays as it is: to add one of its attributes as it stands is
// nothing new. It does everything or nothing. The target hears of none of it: what
// Okta no longer maps stays there as it is, and is echoed by the next push
// (inference).
func (d *Directory) SetAttributes(id AppID, set []Attribute, remove []string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return err
	}
	remove = slices.DeleteFunc(slices.Clone(remove), func(name string) bool { return !slices.Contains(names(a.schema.custom()), name) })
	attributes, mappings := []Attribute{}, map[string]PropertyMapping{}
	for _, at := range a.schema.attributes {
		if !slices.Contains(remove, at.Name) {
			attributes = append(attributes, at)
		}
	}
	for _, at := range set {
		if attributes, err = with(attributes, at.filled()); err != nil {
			return err
		}
	}
	for name, m := range a.schema.mappings {
		if !slices.Contains(remove, name) {
			mappings[name] = m
		}
	}
	after, err := newSchema(attributes, mappings)
	if err != nil {
		return err
	}
	a.schema, a.LastUpdated = after, d.now()
	for _, ga := range a.groups {
		ga.Profile = ga.Profile.without(remove)
	}
	for _, as := range a.assigned {
		as.schema = after
		as.forget(remove)
		if ga := a.assignedGroup(as.Group); ga != nil {
			as.group = ga.Profile
		}
	}
	d.log(mappingChanged, a.target())
	return nil
}

func names(attributes []Attribute) []string {
	var all []string
	for _, a := range attributes {
		all = append(all, a.Name)
	}
	return all
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
	a.Enum = slices.Clone(a.Enum)
	return a
}

// with is the attributes with one set, which is Invalid where the editor would
// not save it.
func with(all []Attribute, a Attribute) ([]Attribute, error) {
	if inBase(a.Name) {
		return all, asInBase(all, a)
	}
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

// asInBase is an error when the base profile has the attribute otherwise.
func asInBase(all []Attribute, a Attribute) error {
	for _, b := range all {
		if b.Name == a.Name {
			a.Title = b.Title
			if reflect.DeepEqual(a, b) {
				return nil
			}
		}
	}
	return &Invalid{Field: a.Name, Why: "The base profile has an attribute of this name, and it cannot be changed"}
}

var (
	variable = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	member   = regexp.MustCompile(`^[A-Za-z$][A-Za-z0-9_$-]*$`)
	chosen   = regexp.MustCompile(`^\^\[[A-Za-z$][A-Za-z0-9_$-]*==(?:'[^']*'|"[^"]*"|[^'"\]]+)\]$`)
	// urn is RFC 8141's form: urn, a namespace of 2 to 32 letters, digits and
	// hyphens, and something in it, without blanks.
	urn = regexp.MustCompile(`^(?i:urn):[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]:[A-Za-z0-9._~!$&'()*+,;=:@/%-]+$`)
)

func (a Attribute) check() error {
	refused := func(why string, args ...any) error {
		return &Invalid{Field: a.Name, Why: fmt.Sprintf(why, args...)}
	}
	scalar := a.Type == String || a.Type == Boolean || a.Type == Number || a.Type == Integer
	items := a.Items == String || a.Items == Number || a.Items == Integer
	switch {
	case !variable.MatchString(a.Name):
		return refused("A variable name begins with a letter and goes on with letters, digits and underscores")
	case a.Name == "groups":
		return refused("An attribute cannot be called groups (Okta, SCIM FAQ)")
	case !scalar && a.Type != Array:
		return refused("There is no data type %q", a.Type)
	case a.Type == Array && !items:
		return refused("An array holds string, number or integer, not %q", a.Items)
	case scalar && a.Items != "":
		return refused("Only an array has items")
	case a.ExternalNamespace != "" && !urn.MatchString(a.ExternalNamespace):
		return refused("The external namespace %q is no URN, such as urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", a.ExternalNamespace)
	}
	if why := notExternal(a.ExternalName); why != "" {
		return refused("The external name %q %s", a.ExternalName, why)
	}
	return a.checkEnum()
}

// notExternal is why a name cannot be an external one; "" when it can.
func notExternal(name string) string {
	segments := strings.Split(name, ".")
	for i, s := range segments {
		switch {
		case member.MatchString(s):
		case !chosen.MatchString(s):
			return "is no attribute name: dots lead from one to the next, and ^[type==work] chooses one of several values"
		case i == 0 || !member.MatchString(segments[i-1]):
			return "chooses without saying of what: a condition stands behind a name, as in emails.^[primary==true].value"
		case i == len(segments)-1:
			return "ends in a condition: say which member is meant, as in emails.^[primary==true].value"
		}
	}
	return ""
}

func (a Attribute) checkEnum() error {
	t := a.Type
	if t == Array {
		t = a.Items
	}
	for i, c := range a.Enum {
		if !fits(t, c.Const) || c.Const == "" {
			return &Invalid{Field: a.Name, Why: fmt.Sprintf("The choice %v is not of type %s", c.Const, t)}
		}
		for _, other := range a.Enum[:i] {
			if reflect.DeepEqual(other.Const, c.Const) {
				return &Invalid{Field: a.Name, Why: fmt.Sprintf("The choice %v is there twice", c.Const)}
			}
		}
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
		return v, a.takes(a.Type, v)
	case !isList:
		return nil, &Invalid{Field: a.Name, Why: "An array is expected"}
	}
	for _, e := range list {
		if err := a.takes(a.Items, e); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// takes checks one value, or one element.
func (a Attribute) takes(t DataType, v any) error {
	if !fits(t, v) {
		return &Invalid{Field: a.Name, Why: fmt.Sprintf("%v is not of type %s", v, t)}
	}
	if len(a.Enum) > 0 && !slices.ContainsFunc(a.Enum, func(c Choice) bool { return reflect.DeepEqual(c.Const, v) }) {
		return &Invalid{Field: a.Name, Why: fmt.Sprintf("%v is not among the values of the enumerated list", v)}
	}
	return nil
}

// fits checks one value as JSON has it. Whole numbers go as far as a client
// that reads JSON's numbers as IEEE doubles can tell them apart (RFC 8259,
// section 6).
func fits(t DataType, v any) bool {
	switch v := v.(type) {
	case string:
		return t == String
	case bool:
		return t == Boolean
	case float64:
		return t == Number || t == Integer && v == math.Trunc(v) && math.Abs(v) < 1<<53
	}
	return false
}

// mapped is what a person's profile in Okta gives the attribute by a mapping. What
// is not of the attribute's type gives it nothing (inference).
func (a Attribute) mapped(s source, p Profile) any {
	if s.expression == nil {
		return nil
	}
	v, err := a.value(s.of(p))
	if err != nil {
		return nil
	}
	return v
}
