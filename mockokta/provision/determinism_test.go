package provision_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
)

// history plays a random but repeatable history of an office, and returns the
// fake that heard it. The fake answers in random real time.
func history(t *testing.T, dialect provision.Dialect, seed uint64, workers int) *fake {
	t.Helper()
	target := newFake()
	target.limitEvery = 5
	o := open(t, dialect, provision.Config{Target: target, Seed: seed, Knobs: provision.Knobs{Workers: workers}})
	people, groups := o.people(6), []directory.GroupID{o.group("Analysts"), o.group("Stewards")}
	for _, g := range groups {
		o.push(g, fmt.Sprintf("pushed %s", g))
	}
	draw := rand.New(rand.NewPCG(seed, 1))
	for n := range 40 {
		p, g := people[draw.IntN(len(people))], groups[draw.IntN(len(groups))]
		switch draw.IntN(8) {
		case 0, 1:
			o.assign(p)
		case 2:
			if _, err := o.Assignment(o.app, p); err == nil {
				o.did(o.Unassign(o.app, p))
			}
		case 3, 4:
			o.made(o.AddMembers(g, p))
		case 5:
			o.made(o.RemoveMembers(g, p))
		case 6:
			o.made(o.UpdateProfile(p, directory.Profile{"title": fmt.Sprint(n)}))
		case 7:
			if draw.IntN(4) == 0 {
				o.settle()
			}
		}
	}
	o.settle()
	require.Empty(t, o.Tasks())
	return target
}

// seeds is how many histories are compared: a hundred, or what SCIMPROOF_SEEDS
// says. A hundred find a hole of one in a thousand one time in ten.
func seeds(t *testing.T) uint64 {
	asked := os.Getenv("SCIMPROOF_SEEDS")
	if asked == "" {
		return 100
	}
	n, err := strconv.ParseUint(asked, 10, 32)
	require.NoError(t, err, "SCIMPROOF_SEEDS")
	return n
}

// With one seed each person's and each group's exchanges are the same, however
// many workers there are and however long the target really takes.
func TestOneSeedIsOneHistory(t *testing.T) {
	for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			overlapped, limited := false, false
			for seed := range seeds(t) {
				one, eight := history(t, dialect, seed, 1), history(t, dialect, seed, 8)
				if d := cmp.Diff(one.heard, eight.heard); d != "" {
					t.Fatalf("seed %d: exchanges with one worker and with eight (-1 +8):\n%s", seed, d)
				}
				overlapped = overlapped || eight.most > 1
				limited = limited || eight.limited > 0
			}
			require.True(t, overlapped, "no two requests were ever in flight together")
			require.True(t, limited, "nobody was ever asked to wait")
		})
	}
}

func TestSeedsDiffer(t *testing.T) {
	orders := map[string]bool{}
	for seed := range uint64(10) {
		target := newFake()
		o := open(t, provision.OIN, provision.Config{Target: target, Seed: seed, Knobs: provision.Knobs{Workers: 1}})
		o.assign(o.people(4)...)
		o.settle()
		orders[fmt.Sprint(target.order)] = true
	}
	require.Greater(t, len(orders), 1, "ten seeds and one order")
}
