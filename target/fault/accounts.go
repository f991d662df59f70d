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
					return refuse(http.StatusBadRequest, "400", "invalidPath", "an operation needs a path")
				}
			}
			return c.pass()
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
		Name: "create-overwrites-another",
		What: "a new account's name is also written to the account that was made before it",
		Seen: "V1: CVE-2025-41115, an externalId taken for the internal id of another account",
		wrap: createOverwritesAnother,
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
			return refuse(http.StatusNotFound, "404", "", "no such user")
		}
		a := c.pass()
		if c.id != "" && a.ok() && c.sets(false) {
			mu.Lock()
			gone[c.id] = true
			mu.Unlock()
			now := c.ask(http.MethodGet, c.self(), "", nil).body
			now["userName"] = "deleted-" + c.id
			c.ask(http.MethodPut, c.self(), "", now)
		}
		a.keep(func(o object) bool { id, _ := o["id"].(string); return !isGone(id) })
		return a
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
