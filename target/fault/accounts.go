package fault

import (
	"net/http"
	"strings"
	"sync"
)

// Mistakes in keeping accounts.
var accountFaults = []Fault{
	{
		Name: "deletes-when-disabled",
		What: "an account that is set inactive is deleted: it cannot be read again, and its name is free",
		Seen: "F08: Okta developer forum 24187, growthbook/growthbook PR #1680, Flagsmith #8368",
		wrap: deletesWhenDisabled,
	},
	{
		Name: "disabled-unreadable",
		What: "an account that is not active is found by a filter, and answered with 404 by its id",
		Seen: "F08: Okta developer forum 24187, where only reading by id says that the account is gone",
		wrap: faulty(func(c *call) *answer {
			a := c.pass()
			if c.method == http.MethodGet && c.kind == "Users" && c.id != "" && a.body["active"] == false {
				return refuse(http.StatusNotFound, "", "no such user")
			}
			return a
		}),
	},
	{
		Name: "rekeys-when-disabled",
		What: "an account that was disabled is found under another id from then on",
		Seen: "F68: getsentry/sentry #122540, a re-provisioned user under a new id",
		wrap: rekeysWhenDisabled,
	},
	{
		Name: "stores-and-answers-500",
		What: "a PUT or PATCH is carried out, and answered with 500",
		Seen: "F77: lightdash/lightdash PR #24455, a 500 that is none; met after the change was stored",
		wrap: faulty(func(c *call) *answer {
			a := c.pass()
			if a.ok() && (c.method == http.MethodPut || c.method == http.MethodPatch) {
				return refuse(http.StatusInternalServerError, "", "cannot read property of undefined")
			}
			return a
		}),
	},
	{
		Name: "put-answers-another-id",
		What: "a PUT is answered with a resource that bears another id",
		Seen: "the class of F81 (Infisical/infisical PR #5947): two serializers that disagree, the one of updates with an internal id",
		wrap: answers(func(c *call, a *answer) {
			if id, ok := a.body["id"].(string); ok && c.method == http.MethodPut {
				a.body["id"] = "internal-" + id
			}
		}),
	},
	{
		Name: "patch-active-ignored",
		What: "a PATCH of active is answered with 200 and changes nothing",
		Seen: "F02: NorthlandPositronics/Cogtrix #122",
		wrap: faulty(func(c *call) *answer {
			if c.method == http.MethodPatch && (c.sets(true) || c.sets(false)) {
				return c.without("active")
			}
			return c.pass()
		}),
	},
	{
		Name: "put-active-ignored",
		What: "a PUT cannot change active",
		Seen: "F06: FusionAuth/fusionauth-issues #1871, ParabolInc/parabol #12557",
		wrap: faulty(func(c *call) *answer {
			if c.method == http.MethodPut && c.kind == "Users" {
				return c.without("active")
			}
			return c.pass()
		}),
	},
	{
		Name: "reactivation-ignored",
		What: "setting active to true is answered with success, and the account stays disabled",
		Seen: "F07: PostHog/posthog PR #42603",
		wrap: faulty(func(c *call) *answer {
			if c.id != "" && c.sets(true) {
				return c.without("active")
			}
			return c.pass()
		}),
	},
	{
		Name: "patch-needs-a-path",
		What: "a PATCH operation without a path is refused",
		Seen: "F05: getsentry/sentry PR #27199, GitLab MR 25649",
		wrap: faulty(func(c *call) *answer {
			for _, o := range c.operations() {
				if c.method == http.MethodPatch && o["path"] == nil {
					return refuse(http.StatusBadRequest, "invalidPath", "an operation needs a path")
				}
			}
			return c.pass()
		}),
	},
	{
		Name: "patch-without-path-breaks",
		What: "a PATCH of an account without a path is answered with 500",
		Seen: "F01: Metatavu/keycloak-scim-server #95",
		wrap: faulty(func(c *call) *answer {
			for _, o := range c.operations() {
				if c.method == http.MethodPatch && c.kind == "Users" && o["path"] == nil {
					return refuse(http.StatusInternalServerError, "", "attribute is null")
				}
			}
			return c.pass()
		}),
	},
	{
		Name: "patch-not-implemented",
		What: "a PATCH of an account is answered with 501",
		Seen: "F03: unitycatalog/unitycatalog #423",
		wrap: faulty(func(c *call) *answer {
			if c.method == http.MethodPatch && c.kind == "Users" {
				return refuse(http.StatusNotImplemented, "", "PATCH is not implemented")
			}
			return c.pass()
		}),
	},
	{
		Name: "reactivated-refuses-profile",
		What: "the first PUT of an account after its reactivation is refused",
		Seen: "F11: fleetdm/fleet #53446",
		wrap: reactivatedRefusesProfile,
	},
	{
		Name: "put-keeps-username",
		What: "a PUT cannot change userName",
		Seen: "the class of F06 (FusionAuth/fusionauth-issues #1871): an attribute that PUT does not write",
		wrap: onPut(func(now, body object) object {
			body["userName"] = now["userName"]
			return body
		}),
	},
	{
		Name: "put-without-display-clears-name",
		What: "a PUT without displayName clears the name of the account",
		Seen: "F74: growthbook 9e48ee39ec",
		wrap: onPut(func(_, body object) object {
			if body["displayName"] == nil {
				delete(body, "name")
			}
			return body
		}),
	},
	{
		Name: "patch-replaces-the-account",
		What: "a PATCH without a path is taken for the whole account, and what it does not name is lost",
		Seen: "F04: ssoready/ssoready PR #206",
		wrap: faulty(func(c *call) *answer {
			if c.method != http.MethodPatch || c.kind != "Users" {
				return c.pass()
			}
			now := c.ask(http.MethodGet, c.self(), "", nil)
			whole := object{"schemas": now.body["schemas"], "userName": now.body["userName"], "name": now.body["name"]}
			for _, o := range c.operations() {
				value, _ := o["value"].(object)
				for name, v := range value {
					whole[name] = v
				}
			}
			return c.ask(http.MethodPut, c.self(), "", whole)
		}),
	},
	{
		Name: "put-ignored",
		What: "a PUT of an account is answered with what was sent, and nothing is stored",
		Seen: "F67 and V18, there on groups: gravitational/teleport #67372",
		wrap: faulty(func(c *call) *answer {
			if c.method != http.MethodPut || c.kind != "Users" {
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
		Name: "put-drops-unmapped",
		What: "a PUT keeps only the attributes that the server maps, and drops the rest of the account",
		Seen: "F14: limosa-io/laravel-scim-server PR #36",
		wrap: faulty(func(c *call) *answer {
			if c.method != http.MethodPut || c.kind != "Users" {
				return c.pass()
			}
			return c.passBody(mappedOf(c.body))
		}),
	},
	{
		Name: "put-drops-emails",
		What: "a PUT that changes the name of an account loses its email addresses",
		Seen: "the class of F04 and F74 (ssoready/ssoready PR #206, growthbook 9e48ee39ec), met by PUT",
		wrap: faulty(func(c *call) *answer {
			if c.method != http.MethodPut || c.kind != "Users" {
				return c.pass()
			}
			body := copyOf(c.body)
			delete(body, "emails")
			return c.passBody(body)
		}),
	},
	{
		Name: "lower-cases-usernames",
		What: "userName is stored and answered in lower case",
		Seen: "F12: PostHog/posthog PR #42253",
		wrap: answers(func(c *call, a *answer) {
			if c.kind != "Users" {
				return
			}
			for _, e := range append(a.entries(), a.body) {
				if name, ok := e["userName"].(string); ok {
					e["userName"] = strings.ToLower(name)
				}
			}
		}),
	},
	{
		Name: "account-keeps-its-groups",
		What: "an account goes on listing the groups that it has left",
		Seen: "the class of F81 (Infisical/infisical PR #5947): memberships kept in two places that disagree",
		wrap: accountKeepsItsGroups,
	},
	{
		Name: "accounts-name-their-groups",
		What: "the groups of an account bear the groups' names where their ids are due, and no reference",
		Seen: "the class of F81 (Infisical/infisical PR #5947): two serializers that disagree",
		wrap: answers(func(c *call, a *answer) {
			if c.kind != "Users" {
				return
			}
			for _, e := range append(a.entries(), a.body) {
				for _, g := range listOf(e["groups"]) {
					g["value"] = g["display"]
					delete(g, "$ref")
				}
			}
		}),
	},
	{
		Name: "create-overwrites-another",
		What: "a new account's name is also written to the account that was made before it",
		Seen: "V1: CVE-2025-41115, an externalId taken for the internal id of another account",
		wrap: createOverwritesAnother,
	},
	{
		Name: "put-overwrites-the-newest",
		What: "the name in a PUT of an account is also written to the account that was made last",
		Seen: "F75: msaad00/agent-bom PR #3540, a write that reaches another record",
		wrap: toTheNewest(func(victim, body object) { victim["name"] = body["name"] }),
	},
	{
		Name: "seats-run-out",
		What: "from the third account on, new accounts are not active, whatever the request says, and nobody is told",
		Seen: "the class of F07 (PostHog/posthog PR #42603), met where seats are counted",
		wrap: seatsRunOut,
	},
	{
		Name: "create-starts-disabled",
		What: "a new account is not active, whatever the request says",
		Seen: "the class of F07 (PostHog/posthog PR #42603), met on creation",
		wrap: faulty(func(c *call) *answer {
			if c.method != http.MethodPost || c.kind != "Users" {
				return c.pass()
			}
			body := copyOf(c.body)
			body["active"] = false
			return c.passBody(body)
		}),
	},
}

// deletesWhenDisabled plays a deletion that the server behind may not offer: the
// account is hidden from then on, and renamed so that its name is free.
func deletesWhenDisabled(s *server) http.HandlerFunc {
	var mu sync.Mutex
	gone := map[string]bool{}
	isGone := func(id string) bool {
		mu.Lock()
		defer mu.Unlock()
		return gone[id]
	}
	return faulty(func(c *call) *answer {
		if c.kind != "Users" {
			return c.pass()
		}
		if c.id != "" && isGone(c.id) {
			return refuse(http.StatusNotFound, "", "no such user")
		}
		a := c.pass()
		if c.id != "" && a.ok() && c.sets(false) {
			mu.Lock()
			gone[c.id] = true
			mu.Unlock()
			if now := c.resource(c.self()); now != nil {
				now["userName"] = "deleted-" + c.id
				c.ask(http.MethodPut, c.self(), "", now)
			}
		}
		a.keep(func(o object) bool { id, _ := o["id"].(string); return !isGone(id) })
		return a
	})(s)
}

// rekeysWhenDisabled shows another id in lists; under either id the account can be
// reached, and then bears the one that was asked for.
func rekeysWhenDisabled(s *server) http.HandlerFunc {
	const mark = "-archived"
	var mu sync.Mutex
	rekeyed := map[string]bool{}
	return faulty(func(c *call) *answer {
		if c.kind != "Users" {
			return c.pass()
		}
		real := strings.TrimSuffix(c.id, mark)
		a := c.server.ask(c.request(c.method, strings.Replace(c.r.URL.Path, c.id, real, 1), c.r.URL.RawQuery, c.raw))
		mu.Lock()
		defer mu.Unlock()
		if c.id != "" {
			rekeyed[c.base+real] = rekeyed[c.base+real] || a.ok() && c.sets(false)
			if a.body["id"] == real {
				a.body["id"] = c.id
			}
		}
		for _, e := range a.entries() {
			if id, _ := e["id"].(string); rekeyed[c.base+id] {
				e["id"] = id + mark
			}
		}
		return a
	})(s)
}

// reactivatedRefusesProfile knows who was disabled, and who is back since.
func reactivatedRefusesProfile(s *server) http.HandlerFunc {
	var mu sync.Mutex
	disabled, back := map[string]bool{}, map[string]bool{} // by base path and id
	return faulty(func(c *call) *answer {
		key := c.base + c.id
		mu.Lock()
		refuses := c.kind == "Users" && c.method == http.MethodPut && back[key]
		if refuses {
			delete(back, key)
		}
		mu.Unlock()
		if refuses {
			return refuse(http.StatusBadRequest, "invalidValue", "Invalid parameter: value")
		}
		a := c.pass()
		mu.Lock()
		defer mu.Unlock()
		switch {
		case !a.ok():
		case c.sets(false):
			disabled[key] = true
		case c.sets(true) && disabled[key]:
			delete(disabled, key)
			back[key] = true
		}
		return a
	})(s)
}

// toTheNewest makes a PUT of an account also write something to the account that
// was made last.
func toTheNewest(write func(victim, body object)) func(*server) http.HandlerFunc {
	return func(s *server) http.HandlerFunc {
		var mu sync.Mutex
		newest := map[string]string{} // base path -> id of the account made last
		return faulty(func(c *call) *answer {
			a := c.pass()
			if c.kind != "Users" || !a.ok() {
				return a
			}
			mu.Lock()
			defer mu.Unlock()
			id, _ := a.body["id"].(string)
			switch other := newest[c.base]; {
			case c.method == http.MethodPost:
				newest[c.base] = id
			case c.method == http.MethodPut && other != "" && other != c.id:
				if victim := c.ask(http.MethodGet, "/Users/"+other, "", nil).body; victim != nil {
					write(victim, c.body)
					c.ask(http.MethodPut, "/Users/"+other, "", victim)
				}
			}
			return a
		})(s)
	}
}

// seatsRunOut has two seats for each tenant.
func seatsRunOut(s *server) http.HandlerFunc {
	var mu sync.Mutex
	made := map[string]int{} // base path -> accounts
	return faulty(func(c *call) *answer {
		if c.method != http.MethodPost || c.kind != "Users" {
			return c.pass()
		}
		mu.Lock()
		made[c.base]++
		full := made[c.base] > 2
		mu.Unlock()
		if !full {
			return c.pass()
		}
		body := copyOf(c.body)
		body["active"] = false
		return c.passBody(body)
	})(s)
}

// accountKeepsItsGroups remembers every group that an account has ever listed.
func accountKeepsItsGroups(s *server) http.HandlerFunc {
	var mu sync.Mutex
	ever := map[string][]any{} // base path and id of an account -> its groups
	return answers(func(c *call, a *answer) {
		if c.kind != "Users" || c.id == "" || !a.ok() || a.body == nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		now, _ := a.body["groups"].([]any)
		ever[c.base+c.id] = union(ever[c.base+c.id], now)
		a.body["groups"] = ever[c.base+c.id]
	})(s)
}

func createOverwritesAnother(s *server) http.HandlerFunc {
	var mu sync.Mutex
	last := map[string]string{} // base path -> id of the account made last
	return faulty(func(c *call) *answer {
		a := c.pass()
		id, _ := a.body["id"].(string)
		if c.method != http.MethodPost || c.kind != "Users" || !a.ok() || id == "" {
			return a
		}
		mu.Lock()
		other := last[c.base]
		last[c.base] = id
		mu.Unlock()
		if other != "" {
			victim := c.ask(http.MethodGet, "/Users/"+other, "", nil).body
			if victim != nil {
				victim["name"] = c.body["name"]
				c.ask(http.MethodPut, "/Users/"+other, "", victim)
			}
		}
		return a
	})(s)
}
