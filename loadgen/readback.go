package loadgen

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// A census reads the directory back and compares it with the plan. It looks with
// the suite's own eyes, in plain SCIM. What the list shows is a suspicion only:
// a list may change while it is paged (RFC 7644, section 3.4.2.4), so that every
// account is looked at by itself before it is called lost or wrong. A list that
// shows nothing amiss proves the list: some are looked at by themselves all the same,
// by their names, as Okta looks for them, and by their ids.
type census struct {
	dialogues Dialogues
	mark      string                         // in the name of everybody of the run
	owned     bool                           // the tenant was made for this run, and holds nobody else
	eyes      func(wire.Subject) target.Eyes // about one subject
	roster    *roster                        // as the dialogues ended
	tell      func(Progress)
	all       *evidence.Differences // that are found

	seen  *sightings
	shown map[int]string // the groups, as the list shows them

	mu       sync.Mutex
	leftOut  bool            // the pages do not show everybody
	strange  map[string]bool // ids that were counted as second accounts, or as nobody's
	twins    map[twin]bool   // that were counted
	alias    string          // an address of the target's own, as an example
	unknown  []guestOf       // accounts of this run of which Okta was not told
	absent   []guestOf       // who may have been made, and was neither listed nor found by name; of a whole reading
	readback evidence.Readback
}

// A twin is a second group of one name.
type twin struct {
	group int
	id    string
}

// A guestOf this run is an account that was found at the target.
type guestOf struct{ kind, name, id string }

const (
	pageSize     = 100 // what Okta asks for when it imports (documented)
	examplesKept = 20
	atATime      = 8
	sampleSize     = 1000 // people of a larger crowd, and groups
)

// read lists every account, page by page, then looks into what is suspicious, and
// at a sample. An error means that the reading is not complete.
func (c *census) read(ctx context.Context) error {
	for n := range c.dialogues.People.Size {
		if c.roster.settled(n) {
			c.readback.Known++
		}
	}
	suspects, err := c.list(ctx)
	if err != nil {
		return err
	}
	suspicious := func(n int) bool {
		return suspects[n] || !c.seen.has(n) && (c.roster.settled(n) || c.maybe(c.roster.standing(n)))
	}
	if err := c.lookAt(ctx, suspicious, c.look); err != nil {
		return err
	}
	// Pages that leave somebody out may leave out anybody's second account.
	everybody := c.leftOut
	return c.lookAt(ctx, func(n int) bool { return !suspicious(n) && c.roster.settled(n) && (everybody || c.sampled(n)) }, c.look)
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

// list reads the pages, and returns whose accounts do not look as planned.
func (c *census) list(ctx context.Context) (map[int]bool, error) {
	suspects := map[int]bool{}
	return suspects, c.walk(ctx, newListing("accounts", pageSize, c.dialogues.People.Size), c.eyes(wire.Subject{}).Page, func(page []target.Resource) {
		c.readback.Pages++
		for _, account := range page {
			c.readback.Accounts++
			c.take(account, suspects)
		}
	})
}

// walk reads a list to its end, and hands over each page.
func (c *census) walk(ctx context.Context, l listing, read func(context.Context, int, int) (target.Look, error), take func([]target.Resource)) error {
	progress := &follows{phase: ReadingBack, tell: c.tell}
	for {
		page, total, err := readPageOf(ctx, l, read)
		switch {
		case tooLong(err) && l.size > 1:
			l.size /= 2 // how long a page is, is for who asks for it to say
			continue
		case tooLong(err) && l.what == groupsListed:
			return fmt.Errorf("%v: a group of somebody else's may be as large, and says nothing of the target", err)
		case err != nil:
			return err
		}
		first := ""
		if len(page) > 0 {
			first = page[0].ID()
		}
		last, err := l.after(len(page), total, first)
		if err != nil {
			return err
		}
		take(page)
		progress.planned = total
		if progress.come(len(page)); last {
			return nil
		}
	}
}

// take compares one listed account, if it is ours.
func (c *census) take(account target.Resource, suspects map[int]bool) {
	name := account.Text("userName")
	n, ours := c.dialogues.People.Number(name)
	switch {
	case ours:
	case strings.Contains(strings.ToLower(name), c.mark):
		c.stranger(account, "it bears the run's mark, and nobody of the plan has this userName")
		c.keep(name, account.ID())
		return
	case c.owned:
		c.stranger(account, "nobody of the plan has this userName, in a tenant that was made for this run alone")
		return
	default:
		return
	}
	c.readback.Ours++
	switch {
	case !c.seen.has(n):
		c.seen.put(n, account.ID())
		if c.differs(n, account) != "" || c.unsaid(n) || c.refused(n) {
			suspects[n] = true
		}
		if !c.roster.isID(n, account.ID()) {
			c.keep(name, account.ID())
		}
	case !c.seen.is(n, account.ID()):
		c.doubles(n, c.seen.of(n), account.ID())
	}
}

// stranger counts an account that is nobody's of the plan, once: the target made
// it of its own.
func (c *census) stranger(account target.Resource, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id := account.ID(); id != "" {
		if c.strange[id] {
			return
		}
		c.strange[id] = true
	}
	c.readback.Wrong++
	c.show(evidence.Difference{Kind: evidence.User, What: "wrong", Name: account.Text("userName"), ID: account.ID(), Why: why})
}

// keep takes note of an account of this run that Okta was not told of: it is to
// be put away with the others.
func (c *census) keep(name, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id != "" {
		c.unknown = append(c.unknown, guestOf{evidence.User, name, id})
	}
}

// doubles counts a second account of one person, once, wherever it shows.
func (c *census) doubles(n int, first, second string) {
	c.mu.Lock()
	known := c.strange[second] || c.strange[first]
	c.strange[second] = true
	c.mu.Unlock()
	if known {
		return
	}
	c.found("doubled", n, second, "two accounts bear the userName, the other has id "+first)
	for _, id := range []string{first, second} {
		if !c.roster.isID(n, id) {
			c.keep(c.dialogues.People.UserName(n), id)
		}
	}
}

// putAway takes note of what the tidying up has found under somebody's name: what was
// not seen before is a second account, which the pages and the sample did not show.
func (c *census) putAway(e evidence.Entry) {
	if e.Kind == evidence.Group {
		c.putAwayGroup(e)
		return
	}
	n, ours := c.dialogues.People.Number(e.Name)
	switch {
	case !ours || e.ID == "" || c.roster.isID(n, e.ID) || c.seen.is(n, e.ID):
	case !c.roster.has(n) && !c.seen.has(n):
		c.seen.put(n, e.ID)
	default:
		c.doubles(n, cmp.Or(c.roster.made(n), c.seen.of(n)), e.ID)
	}
}

func (c *census) user(ctx context.Context, n int, id string) (look target.Look, err error) {
	if id == "" {
		return target.Look{}, nil
	}
	c.mu.Lock()
	c.readback.ReadByID++
	c.mu.Unlock()
	err = twice(func() (err error) {
		look, err = c.about(n).User(ctx, id)
		return err
	})
	return look, err
}

func (c *census) about(n int) target.Eyes {
	name := c.dialogues.People.UserName(n)
	return c.eyes(wire.Subject{Key: name, Name: name})
}

// look looks at one person's account by its userName, and by its id.
func (c *census) look(ctx context.Context, n int) error {
	if c.roster.settled(n) {
		c.mu.Lock()
		c.readback.LookedAt++
		c.mu.Unlock()
	}
	var found []target.Resource
	if err := twice(func() (err error) {
		found, _, err = c.about(n).UsersNamed(ctx, c.dialogues.People.UserName(n))
		return err
	}); err != nil {
		return err
	}
	if len(found) == 0 && !c.seen.has(n) && c.maybe(c.roster.standing(n)) {
		c.mu.Lock()
		c.absent = append(c.absent, guestOf{evidence.User, c.dialogues.People.UserName(n), ""})
		c.mu.Unlock()
	}
	id := c.roster.made(n)
	if len(found) > 0 && !slices.ContainsFunc(found, func(r target.Resource) bool { return r.ID() == id }) {
		id = found[0].ID()
	}
	for _, one := range found {
		if one.ID() != id {
			c.doubles(n, id, one.ID())
		}
	}
	id = cmp.Or(id, c.seen.of(n))
	if told, err := c.listedElse(ctx, n, id); told || err != nil {
		return err
	}
	look, err := c.user(ctx, n, id)
	if err != nil {
		return err
	}
	c.judge(n, id, found, look)
	return nil
}

// listedElse looks at the account that the list shows under another id: it is a second
// one, or there is none, and then all is told of the person.
func (c *census) listedElse(ctx context.Context, n int, id string) (told bool, err error) {
	listed := c.seen.of(n)
	if listed == "" || listed == id || c.isStrange(listed) || c.isStrange(id) {
		return false, nil
	}
	look, err := c.user(ctx, n, listed)
	switch {
	case err != nil:
		return false, err
	case look.OK() && strings.EqualFold(look.Resource.Text("userName"), c.dialogues.People.UserName(n)):
		c.doubles(n, id, listed)
		return false, nil
	}
	c.found("wrong", n, listed, "listed under this id, by which it is not read ("+look.String()+"), and known by id "+id)
	return true, nil
}

func (c *census) isStrange(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.strange[id]
}

func (c *census) judge(n int, id string, found []target.Resource, look target.Look) {
	readable := look.OK() && look.Resource != nil
	listed := c.seen.has(n)
	switch {
	case c.refused(n) && readable:
		c.found("wrong", n, id, "Okta was told of a failure, and the account is there")
	case c.unsaid(n) && readable:
		c.found("wrong", n, id, "there is an account for somebody whom Okta has not said anything about yet")
	case readable && c.sure(n) && c.differs(n, look.Resource) != "":
		c.found("wrong", n, id, c.differs(n, look.Resource))
	case !c.roster.settled(n):
	case len(found) == 0 && !listed && !readable:
		c.found("lost", n, id, "neither listed, nor found by its userName, nor read by the id that the create was answered with")
	case len(found) == 0 && !listed:
		c.found("wrong", n, id, "read by its id, but neither listed nor found by its userName")
	case !readable:
		c.found("wrong", n, id, "listed or found, but not read by its id: "+look.String())
	case len(found) == 0 && c.looksByUserName():
		c.found("wrong", n, id, "listed and read by its id, but not found by its userName: Okta, which looks so before it makes an account, would make a second")
	case len(found) == 0:
		c.note("some accounts are not found by their userNames, by which Okta, as it was played, does not look")
	case !listed:
		c.note("some accounts were left out of the pages and found one by one")
		c.mu.Lock()
		c.leftOut = true
		c.mu.Unlock()
	}
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
func (c *census) unsaid(n int) bool  { return c.roster.standing(n) == 0 }
func (c *census) refused(n int) bool { return c.roster.standing(n)&(refusal|given) == refusal }

func (c *census) found(what string, n int, id, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch what {
	case "lost":
		c.readback.Lost++
	case "doubled":
		c.readback.Doubled++
	default:
		c.readback.Wrong++
	}
	c.show(evidence.Difference{Kind: evidence.User, What: what, Name: c.dialogues.People.UserName(n), ID: id, Why: why})
}

// show lists a difference, and keeps the first as examples. The caller holds the lock.
func (c *census) show(d evidence.Difference) {
	c.all.Add(d)
	c.exemplify(d)
}

func (c *census) exemplify(d evidence.Difference) {
	if len(c.readback.Examples) < examplesKept {
		c.readback.Examples = append(c.readback.Examples, d)
	}
}

func (c *census) note(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, known := range c.readback.Notes {
		if known == s {
			return
		}
	}
	c.readback.Notes = append(c.readback.Notes, s)
}

func readPageOf(ctx context.Context, l listing, read func(context.Context, int, int) (target.Look, error)) (page []target.Resource, total int, err error) {
	var look target.Look
	if err := twice(func() (err error) {
		look, err = read(ctx, l.from, l.size)
		return err
	}); err != nil {
		return nil, 0, fmt.Errorf("read the %s from %d on: %w", l.what, l.from, err)
	}
	if page, total, err = readPage(look); err != nil {
		return nil, 0, &conduct{fmt.Errorf("the list of %s from %d on was answered with %w", l.what, l.from, err)}
	}
	return page, total, nil
}

// readPage reads a ListResponse (RFC 7644, section 3.4.2).
func readPage(look target.Look) ([]target.Resource, int, error) {
	if !look.OK() || look.Resource == nil {
		return nil, 0, errors.New(look.String())
	}
	number, _ := look.Resource.Get("totalResults").(json.Number)
	total, err := strconv.Atoi(number.String())
	if err != nil {
		return nil, 0, errors.New("an object whose totalResults is no number")
	}
	members, _ := look.Resource.Get("Resources").([]any)
	var accounts []target.Resource
	for _, m := range members {
		account, _ := m.(map[string]any)
		accounts = append(accounts, account)
	}
	return accounts, total, nil
}
