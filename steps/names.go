package steps

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A person of a scenario: in Okta, and perhaps with an account at the target.
type person struct {
	label  string // in the scenario's words: "Ana"
	okta   directory.PersonID
	id     string // the account's id at the target, as it was first learnt
	linked string // the id under which Okta knows the account now; "" when it knows none

	userName, email                string
	givenName, familyName, display string

	sharesEmail bool              // with somebody else of the scenario
	former      string            // the username before the last one; "" when there was none
	mapped      map[string]string // what else Okta's directory holds and maps, by its names there
}

// accountID is where the person's account is to be read.
func (p *person) accountID() string {
	if p.linked != "" {
		return p.linked
	}
	return p.id
}

// profile is the person as Okta's directory holds them.
func (p *person) profile() directory.Profile {
	return directory.Profile{
		"login": p.userName, "email": p.email,
		"firstName": p.givenName, "lastName": p.familyName,
		"displayName": p.display, "locale": "en-US",
	}
}

// A group of a scenario: in Okta, and perhaps at the target.
type group struct {
	label   string // in the scenario's words: "Analysts"
	okta    directory.GroupID
	mapping directory.MappingID // of its push; "" when it is not pushed
	id      string              // its id at the target, as it was first learnt
	linked  string              // the id under which Okta knows it now
	name    string              // in Okta and at the target

	assigned bool // it gives its people the application
}

// groupID is where the group is to be read.
func (g *group) groupID() string {
	if g.linked != "" {
		return g.linked
	}
	return g.id
}

// surnames of the people of scenarios; anybody else is a Doe.
var surnames = map[string]string{"Ana": "Ruiz", "Ben": "Okafor", "Cem": "Yildiz"}

// newPerson names a person. Every name carries the run's mark and the number of
// the case, so that no two runs and no two scenarios share one. The seed chooses
// the shape: 1 is plain, and others bring apostrophes, other scripts and length.
func newPerson(label, mark string, number int, seed uint64) *person {
	surname, known := surnames[label]
	if !known {
		surname = "Doe"
	}
	p := &person{label: label, givenName: label, familyName: surname}
	local := fmt.Sprintf("%s.%s-%d", label, mark, number)
	switch (seed - 1) % 4 {
	case 1:
		p.familyName = "O'" + surname
		local = fmt.Sprintf("%s.o'%s.%s-%d", strings.ToLower(label), strings.ToLower(surname), mark, number)
	case 2:
		p.givenName, p.familyName = label+" Ångström", surname+"-Łukasiewicz 山田"
		local = fmt.Sprintf("%s+okta.%s-%d", strings.ToUpper(label), strings.ToUpper(mark), number)
	case 3:
		p.familyName = surname + strings.Repeat("-van-der-"+surname, 8)
		local = fmt.Sprintf("%s.%s.%s-%d", label, strings.Repeat("x", 30), mark, number)
	}
	p.userName = local + "@scimproof.test"
	p.email = strings.ToLower(label) + fmt.Sprintf(".%s-%d@mail.scimproof.test", mark, number)
	p.display = p.givenName + " " + p.familyName
	return p
}

// newGroup names a group. The mark comes first, so that a group whose name in the
// scenario begins like another's still does at the target.
func newGroup(label, mark string, number int, seed uint64) *group {
	name := fmt.Sprintf("%s-%d %s", mark, number, label)
	if (seed-1)%4 == 1 {
		name = fmt.Sprintf("%s-%d R&D's %s", mark, number, label)
	}
	return &group{label: label, name: name}
}

// oktaIDs makes the ids of one case's Okta: 20 letters and digits, as Okta's are,
// and another set for each run and case, since they reach the target as
// externalId and a server may hold those to be unique.
func (r *run) oktaIDs(number int) func(prefix string, n int) string {
	return func(prefix string, n int) string {
		return fmt.Sprintf("%s%s%04s%0*s", prefix, r.mark()[2:], strconv.FormatInt(int64(number), 36),
			20-len(prefix)-len(r.mark()[2:])-4, strconv.FormatInt(int64(n), 36))
	}
}

var separators = regexp.MustCompile(`, | and `)

// listed splits "Ana, Ben and Cem"; "nobody" is nobody.
func listed(names string) []string {
	if names == "nobody" {
		return nil
	}
	return separators.Split(names, -1)
}

// names matches one or several people in a pattern.
const names = `((?:\w+)(?:, \w+)*(?: and \w+)?)`
