package foreign

import (
	"maps"
	"reflect"
	"slices"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/schema"
)

// after returns what an attribute that held old holds once value was added to
// it, put in its place, or taken from it (RFC 7644, sections 3.5.2.1 to
// 3.5.2.3). An unassigned result is nil or empty.
func after(op string, attr schema.CoreAttribute, old, value any) any {
	switch {
	case op == scim.PatchOperationRemove:
		return nil
	case attr.MultiValued() && op == scim.PatchOperationAdd:
		return union(list(old), list(value))
	case attr.MultiValued():
		return value
	case attr.HasSubAttributes():
		return merged(old, []any{value})
	default:
		return value
	}
}

// union appends what is not in the list yet.
func union(old, values []any) []any {
	all := slices.Clone(old)
	for _, value := range values {
		if !slices.ContainsFunc(all, func(other any) bool { return same(other, value) }) {
			all = append(all, value)
		}
	}
	return all
}

// same reports whether two elements are one: a pair of type and value stands
// in a list only once (RFC 7643, section 2.4).
func same(a, b any) bool {
	x, y := object(a), object(b)
	if x["value"] == nil || y["value"] == nil {
		return reflect.DeepEqual(a, b)
	}
	return x["value"] == y["value"] && x["type"] == y["type"]
}

// onePrimary takes the standing of primary value from those that had it, once
// another one has it (RFC 7644, section 3.5.2).
func onePrimary(old, elements []any) []any {
	had := func(element any) bool {
		return slices.ContainsFunc(old, func(other any) bool { return reflect.DeepEqual(other, element) })
	}
	newcomer := slices.ContainsFunc(elements, func(element any) bool { return primary(element) && !had(element) })
	if !newcomer {
		return elements
	}
	var all []any
	for _, element := range elements {
		if primary(element) && had(element) {
			element = merged(element, []any{map[string]any{"primary": false}})
		}
		all = append(all, element)
	}
	return all
}

func primary(element any) bool {
	return object(element)["primary"] == true
}

// merged lays objects over one another; the last one wins.
func merged(old any, values []any) any {
	whole := object(old)
	for _, value := range values {
		maps.Copy(whole, object(value))
	}
	return whole
}

// assign sets a member of an object, and leaves it out when it is unassigned.
func assign(whole map[string]any, name string, value any) {
	if unassigned(value) {
		delete(whole, name)
		return
	}
	whole[name] = value
}

// object returns a copy of value, which is empty when value is no object.
func object(value any) map[string]any {
	whole, _ := value.(map[string]any)
	if whole == nil {
		return map[string]any{}
	}
	return maps.Clone(whole)
}

// list returns the elements of a multi-valued attribute; a lone object, which
// the library lets pass, is a list of one.
func list(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}
