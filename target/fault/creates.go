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

// Mistakes in who may be made beside whom.
var uniquenessFaults = []Fault{
	{
		Name: "duplicates-accepted",
		What: "a create whose userName is taken makes a second account of that name",
		Seen: "F23: ory/polis 2992f36e8, croffasia/itsaplan PR #250",
		wrap: doubling(false),
	},
	{
		Name: "usernames-by-letter",
		What: "usernames that differ in letter case are different: a lookup finds the very letters, and a create in others makes another account",
		Seen: "F24: langfuse/langfuse PR #13528",
		wrap: doubling(true),
	},
	{
		Name: "emails-unique",
		What: "a create with the email address of another account is a conflict",
		Seen: "F25: ory/polis PR #4067",
		wrap: emailsUnique,
	},
	{
		Name: "external-id-required",
		What: "a create without externalId is refused",
		Seen: "F44: onyx-dot-app/onyx PR #8925",
		wrap: faulty(func(c *call) *answer {
			if c.creates() && c.body["externalId"] == nil {
				return refuse(http.StatusBadRequest, "invalidValue", "externalId is required")
			}
			return c.pass()
		}),
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

// doubles is the beginning of the names under which second accounts are stored, since
// the server behind may hold names to be unique. They are shown without it.
const doubles = "double-of-"

// double makes one.
func (c *call) double() *answer {
	body := copyOf(c.body)
	body["userName"] = doubles + fmt.Sprint(body["userName"])
	delete(body, "externalId")
	return c.ask(http.MethodPost, "/Users", "", body)
}

func (a *answer) showDoubles() {
	for _, e := range append(a.entries(), a.body) {
		if name, ok := e["userName"].(string); ok {
			e["userName"] = strings.TrimPrefix(name, doubles)
		}
	}
}

// doubling makes a second account in place of a conflict over the name: always, or
// only where it is in other letters, in which case a lookup goes by the letter too.
func doubling(byLetter bool) func(*server) http.HandlerFunc {
	return faulty(func(c *call) *answer {
		if c.kind != "Users" {
			return c.pass()
		}
		a := c.doubled()
		if c.creates() && a.status == http.StatusConflict && !(byLetter && c.takesVery()) {
			a = c.double()
		}
		a.showDoubles()
		if f := filterOf(c); f != nil && byLetter {
			a.keep(func(o object) bool { return o["userName"] == f.value })
		}
		return a
	})
}

// takesVery says whether an account has the very name in the body of a create.
func (c *call) takesVery() bool {
	name, _ := c.body["userName"].(string)
	for _, taken := range c.ask(http.MethodGet, "/Users", "filter="+url.QueryEscape(`userName eq "`+quoted(name)+`"`), nil).entries() {
		if taken["userName"] == name {
			return true
		}
	}
	return false
}

// emailsUnique knows the addresses that it has seen new accounts come with.
func emailsUnique(s *server) http.HandlerFunc {
	var mu sync.Mutex
	taken := map[string]bool{} // base path and address
	return faulty(func(c *call) *answer {
		if !c.creates() {
			return c.pass()
		}
		mu.Lock()
		defer mu.Unlock()
		for _, mail := range listOf(c.body["emails"]) {
			if taken[c.base+fmt.Sprint(mail["value"])] {
				return refuse(http.StatusConflict, "uniqueness", "there is an account with this email address")
			}
		}
		a := c.pass()
		for _, mail := range listOf(c.body["emails"]) {
			taken[c.base+fmt.Sprint(mail["value"])] = taken[c.base+fmt.Sprint(mail["value"])] || a.ok()
		}
		return a
	})(s)
}

func createsDoubled(s *server) http.HandlerFunc {
	var made tally
	return faulty(func(c *call) *answer {
		if c.kind != "Users" {
			return c.pass()
		}
		a := c.doubled()
		if c.creates() && a.ok() {
			if _, hit := made.second(c.base); hit {
				c.double()
			}
		}
		a.showDoubles()
		return a
	})(s)
}

// doubled passes a call on: a lookup by name finds the double too, and a write to a
// double leaves its stored name as it is.
func (c *call) doubled() *answer {
	if f := filterOf(c); f != nil && strings.EqualFold(f.attribute, "userName") {
		a := c.pass()
		other := c.ask(c.method, "/Users", "filter="+url.QueryEscape(f.attribute+` eq "`+doubles+quoted(f.value)+`"`), nil)
		if more, _ := other.body["Resources"].([]any); len(more) > 0 && a.ok() {
			list, _ := a.body["Resources"].([]any)
			list = append(list, more...)
			a.body["Resources"], a.body["totalResults"], a.body["itemsPerPage"] = list, len(list), len(list)
		}
		return a
	}
	if c.method == http.MethodPut && c.id != "" {
		now := c.ask(http.MethodGet, c.self(), "", nil)
		if name, _ := now.body["userName"].(string); strings.HasPrefix(name, doubles) {
			body := copyOf(c.body)
			body["userName"] = name
			return c.passBody(body)
		}
	}
	return c.pass()
}

// quoted escapes a value for a filter.
func quoted(value string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) }
