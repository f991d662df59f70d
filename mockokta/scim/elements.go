package scim

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// elements are what Okta says of some elements of a list: of each, the condition
// that tells it from the others, and the parts that Okta maps, nil for no value.
type elements []element

type element struct {
	condition member
	parts     object
}

// put returns the elements with the value at a place within the one that has the
// condition.
func (es elements) put(condition member, to place, value any) elements {
	for i, e := range es {
		if e.condition.name == condition.name && same(e.condition.value, condition.value) {
			es[i].parts = e.parts.put(to, value)
			return es
		}
	}
	return append(es, element{condition, object{}.put(to, value)})
}

// over lays the elements over a list: each over the element that fulfils its
// condition (other vendors' guides), or else has its value, so that a server that
// forgets which address is the primary one does not collect them (inference). One
// that is not there is made, and one of which nothing but the condition is left goes.
// What else is in the list stays.
func (es elements) over(base any, l laying) any {
	theirs, _ := base.(array)
	list := slices.Clone(theirs)
	if l.whole {
		list = nil
	}
	for _, e := range es {
		i := slices.IndexFunc(list, e.fulfilledBy)
		if i < 0 {
			i = slices.IndexFunc(list, e.valuedAs)
		}
		if i < 0 {
			if made := e.parts.over(nil, laying{}); len(made) > 0 {
				list = append(list, append(object{e.condition}, made...))
			}
			continue
		}
		there := list[i].(object)
		list[i] = e.parts.over(there, l).with(e.condition.name, e.condition.value)
		if len(list[i].(object)) == 1 {
			list = slices.Delete(list, i, i+1)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

func (e element) fulfilledBy(v any) bool {
	o, _ := v.(object)
	return same(o.get(e.condition.name), e.condition.value)
}

func (e element) valuedAs(v any) bool {
	o, _ := v.(object)
	return same(o.get("value"), e.parts.get("value"))
}

// same tells whether both are one JSON value, letter case aside.
func same(a, b any) bool {
	x, isX := a.(jsontext.Value)
	y, isY := b.(jsontext.Value)
	return isX && isY && bytes.EqualFold(x, y)
}
