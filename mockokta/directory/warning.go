package directory

import "fmt"

// A Warning tells an administrator of a plan that Okta does not support. Okta
// carries it out all the same.
type Warning struct {
	App   AppID
	Group GroupID
	Text  string // one sentence
}

// Warnings are about the plan as it is now. There are two kinds. A group that gives
// an application to its people is pushed to it too: people can then be missing
// from the pushed group, or stay in it. A rule of group push has more groups
// than a rule may have: those beyond are not pushed.
//
// Source: Okta, App assignments and Group Push, and Group Push troubleshooting
// (documented, both symptoms included). That assignment and push are separate jobs,
// of which neither waits for the other, is inference.
func (d *Directory) Warnings() []Warning {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []Warning
	for a := range d.apps.all {
		for m := range a.tab.all {
			if !m.Active || a.assignedGroup(m.Group) == nil {
				continue
			}
			all = append(all, Warning{a.ID, m.Group, fmt.Sprintf(
				"the group %q is assigned to the application %q and pushed to it: Okta does not support one group for both, and people can be missing from it at the target, or stay in it, until it is pushed again (Push now)",
				d.groups.byID[m.Group].Name, a.Label)})
		}
		for r := range a.rules.all {
			if n := len(r.groups); r.Active && n > groupsOfRule {
				all = append(all, Warning{App: a.ID, Text: fmt.Sprintf(
					"%d groups match the push rule %q of the application %q, and those beyond %d are not pushed", n, r.Name, a.Label, groupsOfRule)})
			}
		}
	}
	return all
}
