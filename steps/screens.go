package steps

import (
	"context"
)

var screenSteps = []sentence{
	{`^the provider's screen shows (\w+) as (?:a )?(user|disabled) under this IAM$`, "", func(w *world) any { return w.onScreen }},
}

// onScreen reads what the provider's administrator would see. It is asked of our
// own server only, see the tag @bundled.
func (w *world) onScreen(ctx context.Context, label, state string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	screen, err := w.endpoint.Screens.Account(ctx, p.userName)
	if err != nil {
		return err
	}
	if screen == nil {
		return w.mismatch("the provider's screen", "a row for "+label, "none", 0)
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
