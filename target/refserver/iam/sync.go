package iam

import (
	"slices"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

// Authorizations is what attribute sync makes of an account's attributes: the
// provider's own attributes, each a list of strings under "prefix.attribute"; nil
// when nothing comes of it. It is made at each write of the account, so that new
// settings take effect at the next push (an article of the provider's support:
// documented).
//
// That keys are in lower case and values lists of strings was seen in public
// code (observed). What the reference server chooses: an attribute within an
// attribute is named by its path, an empty prefix makes keys without one, rows
// with one prefix are merged, and an empty string is no value.
func (s Settings) Authorizations(attributes *resource.Object) *resource.Object {
	if !s.SyncAttributes {
		return nil
	}
	given := &resource.Object{}
	for _, row := range s.AttributeSchema {
		gather(given, strings.ToLower(row.Prefix), attributes.Object(row.URN))
	}
	if given.Len() == 0 {
		return nil
	}
	return given
}

// gather collects the values of o and of what is below it.
func gather(into *resource.Object, path string, v resource.Value) {
	switch v := v.(type) {
	case *resource.Object:
		for _, m := range v.Members() {
			gather(into, strings.TrimPrefix(path+"."+strings.ToLower(m.Name), "."), m.Value)
		}
	case resource.List:
		for _, e := range v {
			gather(into, path, e)
		}
	default:
		if text := textOf(v); text != "" && !slices.Contains(into.List(path), resource.Value(text)) {
			into.Set(path, append(into.List(path), text))
		}
	}
}

// textOf is a simple value as text; "" for none.
func textOf(v resource.Value) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case resource.Number:
		return string(v)
	case string:
		return v
	}
	return ""
}
