package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/target"
)

var tenantSteps = []sentence{
	{`^another Okta is connected to another tenant of the same server$`, "connection-test", func(w *world) any { return w.connectOther }},
	{`^the other Okta assigns its (\w+)$`, "assign-creates", func(w *world) any { return w.otherAssigns }},
	{`^the other Okta pushes its group (.+) with ` + names + ` in it$`, "push-creates-group", func(w *world) any { return w.otherPushes }},
	{`^each tenant holds one account for its (\w+), and nobody else's$`, "", func(w *world) any { return w.eachHoldsAccount }},
	{`^each tenant holds one group (.+) with its ` + names + ` in it$`, "", func(w *world) any { return w.eachHoldsGroup }},
	{`^the other tenant's (\w+) cannot be read by (?:her|his) id here$`, "", func(w *world) any { return w.otherUnreadable }},
	{`^this tenant's key is refused at the other tenant$`, "", func(w *world) any { return w.keyRefused }},
	{`^the other tenant shows its (\w+) as (active|disabled)$`, "", func(w *world) any { return w.otherShown }},
}

// connectOther opens a second Okta at a tenant of its own. Its people and groups
// have the names of the first one's, and the same ids in Okta: all by which a
// server could take one for the other.
func (w *world) connectOther(ctx context.Context) error {
	endpoint, err := w.run.config.Target.Tenant(ctx)
	if err != nil {
		return fmt.Errorf("a second tenant for the scenario: %w", err)
	}
	way, err := w.wire.Beside(endpoint.URL)
	if err != nil {
		return err
	}
	if w.other, err = w.run.furnish(w.scene, w.number, endpoint, way); err != nil {
		return err
	}
	return w.other.connect(ctx)
}

func (w *world) otherAssigns(ctx context.Context, label string) error {
	if err := w.remember(ctx); err != nil {
		return err
	}
	return w.other.assign(ctx, label)
}

func (w *world) otherPushes(ctx context.Context, label, who string) error {
	if err := w.remember(ctx); err != nil {
		return err
	}
	return w.other.pushWith(ctx, label, who)
}

func (w *world) otherShown(ctx context.Context, label, state string) error {
	return w.other.shown(ctx, label, state)
}

// eachHoldsAccount looks at all that a tenant lists, and not at the name alone.
func (w *world) eachHoldsAccount(ctx context.Context, label string) error {
	for _, tenant := range []*world{w, w.other} {
		if err := tenant.oneAccountHeld(ctx, label); err != nil {
			return err
		}
		if err := tenant.listsOnly(ctx, label); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) listsOnly(ctx context.Context, label string) error {
	look, err := w.eyes.Page(ctx, 1, 100)
	if err != nil {
		return err
	}
	var ids []string
	list, _ := look.Resource.Get("Resources").([]any)
	for _, entry := range list {
		account, _ := entry.(map[string]any)
		ids = append(ids, target.Resource(account).ID())
	}
	if want := w.people[label].accountID(); !slices.Equal(ids, []string{want}) {
		return w.mismatch("the accounts of a tenant that has "+label+" alone", want, strings.Join(ids, ", "), w.last())
	}
	return nil
}

func (w *world) eachHoldsGroup(ctx context.Context, label, who string) error {
	for _, tenant := range []*world{w, w.other} {
		if err := tenant.groupsHeld(ctx, "one", label); err != nil {
			return err
		}
		if err := tenant.membersShown(ctx, label, who); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) otherUnreadable(ctx context.Context, label string) error {
	id := w.other.people[label].accountID()
	look, err := w.eyes.User(ctx, id)
	if err != nil {
		return err
	}
	if look.Status != http.StatusNotFound {
		return w.mismatch("the account with the id that the other tenant's "+label+" has", "HTTP status 404", look.String(), w.last())
	}
	return nil
}

func (w *world) keyRefused(ctx context.Context) error {
	eyes := w.other.eyes
	eyes.Token = w.endpoint.Token
	status, err := eyes.Knock(ctx)
	if err != nil {
		return err
	}
	if status != http.StatusUnauthorized {
		return w.mismatch("this tenant's key at the other tenant", "HTTP status 401", fmt.Sprintf("HTTP status %d", status), w.last())
	}
	return nil
}
