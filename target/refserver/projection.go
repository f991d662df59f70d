package refserver

import (
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
)

// A projection is which attributes of a resource a client wants to see (RFC
// 7644, section 3.9). The zero value is all.
type projection struct {
	only    []resource.Attr // nil for all
	without []resource.Attr
}

func (c *call) projection() (projection, error) {
	p, err := c.parameters()
	if err != nil {
		return projection{}, err
	}
	return p.projection()
}

func (p parameters) projection() (projection, error) {
	want := projection{attrs(p["attributes"]), attrs(p["excludedattributes"])}
	if want.only != nil && want.without != nil {
		return want, badValue("attributes and excludedAttributes exclude each other")
	}
	return want, nil
}

// attrs reads lists of attributes. What is no attribute name names nothing.
func attrs(lists []string) []resource.Attr {
	var out []resource.Attr
	for _, list := range lists {
		for _, name := range strings.Split(list, ",") {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			a, err := resource.ParseAttr(name)
			if err != nil {
				a = resource.Attr{Name: name}
			}
			out = append(out, a)
		}
	}
	return out
}

// has says whether a core attribute will be seen.
func (p projection) has(name string) bool {
	for _, a := range p.without {
		if a.Sub == "" && strings.EqualFold(a.Name, name) {
			return false
		}
	}
	for _, a := range p.only {
		if strings.EqualFold(a.Name, name) || a.Name == "" || strings.EqualFold(a.String(), schema.Group) {
			return true
		}
	}
	return p.only == nil
}

// of shows a resource as it is wanted. What is always returned, id and schemas,
// is there whatever was asked for.
func (p projection) of(r *resource.Object, t schema.Type) *resource.Object {
	switch {
	case p.only != nil:
		return pick(r, p.only, t)
	case p.without != nil:
		return drop(r, p.without, t)
	}
	return r
}

func pick(r *resource.Object, only []resource.Attr, t schema.Type) *resource.Object {
	out := &resource.Object{}
	for _, m := range r.Members() {
		if def, _ := t.Find(nameOf(m.Name)); def.Returned == "always" {
			out.Set(m.Name, m.Value)
			continue
		}
		var subs []string
		whole := false
		for _, a := range only {
			hit, sub := reach(t.Resolve(a, r), m.Name, t)
			whole = whole || hit && len(sub) == 0
			if hit && len(sub) > 0 {
				subs = append(subs, sub)
			}
		}
		if whole {
			out.Set(m.Name, m.Value)
		} else if v := keepSubs(m.Value, subs); v != nil {
			out.Set(m.Name, v)
		}
	}
	return out
}

func drop(r *resource.Object, without []resource.Attr, t schema.Type) *resource.Object {
	out := &resource.Object{}
	for _, m := range r.Members() {
		def, _ := t.Find(nameOf(m.Name))
		v := m.Value
		for _, a := range without {
			hit, sub := reach(t.Resolve(a, r), m.Name, t)
			switch {
			case !hit || def.Returned == "always":
			case sub == "":
				v = nil
			default:
				v = dropSub(v, sub)
			}
		}
		if v != nil {
			out.Set(m.Name, v)
		}
	}
	return out
}

func nameOf(member string) resource.Attr {
	if resource.IsURN(member) {
		return resource.Attr{URN: member}
	}
	return resource.Attr{Name: member}
}

// reach says whether a name speaks of a member of the resource, and of which
// part of it; "" is all of it.
func reach(a resource.Attr, member string, t schema.Type) (bool, string) {
	if a.URN != "" {
		if strings.EqualFold(a.URN, t.Base.ID) {
			return !resource.IsURN(member), ""
		}
		part := a.Name
		if a.Sub != "" {
			part += "." + a.Sub
		}
		return strings.EqualFold(a.URN, member), part
	}
	return strings.EqualFold(a.Name, member), a.Sub
}

// keepSubs keeps of a complex value, or of each of several, only the parts that
// are named; nil when nothing is left.
func keepSubs(v resource.Value, subs []string) resource.Value {
	switch v := v.(type) {
	case *resource.Object:
		out := &resource.Object{}
		for _, s := range subs {
			head, tail, deep := strings.Cut(s, ".")
			for _, m := range v.Members() {
				if !strings.EqualFold(m.Name, head) {
					continue
				}
				if !deep {
					out.Set(m.Name, m.Value)
				} else if part := keepSubs(m.Value, []string{tail}); part != nil {
					out.Set(m.Name, part)
				}
			}
		}
		if out.Len() > 0 {
			return out
		}
	case resource.List:
		var out resource.List
		for _, e := range v {
			if e = keepSubs(e, subs); e != nil {
				out = append(out, e)
			}
		}
		if out != nil {
			return out
		}
	}
	return nil
}

// dropSub is a complex value, or several, without the part that is named.
func dropSub(v resource.Value, sub string) resource.Value {
	head, tail, deep := strings.Cut(sub, ".")
	switch v := v.(type) {
	case *resource.Object:
		out := &resource.Object{}
		for _, m := range v.Members() {
			switch {
			case !strings.EqualFold(m.Name, head):
				out.Set(m.Name, m.Value)
			case deep:
				out.Set(m.Name, dropSub(m.Value, tail))
			}
		}
		return out
	case resource.List:
		out := make(resource.List, len(v))
		for i, e := range v {
			out[i] = dropSub(e, sub)
		}
		return out
	}
	return v
}
