package foreign

import (
	"maps"
	"slices"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	scimfilter "github.com/elimity-com/scim/filter"
	"github.com/elimity-com/scim/schema"
	"github.com/scim2/filter-parser/v2"
)

// patch returns what attributes become by the operations, in their order, and
// leaves attributes alone: everything below puts new values in place of old
// ones and alters none. One operation that cannot be done undoes all
// (RFC 7644, section 3.5.2).
func (s shape) patch(attributes scim.ResourceAttributes, ops []scim.PatchOperation) (scim.ResourceAttributes, error) {
	patched := maps.Clone(attributes)
	for _, op := range ops {
		withPaths, err := spell(op)
		if err != nil {
			return nil, err
		}
		for _, op := range withPaths {
			if err := s.apply(patched, op); err != nil {
				return nil, err
			}
		}
	}
	return patched, s.complete(patched)
}

// spell turns an operation without a path, whose value is an object, into one
// operation for each member. The library has checked the members and kept
// their names as the client wrote them.
func spell(op scim.PatchOperation) ([]scim.PatchOperation, error) {
	if op.Path != nil {
		return []scim.PatchOperation{op}, nil
	}
	members, ok := op.Value.(map[string]any)
	if !ok {
		return nil, errors.ScimErrorInvalidValue
	}
	var ops []scim.PatchOperation
	for _, name := range slices.Sorted(maps.Keys(members)) {
		path, err := filter.ParsePath([]byte(name))
		if err != nil {
			return nil, errors.ScimErrorInvalidPath
		}
		ops = append(ops, scim.PatchOperation{Op: op.Op, Path: &path, Value: members[name]})
	}
	return ops, nil
}

// apply carries out one operation on the resource.
func (s shape) apply(resource map[string]any, op scim.PatchOperation) error {
	urn, attr, err := s.find(op.Path.AttributePath)
	if err != nil {
		return err
	}
	if attr.Mutability() == "readOnly" {
		return errors.ScimErrorMutability
	}
	home := resource
	if urn != "" {
		home = object(resource[urn])
		defer func() { assign(resource, urn, home) }()
	}
	value, err := changed(attr, home[attr.Name()], op)
	if err != nil {
		return err
	}
	if attr.MultiValued() {
		value = onePrimary(list(home[attr.Name()]), list(value))
	}
	assign(home, attr.Name(), value)
	return nil
}

// changed returns what an attribute holds after op, which is about all of it,
// about one sub-attribute, or about the elements that a filter selects.
func changed(attr schema.CoreAttribute, old any, op scim.PatchOperation) (any, error) {
	sub, hasSub, err := subAttribute(attr, op.Path)
	switch {
	case err != nil:
		return nil, err
	case attr.MultiValued() && (hasSub || op.Path.ValueExpression != nil):
		return selected(attr, sub, hasSub, old, op)
	case hasSub:
		whole := object(old)
		assign(whole, sub.Name(), after(op.Op, sub, whole[sub.Name()], op.Value))
		return whole, nil
	default:
		return after(op.Op, attr, old, op.Value), nil
	}
}

// subAttribute finds what stands after the dot, as in name.givenName and
// emails[type eq "work"].value.
func subAttribute(attr schema.CoreAttribute, path *filter.Path) (schema.CoreAttribute, bool, error) {
	name := path.SubAttributeName()
	if name == "" {
		name = path.AttributePath.SubAttributeName()
	}
	if name == "" {
		return schema.CoreAttribute{}, false, nil
	}
	sub, ok := attr.SubAttributes().ContainsAttribute(name)
	if !ok {
		return schema.CoreAttribute{}, false, errors.ScimErrorInvalidPath
	}
	return sub, true, nil
}

// selected changes the elements of a multi-valued attribute that the path's
// filter selects, all of them where it has none. To remove what is not there
// is done at once; to add to it or to replace it has no target (RFC 7644,
// section 3.5.2.3).
func selected(attr, sub schema.CoreAttribute, hasSub bool, old any, op scim.PatchOperation) (any, error) {
	var kept []any
	hit := false
	for _, element := range list(old) {
		if !selects(op.Path.ValueExpression, attr, element) {
			kept = append(kept, element)
			continue
		}
		hit = true
		switch {
		case hasSub:
			whole := object(element)
			assign(whole, sub.Name(), after(op.Op, sub, whole[sub.Name()], op.Value))
			kept = append(kept, whole)
		case op.Op == scim.PatchOperationReplace:
			kept = append(kept, list(op.Value)...)
		case op.Op == scim.PatchOperationAdd:
			kept = append(kept, merged(element, list(op.Value)))
		}
	}
	if !hit && op.Op != scim.PatchOperationRemove {
		return nil, errors.ScimErrorNoTarget
	}
	return kept, nil
}

func selects(expression filter.Expression, attr schema.CoreAttribute, element any) bool {
	if expression == nil {
		return true
	}
	validator := scimfilter.NewFilterValidator(expression, schema.Schema{
		Attributes: scimfilter.MultiValuedFilterAttributes(attr),
	})
	return validator.PassesFilter(object(element)) == nil
}
