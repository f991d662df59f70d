package crowd

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A Size is a customer of one size: how many people and groups, and how large the
// groups are. Nobody publishes such figures; these are drawn from what vendors set as
// limits and what people report of trouble (inference): few groups are large, most
// are small, and the largest holds everybody or nearly so.
type Size struct {
	People, Groups int
	Largest        int // members of the largest group
	Second         int // of the second; those after it shrink by a power of their rank
}

// SizeOf returns a size by its name: smb, mid or large.
func SizeOf(name string) (Size, bool) {
	s, ok := map[string]Size{
		"smb":   {People: 500, Groups: 20, Largest: 500, Second: 120},
		"mid":   {People: 10_000, Groups: 500, Largest: 2_000, Second: 1_500},
		"large": {People: 100_000, Groups: 5_000, Largest: 50_000, Second: 5_000},
	}[name]
	return s, ok
}

// SizeFor is a size for so many people: a group for each 25, of which the first
// holds everybody.
func SizeFor(people int) Size {
	return Size{People: people, Groups: max(1, people/25), Largest: people, Second: max(2, people/4)}
}

// Groups are the groups of a population. Each, and who is in it, is a pure function
// of the seed and of numbers; nothing of them is kept.
type Groups struct {
	People Population
	Size   Size
}

// shrinks is by which power of their rank groups become smaller (inference): with
// it somebody at a customer of middle size is in some seven groups.
const shrinks = 0.6

// Members is how many members the g-th group is pushed with.
func (g Groups) Members(n int) int {
	if n == 0 {
		return min(g.Size.Largest, g.People.Size)
	}
	return min(max(2, int(float64(g.Size.Second)*math.Pow(float64(n), -shrinks))), g.People.Size)
}

// Memberships is how many members all groups have together.
func (g Groups) Memberships() int {
	sum := 0
	for n := range g.Size.Groups {
		sum += g.Members(n)
	}
	return sum
}

// Member is the i-th person of the n-th group, 0 ≤ i < the size of the population,
// each once: those under [Groups.Members] are members from the beginning, those who
// join later follow in order.
func (g Groups) Member(n, i int) int { return turn(Draw(g.People.Seed+2, uint64(n)), g.People.Size, i) }

// Name is the n-th group's name: "Sales Berlin spr7k2-17".
func (g Groups) Name(n int) string {
	drawn := Draw(g.People.Seed+3, uint64(n))
	return fmt.Sprintf("%s %s %s-%d", teams[drawn%uint64(len(teams))], towns[drawn>>32%uint64(len(towns))], g.People.Mark, n)
}

// Number is whose name it is; false when no group's. Letter case does not matter in
// a displayName (RFC 7643, section 2.2: the default).
func (g Groups) Number(name string) (int, bool) {
	_, digits, ours := strings.Cut(strings.ToLower(name), " "+g.People.Mark+"-")
	n, err := strconv.Atoi(digits)
	if !ours || err != nil || n < 0 || n >= g.Size.Groups || !strings.EqualFold(g.Name(n), name) {
		return 0, false
	}
	return n, true
}

// ID is the n-th group's id in Okta. It never reaches the target.
func (g Groups) ID(n int) directory.GroupID {
	return directory.GroupID("00g" + g.People.Mark + strconv.FormatInt(int64(n), 36))
}

var (
	teams = []string{"Sales", "Research", "Support", "Finance", "Legal", "Design", "Platform", "People", "Security", "Field"}
	towns = []string{"Berlin", "Lagos", "Lima", "Osaka", "Porto", "Quito", "Oslo", "Pune", "Rabat", "Turku", "Utrecht"}
)

// turn is the i-th of so many numbers in an order that a draw chooses; each comes
// once, and any can be had alone.
func turn(drawn uint64, many, i int) int {
	if many <= 1 {
		return 0
	}
	step := int(drawn%uint64(many-1)) + 1
	for gcd(step, many) != 1 {
		step = step%(many-1) + 1
	}
	return (int(drawn>>32)%many + step*i) % many
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
