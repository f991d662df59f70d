package schema

import "github.com/scimproof/scimproof/target/refserver/resource"

// DropReadOnly takes away what clients may not write: a write that repeats it is
// no error (RFC 7644, sections 3.3 and 3.5.1). What is never returned is taken
// away too: the one such attribute is the password, and the reference server has
// no use for one; sign-on is the identity provider's. It alters r, which is
// compact, and leaves it so.
func (t Type) DropReadOnly(r *resource.Object) {
	for _, among := range t.attributes() {
		dropReadOnly(r, among)
	}
}

// attributes are those of the base schema, the common ones, and each extension as
// one complex attribute.
func (t Type) attributes() [][]Attribute {
	var extensions []Attribute
	for _, s := range t.Extensions {
		extensions = append(extensions, s.whole())
	}
	return [][]Attribute{t.Base.Attributes, common, extensions}
}

func dropReadOnly(o *resource.Object, among []Attribute) {
	for _, a := range among {
		v := o.Get(a.Name)
		if v == nil {
			continue
		}
		if a.Mutability == ReadOnly || a.Returned == "never" {
			v = nil
		}
		if v = writablePart(v, a.Sub); v == nil {
			o.Remove(a.Name)
		} else {
			o.Set(a.Name, v)
		}
	}
}

// writablePart is a complex value, or several, without what is read-only in it;
// nil when nothing is left.
func writablePart(v resource.Value, among []Attribute) resource.Value {
	switch v := v.(type) {
	case *resource.Object:
		if dropReadOnly(v, among); v.Len() == 0 {
			return nil
		}
	case resource.List:
		kept := v[:0]
		for _, e := range v {
			if e = writablePart(e, among); e != nil {
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

// Altered names a read-only attribute that has another value after a change than
// before, which a PATCH may not bring about (RFC 7644, section 3.5.2); "" when
// there is none. To repeat the value it has is no change. Which schemas a
// resource uses is seen by its attributes, and what is said of them is ignored.
func (t Type) Altered(before, after *resource.Object) string {
	for _, among := range t.attributes() {
		for _, a := range among {
			if a.Name == "schemas" {
				continue
			}
			if name := altered(before.Get(a.Name), after.Get(a.Name), a); name != "" {
				return name
			}
		}
	}
	return ""
}

func altered(before, after resource.Value, a Attribute) string {
	if a.Mutability == ReadOnly {
		if !resource.Equal(assigned(before), assigned(after)) {
			return a.Name
		}
		return ""
	}
	now, ok := after.(*resource.Object)
	if !ok {
		return "" // a part that goes with the whole is not refused
	}
	was, _ := before.(*resource.Object)
	for _, sub := range a.Sub {
		if name := altered(was.Get(sub.Name), now.Get(sub.Name), sub); name != "" {
			if resource.IsURN(a.Name) {
				return a.Name + ":" + name
			}
			return a.Name + "." + name
		}
	}
	return ""
}

func assigned(v resource.Value) resource.Value { return resource.Compact(resource.Clone(v)) }
