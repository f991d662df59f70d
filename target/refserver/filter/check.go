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
// An attribute without a type is one that no schema describes: its elements may
// have any.
func CheckElement(e Expr, of schema.Attribute) error {
	if of.Type == "" {
		return check(e, anything{})
	}
	return check(e, of)
}

// anything is the scope of what no schema describes.
type anything struct{}

func (anything) Find(resource.Attr) (schema.Attribute, bool) { return schema.Attribute{}, true }

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
		if err != nil {
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
	if !takes(e.Op, e.Value) {
		return fmt.Errorf("%s has no meaning: true, false and null take eq and ne, and a number has no parts", e)
	}
	if d.Type == "" || e.Value == nil {
		return nil
	}
	return fits(e, d)
}

// takes says whether a relation has a meaning for a value of this kind: booleans
// and null stand in no order, and numbers have no parts.
func takes(op Op, v resource.Value) bool {
	switch v.(type) {
	case nil, bool:
		return op == Equal || op == NotEqual
	case resource.Number:
		return !ofText(op)
	}
	return true
}

func ofText(op Op) bool { return op == Contains || op == StartsWith || op == EndsWith }

// fits compares the kind of the value with the attribute's type. What is binary
// stands in no order.
func fits(e Compare, d schema.Attribute) error {
	ok := false
	switch v := e.Value.(type) {
	case bool:
		ok = d.Type == schema.Boolean
	case resource.Number:
		ok = d.Type == schema.Integer
	case string:
		switch d.Type {
		case schema.Boolean, schema.Integer:
		case schema.Binary:
			ok = e.Op == Equal || e.Op == NotEqual
		case schema.DateTime:
			_, err := schema.ParseTime(v)
			ok = err == nil || ofText(e.Op)
		default:
			ok = true
		}
	}
	if !ok {
		return fmt.Errorf("%s is %s, which cannot be asked for %s %s", e.Attr, d.Type, e.Op, resource.AppendJSON(nil, e.Value))
	}
	return nil
}
