package fault

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// Mistakes that some creates meet and others do not, as under load: the first
// account of a tenant is made as it should be, the second is not, and so on.
var createFaults = []Fault{
	{
		Name: "creates-lost",
		What: "every second account that is made is answered with 201 and an id, and is stored nowhere",
		Seen: "the class of F67 and V18 (gravitational/teleport #67372, there on groups): answered with what was sent, and nothing is stored",
		wrap: createsLost,
	},
	{
		Name: "creates-doubled",
		What: "every second account that is made is stored twice, under one userName and two ids",
		Seen: "the class of F23 (polis 2992f36e8, croffasia/itsaplan PR #250): no uniqueness, and one POST that is handled twice",
		wrap: createsDoubled,
	},
}

// A tally counts the accounts that were made at each base path.
type tally struct {
	mu   sync.Mutex
	made map[string]int
}

// second counts one more, and says whether it is one of every two.
func (t *tally) second(base string) (number int, hit bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.made == nil {
		t.made = map[string]int{}
	}
	t.made[base]++
	return t.made[base], t.made[base]%2 == 0
}

func (c *call) creates() bool { return c.method == http.MethodPost && c.kind == "Users" && c.id == "" }

func createsLost(s *server) http.HandlerFunc {
	var made tally
	return faulty(func(c *call) *answer {
		if !c.creates() || c.body == nil {
			return c.pass()
		}
		number, lost := made.second(c.base)
		if !lost {
			return c.pass()
		}
		account := copyOf(c.body)
		delete(account, "password")
		account["id"] = fmt.Sprintf("5bf1c90e-0000-4000-8000-%012d", number)
		account["meta"] = object{"resourceType": "User"}
		return &answer{status: http.StatusCreated, header: http.Header{"Content-Type": {"application/scim+json"}}, body: account}
	})(s)
}

// createsDoubled stores the second one under a name of its own, since the server
// behind may hold names to be unique, and shows it under the first one's.
func createsDoubled(s *server) http.HandlerFunc {
	const prefix = "double-of-"
	var made tally
	return faulty(func(c *call) *answer {
		if c.kind != "Users" {
			return c.pass()
		}
		a := c.doubled(prefix)
		if c.creates() && a.ok() {
			if _, hit := made.second(c.base); hit {
				double := copyOf(c.body)
				double["userName"] = prefix + fmt.Sprint(double["userName"])
				delete(double, "externalId")
				c.ask(http.MethodPost, "/Users", "", double)
			}
		}
		for _, e := range append(a.entries(), a.body) {
			if name, ok := e["userName"].(string); ok {
				e["userName"] = strings.TrimPrefix(name, prefix)
			}
		}
		return a
	})(s)
}

// doubled passes a call on: a lookup by name finds the double too, and a write to a
// double leaves its stored name as it is.
func (c *call) doubled(prefix string) *answer {
	if f := filterOf(c); f != nil && strings.EqualFold(f.attribute, "userName") {
		a := c.pass()
		other := c.ask(c.method, "/Users", "filter="+url.QueryEscape(f.attribute+` eq "`+prefix+quoted(f.value)+`"`), nil)
		if more, _ := other.body["Resources"].([]any); len(more) > 0 && a.ok() {
			list, _ := a.body["Resources"].([]any)
			list = append(list, more...)
			a.body["Resources"], a.body["totalResults"], a.body["itemsPerPage"] = list, len(list), len(list)
		}
		return a
	}
	if c.method == http.MethodPut && c.id != "" {
		now := c.ask(http.MethodGet, c.self(), "", nil)
		if name, _ := now.body["userName"].(string); strings.HasPrefix(name, prefix) {
			body := copyOf(c.body)
			body["userName"] = name
			return c.passBody(body)
		}
	}
	return c.pass()
}

// quoted escapes a value for a filter.
func quoted(value string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) }
