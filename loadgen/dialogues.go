package loadgen

import (
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// Dialogues are what Okta says about each person of a population who is given
// the application. Pure.
type Dialogues struct {
	People  Population
	Dialect provision.Dialect
	Knobs   provision.Knobs
}

// Onboard is what Okta says when the n-th person is assigned.
func (d Dialogues) Onboard(n int) provision.Dialogue {
	p := d.People.Person(n)
	return provision.Talk(provision.EnsureUser{Person: p.ID}, provision.Facts{Dialect: d.Dialect, Knobs: d.Knobs, User: d.user(p)})
}

// Account is how the target should see the n-th person then.
func (d Dialogues) Account(n int) scim.User { return d.user(d.People.Person(n)) }

func (d Dialogues) user(p directory.Person) scim.User {
	password := provision.Placeholder(d.People.Seed, p.Ordinal)
	return provision.Account(directory.Assignment{Person: p.ID, Scope: directory.ScopeUser}.Told(p), password)
}
