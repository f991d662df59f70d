package iam

import (
	"slices"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

// Give are the attributes that an account has by hand, after an edit of them:
// {"team": ["blue"], "clearance": null}; null and an empty list take one away. Keys
// are kept in lower case, as those of attribute sync are.
func Give(before, edit *resource.Object) (*resource.Object, error) {
	after := resource.Of(slices.Clone(before.Members())...)
	for _, m := range edit.Members() {
		key := strings.ToLower(m.Name)
		values, ok := m.Value.(resource.List)
		if !ok && m.Value != nil || key == "" {
			return nil, invalid("bimAuthorizations: %q is to have a name, and a list of strings or null", m.Name)
		}
		after.Remove(key)
		given := resource.List{}
		for _, v := range values {
			text, _ := v.(string)
			if text == "" {
				return nil, invalid("bimAuthorizations: %q has a value that is no string, or an empty one", m.Name)
			}
			given = append(given, v)
		}
		if len(given) > 0 {
			after.Set(key, given)
		}
	}
	if after.Len() == 0 {
		return nil, nil
	}
	return after, nil
}

// Merge is the union of what came by SCIM and what was given by hand; each may be
// nil, and neither is altered.
func Merge(synced, byHand *resource.Object) *resource.Object {
	all := resource.Of(slices.Clone(synced.Members())...)
	for _, m := range byHand.Members() {
		values := slices.Clone(all.List(m.Name))
		for _, v := range byHand.List(m.Name) {
			if !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
		all.Set(m.Name, values)
	}
	return all
}
