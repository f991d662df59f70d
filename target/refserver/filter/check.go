package filter

import (
	"fmt"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
)

// A Scope knows the attributes that a filter may speak of: a resource type, or a
// complex attribute for the filter between its brackets.
type Scope interface {
	Find(resource.Attr) (schema.Attribute, bool)
}

// Check says why a filter cannot be asked of a type: an attribute that it has
// not got, or a comparison that its type has not (RFC 7644, section 3.4.2.2, on
// boolean and binary). Extensions that no schema describes may have any.
func Check(e Expr, t schema.Type) error { return check(e, settled{t}) }

// CheckElement is Check for the filter between the brackets after an attribute.
func CheckElement(e Expr, of schema.Attribute) error { return check(e, of) }

// settled is a resource type whose attributes are resolved before they are found.
type settled struct{ schema.Type }

func (s settled) Find(a resource.Attr) (schema.Attribute, bool) {
	return s.Type.Find(s.Resolve(a, nil))
}

func check(e Expr, in Scope) error {
	switch e := e.(type) {
	case Not:
		return check(e.X, in)
	case And:
		return checkAll(e.Terms, in)
	case Or:
		return checkAll(e.Terms, in)
	case Present:
		_, err := lookup(e.Attr, in)
		return err
	case Has:
		d, err := lookup(e.Attr, in)
		if err != nil || d.Type == "" {
			return err
		}
		if !d.MultiValued || d.Type != schema.Complex {
			return fmt.Errorf("%s is not multi-valued and complex", e.Attr)
		}
		return check(e.Where, d)
	case Compare:
		d, err := lookup(e.Attr, in)
		if err != nil || d.Type == "" {
			return err
		}
		return comparable(e, d)
	}
	return nil
}

func checkAll(terms []Expr, in Scope) error {
	for _, t := range terms {
		if err := check(t, in); err != nil {
			return err
		}
	}
	return nil
}

// lookup finds a definition. Of an unknown extension there is none, and it is no
// error: the definition's Type is then empty.
func lookup(a resource.Attr, in Scope) (schema.Attribute, error) {
	d, ok := in.Find(a)
	if !ok && (a.URN == "" || isCore(a, in)) {
		return d, fmt.Errorf("there is no attribute %s", a)
	}
	if d.Returned == "never" {
		return d, fmt.Errorf("%s cannot be asked for", a)
	}
	return d, nil
}

func isCore(a resource.Attr, in Scope) bool {
	s, ok := in.(settled)
	if !ok {
		return false
	}
	urn := s.Resolve(a, nil).URN
	return urn == "" || s.Knows(urn)
}

func comparable(e Compare, d schema.Attribute) error {
	if d.Type == schema.Complex {
		value, ok := d.Find(resource.Attr{Name: "value"})
		if !ok {
			return fmt.Errorf("%s is complex: a sub-attribute is to be named", e.Attr)
		}
		d = value
	}
	ordered := e.Op != Equal && e.Op != NotEqual
	if ordered && (d.Type == schema.Boolean || d.Type == schema.Binary) {
		return fmt.Errorf("%s is %s, which has no %s", e.Attr, d.Type, e.Op)
	}
	if e.Value == nil {
		if ordered {
			return fmt.Errorf("%s: %s wants a value, not null", e.Attr, e.Op)
		}
		return nil
	}
	fits := false
	switch e.Value.(type) {
	case bool:
		fits = d.Type == schema.Boolean
	case resource.Number:
		fits = d.Type == schema.Integer && e.Op != Contains && e.Op != StartsWith && e.Op != EndsWith
	case string:
		fits = d.Type != schema.Boolean && d.Type != schema.Integer
	}
	if !fits {
		return fmt.Errorf("%s is %s, which cannot be compared with %s", e.Attr, d.Type, resource.AppendJSON(nil, e.Value))
	}
	return nil
}
