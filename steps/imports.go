package steps

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// importSteps let Okta read what the target holds.
var importSteps = []sentence{
	{`^the target already holds (\d+) accounts$`, "assign-creates", func(w *world) any { return w.holdsAnybody }},
	{`^Okta imports groups, too$`, "", func(w *world) any { return w.importsGroups }},
	{`^the administrator imports from the target$`, "", func(w *world) any { return w.importOnce }},
	{`^the administrator imports from the target twice$`, "", func(w *world) any { return w.importTwice }},
	{`^the administrator confirms that an account is (\w+)'s$`, "", func(w *world) any { return w.confirm }},
	{`^the numbers on each page are true$`, "", func(w *world) any { return w.numbersTrue }},
	{`^each import has seen every account once$`, "", func(w *world) any { return w.seenOnce }},
	{`^Okta takes in (\w+)'s account, and not (\w+)'s$`, "", func(w *world) any { return w.takesIn }},
	{`^Okta was shown (\w+)'s account as disabled$`, "", func(w *world) any { return w.shownToOkta }},
	{`^Okta takes in the group (.+) with ` + names + ` in it$`, "", func(w *world) any { return w.takesInGroup }},
	{`^Okta's test asks for the page past the end$`, "", func(w *world) any { return w.testAsksPastTheEnd }},
	{`^it is answered with an empty page$`, "", func(w *world) any { return w.answeredWithEmptyPage }},
	{`^the page says how many it has$`, "", func(w *world) any { return w.pageSaysHowMany }},
}

// A pageRead is one page of an import, as Okta asked for it and was answered. Of what
// others have at a target that is not ours it keeps nothing but how many came.
type pageRead struct {
	list     string // which of the two: usersList or groupsList
	asked    int    // startIndex
	exchange int
	came     int
	page     target.Page
}

// The two lists that an import reads, as their paths have them.
const usersList, groupsList = "/Users", "/Groups"

func (w *world) kept(list string, asked, exchange int, page target.Page) pageRead {
	came := len(page.Resources)
	if !w.run.config.Target.Ours {
		ours := map[string]bool{}
		for _, id := range w.anybody {
			ours[id] = true
		}
		for _, p := range w.people {
			ours[p.id] = true
		}
		for _, g := range w.groups {
			ours[g.groupID()] = true
		}
		page.Resources = slices.DeleteFunc(page.Resources, func(r target.Resource) bool { return !ours[r.ID()] })
	}
	return pageRead{list, asked, exchange, came, page}
}

// pagesOf are those of one list.
func pagesOf(list string, read []pageRead) []pageRead {
	return slices.DeleteFunc(slices.Clone(read), func(r pageRead) bool { return r.list != list })
}

// holdsAnybody makes many accounts by hand. Nobody of them is in Okta.
func (w *world) holdsAnybody(ctx context.Context, many string) error {
	n, err := strconv.Atoi(many)
	if err != nil {
		return err
	}
	for i := range n {
		p := newPerson("Doe"+strconv.Itoa(i+1), w.run.mark(), w.number, w.run.config.Seed)
		if err := w.makeByHand(wire.About(ctx, wire.Subject{Key: p.label, Name: p.userName}), p); err != nil {
			return err
		}
		w.anybody = append(w.anybody, p.id)
	}
	return nil
}

func (w *world) importsGroups(ctx context.Context) error {
	return w.admin.SetImportGroups(ctx, w.app, true)
}

func (w *world) importOnce(ctx context.Context) error {
	if err := w.remember(ctx); err != nil {
		return err
	}
	return w.importNow(ctx)
}

func (w *world) importTwice(ctx context.Context) error {
	if err := w.importOnce(ctx); err != nil {
		return err
	}
	return w.importNow(ctx)
}

// importNow reads everything. Others may write at a target that is not ours while it
// is read, and a list that is sorted by anything but age then moves between two pages,
// which nobody is to blame for: what then is not as it should be is read again.
func (w *world) importNow(ctx context.Context) error {
	const attempts = 5
	for attempt := 1; ; attempt++ {
		began := w.last()
		result, err := w.admin.ImportNow(ctx, w.app)
		if err != nil {
			return err
		}
		read, err := w.readSince(began)
		if err != nil {
			return err
		}
		moved, err := w.excused(ctx, w.doubtful(read, result), result.Reason)
		switch {
		case err != nil:
			return err
		case moved && attempt < attempts:
			continue
		case moved:
			return &gap{why: fmt.Sprintf("others wrote at the target whenever Okta read it, %d times: which pages belong together cannot be told", attempts)}
		case result.Reason == "":
			w.imports, w.results = append(w.imports, read), append(w.results, result)
			return nil
		}
		return w.mismatch("Okta's import", "read to its end", "ended early, and nothing was imported: "+result.Reason, w.lastOf(evidence.Okta))
	}
}

// readSince are the pages that Okta was given after so many exchanges.
func (w *world) readSince(began int) ([]pageRead, error) {
	var read []pageRead
	for _, x := range w.wire.Exchanges()[began:] {
		at, err := url.Parse(x.URL)
		if err != nil || x.Voice != evidence.Okta || x.Status == http.StatusTooManyRequests {
			continue
		}
		list := at.Path[max(strings.LastIndex(at.Path, "/"), 0):]
		if list != usersList && list != groupsList || at.Query().Get("filter") != "" || x.Method != http.MethodGet {
			continue
		}
		asked, err := strconv.Atoi(at.Query().Get("startIndex"))
		if err != nil {
			return nil, fmt.Errorf("okta asked for a page without a startIndex (exchange %d): the mock is broken", x.N)
		}
		page, err := target.ReadPage(x.Status, x.ResponseBody)
		if err != nil {
			return nil, w.mismatch(fmt.Sprintf("the page of %s from %d on", list, asked), "a list with its numbers", err.Error(), x.N)
		}
		read = append(read, w.kept(list, asked, x.N, page))
	}
	return read, nil
}

// doubtful are the pages of the list that is not as it should be; none where both are.
// An import that ends early ends with the page that it could not go on from.
func (w *world) doubtful(read []pageRead, result management.ImportResult) []pageRead {
	users, groups := pagesOf(usersList, read), pagesOf(groupsList, read)
	switch {
	case result.Reason != "" && len(read) > 0:
		return pagesOf(read[len(read)-1].list, read)
	case w.once(users) != nil:
		return users
	case len(groups) > 0 && !w.groupsOnce(groups):
		return groups
	}
	return nil
}

// excused says whether others have moved a list that is not as it should be, at a target
// that is not ours. An error says what it is excused by besides.
//
// A page may have fewer than were asked for (RFC 7644, section 3.4.2.4: count is a
// maximum), and how Okta goes on after one is not documented: a server that gives such
// pages costs Okta's customers perhaps something, and breaks nothing.
func (w *world) excused(ctx context.Context, pages []pageRead, reason string) (moved bool, err error) {
	if len(pages) == 0 || w.run.config.Target.Ours {
		return false, nil
	}
	if isShort(pages) {
		whole, moved, err := w.stepByStep(ctx, pages[0].list)
		switch {
		case err != nil:
			return false, err
		case whole:
			return false, &gap{warns: true, why: fmt.Sprintf(
				"the target gives shorter pages of %s than Okta asks for, and how Okta goes on after one is not documented: here its import ended early (exchange %d): %s", pages[0].list, pages[0].exchange, reason)}
		case moved:
			return true, nil
		}
	}
	return totalMoved(pages), nil
}

func totalMoved(pages []pageRead) bool {
	return slices.ContainsFunc(pages, func(r pageRead) bool { return r.page.Total != pages[0].page.Total })
}

// isShort says whether a page had fewer than it could have had.
func isShort(pages []pageRead) bool {
	return slices.ContainsFunc(pages, func(r pageRead) bool {
		return r.came > 0 && r.came < 100 && r.asked-1+r.came < r.page.Total
	})
}

// stepByStep reads a whole list by the suite's own eyes, each page from behind what came
// so far, and says whether all of the scenario are on it, each once, and whether the list
// moved meanwhile. It tells short pages from a list that leaves somebody out, and gives up
// where there are very many of them: short they are, then.
func (w *world) stepByStep(ctx context.Context, list string) (whole, moved bool, err error) {
	const most = 1_000
	ask, complete := w.eyes.Page, func(read []pageRead) bool { return w.once(read) == nil }
	if list == groupsList {
		ask, complete = w.eyes.GroupPage, w.groupsOnce
	}
	var read []pageRead
	next := 1
	for range most {
		look, err := ask(ctx, next, 100)
		if err != nil {
			return false, false, err
		}
		page, err := look.Page()
		if err != nil || !look.OK() {
			return false, false, nil
		}
		r := w.kept(list, next, w.last(), page)
		read = append(read, r)
		if next += r.came; r.came == 0 || next > page.Total {
			return next > page.Total && complete(read), totalMoved(read), nil
		}
	}
	return true, false, nil
}

// numbersTrue holds the numbers of each page against what came. Where a page is not
// the whole list it has to have all three (RFC 7644, section 3.4.2). itemsPerPage is
// how many came (ibid.): Okta was seen to refuse another number on an empty page, and
// on any other it is worth a warning.
func (w *world) numbersTrue() error {
	for _, read := range w.imports {
		for _, r := range read {
			if err := w.numbersOf(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *world) numbersOf(r pageRead) error {
	p, came := r.page, r.came
	what := fmt.Sprintf("the page of %s from %d on", r.list, r.asked)
	if whole := came == p.Total; !whole && (p.Start == nil || p.Items == nil) {
		return w.mismatch(what, "startIndex and itemsPerPage, where it is not the whole list", "none", r.exchange)
	}
	if p.Start != nil && came > 0 && *p.Start != r.asked {
		return w.mismatch(what+", its startIndex", strconv.Itoa(r.asked), strconv.Itoa(*p.Start), r.exchange)
	}
	if p.Items == nil || *p.Items == came {
		return nil
	}
	if came > 0 {
		w.warn(w.mismatch("a page of fewer than were asked for, its itemsPerPage", "as many as came", strconv.Itoa(*p.Items), r.exchange))
		return nil
	}
	return w.mismatch(what+", its itemsPerPage", "0, since nobody is on it", strconv.Itoa(*p.Items), r.exchange)
}

// seenOnce judges the scenario's accounts alone: others may be there.
func (w *world) seenOnce() error {
	for _, read := range w.imports {
		if m := w.once(pagesOf(usersList, read)); m != nil {
			return m
		}
	}
	return nil
}

// once wants every account of the scenario's on these pages, and none twice.
func (w *world) once(users []pageRead) error {
	seen := times(users)
	missing, doubled := 0, 0
	for _, id := range w.anybody {
		switch n := seen[id]; {
		case n == 0:
			missing++
		case n > 1:
			doubled++
		}
	}
	if w.run.config.Target.Ours && len(seen) > len(w.anybody) && len(w.people) == 0 {
		return w.mismatch("the accounts on all pages", fmt.Sprintf("the %d that are there", len(w.anybody)), strconv.Itoa(len(seen)), w.lastOf(evidence.Okta))
	}
	if missing+doubled > 0 {
		return w.mismatch(fmt.Sprintf("the %d accounts of this scenario on all pages", len(w.anybody)), "each of them once",
			fmt.Sprintf("%d missing and %d more than once", missing, doubled), w.lastOf(evidence.Okta))
	}
	return nil
}

// groupsOnce says whether every group that the scenario has at the target is on these
// pages, and none twice.
func (w *world) groupsOnce(groups []pageRead) bool {
	seen := times(groups)
	for _, g := range w.groups {
		if id := g.groupID(); id != "" && seen[id] != 1 {
			return false
		}
	}
	return true
}

// times counts how often each id is on some pages.
func times(pages []pageRead) map[string]int {
	seen := map[string]int{}
	for _, r := range pages {
		for _, shown := range r.page.Resources {
			seen[shown.ID()]++
		}
	}
	return seen
}

// waiting is the account in Okta that waits for confirmation and is somebody's, as
// far as Okta can tell; nil when there is none.
func (w *world) waiting(ctx context.Context, p *person) (*management.ImportedUser, error) {
	all, err := w.admin.ImportedUsers(ctx, w.app)
	if err != nil {
		return nil, err
	}
	for _, u := range all {
		if u.Person == p.okta {
			return &u, nil
		}
	}
	return nil, nil
}

// matched wants a person's account to wait for confirmation, found by their username,
// Okta's criterion for an exact match, or by another that the scenario has chosen.
func (w *world) matched(ctx context.Context, label string) (*management.ImportedUser, error) {
	p, err := w.person(ctx, label)
	if err != nil {
		return nil, err
	}
	u, err := w.waiting(ctx, p)
	if err != nil {
		return nil, err
	}
	if want := cmp.Or(w.match, directory.ExactlyMatched); u == nil || u.Match != want {
		how := map[directory.Match]string{"": "by the username " + p.userName, directory.ExactlyMatched: "by the email address " + p.email, directory.PartlyMatched: "by the name " + p.givenName + " " + p.familyName}
		return nil, w.mismatch(label+"'s account in Okta's import", "matched "+how[w.match], "no such match", w.lastOf(evidence.Okta))
	}
	return u, nil
}

func (w *world) takesIn(ctx context.Context, who, butNot string) error {
	if _, err := w.matched(ctx, who); err != nil {
		return err
	}
	p, err := w.person(ctx, butNot)
	if err != nil {
		return err
	}
	u, err := w.waiting(ctx, p)
	if err == nil && u != nil {
		return w.mismatch(butNot+"'s account in Okta's import", "left out, since it is disabled", "taken in as active", w.lastOf(evidence.Okta))
	}
	return err
}

// shownToOkta looks at what the last import was given of an account.
func (w *world) shownToOkta(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	for _, r := range w.imports[len(w.imports)-1] {
		for _, account := range r.page.Resources {
			if account.ID() != p.id {
				continue
			}
			if active, known := account.Active(); active || !known {
				return w.mismatch(label+"'s account in the list", "active false", "active "+target.Show(account.Get("active")), r.exchange)
			}
			return nil
		}
	}
	return w.mismatch(label+"'s account in the list", "there, with active false", "not there", w.lastOf(evidence.Okta))
}

func (w *world) confirm(ctx context.Context, label string) error {
	u, err := w.matched(ctx, label)
	if err != nil {
		return err
	}
	err = w.act(ctx, "the confirmation of "+label+"'s account", func() error {
		_, err := w.admin.ConfirmImported(ctx, w.app, u.ID)
		return err
	})
	if err != nil {
		return err
	}
	return w.learnLink(ctx, w.people[label])
}

// takesInGroup compares what Okta has of a group with the accounts of people: members
// are named by the ids of accounts (Okta SCIM 2.0 reference: documented).
func (w *world) takesInGroup(ctx context.Context, label, who string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	ids, err := w.accountIDs(ctx, who)
	if err != nil {
		return err
	}
	all, err := w.admin.ImportedGroups(ctx, w.app)
	if err != nil {
		return err
	}
	for _, imported := range all {
		if imported.Name != g.name {
			continue
		}
		want, got := slices.Sorted(slices.Values(ids)), slices.Sorted(slices.Values(imported.Members))
		if !slices.Equal(want, got) {
			return w.mismatch("the members of "+label+" in Okta's import", "the ids of the accounts of "+who, target.Show(got), w.lastOf(evidence.Okta))
		}
		return nil
	}
	return w.mismatch("the group "+label+" in Okta's import", "there", "not there", w.lastOf(evidence.Okta))
}

// testAsksPastTheEnd asks as Okta's own people did of servers with two users, from
// 101 on (observed: ory/polis PR #4054), wherever the end is.
func (w *world) testAsksPastTheEnd(ctx context.Context) error {
	if err := w.remember(ctx); err != nil {
		return err
	}
	look, err := w.asTest().Page(ctx, 1, 1)
	if err != nil {
		return err
	}
	page, err := look.Page()
	if err != nil || !look.OK() {
		return w.mismatch("the first page", "a list", look.String(), w.last())
	}
	return w.hear(w.asTest().Page(ctx, page.Total+100, 100))
}

func (w *world) answeredWithEmptyPage() error {
	got := w.heard.String()
	if w.heard.Status == http.StatusOK {
		page, err := w.heard.Page()
		switch {
		case err != nil:
			got = err.Error()
		case len(page.Resources) == 0:
			return nil
		default:
			got = "a page of " + counted(len(page.Resources))
		}
	}
	return w.mismatch("the page past the end", "200, and nobody on it", got, w.last())
}

func (w *world) pageSaysHowMany() error {
	page, err := w.heard.Page()
	if err != nil {
		return w.mismatch("the page past the end", "a list with its numbers", err.Error(), w.last())
	}
	what := "the itemsPerPage of the page past the end"
	switch {
	case page.Items == nil:
		w.warn(w.mismatch(what, "0", "none", w.last()))
	case *page.Items != 0:
		return w.mismatch(what, "0, since nobody is on it", strconv.Itoa(*page.Items), w.last())
	}
	return nil
}
