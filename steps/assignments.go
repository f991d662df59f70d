package steps

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/reports/evidence"
)

var assignmentSteps = []sentence{
	{`^` + names + ` (?:is|are) assigned to the application$`, "assign-creates", func(w *world) any { return w.assign }},
	{`^` + names + ` (?:was|were) assigned before provisioning was on$`, "connection-test", func(w *world) any { return w.assignedBefore }},
	{`^the administrator clicks Provision User$`, "", func(w *world) any { return w.provisionUsers }},
	{`^the group (.+) is assigned to the application with ` + names + ` in it$`, "assign-creates", func(w *world) any { return w.assignGroup }},
	{`^(\w+) is unassigned from the application$`, "unassign-disables", func(w *world) any { return w.unassign }},
	{`^(\w+) is unassigned from the application, and Okta asks first$`, "", func(w *world) any { return w.unassignAsked }},
	{`^(\w+) was assigned to the application and unassigned again$`, "unassign-disables", func(w *world) any { return w.assignAndUnassign }},
	{`^(\w+) was assigned to the application, unassigned and assigned again$`, "reassign-enables", func(w *world) any { return w.assignAgain }},
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
			return w.choosy(p, err)
		}
		if err := w.learnLink(ctx, p); err != nil {
			return err
		}
		if w.stating() {
			if err := w.shown(ctx, label, "active"); err != nil {
				return err
			}
			if err := w.arrived(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// choosy makes a gap of a refusal that a server of somebody's is free to, and that
// costs Okta's customers something: a conflict over an email address that two people
// have (RFC 7644, section 3.3, leaves to the server what conflicts), and a username of
// a form that it does not take, or that it does not let change, said as a client's
// error (section 3.12, invalidValue and mutability). Okta can leave username updates
// out for such a server (documented).
func (w *world) choosy(p *person, err error) error {
	var said *evidence.Mismatch
	if !errors.As(err, &said) || w.run.config.Target.Ours {
		return err
	}
	x := w.wire.Exchanges()[w.lastOf(evidence.Okta)-1]
	refused := x.Status == http.StatusBadRequest || x.Status == http.StatusForbidden || x.Status == http.StatusUnprocessableEntity
	switch {
	case x.Method == http.MethodPost && x.Status == http.StatusConflict && p.sharesEmail:
		return &gap{why: fmt.Sprintf("the target holds email addresses to be unique (exchange %d): of two people with one address it takes the first alone", x.N), warns: true}
	case x.Method == http.MethodPost && refused && p.former != "":
		return &gap{why: fmt.Sprintf("the target does not take such a username (exchange %d): nobody is provisioned who has one in Okta", x.N), warns: true}
	case x.Method != http.MethodGet && (refused || x.Status == http.StatusConflict) && p.former != "":
		return &gap{why: fmt.Sprintf("the target does not let a username change (exchange %d): the account keeps the old one, and nothing else of the change arrives; tick Exclude Username Updates in Okta", x.N), warns: true}
	}
	return err
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

// unassignAsked is the delete icon of the console, and OK.
func (w *world) unassignAsked(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	if w.asked, err = w.admin.AskToUnassign(ctx, w.app, p.okta); err != nil {
		return err
	}
	err = w.act(ctx, label+"'s unassignment", func() error { return w.admin.ConfirmUnassign(ctx, w.app, p.okta) })
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

func (w *world) assignAgain(ctx context.Context, label string) error {
	if err := w.assignAndUnassign(ctx, label); err != nil {
		return err
	}
	return w.assign(ctx, label)
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

// assignedBefore assigns people to an application that is not connected yet, and
// connects it.
func (w *world) assignedBefore(ctx context.Context, who string) error {
	if err := w.install(ctx); err != nil {
		return err
	}
	for _, label := range listed(who) {
		p, err := w.person(ctx, label)
		if err != nil {
			return err
		}
		if err := w.admin.Assign(ctx, w.app, p.okta); err != nil {
			return err
		}
	}
	return w.act(ctx, "turning provisioning on", func() error { return w.switchOn(ctx) })
}

func (w *world) provisionUsers(ctx context.Context) error {
	err := w.act(ctx, "Provision User", func() error { return w.admin.ProvisionUsers(ctx, w.app) })
	if err != nil {
		return err
	}
	for _, label := range slices.Sorted(maps.Keys(w.people)) {
		if err := w.learnLink(ctx, w.people[label]); err != nil {
			return err
		}
	}
	return nil
}

// assignGroup gives the application to a group with people in it.
func (w *world) assignGroup(ctx context.Context, label, who string) error {
	if err := w.inGroup(ctx, who, label); err != nil {
		return err
	}
	g := w.groups[label]
	g.assigned = true
	err := w.act(ctx, "the assignment of the group "+label, func() error { return w.admin.AssignGroup(ctx, w.app, g.okta) })
	if err != nil {
		return err
	}
	for _, name := range listed(who) {
		if err := w.learnLink(ctx, w.people[name]); err != nil {
			return err
		}
		if err := w.shown(ctx, name, "active"); err != nil {
			return err
		}
	}
	return nil
}

// learnLink asks Okta under which id it knows a person's account: none, when the
// person does not have the application.
func (w *world) learnLink(ctx context.Context, p *person) error {
	user, err := w.admin.AppUser(ctx, w.app, p.okta)
	var no *management.Error
	if errors.As(err, &no) && no.Status == http.StatusNotFound {
		p.linked = ""
		return nil
	}
	if err != nil {
		return err
	}
	if p.linked = user.ExternalID; p.id == "" {
		p.id = p.linked
	}
	return nil
}
