package scim

import "slices"

// An order says in which order Okta writes the members of a user. Members that
// it does not name, since only the server knows them, follow in the server's
// order (inference; a server must not care).
type order struct {
	user, name, email, meta []string
}

// The orders of Okta's page of 2018 (documented in an earlier revision). The
// lengths of captured bodies prove the members, not their order; a newer page
// shows another for PUT.
var (
	postOrder = order{
		user:  []string{"schemas", "userName", "name", "emails", "displayName", "locale", "externalId", "groups", "password", "active"},
		name:  []string{"givenName", "familyName"},
		email: []string{"primary", "value", "type"},
	}
	putOrder = order{
		user:  []string{"id", "externalId", "meta", "schemas", "userName", "displayName", "locale", "active", "password", "emails", "name", "groups"},
		name:  []string{"familyName", "givenName"},
		email: []string{"value", "type", "primary"},
		meta:  []string{"resourceType", "created", "lastModified", "version"},
	}
	referenceOrder = order{
		user:  []string{"schemas", "id", "externalId", "userName", "name", "emails", "displayName", "locale", "password", "active", "groups", "meta"},
		name:  []string{"givenName", "familyName"},
		email: []string{"primary", "value", "type"},
		meta:  []string{"resourceType", "created", "lastModified", "version"},
	}
)

// apply puts a user's members in order: further core attributes stand after the
// name and extensions last of Okta's own (inference).
func (ord order) apply(o object, u User) object {
	members := ord.user
	if core, extensions := u.core(ord.user), u.extensions(); len(core)+len(extensions) > 0 {
		afterName := slices.Index(ord.user, "name") + 1
		members = slices.Insert(slices.Clone(ord.user), afterName, core...)
		members = append(members, extensions...)
	}
	o = o.ordered(members...)
	for i, m := range o {
		switch m.name {
		case "name":
			o[i].value = inOrder(m.value, ord.name)
		case "meta":
			o[i].value = inOrder(m.value, ord.meta)
		case "emails":
			o[i].value = eachInOrder(m.value, ord.email)
		}
	}
	return o
}

func inOrder(v any, names []string) any {
	if o, ok := v.(object); ok {
		return o.ordered(names...)
	}
	return v
}

func eachInOrder(v any, names []string) any {
	a, ok := v.(array)
	if !ok {
		return v
	}
	sorted := make(array, len(a))
	for i, e := range a {
		sorted[i] = inOrder(e, names)
	}
	return sorted
}
