package loadgen

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

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
