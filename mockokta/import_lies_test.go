package mockokta_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/mockokta/provision"
)

// A listLie is what a target answers to an import's request for a page.
type listLie struct {
	list   string // the one that it lies about; "" is Users
	tell   func(tn *tenant, start int) (status int, body string)
	ends   string // with what reason; "" where the import goes on
	remark string // and says what
	asks   int    // requests for the list at most
}

func pages(tell func(tn *tenant, start int) string) func(*tenant, int) (int, string) {
	return func(tn *tenant, start int) (int, string) { return http.StatusOK, tell(tn, start) }
}

func says(status int, body string) func(*tenant, int) (int, string) {
	return func(*tenant, int) (int, string) { return status, body }
}

// strangers are people whom nobody has seen before.
func strangers(from, n int) []map[string]any {
	var all []map[string]any
	for i := range n {
		all = append(all, account(fmt.Sprintf("s-%d", from+i), fmt.Sprintf("s%d", from+i)))
	}
	return all
}

// numbers is an honest first page with other numbers.
func numbers(total, items string) func(*tenant, int) (int, string) {
	return pages(func(tn *tenant, start int) string {
		return fmt.Sprintf(`{"totalResults":%s,"startIndex":%d,"itemsPerPage":%s,"Resources":%s}`, total, start, items, shown(tn.users[:100]))
	})
}

const people = 150 // whom the application has when the lies begin

var listLies = map[string]listLie{
	"the first page for ever": {
		tell: pages(func(tn *tenant, start int) string { return page(people, start, tn.users[:100]...) }),
		ends: `^asked for /Users from 101 on: the user "u-000" came before: the list has it twice$`, asks: 2,
	},
	"pages in a circle": {
		tell: pages(func(tn *tenant, start int) string {
			from := (start - 1) % 300
			return page(1_000, start, strangers(from, 100)...)
		}),
		ends: `from 301 on: the user "s-0" came before`, asks: 4,
	},
	"pages that overlap": {
		tell: pages(func(tn *tenant, start int) string {
			from := max(start-2, 0)
			return page(people, start, tn.users[from:min(from+100, people)]...)
		}),
		ends: `from 101 on: the user "u-099" came before`, asks: 2,
	},
	"a total that shrinks": {
		tell: pages(func(tn *tenant, start int) string {
			if start == 1 {
				return page(people, 1, tn.users[:100]...)
			}
			return page(130, start)
		}),
		ends: `^asked for /Users from 101 on: totalResults was 150 before and is 130 now$`, asks: 2,
	},
	"a total that shrinks to what came": {
		tell: pages(func(tn *tenant, start int) string {
			if start == 1 {
				return page(people, 1, tn.users[:100]...)
			}
			return page(100, start)
		}),
		ends: `^asked for /Users from 101 on: totalResults was 150 before and is 100 now$`, asks: 2,
	},
	"one fewer than at first": {
		tell: pages(func(tn *tenant, start int) string {
			if start == 1 {
				return page(people, 1, tn.users[:100]...)
			}
			return page(people-1, start, tn.users[101:]...)
		}),
		ends: `totalResults was 150 before and is 149 now$`, asks: 2,
	},
	"a total that grows and then shrinks": {
		tell: pages(func(tn *tenant, start int) string {
			switch start {
			case 1:
				return page(people, 1, tn.users[:100]...)
			case 101:
				return page(260, start, strangers(0, 100)...)
			}
			return page(200, start)
		}),
		ends: `^asked for /Users from 201 on: totalResults was 260 before and is 200 now$`, asks: 3,
	},
	"a total that grows and then shrinks, with people on every page": {
		tell: pages(func(_ *tenant, start int) string {
			return page(map[int]int{1: 300, 101: 400, 201: 300}[start], start, strangers(start, 100)...)
		}),
		ends: `^asked for /Users from 201 on: totalResults was 400 before and is 300 now$`, asks: 3,
	},
	"a total of groups that shrinks": {
		list: "Groups",
		tell: pages(func(_ *tenant, start int) string {
			if start == 1 {
				return page(200, 1, teams(0)...)
			}
			return page(100, start)
		}),
		ends: `^asked for /Groups from 101 on: totalResults was 200 before and is 100 now$`, asks: 2,
	},
	"a total of groups that grows and then shrinks": {
		list: "Groups",
		tell: pages(func(_ *tenant, start int) string {
			return page(map[int]int{1: 300, 101: 400, 201: 300}[start], start, teams(start)...)
		}),
		ends: `^asked for /Groups from 201 on: totalResults was 400 before and is 300 now$`, asks: 3,
	},
	"a total of groups that grows for ever": {
		list: "Groups",
		tell: pages(func(_ *tenant, start int) string { return page(start+300, start, teams(start)...) }),
		ends: `^asked for /Groups from 1401 on: totalResults was 301 at first and is 1701 now$`, asks: 16,
	},
	"a total of groups below nought": {list: "Groups", tell: pages(func(*tenant, int) string { return page(-1, 1, teams(0)...) }), ends: `^asked for /Groups from 1 on: totalResults is -1$`, asks: 1},
	"a total of 10^18 groups": {
		list: "Groups", tell: pages(func(*tenant, int) string { return page(1_000_000_000_000_000_000, 1, teams(0)...) }),
		ends: `^asked for /Groups from 1 on: totalResults is 1000000000000000000, and an import takes no more than 1000000$`, asks: 1,
	},
	"pages of groups that overlap": {
		list: "Groups",
		tell: pages(func(_ *tenant, start int) string {
			if start == 1 {
				return page(199, 1, teams(0)...)
			}
			return page(199, start, append(teams(0)[99:], teams(1)[:99]...)...)
		}),
		ends: `^asked for /Groups from 101 on: the group "g-0-99" came before: the list has it twice$`, asks: 2,
	},
	"pages that shrink": {
		tell: pages(func(tn *tenant, start int) string { return page(1_000, start, strangers(start, 100>>(start/100))...) }),
		ends: `from 701 on: the page is empty, and totalResults is 1000 where 197 came so far$`, asks: 8,
	},
	"pages of one": {
		tell: pages(func(tn *tenant, start int) string { return page(1_000, start, strangers(start, 1)...) }),
		ends: `from 1001 on: the page has 1, past the end: totalResults is 1000$`, asks: 11,
	},
	"a total that grows for ever": {
		tell: pages(func(tn *tenant, start int) string { return page(start+300, start, strangers(start, 100)...) }),
		ends: `from 1401 on: totalResults was 301 at first and is 1701 now$`, asks: 16,
	},
	"a total below nought":       {tell: numbers("-1", "100"), ends: `from 1 on: totalResults is -1$`, asks: 1},
	"a total of 10^18":           {tell: numbers("1000000000000000000", "100"), ends: `totalResults is 1000000000000000000, and an import takes no more than 1000000$`, asks: 1},
	"a total of 10^30":           {tell: numbers("1"+strings.Repeat("0", 30), "100"), ends: `the list's totalResults is not an integer$`, asks: 1},
	"a total as text":            {tell: numbers(`"150"`, "100"), ends: `from 1 on: the list's totalResults is not an integer$`, asks: 1},
	"a total with a fraction":    {tell: numbers("150.5", "100"), ends: `totalResults is not an integer$`, asks: 1},
	"no total":                   {tell: says(200, `{"Resources":[]}`), ends: `totalResults is not an integer$`, asks: 1},
	"items as text":              {tell: numbers("150", `"100"`), ends: `the list's itemsPerPage is not an integer$`, asks: 1},
	"more than there are":        {tell: numbers("3", "100"), ends: `from 1 on: the page has 100, and totalResults is 3$`, asks: 1},
	"nobody, and there are many": {tell: pages(func(*tenant, int) string { return page(people, 1) }), ends: `the page is empty, and totalResults is 150 where 0 came so far$`, asks: 1},
	"a total of duplicates": {tell: pages(func(tn *tenant, start int) string {
		from := min(start-1, people)
		return page(300, start, tn.users[from:min(from+100, people)]...)
	}), ends: `from 201 on: the page is empty, and totalResults is 300 where 150 came so far$`, asks: 3},
	"10,000 where 100 were asked": {tell: pages(func(*tenant, int) string { return page(10_000, 1, strangers(0, 10_000)...) }), ends: `the page has 10000 where 100 were asked for$`, asks: 1},
	"somebody twice on a page":    {tell: pages(func(tn *tenant, _ int) string { return page(2, 1, tn.users[0], tn.users[0]) }), ends: `the user "u-000" came before`, asks: 1},
	"an account without an id":    {tell: pages(func(tn *tenant, _ int) string { return page(2, 1, tn.users[0], account("", "nobody", "id", nil)) }), ends: `from 1 on: a user has no id: "nobody@example.test"$`, asks: 1},
	"an account with an empty id": {tell: pages(func(*tenant, int) string { return page(1, 1, account("", "nobody")) }), ends: `a user has no id`, asks: 1},
	"what is no account":          {tell: says(200, `{"totalResults":1,"Resources":["u-000"]}`), ends: `Resources hold what is not an object$`, asks: 1},
	"an object for Resources":     {tell: says(200, `{"totalResults":1,"Resources":{"id":"u-000"}}`), ends: `Resources are not an array$`, asks: 1},
	"HTML":                        {tell: says(200, `<html><body>Sign in</body></html>`), ends: `from 1 on: Invalid JSON: Unexpected character \('<' \(code 60\)\)`, asks: 1},
	"nothing":                     {tell: says(200, ``), ends: `Invalid JSON: there is no body$`, asks: 1},
	"no content":                  {tell: says(204, ``), ends: `No Content\. Errors reported by remote server: null$`, asks: 1},
	"half a page":                 {tell: says(200, `{"totalResults":150,"Resources":[{"id":"u-0`), ends: `Invalid JSON: `, asks: 1},
	"an error":                    {tell: says(500, `{"detail":"not today"}`), ends: `Internal Server Error\. Errors reported by remote server: not today$`, asks: 1},
	"other doors":                 {tell: says(302, ``), ends: `Found\. Errors`, asks: 1},
	"nobody there":                {tell: says(404, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"no such list"}`), ends: `Not Found\. Errors reported by remote server: no such list$`, asks: 1},
	"later, for ever":             {tell: says(429, ``), ends: `Too Many Requests\. Errors reported by remote server: null$`, asks: 10},
	"an error on the second page": {tell: func(tn *tenant, start int) (int, string) {
		return map[bool]int{true: 200, false: 503}[start == 1], tn.page("Users", start, 100)
	}, ends: `^asked for /Users from 101 on: Service Unavailable\.`, asks: 2},
	"a group twice":                {list: "Groups", tell: pages(func(tn *tenant, _ int) string { return page(2, 1, tn.groups[0], tn.groups[0]) }), ends: `^asked for /Groups from 1 on: the group "g-1" came before: the list has it twice$`, asks: 1},
	"a group without an id":        {list: "Groups", tell: says(200, `{"totalResults":1,"Resources":[{"displayName":"Analysts"}]}`), ends: `a group has no id: "Analysts"$`, asks: 1},
	"groups in a circle":           {list: "Groups", tell: pages(func(tn *tenant, start int) string { return page(2_000, start, teams(0)...) }), ends: `from 101 on: the group "g-0-0" came before`, asks: 2},
	"HTML in place of groups":      {list: "Groups", tell: says(200, `<html>`), ends: `^asked for /Groups from 1 on: Invalid JSON`, asks: 1},
	"members of nobody":            {list: "Groups", tell: pages(func(*tenant, int) string { return page(1, 1, team("g-1", "Analysts", "u-000", "ghost")) }), remark: `the group "Analysts" has a member whom the list of users has not: "ghost"`, asks: 1},
	"members that are no objects":  {list: "Groups", tell: says(200, `{"totalResults":1,"Resources":[{"id":"g-1","displayName":"Analysts","members":["u-000",7,null]}]}`), asks: 1},
	"two groups of one name":       {list: "Groups", tell: pages(func(*tenant, int) string { return page(2, 1, team("g-1", "Analysts"), team("g-2", "Analysts")) }), remark: `two groups have the name "Analysts": "g-1" and "g-2"`, asks: 1},
	"groups that change their ids": {list: "Groups", tell: pages(func(_ *tenant, start int) string { return page(200, start, teams(start)...) }), remark: `two groups have the name "Group 0": "g-1-0" and "g-101-0"`, asks: 2},
}

// teams are a hundred groups, whose ids are others each time.
func teams(time int) []map[string]any {
	var all []map[string]any
	for i := range 100 {
		all = append(all, team(fmt.Sprintf("g-%d-%d", time, i), fmt.Sprint("Group ", i)))
	}
	return all
}

// settled is an application with people whom an import brought, one who waits, and a
// group.
func settled(t *testing.T, dialect string, carrier http.RoundTripper, tn *tenant) *importer {
	t.Helper()
	tn.users, tn.groups = crowd(people), []map[string]any{team("g-1", "Analysts", "u-000")}
	i := newImporter(t, dialect, provision.Knobs{}, carrier)
	i.tenant = tn
	i.must(i.SetImportGroups(t.Context(), i.app, true))
	i.must(i.AutoConfirm(t.Context(), i.app, false, false, true))
	require.Equal(t, people, i.whole().Confirmed)
	tn.users = append(tn.users, account("w-1", "waits", "emails", nil))
	require.Equal(t, 1, i.whole().Imported)
	tn.users = tn.users[:people]
	i.must(i.Settle(t.Context()))
	return i
}

// Whatever a target's lists are: an import ends with what was asked and what was
// answered, and Okta is as it was; or goes on, and says what it left out. It asks no
// more often than it has to, and when the target is honest again all is well.
func TestImportFromATargetThatLies(t *testing.T) {
	tn := &tenant{}
	i := settled(t, "oin", tn, tn) // both dialects read alike: see T23
	for name, l := range listLies {
		t.Run(name, func(t *testing.T) {
			i.T = t
			before := i.everything()
			i.tellAndImport(l)
			if l.ends != "" {
				require.Equal(t, before, i.everything(), "Okta is as it was")
			}
		})
	}
	i.T = t
	tn.lie = nil
	tn.users = append(tn.users, account("w-1", "waits", "emails", nil))
	r := i.whole()
	require.Equal(t, []int{people + 1, 0, 0, people}, []int{r.Read, r.Removed, r.Confirmed, i.appUsers()}, "when it is honest again")
}

func (i *importer) tellAndImport(l listLie) management.ImportResult {
	i.Helper()
	asked := 0
	about := l.list
	if about == "" {
		about = "Users"
	}
	i.tenant.lie = func(list string, start int) (int, string, bool) {
		if list != about {
			return 0, "", false
		}
		asked++
		status, body := l.tell(i.tenant, start)
		return status, body, true
	}
	r := i.importNow()
	require.LessOrEqual(i, asked, l.asks, "requests")
	if l.ends == "" {
		require.Empty(i, r.Reason)
	} else {
		require.Regexp(i, l.ends, r.Reason)
		require.Equal(i, []int{0, 0, 0, 0, 0}, []int{r.Imported, r.Updated, r.Removed, r.Confirmed, r.GroupsImported})
	}
	if l.remark != "" {
		require.Contains(i, r.Remarks, l.remark)
	}
	return r
}

// The same over sockets, and what only they can do: a page that never comes, one that
// never ends, and one that breaks off.
func TestImportFromATargetThatLiesOverSockets(t *testing.T) {
	lies := map[string]struct {
		serve http.HandlerFunc
		ends  string
	}{
		"a page that never comes": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, `^GET /Users: no byte for 2s$`},
		"a page that never ends": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"totalResults":150,"Resources":[`)
			for err := error(nil); err == nil; {
				_, err = io.WriteString(w, strings.Repeat(`{"id":"u"},`, 10_000))
			}
		}, `^GET /Users: answer 200: reading the body: the body is longer than 32 MiB$`},
		"a page that breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"totalResults":150,`)
		}, `^GET /Users: answer 200: reading the body: unexpected EOF$`},
		"a closed door": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, `^GET /Users: EOF$`},
	}
	for _, name := range []string{"the first page for ever", "HTML", "a total that grows for ever", "a group twice"} {
		lies[name] = struct {
			serve http.HandlerFunc
			ends  string
		}{nil, listLies[name].ends}
	}
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tn := &tenant{}
			told := false
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if told && lie.serve != nil && strings.Contains(r.URL.RawQuery, "count=100") {
					lie.serve(w, r)
					return
				}
				status, body := tn.answer(r)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}))
			defer server.Close()
			carrier := &http.Transport{}
			defer carrier.CloseIdleConnections()
			patience := time.Duration(0) // Okta's own
			if name == "a page that never comes" {
				patience = 2 * time.Second
			}
			i := overSockets(t, server.URL, carrier, tn, patience)
			before := i.everything()
			told = true
			if lie.serve == nil {
				i.tellAndImport(listLies[name])
			} else {
				require.Regexp(t, lie.ends, i.importNow().Reason)
			}
			require.Equal(t, before, i.everything())
		})
	}
}

func overSockets(t *testing.T, url string, carrier http.RoundTripper, tn *tenant, patience time.Duration) *importer {
	t.Helper()
	okta, err := mockokta.Start(mockokta.Config{Target: carrier, Timeout: patience, Token: apiToken})
	require.NoError(t, err)
	own := &http.Transport{}
	t.Cleanup(func() {
		own.CloseIdleConnections()
		require.NoError(t, okta.Close())
	})
	i := &importer{Client: &management.Client{URL: okta.URL, Token: okta.Token, HTTP: own}, T: t, tenant: tn}
	i.connect("oin", url+"/scim/v2")
	tn.users, tn.groups = crowd(people), []map[string]any{team("g-1", "Analysts", "u-000")}
	i.must(i.SetImportGroups(t.Context(), i.app, true))
	i.must(i.AutoConfirm(t.Context(), i.app, false, false, true))
	require.Equal(t, people, i.whole().Confirmed)
	i.must(i.Settle(t.Context()))
	return i
}

// What other servers do wrong and Okta does not mind, as far as a list is read. The
// letters are those of the failures that they were seen in.
func TestImportTakesWhatOktaTakes(t *testing.T) {
	three := func() []map[string]any { return crowd(3) }
	for name, tt := range map[string]struct {
		tell   func(start int) string
		reads  int
		asks   int
		remark string
	}{
		"F32, itemsPerPage is the count that was asked for": {func(int) string {
			return fmt.Sprintf(`{"totalResults":3,"startIndex":1,"itemsPerPage":100,"Resources":%s}`, shown(three()))
		}, 3, 1, ""},
		"F33, the list stops at 100 and says so": {func(int) string { return page(100, 1, crowd(100)...) }, 100, 1, ""},
		"F36, startIndex is echoed as 0":         {func(int) string { return page(3, 0, three()...) }, 3, 1, ""},
		"F38, no list for nobody":                {func(int) string { return `{"totalResults":0,"startIndex":1,"itemsPerPage":0}` }, 0, 1, ""},
		"F38, null for nobody":                   {func(int) string { return `{"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":null}` }, 0, 1, ""},
		"F39, keys in lower case": {func(int) string {
			return fmt.Sprintf(`{"totalresults":3,"startindex":1,"itemsperpage":3,"resources":%s}`, shown(three()))
		}, 3, 1, ""},
		"F39, one key in lower case": {func(int) string {
			return fmt.Sprintf(`{"totalResults":3,"startIndex":1,"itemsPerPage":3,"resources":%s}`, shown(three()))
		}, 3, 1, ""},
		"F82, ids that are numbers":     {func(int) string { return page(1, 1, account("", "ana", "id", 42)) }, 1, 1, ""},
		"no numbers that nobody needs":  {func(int) string { return fmt.Sprintf(`{"totalResults":3,"Resources":%s}`, shown(three())) }, 3, 1, ""},
		"F42, somebody without names":   {func(int) string { return page(1, 1, account("1", "ana", "name", nil)) }, 1, 1, ""},
		"F43, somebody without schemas": {func(int) string { return page(1, 1, account("1", "ana", "schemas", nil)) }, 1, 1, `the user "1" is not imported: No schema's defined in scim user`},
		"somebody without a userName":   {func(int) string { return page(1, 1, account("1", "ana", "userName", nil)) }, 1, 1, `the user "1" is not imported: it has no userName`},
		"members that nobody has heard of": {func(int) string {
			return page(1, 1, account("1", "ana", "shoeSize", map[string]any{"eu": []int{42}}, "x", nil))
		}, 1, 1, ""},
		"a total that grows by a few": {func(start int) string {
			return page(140+start/10, start, crowd(150)[start-1:min(start+99, 150)]...)
		}, 150, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			asked, begun := 0, false
			target := httpmock.NewMockTransport()
			target.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
				if !begun {
					return httpmock.NewStringResponse(http.StatusOK, page(0, 1)), nil
				}
				asked++
				var start int
				_, _ = fmt.Sscanf(r.URL.RawQuery, "startIndex=%d", &start)
				return httpmock.NewStringResponse(http.StatusOK, tt.tell(start)), nil
			})
			i := newImporter(t, "aiw", provision.Knobs{}, target)
			begun = true
			r := i.whole()
			require.Equal(t, []int{tt.reads, tt.asks}, []int{r.Read, asked})
			if tt.remark != "" {
				require.Equal(t, []string{tt.remark}, r.Remarks)
				require.Empty(t, i.waiting())
				return
			}
			require.Empty(t, r.Remarks)
			require.Len(t, i.waiting(), tt.reads)
		})
	}
}

// A group that has another id at the next import is another group to Okta: the one that
// it knew is gone, and the new one is nobody's until it is linked. Nothing is written to
// either of them, and what is pushed to the old id is an error.
func TestAGroupThatChangesItsID(t *testing.T) {
	inBoth(t, func(t *testing.T, dialect string) {
		tn := &tenant{}
		i := settled(t, dialect, tn, tn)
		ctx := t.Context()
		pushed, err := i.CreateGroup(ctx, "Analysts in Okta")
		i.must(err)
		users, err := i.AppUsers(ctx, i.app)
		i.must(err)
		i.must(i.AddMembers(ctx, pushed, users[0].ID))
		before, err := i.ImportedGroups(ctx, i.app)
		i.must(err)
		require.Equal(t, "g-1", before[0].Target)
		mapping, err := i.LinkGroup(ctx, i.app, pushed, before[0].ID)
		i.must(err)
		i.must(i.Settle(ctx))

		tn.groups = []map[string]any{team("g-2", "Analysts in Okta", "u-000")}
		i.forget()
		r := i.whole()
		i.must(i.Settle(ctx))
		require.Equal(t, []int{1, 1, 0, 1}, []int{r.GroupsRead, r.GroupsImported, r.GroupsUpdated, r.GroupsRemoved})
		after, err := i.ImportedGroups(ctx, i.app)
		i.must(err)
		require.Equal(t, "g-2", after[0].Target)
		require.NotEqual(t, before[0].ID, after[0].ID, "another group")
		found := slices.DeleteFunc(r.Discrepancies.Found, func(d management.Discrepancy) bool { return d.Group == "" && !strings.HasPrefix(d.ID, "g-") })
		require.Equal(t, []management.Discrepancy{
			{Where: directory.OnlyAtTarget, ID: "g-2", Name: "Analysts in Okta", What: "a group that is not pushed"},
			{Where: directory.OnlyInOkta, Group: pushed, ID: "g-1", Name: "Analysts in Okta", What: "the group is gone"},
		}, found)
		for _, asked := range tn.asked {
			require.True(t, strings.HasPrefix(asked, "GET /"), asked)
		}

		i.must(i.PushNow(ctx, i.app, mapping))
		i.must(i.Settle(ctx))
		m, err := i.Mapping(ctx, i.app, mapping)
		i.must(err)
		require.Equal(t, "ERROR", m.Status)
	})
}

// A list that stops at 100 looks whole to Okta: it takes the application from the
// others, and from 100 people on the safeguard is all that is in the way (F33).
func TestAListThatStopsAt100(t *testing.T) {
	tn := &tenant{}
	i := settled(t, "oin", tn, tn)
	tn.lie = func(list string, start int) (int, string, bool) {
		return http.StatusOK, page(100, start, tn.users[:100]...), list == "Users"
	}
	require.Contains(t, i.importNow().Reason, "50 of 150 people")
	i.must(i.SetImportSafeguard(t.Context(), i.app, 100))
	require.Equal(t, 50, i.whole().Removed)
}

// A short page costs Okta nobody: with startIndex + 100 it sees that it missed some and
// ends, and with steps by what came it sees all.
func TestImportFromATargetOfShortPages(t *testing.T) {
	for knob, want := range map[bool]string{false: "the page is empty, and totalResults is 120 where 70 came so far", true: ""} {
		i := newImporter(t, "aiw", provision.Knobs{StepByItems: knob}, &tenant{users: crowd(120), most: 50})
		r := i.importNow()
		if want == "" {
			require.Empty(t, r.Reason)
			require.Equal(t, 120, r.Imported)
			continue
		}
		require.Contains(t, r.Reason, want)
		require.Empty(t, i.waiting())
	}
}

// An application that provisions nothing imports nothing, and before the first import
// there is no result.
func TestImportNeedsProvisioning(t *testing.T) {
	i := newImporter(t, "oin", provision.Knobs{}, &tenant{})
	ctx := t.Context()
	_, err := i.LastImport(ctx, i.app)
	require.ErrorContains(t, err, "404")
	i.must(i.DeactivateConnection(ctx, i.app))
	_, err = i.ImportNow(ctx, i.app)
	require.ErrorContains(t, err, "provisioning is not enabled")
	_, err = i.Discrepancies(ctx, i.app)
	require.ErrorContains(t, err, "provisioning is not enabled")
	_, err = i.ImportNow(ctx, directory.AppID("0oaNobody"))
	require.ErrorContains(t, err, "404")
}
