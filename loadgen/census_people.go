package loadgen

import (
	"cmp"
	"context"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// read lists every account, page by page, then looks into what is suspicious, and
// at a sample. An error means that the reading is not complete.
func (c *census) read(ctx context.Context) error {
	for n := range c.dialogues.People.Size {
		if c.roster.settled(n) {
			c.readback.Known++
		}
	}
	suspects := map[int]bool{}
	if err := c.whole(ctx, func(ctx context.Context) error { return c.list(ctx, suspects) }); err != nil {
		c.keepUnread(c.people, c.dialogues.People.Size, func(n int) bool { return c.unsaid(n) || c.refused(n) })
		return err
	}
	suspicious := func(n int) bool {
		return suspects[n] || !c.people.listed.has(n) && (c.roster.is(n, told) || c.maybe(c.roster.standing(n)))
	}
	if err := c.lookAt(ctx, suspicious, c.look); err != nil {
		c.keepUnread(c.people, c.dialogues.People.Size, func(n int) bool { return c.unsaid(n) || c.refused(n) })
		return err
	}
	// Pages that leave somebody out may leave out anybody's second account.
	everybody := c.leftOut
	if err := c.lookAt(ctx, func(n int) bool { return !suspicious(n) && c.roster.settled(n) && (everybody || c.sampled(n)) }, c.look); err != nil {
		return err
	}
	return c.again(ctx, c.people, newListing("accounts", pageSize, c.dialogues.People.Size), c.eyes(wire.Subject{}).Page)
}

// sampled draws who is looked at by name and by id: everybody of a small crowd, else
// about sampleSize of them, by the seed, so that no period of the target's can hide.
func (c *census) sampled(n int) bool {
	p := c.dialogues.People
	return drawn(p.Seed+1, n, p.Size)
}

// drawn says whether the n-th of so many is in a sample of about sampleSize.
func drawn(seed uint64, n, of int) bool {
	return of <= sampleSize || crowd.Draw(seed, uint64(n))%uint64(of) < sampleSize
}

// lookAt looks at those one by one.
func (c *census) lookAt(ctx context.Context, those func(n int) bool, look func(context.Context, int) error) error {
	looks, ctx := errgroup.WithContext(ctx)
	looks.SetLimit(atATime)
	progress := &follows{phase: LookingSingly, tell: c.tell}
	for n := range c.dialogues.People.Size {
		if those(n) {
			progress.planned++
		}
	}
	for n := range c.dialogues.People.Size {
		if those(n) {
			looks.Go(func() error {
				defer progress.come(1)
				return look(ctx, n)
			})
		}
	}
	return looks.Wait()
}

func (c *census) suspects(n int, account target.Resource) bool {
	return !c.roster.isID(n, account.ID()) || c.differs(n, account) != "" || c.unsaid(n) || c.refused(n)
}

// look looks at one person's account by its userName, and by its id.
func (c *census) look(ctx context.Context, n int) error {
	v, err := c.see(ctx, c.people, n, true)
	if err != nil {
		return err
	}
	at := c.roster.standing(n)
	v.made, v.settled, v.lookedUp = at&told != 0, c.roster.settled(n), c.looksByUserName()
	switch {
	case c.refused(n):
		v.unwanted = "Okta was told of a failure"
	case c.unsaid(n):
		v.unwanted = "Okta has not said anything of them yet"
	}
	if c.sure(n) {
		v.differs = func(account target.Resource) string { return c.differs(n, account) }
	}
	d := v.judge()
	c.mu.Lock()
	if v.settled {
		c.readback.LookedAt++
	}
	if c.maybe(at) && !v.found && len(d.there) == 0 && !v.isListed() {
		c.absent = append(c.absent, guestOf{evidence.User, c.people.name(n), ""})
	}
	c.mu.Unlock()
	return c.takeDown(c.people, n, d)
}

// looksByUserName: so Okta does (RFC 7644, section 3.4.2.2), unless it is played otherwise.
func (c *census) looksByUserName() bool {
	return strings.EqualFold(cmp.Or(c.dialogues.Knobs.LookupBy, "userName"), "userName")
}

// sure says whether it is known how the n-th person's account looks, if there is one.
// It is not after a dialogue that changes an account and was cut off, nor of one that
// was there before Okta and has not been linked.
func (c *census) sure(n int) bool {
	at := c.roster.standing(n)
	return at&(told|doubtful) != told|doubtful && at&(given|told) != given
}

// maybe: it is not known whether something was made, and it would be there by now.
func (c *census) maybe(at standing) bool { return at&(over|told) == over }

// unsaid: the target was told nothing of the n-th person, and refused: it said for
// certain that there is no account.
func (c *census) unsaid(n int) bool { return c.roster.standing(n) == 0 }

func (c *census) refused(n int) bool { return c.roster.standing(n)&(refusal|given) == refusal }
