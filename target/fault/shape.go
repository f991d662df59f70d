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
		wrap: idsAsNumbers,
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

// idsAsNumbers numbers the accounts that it has seen. Wherever an id stands in what
// goes in and out its number takes its place: in an account as a number, and elsewhere,
// as in addresses and in the members of groups, within the text.
func idsAsNumbers(s *server) http.HandlerFunc {
	var mu sync.Mutex
	numbers := map[string]string{} // by id
	inward := func(text string) string {
		mu.Lock()
		defer mu.Unlock()
		for id, number := range numbers {
			text = strings.ReplaceAll(text, `"id":`+number, `"id":"`+id+`"`)
			text = strings.ReplaceAll(text, number, id)
		}
		return text
	}
	outward := func(text string) string {
		for id, number := range numbers {
			text = strings.ReplaceAll(text, id, number)
		}
		return text
	}
	return faulty(func(c *call) *answer {
		a := c.server.ask(c.request(c.method, inward(c.r.URL.Path), inward(c.r.URL.RawQuery), []byte(inward(string(c.raw)))))
		if a.body == nil {
			return a
		}
		mu.Lock()
		defer mu.Unlock()
		for _, e := range append(a.entries(), a.body) {
			id, isText := e["id"].(string)
			if _, known := numbers[id]; isText && !known && c.kind == "Users" {
				numbers[id] = strconv.Itoa(7_000_000_000 + len(numbers)) // of one length, and part of no other text
			}
		}
		a.body = decode([]byte(outward(string(encode(a.body)))))
		for _, e := range append(a.entries(), a.body) {
			if number, ok := e["id"].(string); ok && c.kind == "Users" {
				e["id"] = json.Number(number)
			}
		}
		return a
	})(s)
}
