package provision_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// A reading is a dialect, and whose list of members it puts where it puts one.
type reading struct {
	dialect provision.Dialect
	put     provision.PutMembers
}

func (r reading) String() string {
	if r.put == "" {
		return string(r.dialect)
	}
	return string(r.dialect) + " " + string(r.put)
}

var readings = []reading{
	{provision.OIN, ""}, {provision.AIW, provision.PutMerge}, {provision.AIW, provision.PutDelta}, {provision.AIW, provision.PutAlways},
}

// A plan is the group that gives the application and the one that is pushed.
type plan struct{ gives, pushed string }

var (
	oneGroup  = plan{"Analysts", "Analysts"}
	twoGroups = plan{"Staff", "Analysts"}
)

// A desk is an office that works by a plan, at a target that keeps whatever it is
// told. Ana has the application by the group that gives it, and Dan has it for
// himself; Cem has nothing. Ana is in the pushed group.
type desk struct {
	office
	target        *fake
	pushed        directory.GroupID
	gives         directory.GroupID
	mapping       directory.MappingID
	ana, cem, dan directory.PersonID
}

// furnish makes the pushed group first, so that its ordinal, by which Okta's delays are
// drawn, is the same with one group and with two.
func furnish(t *testing.T, r reading, p plan, c provision.Config) desk {
	t.Helper()
	c.Target = newFake()
	return furnishAt(t, r, p, c, c.Target.(*fake))
}

func furnishAt(t *testing.T, r reading, p plan, c provision.Config, target *fake) desk {
	t.Helper()
	d := desk{target: target}
	c.Knobs = provision.Knobs{Workers: 1, PutMembers: r.put}
	d.office = open(t, r.dialect, c)
	d.ana, d.cem, d.dan = d.person("ana"), d.person("cem"), d.person("dan")
	d.pushed = d.group(p.pushed)
	if d.gives = d.pushed; p.gives != p.pushed {
		d.gives = d.group(p.gives)
	}
	d.assign(d.dan)
	d.made(d.AssignGroup(d.app, d.gives))
	d.made(d.AddMembers(d.gives, d.ana))
	d.settle()
	if d.gives != d.pushed {
		d.made(d.AddMembers(d.pushed, d.ana))
	}
	d.mapping = d.push(d.pushed, p.pushed)
	d.settle()
	require.Equal(t, []string{"ana"}, d.members())
	return d
}

// members are those of the pushed group at the target.
func (d desk) members() []string {
	var names []string
	for _, id := range memberIDs(d.target.groups["id of Analysts"]) {
		name, _, _ := strings.Cut(strings.TrimPrefix(id, "id of "), "@")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// joins and leaves change both groups in one go, or the one.
func (d desk) joins(who directory.PersonID) {
	d.t.Helper()
	d.made(d.AddMembers(d.pushed, who))
	if d.gives != d.pushed {
		d.made(d.AddMembers(d.gives, who))
	}
}

func (d desk) leaves(who directory.PersonID) {
	d.t.Helper()
	d.made(d.RemoveMembers(d.pushed, who))
	if d.gives != d.pushed {
		d.made(d.RemoveMembers(d.gives, who))
	}
}

// meanwhile is what Okta says while it does everything that is to be done.
func (d desk) meanwhile() []string {
	d.t.Helper()
	before := len(d.target.order)
	d.settle()
	var said []string
	for _, request := range d.target.order[before:] {
		said = append(said, withoutIDs.Replace(request))
	}
	return said
}

var withoutIDs = strings.NewReplacer("/id%20of%20Analysts", "/{group}", "/id%20of%20cem@example.test", "/{cem}", "/id%20of%20cem%40example.test", "/{cem}")

// A race is what came of one seed: both symptoms, right after everything had settled
// and after the group's next change, and what Okta had said until then.
type race struct {
	missing, missingStill bool
	stale, staleStill     bool
	joining, leaving      []string
}

// run has Cem join and leave, Dan after him, and Push now after that, which must
// heal everything.
func run(t *testing.T, r reading, p plan, c provision.Config) (race, *fake) {
	t.Helper()
	d := furnish(t, r, p, c)
	var seen race
	has := func(name string) bool { return slices.Contains(d.members(), name) }

	d.joins(d.cem)
	seen.joining = d.meanwhile()
	seen.missing = !has("cem")
	d.made(d.AddMembers(d.pushed, d.dan))
	d.settle()
	seen.missingStill = !has("cem")
	d.heal()
	require.Equal(t, []string{"ana", "cem", "dan"}, d.members(), "%s, seed %d: not healed", r, c.Seed)

	d.leaves(d.cem)
	seen.leaving = d.meanwhile()
	seen.stale = has("cem")
	d.made(d.RemoveMembers(d.pushed, d.dan))
	d.settle()
	seen.staleStill = has("cem")
	d.heal()
	require.Equal(t, []string{"ana"}, d.members(), "%s, seed %d: not healed", r, c.Seed)
	require.Empty(t, d.Tasks(), "%s, seed %d", r, c.Seed)
	return seen, d.target
}

// heal is what an administrator does who finds a group wrong.
func (d desk) heal() {
	d.t.Helper()
	d.did(d.PushNow(d.app, d.mapping))
	d.settle()
}

// What Okta says when a symptom appears: traces T02 and T17 or T18 when somebody
// joins, T06 or T07 and T17 when they leave. Where no change can be named of the
// group, it says nothing of it at all; where it always says its own list, what it says
// of the person and of the group overlaps in every way.
var (
	joinUnnamed  = []string{"GET /Users, POST /Users"}
	leaveUnnamed = map[provision.Dialect][]string{
		provision.OIN: {"PATCH /Users/{cem}"},
		provision.AIW: {"GET /Users/{cem}, PUT /Users/{cem}"},
	}
	joinOwnList = []string{
		"GET /Groups/{group}, GET /Users, PUT /Groups/{group}, POST /Users",
		"GET /Groups/{group}, PUT /Groups/{group}, GET /Users, POST /Users",
		"GET /Users, GET /Groups/{group}, POST /Users, PUT /Groups/{group}",
		"GET /Users, POST /Users, GET /Groups/{group}, PUT /Groups/{group}",
	}
)

// Of a thousand seeds some show each of the two documented symptoms, and Push now
// heals it in all of them. Who is missing is so until the group's next change, with which
// whoever was left out comes along, in every reading. Whether who stays outlives that
// change is what putMembers decides: it lasts where a PUT carries the list that the
// target returned, as by PATCH; the change hides it where a PUT carries Okta's own list;
// it cannot come to pass where one always follows.
//
// What is printed is for whoever wants to see one: the first seeds, and what Okta says.
func TestOneGroupLosesAndKeepsPeople(t *testing.T) {
	for _, r := range readings {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			missing, stale := symptom{}, symptom{}
			for seed := range races(t) {
				seen, _ := run(t, r, oneGroup, provision.Config{Seed: seed})
				if seen.missing {
					missing.note(seed, seen.missingStill, seen.joining)
				}
				if seen.stale {
					stale.note(seed, seen.staleStill, seen.leaving)
				}
			}
			t.Logf("of %d seeds, somebody is missing in %s", races(t), missing)
			t.Logf("of %d seeds, somebody stays in %s", races(t), stale)

			missing.often(t)
			require.Empty(t, missing.lasting, "whoever was left out comes along with the group's next change")
			if r.put == provision.PutAlways {
				require.Equal(t, joinOwnList, missing.orders())
				require.Empty(t, stale.seeds, "a list of Okta's own follows whatever happens")
				return
			}
			require.Equal(t, joinUnnamed, missing.orders())
			stale.often(t)
			require.Equal(t, leaveUnnamed[r.dialect], stale.orders())
			if r.put == provision.PutDelta {
				require.Empty(t, stale.lasting, "the group's next change carries Okta's own list")
				return
			}
			require.Equal(t, stale.seeds, stale.lasting)
		})
	}
}

// A group that is assigned and pushed at once can appear without anybody, which is
// the first symptom in the words of Okta's page, and with some of its people only.
func TestOneGroupAppearsWithoutItsPeople(t *testing.T) {
	for _, r := range readings[:2] { // what a first push carries is the same in every reading of PUT
		t.Run(string(r.dialect), func(t *testing.T) {
			t.Parallel()
			var empty, partial []uint64
			for seed := range races(t) {
				target := newFake()
				o := open(t, r.dialect, provision.Config{Target: target, Seed: seed, Knobs: provision.Knobs{Workers: 1, PutMembers: r.put}})
				g := o.group("Analysts")
				o.made(o.AddMembers(g, o.people(3)...))
				o.made(o.AssignGroup(o.app, g))
				m := o.push(g, "Analysts")
				o.settle()
				switch members := memberIDs(target.groups["id of Analysts"]); len(members) {
				case 0:
					empty = append(empty, seed)
				case 1, 2:
					partial = append(partial, seed)
				}
				require.Len(t, target.users, 3)
				o.did(o.PushNow(o.app, m))
				o.settle()
				require.Len(t, memberIDs(target.groups["id of Analysts"]), 3, "push now")
			}
			t.Logf("of %d seeds: nobody is in the group in %d, the first %v; somebody is missing in %d, the first %v",
				races(t), len(empty), first(empty), len(partial), first(partial))
			require.NotEmpty(t, empty)
			require.NotEmpty(t, partial)
			require.Less(t, len(empty)+len(partial), int(races(t)))
		})
	}
}

// A seed is one order of requests, and one end, also when others are in flight.
func TestASeedReplaysItsRace(t *testing.T) {
	for _, r := range readings {
		for seed := range uint64(25) {
			once, first := run(t, r, oneGroup, provision.Config{Seed: seed})
			again, second := run(t, r, oneGroup, provision.Config{Seed: seed})
			require.Equal(t, once, again, "%s, seed %d", r, seed)
			require.Equal(t, first.order, second.order, "%s, seed %d", r, seed)
			require.Equal(t, first.heard, second.heard, "%s, seed %d", r, seed)
		}
	}
}

// Who leaves and comes back is named or not, each time by itself: where a push names
// neither, they are in the group if the target kept them; where it names the leaving
// alone, they are missing.
func TestWhoRejoinsOneGroupIsAsTheTargetKeptThem(t *testing.T) {
	for _, r := range readings[:2] {
		t.Run(string(r.dialect), func(t *testing.T) {
			kept, missing := 0, 0
			for seed := range uint64(100) {
				d := furnish(t, r, oneGroup, provision.Config{Seed: seed})
				d.joins(d.cem)
				d.settle()
				d.heal()
				d.leaves(d.cem)
				d.settle()
				before := d.members()
				d.joins(d.cem)
				if strings.Contains(strings.Join(d.meanwhile(), " "), "/Groups") {
					require.Contains(t, d.members(), "cem", "seed %d", seed)
					continue
				}
				require.Equal(t, before, d.members(), "seed %d", seed)
				if slices.Contains(before, "cem") {
					kept++
				} else {
					missing++
				}
			}
			t.Logf("of 100 seeds nobody named who came back in %d: the target had kept them in %d", kept+missing, kept)
			require.Positive(t, kept)
			require.Positive(t, missing)
		})
	}
}

// In the documented order nobody is ever missing and nobody ever stays: assigned,
// settled, then pushed; out of the push, settled, then unassigned.
func TestTheDocumentedOrderNeverGoesWrong(t *testing.T) {
	for _, r := range readings {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			for seed := range races(t) {
				d := furnish(t, r, twoGroups, provision.Config{Seed: seed})
				d.made(d.AddMembers(d.gives, d.cem))
				d.settle()
				d.made(d.AddMembers(d.pushed, d.cem))
				d.settle()
				require.Equal(t, []string{"ana", "cem"}, d.members(), "seed %d", seed)
				d.made(d.RemoveMembers(d.pushed, d.cem))
				d.settle()
				d.made(d.RemoveMembers(d.gives, d.cem))
				d.settle()
				require.Equal(t, []string{"ana"}, d.members(), "seed %d", seed)
				require.Equal(t, false, d.target.users["id of cem@example.test"]["active"], "seed %d", seed)
				require.Empty(t, d.Tasks(), "seed %d", seed)
			}
		})
	}
}

// A delay that is forced shows the same with two groups: each queue's Op is the late
// one in turn, and who waits for nobody loses somebody or keeps somebody for certain.
func TestAForcedDelayDoesTheSameToTwoGroups(t *testing.T) {
	for _, r := range readings {
		for _, p := range []plan{oneGroup, twoGroups} {
			t.Run(fmt.Sprint(r, " ", p), func(t *testing.T) {
				seen, _ := run(t, r, p, provision.Config{Delay: late[assignment]})
				require.True(t, seen.missing, "the push came first")
				require.False(t, seen.stale, "the push came first")
				seen, _ = run(t, r, p, provision.Config{Delay: late[push]})
				require.False(t, seen.missing, "the assignment came first")
				require.Equal(t, r.put != provision.PutAlways, seen.stale, "the deactivation came first")
			})
		}
	}
}

// late has the Ops of one queue begin long after those of the other.
var late = map[string]func(provision.Op) time.Duration{
	assignment: func(op provision.Op) time.Duration {
		return map[bool]time.Duration{true: time.Second, false: time.Hour}[pushes(op)]
	},
	push: func(op provision.Op) time.Duration {
		return map[bool]time.Duration{true: time.Hour, false: time.Second}[pushes(op)]
	},
}

const assignment, push = "assignment", "push"

func pushes(op provision.Op) bool {
	_, members := op.(provision.SyncMembers)
	return members
}

// With each seed two groups of the same people, without the waiting, are told to the
// target in the very words and order of one group for both: nothing looks at whether
// they are one.
func TestNothingLooksAtWhetherTheGroupsAreOne(t *testing.T) {
	for _, r := range readings {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(100) {
				one, first := run(t, r, oneGroup, provision.Config{Seed: seed})
				two, second := run(t, r, twoGroups, provision.Config{Seed: seed})
				require.Equal(t, one, two, "seed %d", seed)
				require.Equal(t, first.order, second.order, "seed %d", seed)
				require.Equal(t, first.heard, second.heard, "seed %d", seed)
			}
		})
	}
}

// Plan sees the settings and one change, and neither tells of a person who was given
// the application by which group, so that it could not compare if it wanted to.
func TestNoChangeNamesTheGroupThatAssigned(t *testing.T) {
	plans := reflect.TypeOf(provision.Plan)
	require.Equal(t, 2, plans.NumIn(), "the settings and the change")
	for _, about := range []any{
		directory.Settings{},
		directory.Assigned{},
		directory.Unassigned{},
		directory.ProvisioningAsked{},
		directory.ProfileChanged{},
		directory.ForceSyncAsked{},
		directory.PasswordChanged{},
	} {
		kind := reflect.TypeOf(about)
		for i := range kind.NumField() {
			require.NotEqual(t, reflect.TypeOf(directory.GroupID("")), kind.Field(i).Type, "%s.%s", kind, kind.Field(i).Name)
		}
	}
}

// Somebody is deleted at the target by hand, and is provisioned anew under another id.
// A push that comes before that names the id that Okta still holds, and is refused: the
// group shows an error, and they are not in it. Push now heals that too.
func TestAPushBeforeARecreationNamesAStaleID(t *testing.T) {
	for _, r := range readings {
		t.Run(r.String(), func(t *testing.T) {
			target := &forgetful{fake: newFake()}
			d := furnishAt(t, r, oneGroup, provision.Config{Target: target}, target.fake)
			d.joins(d.cem)
			d.settle()
			d.heal()
			target.forget("id of cem@example.test")
			d.leaves(d.cem)
			d.settle()
			require.Equal(t, "id of cem@example.test", d.Account(d.cem).ID, "Okta lets go of an account once it is told that it is disabled")

			d.Engine.Delay = late[assignment]
			d.joins(d.cem)
			d.settle()
			require.Equal(t, "second id of cem@example.test", d.Account(d.cem).ID)
			require.Contains(t, d.Engine.Group(d.pushed).Error, "User not found")
			require.Equal(t, []string{"ana"}, d.members())
			d.heal()
			require.Equal(t, []string{"ana", "second id of cem"}, d.members())
			require.Empty(t, d.Engine.Group(d.pushed).Error)
		})
	}
}

// forgetful gives an account that was deleted another id when it is made again, and
// refuses a group whose members it does not know.
type forgetful struct {
	*fake
	forgotten string
}

func (f *forgetful) forget(id string) {
	f.forgotten = id
	delete(f.users, id)
	for _, g := range f.groups {
		members, _ := g["members"].([]any)
		g["members"] = slices.DeleteFunc(slices.Clone(members), func(m any) bool { return m.(map[string]any)["value"] == id })
	}
}

func (f *forgetful) Call(ctx context.Context, r scim.Request) (scim.Answer, error) {
	if f.forgotten == "" {
		return f.fake.Call(ctx, r)
	}
	known := fmt.Sprintf(`"value":%q`, f.forgotten)
	if strings.HasPrefix(r.Path, "/Groups") && strings.Contains(string(r.Body), known) {
		return said(http.StatusNotFound, map[string]any{"detail": "User not found"}), nil
	}
	a, err := f.fake.Call(ctx, r)
	if again, made := f.users[f.forgotten]; made {
		again["id"] = "second " + f.forgotten
		f.users["second "+f.forgotten] = again
		delete(f.users, f.forgotten)
		a.Body = []byte(strings.ReplaceAll(string(a.Body), f.forgotten, "second "+f.forgotten))
	}
	return a, err
}

// races is how many seeds are tried: a thousand, or what SCIMPROOF_SEEDS says when it
// is more; a hundred under the race detector in CI, which runs the thousand without.
func races(t *testing.T) uint64 {
	if testing.Short() {
		return seeds(t)
	}
	return max(seeds(t), 1_000)
}

// A symptom is the seeds that show it, those that show it still after the group's
// next change, and the orders of requests that led to it, each with its first seed.
type symptom struct {
	seeds, lasting []uint64
	after          map[string]uint64
}

func (s *symptom) note(seed uint64, lasts bool, said []string) {
	s.seeds = append(s.seeds, seed)
	if lasts {
		s.lasting = append(s.lasting, seed)
	}
	order := strings.Join(said, ", ")
	if s.after == nil {
		s.after = map[string]uint64{}
	}
	if _, known := s.after[order]; !known {
		s.after[order] = seed
	}
}

func (s symptom) orders() []string { return slices.Sorted(maps.Keys(s.after)) }

// often: enough to be met by anybody, and never certain.
func (s symptom) often(t *testing.T) {
	t.Helper()
	require.Greater(t, len(s.seeds), int(races(t)/5))
	require.Less(t, len(s.seeds), int(races(t)-races(t)/5))
}

func (s symptom) String() string {
	text := fmt.Sprintf("%d, and still after the group's next change in %d; the first are %v", len(s.seeds), len(s.lasting), first(s.seeds))
	for _, order := range s.orders() {
		text += fmt.Sprintf("\n  seed %d: %s", s.after[order], order)
	}
	return text
}

func first(seeds []uint64) []uint64 { return seeds[:min(12, len(seeds))] }
