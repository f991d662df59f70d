package directory

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Discrepancies are where Okta and the target disagree, as an import finds them. An
// application or a target that was used before is full of them, and syncing can fail
// (provider's page: documented).
type Discrepancies struct {
	OnlyInOkta, OnlyAtTarget, Differing int
	// Found are the first of them, people before groups.
	Found []Discrepancy
}

// A Discrepancy is one.
type Discrepancy struct {
	Where  Where
	Person PersonID // whom in Okta; or
	Group  GroupID
	ID     string // which at the target
	Name   string // userName or displayName
	What   string // in words
}

// Where is on which side there is something that the other has not.
type Where string

const (
	OnlyInOkta   Where = "ONLY_IN_OKTA"
	OnlyAtTarget Where = "ONLY_AT_TARGET"
	Differs      Where = "DIFFERS"
)

// someFound are enough for a person to read; the numbers count all.
const someFound = 1_000

func (ds *Discrepancies) found(d Discrepancy) {
	switch d.Where {
	case OnlyInOkta:
		ds.OnlyInOkta++
	case OnlyAtTarget:
		ds.OnlyAtTarget++
	case Differs:
		ds.Differing++
	}
	if len(ds.Found) < someFound {
		d.ID, d.Name = cut(d.ID), cut(d.Name)
		ds.Found = append(ds.Found, d)
	}
}

// differs names what the account has otherwise than the target was told; "" when
// nothing. What Okta says nothing about is no difference.
func (as *Assignment) differs(p Person, acc Account) string {
	var names []string
	if name := as.UserName(p); name != acc.UserName {
		names = append(names, fmt.Sprintf("userName is %q and %q in Okta", cut(acc.UserName), cut(name)))
	}
	if !acc.Active {
		names = append(names, "the account is inactive")
	}
	for _, v := range as.Values(p) {
		if !sameValue(v.Value, acc.Profile[v.Name]) {
			names = append(names, v.Name+" is another")
		}
	}
	return strings.Join(names, ", ")
}

func sameValue(told, shown any) bool {
	none := func(v any) bool { return v == nil || v == "" || reflect.DeepEqual(v, []any{}) }
	return none(told) && none(shown) || reflect.DeepEqual(told, shown) || fmt.Sprint(told) == fmt.Sprint(shown)
}

// compareOkta adds what needs the whole list: who waits, and whose account is not
// there.
func (i *Import) compareOkta() {
	r := &i.result
	for n, w := range i.waits {
		what := "an account that nobody in Okta has"
		if p := i.matches[n].person; p != "" {
			what = fmt.Sprintf("an account that may be %s's in Okta", p)
		}
		r.found(Discrepancy{Where: OnlyAtTarget, ID: w.ID, Name: w.UserName, What: what})
	}
	for _, id := range i.app.people() {
		as, p := i.app.assigned[id], i.people.byID[id]
		if !p.Status.working() {
			continue
		}
		at, linked := i.accountOf(id)
		switch {
		case !linked:
			r.found(Discrepancy{Where: OnlyInOkta, Person: id, Name: as.UserName(*p), What: "assigned, and without an account that Okta knows"})
		case !i.seen(at):
			r.found(Discrepancy{Where: OnlyInOkta, Person: id, ID: at, Name: as.UserName(*p), What: "the account is gone"})
		}
	}
	if i.app.imports.settings.Groups {
		i.compareGroups()
	}
}

func (i *Import) compareGroups() {
	for _, g := range i.groups {
		id, pushed := i.links.GroupOf(g.ID)
		m := i.app.tab.of[id]
		if !pushed || m == nil {
			i.result.found(Discrepancy{Where: OnlyAtTarget, ID: g.ID, Name: g.Name, What: "a group that is not pushed"})
			continue
		}
		if what := i.differsGroup(g, m); what != "" {
			i.result.found(Discrepancy{Where: Differs, Group: id, ID: g.ID, Name: g.Name, What: what})
		}
	}
	for m := range i.app.tab.all {
		at, linked := i.links.AccountGroupOf(m.Group)
		switch {
		case !linked:
			i.result.found(Discrepancy{Where: OnlyInOkta, Group: m.Group, Name: m.TargetName, What: "on the Push Groups tab, and not at the target as far as Okta knows"})
		case !i.groupIDs[at]:
			i.result.found(Discrepancy{Where: OnlyInOkta, Group: m.Group, ID: at, Name: m.TargetName, What: "the group is gone"})
		}
	}
}

func (i *Import) differsGroup(g AccountGroup, m *PushMapping) string {
	var differ []string
	if g.Name != m.TargetName {
		differ = append(differ, fmt.Sprintf("the name is %q and %q in Okta", cut(g.Name), cut(m.TargetName)))
	}
	want := map[string]bool{}
	if own, err := i.group(m.Group); err == nil {
		for _, p := range own.roster.list() {
			if at, linked := i.accountOf(p); linked {
				want[at] = true
			}
		}
	}
	lacks, more := len(want), 0
	for _, id := range slices.Compact(slices.Sorted(slices.Values(g.Members))) {
		if want[id] {
			lacks--
		} else {
			more++
		}
	}
	if lacks+more > 0 {
		differ = append(differ, fmt.Sprintf("members of Okta's that are missing: %d, members that Okta has not: %d", lacks, more))
	}
	return strings.Join(differ, ", ")
}
