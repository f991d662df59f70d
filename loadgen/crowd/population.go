// Package crowd is who is provisioned, their groups, and what happens to them: it
// decides, and does nothing. A [Population] and its [Groups] are pure functions of a
// seed and of numbers, and a [Plan] says what the n-th deed of a phase is. However many
// people there are, none is kept, and any can be had alone.
//
// What is said of it to a server is package loadgen's affair.
package crowd

import (
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A Population is so many people, each a pure function of the seed and of their
// number. Nothing of them is kept.
type Population struct {
	Mark string // the run's id: lower-case letters and digits; every userName and id carries it
	Seed uint64 // chooses names and their shape; 1 is plain
	Size int
}

// Person returns the n-th person, 0 ≤ n < Size, as Okta's directory holds them.
func (p Population) Person(n int) directory.Person {
	given, family := p.Names(n)
	return directory.Person{
		ID:      p.ID(n),
		Ordinal: n + 1,
		Status:  directory.Active,
		Profile: directory.Profile{
			"login":       p.UserName(n),
			"email":       p.Email(n),
			"firstName":   given,
			"lastName":    family,
			"displayName": given + " " + family,
			"locale":      "en-US",
		},
	}
}

// Changed is the n-th person after their profile was updated: they married, and took
// another family name. Their userName stays.
func (p Population) Changed(n int) directory.Person {
	person := p.Person(n)
	family := person.Profile["lastName"].(string) + "-" + familyNames[Draw(p.Seed+5, uint64(n))%uint64(len(familyNames))]
	person.Profile["lastName"] = family
	person.Profile["displayName"] = person.Profile["firstName"].(string) + " " + family
	return person
}

// UserName is the n-th person's userName: "ana.ruiz.spr7k2-17@scimproof.test".
func (p Population) UserName(n int) string {
	given, family := p.plain(n)
	local := given + "." + family
	if p.shape() == apostrophes {
		local = given + ".o'" + family
	}
	if p.shape() == capitals {
		return strings.ToUpper(local+"."+p.Mark) + "-" + strconv.Itoa(n) + domain
	}
	return strings.ToLower(local) + "." + p.Mark + "-" + strconv.Itoa(n) + domain
}

const domain = "@scimproof.test"

// Number is whose userName it is; false when nobody's. Letter case does not
// matter in a userName (RFC 7643, section 4.1.1).
func (p Population) Number(userName string) (int, bool) {
	folded := strings.ToLower(userName)
	_, rest, ours := strings.Cut(folded, "."+p.Mark+"-")
	digits, at := strings.CutSuffix(rest, domain)
	n, err := strconv.Atoi(digits)
	if !ours || !at || err != nil || n < 0 || n >= p.Size || !strings.EqualFold(p.UserName(n), userName) {
		return 0, false
	}
	return n, true
}

// Email is the n-th person's address, which carries the mark as the userName does.
func (p Population) Email(n int) string {
	given, _ := p.plain(n)
	return strings.ToLower(given) + "." + p.Mark + "-" + strconv.Itoa(n) + "@mail.scimproof.test"
}

// ID is the n-th person's id in Okta, 20 letters and digits as Okta's are. It reaches
// the target as externalId, and a server may hold that to be unique.
func (p Population) ID(n int) directory.PersonID {
	number := strconv.FormatInt(int64(n), 36)
	const prefix, length = "00u", 20
	return directory.PersonID(prefix + p.Mark + strings.Repeat("0", max(0, length-len(prefix)-len(p.Mark)-len(number))) + number)
}

// The shapes of names.
const (
	plain = iota
	apostrophes
	scripts
	capitals
	shapes
)

func (p Population) shape() int { return int((p.Seed - 1) % shapes) }

// Names are the n-th person's given and family name, as people write them.
func (p Population) Names(n int) (given, family string) {
	given, family = p.plain(n)
	switch p.shape() {
	case apostrophes:
		family = "O'" + family
	case scripts:
		given, family = given+" Ångström", family+"-Łukasiewicz 山田"
	}
	return given, family
}

// plain draws the names that the shapes are made from.
func (p Population) plain(n int) (given, family string) {
	drawn := Draw(p.Seed, uint64(n))
	return givenNames[drawn%uint64(len(givenNames))], familyNames[drawn>>32%uint64(len(familyNames))]
}

var (
	givenNames = []string{
		"Ana", "Ben", "Cem", "Dara", "Emil", "Farah", "Goran", "Hana", "Ivo", "Jun", "Kofi", "Lena", "Milo",
		"Nadia", "Omar", "Pia", "Quentin", "Rosa", "Sven", "Tala", "Uma", "Viktor", "Wanda", "Xenia", "Yara", "Zoe",
	}
	familyNames = []string{
		"Ruiz", "Okafor", "Yildiz", "Abel", "Berg", "Costa", "Dietz", "Eriksen", "Fontaine", "Greco", "Haddad", "Ito",
		"Jansen", "Kowalski", "Lindqvist", "Moreau", "Novak", "Oliveira", "Petrov", "Quist", "Rossi", "Santos", "Tanaka",
	}
)

// Draw hashes a seed and a number with the finaliser of SplitMix64: what
// is to look like chance, and comes again with the seed.
func Draw(seed, n uint64) uint64 {
	x := seed*0x9e3779b97f4a7c15 ^ (n + 0x632be59bd9b4e019)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
