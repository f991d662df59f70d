package crowd

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const mark = "spr7k2abcd"

func TestTheSizesOfCustomers(t *testing.T) {
	for name, want := range map[string]struct{ people, groups, largest, second, atLeast, atMost int }{
		"smb":   {500, 20, 500, 120, 1_000, 1_500},
		"mid":   {10_000, 500, 2_000, 1_500, 40_000, 60_000},
		"large": {100_000, 5_000, 50_000, 5_000, 350_000, 500_000},
	} {
		size, ok := SizeOf(name)
		require.True(t, ok, name)
		g := Groups{Population{Mark: mark, Seed: 1, Size: size.People}, size}
		assert.Equal(t, []int{want.people, want.groups, want.largest, want.second}, []int{size.People, size.Groups, g.Members(0), g.Members(1)}, name)
		assert.GreaterOrEqual(t, g.Memberships(), want.atLeast, name)
		assert.LessOrEqual(t, g.Memberships(), want.atMost, name)
	}
	_, ok := SizeOf("giant")
	assert.False(t, ok)
}

// drawGroups draws a crowd of some size.
func drawGroups(t *rapid.T) Groups {
	size := SizeFor(rapid.OneOf(rapid.IntRange(1, 5), rapid.IntRange(25, 120)).Draw(t, "people"))
	return Groups{Population{Mark: mark, Seed: rapid.Uint64Min(1).Draw(t, "seed"), Size: size.People}, size}
}

// Any member of any group can be had alone, and each person is in a group once.
func TestAGroupHasEachMemberOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGroups(t)
		n := rapid.IntRange(0, g.Size.Groups-1).Draw(t, "group")
		seen := map[int]bool{}
		for i := range g.People.Size {
			seen[g.Member(n, i)] = true
		}
		assert.Len(t, seen, g.People.Size)
		assert.LessOrEqual(t, g.Members(n), g.People.Size)
		got, ours := g.Number(g.Name(n))
		assert.True(t, ours)
		assert.Equal(t, n, got)
		_, ours = g.Number(g.Name(n) + "0")
		assert.False(t, ours && g.Size.Groups <= n*10)
	})
}

func TestNamesOfGroupsDiffer(t *testing.T) {
	size, _ := SizeOf("large")
	g, seen := Groups{Population{Mark: mark, Seed: 1, Size: size.People}, size}, map[string]bool{}
	for n := range size.Groups {
		seen[g.Name(n)] = true
	}
	assert.Len(t, seen, size.Groups)
}

func TestWhichPhasesCanFollowOneAnother(t *testing.T) {
	for list, problem := range map[string]string{
		"onboard": "", "import": "", "link,push,import": "", "onboard,link,push,day-2,mix,offboard,reassign,import": "", "onboard, push": "",
		"":                 "none of the phases",
		"onboard,deboard":  `"deboard" is none of the phases onboard, link`,
		"push":             "push needs people",
		"push,onboard":     "onboard cannot come after push",
		"onboard,onboard":  "onboard cannot come after onboard",
		"onboard,reassign": "put offboard before it",
	} {
		_, err := ParsePhases(list)
		if problem == "" {
			assert.NoError(t, err, list)
			continue
		}
		assert.ErrorContains(t, err, problem, list)
	}
}

func TestWeightsOfAMix(t *testing.T) {
	w, err := ParseWeights("update=6, join=3,leave=1")
	require.NoError(t, err)
	assert.Equal(t, Weights{KindUpdate: 6, KindJoin: 3, KindLeave: 1}, w)
	assert.Equal(t, "join=3,leave=1,update=6", w.String())
	round := w.pattern()
	assert.Len(t, round, 10)
	for kind, weight := range w {
		assert.Len(t, slices.DeleteFunc(slices.Clone(round), func(k Kind) bool { return k != kind }), weight, kind)
	}
	assert.Equal(t, []Kind{KindUpdate, KindJoin, KindUpdate}, round[:3], "as evenly as they can")
	for text, problem := range map[string]string{
		"": "no weight", "update": "no weight", "update=x": "no weight", "update=-1": "no weight", "update=1001": "no weight",
		"onboard=1": `"onboard" is none of update, join, leave, offboard`, "update=0": "all weights are 0", "update=1,update=2": "two weights",
	} {
		_, err := ParseWeights(text)
		assert.ErrorContains(t, err, problem, text)
	}
}

// What is at the target after a plan does not depend on the order in which the deeds
// of a phase were done: nobody is spoken of by two deeds of one that contradict each
// other, and a member comes or goes once.
func TestNoTwoDeedsOfAPhaseContradictEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := Weights{}
		for _, k := range mixable {
			w[k] = rapid.IntRange(0, 4).Draw(t, string(k))
		}
		w[KindUpdate]++
		p := NewPlan(drawGroups(t), AllPhases, rapid.SampledFrom([]float64{0.001, 0.1, 0.5, 1}).Draw(t, "churn"), w)
		type membership struct{ group, place int }
		before := map[membership]bool{}
		for g := range p.Groups.Size.Groups {
			for i := range p.Groups.Members(g) {
				before[membership{g, i}] = true
			}
		}
		offboarded := map[int]bool{}
		for _, phase := range p.Phases {
			people, then := map[int]Kind{}, maps.Clone(before)
			var moves []int // who joins or leaves by a deed of their own
			for n := range p.Deeds(phase) {
				d := p.Deed(phase, n)
				require.Contains(t, p.Kinds(phase), d.Kind, phase)
				switch d.Kind {
				case KindPush, KindImport:
				case KindMembers, KindJoin, KindLeave:
					for i := d.Left.From; i < d.Left.To; i++ {
						one := membership{d.Group, i}
						require.True(t, then[one] && before[one], "%s: who leaves is in it, once, and was from the beginning", phase)
						delete(before, one)
					}
					for i := d.Joined.From; i < d.Joined.To; i++ {
						require.False(t, then[membership{d.Group, i}] || before[membership{d.Group, i}], "%s: who joins is not", phase)
						require.Less(t, i, p.people())
						before[membership{d.Group, i}] = true
					}
					if d.Kind != KindMembers {
						moves = append(moves, p.Groups.Member(d.Group, d.Joined.From+d.Left.From))
					}
				case KindUpdate:
					require.NotEqual(t, KindOffboard, people[d.Person], "updated and unassigned in one phase")
					people[d.Person] = d.Kind
				default:
					require.Zero(t, people[d.Person], "%s: %s, who was spoken of before", phase, d.Kind)
					people[d.Person] = d.Kind
				}
				switch d.Kind {
				case KindOffboard:
					require.False(t, offboarded[d.Person])
					offboarded[d.Person] = true
				case KindReassign:
					require.True(t, offboarded[d.Person])
				}
			}
			for _, n := range moves {
				require.NotEqual(t, KindOffboard, people[n], "Okta says nothing of the groups of somebody who is unassigned")
			}
		}
		assert.Equal(t, p.people(), p.Deeds(Onboard)+p.Deeds(Link))
	})
}

func TestWhoIsLinkedWhenAllAreThereAlready(t *testing.T) {
	g := Groups{Population{Mark: mark, Seed: 1, Size: 40}, SizeFor(40)}
	assert.Equal(t, 40, NewPlan(g, []Phase{Link}, 0.1, nil).Deeds(Link))
	both := NewPlan(g, []Phase{Onboard, Link}, 0.1, nil)
	assert.Equal(t, []int{36, 4}, []int{both.Deeds(Onboard), both.Deeds(Link)})
	assert.Equal(t, Deed{Kind: KindLink, Person: 36}, both.Deed(Link, 0))
	assert.Zero(t, both.Groups.Size.Groups, "no groups where none is pushed")
}
