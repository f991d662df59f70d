package steps

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// repairSteps are what an administrator does about what went wrong between Okta and
// the target, and what made it go wrong.
var repairSteps = []sentence{
	{`^somebody at the target has changed (\w+)'s (\w+) to (.+)$`, "", func(w *world) any { return w.changedBySomebody }},
	{`^the administrator clicks Force Sync$`, "", func(w *world) any { return w.forceSync }},
	{`^(\w+) was assigned to the application, and the answer was lost$`, "assign-creates", func(w *world) any { return w.assignUnheard }},
	{`^the administrator retries what failed$`, "", func(w *world) any { return w.retry }},
	{`^the username that (\w+) had finds nobody$`, "", func(w *world) any { return w.formerNameFree }},
	{`^Okta synchronises passwords$`, "connection-test", func(w *world) any { return w.syncPasswords }},
	{`^(\w+)'s password changes in Okta$`, "", func(w *world) any { return w.changePassword }},
}

// changedBySomebody brings about what Okta does not know of. A target at which nobody
// changes the attribute has nothing to repair.
func (w *world) changedBySomebody(ctx context.Context, label, name, text string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	to, err := value(text)
	if err != nil {
		return err
	}
	if _, err := w.hand.SetUser(w.about(ctx, p), p.accountID(), name, to); err != nil {
		return err
	}
	account, err := w.account(ctx, p)
	if err != nil {
		return err
	}
	if got := account.Get(name); !target.Same(to, got) {
		return &gap{why: fmt.Sprintf("at the target nobody changes %s (exchange %d): it is %s", name, w.last(), target.Show(got))}
	}
	return nil
}

func (w *world) forceSync(ctx context.Context) error {
	return w.act(ctx, "Force Sync", func() error { return w.admin.ForceSync(ctx, w.app) })
}

// assignUnheard assigns somebody whose account is made, which Okta never hears of. It
// shows an error then, that is nobody's but the connection's.
func (w *world) assignUnheard(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	w.wire.LoseNextCreate()
	err = w.act(ctx, label+"'s assignment", func() error { return w.admin.Assign(ctx, w.app, p.okta) })
	if !w.wire.Lost() {
		if err == nil {
			err = w.mismatch("what was there of "+label+" before the assignment", "no account", "one that Okta has taken over", w.lastOf(evidence.Okta))
		}
		return err
	}
	if said := (*evidence.Mismatch)(nil); err != nil && !errors.As(err, &said) {
		return err
	}
	return w.learnLink(ctx, p)
}

// retry is Retry Selected, for every task that there is.
func (w *world) retry(ctx context.Context) error {
	failed, err := w.admin.Tasks(ctx)
	if err != nil {
		return err
	}
	err = w.act(ctx, "what was tried again", func() error {
		for _, t := range failed {
			if err := w.admin.RetryTask(ctx, t.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range w.people {
		if err := w.learnLink(ctx, p); err != nil {
			return err
		}
	}
	return w.stillFailed(ctx)
}

// stillFailed is the first task that is there after all were tried again. A task that
// fails again stands where it stood, and is none that is new.
func (w *world) stillFailed(ctx context.Context) error {
	left, err := w.admin.Tasks(ctx)
	if err != nil {
		return err
	}
	if w.tasks = len(left); len(left) == 0 {
		return nil
	}
	return w.mismatch("what was tried again", "no error in Okta", left[0].Error, w.lastOf(evidence.Okta))
}

// formerNameFree asks for a name that nobody bears any more. Okta would hand the
// account to whoever is given that name next.
func (w *world) formerNameFree(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	found, others, err := w.eyes.UsersNamed(wire.About(ctx, wire.Subject{Key: string(p.okta), Name: p.former}), p.former)
	if err != nil {
		return err
	}
	if len(found)+others > 0 {
		return w.mismatch("the lookup of "+p.former+", which is nobody's username now", "none", counted(len(found)+others), w.last())
	}
	return nil
}

func (w *world) syncPasswords(ctx context.Context) error {
	return w.refusal(w.admin.SetSyncPassword(ctx, w.app, true))
}

// changePassword sets a password that has all that policies ask for. Nothing that is
// kept of the run shows it.
//
// A server need not let a password be changed, and Okta does not read that it says so
// (changePassword: RFC 7643, section 5): a refusal warns at a server of somebody's.
// Whether the person can sign in with it is nothing that SCIM shows.
func (w *world) changePassword(ctx context.Context, label string) error {
	p, err := w.person(ctx, label)
	if err != nil {
		return err
	}
	password := rand.Text() + "-1aA"
	w.run.redact.Learn(password)
	err = w.act(ctx, "the sync of "+label+"'s password", func() error { return w.admin.SetPassword(ctx, p.okta, password) })
	var said *evidence.Mismatch
	if !errors.As(err, &said) || w.run.config.Target.Ours {
		return err
	}
	x := w.wire.Exchanges()[w.lastOf(evidence.Okta)-1]
	if x.Method == http.MethodGet || !refusesPassword[x.Status] {
		return err
	}
	return &gap{why: fmt.Sprintf("the target takes no password that is changed (exchange %d): Sync Password has to stay off", x.N), warns: true}
}

var refusesPassword = map[int]bool{
	http.StatusBadRequest: true, http.StatusForbidden: true, http.StatusUnprocessableEntity: true, http.StatusNotImplemented: true,
}
