package features_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/steps"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/fault"
	"github.com/scimproof/scimproof/target/mood"
)

// A particular server is in front of the bundled one, and has habits that the
// RFCs and Okta allow. take answers a request itself, or returns false to hand it
// on; show changes an answer.
type particular struct {
	take func(w http.ResponseWriter, r *http.Request, body map[string]any) bool
	show func(r *http.Request, body map[string]any)
	list func(r *http.Request, body map[string]any) // show is for each resource, and this for the list around them
	// legal are mistakes that the RFCs allow, by the names of their faults.
	legal []string
	// groups is how many the server has of others' before anybody asks.
	groups int
	// about are the tags of what the habit can touch; empty means everything.
	about   string
	dialect string // empty means both
}

// Every verdict is the same behind each mood and behind all together.
func TestMoodsChangeNoVerdict(t *testing.T) {
	isLong(t)
	plain := verdictsOf(atSomebodys(t, func(h http.Handler) http.Handler { return h }, 1, features.Selection{}))
	moods := map[string]func(http.Handler) http.Handler{"all together": mood.Together}
	for _, m := range mood.All() {
		moods[m.Name] = m.In
	}
	for name, in := range moods {
		t.Run(name, func(t *testing.T) {
			dialect := inTurn(name)
			outcomes := atSomebodys(t, in, 1, features.Selection{Dialect: dialect})
			want := 0
			for kill := range plain {
				if dialect == "" || kill.Dialect == "" || kill.Dialect == dialect {
					want++
				}
			}
			if len(outcomes) != want {
				t.Errorf("%d of %d cases were played", len(outcomes), want)
			}
			for kill, verdict := range verdictsOf(outcomes) {
				hidden := name == "no-groups-on-users" || name == "all together"
				if fair := hidden && strings.HasPrefix(kill.Address, "groups-tab-") && strings.HasPrefix(verdict, "warn Ana's groups: "); fair {
					continue // a warning that design, fairness, has: an account without its groups
				}
				wordless := name == "no-optional-members" || name == "all together"
				if fair := wordless && strings.HasPrefix(kill.Address, "spec-error-says-why/") && strings.HasPrefix(verdict, "warn the error's detail: "); fair {
					continue // an error without words, which RFC 7644 (section 3.12) allows and Okta's test does not
				}
				if verdict != plain[kill] {
					t.Errorf("%s: %s, and %s without the mood", kill, verdict, plain[kill])
				}
			}
		})
	}
}

// inExchange is where a reason says which exchange shows it: a busy server moves it.
var inExchange = regexp.MustCompile(` \(exchange \d+\)`)

// verdictsOf has the reason beside a verdict that is not pass.
func verdictsOf(outcomes []evidence.Outcome) map[features.Kill]string {
	all := map[features.Kill]string{}
	for _, o := range outcomes {
		all[features.Kill{Address: o.Address(), Dialect: o.Dialect}] = strings.TrimSpace(string(o.Verdict) + " " + inExchange.ReplaceAllString(o.Reason, ""))
	}
	return all
}

// Habits that no scenario may fail, with what it may say of them.
func TestGoodServersAreNotBlamed(t *testing.T) {
	isLong(t)
	var conflicts atomic.Int64
	var disabled sync.Map // id of an account -> whether it was last seen disabled
	for name, tt := range map[string]struct {
		habit particular
		allow map[string]evidence.Verdict // address → a verdict other than pass
	}{
		"a display name is required": {habit: particular{take: func(w http.ResponseWriter, r *http.Request, body map[string]any) bool {
			return refuseIf(w, r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/Users") && body["displayName"] == nil)
		}}},
		"groups that show nobody who is disabled": {habit: particular{show: func(_ *http.Request, body map[string]any) {
			if body["userName"] != nil {
				disabled.Store(body["id"], body["active"] == false)
			}
			if members, ok := body["members"].([]any); ok {
				body["members"] = slices.DeleteFunc(members, func(m any) bool {
					is, _ := disabled.Load(m.(map[string]any)["value"])
					return is == true
				})
			}
		}}},
		"who is disabled leaves their groups": {
			habit: particular{about: "@groups or @connection", legal: []string{"disabled-leave-their-groups"}},
			allow: map[string]evidence.Verdict{"membership-outlives-deactivation": evidence.Warn, "membership-outlives-unassignment": evidence.Warn},
		},
		"groups of an account by reference alone": {habit: particular{show: func(_ *http.Request, body map[string]any) {
			groups, _ := body["groups"].([]any)
			for _, g := range groups {
				delete(g.(map[string]any), "value")
			}
		}}},
		"names of attributes in capitals": {habit: particular{show: func(_ *http.Request, body map[string]any) {
			for _, name := range []string{"userName", "active", "emails", "displayName", "members"} {
				if v, there := body[name]; there {
					body[strings.ToUpper(name[:1])+name[1:]] = v
					delete(body, name)
				}
			}
		}}},
		"a password and an externalId are required": {habit: particular{take: func(w http.ResponseWriter, r *http.Request, body map[string]any) bool {
			return refuseIf(w, r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/Users") && (body["password"] == nil || body["externalId"] == nil))
		}}, allow: map[string]evidence.Verdict{
			"spec-create/json": evidence.Warn, "spec-create/scim": evidence.Warn, "spec-create-twice": evidence.Warn,
			"spec-create-in-capitals": evidence.Warn, "spec-error-says-why/taken-name": evidence.Warn,
		}},
		"an empty list is null": {
			habit: particular{about: "(@users or @connection or @import) and not @attributes", legal: []string{"empty-list-is-null"}},
			allow: map[string]evidence.Verdict{"spec-lookup-nobody": evidence.Warn},
		},
		"the resources of a list in small letters": {
			habit: particular{about: "(@users or @connection or @import) and not @attributes", legal: []string{"resources-in-small-letters"}},
			allow: map[string]evidence.Verdict{"spec-list": evidence.Warn},
		},
		"pages of twenty at most": {
			habit: particular{about: "@import or @connection or @req:assign-creates or @req:unassign-disables", take: func(_ http.ResponseWriter, r *http.Request, _ map[string]any) bool {
				q := r.URL.Query()
				if n, _ := strconv.Atoi(q.Get("count")); n > 20 {
					q.Set("count", "20")
					r.URL.RawQuery = q.Encode()
				}
				return false
			}},
			allow: map[string]evidence.Verdict{
				"import-reads-all/101": evidence.Warn, "import-leaves-disabled": evidence.Warn, "import-links": evidence.Warn, "import-reads-groups": evidence.Warn,
				"link-renames": evidence.Warn, "link-keeps-name": evidence.Warn, "linked-is-pushed-now": evidence.Warn, // which import first
				"import-matches/email": evidence.Warn, "import-matches/name": evidence.Warn, "import-makes-person": evidence.Warn, "import-ignores": evidence.Warn,
				"import-again": evidence.Warn, "import-follows-groups": evidence.Warn, "sourced-profile-follows": evidence.Warn, "sourced-deactivation-follows": evidence.Warn,
				"import-takes-from-nobody": evidence.Warn, "import-agrees": evidence.Warn, "import-lists-difference": evidence.Warn,
			},
		},
		"pages of two groups at most": {
			habit: particular{about: importing, groups: 9, take: func(_ http.ResponseWriter, r *http.Request, _ map[string]any) bool {
				q := r.URL.Query()
				if n, _ := strconv.Atoi(q.Get("count")); n > 2 && q.Get("filter") == "" && strings.HasSuffix(r.URL.Path, "/Groups") {
					q.Set("count", "2")
					r.URL.RawQuery = q.Encode()
				}
				return false
			}},
			allow: aboutGroupImports(evidence.Warn),
		},
		"others delete groups between the first page and the second": {
			habit: particular{about: importing, groups: 130, list: deletions(3)},
		},
		"others delete groups all the while": {
			habit: particular{about: importing, groups: 130, list: deletions(1000)},
			allow: aboutGroupImports(evidence.Info),
		},
		"others write between the first page and the second": {
			habit: particular{about: "@req:import-reads-all or @connection or @req:assign-creates", list: others(3)},
		},
		"others write all the while": {
			habit: particular{about: "@req:import-reads-all or @connection or @req:assign-creates", list: others(1000)},
			allow: map[string]evidence.Verdict{"import-reads-all/101": evidence.Info},
		},
		"usernames in other letters are others": {
			habit: particular{about: "@connection or @req:assign-creates or @req:spec-lookup-in-capitals or @req:spec-create-in-capitals", legal: []string{"usernames-by-letter"}},
			allow: map[string]evidence.Verdict{"spec-lookup-in-capitals": evidence.Warn, "spec-create-in-capitals": evidence.Warn},
		},
		"no two accounts with one email address": {
			habit: particular{about: "@connection or @req:assign-creates or @req:assign-shared-email", legal: []string{"emails-unique"}},
			allow: map[string]evidence.Verdict{"assign-shared-email": evidence.Warn},
		},
		"no apostrophe in a username": {
			habit: particular{about: "@connection or @req:assign-creates or @req:assign-any-username", take: func(w http.ResponseWriter, r *http.Request, body map[string]any) bool {
				name, _ := body["userName"].(string)
				return refuseIf(w, strings.Contains(name, "'"))
			}},
			allow: map[string]evidence.Verdict{"assign-any-username/apostrophe": evidence.Warn},
		},
		"no quote and no backslash in the name of a group": {
			habit: particular{about: "@req:push-takes-over-any-name or @req:push-creates-group or @req:assign-creates or @connection", take: func(w http.ResponseWriter, _ *http.Request, body map[string]any) bool {
				name, _ := body["displayName"].(string)
				return refuseIf(w, strings.ContainsAny(name, "\"\\"))
			}},
			allow: map[string]evidence.Verdict{"push-takes-over-any-name/quotes": evidence.Warn, "push-takes-over-any-name/backslash": evidence.Warn},
		},
		"of members who are unknown nothing is said": {
			habit: particular{about: "@req:unknown-member or @connection", take: func(_ http.ResponseWriter, r *http.Request, body map[string]any) bool {
				for _, o := range objects(body["Operations"]) {
					list, _ := o["value"].([]any)
					o["value"] = slices.DeleteFunc(list, func(m any) bool {
						return m.(map[string]any)["value"] == "011010011100101101000111010011"
					})
				}
				if len(objects(body["Operations"])) > 0 {
					raw, _ := json.Marshal(body)
					r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
				}
				return false
			}},
			allow: map[string]evidence.Verdict{"unknown-member": evidence.Warn},
		},
		"no group is changed by PATCH": { // as applications of Okta's wizard never do
			habit: particular{about: "@req:unknown-member or @req:members-at-once or @req:display-null or @connection", take: func(w http.ResponseWriter, r *http.Request, _ map[string]any) bool {
				if r.Method == http.MethodPatch && strings.Contains(r.URL.Path, "/Groups") {
					w.WriteHeader(http.StatusNotImplemented)
					return true
				}
				return false
			}},
			allow: map[string]evidence.Verdict{"unknown-member": evidence.Info, "members-at-once": evidence.Info},
		},
		"no group is changed by PUT": { // as applications of Okta's catalogue never do
			habit: particular{about: "@req:unknown-member or @req:members-at-once or @req:display-null or @connection", take: func(w http.ResponseWriter, r *http.Request, _ map[string]any) bool {
				if r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/Groups") {
					w.WriteHeader(http.StatusMethodNotAllowed)
					return true
				}
				return false
			}},
			allow: map[string]evidence.Verdict{"display-null": evidence.Info},
		},
		"a change at a time of each group, and others refused": {
			habit: particular{about: "@req:members-at-once or @connection", take: func(w http.ResponseWriter, r *http.Request, body map[string]any) bool {
				return r.Method == http.MethodPatch && conflicts.Add(1)%2 == 0 && refuseIf(w, true)
			}},
			allow: map[string]evidence.Verdict{"members-at-once": evidence.Warn},
		},
		"a username is for ever": {
			habit: particular{about: "@connection or @req:assign-creates or @req:username-change-follows", take: func(w http.ResponseWriter, r *http.Request, body map[string]any) bool {
				name, _ := body["userName"].(string)
				return refuseIf(w, r.Method == http.MethodPut && strings.HasPrefix(name, "new."))
			}},
			allow: map[string]evidence.Verdict{"username-change-follows": evidence.Warn},
		},
		"a manager is an account": {
			habit: particular{about: "@attributes or @connection", take: func(w http.ResponseWriter, _ *http.Request, body map[string]any) bool {
				block, _ := body["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"].(map[string]any)
				return refuseIf(w, block["manager"] != nil)
			}},
			allow: map[string]evidence.Verdict{"custom-attribute-arrives/manager": evidence.Warn},
		},
		"no account begins disabled": {habit: particular{take: func(w http.ResponseWriter, r *http.Request, body map[string]any) bool {
			return refuseIf(w, r.Method == http.MethodPost && body["active"] == false)
		}}},
		"a group beside those that Okta pushed": {habit: particular{show: func(_ *http.Request, body map[string]any) {
			if body["active"] == true {
				groups, _ := body["groups"].([]any)
				body["groups"] = append(groups, map[string]any{"value": "0", "display": "Everyone who is active"})
			}
		}}},
		"an address of the server's own": {habit: particular{show: func(_ *http.Request, body map[string]any) {
			if emails, ok := body["emails"].([]any); ok && len(emails) == 1 {
				body["emails"] = append(emails, map[string]any{"value": "alias@sp.example.test", "type": "other"})
			}
		}}},
		"a server that keeps nothing but what Okta sends": {
			habit: particular{show: func(_ *http.Request, body map[string]any) {
				for name := range body {
					if body["userName"] != nil && (name == "nickName" || strings.HasPrefix(name, "urn:")) {
						delete(body, name)
					}
				}
			}},
			allow: aboutExtensions(evidence.Info),
		},
		"no extension but the RFC's own": {
			habit: particular{about: "@attributes or @connection", show: func(_ *http.Request, body map[string]any) {
				for name := range body {
					if strings.HasPrefix(name, "urn:") && !strings.HasSuffix(name, "extension:enterprise:2.0:User") {
						delete(body, name)
					}
				}
			}},
			allow: aboutExtensions(evidence.Info),
		},
		"URNs in lower case": {habit: particular{about: "@attributes or @connection", show: func(_ *http.Request, body map[string]any) {
			for name, block := range body {
				if strings.HasPrefix(name, "urn:") {
					delete(body, name)
					body[strings.ToLower(name)] = block
				}
			}
			schemas, _ := body["schemas"].([]any)
			for i, urn := range schemas {
				if text, ok := urn.(string); ok && body["userName"] != nil {
					schemas[i] = strings.ToLower(text)
				}
			}
		}}},
		"lists in another order": {habit: particular{about: "@attributes or @connection", show: func(_ *http.Request, body map[string]any) {
			for name, block := range body {
				if members, ok := block.(map[string]any); ok && strings.HasPrefix(name, "urn:") {
					for _, v := range members {
						if list, ok := v.([]any); ok {
							slices.Reverse(list)
						}
					}
				}
			}
		}}},
		"extensions that are not listed among the schemas": {
			habit: particular{about: "@attributes or @connection", show: func(_ *http.Request, body map[string]any) {
				if body["userName"] != nil {
					body["schemas"] = []any{"urn:ietf:params:scim:schemas:core:2.0:User"}
				}
			}},
			allow: aboutExtensions(evidence.Warn),
		},
		"a PUT that leaves what it does not name": {
			habit: particular{about: "@attributes or @connection", legal: []string{"put-keeps-unnamed"}},
			allow: map[string]evidence.Verdict{"custom-attribute-cleared": evidence.Warn, "mapped-value-taken-away": evidence.Warn},
		},
		"telephone numbers as RFC 3966 has them": {habit: particular{about: "@attributes or @connection", show: func(_ *http.Request, body map[string]any) {
			for _, phone := range objects(body["phoneNumbers"]) {
				number, _ := phone["value"].(string)
				phone["value"] = "tel:" + strings.ReplaceAll(strings.TrimPrefix(number, "tel:"), " ", "-")
			}
		}}},
		"no telephone number is the first": {
			habit: particular{about: "@attributes or @connection", show: func(_ *http.Request, body map[string]any) {
				for _, phone := range objects(body["phoneNumbers"]) {
					delete(phone, "primary")
				}
			}},
			allow: map[string]evidence.Verdict{"phones-arrive": evidence.Warn, "phone-changes": evidence.Warn},
		},
		"one telephone number": {
			habit: particular{about: "@attributes or @connection", legal: []string{"keeps-one-phone"}},
			allow: map[string]evidence.Verdict{"phones-arrive": evidence.Info, "phone-changes": evidence.Info},
		},
		"of an enterprise the department alone": {
			habit: particular{about: "@attributes or @connection", legal: []string{"keeps-only-department"}},
			allow: map[string]evidence.Verdict{
				"custom-attribute-arrives/cost-centre": evidence.Info, "custom-attribute-arrives/manager": evidence.Info,
				"mapped-attributes-arrive-together": evidence.Info, "mapping-changes": evidence.Info,
			},
		},
		"no titles": {
			habit: particular{about: "(@users or @connection) and not @bundled", show: func(_ *http.Request, body map[string]any) {
				if body["userName"] != nil {
					delete(body, "title")
				}
			}},
			allow: map[string]evidence.Verdict{
				"mapped-value-taken-away": evidence.Info, "force-sync-repairs": evidence.Info,
				"first-group-changes": evidence.Info, "first-group-left": evidence.Info, "last-group-left": evidence.Info,
			},
		},
		"titles that only Okta changes": {
			habit: particular{about: "@req:force-sync-repairs or @req:mapped-attribute-arrives or @req:assign-creates or @connection", take: func(w http.ResponseWriter, r *http.Request, body map[string]any) bool {
				raw, _ := json.Marshal(body)
				return refuseIf(w, bytes.Contains(raw, []byte("Director")))
			}},
			allow: map[string]evidence.Verdict{"force-sync-repairs": evidence.Info},
		},
		"no password is changed": {
			habit: particular{about: "@req:password-moves-nothing-else or @req:new-password-never-shown or @req:assign-creates or @connection", legal: []string{"password-refused"}},
			allow: map[string]evidence.Verdict{"password-moves-nothing-else": evidence.Warn, "new-password-never-shown": evidence.Warn},
		},
		"schemas that are not the server's are refused": {
			habit: particular{about: "@attributes or @connection", legal: []string{"refuses-unknown-extension"}},
			allow: map[string]evidence.Verdict{
				"custom-attribute-arrives/own-schema": evidence.Warn,
				"custom-attribute-types/boolean":      evidence.Warn,
				"custom-attribute-types/integer":      evidence.Warn,
				"custom-attribute-types/decimal":      evidence.Warn,
				"custom-attribute-types/list":         evidence.Warn,
				"custom-attribute-empty":              evidence.Info, // refused in a Given, here and below
				"custom-attribute-added":              evidence.Info,
				"custom-attribute-changes/own-schema": evidence.Info,
				"custom-attribute-cleared":            evidence.Info,
			},
		},
		"what is new is kept without its extension": {
			habit: particular{about: "@attributes or @connection", legal: []string{"create-drops-extensions"}},
			allow: aboutExtensions(evidence.Info),
		},
	} {
		t.Run(name, func(t *testing.T) {
			tt.habit.dialect = inTurn(name)
			for _, o := range atParticular(t, tt.habit, 1) {
				want, allowed := tt.allow[o.Address()]
				if o.Verdict != goodAtSomebodys(o) && o.Verdict != evidence.Skip && !(allowed && o.Verdict == want) {
					t.Errorf("%s %s: %s %s", o.Address(), o.Dialect, o.Verdict, o.Reason)
				}
			}
		})
	}
}

// What excuses a good server, that pages may be short and that others write, excuses no
// list that leaves somebody out: at anybody's server it fails.
func TestAListThatLeavesSomebodyOutIsNotExcused(t *testing.T) {
	for _, name := range []string{"start-index-from-zero", "total-is-the-page", "order-changes-between-pages"} {
		t.Run(name, func(t *testing.T) {
			about := "@req:import-reads-all or @connection or @req:assign-creates"
			for _, o := range atParticular(t, particular{about: about, legal: []string{name}}, 1) {
				if o.Address() == "import-reads-all/101" && o.Verdict != evidence.Fail {
					t.Errorf("%s %s: %s %s", o.Address(), o.Dialect, o.Verdict, o.Reason)
				}
			}
		})
	}
}

// So is it with groups.
func TestAListThatLeavesAGroupOutIsNotExcused(t *testing.T) {
	leavesOut := particular{groups: 9, about: "@req:import-reads-groups or @connection or @req:assign-creates", list: func(r *http.Request, body map[string]any) {
		list, _ := body["Resources"].([]any)
		if len(list) > 0 && strings.HasSuffix(r.URL.Path, "/Groups") && r.URL.Query().Get("filter") == "" {
			body["Resources"], body["itemsPerPage"] = list[:len(list)-1], len(list)-1
		}
	}}
	played := 0
	for _, o := range atParticular(t, leavesOut, 1) {
		if o.Address() != "import-reads-groups" {
			continue
		}
		if played++; o.Verdict != evidence.Fail {
			t.Errorf("%s %s: %s %s", o.Address(), o.Dialect, o.Verdict, o.Reason)
		}
	}
	if played == 0 {
		t.Error("nothing was played")
	}
}

// others are people who come to the front of a list while it is read, so many times:
// who was last on the first page is on the second again.
func others(times int) func(*http.Request, map[string]any) {
	var mu sync.Mutex
	var last any
	return func(r *http.Request, body map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		list, _ := body["Resources"].([]any)
		switch {
		case r.URL.Query().Get("filter") != "" || len(list) == 0:
		case r.URL.Query().Get("startIndex") == "1":
			last = list[len(list)-1]
		case times > 0:
			times--
			total, _ := body["totalResults"].(float64)
			body["totalResults"], body["Resources"] = total+1, append([]any{last}, list...)
		}
	}
}

// importing are the tags of all that reads the target's groups, and of what it begins with.
const importing = "@import or @connection or @req:assign-creates or @req:unassign-disables or @req:push-creates-group or " +
	"@req:link-renames or @req:link-keeps-name or @req:linked-is-pushed-now"

// aboutGroupImports is one verdict for all that reads the target's groups.
func aboutGroupImports(v evidence.Verdict) map[string]evidence.Verdict {
	return map[string]evidence.Verdict{
		"link-renames": v, "link-keeps-name": v, "linked-is-pushed-now": v, // which import first
		"import-reads-groups": v, "import-again": v, "import-follows-groups": v, "import-agrees": v,
	}
}

// deletions are the work of people who delete a group of the first page while a second is
// asked for, so many times: whoever came next is on neither of the two.
func deletions(times int) func(*http.Request, map[string]any) {
	var mu sync.Mutex
	return func(r *http.Request, body map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		list, _ := body["Resources"].([]any)
		if !strings.HasSuffix(r.URL.Path, "/Groups") || r.URL.Query().Get("startIndex") != "101" || len(list) == 0 || times == 0 {
			return
		}
		times--
		total, _ := body["totalResults"].(float64)
		body["totalResults"], body["itemsPerPage"], body["Resources"] = total-1, len(list)-1, list[1:]
	}
}

// objects are the elements of a list.
func objects(list any) []map[string]any {
	all, _ := list.([]any)
	var found []map[string]any
	for _, e := range all {
		if o, ok := e.(map[string]any); ok {
			found = append(found, o)
		}
	}
	return found
}

// aboutExtensions is one verdict for all that needs an extension to be kept.
func aboutExtensions(v evidence.Verdict) map[string]evidence.Verdict {
	allow := map[string]evidence.Verdict{}
	for _, address := range []string{
		"custom-attribute-arrives/own-schema", "custom-attribute-arrives/enterprise", "custom-attribute-arrives/cost-centre", "custom-attribute-arrives/manager",
		"custom-attribute-types/boolean", "custom-attribute-types/integer", "custom-attribute-types/decimal", "custom-attribute-types/list",
		"custom-attribute-empty", "custom-attribute-added", "custom-attribute-changes/own-schema", "custom-attribute-changes/enterprise", "custom-attribute-cleared",
		"mapped-attribute-arrives", "mapped-attributes-arrive-together", "mapped-attribute-follows", "mapped-value-taken-away", "mapping-changes", "mapping-removed",
		"force-sync-moves-nothing-else",
		"profile-keeps-server-attributes", "extras-survive-deactivation", "extras-survive-reactivation", "extras-survive-link", "extras-are-no-difference",
	} {
		allow[address] = v
	}
	return allow
}

// Where something else than the token tells who asks, a wrong token is no matter.
func TestWhoIsKnownByAHeaderNeedsNoToken(t *testing.T) {
	bundled, err := target.Bundled("")
	if err != nil {
		t.Fatal(err)
	}
	defer bundled.Close()
	endpoint, err := bundled.Tenant(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := features.Selection{Only: []string{"spec-unauthorized", "wrong-key-saves-nothing"}}.Choose(all)
	if err != nil {
		t.Fatal(err)
	}
	known := target.External(endpoint.URL, "not the token")
	known.Header = http.Header{"Authorization": {"Bearer " + endpoint.Token}}
	outcomes, _, err := steps.Play(context.Background(), cases, steps.Config{Target: known, RunID: steps.NewRunID(rand.Text)})
	if err != nil || len(outcomes) != len(cases) {
		t.Fatalf("%d of %d cases were played: %v", len(outcomes), len(cases), err)
	}
	for _, o := range outcomes {
		if o.Verdict != evidence.Info {
			t.Errorf("%s: %s %s", o.Address(), o.Verdict, o.Reason)
		}
	}
}

// Seeds bring apostrophes, ampersands, other scripts and length into the names.
func TestNamesOfEveryShapeAtAServerOfSomebody(t *testing.T) {
	isLong(t)
	for seed := uint64(2); seed <= 4; seed++ {
		for _, o := range atParticular(t, particular{}, seed) {
			if o.Verdict != goodAtSomebodys(o) && o.Verdict != evidence.Skip {
				t.Errorf("seed %d: %s %s: %s %s", seed, o.Address(), o.Dialect, o.Verdict, o.Reason)
			}
		}
	}
}

// goodAtSomebodys is good, but that the server behind a URL refuses a member who is
// unknown to it with all the others, which is worth a warning at anybody's (design,
// fairness).
func goodAtSomebodys(o evidence.Outcome) evidence.Verdict {
	if o.Address() == "unknown-member" {
		return evidence.Warn
	}
	return good(o)
}

// named is a fault by its name.
func named(name string) fault.Fault {
	return fault.All()[slices.IndexFunc(fault.All(), func(f fault.Fault) bool { return f.Name == name })]
}

func refuseIf(w http.ResponseWriter, refused bool) bool {
	if refused {
		w.Header().Set("Content-Type", "application/scim+json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"not here"}`)
	}
	return refused
}

// atParticular plays everything at a server with a habit, as at anybody's by URL,
// and sees to it that nothing is left behind.
func atParticular(t *testing.T, habit particular, seed uint64) []evidence.Outcome {
	t.Helper()
	return atSomebodys(t, func(next http.Handler) http.Handler {
		for _, name := range habit.legal {
			next = named(name).In(next)
		}
		return habit.before(next)
	}, seed, features.Selection{Tags: habit.about, Dialect: habit.dialect})
}

// inTurn is the dialect in which a mood or a habit is tried, one of the two by its name:
// both are tried by make matrix.
func inTurn(name string) string {
	if os.Getenv("SCIMPROOF_MATRIX") != "" {
		return ""
	}
	return []string{features.AIW, features.OIN}[len(name)%2]
}

// atSomebodys plays what has the tags, or everything, at the bundled server with
// something before it.
func atSomebodys(t *testing.T, in func(http.Handler) http.Handler, seed uint64, which features.Selection) []evidence.Outcome {
	t.Helper()
	bundled, err := target.Bundled("")
	if err != nil {
		t.Fatal(err)
	}
	defer bundled.Close()
	endpoint, err := bundled.Tenant(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(in(proxy(t, endpoint.URL)))
	defer server.Close()
	base, err := url.Parse(endpoint.URL)
	if err != nil {
		t.Fatal(err)
	}
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := which.Choose(all)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := evidence.Create(t.TempDir(), evidence.Run{ID: "fair"}, evidence.NewRedactor())
	if err != nil {
		t.Fatal(err)
	}
	raw, end, err := steps.Play(context.Background(), cases, steps.Config{
		Target: target.External(server.URL+base.Path, endpoint.Token), RunID: steps.NewRunID(rand.Text),
		Seed: seed, Jobs: 2, Folder: folder,
	})
	if err != nil || end.Stopped != "" {
		t.Fatalf("the run ended early: %s %v", end.Stopped, err)
	}
	if err := folder.Finish(end); err != nil {
		t.Fatal(err)
	}
	seen, err := evidence.Open(folder.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if left := evidence.Outstanding(seen.Ledger); len(left) > 0 {
		t.Errorf("%d guests are left, the first is %+v", len(left), left[0])
	}
	return evidence.Judge(raw, false)
}

// proxy hands requests on to a server.
func proxy(t *testing.T, behind string) http.Handler {
	t.Helper()
	u, err := url.Parse(behind)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: u.Scheme, Host: u.Host}) },
	}
}

// before puts the habit in front of a server.
func (p particular) before(next http.Handler) http.Handler {
	var first sync.Once
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first.Do(func() { p.furnish(r, next) })
		raw, _ := io.ReadAll(r.Body)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
		var body map[string]any
		_ = json.Unmarshal(raw, &body)
		switch {
		case p.take != nil && p.take(w, r, body):
		case p.show == nil && p.list == nil:
			next.ServeHTTP(w, r)
		default:
			p.showing(w, r, next)
		}
	})
}

// furnish makes the groups of others, with the credentials of whoever comes first.
func (p particular) furnish(r *http.Request, next http.Handler) {
	for n := range p.groups {
		group := `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"of others ` + strconv.Itoa(n) + `"}`
		made := r.Clone(r.Context())
		made.Method, made.URL.Path, made.URL.RawQuery = http.MethodPost, path.Join(path.Dir(r.URL.Path), "Groups"), ""
		made.Header.Set("Content-Type", "application/scim+json")
		made.Body, made.ContentLength = io.NopCloser(strings.NewReader(group)), int64(len(group))
		next.ServeHTTP(httptest.NewRecorder(), made)
	}
}

func (p particular) showing(w http.ResponseWriter, r *http.Request, next http.Handler) {
	heard := httptest.NewRecorder()
	next.ServeHTTP(heard, r)
	raw := heard.Body.Bytes()
	var body map[string]any
	if json.Unmarshal(raw, &body) == nil {
		p.shown(r, body)
		raw, _ = json.Marshal(body) // it was JSON before
	}
	maps.Copy(w.Header(), heard.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(heard.Code)
	_, _ = w.Write(raw)
}

func (p particular) shown(r *http.Request, body map[string]any) {
	list, isList := body["Resources"].([]any)
	if isList && p.list != nil {
		p.list(r, body)
	}
	if p.show == nil {
		return
	}
	if !isList {
		p.show(r, body)
	}
	for _, entry := range list {
		if resource, ok := entry.(map[string]any); ok {
			p.show(r, resource)
		}
	}
}

// Nothing is left out by what a target says of itself: a gap is declared by a
// person, or the scenario is played.
func TestOnlyPeopleDeclareGaps(t *testing.T) {
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	for _, gap := range features.Gaps {
		cases, err := features.Selection{Without: []string{gap}}.Choose(all)
		if err != nil {
			t.Fatal(err)
		}
		for kill, o := range verdicts(t, cases, steps.Config{Jobs: 4}) {
			if slices.Contains(o.Tags, gap) != (o.Verdict == evidence.Skip) {
				t.Errorf("without %s, %s is %s", gap, kill, o.Verdict)
			}
		}
	}
}

// A server that ignores the filter hands Okta somebody else's account. The
// scenario says so, and nothing is written.
func TestAnIgnoredFilterOverwritesNobody(t *testing.T) {
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := features.Selection{Only: []string{"connection-test", "assign-creates", "lookup-finds-nobody-else"}}.Choose(all)
	if err != nil {
		t.Fatal(err)
	}
	for kill, o := range verdicts(t, cases, steps.Config{}, named("ignores-filter")) {
		if kill.Address != "lookup-finds-nobody-else" {
			continue
		}
		if o.Verdict != evidence.Fail || !strings.Contains(o.Reason, "Okta would now have overwritten account") {
			t.Errorf("%s: %s %s", kill, o.Verdict, o.Reason)
		}
	}
}
