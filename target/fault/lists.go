package fault

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Mistakes in answering lists and lookups.
var listFaults = []Fault{
	{
		Name: "ignores-filter",
		What: "a list answers with everything, whatever its filter asks for",
		Seen: "F28: Metatavu/keycloak-scim-server #46, open-webui PR #21543",
		wrap: faulty(func(c *call) *answer {
			if filterOf(c) == nil {
				return c.pass()
			}
			return c.ask(c.method, "/"+c.kind, unfiltered(c), nil)
		}),
	},
	{
		Name: "eq-is-contains",
		What: "the filter operator eq finds every value that contains the one asked for",
		Seen: "F29: FusionAuth/fusionauth-issues #3111",
		wrap: faulty(func(c *call) *answer {
			f := filterOf(c)
			if f == nil {
				return c.pass()
			}
			a := c.ask(c.method, "/"+c.kind, unfiltered(c), nil)
			a.keep(func(o object) bool {
				text, _ := o[f.attribute].(string)
				return strings.Contains(strings.ToLower(text), strings.ToLower(f.value))
			})
			return a
		}),
	},
	{
		Name: "user-lookup-misses",
		What: "a filter on userName finds nobody, since names are kept under another attribute",
		Seen: "F26: sourcegraph-public-snapshot #49016",
		wrap: faulty(missing("Users")),
	},
	{
		Name: "lookup-creates",
		What: "a lookup of a userName that nobody bears makes an account of that name, and finds it",
		Seen: "the class of F76 (vouch-sh/vouch PR #1415): what is asked for and not there is made",
		wrap: faulty(func(c *call) *answer {
			a, f := c.pass(), filterOf(c)
			if c.kind != "Users" || f == nil || !a.ok() || len(a.entries()) > 0 {
				return a
			}
			made := c.ask(http.MethodPost, "/Users", "", object{
				"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": f.value, "active": true,
			})
			if !made.ok() {
				return a
			}
			return c.pass()
		}),
	},
	{
		Name: "group-lookup-misses",
		What: "a filter on displayName finds no group, yet creating one of that name is a conflict",
		Seen: "F69: getsentry/sentry #88623",
		wrap: faulty(missing("Groups")),
	},
	{
		Name: "hides-disabled",
		What: "lists and lookups leave out accounts that are not active",
		Seen: "F09: Okta support article Existing-SCIM-User-Being-Created-at-Assignment",
		wrap: answers(func(c *call, a *answer) {
			if c.method == http.MethodGet && c.kind == "Users" && c.id == "" {
				a.keep(func(o object) bool { return o["active"] != false })
			}
		}),
	},
	{
		Name: "apostrophe-breaks-filter",
		What: "a filter whose value has an apostrophe in it is refused",
		Seen: "F27: Captain-P-Goldfish/SCIM-SDK #913, audriga/scim-server-php #1",
		wrap: faulty(func(c *call) *answer {
			if f := filterOf(c); f != nil && strings.Contains(f.value, "'") {
				return refuse(http.StatusBadRequest, "invalidFilter", "the filter cannot be read")
			}
			return c.pass()
		}),
	},
	{
		Name: "no-match-is-404",
		What: "a lookup of a userName that nobody bears is answered with 404",
		Seen: "F30: jelhub/scimgateway 08abc21",
		wrap: onNoMatch(http.StatusNotFound, "no such user"),
	},
	{
		Name: "no-match-breaks",
		What: "a lookup of a userName that nobody bears is answered with 500",
		Seen: "F30: wso2/product-is #7520",
		wrap: onNoMatch(http.StatusInternalServerError, "index out of range"),
	},
	{
		Name: "paging-as-text",
		What: "totalResults, startIndex and itemsPerPage are strings",
		Seen: "F31: support.okta.com question 0D54z0000A4i091CQA",
		wrap: answers(func(c *call, a *answer) {
			for _, name := range []string{"totalResults", "startIndex", "itemsPerPage"} {
				if number, there := a.body[name]; there {
					a.body[name] = fmt.Sprint(number)
				}
			}
		}),
	},
	{
		Name: "empty-list-is-null",
		What: "a list of nobody has null for its Resources",
		Seen: "F38: elimity-com/scim commit 3c6fb1e",
		wrap: answers(func(_ *call, a *answer) {
			if list, ok := a.body["Resources"].([]any); ok && len(list) == 0 {
				a.body["Resources"] = nil
			}
		}),
	},
	{
		Name: "resources-in-small-letters",
		What: "a list has its resources under resources, in small letters",
		Seen: "F39: ssoready/ssoready PR #232, Stack Overflow 77524118",
		wrap: answers(func(_ *call, a *answer) {
			if list, there := a.body["Resources"]; there {
				delete(a.body, "Resources")
				a.body["resources"] = list
			}
		}),
	},
	{
		Name: "lists-only-by-filter",
		What: "a list without a filter is refused",
		Seen: "allowed by RFC 7644, section 3.12 (tooMany), and met by Okta's connection test, which reads without a filter",
		wrap: faulty(func(c *call) *answer {
			if c.method == http.MethodGet && c.id == "" && filterOf(c) == nil {
				return refuse(http.StatusBadRequest, "tooMany", "listing without a filter is not allowed")
			}
			return c.pass()
		}),
	},
	{
		Name: "lists-twice",
		What: "a lookup lists an account twice, since a join fans out",
		Seen: "F35: Infisical/infisical #6554",
		wrap: answers(func(c *call, a *answer) {
			if c.kind != "Users" || c.method != http.MethodGet || len(a.entries()) == 0 {
				return
			}
			list := []any{}
			for _, e := range a.entries() {
				list = append(list, e, e)
			}
			a.body["Resources"], a.body["totalResults"], a.body["itemsPerPage"] = list, len(list), len(list)
		}),
	},
	{
		Name: "total-results-zero",
		What: "totalResults is 0 beside a list of resources",
		Seen: "the class of F33 and F35 (better-auth/better-auth #10398, Infisical/infisical #6554): totalResults is not the total",
		wrap: answers(func(_ *call, a *answer) {
			if len(a.entries()) > 0 {
				a.body["totalResults"] = 0
			}
		}),
	},
	{
		Name: "lists-other-ids",
		What: "the id of a resource in a list is not the one under which it can be read",
		Seen: "F81: Infisical/infisical PR #5947, two serializers that disagree",
		wrap: answers(func(_ *call, a *answer) {
			for _, e := range a.entries() {
				if id, ok := e["id"].(string); ok {
					e["id"] = "row-" + id
				}
			}
		}),
	},
	{
		Name: "reads-as-a-list",
		What: "reading one user is answered with a list that has the user in it",
		Seen: "F40: Stack Overflow 77524118",
		wrap: answers(func(c *call, a *answer) {
			if c.method != http.MethodGet || c.kind != "Users" || c.id == "" || !a.ok() {
				return
			}
			a.body = object{
				"schemas":      []any{"urn:ietf:params:scim:api:messages:2.0:ListResponse"},
				"totalResults": 1, "startIndex": 1, "itemsPerPage": 1, "Resources": []any{a.body},
			}
		}),
	},
	{
		Name: "user-without-schemas",
		What: "a user is answered without its schemas attribute",
		Seen: "F43: grokability/snipe-it #18864",
		wrap: answers(func(c *call, a *answer) {
			if c.kind != "Users" {
				return
			}
			for _, e := range a.entries() {
				delete(e, "schemas")
			}
			if _, isList := a.body["Resources"]; !isList && a.ok() {
				delete(a.body, "schemas")
			}
		}),
	},
}

// onNoMatch answers so where a lookup of an account finds nobody.
func onNoMatch(status int, detail string) func(*server) http.HandlerFunc {
	return faulty(func(c *call) *answer {
		a := c.pass()
		if c.kind == "Users" && filterOf(c) != nil && a.ok() && len(a.entries()) == 0 {
			return refuse(status, "", detail)
		}
		return a
	})
}

// A filter is the one form that Okta sends: attribute eq "value".
type filter struct{ attribute, value string }

var eqFilter = regexp.MustCompile(`^\s*(\w+)\s+eq\s+"(.*)"\s*$`)

func filterOf(c *call) *filter {
	if c.method != http.MethodGet || c.id != "" {
		return nil
	}
	m := eqFilter.FindStringSubmatch(c.r.URL.Query().Get("filter"))
	if m == nil {
		return nil
	}
	return &filter{m[1], strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(m[2])}
}

func unfiltered(c *call) string {
	q := url.Values{}
	for name, values := range c.r.URL.Query() {
		if name != "filter" {
			q[name] = values
		}
	}
	return q.Encode()
}

func missing(kind string) func(*call) *answer {
	return func(c *call) *answer {
		a := c.pass()
		if c.kind == kind && filterOf(c) != nil {
			a.keep(func(object) bool { return false })
		}
		return a
	}
}
