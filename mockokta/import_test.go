package mockokta_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/mockokta/provision"
)

// A tenant is a target with people and groups of its own, which lists them as the RFC
// has it until it is told to lie, and takes every write.
type tenant struct {
	mu            sync.Mutex
	users, groups []map[string]any
	asked         []string // what of SCIM was said, query and all
	most          int      // of a page; 0 is as many as are asked for
	refuse        bool     // new groups
	lie           func(list string, start int) (status int, body string, told bool)
}

func (tn *tenant) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := tn.answer(r)
	answer := httpmock.NewStringResponse(status, body)
	answer.Request = r
	return answer, nil
}

func (tn *tenant) answer(r *http.Request) (int, string) {
	tn.mu.Lock()
	defer tn.mu.Unlock()
	tn.asked = append(tn.asked, r.Method+" "+r.URL.RequestURI()[len("/scim/v2"):])
	list, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/scim/v2/"), "/")
	q := r.URL.Query()
	start, _ := strconv.Atoi(q.Get("startIndex"))
	count, _ := strconv.Atoi(q.Get("count"))
	switch {
	case r.Method == http.MethodGet && id == "" && q.Get("filter") == "":
		if tn.lie != nil && count == 100 {
			if status, body, told := tn.lie(list, start); told {
				return status, body
			}
		}
		return http.StatusOK, tn.page(list, start, count)
	case r.Method == http.MethodGet && id == "":
		return http.StatusOK, page(0, 1)
	case r.Method == http.MethodPost && tn.refuse:
		return http.StatusConflict, `{}`
	case r.Method == http.MethodPost && list == "Groups":
		var made struct{ DisplayName string }
		_ = json.NewDecoder(r.Body).Decode(&made)
		tn.groups = append(tn.groups, team("g-"+made.DisplayName, made.DisplayName))
		return http.StatusCreated, shown(tn.groups[len(tn.groups)-1])
	case r.Method == http.MethodPost:
		return http.StatusCreated, shown(account("new-"+strconv.Itoa(len(tn.asked)), "new"))
	case id == "":
		return http.StatusBadRequest, `{}`
	}
	for _, it := range slices.Concat(tn.users, tn.groups) {
		if it["id"] == id {
			return http.StatusOK, shown(it)
		}
	}
	return http.StatusNotFound, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"nobody"}`
}

func (tn *tenant) page(list string, start, count int) string {
	all := tn.users
	if list == "Groups" {
		all = tn.groups
	}
	if tn.most > 0 {
		count = min(count, tn.most)
	}
	from := min(start-1, len(all))
	return page(len(all), start, all[from:min(from+count, len(all))]...)
}

func page(total, start int, resources ...map[string]any) string {
	return shown(map[string]any{
		"schemas":      []string{"urn:ietf:params:scim:api:messages:2.0:ListResponse"},
		"totalResults": total, "startIndex": start, "itemsPerPage": len(resources), "Resources": append([]map[string]any{}, resources...),
	})
}

func shown(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// account is somebody at the target; more alternates names and values of core
// attributes, and nil takes one away.
func account(id, name string, more ...any) map[string]any {
	a := map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "id": id, "userName": name + "@example.test", "active": true,
		"name":   map[string]any{"givenName": strings.ToUpper(name[:1]) + name[1:], "familyName": "Of " + name},
		"emails": []any{map[string]any{"value": name + "@example.test", "type": "work", "primary": true}},
	}
	for i := 0; i < len(more); i += 2 {
		if more[i+1] == nil {
			delete(a, more[i].(string))
			continue
		}
		a[more[i].(string)] = more[i+1]
	}
	return a
}

func crowd(n int) []map[string]any {
	var all []map[string]any
	for i := range n {
		all = append(all, account(fmt.Sprintf("u-%03d", i), fmt.Sprintf("p%03d", i)))
	}
	return all
}

func team(id, name string, members ...string) map[string]any {
	list := []any{}
	for _, m := range members {
		list = append(list, map[string]any{"value": m})
	}
	return map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "id": id, "displayName": name, "members": list}
}

// An importer is an administrator with an application at a tenant.
type importer struct {
	*management.Client
	*testing.T
	tenant *tenant
	app    directory.AppID
}

func newImporter(t *testing.T, dialect string, knobs provision.Knobs, carrier http.RoundTripper) *importer {
	t.Helper()
	okta, err := mockokta.Start(mockokta.Config{Target: carrier, Knobs: knobs, Token: apiToken})
	require.NoError(t, err)
	own := &http.Transport{}
	i := &importer{Client: &management.Client{URL: okta.URL, Token: okta.Token, HTTP: own}, T: t}
	i.tenant, _ = carrier.(*tenant)
	t.Cleanup(func() {
		own.CloseIdleConnections()
		require.NoError(t, okta.Close())
	})
	i.connect(dialect, "https://sp.example.test/scim/v2")
	return i
}

func (i *importer) connect(dialect, base string) {
	var err error
	ctx := i.Context()
	i.app, err = i.CreateApp(ctx, "Immuta", map[string]string{"aiw": "", "oin": directory.TokenAuth}[dialect])
	i.must(err)
	if dialect == "aiw" {
		i.must(i.EnableSCIM(ctx, i.app))
	}
	i.must(i.Connect(ctx, i.app, base, scimToken))
	i.must(i.ActivateConnection(ctx, i.app))
	i.must(i.SetProvisioning(ctx, i.app, true, true, true))
	i.forget()
}

func (i *importer) must(err error) { i.Helper(); require.NoError(i, err) }

func (i *importer) forget() {
	if i.tenant != nil {
		i.tenant.asked = nil
	}
}

func (i *importer) importNow() management.ImportResult {
	i.Helper()
	r, err := i.ImportNow(i.Context(), i.app)
	i.must(err)
	last, err := i.LastImport(i.Context(), i.app)
	i.must(err)
	require.Equal(i, r, last, "what is shown later is what was answered")
	return r
}

func (i *importer) whole() management.ImportResult {
	i.Helper()
	r := i.importNow()
	require.Empty(i, r.Reason)
	return r
}

func (i *importer) waiting() []management.ImportedUser {
	i.Helper()
	all, err := i.ImportedUsers(i.Context(), i.app)
	i.must(err)
	return all
}

func (i *importer) person(login, first, last string) directory.PersonID {
	i.Helper()
	id, err := i.CreateUser(i.Context(), directory.Profile{"login": login, "email": login, "firstName": first, "lastName": last})
	i.must(err)
	return id
}

func (i *importer) appUser(id directory.PersonID) management.AppUser {
	i.Helper()
	u, err := i.AppUser(i.Context(), i.app, id)
	i.must(err)
	return u
}

func (i *importer) look(id directory.PersonID) management.User {
	i.Helper()
	u, err := i.GetUser(i.Context(), string(id))
	i.must(err)
	return u
}

func (i *importer) appUsers() int {
	i.Helper()
	all, err := i.AppUsers(i.Context(), i.app)
	i.must(err)
	return len(all)
}

// everything is what Okta holds, as it shows it, to tell that nothing changed.
func (i *importer) everything() string {
	i.Helper()
	ctx := i.Context()
	users, err := i.AppUsers(ctx, i.app)
	i.must(err)
	groups, err := i.ImportedGroups(ctx, i.app)
	i.must(err)
	people, err := i.Users(ctx)
	i.must(err)
	return shown([]any{users, groups, people, i.waiting()})
}

// all confirms everybody who waits, and settles.
func (i *importer) confirmAll() {
	i.Helper()
	for _, w := range i.waiting() {
		_, err := i.ConfirmImported(i.Context(), i.app, w.ID)
		i.must(err)
	}
	i.must(i.Settle(i.Context()))
}

func inBoth(t *testing.T, play func(*testing.T, string)) {
	for _, dialect := range []string{"aiw", "oin"} {
		t.Run(dialect, func(t *testing.T) { play(t, dialect) })
	}
}

// T23 from the administrator to the wire.
func TestImportFromTheAdministrator(t *testing.T) {
	files, err := filepath.Glob("testdata/traces/T23-*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			inBoth(t, func(t *testing.T, dialect string) {
				tr := readTrace(t, name)
				knobs := provision.Knobs{StepByItems: strings.HasSuffix(name, "by-items"), GroupsFirst: strings.HasSuffix(name, "groups-first")}
				target := httpmock.NewMockTransport()
				begun := false
				target.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
					if !begun {
						return httpmock.NewStringResponse(http.StatusOK, page(0, 1)), nil
					}
					status, body, err := tr.answer(r)
					return httpmock.NewStringResponse(status, body), err
				})
				i := newImporter(t, dialect, knobs, target)
				i.must(i.SetImportGroups(t.Context(), i.app, strings.Contains(name, "groups")))
				begun = true
				i.importNow()
				require.Equal(t, tr.said, tr.heard)
			})
		})
	}
}

// So many people are so many requests, everybody is seen once, and to do it again
// changes nothing.
func TestImportSeesEverybodyOnce(t *testing.T) {
	for n, requests := range map[int]int{0: 1, 1: 1, 99: 1, 100: 1, 101: 2, 200: 2, 250: 3} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			inBoth(t, func(t *testing.T, dialect string) {
				i := newImporter(t, dialect, provision.Knobs{}, &tenant{users: crowd(n)})
				r := i.whole()
				require.Len(t, i.tenant.asked, requests)
				for p, asked := range i.tenant.asked {
					require.Equal(t, fmt.Sprintf("GET /Users?startIndex=%d&count=100", 1+100*p), asked)
				}
				require.Equal(t, []int{n, n, 0, n, 0, 0}, []int{r.Read, r.Scanned, r.Inactive, r.Imported, r.Updated, r.Unchanged})
				require.Equal(t, n, r.None)
				var ids, want []string
				for _, w := range i.waiting() {
					ids = append(ids, w.ID)
				}
				for _, u := range i.tenant.users {
					want = append(want, u["id"].(string))
				}
				require.Equal(t, want, ids)

				before := i.everything()
				r = i.whole()
				require.Equal(t, []int{n, n, 0, 0, n}, []int{r.Read, r.Scanned, r.Imported, r.Updated, r.Unchanged})
				require.Equal(t, before, i.everything(), "an import that changes nothing")

				i.confirmAll()
				require.Len(t, i.tenant.asked, 2*requests, "a confirmation is no word to the target")
				before = i.everything()
				r = i.whole()
				require.Equal(t, []int{n, 0, 0, n, 0, 0}, []int{r.Read, r.Imported, r.Updated, r.Unchanged, r.Removed, r.None})
				require.Equal(t, before, i.everything())
				require.Equal(t, n, i.appUsers())
			})
		})
	}
}

// Whom an account matches, by the rules that there are.
func TestImportMatches(t *testing.T) {
	type rules struct {
		exact   directory.ExactMatch
		partial bool
	}
	byName, byMail := rules{directory.MatchUserName, false}, rules{directory.MatchEmail, false}
	nameOrPartial := rules{directory.MatchUserName, true}
	inOkta := func(login, email, first, last string) directory.Profile {
		return directory.Profile{"login": login, "email": email, "firstName": first, "lastName": last}
	}
	for what, tt := range map[string]struct {
		rules
		people []directory.Profile
		at     []map[string]any
		want   []string // per account: match, and which person
	}{
		"one userName":                           {byName, []directory.Profile{inOkta("ana@example.test", "x@x.test", "X", "Y")}, []map[string]any{account("1", "ana")}, []string{"EXACT 0"}},
		"one userName in other letters":          {byName, []directory.Profile{inOkta("ANA@Example.test", "x@x.test", "X", "Y")}, []map[string]any{account("1", "ana")}, []string{"EXACT 0"}},
		"one email is not one userName":          {byName, []directory.Profile{inOkta("x@x.test", "ana@example.test", "X", "Y")}, []map[string]any{account("1", "ana")}, []string{"NONE"}},
		"one email":                              {byMail, []directory.Profile{inOkta("x@x.test", "Ana@example.test", "X", "Y")}, []map[string]any{account("1", "ana")}, []string{"EXACT 0"}},
		"one userName is not one email":          {byMail, []directory.Profile{inOkta("ana@example.test", "x@x.test", "X", "Y")}, []map[string]any{account("1", "ana")}, []string{"NONE"}},
		"two people with one email":              {byMail, []directory.Profile{inOkta("x@x.test", "ana@example.test", "X", "Y"), inOkta("y@x.test", "ana@example.test", "X", "Y")}, []map[string]any{account("1", "ana")}, []string{"NONE"}},
		"no email":                               {byMail, []directory.Profile{inOkta("x@x.test", "ana@example.test", "X", "Y")}, []map[string]any{account("1", "ana", "emails", nil)}, []string{"NONE"}},
		"first and last name":                    {nameOrPartial, []directory.Profile{inOkta("x@x.test", "x@x.test", "Ana", "Of ana")}, []map[string]any{account("1", "ana")}, []string{"PARTIAL 0"}},
		"first and last name, and not asked for": {byName, []directory.Profile{inOkta("x@x.test", "x@x.test", "Ana", "Of ana")}, []map[string]any{account("1", "ana")}, []string{"NONE"}},
		"the last name alone":                    {nameOrPartial, []directory.Profile{inOkta("x@x.test", "x@x.test", "Bo", "Of ana")}, []map[string]any{account("1", "ana")}, []string{"NONE"}},
		"two people with one name":               {nameOrPartial, []directory.Profile{inOkta("x@x.test", "x@x.test", "Ana", "Of ana"), inOkta("y@x.test", "y@x.test", "Ana", "Of ana")}, []map[string]any{account("1", "ana")}, []string{"NONE"}},
		"exact before partial, whatever comes first": {
			nameOrPartial,
			[]directory.Profile{inOkta("ana@example.test", "ana@example.test", "Bo", "Of bo")},
			[]map[string]any{account("1", "bo"), account("2", "ana")},
			[]string{"NONE", "EXACT 0"},
		},
		"nobody twice": {byName, []directory.Profile{inOkta("ana@example.test", "x@x.test", "X", "Y")}, []map[string]any{account("1", "ana"), account("2", "ana")}, []string{"EXACT 0", "NONE"}},
		"nobody":       {nameOrPartial, nil, []map[string]any{account("1", "ana")}, []string{"NONE"}},
	} {
		t.Run(what, func(t *testing.T) {
			i := newImporter(t, "oin", provision.Knobs{}, &tenant{users: tt.at})
			var people []directory.PersonID
			for _, p := range tt.people {
				id, err := i.CreateUser(t.Context(), p)
				i.must(err)
				people = append(people, id)
			}
			i.must(i.MatchImported(t.Context(), i.app, tt.exact, tt.partial))
			r := i.whole()
			var got []string
			counts := map[directory.Match]int{}
			for _, w := range i.waiting() {
				said := string(w.Match)
				if w.Person != "" {
					said += fmt.Sprint(" ", slices.Index(people, w.Person))
				}
				require.Equal(t, map[bool]string{true: "MATCHED", false: "IMPORTED"}[w.Person != ""], w.Status)
				got = append(got, said)
				counts[w.Match]++
			}
			require.Equal(t, tt.want, got)
			require.Equal(t, []int{counts[directory.ExactlyMatched], counts[directory.PartlyMatched], counts[directory.NotMatched]}, []int{r.Exact, r.Partial, r.None})
		})
	}
}

// A confirmation gives the application to whom it is about, and Okta knows the account
// by its id from then on: it says nothing to the target, and the next act goes there.
func TestConfirmLinks(t *testing.T) {
	inBoth(t, func(t *testing.T, dialect string) {
		i := newImporter(t, dialect, provision.Knobs{}, &tenant{users: []map[string]any{account("a/1", "ana"), account("b-2", "bo"), account("c-3", "cy", "userName", "cy.at.the.target")}})
		ctx := t.Context()
		ana, cy, di := i.person("ana@example.test", "Ana", "Ruiz"), i.person("cy@example.test", "Cy", "Moor"), i.person("di@example.test", "Di", "Vance")
		i.whole()
		i.forget()

		who, err := i.ConfirmImported(ctx, i.app, "a/1")
		i.must(err)
		require.Equal(t, ana, who, "whom it matches")
		bo, err := i.ConfirmImported(ctx, i.app, "b-2")
		i.must(err)
		made := i.look(bo)
		require.Equal(t, directory.Profile{"login": "bo@example.test", "email": "bo@example.test", "firstName": "Bo", "lastName": "Of bo"}, withoutNil(made.Profile))
		require.EqualValues(t, "STAGED", made.Status, "whom a confirmation makes is activated where the settings have it")
		_, err = i.ConfirmImportedAs(ctx, i.app, "c-3", cy)
		i.must(err)
		i.must(i.Settle(ctx))

		require.Empty(t, i.tenant.asked, "a confirmation is no word to the target")
		require.Empty(t, i.waiting())
		require.Equal(t, "a/1", i.appUser(ana).ExternalID)
		require.Equal(t, "b-2", i.appUser(bo).ExternalID)
		require.Equal(t, "c-3", i.appUser(cy).ExternalID)
		require.Equal(t, "PROVISIONED", i.appUser(ana).Status)

		i.must(i.Unassign(ctx, i.app, cy))
		i.must(i.Settle(ctx))
		require.Contains(t, i.tenant.asked[len(i.tenant.asked)-1], "/Users/c-3")

		_, err = i.ConfirmImported(ctx, i.app, "c-3")
		require.ErrorContains(t, err, "c-3 (ImportedUser)", "once is enough")
		i.tenant.users = append(i.tenant.users, account("a-9", "ana9"))
		i.whole()
		_, err = i.ConfirmImportedAs(ctx, i.app, "a-9", ana)
		require.ErrorContains(t, err, "the user has the account a/1")
		i.must(i.DeactivateUser(ctx, di))
		_, err = i.ConfirmImportedAs(ctx, i.app, "a-9", di)
		require.ErrorContains(t, err, "deactivated")
		require.Len(t, i.waiting(), 2, "what was refused waits, and who was let go waits again")
	})
}

// A person has one account: also where the first confirmation has not come to Okta's
// links yet, and until the application is taken away.
func TestConfirmTwiceForOnePerson(t *testing.T) {
	i := newImporter(t, "oin", provision.Knobs{}, &tenant{users: []map[string]any{account("a-1", "ana"), account("a-2", "ana2"), account("a-3", "ana3")}})
	ctx := t.Context()
	ana := i.person("ana@example.test", "Ana", "Ruiz")
	i.whole()
	_, err := i.ConfirmImportedAs(ctx, i.app, "a-1", ana)
	i.must(err)
	_, err = i.ConfirmImportedAs(ctx, i.app, "a-2", ana)
	require.ErrorContains(t, err, "the user has the account a-1")
	i.must(i.Settle(ctx))
	require.Equal(t, "a-1", i.appUser(ana).ExternalID)

	i.tenant.users = i.tenant.users[1:]
	require.Equal(t, 1, i.whole().Removed)
	_, err = i.ConfirmImportedAs(ctx, i.app, "a-3", ana)
	require.ErrorContains(t, err, "the user has the account a-1", "Okta knows it until it settles")
	i.must(i.Settle(ctx))
	_, err = i.ConfirmImportedAs(ctx, i.app, "a-3", ana)
	i.must(err)
	i.must(i.Settle(ctx))
	require.Equal(t, "a-3", i.appUser(ana).ExternalID)
	require.Len(t, i.waiting(), 1)
}

func withoutNil(p directory.Profile) directory.Profile {
	for name, v := range p {
		if v == nil {
			delete(p, name)
		}
	}
	return p
}

// What the settings confirm waits for nobody; what cannot be waits, and says why.
func TestImportConfirmsByItself(t *testing.T) {
	at := func() []map[string]any {
		return []map[string]any{account("1", "ana"), account("2", "bo"), account("3", "cy"), account("4", "di", "emails", nil)}
	}
	for what, tt := range map[string]struct {
		exact, partial, nobody bool
		confirmed              []string
	}{
		"nothing":       {false, false, false, nil},
		"exact matches": {true, false, false, []string{"1"}},
		"partial ones":  {false, true, false, []string{"2"}},
		"new people":    {false, false, true, []string{"3"}},
		"all":           {true, true, true, []string{"1", "2", "3"}},
	} {
		t.Run(what, func(t *testing.T) {
			i := newImporter(t, "aiw", provision.Knobs{}, &tenant{users: at()})
			i.person("ana@example.test", "Ana", "Ruiz")
			i.person("other@example.test", "Bo", "Of bo")
			i.must(i.MatchImported(t.Context(), i.app, directory.MatchUserName, true))
			i.must(i.AutoConfirm(t.Context(), i.app, tt.exact, tt.partial, tt.nobody))
			i.forget()
			r := i.whole()
			require.Equal(t, len(tt.confirmed), r.Confirmed)
			require.Equal(t, 4-len(tt.confirmed), r.Exact+r.Partial+r.None)
			i.must(i.Settle(t.Context()))
			users, err := i.AppUsers(t.Context(), i.app)
			i.must(err)
			var ids []string
			for _, u := range users {
				ids = append(ids, u.ExternalID)
				p := i.look(u.ID)
				require.EqualValues(t, "PROVISIONED", p.Status, "active, without a password")
			}
			require.Equal(t, tt.confirmed, ids)
			require.Len(t, i.tenant.asked, 1, "the one page")
			if tt.nobody {
				require.Equal(t, []string{`the user "4" waits for confirmation: email: The field cannot be left blank (of the account di@example.test)`}, r.Remarks)
			}
		})
	}
}

// Who is to be left alone is, also in the imports to come.
func TestIgnoredStaysIgnored(t *testing.T) {
	i := newImporter(t, "aiw", provision.Knobs{}, &tenant{users: []map[string]any{account("1", "ana"), account("2", "bo")}})
	i.whole()
	i.must(i.IgnoreImported(t.Context(), i.app, "1"))
	i.must(i.AutoConfirm(t.Context(), i.app, true, true, true))
	i.tenant.users[0]["title"] = "Analyst"
	r := i.whole()
	require.Equal(t, []int{1, 1, 0}, []int{r.Ignored, r.Confirmed, r.None})
	require.True(t, i.waiting()[0].Ignored)
	require.Equal(t, "Analyst", i.waiting()[0].Profile["title"])
}

// Inactive accounts are read and not imported; who has one keeps the application.
func TestImportLeavesInactiveAccounts(t *testing.T) {
	tn := &tenant{users: crowd(8)}
	tn.users[3]["active"] = false
	i := newImporter(t, "oin", provision.Knobs{}, tn)
	r := i.whole()
	require.Equal(t, []int{8, 7, 1, 7}, []int{r.Read, r.Scanned, r.Inactive, r.Imported})
	require.Len(t, i.waiting(), 7)
	i.confirmAll()
	tn.users[4]["active"] = false
	r = i.whole()
	require.Equal(t, []int{8, 6, 2, 0, 6}, []int{r.Read, r.Scanned, r.Inactive, r.Removed, r.Unchanged})
	require.Equal(t, 7, i.appUsers())
	delete(tn.users[5], "active")
	require.Equal(t, 3, i.whole().Inactive, "who does not say so is not active")
}

// Whose account is gone loses the application in Okta, and the target hears nothing of
// it; unless they are too many.
func TestImportRemovesWhoIsGone(t *testing.T) {
	for what, tt := range map[string]struct {
		had, gone, percent int
		stops              string
	}{
		"a fifth of a hundred":       {had: 100, gone: 20},
		"one more":                   {had: 100, gone: 21, stops: "the import would take the application from 21 of 100 people, more than the safeguard's 20 %"},
		"half of fewer":              {had: 99, gone: 50},
		"all of fewer":               {had: 12, gone: 12},
		"more, and the safeguard 50": {had: 100, gone: 50, percent: 50},
		"still more":                 {had: 100, gone: 51, percent: 50, stops: "51 of 100 people, more than the safeguard's 50 %"},
		"all, and no safeguard":      {had: 120, gone: 120, percent: 100},
		"a stale tenant":             {had: 120, gone: 120, stops: "120 of 120"},
	} {
		t.Run(what, func(t *testing.T) {
			inBoth(t, func(t *testing.T, dialect string) {
				i := newImporter(t, dialect, provision.Knobs{}, &tenant{users: crowd(tt.had)})
				i.must(i.AutoConfirm(t.Context(), i.app, false, false, true))
				i.whole()
				i.must(i.Settle(t.Context()))
				if tt.percent > 0 {
					i.must(i.SetImportSafeguard(t.Context(), i.app, tt.percent))
				}
				i.tenant.users = append(i.tenant.users[tt.gone:], account("new", "new"))
				before := i.everything()
				i.forget()
				r := i.importNow()
				i.must(i.Settle(t.Context()))
				for _, asked := range i.tenant.asked {
					require.True(t, strings.HasPrefix(asked, "GET /Users?startIndex="), asked)
				}
				if tt.stops != "" {
					require.Contains(t, r.Reason, tt.stops)
					require.Equal(t, before, i.everything(), "nothing changed")
					require.Equal(t, []int{0, 0, 0}, []int{r.Removed, r.Confirmed, r.Imported})
					require.Equal(t, tt.gone, r.Discrepancies.OnlyInOkta, "and they are listed")
					return
				}
				require.Empty(t, r.Reason)
				require.Equal(t, []int{tt.gone, 1}, []int{r.Removed, r.Confirmed})
				require.Equal(t, tt.had-tt.gone+1, i.appUsers())
				people, err := i.Users(t.Context())
				i.must(err)
				require.Len(t, people, tt.had+1, "they are in Okta still")
				require.Zero(t, i.whole().Removed)
			})
		})
	}
}

// Where a group gives the application, who is gone keeps it, without an account.
func TestImportRemovesAndTheGroupKeeps(t *testing.T) {
	i := newImporter(t, "oin", provision.Knobs{}, &tenant{users: crowd(2)})
	ctx := t.Context()
	i.must(i.AutoConfirm(ctx, i.app, false, false, true))
	i.whole()
	g, err := i.CreateGroup(ctx, "Everybody")
	i.must(err)
	users, err := i.AppUsers(ctx, i.app)
	i.must(err)
	i.must(i.AddMembers(ctx, g, users[0].ID))
	i.must(i.AssignGroup(ctx, i.app, g))
	i.must(i.Settle(ctx))
	i.tenant.users = nil
	require.Equal(t, 2, i.whole().Removed)
	i.must(i.Settle(ctx))
	left := i.appUser(users[0].ID)
	require.Equal(t, []string{"GROUP", ""}, []string{string(left.Scope), left.ExternalID})
	require.Equal(t, 1, i.appUsers())
}

// Where the target is the source, people follow their accounts; elsewhere they do not.
func TestProfileSourcing(t *testing.T) {
	for _, on := range []bool{true, false} {
		t.Run(fmt.Sprint(on), func(t *testing.T) {
			i := newImporter(t, "aiw", provision.Knobs{}, &tenant{users: crowd(3)})
			ctx := t.Context()
			i.must(i.AutoConfirm(ctx, i.app, false, false, true))
			i.must(i.SetProfileSourcing(ctx, i.app, on))
			i.whole()
			i.must(i.Settle(ctx))
			users, err := i.AppUsers(ctx, i.app)
			i.must(err)
			i.tenant.users[0]["title"] = "Analyst"
			i.tenant.users[0]["name"] = map[string]any{"givenName": "Renamed", "familyName": "Of p000"}
			i.tenant.users[1]["active"] = false
			i.forget()
			r := i.whole()
			i.must(i.Settle(ctx))
			require.Len(t, i.tenant.asked, 1, "the source hears nothing")
			first := i.look(users[0].ID)
			second := i.look(users[1].ID)
			if !on {
				require.Equal(t, []int{0, 0}, []int{r.Updated, r.Deactivated})
				require.Equal(t, "P000", first.Profile["firstName"])
				require.EqualValues(t, "PROVISIONED", second.Status)
				require.Equal(t, 2, r.Discrepancies.Differing)
				return
			}
			require.Equal(t, []int{1, 1, 1}, []int{r.Updated, r.Deactivated, r.Unchanged})
			require.Equal(t, []any{"Renamed", "Analyst"}, []any{first.Profile["firstName"], first.Profile["title"]})
			require.EqualValues(t, "DEPROVISIONED", second.Status)
			require.Equal(t, 2, i.appUsers())
			delete(i.tenant.users[0], "title")
			i.whole()
			first = i.look(users[0].ID)
			require.Nil(t, first.Profile["title"])
			require.Zero(t, i.whole().Updated, "to do it again changes nothing")
		})
	}
}

// What an administrator writes while the lists are read stands, but for what an account
// says that was another when it was read. The next import follows the source again.
func TestProfileSourcingWhileAnAdministratorWrites(t *testing.T) {
	tn := &tenant{users: crowd(101)}
	i := newImporter(t, "aiw", provision.Knobs{}, tn)
	ctx := t.Context()
	i.must(i.AutoConfirm(ctx, i.app, false, false, true))
	i.must(i.SetProfileSourcing(ctx, i.app, true))
	i.whole()
	i.must(i.Settle(ctx))
	users, err := i.AppUsers(ctx, i.app)
	i.must(err)
	ana, bo := users[0].ID, users[1].ID
	tn.users[0]["title"] = "Analyst"
	tn.lie = func(_ string, start int) (int, string, bool) {
		if start == 101 {
			i.must(i.UpdateUser(ctx, ana, directory.Profile{"mobilePhone": "+1 555 0100"}))
			i.must(i.UpdateUser(ctx, bo, directory.Profile{"title": "Changed in Okta"}))
		}
		return 0, "", false
	}
	r := i.whole()
	first, second := i.look(ana), i.look(bo)
	require.Equal(t, []any{"Analyst", "+1 555 0100"}, []any{first.Profile["title"], first.Profile["mobilePhone"]})
	require.Equal(t, "Changed in Okta", second.Profile["title"])
	require.Equal(t, []int{1, 100}, []int{r.Updated, r.Unchanged})
	tn.lie = nil
	require.Equal(t, 1, i.whole().Updated)
	require.Nil(t, i.look(bo).Profile["title"])

	tn.users[0]["active"], tn.users[1]["title"] = false, "Analyst"
	tn.lie = func(_ string, start int) (int, string, bool) {
		if start == 101 {
			i.must(i.Unassign(ctx, i.app, ana))
			i.must(i.Unassign(ctx, i.app, bo))
		}
		return 0, "", false
	}
	r = i.whole()
	require.Equal(t, []int{0, 0}, []int{r.Updated, r.Deactivated}, "whose application was taken away has no source")
	require.EqualValues(t, "PROVISIONED", i.look(ana).Status)
}

// Who is deactivated since the source has it so loses the application, too: the
// safeguard counts them with those who are gone.
func TestTheSafeguardCountsWhoIsDeactivated(t *testing.T) {
	for what, tt := range map[string]struct{ gone, inactive, stops int }{
		"a fifth":                 {0, 20, 0},
		"a fifth, of both kinds":  {10, 10, 0},
		"one more":                {0, 21, 21},
		"one more, of both kinds": {10, 11, 21},
		"all":                     {0, 100, 100},
	} {
		t.Run(what, func(t *testing.T) {
			tn := &tenant{users: crowd(100)}
			i := newImporter(t, "oin", provision.Knobs{}, tn)
			i.must(i.AutoConfirm(t.Context(), i.app, false, false, true))
			i.must(i.SetProfileSourcing(t.Context(), i.app, true))
			i.whole()
			i.must(i.Settle(t.Context()))
			tn.users = tn.users[tt.gone:]
			for n := range tt.inactive {
				tn.users[n]["active"] = false
			}
			before := i.everything()
			r := i.importNow()
			if tt.stops == 0 {
				require.Empty(t, r.Reason)
				require.Equal(t, []int{tt.gone, tt.inactive}, []int{r.Removed, r.Deactivated})
				return
			}
			require.Equal(t, fmt.Sprintf("the import would take the application from %d of 100 people, more than the safeguard's 20 %%", tt.stops), r.Reason)
			require.Equal(t, before, i.everything())
			i.must(i.SetProfileSourcing(t.Context(), i.app, false))
			require.Equal(t, tt.gone, i.whole().Removed, "an inactive account is none that is gone")
		})
	}
}

// Groups are imported with their members by id; what is no account is none.
func TestImportGroups(t *testing.T) {
	inBoth(t, func(t *testing.T, dialect string) {
		tn := &tenant{users: crowd(3), groups: []map[string]any{
			team("g-1", "Analysts", "u-000", "u-002", "u-000"), team("g-2", "Nobody"), team("g-3", "Nested", "g-1", "u-001", "u-777"), team("g-4", "Analysts"),
		}}
		i := newImporter(t, dialect, provision.Knobs{}, tn)
		ctx := t.Context()
		r := i.whole()
		require.Equal(t, []int{0, 0}, []int{r.GroupsRead, r.GroupsImported}, "off by default")
		require.NotContains(t, shown(tn.asked), "Groups")
		i.must(i.SetImportGroups(ctx, i.app, true))
		i.must(i.AutoConfirm(ctx, i.app, false, false, true))
		r = i.whole()
		i.must(i.Settle(ctx))
		require.Equal(t, []int{4, 4, 0, 0}, []int{r.GroupsRead, r.GroupsImported, r.GroupsUpdated, r.GroupsRemoved})
		require.Equal(t, []string{`two groups have the name "Analysts": "g-1" and "g-4"`, `the group "Nested" has a member whom the list of users has not: "u-777"`}, r.Remarks)
		groups, err := i.ImportedGroups(ctx, i.app)
		i.must(err)
		require.Len(t, groups, 4)
		require.Equal(t, "APP_GROUP", groups[0].Type)
		require.Equal(t, []string{"u-000", "u-002"}, groups[0].Members)
		require.Len(t, groups[0].People, 2)
		require.Equal(t, []string{"u-001"}, groups[2].Members)
		require.Empty(t, groups[1].Members)

		r = i.whole()
		require.Equal(t, []int{4, 0, 0, 0}, []int{r.GroupsRead, r.GroupsImported, r.GroupsUpdated, r.GroupsRemoved})
		tn.groups = []map[string]any{team("g-1", "Analysts EMEA", "u-000", "u-002"), team("g-2", "Nobody", "u-001"), team("g-3", "Nested", "u-001")}
		r = i.whole()
		require.Equal(t, []int{3, 0, 2, 1}, []int{r.GroupsRead, r.GroupsImported, r.GroupsUpdated, r.GroupsRemoved})
		again, err := i.ImportedGroups(ctx, i.app)
		i.must(err)
		require.Equal(t, groups[0].ID, again[0].ID, "a group keeps its id in Okta")
	})
}

// Where ids are numbers, members are, too: they are the same accounts, and a group that is
// linked keeps them (case C9315) beside whom Okta adds.
func TestImportGroupsWhereIDsAreNumbers(t *testing.T) {
	inBoth(t, func(t *testing.T, dialect string) {
		tn := &tenant{users: crowd(3), groups: []map[string]any{team("g-1", "Analysts")}}
		for n := range tn.users {
			tn.users[n]["id"] = 11 + n
		}
		tn.groups[0]["members"] = []any{map[string]any{"value": 11}, map[string]any{"value": 12}}
		said := &overheard{tenant: tn}
		i := newImporter(t, dialect, provision.Knobs{}, said)
		ctx := t.Context()
		i.must(i.SetImportGroups(ctx, i.app, true))
		i.must(i.AutoConfirm(ctx, i.app, false, false, true))
		require.Empty(t, i.whole().Remarks)
		i.must(i.Settle(ctx))
		groups, err := i.ImportedGroups(ctx, i.app)
		i.must(err)
		require.Equal(t, []string{"11", "12"}, groups[0].Members)
		require.Len(t, groups[0].People, 2)

		users, err := i.AppUsers(ctx, i.app)
		i.must(err)
		own, err := i.CreateGroup(ctx, "Analysts")
		i.must(err)
		i.must(i.AddMembers(ctx, own, users[2].ID))
		_, err = i.LinkGroup(ctx, i.app, own, groups[0].ID)
		i.must(err)
		i.must(i.Settle(ctx))
		if dialect == "oin" {
			require.NotContains(t, strings.Join(said.groups, "\n"), "remove")
			return
		}
		require.Len(t, said.groups, 1)
		for _, id := range []string{"11", "12", "13"} {
			require.Equal(t, 1, strings.Count(said.groups[0], `"value":"`+id+`"`), "%s of %s", id, said.groups[0])
		}
	})
}

// An overheard tenant keeps what is written to its groups.
type overheard struct {
	*tenant
	groups []string
}

func (o *overheard) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet && strings.Contains(r.URL.Path, "/Groups") {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		o.groups = append(o.groups, string(body))
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return o.tenant.RoundTrip(r)
}

// Whoever waits for confirmation and is another than before has been read all the same:
// they stay in their groups, and the target is blamed for nothing.
func TestImportGroupsOfWhoIsAnotherThanBefore(t *testing.T) {
	for name, change := range map[string]map[string]any{
		"changed":              {"name": map[string]any{"givenName": "Other", "familyName": "Name"}},
		"inactive":             {"active": false},
		"flawed":               {"userName": ""},
		"inactive and changed": {"active": false, "displayName": "Other"},
	} {
		t.Run(name, func(t *testing.T) {
			inBoth(t, func(t *testing.T, dialect string) {
				tn := &tenant{users: crowd(3), groups: []map[string]any{team("g-1", "Analysts", "u-000", "u-002")}}
				i := newImporter(t, dialect, provision.Knobs{}, tn)
				i.must(i.SetImportGroups(t.Context(), i.app, true))
				require.Empty(t, i.whole().Remarks)
				maps.Copy(tn.users[0], change)
				for range 3 {
					r := i.whole()
					require.NotContains(t, strings.Join(r.Remarks, "\n"), "whom the list of users has not")
					require.Zero(t, r.GroupsUpdated)
					groups, err := i.ImportedGroups(t.Context(), i.app)
					i.must(err)
					require.Equal(t, []string{"u-000", "u-002"}, groups[0].Members)
				}
				i.must(i.AutoConfirm(t.Context(), i.app, false, false, true))
				tn.users[2]["name"] = map[string]any{"givenName": "Another", "familyName": "Name"}
				r := i.whole()
				i.must(i.Settle(t.Context()))
				groups, err := i.ImportedGroups(t.Context(), i.app)
				i.must(err)
				require.Zero(t, r.GroupsUpdated, "who is confirmed as another than before")
				require.Contains(t, groups[0].Members, "u-002")
				require.NotEmpty(t, groups[0].People)
			})
		})
	}
}

// 250 groups come in three pages, before the people where the knob has it so.
func TestImportManyGroups(t *testing.T) {
	tn := &tenant{users: crowd(1)}
	for n := range 250 {
		tn.groups = append(tn.groups, team(fmt.Sprint("g-", n), fmt.Sprint("Group ", n), "u-000"))
	}
	i := newImporter(t, "oin", provision.Knobs{GroupsFirst: true}, tn)
	i.must(i.SetImportGroups(t.Context(), i.app, true))
	i.forget()
	require.Equal(t, 250, i.whole().GroupsImported)
	require.Equal(t, []string{
		"GET /Groups?startIndex=1&count=100", "GET /Groups?startIndex=101&count=100", "GET /Groups?startIndex=201&count=100", "GET /Users?startIndex=1&count=100",
	}, tn.asked)
	groups, err := i.ImportedGroups(t.Context(), i.app)
	i.must(err)
	require.Equal(t, []string{"u-000"}, groups[249].Members, "though people came later")
}

// What an existing set-up is to an application is listed, by an import and without one.
func TestDiscrepanciesAreListed(t *testing.T) {
	inBoth(t, func(t *testing.T, dialect string) {
		tn := &tenant{users: crowd(5), groups: []map[string]any{team("g-1", "Analysts", "u-000")}}
		i := newImporter(t, dialect, provision.Knobs{}, tn)
		ctx := t.Context()
		i.must(i.SetImportGroups(ctx, i.app, true))
		i.must(i.AutoConfirm(ctx, i.app, false, false, true))
		i.whole()
		i.must(i.Settle(ctx))
		none, err := i.Discrepancies(ctx, i.app)
		i.must(err)
		require.Equal(t, management.Discrepancies{OnlyAtTarget: 1, Found: []management.Discrepancy{
			{Where: directory.OnlyAtTarget, ID: "g-1", Name: "Analysts", What: "a group that is not pushed"},
		}}, none)

		users, err := i.AppUsers(ctx, i.app)
		i.must(err)
		i.must(i.SetProvisioning(ctx, i.app, false, false, false))
		late := i.person("late@example.test", "Late", "Comer")
		i.must(i.Assign(ctx, i.app, late))
		i.must(i.Settle(ctx))
		tn.users[0]["title"], tn.users[0]["userName"] = "Analyst", "P000@example.test"
		tn.users[1]["active"] = false
		tn.users[2]["id"] = "u-002-again"
		tn.users = append(tn.users, account("u-900", "late"), account("u-901", "old", "active", false))
		before := i.everything()
		found, err := i.Discrepancies(ctx, i.app)
		i.must(err)
		require.Equal(t, before, i.everything(), "to compare changes nothing")
		require.Equal(t, management.Discrepancies{OnlyInOkta: 2, OnlyAtTarget: 4, Differing: 2, Found: []management.Discrepancy{
			{Where: directory.Differs, Person: users[0].ID, ID: "u-000", Name: "P000@example.test", What: `userName is "P000@example.test" and "p000@example.test" in Okta`},
			{Where: directory.Differs, Person: users[1].ID, ID: "u-001", Name: "p001@example.test", What: "the account is inactive"},
			{Where: directory.OnlyAtTarget, ID: "u-901", Name: "old@example.test", What: "an inactive account that nobody in Okta has"},
			{Where: directory.OnlyAtTarget, ID: "u-002-again", Name: "p002@example.test", What: "an account that nobody in Okta has"},
			{Where: directory.OnlyAtTarget, ID: "u-900", Name: "late@example.test", What: "an account that may be " + string(late) + "'s in Okta"},
			{Where: directory.OnlyInOkta, Person: users[2].ID, ID: "u-002", Name: "p002@example.test", What: "the account is gone"},
			{Where: directory.OnlyInOkta, Person: late, Name: "late@example.test", What: "assigned, and without an account that Okta knows"},
			{Where: directory.OnlyAtTarget, ID: "g-1", Name: "Analysts", What: "a group that is not pushed"},
		}}, found)
		r := i.whole()
		require.Equal(t, found, r.Discrepancies)
	})
}

// Of groups too: what is pushed under another name, with other members, or is gone.
func TestDiscrepanciesOfGroups(t *testing.T) {
	tn := &tenant{users: crowd(3)}
	i := newImporter(t, "oin", provision.Knobs{}, tn)
	ctx := t.Context()
	i.must(i.SetImportGroups(ctx, i.app, true))
	i.must(i.AutoConfirm(ctx, i.app, false, false, true))
	i.whole()
	i.must(i.Settle(ctx))
	users, err := i.AppUsers(ctx, i.app)
	i.must(err)
	var groups []directory.GroupID
	for _, name := range []string{"Same", "Renamed", "Others", "Gone"} {
		g, err := i.CreateGroup(ctx, name)
		i.must(err)
		i.must(i.AddMembers(ctx, g, users[0].ID, users[1].ID))
		_, err = i.PushGroup(ctx, i.app, g, name)
		i.must(err)
		groups = append(groups, g)
	}
	i.must(i.Settle(ctx))
	tasks, err := i.Tasks(ctx)
	i.must(err)
	require.Empty(t, tasks)
	tn.groups = []map[string]any{
		team("g-Same", "Same", "u-001", "u-000"), team("g-Renamed", "renamed", "u-000", "u-001"), team("g-Others", "Others", "u-001", "u-002", "u-002"),
	}
	never, err := i.CreateGroup(ctx, "Never")
	i.must(err)
	_, err = i.PushGroup(ctx, i.app, never, "Never")
	i.must(err)
	tn.refuse = true
	found, err := i.Discrepancies(ctx, i.app)
	i.must(err)
	require.Equal(t, []management.Discrepancy{
		{Where: directory.Differs, Group: groups[1], ID: "g-Renamed", Name: "renamed", What: `the name is "renamed" and "Renamed" in Okta`},
		{Where: directory.Differs, Group: groups[2], ID: "g-Others", Name: "Others", What: "members of Okta's that are missing: 1, members that Okta has not: 1"},
		{Where: directory.OnlyInOkta, Group: groups[3], ID: "g-Gone", Name: "Gone", What: "the group is gone"},
		{Where: directory.OnlyInOkta, Group: never, Name: "Never", What: "on the Push Groups tab, and not at the target as far as Okta knows"},
	}, found.Found)
}

// What an administrator does while the lists are read stands, whether the page with the
// account has come already or comes after it.
func TestConfirmWhileAnImportReads(t *testing.T) {
	for _, at := range []int{1, 101} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			tn := &tenant{users: crowd(101)}
			i := newImporter(t, "aiw", provision.Knobs{}, tn)
			i.whole()
			i.must(i.IgnoreImported(t.Context(), i.app, "u-001"))
			var who directory.PersonID
			tn.lie = func(_ string, start int) (int, string, bool) {
				if start == at {
					var err error
					who, err = i.ConfirmImported(t.Context(), i.app, "u-000")
					i.must(err)
				}
				return 0, "", false
			}
			r := i.whole()
			i.must(i.Settle(t.Context()))
			require.Equal(t, []int{101, 1, 99}, []int{r.Unchanged, r.Ignored, r.None})
			require.Len(t, i.waiting(), 100)
			require.Equal(t, "u-000", i.appUser(who).ExternalID)
			require.Zero(t, r.Discrepancies.OnlyInOkta)
		})
	}
}

// The System Log has what an import did.
func TestImportIsLogged(t *testing.T) {
	i := newImporter(t, "aiw", provision.Knobs{}, &tenant{users: crowd(1), groups: []map[string]any{team("g-1", "Analysts")}})
	ctx := t.Context()
	i.must(i.SetImportGroups(ctx, i.app, true))
	log := func() (kinds []string) {
		events, err := i.Log(ctx, "")
		i.must(err)
		for _, e := range events {
			if strings.HasPrefix(e.Type, "system.import.") {
				kinds = append(kinds, strings.TrimPrefix(e.Type, "system.import.")+" "+e.Outcome.Reason)
			}
		}
		return kinds
	}
	i.whole()
	require.Equal(t, []string{"start ", "user.create ", "group.create ", "complete "}, log())
	i.confirmAll()
	require.Equal(t, "user_match.confirm ", log()[4])
	i.tenant.lie = func(string, int) (int, string, bool) { return http.StatusOK, "<html>", true }
	r := i.importNow()
	require.Equal(t, []string{"start ", "roadblock " + r.Reason}, log()[5:])
	i.tenant.lie, i.tenant.users = nil, nil
	i.whole()
	require.Equal(t, []string{"start ", "user.delete ", "complete "}, log()[7:])
}
