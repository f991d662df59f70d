package steps

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// groupSteps change groups, in Okta and at the target.
var groupSteps = []sentence{
	{`^` + names + ` (?:is|are) in the group (.+)$`, "", func(w *world) any { return w.inGroup }},
	{`^the target already holds a group (.+) with ` + names + ` in it$`, "push-creates-group", func(w *world) any { return w.holdsGroup }},
	{`^the group (.+) is pushed with ` + names + ` in it$`, "push-creates-group", func(w *world) any { return w.pushWith }},
	{`^somebody at the target has changed the members of (.+) to ` + names + `$`, "push-creates-group", func(w *world) any { return w.drift }},
	{`^the group (.+) is pushed$`, "push-creates-group", func(w *world) any { return w.push }},
	{`^the group (.+) is pushed now$`, "", func(w *world) any { return w.pushNow }},
	{`^the group (.+) is renamed to (.+)$`, "", func(w *world) any { return w.rename }},
	{`^the group (.+) is unlinked and deleted$`, "", func(w *world) any { return w.unlink }},
	{`^(\w+) (?:joins|joined) the group ([^,]+)$`, "member-joins", func(w *world) any { return w.join }},
	{`^somebody at the target puts (\w+) into the group (.+) while (\w+) joins it$`, "", func(w *world) any { return w.joinBeside }},
	{`^(\w+) (?:leaves|left) the group ([^,]+)$`, "member-leaves", func(w *world) any { return w.leave }},
	{`^(\w+) (joins|leaves) the group ([^,]+), and then the group (.+)$`, "", func(w *world) any { return w.moveTwice }},
	{`^the group (.+) is (added|removed) on (\w+)'s Groups tab$`, "", func(w *world) any { return w.onTab }},
}

// plain are names that any server takes. Others are a server's to refuse (RFC 7644,
// section 3.12, invalidValue).
var plain = regexp.MustCompile(`^[A-Za-z ]+$`)

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
	if s := look.Status; !w.run.config.Target.Ours && !plain.MatchString(label) && (s == http.StatusBadRequest || s == http.StatusUnprocessableEntity) {
		return &gap{warns: true, why: fmt.Sprintf("the target takes no group of the name %q (exchange %d): a group that is called so in Okta cannot be pushed", g.name, w.last())}
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
		if err := w.admin.Unlink(ctx, w.app, g.mapping, true); err != nil {
			return err
		}
		g.mapping = ""
		return nil
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

// joinBeside lets Okta put one person into a pushed group and the suite's own hand another,
// both writes under way at once. One that a server refuses as the client's mistake, since
// the other is under way, is lost to nobody: Okta shows an error, or whoever wrote knows.
func (w *world) joinBeside(ctx context.Context, other, label, who string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	if err := w.remember(ctx); err != nil {
		return err
	}
	ids, err := w.accountIDs(ctx, other)
	if err != nil {
		return err
	}
	var byHand target.Look
	var broke error
	wait := w.wire.BesideNextChange(func() { byHand, broke = w.hand.AddMembers(w.aboutGroup(ctx, g), g.groupID(), ids...) })
	err = w.join(ctx, who, label)
	if begun := wait(); begun && broke != nil {
		return broke
	} else if err == nil && !begun {
		return fmt.Errorf("okta changed nothing when %s joined the group %s: the mock is broken", who, label)
	}
	x := w.exchange(w.lastOf(evidence.Okta))
	switch refused := x.Status == http.StatusConflict || x.Status == http.StatusPreconditionFailed; {
	case unknownMethod(byHand):
		return &gap{why: fmt.Sprintf("the target takes no PATCH of a group (HTTP status %d): applications of Okta's wizard need none", byHand.Status)}
	case err != nil && refused:
		return &gap{warns: true, why: fmt.Sprintf("the target refuses a change of a group while another is under way (exchange %d): Okta shows an error, and somebody has to push the group again", x.N)}
	case err != nil:
		return err
	case byHand.Status >= http.StatusInternalServerError:
		return w.mismatch("a change of the group "+label+" beside Okta's", "carried out, or refused with a status of the 400s", byHand.String(), w.last())
	case !byHand.OK():
		return &gap{warns: true, why: fmt.Sprintf("the target refuses a change of a group while Okta's is under way (%s)", byHand)}
	}
	return nil
}

// exchange is the n-th, the zero exchange where there is none.
func (w *world) exchange(n int) evidence.Exchange {
	if all := w.wire.Exchanges(); n >= 1 && n <= len(all) {
		return all[n-1]
	}
	return evidence.Exchange{}
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
