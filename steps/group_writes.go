package steps

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/scimproof/scimproof/target"
)

// groupWrites write to a group by the suite's own hand, in words that Okta has been
// seen to use, and that its usual traffic does not bring about.
var groupWrites = []sentence{
	{`^at the target ` + names + ` (?:is|are) put into the group (.+) with the display null$`, "", func(w *world) any { return w.putWithNull }},
	{`^at the target (\w+) and somebody unknown are put into the group (.+)$`, "", func(w *world) any { return w.putWithUnknown }},
	{`^at the target (\w+) is put into the group (.+), which is then read twice$`, "", func(w *world) any { return w.putAndRead }},
	{`^both times the group (.+) has the same members$`, "", func(w *world) any { return w.readAlike }},
	{`^at the target a group without a name is made$`, "", func(w *world) any { return w.makeNameless }},
	{`^it is refused as the client's mistake$`, "", func(w *world) any { return w.refusedAsWrong }},
	{`^the group (.+) has (\w+) in it, unless the target refused both$`, "", func(w *world) any { return w.inUnlessRefused }},
}

// putWithNull says the whole group as Okta does, but that display is null, as one
// capture has it (observed, jelhub/scimgateway issue 95).
func (w *world) putWithNull(ctx context.Context, who, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	if err := w.remember(ctx); err != nil {
		return err
	}
	ids, err := w.accountIDs(ctx, who)
	if err != nil {
		return err
	}
	look, err := w.hand.PutGroup(w.aboutGroup(ctx, g), g.groupID(), g.name, ids...)
	if err != nil {
		return err
	}
	switch {
	case unknownMethod(look):
		return &gap{why: fmt.Sprintf("the target takes no PUT of a group (HTTP status %d): applications of Okta's catalogue need none", look.Status)}
	case !look.OK():
		return w.mismatch("a PUT of "+label+" whose members have null for display", "success", look.String(), w.last())
	}
	return nil
}

// putWithUnknown adds somebody who has an account, and an id that nobody has, in one
// request: so it is when an account was deleted at the target behind Okta's back. A
// refusal of the whole is a server's right (RFC 7644, section 3.12), and what Okta
// then shows is an error: a warning at a server of somebody's (design, fairness). It is
// what our own server has chosen of the three, as said there: a note.
func (w *world) putWithUnknown(ctx context.Context, who, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	if err := w.remember(ctx); err != nil {
		return err
	}
	ids, err := w.accountIDs(ctx, who)
	if err != nil {
		return err
	}
	if err := w.hear(w.hand.AddMembers(w.aboutGroup(ctx, g), g.groupID(), append(ids, nobodysID)...)); err != nil {
		return err
	}
	switch {
	case unknownMethod(w.heard):
		return &gap{why: fmt.Sprintf("the target takes no PATCH of a group (HTTP status %d): applications of Okta's wizard need none", w.heard.Status)}
	case w.heard.Status >= http.StatusInternalServerError:
		return w.mismatch("a change of "+label+" that names an unknown member", "success, or a status of the 400s", w.heard.String(), w.last())
	case !w.heard.OK():
		m := w.mismatch("a change that names a member who has no account", "carried out for the others",
			"refused as a whole: in Okta the push is in error until an administrator has found out who it is", w.last())
		if w.run.config.Target.Ours {
			w.notes = append(w.notes, m.Error())
		} else {
			w.warn(m)
		}
	}
	return nil
}

const nobodysID = "011010011100101101000111010011" // of the form that Okta's SPEC test has

func unknownMethod(l target.Look) bool {
	return l.Status == http.StatusNotImplemented || l.Status == http.StatusMethodNotAllowed
}

// inUnlessRefused: what was answered with success has happened, as far as it could.
// What became of the unknown member is worth a warning (design, fairness).
func (w *world) inUnlessRefused(ctx context.Context, label, who string) error {
	if !w.heard.OK() {
		return nil
	}
	_, now, err := w.groupOf(ctx, label)
	if err != nil {
		return err
	}
	ids, err := w.accountIDs(ctx, who)
	if err != nil {
		return err
	}
	members := now.Values("members")
	if !slices.Contains(members, ids[0]) {
		return w.mismatch("the members of "+label, who+" among them", w.labels(members), w.last())
	}
	got := "dropped without a word: Okta takes them for a member"
	if slices.Contains(members, nobodysID) {
		got = "accepted: the group has a member who is nobody"
	}
	w.warn(w.mismatch("a member who has no account", "refused", got, w.last()))
	return nil
}

// putAndRead adds one person and looks at the group at once, and once more. Whether the
// change was carried out as it should is for other scenarios to say.
func (w *world) putAndRead(ctx context.Context, who, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	if err := w.remember(ctx); err != nil {
		return err
	}
	ids, err := w.accountIDs(ctx, who)
	if err != nil {
		return err
	}
	look, err := w.hand.AddMembers(w.aboutGroup(ctx, g), g.groupID(), ids...)
	if err != nil {
		return err
	}
	switch {
	case unknownMethod(look):
		return &gap{why: fmt.Sprintf("the target takes no PATCH of a group (HTTP status %d): applications of Okta's wizard need none", look.Status)}
	case !look.OK():
		return w.mismatch("a change of the group "+label, "success", look.String(), w.last())
	}
	for n := range w.reread {
		if w.reread[n], err = w.groupNow(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// readAlike compares two reads of a group that nobody changed between them. One that
// lags behind a change is what Okta's next PUT is made of (observed: FusionAuth issue
// 2869), and who joined is out again.
func (w *world) readAlike(_ context.Context, label string) error {
	first, then := w.reread[0].Values("members"), w.reread[1].Values("members")
	if !slices.Equal(first, then) {
		return w.mismatch("the members of "+label+", read once more", w.labels(first)+", as just before", w.labels(then), w.last())
	}
	return nil
}

// makeNameless says nothing but that it is a group (RFC 7643, section 4.2: displayName is
// required). Where it is made all the same nobody could tell whose it is, so that the
// scenario is played at the bundled server alone.
func (w *world) makeNameless(ctx context.Context) error {
	if err := w.remember(ctx); err != nil {
		return err
	}
	return w.hear(w.hand.PostGroup(ctx, target.Resource{"schemas": []string{groupSchema}, "members": []any{}}))
}

const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group" // RFC 7643, section 4.2

func (w *world) refusedAsWrong() error {
	if w.heard.Status/100 == 4 {
		return nil
	}
	return w.mismatch("a group without a name", "refused with a status of the 400s (RFC 7644, section 3.12)", w.heard.String(), w.last())
}
