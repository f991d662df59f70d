package evidence

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// inOnePart folds a ledger as if all entries might be about the same thing.
func inOnePart(entries []Entry) []Entry {
	var standing []Entry
	for _, e := range entries {
		standing = settle(standing, e)
	}
	return standing
}

func TestALedgerIsFoldedPartByPartAsItWouldBeWhole(t *testing.T) {
	entry := rapid.Custom(func(t *rapid.T) Entry {
		return Entry{
			Act:     rapid.SampledFrom([]Act{Intend, Made, Refused, Gone, Left}).Draw(t, "act"),
			Kind:    rapid.SampledFrom([]string{User, Group}).Draw(t, "kind"),
			Name:    rapid.SampledFrom([]string{"", "ana", "ANA", "ben", "\u212Aim", "kim"}).Draw(t, "name"),
			ID:      rapid.SampledFrom([]string{"", "1", "2", "3"}).Draw(t, "id"),
			BaseURL: rapid.SampledFrom([]string{"https://a.test", "https://b.test"}).Draw(t, "base"),
		}
	})
	inAnyOrder := func(entries []Entry) []string {
		var lines []string
		for _, e := range entries {
			lines = append(lines, fmt.Sprintf("%+v", e))
		}
		slices.Sort(lines)
		return lines
	}
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.SliceOfN(entry, 0, 25).Draw(t, "entries")
		want, got := inAnyOrder(inOnePart(slices.Clone(entries))), inAnyOrder(Standing(entries))
		if !slices.Equal(want, got) {
			t.Fatalf("want\n%s\ngot\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
		}
	})
}

func TestNamesFoldAsEqualFoldHasIt(t *testing.T) {
	for _, pair := range [][2]string{{"Ana", "aNA"}, {"\u212A", "k"}, {"ſ", "S"}, {"ÅNGSTRÖM", "ångström"}, {"a", "b"}, {"ß", "ss"}} {
		assert.Equal(t, strings.EqualFold(pair[0], pair[1]), folded(pair[0]) == folded(pair[1]), "%q", pair)
	}
}

func BenchmarkStanding(b *testing.B) {
	var entries []Entry
	for n := range 20_000 {
		name := fmt.Sprintf("ana-%d@example.com", n)
		entries = append(entries,
			Entry{Act: Intend, Kind: User, Name: name, BaseURL: "https://sp.example.test"},
			Entry{Act: Made, Kind: User, Name: name, ID: fmt.Sprint(n), BaseURL: "https://sp.example.test"})
	}
	for b.Loop() {
		Standing(entries)
	}
}
