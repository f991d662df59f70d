// Package resource is what a SCIM resource is made of: a tree of attributes
// whose names do not care for letter case and whose order is kept (RFC 7643,
// section 2.1).
//
// It knows no schema and no protocol; filters, patches, projection and the type
// checks all work on its trees.
package resource

import "strings"

// A Value is nil, a bool, a string, a [Number], a [List] or an [*Object].
type Value = any

// A Number is a JSON number as it was written; it is given back digit for digit.
type Number string

// A List is a multi-valued attribute.
type List []Value

// A Member is one attribute: the name as it was written, and its value.
type Member struct {
	Name  string
	Value Value
}

// An Object is a complex attribute, or a whole resource. The zero value is
// empty and ready to use. A nil *Object can be read.
type Object struct{ members []Member }

// Of makes an object of its members, in their order.
func Of(members ...Member) *Object { return &Object{members} }

// Members are the attributes in order. The slice is not to be altered.
func (o *Object) Members() []Member {
	if o == nil {
		return nil
	}
	return o.members
}

// Len is the number of attributes.
func (o *Object) Len() int { return len(o.Members()) }

// Lookup returns the value of an attribute, and whether it is there.
func (o *Object) Lookup(name string) (Value, bool) {
	if i := o.find(name); i >= 0 {
		return o.members[i].Value, true
	}
	return nil, false
}

// Get returns the value of an attribute; nil when it is not there.
func (o *Object) Get(name string) Value {
	v, _ := o.Lookup(name)
	return v
}

// Text returns an attribute that is a string; "" when it is absent or is not one.
func (o *Object) Text(name string) string {
	s, _ := o.Get(name).(string)
	return s
}

// Object returns an attribute that is complex; nil when it is absent or is not.
func (o *Object) Object(name string) *Object {
	c, _ := o.Get(name).(*Object)
	return c
}

// List returns an attribute that is multi-valued; nil when it is absent or is not.
func (o *Object) List(name string) List {
	l, _ := o.Get(name).(List)
	return l
}

// Set gives an attribute a value. One that is there keeps its place and the
// spelling of its name.
func (o *Object) Set(name string, v Value) {
	if i := o.find(name); i >= 0 {
		o.members[i].Value = v
		return
	}
	o.members = append(o.members, Member{name, v})
}

// Remove takes an attribute away. It is no error when it is not there.
func (o *Object) Remove(name string) {
	if i := o.find(name); i >= 0 {
		o.members = append(o.members[:i:i], o.members[i+1:]...)
	}
}

func (o *Object) find(name string) int {
	for i, m := range o.Members() {
		if strings.EqualFold(m.Name, name) {
			return i
		}
	}
	return -1
}

// Clone is a copy that shares nothing that can be altered.
func (o *Object) Clone() *Object {
	if o == nil {
		return nil
	}
	c := &Object{members: make([]Member, len(o.members))}
	for i, m := range o.members {
		c.members[i] = Member{m.Name, Clone(m.Value)}
	}
	return c
}

// Clone is a copy of a value that shares nothing that can be altered.
func Clone(v Value) Value {
	switch v := v.(type) {
	case *Object:
		return v.Clone()
	case List:
		c := make(List, len(v))
		for i, e := range v {
			c[i] = Clone(e)
		}
		return c
	}
	return v
}

// Equal says whether two values are the same: names without regard to letter
// case and order, strings to the byte, lists element for element.
func Equal(a, b Value) bool {
	switch a := a.(type) {
	case *Object:
		b, ok := b.(*Object)
		return ok && a.equal(b)
	case List:
		b, ok := b.(List)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !Equal(a[i], b[i]) {
				return false
			}
		}
		return true
	}
	switch b.(type) {
	case *Object, List:
		return false
	}
	return a == b
}

func (o *Object) equal(b *Object) bool {
	if o.Len() != b.Len() {
		return false
	}
	for _, m := range o.Members() {
		if v, ok := b.Lookup(m.Name); !ok || !Equal(m.Value, v) {
			return false
		}
	}
	return true
}

// Compact drops what SCIM calls unassigned: null, empty lists and empty objects
// are the same as an absent attribute (RFC 7643, section 2.5). Empty strings stay.
// It alters v and returns it; nil when nothing is left.
func Compact(v Value) Value {
	switch v := v.(type) {
	case *Object:
		kept := v.members[:0]
		for _, m := range v.members {
			if m.Value = Compact(m.Value); m.Value != nil {
				kept = append(kept, m)
			}
		}
		if v.members = kept; len(kept) == 0 {
			return nil
		}
		return v
	case List:
		kept := v[:0]
		for _, e := range v {
			if e = Compact(e); e != nil {
				kept = append(kept, e)
			}
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	}
	return v
}
