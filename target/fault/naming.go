package fault

import (
	"net/http"
	"strings"
	"sync"
)

// Mistakes in what a group may be called, and about groups that are gone.
var namingFaults = []Fault{
	{
		Name: "rename-with-id-refused",
		What: "a PATCH of a group whose value names the group's id beside what it changes is refused, though it is the id that the group has",
		Seen: "F56: elimity-com/scim, a comment in internal/patch, and growthbook a360c3803e",
		wrap: faulty(func(c *call) *answer {
			for _, o := range c.operations() {
				if value, _ := o["value"].(object); c.kind == "Groups" && value["id"] != nil {
					return refuse(http.StatusBadRequest, "mutability", "the attribute id is readOnly")
				}
			}
			return c.pass()
		}),
	},
	{
		Name: "nameless-groups-made",
		What: "a group that comes without a name is made, and is called null",
		Seen: "F73: Metatavu/keycloak-scim-server PR #54",
		wrap: faulty(func(c *call) *answer {
			if name, _ := c.body["displayName"].(string); c.kind != "Groups" || c.method != http.MethodPost || name != "" {
				return c.pass()
			}
			body := copyOf(c.body)
			body["displayName"] = "null"
			return c.passBody(body)
		}),
	},
	{
		Name: "deleted-names-stay-taken",
		What: "the name of a group that was deleted stays taken: nobody finds it, and a create is a conflict",
		Seen: "F69: getsentry/sentry #88623, a conflict with a group that cannot be seen",
		wrap: deletedNamesStayTaken,
	},
	{
		Name: "changes-of-gone-groups-succeed",
		What: "a change of a group that is not there is answered with success",
		Seen: "the class of F76 (vouch-sh/vouch PR #1415): what is not there takes a write",
		wrap: faulty(func(c *call) *answer {
			a := c.pass()
			if c.kind == "Groups" && (c.method == http.MethodPut || c.method == http.MethodPatch) && a.status == http.StatusNotFound {
				return &answer{status: http.StatusNoContent, header: http.Header{}}
			}
			return a
		}),
	},
}

func deletedNamesStayTaken(s *server) http.HandlerFunc {
	var taken sync.Map // base path and name
	key := func(c *call, name any) string {
		text, _ := name.(string)
		return c.base + " " + strings.ToLower(text)
	}
	return faulty(func(c *call) *answer {
		switch {
		case c.kind != "Groups":
		case c.method == http.MethodPost:
			if _, gone := taken.Load(key(c, c.body["displayName"])); gone {
				return refuse(http.StatusConflict, "uniqueness", "a group of that name exists")
			}
		case c.method == http.MethodDelete:
			name := c.ask(http.MethodGet, c.self(), "", nil).body["displayName"]
			a := c.pass()
			if a.ok() {
				taken.Store(key(c, name), true)
			}
			return a
		}
		return c.pass()
	})(s)
}
