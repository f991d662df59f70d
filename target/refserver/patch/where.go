package patch

import (
	"github.com/scimproof/scimproof/target/refserver/filter"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
)

// applyWhere works on the elements that the filter between the brackets picks.
//
// Where it picks none, replace is an error (RFC 7644, section 3.5.2.3), remove
// has nothing to do, and add makes the element that the filter describes.
func (x aim) applyWhere() error {
	if err := x.checkWhere(); err != nil {
		return err
	}
	list := x.parent.List(x.name)
	picked := x.pick(list)
	if len(picked) == 0 {
		switch x.op.Verb {
		case Remove:
			return nil
		case Replace:
			return fail(NoTarget, "%s matches nothing", x.op.Path)
		}
		made, ok := described(x.op.Path.Where)
		if !ok {
			return fail(NoTarget, "%s matches nothing, and does not say what to add", x.op.Path)
		}
		picked = []*resource.Object{made}
		list = append(list, made)
		x.parent.Set(x.name, list)
	}
	if x.op.Path.Sub != "" {
		return x.applyToEach(picked, x.op.Path.Sub)
	}
	return x.applyElements(list, picked)
}

func (x aim) checkWhere() error {
	p := x.op.Path
	if x.known && (!x.def.MultiValued || x.def.Type != schema.Complex) {
		return fail(InvalidPath, "%s is not multi-valued and complex", x.name)
	}
	if err := filter.CheckElement(p.Where, x.def); err != nil {
		return fail(InvalidFilter, "path %s: %v", p, err)
	}
	if _, ok := x.def.Find(resource.Attr{Name: p.Sub}); x.known && p.Sub != "" && !ok {
		return fail(InvalidPath, "there is no attribute %s.%s", x.name, p.Sub)
	}
	return nil
}

func (x aim) pick(list resource.List) []*resource.Object {
	var picked []*resource.Object
	for _, o := range objects(list) {
		if filter.MatchElement(x.op.Path.Where, o, x.def) {
			picked = append(picked, o)
		}
	}
	return picked
}

// applyElements removes, replaces or completes whole elements.
func (x aim) applyElements(list resource.List, picked []*resource.Object) error {
	given, isObject := x.op.Value.(*resource.Object)
	if l, ok := x.op.Value.(resource.List); ok && len(l) == 1 {
		given, isObject = l[0].(*resource.Object)
	}
	if x.op.Verb != Remove && x.op.Value != nil && !isObject {
		return fail(InvalidValue, "%s wants an object", x.op.Path)
	}
	chosen := map[*resource.Object]bool{}
	for _, o := range picked {
		chosen[o] = true
	}
	kept := resource.List{}
	for _, v := range list {
		o, ok := v.(*resource.Object)
		switch {
		case !ok || !chosen[o]:
			kept = append(kept, v)
		case x.op.Verb == Remove || x.op.Value == nil:
		case x.op.Verb == Replace:
			*o = *given.Clone()
			kept = append(kept, o)
		default:
			for _, m := range given.Members() {
				o.Set(m.Name, resource.Clone(m.Value))
			}
			kept = append(kept, o)
		}
	}
	x.parent.Set(x.name, kept)
	if len(kept) == 0 {
		x.parent.Remove(x.name)
	}
	if len(picked) == 1 && isObject && given.Get("primary") == true {
		onePrimary(kept, picked)
	}
	return nil
}

// described makes the element that a filter of equalities describes.
func described(e filter.Expr) (*resource.Object, bool) {
	o := &resource.Object{}
	terms := []filter.Expr{e}
	if and, ok := e.(filter.And); ok {
		terms = and.Terms
	}
	for _, t := range terms {
		c, ok := t.(filter.Compare)
		if !ok || c.Op != filter.Equal || c.Value == nil {
			return nil, false
		}
		o.Set(c.Attr.Name, c.Value)
	}
	return o, true
}
