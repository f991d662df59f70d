package fault

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Mistakes in what Okta maps of a person, in their password, and in what their name
// was.
var mappedFaults = []Fault{
	{
		Name: "keeps-only-department",
		What: "of the enterprise schema an account keeps its department, and loses the rest without a word",
		Seen: "F13 and F14 (fleetdm/fleet PR #44822, limosa-io/laravel-scim-server PR #36): a server that declares department alone, and drops what it does not know",
		wrap: writing(func(_, body object) object {
			for urn, block := range extensionsOf(body) {
				if !strings.EqualFold(urn, enterprise) {
					continue
				}
				delete(body, urn)
				if department, has := block["department"]; has {
					body[urn] = object{"department": department}
				}
			}
			return body
		}),
	},
	{
		Name: "digits-become-numbers",
		What: "a text of the enterprise schema that is all digits is shown as a number, its leading zeros gone",
		Seen: "the class of F31 and F82 (support.okta.com question 0D54z0000A4i091CQA; Okta's page of 2018): a type that changes on the way",
		wrap: showing(func(_ *call, account object) {
			for urn, block := range extensionsOf(account) {
				for name, v := range block {
					text, _ := v.(string)
					if number, err := strconv.Atoi(text); err == nil && strings.EqualFold(urn, enterprise) {
						block[name] = number
					}
				}
			}
		}),
	},
	{
		Name: "keeps-one-phone",
		What: "an account keeps the first of its telephone numbers",
		Seen: "the class of F14 (limosa-io/laravel-scim-server PR #36): what has no column of its own is dropped",
		wrap: writing(func(_, body object) object {
			if list, _ := body["phoneNumbers"].([]any); len(list) > 1 {
				body["phoneNumbers"] = list[:1]
			}
			return body
		}),
	},
	{
		Name: "new-phone-replaces-the-others",
		What: "a PUT that brings a telephone number which the account does not have loses those that it has",
		Seen: "the class of F51 (msaad00/agent-bom #3533): what is added replaces the list",
		wrap: onPut(func(now, body object) object {
			had := map[string]bool{}
			for _, e := range listOf(now["phoneNumbers"]) {
				had[fmt.Sprint(e["value"])] = true
			}
			var fresh []any
			for _, e := range listOf(body["phoneNumbers"]) {
				if !had[fmt.Sprint(e["value"])] {
					fresh = append(fresh, e)
				}
			}
			if len(fresh) > 0 && len(had) > 0 {
				body["phoneNumbers"] = fresh
			}
			return body
		}),
	},
	{
		Name: "put-like-the-last-skipped",
		What: "a PUT that says what the last one said is answered, and not carried out, whatever has become of the account since",
		Seen: "the class of F67 and V18 (gravitational/teleport #67372): answered with what was sent, and nothing is stored",
		wrap: putLikeTheLastSkipped,
	},
	{
		Name: "password-refused",
		What: "a change of an account that brings a password is refused with 400",
		Seen: "the class of F05 and F13 (getsentry/sentry PR #27199, fleetdm/fleet PR #44822): a body with more than the server's own schema has",
		wrap: faulty(func(c *call) *answer {
			if c.id != "" && c.bringsPassword() {
				return refuse(http.StatusBadRequest, "invalidValue", "password is no attribute of this schema")
			}
			return c.pass()
		}),
	},
	{
		Name: "new-password-echoed",
		What: "a change of a password is answered with it",
		Seen: "F80: ory/polis 6f322d414, RIPAGlobal/scimitar 2.6.0, met in the answer to a change",
		wrap: answers(func(c *call, a *answer) {
			if c.id != "" && c.bringsPassword() && a.ok() && a.body != nil {
				a.body["password"] = c.passwordIn()
			}
		}),
	},
	{
		Name: "password-change-disables",
		What: "a change of a password disables the account",
		Seen: "the class of F04 (ssoready/ssoready PR #206): a change of one attribute carries another along",
		wrap: faulty(func(c *call) *answer {
			a := c.pass()
			if c.kind != "Users" || c.id == "" || !a.ok() || !c.bringsPassword() {
				return a
			}
			now := c.resource(c.self())
			if now == nil {
				return a
			}
			now["active"] = false
			return c.ask(http.MethodPut, c.self(), "", now)
		}),
	},
	{
		Name: "former-usernames-found",
		What: "a lookup of a username that an account had before finds that account",
		Seen: "the class of F70 (getsentry/sentry #84838): lists go by the name that was there first",
		wrap: formerUsernamesFound,
	},
}

// writing is a mistake in what a create or a PUT makes of an account; now is nil for
// the former.
func writing(makes func(now, body object) object) func(*server) http.HandlerFunc {
	return faulty(func(c *call) *answer {
		switch {
		case c.kind != "Users" || c.body == nil || c.method != http.MethodPut && !c.creates():
			return c.pass()
		case c.creates():
			return c.passBody(makes(nil, copyOf(c.body)))
		}
		return c.passBody(makes(c.ask(http.MethodGet, c.self(), "", nil).body, copyOf(c.body)))
	})
}

// bringsPassword says whether a write of an account has a password in it.
func (c *call) bringsPassword() bool { return c.kind == "Users" && c.passwordIn() != nil }

func (c *call) passwordIn() any {
	if c.method == http.MethodPut {
		return c.body["password"]
	}
	for _, o := range c.operations() {
		if value, _ := o["value"].(object); value["password"] != nil {
			return value["password"]
		}
	}
	return nil
}

// putLikeTheLastSkipped remembers what each account was last put to, times apart.
func putLikeTheLastSkipped(s *server) http.HandlerFunc {
	var mu sync.Mutex
	last := map[string]string{} // base path and id of an account -> body
	return faulty(func(c *call) *answer {
		if c.method != http.MethodPut || c.kind != "Users" || c.body == nil {
			return c.pass()
		}
		said := copyOf(c.body)
		delete(said, "meta")
		mu.Lock()
		same := last[c.base+c.id] == string(encode(said))
		last[c.base+c.id] = string(encode(said))
		mu.Unlock()
		if !same {
			return c.pass()
		}
		now := c.ask(http.MethodGet, c.self(), "", nil)
		if now.ok() {
			now.body = c.body
		}
		return now
	})(s)
}

// formerUsernamesFound remembers every username that an account has been seen with.
func formerUsernamesFound(s *server) http.HandlerFunc {
	var mu sync.Mutex
	ids := map[string]string{} // base path and userName in lower case -> id
	return faulty(func(c *call) *answer {
		a := c.pass()
		if c.kind != "Users" || !a.ok() {
			return a
		}
		mu.Lock()
		defer mu.Unlock()
		for _, account := range append(a.entries(), a.body) {
			id, hasID := account["id"].(string)
			if name, ok := account["userName"].(string); ok && hasID {
				ids[c.base+strings.ToLower(name)] = id
			}
		}
		f := filterOf(c)
		if f == nil || a.body == nil || len(a.entries()) > 0 {
			return a
		}
		id, known := ids[c.base+strings.ToLower(f.value)]
		if !known {
			return a
		}
		if account := c.resource("/Users/" + id); account != nil {
			a.body["Resources"], a.body["totalResults"], a.body["itemsPerPage"] = []any{account}, 1, 1
		}
		return a
	})(s)
}
