package crowd

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestEverybodyCanBeToldFromEverybodyElse(t *testing.T) {
	for seed := range uint64(shapes) {
		p := Population{Mark: "spr7k2abcd", Seed: seed + 1, Size: 3000}
		names, ids := map[string]bool{}, map[string]bool{}
		for n := range p.Size {
			person := p.Person(n)
			names[p.UserName(n)], ids[string(person.ID)] = true, true
			assert.Regexp(t, regexp.MustCompile(`^00uspr7k2abcd[0-9a-z]{7}$`), string(person.ID))
			assert.Equal(t, p.UserName(n), person.Profile["login"])
		}
		assert.Len(t, names, p.Size)
		assert.Len(t, ids, p.Size)
	}
}

func TestANumberIsFoundAgainInAUserName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Population{Mark: "spr7k2abcd", Seed: rapid.Uint64Min(1).Draw(t, "seed"), Size: rapid.IntRange(1, 1e6).Draw(t, "size")}
		n := rapid.IntRange(0, p.Size-1).Draw(t, "n")
		got, ours := p.Number(p.UserName(n))
		if !ours || got != n {
			t.Fatalf("%s is number %d, got %d, %v", p.UserName(n), n, got, ours)
		}
	})
}

func TestWhoIsNobodyOfThePopulation(t *testing.T) {
	p := Population{Mark: "spr7k2abcd", Seed: 1, Size: 10}
	other := Population{Mark: "spzzzzzzzz", Seed: 1, Size: 10}
	larger := Population{Mark: p.Mark, Seed: 1, Size: 11}
	for name, userName := range map[string]string{
		"nobody":                         "",
		"somebody without the mark":      "boss@example.com",
		"somebody of another run":        other.UserName(3),
		"a number that is too large":     larger.UserName(10),
		"a number that is none":          "ana.ruiz.spr7k2abcd-x@scimproof.test",
		"a negative number":              "ana.ruiz.spr7k2abcd--1@scimproof.test",
		"a name that the number has not": "nobody.atall.spr7k2abcd-3@scimproof.test",
		"another domain":                 p.UserName(3) + ".example.com",
	} {
		t.Run(name, func(t *testing.T) {
			_, ours := p.Number(userName)
			assert.False(t, ours)
		})
	}
}
