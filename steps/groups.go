package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

var groupSteps = []sentence{
	{`^` + names + ` (?:is|are) in the group (.+)$`, "", func(w *world) any { return w.inGroup }},
	{`^the target already holds a group (.+) with ` + names + ` in it$`, "push-creates-group", func(w *world) any { return w.holdsGroup }},
	{`^the group (.+) is pushed with ` + names + ` in it$`, "push-creates-group", func(w *world) any { return w.pushWith }},
	{`^somebody at the target has changed the members of (.+) to ` + names + `$`, "push-creates-group", func(w *world) any { return w.drift }},
	{`^the group (.+) is pushed$`, "", func(w *world) any { return w.push }},
	{`^the group (.+) is pushed now$`, "", func(w *world) any { return w.pushNow }},
	{`^the group (.+) is renamed to (.+)$`, "", func(w *world) any { return w.rename }},
	{`^the group (.+) is unlinked and deleted$`, "", func(w *world) any { return w.unlink }},
	{`^(\w+) (?:joins|joined) the group ([^,]+)$`, "member-joins", func(w *world) any { return w.join }},
	{`^(\w+) (?:leaves|left) the group ([^,]+)$`, "member-leaves", func(w *world) any { return w.leave }},
	{`^(\w+) (joins|leaves) the group ([^,]+), and then the group (.+)$`, "", func(w *world) any { return w.moveTwice }},
	{`^the group (.+) is (added|removed) on (\w+)'s Groups tab$`, "", func(w *world) any { return w.onTab }},
	{`^the target holds (one|no) group (.+)$`, "", func(w *world) any { return w.groupsHeld }},
	{`^the members of (.+) are ` + names + `$`, "", func(w *world) any { return w.membersShown }},
	{`^the group (.+) has no members$`, "", func(w *world) any { return w.noMembersShown }},
	{`^the members of (.+) are those whom Okta named$`, "", func(w *world) any { return w.membersNamed }},
	{`^(\w+)'s account (lists|does not list) the group (.+)$`, "groups-tab-adds", func(w *world) any { return w.groupListed }},
	{`^the group (.+) is as it was$`, "", func(w *world) any { return w.groupUnchanged }},
}

// inGroup puts people into a group in Okta. Nothing reaches a target until the
// group is pushed.
func (w *world) inGroup(ctx context.Context, who, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	for _, name := range listed(who) {
		p, err := w.person(ctx, name)
		if err != nil {
			return err
		}
		if err := w.admin.AddMember(ctx, g.okta, p.okta); err != nil {
			return err
		}
	}
	return nil
}

// holdsGroup brings about a group that the target had before Okta came.
func (w *world) holdsGroup(ctx context.Context, label, who string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	members, err := w.accountIDs(ctx, who)
	if err != nil {
		return err
	}
	look, err := w.hand.CreateGroup(w.aboutGroup(ctx, g), g.name, members...)
	if err == nil && !look.OK() {
		look, err = w.hand.CreateGroup(w.aboutGroup(ctx, g), g.name) // members may be for PATCH alone
	}
	if err != nil {
		return err
	}
	if g.id = look.Resource.ID(); !look.OK() || g.id == "" {
		return w.mismatch("the creation of a group "+label, "success, with an id", look.String(), w.last())
	}
	return w.haveMembers(ctx, g, who)
}

// haveMembers sees to it that a group made by hand has its members, also where
// the server does not heed them in the create.
func (w *world) haveMembers(ctx context.Context, g *group, who string) error {
	if w.membersShown(ctx, g.label, who) == nil {
		return nil
	}
	members, err := w.accountIDs(ctx, who)
	if err != nil {
		return err
	}
	if _, err := w.hand.AddMembers(w.aboutGroup(ctx, g), g.id, members...); err != nil {
		return err
	}
	return w.membersShown(ctx, g.label, who)
}

func (w *world) pushWith(ctx context.Context, label, who string) error {
	if err := w.inGroup(ctx, who, label); err != nil {
		return err
	}
	if err := w.push(ctx, label); err != nil {
		return err
	}
	return w.membersShown(ctx, label, who)
}

func (w *world) push(ctx context.Context, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	err = w.act(ctx, "the push of the group "+label, func() error {
		g.mapping, err = w.admin.PushGroup(ctx, w.app, g.okta, g.name)
		return err
	})
	if err != nil {
		return err
	}
	if g.linked, err = w.admin.GroupLink(ctx, w.app, g.okta); g.id == "" {
		g.id = g.linked
	}
	return err
}

func (w *world) rename(ctx context.Context, from, to string) error {
	g, err := w.group(ctx, from)
	if err != nil {
		return err
	}
	renamed := *g
	renamed.label, renamed.name = to, newGroup(to, w.run.mark(), w.number, w.run.config.Seed).name
	w.groups[to] = &renamed
	return w.act(ctx, "the renaming of the group "+from, func() error {
		return w.admin.RenameGroup(ctx, g.okta, renamed.name)
	})
}

func (w *world) unlink(ctx context.Context, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	return w.act(ctx, "the removal of the group "+label, func() error {
		if err := w.admin.SetPush(ctx, w.app, g.mapping, false); err != nil {
			return err
		}
		return w.admin.Unlink(ctx, w.app, g.mapping, true)
	})
}

// pushNow is the button Push now of the Push Groups tab.
func (w *world) pushNow(ctx context.Context, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	if g.assigned {
		if err := w.symptomsBefore(ctx, g); err != nil {
			return err
		}
	}
	return w.act(ctx, "Push now for the group "+label, func() error { return w.admin.PushNow(ctx, w.app, g.mapping) })
}

// drift changes a group behind Okta's back.
func (w *world) drift(ctx context.Context, label, who string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	members, err := w.accountIDs(ctx, who)
	if err != nil {
		return err
	}
	if _, err := w.hand.SetMembers(w.aboutGroup(ctx, g), g.groupID(), members...); err != nil {
		return err
	}
	return w.membersShown(ctx, label, who)
}

func (w *world) join(ctx context.Context, who, label string) error {
	return w.membership(ctx, who, label, "the push of "+label+" with "+who, w.admin.AddMember)
}

func (w *world) leave(ctx context.Context, who, label string) error {
	return w.membership(ctx, who, label, "the push of "+label+" without "+who, w.admin.RemoveMember)
}

func (w *world) moveTwice(ctx context.Context, who, does, first, then string) error {
	move := map[string]func(context.Context, string, string) error{"joins": w.join, "leaves": w.leave}[does]
	if err := move(ctx, who, first); err != nil {
		return err
	}
	return move(ctx, who, then)
}

// onTab changes a person's groups as an administrator does there: a group to add is
// searched for by its name, one to remove is in the list.
func (w *world) onTab(ctx context.Context, label, done, who string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	p, err := w.person(ctx, who)
	if err != nil {
		return err
	}
	search, act := w.admin.GroupsCalled, w.join
	what := g.name
	if done == "removed" {
		search, act, what = w.groupsOnTab, w.leave, string(p.okta)
	}
	shown, err := search(ctx, what)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(shown, func(found management.Group) bool { return found.ID == g.okta }) {
		return fmt.Errorf("the mock is broken: the group %q is not among the %d groups that %s's Groups tab offers", g.name, len(shown), who)
	}
	return act(ctx, who, label)
}

func (w *world) groupsOnTab(ctx context.Context, person string) ([]management.Group, error) {
	return w.admin.GroupsOf(ctx, directory.PersonID(person))
}

func (w *world) membership(ctx context.Context, who, label, what string, change func(context.Context, directory.GroupID, directory.PersonID) error) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	p, err := w.person(ctx, who)
	if err != nil {
		return err
	}
	if g.assigned && w.oneGroup.moved == 0 {
		w.oneGroup.moved = w.last()
	}
	if err := w.act(ctx, what, func() error { return change(ctx, g.okta, p.okta) }); err != nil {
		w.ownMove(g, p)
		return err
	}
	if !g.assigned {
		return nil
	}
	return w.learnLink(ctx, p)
}

// groupsHeld looks by name. That none is left must also hold by id.
func (w *world) groupsHeld(ctx context.Context, count, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	found, _, err := w.eyes.GroupsNamed(w.aboutGroup(ctx, g), g.name)
	if err != nil {
		return err
	}
	if wrong := count == "no" && len(found) > 0 || count == "one" && len(found) != 1; wrong {
		return w.mismatch(fmt.Sprintf("groups with the name %q", g.name), strings.Replace(count, "no", "none", 1), counted(len(found)), w.last())
	}
	if count == "no" {
		return w.groupGone(ctx, g)
	}
	if w.it, w.was = found[0].ID(), g.id; g.linked != "" && w.it != g.linked {
		return w.mismatch("the group in the list", "the one that Okta knows, with id "+g.linked, "one with id "+w.it, w.last())
	}
	_, err = w.groupNow(ctx, g)
	return err
}

// groupGone allows for a group that is still there under another name. That it is
// not there is said by 404 (RFC 7644, section 3.6), or by 410.
func (w *world) groupGone(ctx context.Context, g *group) error {
	if g.id == "" {
		return nil
	}
	look, err := w.eyes.Group(w.aboutGroup(ctx, g), g.id)
	if err != nil {
		return err
	}
	switch {
	case look.Status == http.StatusNotFound || look.Status == http.StatusGone:
		return nil
	case look.OK() && !strings.EqualFold(look.Resource.Text("displayName"), g.name):
		return nil
	}
	return w.mismatch("the group "+g.label, "gone: HTTP status 404", look.String(), w.last())
}

func (w *world) groupNow(ctx context.Context, g *group) (target.Resource, error) {
	id := g.groupID()
	if id == "" {
		return nil, w.mismatch("the group "+g.label, "one that Okta knows by its id", "none", w.lastOf(evidence.Okta))
	}
	look, err := w.eyes.Group(w.aboutGroup(ctx, g), id)
	if err != nil {
		return nil, err
	}
	if look.Status != 200 || look.Resource == nil {
		return nil, w.mismatch("the group "+g.label, "readable by its id", look.String(), w.last())
	}
	return look.Resource, nil
}

// membersShown compares who is in a group at the target. A member listed twice is
// a warning: Okta does not mind (design, fairness).
func (w *world) membersShown(ctx context.Context, label, who string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	want, err := w.accountIDs(ctx, who)
	if err != nil {
		return err
	}
	now, err := w.groupNow(ctx, g)
	if err != nil {
		return err
	}
	listed := now.Values("members")
	got := slices.Compact(slices.Clone(listed))
	sort.Strings(want)
	if !slices.Equal(want, got) {
		return w.mismatch("the members of "+label, w.labels(want), w.labels(got), w.last())
	}
	if len(listed) != len(got) {
		w.warn(w.mismatch("the members of "+label, "each listed once", fmt.Sprintf("%d entries for %d members", len(listed), len(got)), w.last()))
	}
	return nil
}

// groupListed looks at the groups that an account shows. Where it shows none it is
// a warning at most: an attribute that is empty is as good as absent (RFC 7643,
// section 2.5), and a server need not show them (design, fairness). A group is known
// by its id or by the reference to it (sections 2.4 and 4.1.2); one that has neither
// may be any.
func (w *world) groupListed(ctx context.Context, who, does, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	_, account, err := w.accountOf(ctx, who)
	if err != nil {
		return err
	}
	ids, unknown := account.References("groups")
	there, what := slices.Contains(ids, g.groupID()), who+"'s groups"
	switch {
	case does == "does not list" && there:
		return w.mismatch(what, "none of "+label, "the group is still among them", w.last())
	case does == "lists" && !there && len(ids) > 0 && unknown == 0:
		return w.mismatch(what, label+" among them", "other groups alone", w.last())
	case does == "lists" && !there:
		got := "none are shown"
		if len(ids)+unknown > 0 {
			got = fmt.Sprintf("%d groups, %d of them without id and reference", len(ids)+unknown, unknown)
		}
		w.warn(w.mismatch(what, label+" among them, by its id (RFC 7643, section 4.1.2)", got, w.last()))
	}
	return nil
}

// noMembersShown is membersShown of nobody.
func (w *world) noMembersShown(ctx context.Context, label string) error {
	return w.membersShown(ctx, label, "nobody")
}

func (w *world) groupUnchanged(ctx context.Context, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	now, err := w.groupNow(ctx, g)
	if err != nil {
		return err
	}
	if changes := target.Differences(w.before[string(g.okta)], now); len(changes) > 0 {
		return w.mismatch("the group "+label, "as it was", strings.Join(changes, "; "), w.last())
	}
	return nil
}

// accountIDs are the ids at the target of the people named.
func (w *world) accountIDs(ctx context.Context, who string) ([]string, error) {
	var ids []string
	for _, label := range listed(who) {
		p, err := w.person(ctx, label)
		if err != nil {
			return nil, err
		}
		if p.accountID() == "" {
			return nil, fmt.Errorf("%s has no account yet: the scenario lacks a Given", label)
		}
		ids = append(ids, p.accountID())
	}
	return ids, nil
}

// labels names accounts in the scenario's words, as far as they are people's.
func (w *world) labels(ids []string) string {
	var words []string
	for _, id := range ids {
		word := "an unknown account (" + id + ")"
		for _, p := range w.people {
			if p.accountID() == id {
				word = p.label
			}
		}
		words = append(words, word)
	}
	if len(words) == 0 {
		return "nobody"
	}
	sort.Strings(words)
	return strings.Join(words, ", ")
}
