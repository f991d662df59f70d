package provision_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
)

// As long as nobody loses the application, and each act has settled before the next, a
// group at an honest target has after every change of members who belongs to it and
// was provisioned by then: in both dialects, under every reading, whatever a PATCH
// carries, each once.
func TestAChangeOfMembersLeavesWhoBelongs(t *testing.T) {
	rapid.Check(t, func(draw *rapid.T) {
		target := newFake()
		dialect := rapid.SampledFrom([]provision.Dialect{provision.AIW, provision.OIN}).Draw(draw, "dialect")
		o := open(t, dialect, provision.Config{Target: target, Knobs: provision.Knobs{
			PatchBatch:      rapid.IntRange(1, 3).Draw(draw, "batch"),
			PutMembers:      rapid.SampledFrom([]provision.PutMembers{provision.PutMerge, provision.PutDelta, provision.PutAlways}).Draw(draw, "put"),
			CreateMembers:   rapid.SampledFrom([]provision.CreateMembers{provision.CreateByDialect, provision.CreateWithAll, provision.CreateWithNone}).Draw(draw, "create"),
			NameWithMembers: rapid.SampledFrom([]provision.NameWithMembers{provision.NameBefore, provision.NameBeside, provision.NameLeftOut}).Draw(draw, "name"),
			EmptyWhole:      rapid.Bool().Draw(draw, "empty"),
		}})
		people, g := o.people(5), o.group("Analysts")
		provisioned, in := map[directory.PersonID]bool{}, map[directory.PersonID]bool{}
		belong := func() (names []string) {
			for _, p := range people {
				if in[p] && provisioned[p] {
					names = append(names, "id of "+o.login(p))
				}
			}
			return names
		}
		m := o.push(g, "Analysts")
		o.settle()
		for range rapid.IntRange(15, 40).Draw(draw, "acts") {
			p := rapid.SampledFrom(people).Draw(draw, "who")
			switch act := rapid.SampledFrom([]string{"join", "assign", "leave", "join", "assign", "push now", "pause"}).Draw(draw, "act"); act {
			case "assign":
				if provisioned[p] {
					continue
				}
				before := memberIDs(target.groups["id of Analysts"])
				o.assign(p)
				o.settle()
				provisioned[p] = true
				require.Equal(draw, before, memberIDs(target.groups["id of Analysts"]), "an assignment alone pushes no group")
				continue
			case "join":
				o.made(o.AddMembers(g, p))
				in[p] = true
			case "leave":
				o.made(o.RemoveMembers(g, p))
				delete(in, p)
			case "push now":
				o.did(o.PushNow(o.app, m))
			case "pause":
				o.did(o.SetPush(o.app, m, false))
				o.made(o.ChangeMembers(g, []directory.PersonID{p}, nil))
				in[p] = true
				o.settle()
				o.did(o.SetPush(o.app, m, true))
			}
			heard := len(target.order)
			o.settle()
			if len(target.order) > heard { // who was a member already, or cannot be named, changes nothing
				require.ElementsMatch(draw, belong(), memberIDs(target.groups["id of Analysts"]))
			}
		}
		require.Empty(draw, o.Tasks())
	})
}

func (o office) login(id directory.PersonID) string {
	p, err := o.Directory.Person(id)
	require.NoError(o.t, err)
	return p.Profile["login"].(string)
}

// A group that Okta knows at the target is told its changes by PATCH without a look at
// all its members; a PUT may need them.
func TestAPatchOfMembersNeedsNoList(t *testing.T) {
	for dialect, want := range map[provision.Dialect]int{provision.OIN: 0, provision.AIW: 2} {
		t.Run(string(dialect), func(t *testing.T) {
			listed := -1
			o := open(t, dialect, provision.Config{Target: newFake(), Talk: func(op provision.Op, f provision.Facts) provision.Dialogue {
				if _, is := op.(provision.SyncMembers); is {
					listed = len(f.Members)
				}
				return provision.Talk(op, f)
			}})
			people, g := o.people(2), o.group("Analysts")
			o.assign(people...)
			o.settle()
			o.made(o.AddMembers(g, people[0]))
			o.push(g, "Analysts")
			o.settle()
			o.made(o.AddMembers(g, people[1]))
			o.settle()
			require.Equal(t, want, listed)
		})
	}
}
