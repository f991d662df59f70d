package loadgen

import (
	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// Dialogues are what Okta says about each person of a population, and about their
// groups, who is given the application. Pure.
type Dialogues struct {
	People  crowd.Population
	Groups  crowd.Groups
	Dialect provision.Dialect
	Knobs   provision.Knobs
}

// Onboard is what Okta says when the n-th person is assigned.
func (d Dialogues) Onboard(n int) provision.Dialogue {
	return d.assign(n, false)
}

func (d Dialogues) assign(n int, changed bool) provision.Dialogue {
	return provision.Talk(provision.EnsureUser{Person: d.People.ID(n)}, d.person("", n, changed))
}

// Account is how the target should see the n-th person then, before or after their
// profile was updated.
func (d Dialogues) Account(n int, changed bool) scim.User {
	p := d.People.Person(n)
	if changed {
		p = d.People.Changed(n)
	}
	password := provision.Placeholder(d.People.Seed, p.Ordinal)
	return provision.Account(directory.Assignment{Person: p.ID, Scope: directory.ScopeUser}.Told(p), password)
}

func (d Dialogues) person(id string, n int, changed bool) provision.Facts {
	return provision.Facts{Dialect: d.Dialect, Knobs: d.Knobs, ID: id, User: d.Account(n, changed)}
}

// say is what Okta says about a deed, as far as it knows the crowd. It has a nil Hear
// where it has nothing to say, as of a person whose account it does not know.
func (d Dialogues) say(deed crowd.Deed, r *roster) provision.Dialogue {
	n := deed.Person
	switch deed.Kind {
	case crowd.KindOnboard, crowd.KindLink:
		return d.assign(n, false)
	case crowd.KindReassign:
		if !r.is(n, disabled) {
			return provision.Dialogue{}
		}
		return d.assign(n, r.is(n, changed))
	case crowd.KindUpdate:
		return provision.Talk(provision.UpdateUser{Person: d.People.ID(n)}, d.person(r.account(n), n, true))
	case crowd.KindOffboard:
		return provision.Talk(provision.DisableUser{Person: d.People.ID(n)}, d.person(r.account(n), n, r.is(n, changed)))
	case crowd.KindImport:
		all := provision.ReadTarget(d.Knobs, d.Groups.Size.Groups > 0)
		return all.Dialogue(func(provision.Page) error { return nil })
	}
	return d.group(deed, r)
}

func (d Dialogues) group(deed crowd.Deed, r *roster) provision.Dialogue {
	g := deed.Group
	f := provision.Facts{Dialect: d.Dialect, Knobs: d.Knobs, ID: r.group(g), GroupName: d.Groups.Name(g)}
	whole := crowd.Places{To: d.Groups.Members(g)}
	if deed.Kind == crowd.KindPush {
		f.Members = d.members(g, whole, r)
		return provision.Talk(provision.EnsureGroup{Group: d.Groups.ID(g)}, f)
	}
	if f.ID == "" {
		return provision.Dialogue{} // its push failed: Okta would push it anew, which is no change of members
	}
	f.Told, f.Joined, f.Left = f.GroupName, d.members(g, deed.Joined, r), d.members(g, deed.Left, r)
	if d.Dialect == provision.AIW { // said where the target shows no list of its own
		f.Members = d.listed(r.members(g, deed), r)
	}
	return provision.Talk(provision.SyncMembers{Group: d.Groups.ID(g)}, f)
}

// members are those of a group's places whom Okta can push: it knows their ids.
func (d Dialogues) members(g int, at crowd.Places, r *roster) []scim.Member {
	var people []int
	for i := at.From; i < at.To; i++ {
		people = append(people, d.Groups.Member(g, i))
	}
	return d.listed(people, r)
}

func (d Dialogues) listed(people []int, r *roster) []scim.Member {
	members := make([]scim.Member, 0, len(people))
	for _, n := range people {
		if id := r.account(n); id != "" {
			members = append(members, scim.Member{Value: id, Display: d.People.UserName(n)})
		}
	}
	return members
}
