package fault

import (
	"encoding/json"
	"html"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Mistakes in showing accounts.
var shapeFaults = []Fault{
	{
		Name: "active-absent-when-false",
		What: "an account does not show active when it is false",
		Seen: "F41: grokability/snipe-it #13855",
		wrap: showing(func(_ *call, o object) {
			if o["active"] == false {
				delete(o, "active")
			}
		}),
	},
	{
		Name: "names-absent",
		What: "accounts do not show their names",
		Seen: "F42: PostHog/posthog PR #42205, onyx-dot-app/onyx PR #8925",
		wrap: showing(func(_ *call, o object) { delete(o, "name") }),
	},
	{
		Name: "escapes-names",
		What: "names are shown as HTML would have them",
		Seen: "the class of F12 (PostHog/posthog PR #42253): what came is not what is answered",
		wrap: showingNames(html.EscapeString),
	},
	{
		Name: "names-in-ascii",
		What: "letters of a name that ASCII lacks are shown as question marks",
		Seen: "the class of F12 (PostHog/posthog PR #42253): what came is not what is answered",
		wrap: showingNames(func(s string) string {
			return strings.Map(func(r rune) rune {
				if r > 0x7f {
					return '?'
				}
				return r
			}, s)
		}),
	},
	{
		Name: "password-echoed",
		What: "the password that an account was made with is shown with it",
		Seen: "F80: ory/polis 6f322d414, RIPAGlobal/scimitar 2.6.0",
		wrap: passwordEchoed,
	},
	{
		Name: "create-answers-lower-case",
		What: "a create is answered with the userName in lower case, and a GET shows it as it came",
		Seen: "F81: Infisical/infisical PR #5947, two serializers",
		wrap: answers(func(c *call, a *answer) {
			if name, ok := a.body["userName"].(string); ok && c.creates() {
				a.body["userName"] = strings.ToLower(name)
			}
		}),
	},
	{
		Name: "create-answers-nothing",
		What: "a create is answered with 201 and no body",
		Seen: "F83: Okta SCIM 2.0 reference, \"returned empty user\"",
		wrap: answers(func(c *call, a *answer) {
			if c.creates() && a.ok() {
				a.strip()
			}
		}),
	},
	{
		Name: "ids-as-numbers",
		What: "the id of an account is a number",
		Seen: "F82: Okta's page of 2018, whose own sample prints a number",
		wrap: numbering(func(c *call, e object, number func(any) any) {
			if c.kind == "Users" && e["id"] != nil {
				e["id"] = number(e["id"])
			}
		}),
	},
	{
		Name: "member-ids-as-numbers",
		What: "the value of a group's member is a number, and the id of the account is the same digits as text",
		Seen: "the class of F82 (Okta's page of 2018) and F81 (Infisical/infisical PR #5947): two serializers, the one of groups with the number that the database has",
		wrap: numbering(func(c *call, e object, number func(any) any) {
			for _, m := range listOf(e["members"]) {
				if c.kind == "Groups" {
					m["value"] = number(m["value"])
				}
			}
		}),
	},
}

// showing makes a handler of a mistake in each account that is answered.
func showing(spoil func(*call, object)) func(*server) http.HandlerFunc {
	return answers(func(c *call, a *answer) {
		if c.kind != "Users" || !a.ok() {
			return
		}
		for _, e := range append(a.entries(), a.body) {
			if e["userName"] != nil {
				spoil(c, e)
			}
		}
	})
}

func showingNames(change func(string) string) func(*server) http.HandlerFunc {
	return showing(func(_ *call, o object) {
		name, _ := o["name"].(object)
		for part, v := range name {
			if text, ok := v.(string); ok {
				name[part] = change(text)
			}
		}
	})
}

func passwordEchoed(s *server) http.HandlerFunc {
	var mu sync.Mutex
	passwords := map[string]any{} // base path and id of an account -> the one it came with
	return showing(func(c *call, o object) {
		mu.Lock()
		defer mu.Unlock()
		id, _ := o["id"].(string)
		if c.creates() && c.body["password"] != nil {
			passwords[c.base+id] = c.body["password"]
		}
		if password, known := passwords[c.base+id]; known {
			o["password"] = password
		}
	})(s)
}

// numbering makes a handler of a server that numbers the accounts that it has seen.
// Wherever an id stands in what goes in and out its number takes its place, within the
// text. shows makes a number of what is one in a resource that is answered; what is no
// account's number stays as it is.
func numbering(shows func(c *call, resource object, number func(any) any)) func(*server) http.HandlerFunc {
	return func(s *server) http.HandlerFunc {
		n := numbers{of: map[string]string{}, is: map[string]bool{}}
		return faulty(func(c *call) *answer {
			a := c.server.ask(c.request(c.method, n.inward(c.r.URL.Path), n.inward(c.r.URL.RawQuery), []byte(n.inward(string(c.raw)))))
			if a.body == nil {
				return a
			}
			a.body = n.outward(c, a)
			for _, e := range append(a.entries(), a.body) {
				shows(c, e, n.number)
			}
			return a
		})(s)
	}
}

// numbers are what accounts are called by, from outside.
type numbers struct {
	mu sync.Mutex
	of map[string]string // by id
	is map[string]bool   // whether a text is one
}

func (n *numbers) inward(text string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	for id, number := range n.of {
		for _, name := range []string{"id", "value"} {
			text = strings.ReplaceAll(text, `"`+name+`":`+number, `"`+name+`":"`+id+`"`)
		}
		text = strings.ReplaceAll(text, number, id)
	}
	return text
}

func (n *numbers) outward(c *call, a *answer) object {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range append(a.entries(), a.body) {
		id, isText := e["id"].(string)
		if _, known := n.of[id]; isText && !known && c.kind == "Users" {
			number := strconv.Itoa(7_000_000_000 + len(n.of)) // of one length, and part of no other text
			n.of[id], n.is[number] = number, true
		}
	}
	text := string(encode(a.body))
	for id, number := range n.of {
		text = strings.ReplaceAll(text, id, number)
	}
	return decode([]byte(text))
}

func (n *numbers) number(shown any) any {
	text, isText := shown.(string)
	n.mu.Lock()
	defer n.mu.Unlock()
	if !isText || !n.is[text] {
		return shown
	}
	return json.Number(text)
}
