package fault

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Mistakes in who may be a member of a group, in how many may be, and in what the
// group may be called.
var memberFaults = []Fault{
	{
		Name: "members-capped",
		What: "a group keeps its first hundred members, and forgets the others without a word",
		Seen: "F63: FusionAuth/fusionauth-issues #2784",
		wrap: faulty(membersCapped),
	},
	{
		Name: "shows-twenty-members",
		What: "a group shows at most twenty of its members",
		Seen: "F63: getsentry/sentry #77191",
		wrap: answers(func(c *call, a *answer) {
			for _, g := range append(a.entries(), a.body) {
				if members, _ := g["members"].([]any); c.kind == "Groups" && len(members) > 20 {
					g["members"] = members[:20]
				}
			}
		}),
	},
	{
		Name: "large-group-breaks",
		What: "reading a group of more than a hundred members is answered with 500",
		Seen: "F64: FusionAuth/fusionauth-issues #3307, wso2/product-is #8876 and #9201, which broke at thousands",
		wrap: faulty(func(c *call) *answer {
			a := c.pass()
			if members, _ := a.body["members"].([]any); c.kind == "Groups" && c.method == http.MethodGet && len(members) > 100 {
				return refuse(http.StatusInternalServerError, "", "query timed out")
			}
			return a
		}),
	},
	{
		Name: "members-need-a-type",
		What: "a member that comes without a type, as all of Okta's do, is dropped without a word",
		Seen: "F57: Captain-P-Goldfish/SCIM-SDK #419",
		wrap: onMembersSent(func(members []any) ([]any, *answer) {
			return slices.DeleteFunc(members, func(m any) bool {
				member, _ := m.(object)
				return member["type"] == nil
			}), nil
		}),
	},
	{
		Name: "display-null-refused",
		What: "a member whose display is null is refused",
		Seen: "F58: jelhub/scimgateway #95, different-ai/openwork PR #4691",
		wrap: onMembersSent(func(members []any) ([]any, *answer) {
			for _, m := range listOf(members) {
				if display, there := m["display"]; there && display == nil {
					return nil, refuse(http.StatusBadRequest, "invalidValue", "display: expected string, received null")
				}
			}
			return members, nil
		}),
	},
	{
		Name: "empty-members-refused",
		What: "an empty list of members is refused, in whatever it comes",
		Seen: "F54: Captain-P-Goldfish/SCIM-SDK #757, a value is required",
		wrap: onMembersSent(func(members []any) ([]any, *answer) {
			if len(members) == 0 {
				return nil, refuse(http.StatusBadRequest, "invalidValue", "members: a value is required")
			}
			return members, nil
		}),
	},
	{
		Name: "group-put-immutable",
		What: "a PUT of a group with other members than it has is refused: members are immutable",
		Seen: "F59: simpleidserver/SimpleIdServer #247, #697 and #844",
		wrap: faulty(func(c *call) *answer {
			if c.kind != "Groups" || c.id == "" || c.method != http.MethodPut {
				return c.pass()
			}
			sent, _ := c.body["members"].([]any)
			now, asked := valuesOf(c.membersNow()), valuesOf(sent)
			for id := range asked {
				if !now[id] {
					return refuse(http.StatusBadRequest, "mutability", "members.value is immutable")
				}
			}
			if len(asked) < len(now) {
				return refuse(http.StatusBadRequest, "mutability", "members.value is immutable")
			}
			return c.pass()
		}),
	},
	{
		Name: "unknown-member-breaks",
		What: "a change of a group that names somebody whom the server does not know is answered with 500",
		Seen: "F62: Captain-P-Goldfish/SCIM-SDK #55",
		wrap: onUnknownMember(func(c *call) *answer {
			return refuse(http.StatusInternalServerError, "", "null pointer")
		}),
	},
	{
		Name: "unknown-member-stops-the-rest",
		What: "a change of a group that names somebody whom the server does not know is answered with success, and nobody is added",
		Seen: "the class of F61 (fleetdm/fleet #52600): one unknown member stands for the whole request, here in silence",
		wrap: onUnknownMember(func(c *call) *answer { return c.ask(http.MethodGet, c.self(), "", nil) }),
	},
	{
		Name: "equal-adds-break",
		What: "two requests at once that add one member to a group: the second meets a unique key, and is answered with 500",
		Seen: "F66: wso2-extensions PR #566",
		wrap: equalAddsBreak,
	},
	{
		Name: "groups-twice",
		What: "a group that is looked up by its name is found twice, under two ids",
		Seen: "F72: ory/polis 2992f36e8, two groups of one name",
		wrap: answers(func(c *call, a *answer) {
			f := filterOf(c)
			if c.kind != "Groups" || f == nil || len(a.entries()) != 1 {
				return
			}
			one := a.entries()[0]
			other := copyOf(one)
			other["id"] = "5bf1c90e-0000-4000-8000-000000000072"
			a.body["Resources"] = []any{one, other}
			a.body["totalResults"], a.body["itemsPerPage"] = 2, 2
		}),
	},
	{
		Name: "backslash-breaks-filter",
		What: "a filter whose value has a quote or a backslash in it, each behind a backslash, is refused",
		Seen: "F27: Captain-P-Goldfish/SCIM-SDK #913, audriga/scim-server-php #1",
		wrap: faulty(func(c *call) *answer {
			if f := filterOf(c); f != nil && strings.ContainsAny(f.value, `"\`) {
				return refuse(http.StatusBadRequest, "invalidFilter", "the filter cannot be read")
			}
			return c.pass()
		}),
	},
	{
		Name: "filter-read-twice",
		What: "a filter is taken out of its percent signs twice, so that a value with a plus or a percent sign in it is another",
		Seen: "the class of F27 (audriga/scim-server-php #1): a filter that is cut up before it is read",
		wrap: faulty(func(c *call) *answer {
			a, f := c.pass(), filterOf(c)
			if f == nil {
				return a
			}
			if twice, err := url.QueryUnescape(f.value); err != nil || twice != f.value {
				a.keep(func(object) bool { return false })
			}
			return a
		}),
	},
	{
		Name: "filter-in-ascii",
		What: "a filter finds nothing whose name has letters outside ASCII",
		Seen: "the class of F27: a filter that is cut up before it is read",
		wrap: faulty(func(c *call) *answer {
			a, f := c.pass(), filterOf(c)
			if f != nil && strings.ContainsFunc(f.value, func(r rune) bool { return r > 127 }) {
				a.keep(func(object) bool { return false })
			}
			return a
		}),
	},
}

func membersCapped(c *call) *answer {
	a := c.pass()
	if c.kind != "Groups" || c.method == http.MethodGet || c.method == http.MethodDelete || !a.ok() {
		return a
	}
	path := c.self()
	if id, _ := a.body["id"].(string); c.id == "" {
		path += id
	}
	group := c.ask(http.MethodGet, path, "", nil).body
	if members, _ := group["members"].([]any); len(members) > 100 {
		group["members"] = members[:100]
		c.ask(http.MethodPut, path, "", group)
	}
	return a
}

// onMembersSent changes the members that a POST, a PUT, or an add or replace of a
// PATCH sends, or refuses the whole.
func onMembersSent(change func(members []any) ([]any, *answer)) func(*server) http.HandlerFunc {
	return faulty(func(c *call) *answer {
		if c.kind != "Groups" || c.body == nil {
			return c.pass()
		}
		body := copyOf(c.body)
		if members, sent := body["members"].([]any); sent {
			kept, refused := change(members)
			if refused != nil {
				return refused
			}
			body["members"] = kept
		}
		if c.method != http.MethodPatch {
			return c.passBody(body)
		}
		var ops []object
		for _, o := range c.operations() {
			if value, sent := o["value"].([]any); sent && o["path"] == "members" {
				kept, refused := change(value)
				if refused != nil {
					return refused
				}
				o = copyOf(o)
				o["value"] = kept
			}
			ops = append(ops, o)
		}
		return c.passBody(c.withOperations(ops))
	})
}

// onUnknownMember answers in place of the server where a write names somebody who
// has no account.
func onUnknownMember(instead func(*call) *answer) func(*server) http.HandlerFunc {
	return faulty(func(c *call) *answer {
		for id := range valuesOf(c.membersNamed()) {
			if !c.ask(http.MethodGet, "/Users/"+url.PathEscape(id), "", nil).ok() {
				return instead(c)
			}
		}
		return c.pass()
	})
}

// equalAddsBreak lets an add wait until an equal one has come, or for a moment, so that
// it is not left to luck whether two are under way together.
func equalAddsBreak(s *server) http.HandlerFunc {
	const moment = 50 * time.Millisecond
	var mu sync.Mutex
	waiting := map[string]chan struct{}{} // base path, group and body -> closed when an equal add has come
	return faulty(func(c *call) *answer {
		if c.kind != "Groups" || c.method != http.MethodPatch || len(c.membersNamed()) == 0 {
			return c.pass()
		}
		key := c.base + c.self() + string(encode(c.body))
		mu.Lock()
		if first, there := waiting[key]; there {
			delete(waiting, key)
			close(first)
			mu.Unlock()
			return refuse(http.StatusInternalServerError, "", "duplicate key value violates unique constraint")
		}
		met := make(chan struct{})
		waiting[key] = met
		mu.Unlock()

		alone := time.NewTimer(moment)
		defer alone.Stop()
		select {
		case <-met:
		case <-alone.C:
		case <-c.r.Context().Done():
		}
		mu.Lock()
		if waiting[key] == met {
			delete(waiting, key)
		}
		mu.Unlock()
		return c.pass()
	})(s)
}
