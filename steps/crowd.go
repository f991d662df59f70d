package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/target"
)

// crowdSteps are about people who matter by their number alone.
var crowdSteps = []sentence{
	{`^the group (.+) is assigned to the application with (\d+) people in it$`, "assign-creates", func(w *world) any { return w.assignCrowd }},
	{`^the target already holds accounts for (\d+) people$`, "assign-creates", func(w *world) any { return w.holdsCrowd }},
	{`^(\d+) of them are in the group (.+)$`, "", func(w *world) any { return w.crowdIn }},
	{`^(\d+) more of them join the group (.+)$`, "", func(w *world) any { return w.crowdJoins }},
	{`^at the target (\d+) of them are put into the group (.+) at once$`, "", func(w *world) any { return w.putInAtOnce }},
	{`^at the target (\w+) is put into the group (.+) (\d+) times at once$`, "", func(w *world) any { return w.putInTimes }},
	{`^the members of (.+) are these (\d+)$`, "large-group-arrives", func(w *world) any { return w.crowdShown }},
	{`^the members of (.+) are those whom the target took$`, "", func(w *world) any { return w.takenShown }},
}

// A crowd is numbered. Its people are no single persons of the scenario: nobody's
// account is looked at.
type crowd struct {
	people []*person
	in     int      // so many, from the first, are in the group that the scenario is about
	taken  []string // the ids of those whom the target said it put into the group
}

// first are so many of them, or all.
func (c *crowd) first(number int) []*person { return c.people[:min(number, len(c.people))] }

// assignCrowd gives the application to a group of many.
func (w *world) assignCrowd(ctx context.Context, label string, number int) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	if err := w.gather(ctx, number); err != nil {
		return err
	}
	var ids []directory.PersonID
	for _, p := range w.crowd.people {
		ids = append(ids, p.okta)
	}
	if err := w.admin.AddMembers(ctx, g.okta, ids...); err != nil {
		return err
	}
	g.assigned = true
	err = w.act(ctx, "the assignment of the group "+label, func() error { return w.admin.AssignGroup(ctx, w.app, g.okta) })
	if err != nil {
		return err
	}
	return w.learnCrowd(ctx)
}

// gather makes the crowd, in Okta's directory.
func (w *world) gather(ctx context.Context, number int) error {
	for n := range number {
		p := newPerson(fmt.Sprintf("P%d", n+1), w.run.mark(), w.number, w.run.config.Seed)
		id, err := w.admin.CreateUser(ctx, p.profile())
		if err != nil {
			return err
		}
		p.okta = id
		w.crowd.people = append(w.crowd.people, p)
	}
	return nil
}

// holdsCrowd makes an account for each of a crowd by hand.
func (w *world) holdsCrowd(ctx context.Context, number int) error {
	if err := w.gather(ctx, number); err != nil {
		return err
	}
	for _, p := range w.crowd.people {
		if err := w.makeByHand(w.about(ctx, p), p); err != nil {
			return err
		}
	}
	return nil
}

// makeByHand makes an account for one who matters by number alone.
func (w *world) makeByHand(about context.Context, p *person) error {
	look, err := w.hand.CreateUser(about, target.NewUser{
		UserName: p.userName, GivenName: p.givenName, FamilyName: p.familyName, Email: p.email, ExternalID: "before-" + p.userName,
	})
	if err != nil {
		return err
	}
	if p.id = look.Resource.ID(); !look.OK() || p.id == "" {
		return w.mismatch("the creation of an account for "+p.userName, "success, with an id", look.String(), w.last())
	}
	return nil
}

// learnCrowd asks Okta under which ids it knows the accounts of all.
func (w *world) learnCrowd(ctx context.Context) error {
	users, err := w.admin.AppUsers(ctx, w.app)
	if err != nil {
		return err
	}
	for _, p := range w.crowd.people {
		i := slices.IndexFunc(users, func(u management.AppUser) bool { return u.ID == p.okta })
		if i < 0 || users[i].ExternalID == "" {
			return w.mismatch("the accounts of the group's people", "one for each", "none for "+p.userName, w.last())
		}
		p.id, p.linked = users[i].ExternalID, users[i].ExternalID
	}
	return nil
}

func (w *world) crowdIn(ctx context.Context, number int, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	return w.admin.AddMembers(ctx, g.okta, w.next(number)...)
}

// crowdJoins puts more people into a pushed group, as an administrator does who adds
// them together.
func (w *world) crowdJoins(ctx context.Context, number int, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	return w.act(ctx, fmt.Sprintf("the push of %s with %d more", label, number), func() error {
		return w.admin.AddMembers(ctx, g.okta, w.next(number)...)
	})
}

// next are so many who are not in the group yet, and are from now on.
func (w *world) next(number int) []directory.PersonID {
	var ids []directory.PersonID
	for _, p := range w.crowd.first(w.crowd.in + number)[w.crowd.in:] {
		ids = append(ids, p.okta)
	}
	w.crowd.in += len(ids)
	return ids
}

// putInAtOnce adds people to a group by the suite's own hand, each in a request of
// its own, and all of them under way together, as two Oktas or an Okta and somebody
// else at the target do it.
func (w *world) putInAtOnce(ctx context.Context, number int, label string) error {
	var ids []string
	for _, p := range w.crowd.first(number) {
		ids = append(ids, p.accountID())
	}
	return w.addAtOnce(ctx, label, ids)
}

// putInTimes adds one person so many times at once.
func (w *world) putInTimes(ctx context.Context, who, label string, times int) error {
	ids, err := w.accountIDs(ctx, who)
	if err != nil {
		return err
	}
	return w.addAtOnce(ctx, label, slices.Repeat(ids, times))
}

// addAtOnce adds accounts to a group, and keeps those whom the target took. A target
// that knows no PATCH of a group is one for applications of Okta's wizard, which send
// none.
func (w *world) addAtOnce(ctx context.Context, label string, ids []string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	if err := w.remember(ctx); err != nil {
		return err
	}
	var all sync.WaitGroup
	looks, errs := make([]target.Look, len(ids)), make([]error, len(ids))
	for n, id := range ids {
		all.Go(func() { looks[n], errs[n] = w.hand.AddMembers(w.aboutGroup(ctx, g), g.groupID(), id) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for n, look := range looks {
		switch {
		case look.OK():
			w.crowd.taken = append(w.crowd.taken, ids[n])
		case unknownMethod(look):
			return &gap{why: fmt.Sprintf("the target takes no PATCH of a group (HTTP status %d): applications of Okta's wizard need none", look.Status)}
		case look.Status >= http.StatusInternalServerError:
			return w.mismatch("a change of the group "+label+" beside others", "carried out, or refused with a status of the 400s", look.String(), w.last())
		default:
			w.warn(w.mismatch("a change of the group "+label+" beside others", "carried out", look.String(), w.last()))
		}
	}
	return nil
}

// crowdShown compares the members with the first so many of the crowd.
func (w *world) crowdShown(ctx context.Context, label string, number int) error {
	var want []string
	for _, p := range w.crowd.first(number) {
		want = append(want, p.accountID())
	}
	return w.exactly(ctx, label, want)
}

func (w *world) takenShown(ctx context.Context, label string) error {
	return w.exactly(ctx, label, w.crowd.taken)
}

// exactly compares the members of a group with accounts of the crowd, and says how
// many are missing and how many more there are.
func (w *world) exactly(ctx context.Context, label string, want []string) error {
	_, now, err := w.groupOf(ctx, label)
	if err != nil {
		return err
	}
	wanted, missing, others := map[string]bool{}, len(want), 0
	for _, id := range want {
		wanted[id] = true
	}
	for _, id := range slices.Compact(now.Values("members")) {
		if wanted[id] {
			missing--
		} else {
			others++
		}
	}
	var got []string
	if missing > 0 {
		got = append(got, fmt.Sprintf("%d of them are missing", missing))
	}
	if others > 0 {
		got = append(got, fmt.Sprintf("%d more are in it", others))
	}
	if len(got) == 0 {
		return nil
	}
	return w.mismatch("the members of "+label, fmt.Sprintf("%d people", len(want)), strings.Join(got, ", and "), w.last())
}
