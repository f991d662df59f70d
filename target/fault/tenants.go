package fault

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// Mistakes in keeping tenants apart. Middleware cannot reach into a server's
// store: these go in by the doors of all tenants that they have seen opened.
var tenantFaults = []Fault{
	{
		Name: "lookup-crosses-tenants",
		What: "a lookup by name finds the records of every tenant",
		Seen: "the class of V2 (CVE-2026-92539): the tenant is not part of the query",
		wrap: across(func(c *call, t *tenants) *answer {
			a := c.pass()
			if _, isList := a.body["Resources"]; !isList || filterOf(c) == nil {
				return a
			}
			list, _ := a.body["Resources"].([]any)
			for _, other := range t.others(c) {
				for _, e := range other.ask(c, http.MethodGet, "/"+c.kind, c.r.URL.RawQuery, nil).entries() {
					list = append(list, e)
				}
			}
			a.body["Resources"], a.body["totalResults"], a.body["itemsPerPage"] = list, len(list), len(list)
			return a
		}),
	},
	{
		Name: "reads-across-tenants",
		What: "a record can be read by its id from any tenant",
		Seen: "V2: CVE-2026-92539 (Grafana Enterprise), ids not bound to the organisation",
		wrap: across(func(c *call, t *tenants) *answer {
			a := c.pass()
			if c.method != http.MethodGet || c.id == "" || a.status != http.StatusNotFound {
				return a
			}
			for _, other := range t.others(c) {
				if found := other.ask(c, http.MethodGet, c.self(), "", nil); found.ok() {
					return found
				}
			}
			return a
		}),
	},
	{
		Name: "key-opens-every-tenant",
		What: "a key of one tenant opens all of them",
		Seen: "the class of V2 (CVE-2026-92539) and V6 (CVE-2026-46425): a credential that is checked, and not whose it is",
		wrap: across(func(c *call, t *tenants) *answer {
			a := c.pass()
			if own, known := t.of(c.base); a.status == http.StatusUnauthorized && known && t.knows(c.r.Header.Get("Authorization")) {
				return own.ask(c, c.method, c.r.URL.Path[len(c.base):], c.r.URL.RawQuery, c.body)
			}
			return a
		}),
	},
	{
		Name: "any-key-opens",
		What: "whoever asks for a list with a key that is none gets an empty one",
		Seen: "the class of V6 (CVE-2026-46425): a credential that is asked for, and not checked",
		wrap: answers(func(c *call, a *answer) {
			if a.status == http.StatusUnauthorized && c.method == http.MethodGet && c.id == "" && c.r.Header.Get("Authorization") != "" {
				*a = *found()
			}
		}),
	},
	{
		Name: "names-taken-across-tenants",
		What: "a name that another tenant has is refused as taken",
		Seen: "V13: NorthlandPositronics/Cogtrix #303",
		wrap: across(func(c *call, t *tenants) *answer {
			if c.method != http.MethodPost || c.id != "" {
				return c.pass()
			}
			for _, other := range t.others(c) {
				if len(other.named(c)) > 0 {
					return refuse(http.StatusConflict, "uniqueness", "there is one of this name")
				}
			}
			return c.pass()
		}),
	},
	{
		Name: "creates-mark-namesakes",
		What: "the id of a new record is also written, as externalId, to the records of that name in every tenant",
		Seen: "the class of V1 and V2 (CVE-2025-41115, CVE-2026-92539): an externalId that is bound to a name, and not to a tenant",
		wrap: across(func(c *call, t *tenants) *answer {
			a := c.pass()
			if c.method != http.MethodPost || !a.ok() {
				return a
			}
			marked := object{
				"schemas":    []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
				"Operations": []any{object{"op": "replace", "value": object{"externalId": a.body["id"]}}},
			}
			for _, other := range t.others(c) {
				for _, namesake := range other.named(c) {
					id, _ := namesake["id"].(string)
					other.ask(c, http.MethodPatch, "/"+c.kind+"/"+id, "", marked)
				}
			}
			return a
		}),
	},
	{
		Name: "disables-namesakes",
		What: "disabling an account disables the accounts of that name in every tenant",
		Seen: "V2: CVE-2026-92539 (Grafana Enterprise), which could disable across organisations",
		wrap: across(func(c *call, t *tenants) *answer {
			a := c.pass()
			if c.id == "" || !a.ok() || !c.sets(false) {
				return a
			}
			off := object{
				"schemas":    []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
				"Operations": []any{object{"op": "replace", "value": object{"active": false}}},
			}
			for _, other := range t.others(c) {
				for _, namesake := range other.named(&call{server: c.server, r: c.r, kind: c.kind, body: a.body}) {
					id, _ := namesake["id"].(string)
					other.ask(c, http.MethodPatch, "/Users/"+id, "", off)
				}
			}
			return a
		}),
	},
}

// A tenant is a base path that somebody was let in at, and how.
type tenant struct{ base, authorization string }

// tenants are those seen so far, in order.
type tenants struct {
	mu   sync.Mutex
	seen []tenant
}

// across makes a handler of a mistake that knows the tenants seen so far.
func across(do func(*call, *tenants) *answer) func(*server) http.HandlerFunc {
	return func(s *server) http.HandlerFunc {
		t := &tenants{}
		return faulty(func(c *call) *answer {
			if _, known := t.of(c.base); !known {
				t.see(c)
			}
			return do(c, t)
		})(s)
	}
}

// see takes note of a tenant whose door opens.
func (t *tenants) see(c *call) {
	if !c.ask(http.MethodGet, "/Users", "startIndex=1&count=1", nil).ok() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen = append(t.seen, tenant{c.base, c.r.Header.Get("Authorization")})
}

func (t *tenants) all() []tenant {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.seen)
}

func (t *tenants) of(base string) (tenant, bool) {
	all := t.all()
	i := slices.IndexFunc(all, func(one tenant) bool { return one.base == base })
	if i < 0 {
		return tenant{}, false
	}
	return all[i], true
}

func (t *tenants) knows(authorization string) bool {
	return slices.ContainsFunc(t.all(), func(one tenant) bool { return one.authorization == authorization })
}

func (t *tenants) others(c *call) []tenant {
	return slices.DeleteFunc(t.all(), func(one tenant) bool { return one.base == c.base })
}

// ask makes a request at the tenant, with its own credential.
func (t tenant) ask(c *call, method, path, query string, body object) *answer {
	var raw []byte
	if body != nil {
		raw = encode(body)
	}
	r := c.request(method, t.base+path, query, raw)
	r.Header.Set("Authorization", t.authorization)
	return c.server.ask(r)
}

// named are the tenant's records with the name of the one in the call's body.
func (t tenant) named(c *call) []object {
	attribute := map[string]string{"Users": "userName", "Groups": "displayName"}[c.kind]
	name, _ := c.body[attribute].(string)
	if name == "" {
		return nil
	}
	quoted, _ := json.Marshal(name) // text always has a form
	filter := url.Values{"filter": {attribute + " eq " + string(quoted)}}
	return t.ask(c, http.MethodGet, "/"+c.kind, filter.Encode(), nil).entries()
}
