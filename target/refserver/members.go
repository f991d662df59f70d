package refserver

import (
	"errors"
	"net/http"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/filter"
	"github.com/scimproof/scimproof/target/refserver/patch"
	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
	"github.com/scimproof/scimproof/target/refserver/store"
)

var membersAttribute, _ = schema.Groups.Find(resource.Attr{Name: "members"})

// memberIDs are the values of a list of members.
func memberIDs(list resource.List) ([]string, error) {
	ids := make([]string, 0, len(list))
	for _, e := range list {
		id, err := memberID(e)
		if err != nil {
			return nil, err
		}
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// memberID is the value of one member; "" of null, which is none. Whatever else
// the client says of it, a display of null too (Okta sends it: observed), is the
// server's to know.
func memberID(v resource.Value) (string, error) {
	if v == nil {
		return "", nil
	}
	o, ok := v.(*resource.Object)
	id := o.Text("value")
	if !ok || id == "" {
		return "", badValue("members: each is to be an object with a value, the id of an account")
	}
	if kind, named := o.Lookup("type"); named && kind != nil && !strings.EqualFold(o.Text("type"), "User") {
		return "", badValue("members: only accounts can be members, of type User")
	}
	return id, nil
}

// join makes accounts members and says whether any was none before. One that is
// not known refuses the whole: a group that silently lacks somebody is worse.
func join(tx store.Tx, group string, ids []string) (changed bool, err error) {
	for _, id := range ids {
		is, err := tx.Join(group, id)
		if errors.Is(err, store.ErrNotFound) {
			return false, badValue("members: there is no account with the id %q", id)
		} else if err != nil {
			return false, err
		}
		changed = changed || is
	}
	return changed, nil
}

func leave(tx store.Tx, group string, ids []string) (changed bool, err error) {
	for _, id := range ids {
		was, err := tx.Leave(group, id)
		if err != nil {
			return false, err
		}
		changed = changed || was
	}
	return changed, nil
}

// setMembers makes the accounts the only members.
func setMembers(tx store.Tx, group string, ids []string) (bool, error) {
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	now, err := tx.Members(group)
	if err != nil {
		return false, err
	}
	var gone []string
	for _, a := range now {
		if !wanted[a.ID] {
			gone = append(gone, a.ID)
		}
	}
	left, err := leave(tx, group, gone)
	if err != nil {
		return false, err
	}
	joined, err := join(tx, group, ids)
	return left || joined, err
}

func (c *call) patchMembers(tx store.Tx, group string, ops []patch.Op) (changed bool, err error) {
	for _, op := range ops {
		did, err := c.patchMember(tx, group, op)
		if err != nil {
			return false, err
		}
		changed = changed || did
	}
	return changed, nil
}

func (c *call) patchMember(tx store.Tx, group string, op patch.Op) (bool, error) {
	if op.Path.Where != nil {
		return c.patchPicked(tx, group, op)
	}
	if op.Path.Attr.Sub != "" {
		return false, immutable("%s cannot be changed: members join and leave", op.Path)
	}
	list, ok := op.Value.(resource.List)
	if !ok && op.Value != nil {
		list = resource.List{op.Value} // one member where a list is due
	}
	ids, err := memberIDs(list)
	switch {
	case err != nil:
		return false, err
	case op.Verb == patch.Add:
		return join(tx, group, ids)
	case op.Verb == patch.Remove && op.Given && len(ids) > 0:
		return leave(tx, group, ids) // not RFC form; it never empties the group
	case op.Verb == patch.Remove && op.Given && op.Value != nil:
		return false, nil
	}
	return setMembers(tx, group, ids)
}

// patchPicked works on the members that a filter picks. They can leave; of their
// sub-attributes none can change (RFC 7643, section 4.2).
func (c *call) patchPicked(tx store.Tx, group string, op patch.Op) (bool, error) {
	picked, err := c.pick(tx, group, op.Path.Where)
	if err != nil {
		return false, err
	}
	if op.Verb == patch.Remove && op.Path.Sub == "" {
		return leave(tx, group, picked)
	}
	if len(picked) == 0 && op.Verb != patch.Remove {
		return false, problemf(http.StatusBadRequest, "noTarget", "%s matches no member", op.Path)
	}
	given := op.Value
	if o, ok := given.(*resource.Object); ok && op.Path.Sub == "" {
		given = o.Get("value")
	} else if !strings.EqualFold(op.Path.Sub, "value") {
		given = nil
	}
	if len(picked) != 1 || given != picked[0] {
		return false, immutable("%s cannot be changed: members join and leave", op.Path)
	}
	return false, nil
}

// pick returns the members that match. The usual question, for one by its id,
// does not cost the group's size.
func (c *call) pick(tx store.Tx, group string, where filter.Expr) ([]string, error) {
	if err := filter.CheckElement(where, membersAttribute); err != nil {
		return nil, badFilter("members[%s]: %v", where, err)
	}
	if id, ok := equals(where, "value"); ok {
		is, err := tx.IsMember(group, id)
		if !is {
			return nil, err
		}
		return []string{id}, err
	}
	accounts, err := tx.Members(group)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, a := range accounts {
		if filter.MatchElement(where, c.member(a), membersAttribute) {
			ids = append(ids, a.ID)
		}
	}
	return ids, nil
}

// equals says whether a filter asks for one text of one attribute, and for which.
func equals(e filter.Expr, name string) (string, bool) {
	cmp, ok := e.(filter.Compare)
	if !ok || cmp.Op != filter.Equal || cmp.Attr.URN != "" || cmp.Attr.Sub != "" || !strings.EqualFold(cmp.Attr.Name, name) {
		return "", false
	}
	text, ok := cmp.Value.(string)
	return text, ok
}
