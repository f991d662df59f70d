package loadgen

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// give makes the accounts that are there before Okta knows of them, by the suite's
// own hand: each has the userName that Okta will look for, and a name of its own,
// which the link overwrites. None of it is measured. Where one cannot be made the
// others of the phase are let be, since nothing can be linked.
func (r *run) give(ctx context.Context) error {
	gifts, ctx := errgroup.WithContext(ctx)
	gifts.SetLimit(atATime)
	for n := r.plan.Onboarded(); n < r.People && ctx.Err() == nil; n++ {
		if r.announced != nil {
			r.announced.began(n)
		}
		gifts.Go(func() error { return r.giveOne(ctx, n) })
	}
	if err := gifts.Wait(); err != nil {
		r.missing("the accounts that are to be linked could not be made: %v", err)
	}
	return nil
}

func (r *run) giveOne(ctx context.Context, n int) error {
	p := r.plan.Groups.People
	name := p.UserName(n)
	given, _ := p.Names(n)
	look, err := r.eyes(evidence.Hand, wire.Subject{Key: name, Name: name}).CreateUser(ctx, target.NewUser{
		UserName: name, GivenName: given, FamilyName: "Before", Email: p.Email(n), ExternalID: "before-" + p.Mark + fmt.Sprint("-", n),
	})
	id := look.Resource.ID()
	switch {
	case err != nil:
		r.roster.give(n, "")
		return err
	case !look.OK() || id == "":
		r.roster.give(n, "")
		return fmt.Errorf("create %s: %s", name, look)
	}
	r.roster.give(n, id)
	if r.announced != nil {
		r.announced.made(evidence.User, name, id)
	}
	return nil
}
