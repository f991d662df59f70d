package scim

import (
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
)

// A Member is an account in a group. Okta sends value and display in this order,
// and neither type nor $ref (documented, observed).
type Member struct {
	Value   string // the account's id at the target
	Display string // its userName; where empty, null is sent, as one capture shows
}

// FindGroup looks a group up by its displayName.
//
// Source: Okta SCIM 2.0 reference (documented), log of a real org (observed).
func (a Accent) FindGroup(name string) Request { return a.find("/Groups", "displayName", name) }

// ListGroups asks for a page of groups, counted from 1, a hundred at a time
// (documented).
func ListGroups(startIndex, count int) Request { return list("/Groups", startIndex, count) }

// GetGroup reads a group, before it is changed or after it was made (observed).
func GetGroup(id string) Request { return Request{Method: http.MethodGet, Path: at("/Groups", id)} }

// CreateGroup makes a group; without members the list is empty, never absent.
//
// Source: Okta SCIM 2.0 reference, Create Groups (documented), log of a real org
// (observed).
func CreateGroup(name string, members []Member) Request {
	body := object{
		{"schemas", array{text(GroupSchema)}},
		{"displayName", text(name)},
		{"members", memberList(members)},
	}
	return Request{Method: http.MethodPost, Path: "/Groups", Body: compact(body)}
}

// ReplaceGroup says the whole group anew, name and members. Unlike an account's,
// nothing of what GET returned is echoed.
//
// Source: Okta SCIM 2.0 reference (documented, without the id); captures in
// jelhub/scimgateway issue 95 (observed, with it).
func ReplaceGroup(id, name string, members []Member) Request {
	body := object{
		{"schemas", array{text(GroupSchema)}},
		{"id", text(id)},
		{"displayName", text(name)},
		{"members", memberList(members)},
	}
	return Request{Method: http.MethodPut, Path: at("/Groups", id), Body: compact(body)}
}

// NameGroup gives a group its name by PATCH. The value repeats the id. Okta also
// says it before members change, when the name is as it was (documented).
//
// Source: Okta SCIM 2.0 reference, Update a specific group name (documented).
func NameGroup(id, name string) Request {
	value := object{{"id", text(id)}, {"displayName", text(name)}}
	return patch(at("/Groups", id), operation("replace", "", value))
}

// ChangeMembers takes members out, one operation each, and then adds the others
// in a single operation. It is for the caller to keep a request small.
//
// Source: Okta SCIM 2.0 reference, Update specific group membership (documented).
func ChangeMembers(id string, joined, left []Member) Request {
	return patch(at("/Groups", id), changes(joined, left)...)
}

// ChangeNamedMembers is [NameGroup] and [ChangeMembers] in one request. The
// reference says that a name comes with every change of members, and not whether
// in a request of its own; that it is in the same array of operations is one reading
// (inference).
func ChangeNamedMembers(id, name string, joined, left []Member) Request {
	value := object{{"id", text(id)}, {"displayName", text(name)}}
	return patch(at("/Groups", id), append([]any{operation("replace", "", value)}, changes(joined, left)...)...)
}

func changes(joined, left []Member) []any {
	var operations []any
	for _, m := range left {
		operations = append(operations, operation("remove", "members[value eq "+string(text(m.Value))+"]", nil))
	}
	if len(joined) > 0 {
		operations = append(operations, operation("add", "members", memberList(joined)))
	}
	return operations
}

// ReplaceMembers sets the list of members by PATCH; an empty list empties the
// group.
//
// Source: Okta SCIM 2.0 reference (documented); Captain-P-Goldfish/SCIM-SDK issue
// 757 for the empty list (observed; for another project's see [EmptyGroup]).
func ReplaceMembers(id string, members []Member) Request {
	return patch(at("/Groups", id), operation("replace", "members", memberList(members)))
}

// EmptyGroup empties a group by a PATCH without a path, whose value is the group.
//
// Source: jelhub/scimgateway issues 111 and 113 (observed).
func EmptyGroup(id, name string) Request {
	value := object{{"id", text(id)}, {"displayName", text(name)}, {"members", memberList(nil)}}
	return patch(at("/Groups", id), operation("replace", "", value))
}

// DeleteGroup removes a group; accounts stay. Of accounts Okta deletes none.
//
// Source: Okta SCIM 2.0 reference, Delete a specific group (documented).
func DeleteGroup(id string) Request {
	return Request{Method: http.MethodDelete, Path: at("/Groups", id)}
}

func memberList(members []Member) array {
	list := make(array, len(members))
	for i, m := range members {
		display := jsontext.Value("null")
		if m.Display != "" {
			display = text(m.Display)
		}
		list[i] = object{{"value", text(m.Value)}, {"display", display}}
	}
	return list
}
