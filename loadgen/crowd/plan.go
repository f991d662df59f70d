package crowd

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Phase is one part of a run, by its name. An account has to be there before it
// can be in a group, so that phases follow one another, each to its end.
type Phase string

// The phases, in the order in which they can follow one another.
const (
	Onboard  Phase = "onboard"  // people are assigned who have no account
	Link     Phase = "link"     // people are assigned who have one already
	Push     Phase = "push"     // groups are pushed with all their members
	Day2     Phase = "day-2"    // profiles are updated, members come and go
	Mix      Phase = "mix"      // deeds of several kinds at once, by weights
	Offboard Phase = "offboard" // people are unassigned
	Reassign Phase = "reassign" // the same are assigned again
	Import   Phase = "import"   // Okta reads all pages of people and groups
)

// AllPhases are the phases in that order. It is not to be changed.
var AllPhases = []Phase{Onboard, Link, Push, Day2, Mix, Offboard, Reassign, Import}

// A Kind is what one deed is, by its name.
type Kind string

// The kinds of deeds. In phases of one kind they bear the phase's name.
const (
	KindOnboard  Kind = "onboard"
	KindLink     Kind = "link"
	KindPush     Kind = "push"
	KindUpdate   Kind = "update"  // the profile of one person
	KindMembers  Kind = "members" // all changes of one group
	KindJoin     Kind = "join"    // one person becomes a member of one group
	KindLeave    Kind = "leave"   // one person is a member no longer
	KindOffboard Kind = "offboard"
	KindReassign Kind = "reassign"
	KindImport   Kind = "import"
)

// Weights say how often each kind comes in a mix.
type Weights map[Kind]int

// ParseWeights reads "update=6,join=3,leave=1".
func ParseWeights(s string) (Weights, error) {
	w := Weights{}
	for _, part := range strings.Split(s, ",") {
		name, number, both := strings.Cut(strings.TrimSpace(part), "=")
		weight, err := strconv.Atoi(number)
		kind := Kind(name)
		switch {
		case !both || err != nil || weight < 0 || weight > mostWeight:
			return nil, fmt.Errorf("%q is no weight: it takes a kind and a number up to %d, as in update=6", part, mostWeight)
		case !slices.Contains(mixable, kind):
			return nil, fmt.Errorf("%q is none of %s", name, wordsOf(mixable))
		}
		if _, twice := w[kind]; twice {
			return nil, fmt.Errorf("%s has two weights", name)
		}
		w[kind] = weight
	}
	if w.sum() == 0 {
		return nil, errors.New("all weights are 0")
	}
	return w, nil
}

const mostWeight = 1000

// mixable are the kinds that a mix can have.
var mixable = []Kind{KindUpdate, KindJoin, KindLeave, KindOffboard}

// DefaultWeights are what comes day by day, for each leaver a few members and more
// profiles (inference).
var DefaultWeights = Weights{KindUpdate: 6, KindJoin: 2, KindLeave: 1, KindOffboard: 1}

func (w Weights) String() string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(w)) {
		parts = append(parts, fmt.Sprintf("%s=%d", k, w[k]))
	}
	return strings.Join(parts, ",")
}

func (w Weights) sum() int {
	sum := 0
	for _, weight := range w {
		sum += weight
	}
	return sum
}

// pattern is one round of a mix, in which each kind comes as often as its weight
// and as evenly as it can.
func (w Weights) pattern() []Kind {
	sum := w.sum()
	owed := map[Kind]int{}
	var round []Kind
	for range sum {
		for k, weight := range w {
			owed[k] += weight
		}
		next := slices.MaxFunc(slices.Sorted(maps.Keys(owed)), func(a, b Kind) int {
			return cmp.Or(cmp.Compare(owed[a], owed[b]), cmp.Compare(b, a))
		})
		owed[next] -= sum
		round = append(round, next)
	}
	return round
}

func wordsOf[T ~string](all []T) string {
	var words []string
	for _, one := range all {
		words = append(words, string(one))
	}
	return strings.Join(words, ", ")
}

// ParsePhases reads "onboard,push,offboard", and says what a phase needs that is not
// there.
func ParsePhases(s string) ([]Phase, error) {
	var phases []Phase
	for _, word := range strings.Split(s, ",") {
		phase := Phase(strings.TrimSpace(word))
		at := slices.Index(AllPhases, phase)
		switch {
		case at < 0:
			return nil, fmt.Errorf("%q is none of the phases %s", word, wordsOf(AllPhases))
		case len(phases) > 0 && at <= slices.Index(AllPhases, phases[len(phases)-1]):
			return nil, fmt.Errorf("%s cannot come after %s: the order is %s", phase, phases[len(phases)-1], wordsOf(AllPhases))
		}
		phases = append(phases, phase)
	}
	has := func(p Phase) bool { return slices.Contains(phases, p) }
	for _, p := range phases {
		switch {
		case p != Onboard && p != Link && p != Import && !has(Onboard) && !has(Link):
			return nil, fmt.Errorf("%s needs people: put onboard or link before it", p)
		case p == Reassign && !has(Offboard):
			return nil, errors.New("reassign needs people who were unassigned: put offboard before it")
		}
	}
	return phases, nil
}

// A Deed is one thing that happens in Okta, and one dialogue with the target.
type Deed struct {
	Kind   Kind
	Person int // of deeds about a person
	Group  int // of deeds about a group
	// Joined and Left are the members that come and go, by their place in the group.
	Joined, Left Places
}

// Places are members of a group, from the first to the last but one.
type Places struct{ From, To int }

// A Plan says what happens in each phase of a run. It is pure: the n-th deed of a
// phase follows from the seed and the numbers alone.
type Plan struct {
	Groups Groups
	Phases []Phase
	Churn  float64 // the share of people, or of memberships, that changes in a later phase
	mix    []Deed
	gone   int // who is unassigned in the mix
}

// NewPlan draws a plan. Weights are of its mix, if it has one.
func NewPlan(g Groups, phases []Phase, churn float64, w Weights) Plan {
	p := Plan{Groups: g, Phases: phases, Churn: churn}
	if !p.Has(Push) {
		p.Groups.Size.Groups = 0
	}
	if p.Has(Mix) {
		p.mix = p.mixed(w)
		for _, d := range p.mix {
			if d.Kind == KindOffboard {
				p.gone++
			}
		}
	}
	return p
}

// Has says whether a phase is part of the plan.
func (p Plan) Has(phase Phase) bool { return slices.Contains(p.Phases, phase) }

func (p Plan) people() int { return p.Groups.People.Size }

// churned is that share of so many, at least one.
func (p Plan) churned(of int) int { return min(max(1, int(math.Ceil(p.Churn*float64(of)))), of) }

// Onboarded is how many of the people have no account before the run: all, none, or
// all but the share that is linked.
func (p Plan) Onboarded() int {
	switch {
	case !p.Has(Link):
		return p.people()
	case !p.Has(Onboard):
		return 0
	}
	return p.people() - p.churned(p.people())
}

// Deeds is how many there are in a phase.
func (p Plan) Deeds(phase Phase) int {
	switch phase {
	case Onboard:
		return p.Onboarded()
	case Link:
		return p.people() - p.Onboarded()
	case Push:
		return p.Groups.Size.Groups
	case Day2:
		return p.churned(p.people()) + p.Groups.Size.Groups
	case Mix:
		return len(p.mix)
	case Offboard, Reassign:
		return min(p.churned(p.people()), p.people()-p.gone)
	}
	return 1 // an import is one dialogue
}

// Kinds are the kinds of deeds in a phase.
func (p Plan) Kinds(phase Phase) []Kind {
	switch phase {
	case Day2:
		if p.Groups.Size.Groups == 0 {
			return []Kind{KindUpdate}
		}
		return []Kind{KindUpdate, KindMembers}
	case Mix:
		var kinds []Kind
		for _, k := range mixable {
			if slices.ContainsFunc(p.mix, func(d Deed) bool { return d.Kind == k }) {
				kinds = append(kinds, k)
			}
		}
		return kinds
	}
	return []Kind{Kind(phase)}
}

// About says what the deeds of a phase are about.
func (p Plan) About(phase Phase) string {
	kinds := p.Kinds(phase)
	switch {
	case phase == Import:
		return "lists"
	case phase == Push:
		return "groups"
	case slices.ContainsFunc(kinds, func(k Kind) bool { return k == KindMembers || k == KindJoin || k == KindLeave }):
		return "both"
	}
	return "people"
}

// Deed is the n-th of a phase.
func (p Plan) Deed(phase Phase, n int) Deed {
	switch phase {
	case Link:
		return Deed{Kind: KindLink, Person: p.Onboarded() + n}
	case Push:
		return Deed{Kind: KindPush, Group: n}
	case Day2:
		return p.day2(n)
	case Mix:
		return p.mix[n]
	case Offboard, Reassign:
		return Deed{Kind: Kind(phase), Person: p.leaver(p.gone + n)}
	}
	return Deed{Kind: Kind(phase), Person: n}
}

// changer is whose profile changes as the n-th, and leaver who leaves as the n-th:
// the two orders meet in the middle of the crowd.
func (p Plan) changer(n int) int { return turn(Draw(p.Groups.People.Seed+4, 0), p.people(), n) }

func (p Plan) leaver(n int) int { return p.changer(p.people() - 1 - n) }

// day2 spreads the groups evenly among the people.
func (p Plan) day2(n int) Deed {
	groups, all := p.Groups.Size.Groups, p.Deeds(Day2)
	before, after := n*groups/all, (n+1)*groups/all
	if after == before {
		return Deed{Kind: KindUpdate, Person: p.changer(n - before)}
	}
	return Deed{Kind: KindMembers, Group: before, Joined: p.joins(before), Left: p.leaves(before)}
}

// leaves are who goes from a group on day 2, and joins who comes, as many as there
// are others.
func (p Plan) leaves(group int) Places { return Places{0, p.churned(p.Groups.Members(group))} }

func (p Plan) joins(group int) Places {
	from := p.Groups.Members(group)
	return Places{from, min(from+p.churned(from), p.people())}
}

// mixed draws a mix. Nobody is updated and leaves in one, nobody joins and leaves one
// group, and whoever is unassigned comes and goes nowhere, so that what is then at the
// target does not depend on what came first, and of everybody there is something to say.
// Where no group has anybody left to come or go, a profile is updated in its place.
func (p Plan) mixed(w Weights) []Deed {
	round := w.pattern()
	gone := map[int]bool{}
	for n := range p.churned(p.people()) {
		if round[n%len(round)] == KindOffboard {
			gone[p.leaver(len(gone))] = true
		}
	}
	places := make([]room, p.Groups.Size.Groups)
	for g := range places {
		in := Places{0, p.Groups.Members(g)}
		if p.Has(Day2) {
			in = Places{p.leaves(g).To, p.joins(g).To}
		}
		places[g] = room{leaves: in.From, until: in.To, joins: in.To}
	}
	var deeds []Deed
	counts := map[Kind]int{}
	for n := range p.churned(p.people()) {
		d := Deed{Kind: round[n%len(round)]}
		if d.Kind == KindJoin || d.Kind == KindLeave {
			d = p.oneMember(d, counts[d.Kind], places, gone)
		}
		switch d.Kind {
		case KindUpdate:
			d.Person = p.changer(counts[d.Kind])
		case KindOffboard:
			d.Person = p.leaver(counts[d.Kind])
		}
		counts[d.Kind]++
		deeds = append(deeds, d)
	}
	return deeds
}

// A room is where in a group the next one leaves, up to those who join, and where
// the next of those joins.
type room struct{ leaves, until, joins int }

// oneMember lets one person join or leave the next group that has room for it, of those
// who are not gone.
func (p Plan) oneMember(d Deed, k int, rooms []room, gone map[int]bool) Deed {
	for try := range rooms {
		g := (k + try) % len(rooms)
		at := &rooms[g]
		next, until, deed := &at.leaves, at.until-1, Deed{Kind: d.Kind, Group: g}
		if d.Kind == KindJoin {
			next, until = &at.joins, p.people()
		}
		for *next < until && gone[p.Groups.Member(g, *next)] {
			*next++
		}
		if *next >= until {
			continue
		}
		who := Places{*next, *next + 1}
		if *next++; d.Kind == KindJoin {
			deed.Joined = who
		} else {
			deed.Left = who
		}
		return deed
	}
	return Deed{Kind: KindUpdate}
}
