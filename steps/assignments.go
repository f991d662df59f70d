package steps

import (
	"context"

	"github.com/scimproof/scimproof/mockokta/directory"
)

var assignmentSteps = []sentence{
	{`^` + names + ` (?:is|are) assigned to the application$`, "assign-creates", func(w *world) any { return w.assign }},
	{`^(\w+) is unassigned from the application$`, "", func(w *world) any { return w.unassign }},
	{`^(\w+) was assigned to the application and unassigned again$`, "unassign-disables", func(w *world) any { return w.assignAndUnassign }},
	{`^(\w+)'s last name changes to "([^"]*)"$`, "", func(w *world) any { return w.changeLastName }},
}

func (w *world) assign(ctx context.Context, who string) error {
	for _, label := range listed(who) {
		p, err := w.person(ctx, label)
		if err != nil {
			return err
		}
		err = w.act(ctx, p.label+"'s assignment", func() error { return w.admin.Assign(ctx, w.app, p.okta) })
		if err != nil {
			return err
		}
		if err := w.learnLink(ctx, p); err != nil {
			return err
		}
		if w.stating() {
			if err := w.shown(ctx, label, "active"); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *world) unassign(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	err = w.act(ctx, label+"'s unassignment", func() error { return w.admin.Unassign(ctx, w.app, p.okta) })
	p.linked = ""
	return err
}

func (w *world) assignAndUnassign(ctx context.Context, label string) error {
	if err := w.assign(ctx, label); err != nil {
		return err
	}
	if err := w.unassign(ctx, label); err != nil {
		return err
	}
	return w.shown(ctx, label, "disabled")
}

func (w *world) changeLastName(ctx context.Context, label, to string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	p.familyName = to
	return w.act(ctx, "the push of "+label+"'s profile", func() error {
		return w.admin.UpdateUser(ctx, p.okta, directory.Profile{"lastName": to})
	})
}

// learnLink asks Okta under which id it knows a person's account.
func (w *world) learnLink(ctx context.Context, p *person) error {
	user, err := w.admin.AppUser(ctx, w.app, p.okta)
	if err != nil {
		return err
	}
	if p.linked = user.ExternalID; p.id == "" {
		p.id = p.linked
	}
	return nil
}
