package fault

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Mistakes that show when somebody comes back who was disabled.
var comebackFaults = []Fault{
	{
		Name: "returned-unknown-to-groups",
		What: "a group that is to have somebody whose account was disabled and put to use again is refused: their id is not known there any more",
		Seen: "F68: getsentry/sentry #122540, a re-provisioned user who is not found when the group is pushed",
		wrap: returnedUnknownToGroups,
	},
	{
		Name: "disabled-leave-their-groups",
		What: "who is disabled is taken out of every group, and is in none when they come back",
		Seen: "the class of F67 (gravitational/teleport #67372): members who cannot sign in are nobody to a group",
		wrap: disabledLeaveTheirGroups,
	},
	{
		Name: "remakes-when-enabled",
		What: "an account that is put to use again is made anew: a lookup finds it under another id, and groups know it by that alone",
		Seen: "F68: getsentry/sentry #122540, where the identity provider pushed an id that was out of date",
		wrap: remakesWhenEnabled,
	},
}

// returnedUnknownToGroups knows who was disabled, and who is back since.
func returnedUnknownToGroups(s *server) http.HandlerFunc {
	var mu sync.Mutex
	disabled, back := map[string]bool{}, map[string]bool{} // by base path and id
	return faulty(func(c *call) *answer {
		mu.Lock()
		for id := range valuesOf(c.membersNamed()) {
			if back[c.base+id] {
				mu.Unlock()
				return refuse(http.StatusNotFound, "", "user not found")
			}
		}
		mu.Unlock()
		a := c.pass()
		mu.Lock()
		defer mu.Unlock()
		switch key := c.base + c.id; {
		case !a.ok():
		case c.sets(false):
			disabled[key] = true
		case c.sets(true) && disabled[key]:
			back[key] = true
		}
		return a
	})(s)
}

// remakesWhenEnabled knows whose account was made anew. Under either id it can be read and
// changed, and then bears the one that was asked for.
func remakesWhenEnabled(s *server) http.HandlerFunc {
	const mark = "-anew"
	var mu sync.Mutex
	disabled, remade := map[string]bool{}, map[string]bool{} // by base path and id
	return faulty(func(c *call) *answer {
		mu.Lock()
		defer mu.Unlock()
		for id := range valuesOf(c.membersNamed()) {
			if remade[c.base+id] {
				return refuse(http.StatusNotFound, "", "user not found")
			}
		}
		real := strings.TrimSuffix(c.id, mark)
		raw := bytes.ReplaceAll(c.raw, []byte(mark), nil)
		a := c.server.ask(c.request(c.method, strings.Replace(c.r.URL.Path, c.id, real, 1), c.r.URL.RawQuery, raw))
		if c.kind != "Users" || !a.ok() {
			return a
		}
		switch key := c.base + real; {
		case c.sets(false):
			disabled[key] = true
		case c.sets(true) && disabled[key]:
			remade[key] = true
		}
		if a.body["id"] == real {
			a.body["id"] = c.id
		}
		for _, e := range a.entries() {
			if id, _ := e["id"].(string); remade[c.base+id] {
				e["id"] = id + mark
			}
		}
		return a
	})(s)
}

// membersNamed are those whom a write of a group names, but for those whom it takes out.
func (c *call) membersNamed() []any {
	if c.kind != "Groups" {
		return nil
	}
	named, _ := c.body["members"].([]any)
	for _, o := range c.operations() {
		value, _ := o["value"].([]any)
		named = append(named, value...)
	}
	return named
}

func disabledLeaveTheirGroups(s *server) http.HandlerFunc {
	return faulty(func(c *call) *answer {
		a := c.pass()
		if c.kind != "Users" || c.id == "" || !a.ok() || !c.sets(false) {
			return a
		}
		groups := &call{server: c.server, r: c.r, base: c.base, kind: "Groups"}
		for _, g := range listOf(groups.whole()) {
			id, _ := g["id"].(string)
			group := c.resource("/Groups/" + id)
			members, _ := group["members"].([]any)
			if !valuesOf(members)[c.id] {
				continue
			}
			group["members"] = slices.DeleteFunc(members, func(m any) bool {
				member, _ := m.(object)
				return member["value"] == c.id
			})
			c.ask(http.MethodPut, "/Groups/"+id, "", group)
		}
		return a
	})(s)
}
