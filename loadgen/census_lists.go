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

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

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
