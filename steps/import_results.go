package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// importResults are what an import makes of the lists in Okta, and what is set on the
// To Okta side for it.
var importResults = []sentence{
	{`^Okta matches imported accounts by their (email addresses|names)$`, "", func(w *world) any { return w.matchBy }},
	{`^the target already holds an account for (\w+) under another username$`, "assign-creates", func(w *world) any { return w.holdsUnderAnother }},
	{`^the target already holds an account for (\w+), who is not in Okta$`, "assign-creates", func(w *world) any { return w.holdsStranger }},
	{`^the administrator confirms (\w+)'s account as somebody new's$`, "", func(w *world) any { return w.confirmNew }},
	{`^Okta has (\w+) with the name and the email address of the account$`, "", func(w *world) any { return w.madeFromAccount }},
	{`^the administrator ignores (\w+)'s account$`, "", func(w *world) any { return w.ignore }},
	{`^Okta leaves (\w+)'s account alone$`, "", func(w *world) any { return w.leftAlone }},
	{`^another import brings nothing new$`, "", func(w *world) any { return w.nothingNew }},
	{`^Okta takes people's profiles from the target$`, "", func(w *world) any { return w.sourceProfiles }},
	{`^Okta has (\w+) with the (\w+) "([^"]*)"$`, "", func(w *world) any { return w.personShows }},
	{`^somebody at the target has disabled (\w+)$`, "unassign-disables", func(w *world) any { return w.disabledBySomebody }},
	{`^Okta has deactivated (\w+)$`, "", func(w *world) any { return w.deactivatedInOkta }},
	{`^the import has taken the application from nobody$`, "", func(w *world) any { return w.takenFromNobody }},
	{`^Okta and the target agree about ` + names + `$`, "", func(w *world) any { return w.agreeAbout }},
	{`^Okta and the target agree about the group (.+)$`, "", func(w *world) any { return w.agreeAboutGroup }},
	{`^Okta lists (\w+)'s account as one that (differs|nobody has|is disabled)$`, "", func(w *world) any { return w.listsAccount }},
	{`^Okta lists the group (.+) as one that is not pushed$`, "", func(w *world) any { return w.listsGroup }},
}

// matchBy chooses what an account and a person have in common: the criterion of an exact
// match, or first and last name, which Okta calls a partial one (documented).
func (w *world) matchBy(ctx context.Context, criterion string) error {
	w.match = directory.ExactlyMatched
	exact := directory.MatchEmail
	if criterion == "names" {
		w.match, exact = directory.PartlyMatched, directory.MatchUserName
	}
	return w.admin.MatchImported(ctx, w.app, exact, w.match == directory.PartlyMatched)
}

// holdsUnderAnother makes an account for somebody whose username is another in Okta. It is
// the one at the target that counts from then on. The last name bears the run's mark, so
// that nobody else at a target is called the same.
func (w *world) holdsUnderAnother(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	p.familyName = fmt.Sprintf("%s-%s-%d", p.familyName, w.run.mark(), w.number)
	if err := w.admin.UpdateUser(ctx, p.okta, directory.Profile{"lastName": p.familyName}); err != nil {
		return err
	}
	p.userName = "formerly-" + p.userName
	return w.holdsNamed(ctx, p)
}

// holdsStranger makes an account for somebody of the scenario who is not in Okta.
func (w *world) holdsStranger(ctx context.Context, label string) error {
	p := newPerson(label, w.run.mark(), w.number, w.run.config.Seed)
	w.people[label] = p
	return w.holdsNamed(ctx, p)
}

func (w *world) holdsNamed(ctx context.Context, p *person) error {
	if err := w.makeByHand(w.about(ctx, p), p); err != nil {
		return err
	}
	return w.bringTo(ctx, p, true)
}

// waitingAs are the accounts in Okta that wait for confirmation and bear a name.
func (w *world) waitingAs(ctx context.Context, userName string) ([]management.ImportedUser, error) {
	all, err := w.admin.ImportedUsers(ctx, w.app)
	return slices.DeleteFunc(all, func(u management.ImportedUser) bool { return !strings.EqualFold(u.UserName, userName) }), err
}

// oneWaiting wants one account of that name to wait.
func (w *world) oneWaiting(ctx context.Context, label string) (*management.ImportedUser, error) {
	found, err := w.waitingAs(ctx, w.people[label].userName)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, w.mismatch(label+"'s account in Okta's import", "one that waits for confirmation", counted(len(found)), w.lastOf(evidence.Okta))
	}
	return &found[0], nil
}

// confirmNew makes somebody in Okta of an account. What Okta cannot do without it says.
func (w *world) confirmNew(ctx context.Context, label string) error {
	u, err := w.oneWaiting(ctx, label)
	if err != nil {
		return err
	}
	p := w.people[label]
	err = w.act(ctx, "the confirmation of "+label+"'s account", func() error {
		p.okta, err = w.admin.ConfirmImported(ctx, w.app, u.ID)
		return err
	})
	var no *management.Error
	if errors.As(err, &no) && no.Status == http.StatusBadRequest {
		return w.mismatch("the confirmation of "+label+"'s account", "somebody new in Okta", no.Error(), w.lastOf(evidence.Okta))
	}
	return err
}

func (w *world) madeFromAccount(ctx context.Context, label string) error {
	p := w.people[label]
	made, err := w.admin.GetUser(ctx, string(p.okta))
	if err != nil {
		return err
	}
	for _, c := range []struct{ name, want string }{
		{"login", p.userName}, {"firstName", p.givenName}, {"lastName", p.familyName}, {"email", p.email},
	} {
		if got := made.Profile[c.name]; got != c.want {
			return w.mismatch(label+"'s "+c.name+" in Okta", quoted(c.want)+", as the account was made", target.Show(got), w.lastOf(evidence.Okta))
		}
	}
	return nil
}

func (w *world) ignore(ctx context.Context, label string) error {
	u, err := w.oneWaiting(ctx, label)
	if err != nil {
		return err
	}
	return w.admin.IgnoreImported(ctx, w.app, u.ID)
}

func (w *world) leftAlone(ctx context.Context, label string) error {
	u, err := w.oneWaiting(ctx, label)
	if err == nil && !u.Ignored {
		return w.mismatch(label+"'s account in Okta's import", "left alone, as it was to be", "waiting for confirmation, under the id "+quoted(u.ID), w.lastOf(evidence.Okta))
	}
	return err
}

// nothingNew imports once more, and compares what Okta has of the scenario's accounts and
// groups: others of the run change meanwhile.
func (w *world) nothingNew(ctx context.Context) error {
	before, err := w.imported(ctx)
	if err != nil {
		return err
	}
	if err := w.importNow(ctx); err != nil {
		return err
	}
	after, err := w.imported(ctx)
	if err != nil {
		return err
	}
	for _, was := range before {
		if !slices.Contains(after, was) {
			return w.mismatch("what Okta has imported", was+", as before", "not there", w.lastOf(evidence.Okta))
		}
	}
	for _, is := range after {
		if !slices.Contains(before, is) {
			return w.mismatch("what Okta has imported", "what it had before", is+", besides", w.lastOf(evidence.Okta))
		}
	}
	return nil
}

// imported is what an import has brought of the scenario, each in words that are others
// when anything about it is.
func (w *world) imported(ctx context.Context) ([]string, error) {
	users, err := w.admin.ImportedUsers(ctx, w.app)
	if err != nil {
		return nil, err
	}
	groups, err := w.admin.ImportedGroups(ctx, w.app)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, u := range users {
		if w.personNamed(u.UserName) != nil {
			all = append(all, fmt.Sprintf("the account %s, id %s, matched %s", u.UserName, u.ID, strings.ToLower(string(u.Match))))
		}
	}
	for _, g := range groups {
		if w.groupNamed(g.Name) != nil {
			all = append(all, fmt.Sprintf("the group %s, id %s, members %s", g.Name, g.Target, strings.Join(slices.Sorted(slices.Values(g.Members)), ", ")))
		}
	}
	return all, nil
}

func (w *world) sourceProfiles(ctx context.Context) error {
	return w.admin.SetProfileSourcing(ctx, w.app, true)
}

func (w *world) personShows(ctx context.Context, label, name, want string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	now, err := w.admin.GetUser(ctx, string(p.okta))
	if err != nil {
		return err
	}
	if got := now.Profile[name]; got != want {
		return w.mismatch(label+"'s "+name+" in Okta, whose source is the target", quoted(want), target.Show(got), w.lastOf(evidence.Okta))
	}
	return nil
}

// disabledBySomebody disables an account behind Okta's back.
func (w *world) disabledBySomebody(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	return w.bringTo(ctx, p, false)
}

func (w *world) deactivatedInOkta(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	now, err := w.admin.GetUser(ctx, string(p.okta))
	if err == nil && now.Status != directory.Deprovisioned {
		return w.mismatch(label+" in Okta, whose source is the target", "deactivated", strings.ToLower(string(now.Status)), w.lastOf(evidence.Okta))
	}
	return err
}

// takenFromNobody: who has the application by a group keeps it, and has lost the account
// all the same.
func (w *world) takenFromNobody() error {
	lost := w.results[len(w.results)-1].Removed
	switch {
	case lost > 0 && !w.run.config.Target.Ours && totalMoved(pagesOf(usersList, w.imports[len(w.imports)-1])):
		return &gap{why: "others wrote at the target while Okta read it: whether the list left somebody out cannot be told"}
	case lost > 0:
		return w.mismatch("the people whose accounts Okta knew before the import", "all of them in the list",
			fmt.Sprintf("%d of %d are not, and have lost the application or their account in Okta", lost, len(w.crowd.people)), w.lastOf(evidence.Okta))
	}
	return nil
}

// required are the attributes that every server has to show (Okta, preparing a SCIM
// integration: documented), and active, in the words in which Okta lists differences.
var required = regexp.MustCompile(`\b(userName|givenName|familyName|email) is\b|the account is inactive`)

// agreeAbout allows for one account of a name, the one that Okta knows. A difference in
// what a server need not keep is worth a warning.
func (w *world) agreeAbout(ctx context.Context, who string) error {
	for _, label := range listed(who) {
		p, err := w.person(ctx, label)
		if err != nil {
			return err
		}
		for _, d := range w.discrepancies().Found {
			if d.Person != p.okta && d.ID != p.accountID() && !strings.EqualFold(d.Name, p.userName) {
				continue
			}
			m := w.mismatch(label+"'s account, compared with Okta", "no difference", d.What, w.lastOf(evidence.Okta))
			if d.Where != directory.Differs || required.MatchString(d.What) {
				return m
			}
			w.warn(m)
		}
	}
	return nil
}

func (w *world) agreeAboutGroup(ctx context.Context, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	for _, d := range w.discrepancies().Found {
		if d.Group == g.okta || d.ID == g.groupID() || strings.EqualFold(d.Name, g.name) {
			return w.mismatch("the group "+label+", compared with Okta", "no difference", d.What, w.lastOf(evidence.Okta))
		}
	}
	return nil
}

// discrepancies are those of the last import.
func (w *world) discrepancies() management.Discrepancies {
	return w.results[len(w.results)-1].Discrepancies
}

func (w *world) listsAccount(ctx context.Context, label, how string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	is := map[string]func(management.Discrepancy) bool{
		"differs": func(d management.Discrepancy) bool { return d.Where == directory.Differs && d.Person == p.okta },
		"nobody has": func(d management.Discrepancy) bool {
			return d.Where == directory.OnlyAtTarget && !inactive(d) && d.ID == p.id
		},
		"is disabled": func(d management.Discrepancy) bool {
			return d.Where == directory.OnlyAtTarget && inactive(d) && d.ID == p.id
		},
	}[how]
	return w.lists(label+"'s account", "one that "+how, is)
}

func inactive(d management.Discrepancy) bool { return strings.Contains(d.What, "inactive") }

func (w *world) listsGroup(ctx context.Context, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	return w.lists("the group "+label, "one that is not pushed", func(d management.Discrepancy) bool {
		return d.Where == directory.OnlyAtTarget && d.ID == g.id
	})
}

// lists wants a discrepancy to be among those that Okta tells. It tells the first
// thousand: where others have so many at a target, the run's own may not be among them.
func (w *world) lists(what, want string, is func(management.Discrepancy) bool) error {
	ds := w.discrepancies()
	if slices.ContainsFunc(ds.Found, is) {
		return nil
	}
	if all := ds.OnlyInOkta + ds.OnlyAtTarget + ds.Differing; all > len(ds.Found) {
		return &gap{why: fmt.Sprintf("the target holds so much that Okta does not know that its list of %d discrepancies is not told to its end: whether %s is among them cannot be seen", all, what)}
	}
	return w.mismatch(what+" among what Okta lists", want, "not there", w.lastOf(evidence.Okta))
}
