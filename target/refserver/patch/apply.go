package patch

import (
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
)

// Apply returns r as the operations leave it, each applied to what the one
// before left. On an error there is no result: a request is applied as a whole
// or not at all.
//
// It does not ask whether attributes may be written, nor whether their values
// are of the right type; that is seen by comparing and checking the result.
func Apply(r *resource.Object, t schema.Type, ops []Op) (*resource.Object, error) {
	r = r.Clone()
	for i, op := range ops {
		if err := applyOne(r, t, op); err != nil {
			return nil, numbered(i, err)
		}
	}
	return r, nil
}

func applyOne(r *resource.Object, t schema.Type, op Op) error {
	parts, err := Spread(op)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if core(p, t) {
			err = applyOne(r, t, Op{p.Verb, nil, p.Value, true})
		} else {
			err = target(r, t, p, op.Path != nil).apply()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// core says whether an operation gives the base schema's attributes as an object
// under the schema's URN.
func core(op Op, t schema.Type) bool {
	a := op.Path.Attr
	_, isObject := op.Value.(*resource.Object)
	return isObject && a.Sub == "" && op.Path.Where == nil && strings.EqualFold(a.String(), t.Base.ID)
}

// An aim is one operation on one attribute of one parent, resolved.
type aim struct {
	op     Op
	parent *resource.Object // what holds the attribute; created on the way down
	name   string
	def    schema.Attribute
	known  bool
	strict bool   // a path that names an attribute of no schema is an error
	settle func() // drops a parent that was created and stayed empty
}

func target(r *resource.Object, t schema.Type, op Op, strict bool) aim {
	op.Value = resource.Clone(op.Value)
	a := t.Resolve(op.Path.Attr, r)
	if _, block := op.Value.(*resource.Object); block && a.URN != "" && a.Sub == "" && !t.Knows(a.URN) && r.Object(a.URN) == nil {
		a = resource.Attr{URN: a.String()} // an object for what nobody knows is an extension
	}
	path := *op.Path
	path.Attr, op.Path = a, &path
	x := aim{op: op, parent: r, strict: strict, settle: func() {}}
	x.def, x.known = t.Find(resource.Attr{URN: a.URN, Name: a.Name})
	switch {
	case a.URN == "":
		x.name = a.Name
	case a.Name == "":
		x.name = a.URN
		x.def.Type = schema.Complex
	default:
		x.within(r, a.URN)
		x.name, x.strict = a.Name, false
	}
	return x
}

// within moves the aim into an extension, which is made where it is missing.
func (x *aim) within(r *resource.Object, urn string) {
	block := r.Object(urn)
	if block == nil {
		block = &resource.Object{}
		r.Set(urn, block)
	}
	x.parent = block
	x.settle = func() {
		if block.Len() == 0 {
			r.Remove(urn)
		}
	}
}

func (x aim) apply() error {
	defer x.settle()
	p := x.op.Path
	if !x.known && x.strict && p.Attr.URN == "" {
		return fail(InvalidPath, "there is no attribute %s", p.Attr)
	}
	if sub := p.Attr.Sub; sub != "" {
		return x.applySub(sub)
	}
	if p.Where != nil {
		return x.applyWhere()
	}
	if x.isList() {
		return x.applyList()
	}
	return x.applySingle(x.parent, x.name)
}

// isList decides by the schema, and for unknown attributes by what is there.
func (x aim) isList() bool {
	if x.known {
		return x.def.MultiValued
	}
	_, there := x.parent.Get(x.name).(resource.List)
	return there
}

// applySingle sets, merges or removes an attribute that has one value. Both add
// and replace keep the sub-attributes that a complex value does not name (RFC
// 7644, sections 3.5.2.1 and 3.5.2.3).
func (x aim) applySingle(o *resource.Object, name string) error {
	if x.op.Verb == Remove || x.op.Value == nil {
		o.Remove(name)
		return nil
	}
	now, wasObject := o.Get(name).(*resource.Object)
	given, isObject := x.op.Value.(*resource.Object)
	if !wasObject || !isObject {
		o.Set(name, resource.Clone(x.op.Value))
		return nil
	}
	for _, m := range given.Members() {
		if m.Value == nil {
			now.Remove(m.Name)
		} else {
			now.Set(m.Name, m.Value)
		}
	}
	return nil
}

// applySub works on a sub-attribute: of the one value, or of every value of a
// multi-valued attribute.
func (x aim) applySub(sub string) error {
	if _, ok := x.def.Find(resource.Attr{Name: sub}); x.known && !ok {
		return fail(InvalidPath, "there is no attribute %s", x.op.Path.Attr)
	}
	if x.isList() {
		elements := objects(x.parent.List(x.name))
		if len(elements) == 0 && x.op.Verb != Remove {
			return fail(NoTarget, "%s has no value", x.name)
		}
		return x.applyToEach(elements, sub)
	}
	o := x.parent.Object(x.name)
	if o == nil {
		if x.op.Verb == Remove || x.op.Value == nil {
			return nil
		}
		if x.parent.Get(x.name) != nil {
			return fail(InvalidPath, "%s is not complex", x.name)
		}
		o = &resource.Object{}
		x.parent.Set(x.name, o)
	}
	return x.applySingle(o, sub)
}

func (x aim) applyToEach(elements []*resource.Object, sub string) error {
	for _, o := range elements {
		if err := x.applySingle(o, sub); err != nil {
			return err
		}
	}
	if strings.EqualFold(sub, "primary") && x.op.Value == true && len(elements) == 1 {
		onePrimary(x.parent.List(x.name), elements)
	}
	return nil
}

// applyList works on a multi-valued attribute as a whole.
func (x aim) applyList() error {
	now := x.parent.List(x.name)
	given, ok := x.op.Value.(resource.List)
	if !ok && x.op.Value != nil {
		given = resource.List{x.op.Value} // one value where a list is due is a list of one
	}
	switch {
	case x.op.Verb == Remove && !x.op.Given:
		now = nil
	case x.op.Verb == Remove:
		now = without(now, given, x.def)
	case x.op.Verb == Replace:
		now = given
	case len(now)+len(given) > MaxValues:
		return fail(InvalidValue, "%s would have more than %d values", x.name, MaxValues)
	default:
		now = merge(now, given, x.def)
	}
	x.parent.Set(x.name, now)
	if len(now) == 0 {
		x.parent.Remove(x.name)
	}
	return nil
}

// without leaves out the values that a remove names beside its path: not RFC
// form, but some clients' (Entra's), and the whole list is never what they mean.
func without(now, named resource.List, d schema.Attribute) resource.List {
	var kept resource.List
	for _, v := range now {
		if twin(named, v, d) < 0 {
			kept = append(kept, v)
		}
	}
	return kept
}

// merge adds values. One that is there already is not added again; what it says
// beside its value is taken over.
func merge(now, given resource.List, d schema.Attribute) resource.List {
	var added []*resource.Object
	for _, v := range given {
		o, isObject := v.(*resource.Object)
		primary := o.Get("primary") == true
		i := twin(now, v, d)
		if i < 0 {
			now = append(now, v)
		} else if isObject {
			there := now[i].(*resource.Object)
			for _, m := range o.Members() {
				there.Set(m.Name, m.Value)
			}
			o = there
		}
		if primary {
			added = append(added, o)
		}
	}
	if len(added) == 1 {
		onePrimary(now, added)
	}
	return now
}

// twin finds the element with the same value and, where both have one, type.
func twin(among resource.List, v resource.Value, d schema.Attribute) int {
	o, isObject := v.(*resource.Object)
	for i, w := range among {
		if resource.Equal(v, w) {
			return i
		}
		there, ok := w.(*resource.Object)
		if isObject && ok && o.Get("value") != nil && same(o, there, "value", d) &&
			(o.Get("type") == nil || there.Get("type") == nil || same(o, there, "type", d)) {
			return i
		}
	}
	return -1
}

func same(a, b *resource.Object, name string, d schema.Attribute) bool {
	x, ok := a.Get(name).(string)
	y, both := b.Get(name).(string)
	if !ok || !both {
		return resource.Equal(a.Get(name), b.Get(name))
	}
	if def, _ := d.Find(resource.Attr{Name: name}); def.CaseExact {
		return x == y
	}
	return strings.EqualFold(x, y)
}

// onePrimary takes "primary" from all but the chosen: a new primary value makes
// the old one an ordinary one (RFC 7644, section 3.5.2).
func onePrimary(all resource.List, chosen []*resource.Object) {
	for _, o := range objects(all) {
		if o != chosen[0] && o.Get("primary") == true {
			o.Set("primary", false)
		}
	}
}

func objects(l resource.List) []*resource.Object {
	var out []*resource.Object
	for _, v := range l {
		if o, ok := v.(*resource.Object); ok {
			out = append(out, o)
		}
	}
	return out
}
