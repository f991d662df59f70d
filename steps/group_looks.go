package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// groupLooks say what the target shows of groups and of who is in them.
var groupLooks = []sentence{
	{`^the target holds (one|no) group (.+)$`, "", func(w *world) any { return w.groupsHeld }},
	{`^the members of (.+) are ` + names + `$`, "", func(w *world) any { return w.membersShown }},
	{`^the group (.+) has no members$`, "", func(w *world) any { return w.noMembersShown }},
	{`^the members of (.+) are those whom Okta named$`, "", func(w *world) any { return w.membersNamed }},
	{`^(\w+)'s account (lists|does not list) the group (.+)$`, "groups-tab-adds", func(w *world) any { return w.groupListed }},
	{`^the group (.+) is as it was$`, "", func(w *world) any { return w.groupUnchanged }},
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

// groupOf reads a group of the scenario.
func (w *world) groupOf(ctx context.Context, label string) (*group, target.Resource, error) {
	g, err := w.group(ctx, label)
	if err != nil {
		return nil, nil, err
	}
	now, err := w.groupNow(ctx, g)
	return g, now, err
}

// groupNow reads a group by its id.
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
	_, now, err := w.groupOf(ctx, label)
	if err != nil {
		return err
	}
	want, err := w.accountIDs(ctx, who)
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
	g, now, err := w.groupOf(ctx, label)
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
