package directory

import "fmt"

// mostKept is how much an import keeps of what it read, in bytes of the target's own
// text and of what holds it, until it ends. A million people of some 150 bytes each are
// let by, and a hundred thousand of 2,500; pages of long values are not, of which the
// hundredth would be too much for the machine. Okta's own limit is not known, and this
// one is ours.
const mostKept = 256 << 20

// keeps counts what the import keeps.
func (i *Import) keeps(bytes int) { i.kept += bytes }

// light is an error once the import keeps too much.
func (i *Import) light() error {
	if i.kept <= mostKept {
		return nil
	}
	return fmt.Errorf("%d users and %d groups so far are more than %d MiB of ids, names and values, and an import keeps no more: look for long values among them",
		i.result.Read, i.result.GroupsRead, mostKept>>20)
}

// weight is that of an account beside its id, which counts where it is seen first.
func (acc Account) weight() int {
	sum := len(acc.UserName)
	for _, v := range acc.Profile { // of Okta's names, which are nobody's to choose
		sum += weight(v)
	}
	return sum
}

func (g AccountGroup) weight() int {
	sum := len(g.ID) + len(g.Name)
	for _, m := range g.Members {
		sum += perElement + len(m)
	}
	return sum
}

// perElement is what an element of a list takes beside itself. It keeps a list small that
// has a great many empty ones.
const perElement = 16

// weight is that of a value as a profile has them: an object is none.
func weight(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []any:
		sum := 0
		for _, of := range v {
			sum += perElement + weight(of)
		}
		return sum
	}
	return 0
}
