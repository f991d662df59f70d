package loadgen

import (
	"context"
	"slices"
	"sync"

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
