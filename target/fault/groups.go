package fault

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Mistakes in keeping groups.
var groupFaults = []Fault{
	{
		Name: "group-writes-drop-members",
		What: "members in a POST or PUT of a group are ignored; only PATCH is heeded",
		Seen: "F60: ory/polis #3136; F67: gravitational/teleport #67372",
		wrap: faulty(func(c *call) *answer {
			if c.kind != "Groups" || c.method != http.MethodPost && c.method != http.MethodPut {
				return c.pass()
			}
			body := copyOf(c.body)
			delete(body, "members")
			if c.method == http.MethodPut {
				body["members"] = c.membersNow()
			}
			return c.passBody(body)
		}),
	},
	{
		Name: "filtered-remove-empties",
		What: `removing members[value eq "…"] removes every member`,
		Seen: "F50: msaad00/agent-bom #3533",
		wrap: onMemberOperation("remove", func(c *call, o object) object {
			return object{"op": "remove", "path": "members"}
		}),
	},
	{
		Name: "filtered-remove-ignored",
		What: `removing members[value eq "…"] is answered with success and removes nobody`,
		Seen: "F52: croffasia/itsaplan PR #250, appsmithorg/appsmith #35719",
		wrap: onMemberOperation("remove", func(*call, object) object { return nil }),
	},
	{
		Name: "add-replaces-members",
		What: "adding members replaces those who were there",
		Seen: "F51: msaad00/agent-bom #3533",
		wrap: onMemberOperation("add", func(_ *call, o object) object {
			o = copyOf(o)
			o["op"] = "replace"
			return o
		}),
	},
	{
		Name: "replace-adds-members",
		What: "replacing the members of a group, by PUT or PATCH, only ever adds",
		Seen: "the class of F53 (Captain-P-Goldfish/scim-for-keycloak #144): a server that knows adding and removing only",
		wrap: faulty(func(c *call) *answer {
			switch {
			case c.kind == "Groups" && c.method == http.MethodPut:
				body := copyOf(c.body)
				sent, _ := body["members"].([]any)
				body["members"] = union(c.membersNow(), sent)
				return c.passBody(body)
			case c.kind == "Groups" && c.method == http.MethodPatch:
				return c.passBody(c.withOperations(eachMemberOperation(c, "replace", func(_ *call, o object) object {
					o = copyOf(o)
					o["op"] = "add"
					return o
				})))
			}
			return c.pass()
		}),
	},
	{
		Name: "members-replace-refused",
		What: "replacing the members of a group by PATCH is answered with 501; only add and remove are known",
		Seen: "F53: Captain-P-Goldfish/scim-for-keycloak #144",
		wrap: faulty(func(c *call) *answer {
			if c.kind == "Groups" && c.method == http.MethodPatch && len(eachMemberOperation(c, "replace", func(*call, object) object { return nil })) < len(c.operations()) {
				return refuse(http.StatusNotImplemented, "", "members can be added and removed, and not replaced")
			}
			return c.pass()
		}),
	},
	{
		Name: "empty-members-ignored",
		What: "an empty list of members, in a PUT or in a replace, is taken for nothing to do",
		Seen: "F54: Captain-P-Goldfish/SCIM-SDK #757, jelhub/scimgateway #111 and #113",
		wrap: faulty(emptyMembersIgnored),
	},
	{
		Name: "members-spill-over",
		What: "who is made a member of a group becomes one of the group made before it too",
		Seen: "the class of F75 (msaad00/agent-bom PR #3540): a write that reaches another record",
		wrap: membersSpillOver,
	},
	{
		Name: "group-put-ignored",
		What: "a PUT of a group is answered with what was sent, and nothing is stored",
		Seen: "F67 and V18: gravitational/teleport #67372; F59: simpleidserver/SimpleIdServer #247",
		wrap: faulty(func(c *call) *answer {
			if c.kind != "Groups" || c.method != http.MethodPut {
				return c.pass()
			}
			now := c.ask(http.MethodGet, c.self(), "", nil)
			if now.ok() {
				now.body = c.body
			}
			return now
		}),
	},
	{
		Name: "rename-empties-group",
		What: "a change of a group's name loses its members",
		Seen: "F55: langwatch/langwatch #7131",
		wrap: faulty(renameEmpties),
	},
	{
		Name: "rename-ignored",
		What: "a change of a group's name is answered with success, and the old name stays",
		Seen: "F70: getsentry/sentry #84838",
		wrap: faulty(func(c *call) *answer {
			if c.kind == "Groups" && c.id != "" && (c.method == http.MethodPut || c.method == http.MethodPatch) {
				return c.without("displayName")
			}
			return c.pass()
		}),
	},
	{
		Name: "group-delete-refused",
		What: "a group that the identity provider made cannot be deleted",
		Seen: "F71: growthbook 60e475d86d, 685836adfc",
		wrap: faulty(func(c *call) *answer {
			if c.kind == "Groups" && c.method == http.MethodDelete {
				return refuse(http.StatusForbidden, "", "groups managed by the identity provider cannot be deleted")
			}
			return c.pass()
		}),
	},
	{
		Name: "group-delete-ignored",
		What: "deleting a group is answered with 204, and the group stays",
		Seen: "the class of F02 and F71, met on deletion",
		wrap: faulty(func(c *call) *answer {
			if c.kind == "Groups" && c.method == http.MethodDelete {
				return &answer{status: http.StatusNoContent, header: http.Header{}}
			}
			return c.pass()
		}),
	},
	{
		Name: "deleted-group-breaks",
		What: "reading a deleted group is answered with 500",
		Seen: "the class of F22 and F30: a wrong path for what is not there (ory/polis commit 2992f36e8, wso2/product-is #7520)",
		wrap: deletedGroupBreaks,
	},
	{
		Name: "unknown-account-breaks",
		What: "whatever is asked of an account that is not there is answered with 500",
		Seen: "the class of F22 and F30: a wrong path for what is not there (ory/polis commit 2992f36e8, wso2/product-is #7520)",
		wrap: answers(func(c *call, a *answer) {
			if c.kind == "Users" && c.id != "" && a.status == http.StatusNotFound {
				*a = *refuse(http.StatusInternalServerError, "", "cannot read property of undefined")
			}
		}),
	},
	{
		Name: "phantom-members",
		What: "a group shows a member that has a name and no value",
		Seen: "the class of F67 and F69: memberships that stand for nobody (gravitational/teleport #67372, getsentry/sentry #88623)",
		wrap: answers(func(c *call, a *answer) {
			if members, ok := a.body["members"].([]any); ok && c.kind == "Groups" {
				a.body["members"] = append(members, object{"display": "Mallory"})
			}
		}),
	},
	{
		Name: "new-accounts-join",
		What: "a new account becomes a member of the group that was made last",
		Seen: "nowhere in our catalogue; a default group that every new account joins",
		wrap: newAccountsJoin,
	},
	{
		Name: "leaving-disables",
		What: "who is taken out of a group is disabled",
		Seen: "nowhere in our catalogue; the opposite of what Immuta's page says of a removal from a group: the person stays a user",
		wrap: faulty(func(c *call) *answer {
			if c.kind != "Groups" || c.id == "" || c.method != http.MethodPut && c.method != http.MethodPatch {
				return c.pass()
			}
			before := c.membersNow()
			a := c.pass()
			now := valuesOf(c.membersNow())
			for id := range valuesOf(before) {
				if !now[id] {
					c.disable(id)
				}
			}
			return a
		}),
	},
	{
		Name: "lists-groups-under-another-id",
		What: "groups are listed under a second id, which works as well as the first",
		Seen: "the class of F81 (Infisical/infisical PR #5947): two serializers that disagree, here on the id",
		wrap: listsGroupsUnderAnotherID,
	},
	{
		Name: "group-delete-disables-members",
		What: "deleting a group disables the accounts that were in it",
		Seen: "the opposite of Okta's test plan, cases C9318 and C9321: users are never deleted with their group",
		wrap: faulty(func(c *call) *answer {
			if c.kind != "Groups" || c.method != http.MethodDelete {
				return c.pass()
			}
			members := c.membersNow()
			a := c.pass()
			for id := range valuesOf(members) {
				c.disable(id)
			}
			return a
		}),
	},
}

func newAccountsJoin(s *server) http.HandlerFunc {
	var mu sync.Mutex
	last := map[string]string{} // base path -> id of the group made last
	return faulty(func(c *call) *answer {
		a := c.pass()
		id, _ := a.body["id"].(string)
		if c.method != http.MethodPost || !a.ok() || id == "" {
			return a
		}
		mu.Lock()
		defer mu.Unlock()
		switch group := last[c.base]; {
		case c.kind == "Groups":
			last[c.base] = id
		case group != "":
			c.ask(http.MethodPatch, "/Groups/"+group, "", object{
				"schemas":    []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
				"Operations": []any{object{"op": "add", "path": "members", "value": []any{object{"value": id}}}},
			})
		}
		return a
	})(s)
}

// listsGroupsUnderAnotherID answers under whichever id was asked for.
func listsGroupsUnderAnotherID(s *server) http.HandlerFunc {
	const mark = "-external"
	return faulty(func(c *call) *answer {
		if c.kind != "Groups" {
			return c.pass()
		}
		real := strings.TrimSuffix(c.id, mark)
		a := c.server.ask(c.request(c.method, strings.Replace(c.r.URL.Path, c.id, real, 1), c.r.URL.RawQuery, c.raw))
		if c.id != "" && a.body["id"] == real {
			a.body["id"] = c.id
		}
		for _, e := range a.entries() {
			if id, ok := e["id"].(string); ok {
				e["id"] = id + mark
			}
		}
		return a
	})(s)
}

// valuesOf are the ids in a list of members.
func valuesOf(members []any) map[string]bool {
	ids := map[string]bool{}
	for _, m := range listOf(members) {
		if id, ok := m["value"].(string); ok {
			ids[id] = true
		}
	}
	return ids
}

// disable makes an account inactive, if it is there.
func (c *call) disable(id string) {
	if account := c.resource("/Users/" + id); account != nil {
		account["active"] = false
		c.ask(http.MethodPut, "/Users/"+id, "", account)
	}
}

func membersSpillOver(s *server) http.HandlerFunc {
	var mu sync.Mutex
	made := map[string][]string{} // base path -> ids of the groups, in the order in which they were made
	return faulty(func(c *call) *answer {
		a := c.pass()
		if c.kind != "Groups" || !a.ok() || c.method == http.MethodGet {
			return a
		}
		mu.Lock()
		defer mu.Unlock()
		id := c.id
		switch c.method {
		case http.MethodDelete:
			made[c.base] = slices.DeleteFunc(made[c.base], func(group string) bool { return group == id })
		case http.MethodPost:
			id, _ = a.body["id"].(string)
			made[c.base] = append(made[c.base], id)
		}
		i := slices.Index(made[c.base], id)
		if i < 1 {
			return a
		}
		if before := c.resource("/Groups/" + made[c.base][i-1]); before != nil {
			now, _ := c.resource("/Groups/" + id)["members"].([]any)
			old, _ := before["members"].([]any)
			before["members"] = union(old, now)
			c.ask(http.MethodPut, "/Groups/"+made[c.base][i-1], "", before)
		}
		return a
	})(s)
}

func emptyMembersIgnored(c *call) *answer {
	empty := func(v any) bool { list, isList := v.([]any); return isList && len(list) == 0 }
	switch {
	case c.kind == "Groups" && c.method == http.MethodPut && empty(c.body["members"]):
		body := copyOf(c.body)
		body["members"] = c.membersNow()
		return c.passBody(body)
	case c.kind == "Groups" && c.method == http.MethodPatch:
		ops := eachMemberOperation(c, "replace", func(_ *call, o object) object {
			if empty(o["value"]) {
				return nil
			}
			return o
		})
		if len(ops) == 0 {
			return c.ask(http.MethodGet, c.self(), "", nil)
		}
		return c.passBody(c.withOperations(ops))
	}
	return c.pass()
}

func deletedGroupBreaks(s *server) http.HandlerFunc {
	var deleted sync.Map
	return faulty(func(c *call) *answer {
		if _, gone := deleted.Load(c.id); gone && c.kind == "Groups" && c.method == http.MethodGet {
			return refuse(http.StatusInternalServerError, "", "nil pointer")
		}
		a := c.pass()
		if c.kind == "Groups" && c.method == http.MethodDelete && a.ok() {
			deleted.Store(c.id, true)
		}
		return a
	})(s)
}

func (c *call) membersNow() []any {
	members, _ := c.ask(http.MethodGet, c.self(), "", nil).body["members"].([]any)
	return members
}

func onMemberOperation(op string, change func(*call, object) object) func(*server) http.HandlerFunc {
	return faulty(func(c *call) *answer {
		if c.kind != "Groups" || c.method != http.MethodPatch {
			return c.pass()
		}
		ops := eachMemberOperation(c, op, change)
		if len(ops) == 0 {
			return c.ask(http.MethodGet, c.self(), "", nil)
		}
		return c.passBody(c.withOperations(ops))
	})
}

// eachMemberOperation returns the operations of a PATCH with those on members
// changed; a nil change leaves the operation out.
func eachMemberOperation(c *call, op string, change func(*call, object) object) []object {
	var ops []object
	for _, o := range c.operations() {
		path, _ := o["path"].(string)
		name, _ := o["op"].(string)
		if strings.EqualFold(name, op) && strings.HasPrefix(path, "members") {
			if o = change(c, o); o == nil {
				continue
			}
		}
		ops = append(ops, o)
	}
	return ops
}

func union(lists ...[]any) []any {
	all, seen := []any{}, map[string]bool{}
	for _, list := range lists {
		for _, m := range listOf(list) {
			if id, ok := m["value"].(string); ok && !seen[id] {
				seen[id] = true
				all = append(all, object{"value": id})
			}
		}
	}
	return all
}

func renameEmpties(c *call) *answer {
	if c.kind != "Groups" || c.id == "" || c.method != http.MethodPut && c.method != http.MethodPatch {
		return c.pass()
	}
	before := c.ask(http.MethodGet, c.self(), "", nil).body["displayName"]
	a := c.pass()
	now := c.ask(http.MethodGet, c.self(), "", nil)
	if now.body == nil || !now.ok() || fmt.Sprint(now.body["displayName"]) == fmt.Sprint(before) {
		return a
	}
	now.body["members"] = []any{}
	return c.ask(http.MethodPut, c.self(), "", now.body)
}
