package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

// pushSteps change what is pushed, on the Push Groups tab.
var pushSteps = []sentence{
	{`^the push of the group (.+) is (deactivated|activated)$`, "", func(w *world) any { return w.setPush }},
	{`^the groups (\w+) and (\w+) are unlinked and deleted together$`, "", func(w *world) any { return w.deleteTogether }},
	{`^the group (.+) is unlinked and left at the target$`, "", func(w *world) any { return w.leaveAtTarget }},
	{`^the groups with (\w+) in their names are pushed by a rule$`, "", func(w *world) any { return w.pushByRule }},
	{`^Okta (renames|does not rename) the groups that it links$`, "", func(w *world) any { return w.renameLinked }},
	{`^the group (.+) is linked to the target's group (.+)$`, "push-creates-group", func(w *world) any { return w.linkTo }},
	{`^the group (.+) was pushed, and the answer was lost$`, "push-creates-group", func(w *world) any { return w.pushUnheard }},
	{`^the administrator clicks Retry All Groups$`, "", func(w *world) any { return w.retryGroups }},
	{`^somebody at the target has deleted the group (.+)$`, "unlink-deletes-group", func(w *world) any { return w.deletedBySomebody }},
	{`^(\w+) leaves the group ([^,]+), and Okta shows an error$`, "", func(w *world) any { return w.leaveInVain }},
}

func (w *world) setPush(ctx context.Context, label, to string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	return w.act(ctx, "what follows when the push of "+label+" is "+to, func() error {
		return w.admin.SetPush(ctx, w.app, g.mapping, to == "activated")
	})
}

// leaveAtTarget ends the push, and Okta says nothing to the target (documented).
func (w *world) leaveAtTarget(ctx context.Context, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	return w.act(ctx, "the unlinking of the group "+label, func() error {
		if err := w.admin.SetPush(ctx, w.app, g.mapping, false); err != nil {
			return err
		}
		if err := w.admin.Unlink(ctx, w.app, g.mapping, false); err != nil {
			return err
		}
		g.linked = ""
		return nil
	})
}

// deleteTogether is Delete of Bulk edit, of pushes that are active.
func (w *world) deleteTogether(ctx context.Context, one, two string) error {
	var mappings []directory.MappingID
	for _, label := range []string{one, two} {
		g, err := w.group(ctx, label)
		if err != nil {
			return err
		}
		mappings = append(mappings, g.mapping)
	}
	return w.act(ctx, "the removal of the groups "+one+" and "+two, func() error {
		return w.admin.UnlinkAll(ctx, w.app, true, mappings...)
	})
}

// renameLinked is the box Rename app groups.
func (w *world) renameLinked(ctx context.Context, does string) error {
	return w.admin.RenameAppGroups(ctx, w.app, does == "renames")
}

// pushByRule pushes the groups of the scenario whose names contain a word.
func (w *world) pushByRule(ctx context.Context, word string) error {
	rule := management.PushRule{Name: word, By: directory.ByName, Match: directory.Contains, Value: word}
	err := w.act(ctx, "the push of the groups with "+word+" in their names", func() error {
		_, err := w.admin.AddPushRule(ctx, w.app, rule)
		return err
	})
	if err != nil {
		return err
	}
	for _, g := range w.groups {
		if !strings.Contains(g.label, word) {
			continue
		}
		if g.linked, err = w.admin.GroupLink(ctx, w.app, g.okta); err != nil {
			return err
		}
		g.id = g.linked
	}
	return nil
}

// linkTo links a group of Okta's to one that the target has. Okta knows that one by
// having imported it, and then writes to it by its id: it is read first, as what is to be
// the group's.
func (w *world) linkTo(ctx context.Context, label, other string) error {
	theirs, err := w.group(ctx, other)
	if err != nil {
		return err
	}
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	asOurs := wire.About(ctx, wire.Subject{Key: string(g.okta), Name: theirs.name})
	look, err := w.eyes.Group(asOurs, theirs.id)
	if err != nil {
		return err
	}
	if look.Resource == nil {
		return w.mismatch("the group "+other, "readable by its id", look.String(), w.last())
	}
	g.id = theirs.id
	imported, err := w.importGroup(ctx, theirs)
	if err != nil {
		return err
	}
	err = w.act(ctx, "the link of the group "+label, func() error {
		g.mapping, err = w.admin.LinkGroup(ctx, w.app, g.okta, imported)
		return err
	})
	if err != nil {
		return err
	}
	g.linked, err = w.admin.GroupLink(ctx, w.app, g.okta)
	return err
}

// importGroup imports from the target, and returns Okta's id of a group there.
func (w *world) importGroup(ctx context.Context, theirs *group) (directory.GroupID, error) {
	if err := w.importsGroups(ctx); err != nil {
		return "", err
	}
	if err := w.importNow(ctx); err != nil {
		return "", err
	}
	all, err := w.admin.ImportedGroups(ctx, w.app)
	if err != nil {
		return "", err
	}
	for _, imported := range all {
		if imported.Target == theirs.id {
			return imported.ID, nil
		}
	}
	return "", w.mismatch("the group "+theirs.label+" in Okta's import", "there, under the id that it has", "not there", w.lastOf(evidence.Okta))
}

// pushUnheard pushes a group that is made, which Okta never hears of. It shows an error
// then, that is nobody's but the connection's.
func (w *world) pushUnheard(ctx context.Context, label string) error {
	w.wire.LoseNextCreate()
	err := w.push(ctx, label)
	var said *evidence.Mismatch
	switch {
	case !w.wire.Lost() && err == nil:
		return w.mismatch("what was there of the group "+label+" before the push", "none", "one that Okta has taken over", w.lastOf(evidence.Okta))
	case !w.wire.Lost() || err != nil && !errors.As(err, &said):
		return err
	case said == nil:
		return fmt.Errorf("okta shows no error at the group %s, whose create it never heard of: the mock is broken", label)
	}
	g := w.groups[label]
	mappings, err := w.admin.Mappings(ctx, w.app)
	if i := slices.IndexFunc(mappings, func(m management.Mapping) bool { return m.Group == g.okta }); i >= 0 {
		g.mapping = mappings[i].ID
	}
	return err
}

// retryGroups pushes every group that is in error, and looks what is in error then.
func (w *world) retryGroups(ctx context.Context) error {
	err := w.act(ctx, "Retry All Groups", func() error { return w.admin.RetryAllGroups(ctx, w.app) })
	if err != nil {
		return err
	}
	for _, label := range slices.Sorted(maps.Keys(w.groups)) {
		g := w.groups[label]
		if g.mapping == "" {
			continue // it is pushed no more
		}
		m, err := w.admin.Mapping(ctx, w.app, g.mapping)
		if err != nil {
			return err
		}
		if m.Status == "ERROR" {
			return w.mismatch("the push of the group "+label+" after Retry All Groups", "no error in Okta", m.Error, w.lastOf(evidence.Okta))
		}
		if g.linked, err = w.admin.GroupLink(ctx, w.app, g.okta); err != nil {
			return err
		}
		g.id = g.linked
	}
	return nil
}

// deletedBySomebody deletes a group behind Okta's back. From then on it is nowhere.
func (w *world) deletedBySomebody(ctx context.Context, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	if _, err := w.hand.DeleteGroup(w.aboutGroup(ctx, g), g.groupID()); err != nil {
		return err
	}
	if err := w.groupGone(ctx, g); err != nil {
		return err
	}
	g.id, g.linked = "", ""
	return nil
}

// leaveInVain takes somebody out of a group that is gone. That the change is refused is
// how an administrator hears of it (Okta help, Group Push troubleshooting: documented).
func (w *world) leaveInVain(ctx context.Context, who, label string) error {
	err := w.leave(ctx, who, label)
	if err == nil {
		return w.mismatch("a change of the group "+label+", which is gone", "refused, so that Okta shows an error", "accepted, so that Okta takes it for done", w.lastOf(evidence.Okta))
	}
	var said *evidence.Mismatch
	if x := w.wire.Exchanges()[w.lastOf(evidence.Okta)-1]; errors.As(err, &said) && x.Status/100 == 4 {
		return nil
	}
	return err
}
