package fault

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
)

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User" // RFC 7643, section 4.3

// Mistakes in keeping what stands below an extension's URN.
var extensionFaults = []Fault{
	{
		Name: "refuses-unknown-extension",
		What: "an account with an extension that the server does not know is refused with 400",
		Seen: "F15: better-auth/better-auth #10980, simpleidserver/SimpleIdServer #42",
		wrap: faulty(func(c *call) *answer {
			if urn := c.unknownExtension(); urn != "" {
				return refuse(http.StatusBadRequest, "invalidValue", urn+" is no schema of this server")
			}
			return c.pass()
		}),
	},
	{
		Name: "knows-only-department",
		What: "an account with another attribute of the enterprise schema than department is refused",
		Seen: "F13: fleetdm/fleet PR #44822",
		wrap: faulty(func(c *call) *answer {
			for urn, block := range extensionsOf(c.body) {
				for name := range block {
					if c.kind == "Users" && strings.EqualFold(urn, enterprise) && name != "department" {
						return refuse(http.StatusBadRequest, "invalidValue", name+" is no attribute of this schema")
					}
				}
			}
			return c.pass()
		}),
	},
	{
		Name: "create-drops-extensions",
		What: "a new account keeps the attributes of the core schema and no extension",
		Seen: "F14 (limosa-io/laravel-scim-server PR #36), met on creation",
		wrap: faulty(func(c *call) *answer {
			if c.method != http.MethodPost || c.kind != "Users" {
				return c.pass()
			}
			body := copyOf(c.body)
			for urn := range extensionsOf(c.body) {
				delete(body, urn)
			}
			return c.passBody(body)
		}),
	},
	{
		Name: "extensions-written-once",
		What: "an extension is stored with a new account, and a PUT does not change it any more",
		Seen: "the class of F14 (limosa-io/laravel-scim-server PR #36): PUT maps the core schema alone",
		wrap: onPut(func(now, body object) object {
			for urn := range extensionsOf(body) {
				delete(body, urn)
			}
			for urn, block := range extensionsOf(now) {
				body[urn] = block
			}
			return body
		}),
	},
	{
		Name: "put-keeps-unnamed",
		What: "a PUT leaves the attributes that it does not name as they are",
		Seen: "allowed by RFC 7644, section 3.5.1, and met by Okta, which takes a value away by leaving it out",
		wrap: onPut(func(now, body object) object {
			merged := copyOf(now)
			for name, value := range body {
				merged[name] = value
			}
			for urn, block := range extensionsOf(body) {
				before, _ := now[urn].(object)
				both := copyOf(before)
				for name, value := range block {
					both[name] = value
				}
				merged[urn] = both
			}
			return merged
		}),
	},
	{
		Name: "flattens-extensions",
		What: "an extension's attributes are answered among the core attributes",
		Seen: "F17: simpleidserver/SimpleIdServer #279 and #287",
		wrap: answers(func(c *call, a *answer) {
			if c.kind != "Users" {
				return
			}
			for _, account := range append(a.entries(), a.body) {
				for urn, block := range extensionsOf(account) {
					for name, value := range block {
						if _, taken := account[name]; !taken {
							account[name] = value
						}
					}
					delete(account, urn)
				}
			}
		}),
	},
	{
		Name: "extensions-as-text",
		What: "values of an extension are stored as text: numbers, true and false, and lists",
		Seen: "the class of F31 (support.okta.com question 0D54z0000A4i091CQA): a type that becomes text on the way",
		wrap: faulty(func(c *call) *answer {
			if c.kind != "Users" || c.body == nil {
				return c.pass()
			}
			if c.method != http.MethodPatch {
				return c.passBody(withText(c.body))
			}
			ops := c.operations()
			for i, o := range ops {
				if value, ok := o["value"].(object); ok {
					ops[i] = copyOf(o)
					ops[i]["value"] = withText(value)
				}
			}
			return c.passBody(c.withOperations(ops))
		}),
	},
	{
		Name: "put-extensions-as-text",
		What: "a PUT stores the values of an extension as text, though it came with their types",
		Seen: "the class of F31 and F81 (Infisical/infisical PR #5947): two writers that disagree",
		wrap: onPut(func(_, body object) object { return withText(body) }),
	},
	{
		Name: "patch-drops-unmapped",
		What: "a PATCH writes back the attributes that the server maps, and drops the rest of the account",
		Seen: "the class of F04 and F14 (ssoready/ssoready PR #206, limosa-io/laravel-scim-server PR #36), met by PATCH",
		wrap: faulty(func(c *call) *answer {
			a := c.pass()
			if c.method != http.MethodPatch || c.kind != "Users" || !a.ok() {
				return a
			}
			return c.ask(http.MethodPut, c.self(), "", mappedOf(c.ask(http.MethodGet, c.self(), "", nil).body))
		}),
	},
	{
		Name: "extensions-shared",
		What: "the extension that was written last is shown in every account that has none of its own",
		Seen: "the class of V1 (CVE-2025-41115): what is one account's is taken for another's",
		wrap: extensionsShared,
	},
	{
		Name: "extensions-of-the-last-write",
		What: "every account shows the extensions of the one that was written last, and none where that has none",
		Seen: "the class of V1 (CVE-2025-41115): what is one account's is taken for another's, its absence included",
		wrap: extensionsOfTheLastWrite,
	},
	{
		Name: "extension-writes-spill-over",
		What: "the extensions in a PUT are also written to the account that was made last",
		Seen: "F75: msaad00/agent-bom PR #3540, a write that reaches another record",
		wrap: toTheNewest(func(victim, body object) {
			for urn, block := range extensionsOf(body) {
				victim[urn] = block
			}
		}),
	},
	{
		Name: "clearing-drops-the-extension",
		What: "a PUT that leaves one attribute of an extension out loses the others too",
		Seen: "the class of F04 and F14 (ssoready/ssoready PR #206, limosa-io/laravel-scim-server PR #36): a part is taken for the whole",
		wrap: onPut(func(now, body object) object {
			for urn, block := range extensionsOf(now) {
				kept, _ := body[urn].(object)
				for name := range block {
					if _, still := kept[name]; !still {
						delete(body, urn)
					}
				}
			}
			return body
		}),
	},
}

// extensionsOf are the objects of an account that stand below a URN.
func extensionsOf(account object) map[string]object {
	found := map[string]object{}
	for name, value := range account {
		if block, ok := value.(object); ok && strings.HasPrefix(strings.ToLower(name), "urn:") {
			found[name] = block
		}
	}
	return found
}

// unknownExtension is an extension in a write of an account that is neither the
// RFC's nor one that the server has shown in it.
func (c *call) unknownExtension() string {
	if c.kind != "Users" {
		return ""
	}
	sent := extensionsOf(c.body)
	for _, o := range c.operations() {
		value, _ := o["value"].(object)
		for urn, block := range extensionsOf(value) {
			sent[urn] = block
		}
	}
	var shown map[string]object
	for urn := range sent {
		if shown == nil && c.id != "" {
			shown = extensionsOf(c.ask(http.MethodGet, c.self(), "", nil).body)
		}
		if _, known := shown[urn]; !known && !strings.EqualFold(urn, enterprise) {
			return urn
		}
	}
	return ""
}

// onPut is a mistake in what a PUT makes of the account as it was and the body.
func onPut(makes func(now, body object) object) func(*server) http.HandlerFunc {
	return faulty(func(c *call) *answer {
		if c.method != http.MethodPut || c.kind != "Users" || c.body == nil {
			return c.pass()
		}
		return c.passBody(makes(c.ask(http.MethodGet, c.self(), "", nil).body, copyOf(c.body)))
	})
}

// withText is a body in which the values below each URN are text.
func withText(body object) object {
	body = copyOf(body)
	for urn, block := range extensionsOf(body) {
		texts := object{}
		for name, value := range block {
			texts[name] = value
			if _, isObject := value.(object); !isObject {
				texts[name] = asText(value)
			}
		}
		body[urn] = texts
	}
	return body
}

func asText(value any) any {
	switch value.(type) {
	case nil, string:
		return value
	}
	text, _ := json.Marshal(value) // decoded JSON always has a form
	return string(text)
}

// mappedOf is what a server with a column for each attribute that it maps has of
// an account.
func mappedOf(account object) object {
	mapped := object{}
	for _, name := range []string{"schemas", "id", "userName", "externalId", "name", "displayName", "emails", "active", "locale", "title"} {
		if v, there := account[name]; there {
			mapped[name] = v
		}
	}
	return mapped
}

func extensionsShared(s *server) http.HandlerFunc {
	var mu sync.Mutex
	last := map[string]map[string]object{} // base path -> URN -> block
	return faulty(func(c *call) *answer {
		a := c.pass()
		if c.kind != "Users" {
			return a
		}
		mu.Lock()
		defer mu.Unlock()
		if last[c.base] == nil {
			last[c.base] = map[string]object{}
		}
		if a.ok() {
			for urn, block := range extensionsOf(c.body) {
				last[c.base][urn] = block
			}
		}
		for _, account := range append(a.entries(), a.body) {
			for urn, block := range last[c.base] {
				if _, own := account[urn]; !own && account["userName"] != nil {
					account[urn] = block
				}
			}
		}
		return a
	})(s)
}

// extensionsOfTheLastWrite knows the URNs that have been written, and who wrote
// last; that one shows its own.
func extensionsOfTheLastWrite(s *server) http.HandlerFunc {
	type write struct {
		id     any
		blocks map[string]object
		urns   map[string]bool
	}
	var mu sync.Mutex
	last := map[string]*write{} // by base path
	return faulty(func(c *call) *answer {
		a := c.pass()
		if c.kind != "Users" || !a.ok() {
			return a
		}
		mu.Lock()
		defer mu.Unlock()
		w := last[c.base]
		if w == nil {
			w = &write{urns: map[string]bool{}}
			last[c.base] = w
		}
		if c.method == http.MethodPost || c.method == http.MethodPut {
			w.id, w.blocks = a.body["id"], extensionsOf(c.body)
			for urn := range w.blocks {
				w.urns[urn] = true
			}
		}
		for _, account := range append(a.entries(), a.body) {
			if account["userName"] == nil || account["id"] == w.id {
				continue
			}
			for urn := range w.urns {
				delete(account, urn)
				if block, has := w.blocks[urn]; has {
					account[urn] = block
				}
			}
		}
		return a
	})(s)
}
