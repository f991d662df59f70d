package fault

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// Mistakes in cutting a list into pages, and in what a list shows. Lookups are well.
var pagingFaults = []Fault{
	{
		Name: "items-per-page-echoes-count",
		What: "itemsPerPage is how many were asked for, and not how many came",
		Seen: "F32: ory/polis PR #4054, ParabolInc/parabol #12813, 15five/django-scim2 #208",
		wrap: answers(func(c *call, a *answer) {
			if count := asked(c, "count"); a.body["itemsPerPage"] != nil && count > 0 {
				a.body["itemsPerPage"] = count
			}
		}),
	},
	{
		Name: "total-is-the-page",
		What: "totalResults is how many are on the page",
		Seen: "F33: better-auth/better-auth #10398",
		wrap: answers(func(c *call, a *answer) {
			if c.lists() && a.body["totalResults"] != nil {
				a.body["totalResults"] = len(a.entries())
			}
		}),
	},
	{
		Name: "order-changes-between-pages",
		What: "a list has another order each time that it is asked for: it begins one further on",
		Seen: "F34: grokability/snipe-it #18014, growthbook/growthbook 00facff264",
		wrap: orderChanges,
	},
	{
		Name: "start-index-from-zero",
		What: "startIndex is taken for an offset: 1 is the second",
		Seen: "F36: ssoready/ssoready PR #232, wso2/product-is #22589",
		wrap: faulty(func(c *call) *answer {
			if !c.lists() {
				return c.pass()
			}
			start := asked(c, "startIndex")
			a := c.page(start+1, asked(c, "count"))
			if a.body["startIndex"] != nil {
				a.body["startIndex"] = start
			}
			return a
		}),
	},
	{
		Name: "past-the-end-is-the-first-page",
		What: "past the end of a list its first page comes again",
		Seen: "F37: wso2/product-is #13752",
		wrap: faulty(func(c *call) *answer {
			a := c.pass()
			if c.lists() && a.ok() && len(a.entries()) == 0 && asked(c, "startIndex") > 1 {
				return c.page(1, asked(c, "count"))
			}
			return a
		}),
	},
	{
		Name: "lists-show-everybody-active",
		What: "an account that is disabled is shown as active in a list without a filter, and as disabled by its id",
		Seen: "the class of F81 (Infisical/infisical PR #5947): two serializers that disagree, here on active",
		wrap: answers(func(c *call, a *answer) {
			if c.lists() && c.kind == "Users" {
				for _, e := range a.entries() {
					e["active"] = true
				}
			}
		}),
	},
	{
		Name: "lists-in-short",
		What: "an account in a list without a filter is shown in short: with its id, its username and whether it is active, and nothing else",
		Seen: "the class of F42 (PostHog/posthog PR #42205) and F81 (Infisical/infisical PR #5947): two serializers, the one of lists with less",
		wrap: answers(func(c *call, a *answer) {
			if c.lists() && c.kind == "Users" {
				for _, e := range a.entries() {
					maps.DeleteFunc(e, func(name string, _ any) bool {
						return !slices.Contains([]string{"schemas", "id", "userName", "active"}, name)
					})
				}
			}
		}),
	},
	{
		Name: "lists-number-their-rows",
		What: "the id of a resource in a list without a filter is a number that is drawn for the answer, another each time",
		Seen: "the class of F82 (Okta's page of 2018, which prints a number) and F81: what a list shows is the row, and not the resource",
		wrap: numbersRows,
	},
	{
		Name: "lists-are-kept",
		What: "the answer to a list without a filter is kept, and given to whoever asks the same later, whatever has changed",
		Seen: "the class of F70 (getsentry/sentry #84838) and F65 (FusionAuth/fusionauth-issues #2869): what was changed is not in the list",
		wrap: listsAreKept,
	},
	{
		Name: "lists-show-accounts-as-made",
		What: "a list without a filter shows each account as it was made, but for its active flag, whatever has changed",
		Seen: "the class of F70 (getsentry/sentry #84838) and F65 (FusionAuth/fusionauth-issues #2869): what was changed is not in the list",
		wrap: listsShowAsMade,
	},
	{
		Name: "lists-end-at-fifty",
		What: "a list without a filter has its first fifty, and totalResults says that these are all",
		Seen: "the class of F33 (better-auth/better-auth #10398): a list that stops at the size of a page",
		wrap: answers(func(c *call, a *answer) {
			const most = 50
			list, isList := a.body["Resources"].([]any)
			if !c.lists() || !isList {
				return
			}
			list = list[:min(len(list), max(0, most+1-max(asked(c, "startIndex"), 1)))]
			a.body["Resources"], a.body["itemsPerPage"] = list, len(list)
			total, _ := a.body["totalResults"].(json.Number)
			if n, err := total.Int64(); err == nil {
				a.body["totalResults"] = min(n, most)
			}
		}),
	},
	{
		Name: "lists-groups-without-members",
		What: "groups in a list without a filter are shown without their members",
		Seen: "the class of F63 (getsentry/sentry #77191): the members that a list shows are not those of the group",
		wrap: answers(func(c *call, a *answer) {
			if c.lists() && c.kind == "Groups" {
				for _, e := range a.entries() {
					delete(e, "members")
				}
			}
		}),
	},
}

// lists says whether the call asks for a list of everything.
func (c *call) lists() bool {
	return c.method == http.MethodGet && c.kind != "" && c.id == "" && c.r.URL.Query().Get("filter") == ""
}

// asked is a number in the call's query; 0 where there is none.
func asked(c *call, name string) int {
	n, _ := strconv.Atoi(c.r.URL.Query().Get(name))
	return n
}

// page asks for another page of the call's list; a count of 0 leaves it to the server.
func (c *call) page(start, count int) *answer {
	query := fmt.Sprintf("startIndex=%d", max(start, 1))
	if count > 0 {
		query += fmt.Sprintf("&count=%d", count)
	}
	return c.ask(http.MethodGet, "/"+c.kind, query, nil)
}

// whole is all of the call's list, read page by page; nil where the server does not
// give it. Of a list without an end it is the beginning.
func (c *call) whole() []any {
	const most = 1_000 // pages
	var all []any
	for range most {
		a := c.page(len(all)+1, 100)
		came, _ := a.body["Resources"].([]any)
		all = append(all, came...)
		total, _ := a.body["totalResults"].(json.Number)
		if n, err := total.Int64(); err != nil || len(came) == 0 || int64(len(all)) >= n {
			return all
		}
	}
	return all
}

func orderChanges(s *server) http.HandlerFunc {
	var times atomic.Int64
	return faulty(func(c *call) *answer {
		start, count := max(asked(c, "startIndex"), 1), asked(c, "count")
		if !c.lists() || count == 0 {
			return c.pass()
		}
		a, all := c.pass(), c.whole()
		if !a.ok() || len(all) == 0 {
			return a
		}
		first := int(times.Add(1)) % len(all)
		turned := append(all[first:len(all):len(all)], all[:first]...)
		begin := min(start-1, len(turned))
		a.body["Resources"] = turned[begin:min(begin+count, len(turned))]
		return a
	})(s)
}

func numbersRows(s *server) http.HandlerFunc {
	var drawn atomic.Int64
	return answers(func(c *call, a *answer) {
		if c.lists() {
			for _, e := range a.entries() {
				e["id"] = fmt.Sprintf("row-%d", drawn.Add(1))
			}
		}
	})(s)
}

func listsAreKept(s *server) http.HandlerFunc {
	const most = 200 // answers; older ones are forgotten, so that a server that runs on does not grow
	var mu sync.Mutex
	kept := map[string][]byte{} // by path and query
	var order []string          // of the same, the oldest first
	return answers(func(c *call, a *answer) {
		if !c.lists() || !a.ok() || a.body == nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		key := c.r.URL.RequestURI()
		if first, there := kept[key]; there {
			a.body = decode(first)
			return
		}
		kept[key], order = encode(a.body), append(order, key)
		if len(order) > most {
			delete(kept, order[0])
			order = order[1:]
		}
	})(s)
}

// listsShowAsMade remembers what the create of each account was answered with.
func listsShowAsMade(s *server) http.HandlerFunc {
	var mu sync.Mutex
	made := map[string]object{} // by base path and id
	return answers(func(c *call, a *answer) {
		mu.Lock()
		defer mu.Unlock()
		switch id, _ := a.body["id"].(string); {
		case c.kind != "Users" || !a.ok():
		case c.method == http.MethodPost && c.id == "":
			made[c.base+id] = copyOf(a.body)
		case c.lists():
			for _, shown := range a.entries() {
				id, _ := shown["id"].(string)
				if was, known := made[c.base+id]; known {
					active := shown["active"]
					clear(shown)
					maps.Copy(shown, was)
					shown["active"] = active
				}
			}
		}
	})(s)
}
