package steps

import (
	"context"
	"strings"

	"github.com/scimproof/scimproof/target"
)

var screenSteps = []sentence{
	{`^the provider's screen shows (\w+) as (?:a )?(user|disabled) under this IAM$`, "", func(w *world) any { return w.onScreen }},
	{`^the provider takes the attributes of that schema under the prefix (\w+)$`, "", func(w *world) any { return w.takeAttributes }},
	{`^the provider maps (\S+) to the username on (\w+)$`, "", func(w *world) any { return w.mapUsername }},
	{`^the provider's screen shows (\w+)'s attribute (\S+) as "([^"]*)"$`, "", func(w *world) any { return w.attributeOnScreen }},
	{`^the provider's screen shows no attribute (\S+) of (\w+)$`, "", func(w *world) any { return w.noAttributeOnScreen }},
	{`^the provider's screen shows (\w+)'s username on (\w+) as "([^"]*)"$`, "", func(w *world) any { return w.usernameOnScreen }},
	{`^the provider's screen shows no username on (\w+) for (\w+)$`, "", func(w *world) any { return w.noUsernameOnScreen }},
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
	return w.endpoint.Screens.TakeAttributes(ctx, ownSchema, prefix)
}

func (w *world) mapUsername(ctx context.Context, attribute, platform string) error {
	return w.endpoint.Screens.MapUsername(ctx, platform, attribute)
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
