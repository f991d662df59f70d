package steps

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/target"
)

var screenSteps = []sentence{
	{`^the provider's screen shows (\w+) as (?:a )?(user|disabled) under this IAM$`, "", func(w *world) any { return w.onScreen }},
	{`^the provider takes the attributes of that schema (?:under the prefix (.+)|without a prefix)$`, "", func(w *world) any { return w.takeAttributes }},
	{`^the provider takes the attributes of the enterprise schema, too, under the prefix (\w+)$`, "", func(w *world) any { return w.takeEnterprise }},
	{`^the provider maps (\S+) to the username on (\w+)$`, "", func(w *world) any { return w.mapUsername }},
	{`^the provider's screen shows (\w+)'s attribute ([^,]+) as "([^"]*)"$`, "", func(w *world) any { return w.attributeOnScreen }},
	{`^the provider's screen shows no attribute (\S+) of (\w+)$`, "", func(w *world) any { return w.noAttributeOnScreen }},
	{`^the provider's screen shows no attribute at all of (\w+)$`, "", func(w *world) any { return w.noAttributesOnScreen }},
	{`^the provider's screen shows (\w+)'s username on (\w+) as "([^"]*)"$`, "", func(w *world) any { return w.usernameOnScreen }},
	{`^the provider's screen shows no username on (\w+) for (\w+)$`, "", func(w *world) any { return w.noUsernameOnScreen }},
	{`^the provider's screen shows (\w+)'s permissions as (\w+)$`, "", func(w *world) any { return w.permissionsOnScreen }},
	{`^the provider's screen shows (\w+)'s (about|location) as "([^"]*)"$`, "", func(w *world) any { return w.fieldOnScreen }},
	{`^the provider's screen shows no (about|location) of (\w+)$`, "", func(w *world) any { return w.noFieldOnScreen }},
	{`^the provider's screen shows (\w+)'s attribute (\w+), given by hand, as "([^"]*)"$`, "", func(w *world) any { return w.byHandOnScreen }},
	{`^the provider's screen shows the group (\w+) with ` + names + ` in it$`, "", func(w *world) any { return w.groupOnScreen }},
	{`^the provider's screen shows no group (\w+)$`, "", func(w *world) any { return w.noGroupOnScreen }},
	{`^the provider's screen shows no group at all$`, "", func(w *world) any { return w.noGroupsOnScreen }},
	{`^(\w+)'s account in the internal IAM is as it was$`, "", func(w *world) any { return w.internalUnchanged }},
}

// screen reads what the provider's administrator would see of somebody. It is
// asked of our own server only, see the tag @bundled.
func (w *world) screen(ctx context.Context, label string) (*target.Screen, error) {
	p, err := w.person(ctx, label)
	if err != nil {
		return nil, err
	}
	screen, err := w.endpoint.Screens.Account(ctx, p.userName)
	if err == nil && screen == nil {
		return nil, w.mismatch("the provider's screen", "a row for "+label, "none", 0)
	}
	return screen, err
}

func (w *world) onScreen(ctx context.Context, label, state string) error {
	screen, err := w.screen(ctx, label)
	if err != nil {
		return err
	}
	if want := w.endpoint.Screens.IAM; screen.IAM != want {
		return w.mismatch(label+"'s identity manager on the provider's screen", want, screen.IAM, 0)
	}
	got := "user"
	if screen.Disabled {
		got = "disabled"
	}
	if got != state {
		return w.mismatch(label+" on the provider's screen", state, got, 0)
	}
	return nil
}

func (w *world) takeAttributes(ctx context.Context, prefix string) error {
	return w.set(ctx, "", "Attribute Schema", target.Settings{"attribute_schema": []map[string]string{{"scim_schema": ownSchema, "prefix": prefix}}})
}

// takeEnterprise is one more row.
func (w *world) takeEnterprise(ctx context.Context, prefix string) error {
	now, err := w.endpoint.Screens.Settings(ctx)
	if err != nil {
		return err
	}
	rows, _ := now["attribute_schema"].([]any)
	row := map[string]string{"scim_schema": enterpriseSchema, "prefix": prefix}
	return w.set(ctx, "", "Attribute Schema", target.Settings{"attribute_schema": append(rows, row)})
}

func (w *world) mapUsername(ctx context.Context, attribute, platform string) error {
	return w.set(ctx, "", "the external username", target.Settings{"external_usernames": map[string]string{platform: attribute}})
}

func (w *world) attributeOnScreen(ctx context.Context, label, name, want string) error {
	screen, err := w.screen(ctx, label)
	if err != nil {
		return err
	}
	if got := strings.Join(screen.Attributes[name], ", "); got != want {
		return w.mismatch(label+"'s attribute "+name+" on the provider's screen", quoted(want), quoted(got), w.last())
	}
	return nil
}

func (w *world) noAttributeOnScreen(ctx context.Context, name, label string) error {
	return w.attributeOnScreen(ctx, label, name, "")
}

// noAttributesOnScreen wants none of any name.
func (w *world) noAttributesOnScreen(ctx context.Context, label string) error {
	screen, err := w.screen(ctx, label)
	if err != nil {
		return err
	}
	if names := slices.Sorted(maps.Keys(screen.Attributes)); len(names) > 0 {
		return w.mismatch(label+"'s attributes on the provider's screen", "none", strings.Join(names, ", "), w.last())
	}
	return nil
}

func (w *world) usernameOnScreen(ctx context.Context, label, platform, want string) error {
	screen, err := w.screen(ctx, label)
	if err != nil {
		return err
	}
	if got := screen.Profile.ExternalUsernames[platform+"User"]; got != want {
		return w.mismatch(label+"'s username on "+platform+" on the provider's screen", quoted(want), quoted(got), w.last())
	}
	return nil
}

func (w *world) noUsernameOnScreen(ctx context.Context, platform, label string) error {
	return w.usernameOnScreen(ctx, label, platform, "")
}

func (w *world) permissionsOnScreen(ctx context.Context, label, want string) error {
	screen, err := w.screen(ctx, label)
	if err != nil {
		return err
	}
	if got := strings.Join(screen.Permissions, ", "); got != want {
		return w.mismatch(label+"'s permissions on the provider's screen", want+" alone", quoted(got), w.last())
	}
	return nil
}

func (w *world) fieldOnScreen(ctx context.Context, label, field, want string) error {
	screen, err := w.screen(ctx, label)
	if err != nil {
		return err
	}
	if got := screen.Profile.Fields[field]; got != want {
		return w.mismatch(label+"'s "+field+" on the provider's screen", quoted(want), quoted(got), w.last())
	}
	return nil
}

func (w *world) noFieldOnScreen(ctx context.Context, field, label string) error {
	return w.fieldOnScreen(ctx, label, field, "")
}

func (w *world) byHandOnScreen(ctx context.Context, label, name, want string) error {
	screen, err := w.screen(ctx, label)
	if err != nil {
		return err
	}
	if got := strings.Join(screen.ByHand[name], ", "); got != want {
		return w.mismatch(label+"'s attribute "+name+", given by hand, on the provider's screen", quoted(want), quoted(got), w.last())
	}
	return nil
}

// groupsOnScreen are the groups of a name, each by the names of its members.
func (w *world) groupsOnScreen(ctx context.Context, label string) (found [][]string, err error) {
	g, err := w.group(ctx, label)
	if err != nil {
		return nil, err
	}
	all, err := w.endpoint.Screens.Groups(ctx)
	for _, shown := range all {
		if shown.Name == g.name {
			found = append(found, shown.Members)
		}
	}
	return found, err
}

func (w *world) groupOnScreen(ctx context.Context, label, who string) error {
	found, err := w.groupsOnScreen(ctx, label)
	if err != nil {
		return err
	}
	if len(found) != 1 {
		return w.mismatch("groups called "+label+" on the provider's screen", "one", counted(len(found)), w.last())
	}
	var want []string
	for _, name := range listed(who) {
		p, err := w.person(ctx, name)
		if err != nil {
			return err
		}
		want = append(want, p.userName)
	}
	slices.Sort(want)
	if got := slices.Sorted(slices.Values(found[0])); !slices.Equal(got, want) {
		return w.mismatch("the members of "+label+" on the provider's screen", strings.Join(want, ", "), quoted(strings.Join(got, ", ")), w.last())
	}
	return nil
}

func (w *world) noGroupOnScreen(ctx context.Context, label string) error {
	found, err := w.groupsOnScreen(ctx, label)
	if err == nil && len(found) > 0 {
		return w.mismatch("groups called "+label+" on the provider's screen", "none", counted(len(found)), w.last())
	}
	return err
}

// noGroupsOnScreen wants none of any name: the tenant is the scenario's own.
func (w *world) noGroupsOnScreen(ctx context.Context) error {
	all, err := w.endpoint.Screens.Groups(ctx)
	if err == nil && len(all) > 0 {
		return w.mismatch("the groups on the provider's screen", "none", quoted(all[0].Name), w.last())
	}
	return err
}

// internalUnchanged looks at the account of somebody's name that was made by hand.
func (w *world) internalUnchanged(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	screen, err := w.endpoint.Screens.Internal().Account(ctx, p.userName)
	if err != nil {
		return err
	}
	if screen == nil || screen.Disabled || screen.Profile.Fields["about"] != internally {
		got := "gone"
		if screen != nil {
			got = fmt.Sprintf("disabled %t, about %s", screen.Disabled, quoted(screen.Profile.Fields["about"]))
		}
		return w.mismatch("the account of "+label+"'s name in the internal IAM", "as it was", got, w.last())
	}
	return nil
}
