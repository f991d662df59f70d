package loadgen

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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

	// What a side has of a list is written while that list is read, and only read from then
	// on; end ends the list that is read. Whoever reads a list has the census alone.
	people, teams *side
	end           context.CancelCauseFunc

	mu       sync.Mutex // guards all below while subjects are looked at, many at a time
	leftOut  bool       // the pages do not show everybody
	alias    string     // an address of the target's own, as an example
	others   *others
	unknown  []guestOf // accounts of this run of which Okta was not told
	absent   []guestOf // who may have been made, and was neither listed nor found by name; of a whole reading
	readback evidence.Readback
}

// A side is people, or groups: where their names and ids are, and how one of them is
// asked for.
type side struct {
	terms  terms
	kind   string
	listed *listed
	odd    map[int]string // the ids of those whom the list shows nowhere, or twice under one
	number func(name string) (int, bool)
	name   func(n int) string
	known  func(n int) string // the id that Okta has, as far as it is kept
	has    func(n int) bool
	is     func(n int, id string) bool
	find   func(ctx context.Context, e target.Eyes, name string) ([]target.Resource, int, error)
	read   func(ctx context.Context, e target.Eyes, id string) (target.Look, error)
}

// A guestOf this run is an account that was found at the target.
type guestOf struct{ kind, name, id string }

const (
	pageSize     = 100 // what Okta asks for when it imports (documented)
	examplesKept = 20
	atATime      = 8
	sampleSize   = 1000 // of people of a larger crowd, and of groups
)

func newCensus(d Dialogues, r *roster, mark string, owned bool) *census {
	return &census{
		dialogues: d, roster: r, mark: mark, owned: owned, others: newOthers(d.People.Size + len(r.sets)),
		people: &side{
			terms: accountTerms, kind: evidence.User, listed: newListed(newSightings(r)), odd: map[int]string{},
			number: d.People.Number, name: d.People.UserName, known: r.made, has: r.has, is: r.isID,
			find: func(ctx context.Context, e target.Eyes, name string) ([]target.Resource, int, error) {
				return e.UsersNamed(ctx, name)
			},
			read: func(ctx context.Context, e target.Eyes, id string) (target.Look, error) { return e.User(ctx, id) },
		},
		teams: &side{
			terms: groupTerms, kind: evidence.Group, listed: newListed(newIDs(len(r.sets))), odd: map[int]string{},
			number: d.Groups.Number, name: d.Groups.Name, known: r.group,
			has: func(g int) bool { return r.group(g) != "" },
			is:  func(g int, id string) bool { return id != "" && r.group(g) == id },
			find: func(ctx context.Context, e target.Eyes, name string) ([]target.Resource, int, error) {
				return e.GroupsNamed(ctx, name)
			},
			read: func(ctx context.Context, e target.Eyes, id string) (target.Look, error) { return e.Group(ctx, id) },
		},
	}
}

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

// again reads a list once more where somebody stood in it nowhere or twice: others may
// have come or gone while it was read, and moved them to another page. Twice the same is
// the target's.
func (c *census) again(ctx context.Context, s *side, l listing, page func(context.Context, int, int) (target.Look, error)) error {
	if len(s.odd) == 0 {
		return nil
	}
	rows := map[int]int{}
	err := c.whole(ctx, func(ctx context.Context) error {
		return c.walk(ctx, l, page, func(page []target.Resource) {
			for _, r := range page {
				if n, ours := s.number(r.Text(s.terms.name)); ours && r.ID() == s.odd[n] {
					rows[n]++
				}
			}
		})
	})
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range slices.Sorted(maps.Keys(s.odd)) {
		switch listed, now := s.listed.has(n), rows[n]; {
		case !listed && now == 0:
			c.found(s, n, finding{"wrong", s.odd[n], "read by its id, but not listed, when the list was read twice"})
		case listed && now > 1:
			c.found(s, n, finding{"wrong", s.odd[n], fmt.Sprintf("listed %d times under one id, and so it was when the list was read before", now)})
		default:
			c.remark(fmt.Sprintf("some %ss stood in the list nowhere or twice, and in their place when it was read again", s.terms.thing))
		}
	}
	return nil
}

// whole reads a list, and ends it where it shows more than anybody could have made.
func (c *census) whole(ctx context.Context, list func(context.Context) error) error {
	ctx, c.end = context.WithCancelCause(ctx)
	defer c.end(nil)
	err := list(ctx)
	if overrun := context.Cause(ctx); isConduct(overrun) {
		return overrun
	}
	return err
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

// list reads the pages, and adds to suspects whose accounts do not look as planned.
func (c *census) list(ctx context.Context, suspects map[int]bool) error {
	return c.walk(ctx, newListing("accounts", pageSize, c.dialogues.People.Size), c.eyes(wire.Subject{}).Page, func(page []target.Resource) {
		c.readback.Pages++
		for _, account := range page {
			c.readback.Accounts++
			if n, ours := c.take(c.people, account); ours && c.suspects(n, account) {
				suspects[n] = true
			}
		}
	})
}

func (c *census) suspects(n int, account target.Resource) bool {
	return !c.roster.isID(n, account.ID()) || c.differs(n, account) != "" || c.unsaid(n) || c.refused(n)
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

// take takes note of what a list shows, and returns whose it is: false for nobody's of
// the plan.
func (c *census) take(s *side, r target.Resource) (n int, ours bool) {
	name, id := r.Text(s.terms.name), r.ID()
	n, ours = s.number(name)
	switch {
	case ours && id == "": // looked for as if it were not listed
	case ours && !s.listed.has(n):
		s.listed.put(n, id)
		c.counts(s)
	case ours && s.listed.again(n, id):
		c.come()
	case ours && len(id) <= longestID:
		s.odd[n] = id
	case ours:
	case strings.Contains(strings.ToLower(name), c.mark):
		c.stranger(s, name, id, true, fmt.Sprintf("it bears the run's mark, and %s of the plan has this %s", s.terms.nobody, s.terms.name))
	case c.owned:
		c.stranger(s, name, id, false, fmt.Sprintf("%s of the plan has this %s, in a tenant that was made for this run alone", s.terms.nobody, s.terms.name))
	}
	return n, ours
}

// come counts one more of what nobody planned, and ends the list that is read where there
// are more than anybody could have made.
func (c *census) come() {
	if err := c.others.come(); err != nil {
		c.end(err)
	}
}

// stranger counts an account or a group that is nobody's of the plan, once: the target
// made it of its own. What bears the run's mark is the run's to put away.
func (c *census) stranger(s *side, name, id string, marked bool, why string) {
	switch fresh, err := c.others.add(subject{s.kind, nobody}, cmp.Or(id, name)); {
	case err != nil:
		c.end(err)
	case fresh:
		c.count(s, "wrong")
		c.show(evidence.Difference{Kind: s.kind, What: "wrong", Name: name, ID: id, Why: why})
		if marked {
			c.keep(s, name, id)
		}
	}
}

// keep takes note of an account of this run that Okta was not told of: it is to be put
// away with the others, unless its id or its name is longer than anybody's. The caller
// holds the lock, or has the census alone.
func (c *census) keep(s *side, name, id string) {
	if id != "" && len(id) <= longestID && len(name) <= longestID {
		c.unknown = append(c.unknown, guestOf{s.kind, name, id})
	}
}

// keepUnread keeps, after a reading that was cut off, those of whom nothing is open in
// the ledger, under the ids of the list: nobody else would look for them.
func (c *census) keepUnread(s *side, size int, closed func(n int) bool) {
	for n := range size {
		if closed(n) {
			c.keep(s, s.name(n), s.listed.of(n))
		}
	}
}

// see asks for all that a verdict on the n-th of a side needs.
func (c *census) see(ctx context.Context, s *side, n int, ask bool) (view, error) {
	name := s.name(n)
	eyes := c.eyes(wire.Subject{Key: name, Name: name})
	v := view{terms: s.terms, known: s.known(n), asked: ask, read: map[string]target.Look{}}
	v.bears = func(r target.Resource) bool { return strings.EqualFold(r.Text(s.terms.name), name) }
	if ask {
		var found []target.Resource
		if err := twice(func() (err error) {
			found, _, err = s.find(ctx, eyes, name)
			return err
		}); err != nil {
			return v, err
		}
		if len(found) > mostOfOneName {
			return v, &conduct{fmt.Errorf("a look-up by one %s finds %d, more than anybody could have made", s.terms.name, len(found))}
		}
		v.found = len(found) > 0
		for _, one := range found {
			v.named = append(v.named, one.ID())
		}
	}
	if at := slices.IndexFunc(v.named, func(id string) bool { return s.is(n, id) }); v.known == "" && at >= 0 {
		v.known = v.named[at] // of which a digest alone is kept
	}
	v.listed, v.unkept = s.listed.all(n, append([]string{v.known}, v.named...))
	for _, id := range v.suspects() {
		if err := c.readInto(ctx, s, v, eyes, id); err != nil {
			return v, err
		}
	}
	return v, c.readInto(ctx, s, v, eyes, v.own())
}

// readInto reads one id, once.
func (c *census) readInto(ctx context.Context, s *side, v view, eyes target.Eyes, id string) error {
	if _, known := v.read[id]; known || id == "" {
		return nil
	}
	if s == c.people {
		c.mu.Lock()
		c.readback.ReadByID++
		c.mu.Unlock()
	}
	return twice(func() (err error) {
		if v.read[id], err = s.read(ctx, eyes, id); err == nil {
			err = busy(v.read[id])
		}
		return err
	})
}

// takeDown says of the n-th what the verdict is, and remembers under which ids it is
// there. An error is the target's conduct.
func (c *census) takeDown(s *side, n int, d verdict) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range d.findings {
		c.found(s, n, f)
	}
	if d.note != "" {
		c.remark(d.note)
	}
	if c.leftOut = c.leftOut || d.leftOut; d.leftOut && len(d.there[0]) <= longestID {
		s.odd[n] = d.there[0]
	}
	if len(d.there) > 0 && !s.listed.has(n) {
		c.counts(s)
	}
	for _, id := range d.there {
		if s.is(n, id) {
			continue
		}
		c.keep(s, s.name(n), id)
		if _, err := c.others.add(subject{s.kind, n}, id); err != nil {
			return err
		}
	}
	return nil
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

// putAway takes note of what the tidying up has found under somebody's name: what was
// not seen before is a second account, which the pages and the sample did not show.
func (c *census) putAway(e evidence.Entry) {
	s := c.people
	if e.Kind == evidence.Group {
		s = c.teams
	}
	n, ours := s.number(e.Name)
	if !ours || e.ID == "" || s.is(n, e.ID) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	first := !s.has(n) && !c.others.has(subject{s.kind, n})
	if fresh, _ := c.others.add(subject{s.kind, n}, e.ID); fresh && !first {
		c.found(s, n, finding{"doubled", e.ID, twoBear(s.terms, cmp.Or(s.known(n), s.listed.of(n), "unknown"))})
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

// What follows is called by whoever holds the lock, or has the census alone.

// counts counts one more person, or group, who is there.
func (c *census) counts(s *side) {
	if s == c.people {
		c.readback.Ours++
	} else {
		c.groupsRead().Groups++
	}
}

// groupsRead is what was read of the groups. The tidying up may find one where the reading
// ended before them.
func (c *census) groupsRead() *evidence.GroupReadback {
	if c.readback.Groups == nil {
		c.readback.Groups = &evidence.GroupReadback{}
	}
	return c.readback.Groups
}

func (c *census) found(s *side, n int, f finding) {
	c.count(s, f.what)
	c.show(evidence.Difference{Kind: s.kind, What: f.what, Name: s.name(n), ID: f.id, Why: f.why})
}

// count counts what is lost, doubled or wrong.
func (c *census) count(s *side, what string) {
	lost, doubled, wrong := &c.readback.Lost, &c.readback.Doubled, &c.readback.Wrong
	if s == c.teams {
		g := c.groupsRead()
		lost, doubled, wrong = &g.Lost, &g.Doubled, &g.Wrong
	}
	switch what {
	case "lost":
		*lost++
	case "doubled":
		*doubled++
	default:
		*wrong++
	}
}

// show lists a difference, and keeps the first as examples.
func (c *census) show(d evidence.Difference) {
	c.all.Add(inShort(d))
	c.exemplify(d)
}

func (c *census) exemplify(d evidence.Difference) {
	if len(c.readback.Examples) < examplesKept {
		c.readback.Examples = append(c.readback.Examples, inShort(d))
	}
}

func (c *census) remark(s string) {
	if !slices.Contains(c.readback.Notes, s) {
		c.readback.Notes = append(c.readback.Notes, s)
	}
}

// note tells of what is no difference, once. It takes the lock.
func (c *census) note(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remark(s)
}

func readPageOf(ctx context.Context, l listing, read func(context.Context, int, int) (target.Look, error)) (page []target.Resource, total int, err error) {
	var look target.Look
	if err := twice(func() (err error) {
		if look, err = read(ctx, l.from, l.size); err == nil {
			err = busy(look)
		}
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
