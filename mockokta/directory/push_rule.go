package directory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// groupsOfRule is how many groups may match one rule (staff said: Okta's article
// Can a Group Push contain all Okta groups).
const groupsOfRule = 100

// A PushRule puts groups on the Push Groups tab by what they are called or how they
// are described: those that there are, and those that are made or renamed later.
// Each is pushed under its own name. A group that is on the tab already is left as it
// is (staff said).
type PushRule struct {
	ID     RuleID
	Name   string
	By     RuleField
	Match  RuleMatch
	Value  string
	Active bool

	Created, LastUpdated time.Time
}

// A RuleField is what of a group a rule looks at.
type RuleField string

// The fields that Okta's console offers (documented; the words are the mock's).
const (
	ByName        RuleField = "NAME"
	ByDescription RuleField = "DESCRIPTION"
)

// A RuleMatch is how a rule looks at it. That letter case does not matter is
// inference.
type RuleMatch string

// The comparisons that Okta's console offers (documented; the words are the mock's).
const (
	StartsWith RuleMatch = "STARTS_WITH"
	Contains   RuleMatch = "CONTAINS"
	Equals     RuleMatch = "EQUALS"
)

// A pushRule is a rule with the groups that match it, so that it is tried on those
// alone that are made or called otherwise.
type pushRule struct {
	PushRule
	groups map[GroupID]*group
}

// look takes note of whether a group matches the rule as it is called now.
func (r *pushRule) look(g *group) {
	if r.matches(g) {
		r.groups[g.ID] = g
	} else {
		delete(r.groups, g.ID)
	}
}

// matching are the groups that match, in the order in which they were made.
func (r *pushRule) matching() []*group {
	return slices.SortedFunc(maps.Values(r.groups), func(a, b *group) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
}

// many says of a rule with more groups than it may have that it has.
func (r *pushRule) many() error {
	if len(r.groups) <= groupsOfRule {
		return nil
	}
	return &Invalid{Field: "value", Why: fmt.Sprintf("%d groups match the rule, and no more than %d may", len(r.groups), groupsOfRule)}
}

func (r PushRule) check() error {
	switch {
	case strings.TrimSpace(r.Name) == "":
		return &Invalid{Field: "name", Why: "The field cannot be left blank"}
	case strings.TrimSpace(r.Value) == "":
		return &Invalid{Field: "value", Why: "The field cannot be left blank"}
	case r.By != ByName && r.By != ByDescription:
		return &Invalid{Field: "by", Why: "The value is neither NAME nor DESCRIPTION"}
	case r.Match != StartsWith && r.Match != Contains && r.Match != Equals:
		return &Invalid{Field: "match", Why: "The value is none of STARTS_WITH, CONTAINS and EQUALS"}
	}
	return nil
}

func (r PushRule) matches(g *group) bool {
	text, value := strings.ToLower(g.Name), strings.ToLower(r.Value)
	if r.By == ByDescription {
		text = strings.ToLower(g.Description)
	}
	switch r.Match {
	case StartsWith:
		return strings.HasPrefix(text, value)
	case Contains:
		return strings.Contains(text, value)
	}
	return text == value
}

// lookAgain has every rule look at a group that was made or is called otherwise.
func (d *Directory) lookAgain(g *group) {
	for a := range d.apps.all {
		for r := range a.rules.all {
			r.look(g)
		}
	}
}

// AddPushRule adds an active rule, and pushes the groups that match. It is Invalid
// when they are more than a rule may have.
func (d *Directory) AddPushRule(id AppID, asked PushRule) (PushRule, []Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return PushRule{}, nil, err
	}
	if err := asked.check(); err != nil {
		return PushRule{}, nil, err
	}
	if !a.Provisions() {
		return PushRule{}, nil, &Invalid{Field: "groupPush", Why: "Provisioning is not enabled for this application"}
	}
	r := &pushRule{asked, map[GroupID]*group{}}
	for g := range d.groups.all {
		r.look(g)
	}
	if err := r.many(); err != nil {
		return PushRule{}, nil, err
	}
	d.rules++
	r.ID, r.Active, r.Created = RuleID(d.newID("gPr", d.rules)), true, d.now()
	r.LastUpdated = r.Created
	a.rules.put(r.ID, r)
	return r.PushRule, d.followAll(a, r), nil
}

// followAll pushes the groups that match a rule.
func (d *Directory) followAll(a *app, r *pushRule) []Effect {
	var effects []Effect
	for _, g := range r.matching() {
		effects = a.add(effects, d.followRule(a, r, g))
	}
	return effects
}

// followRule pushes a group that matches a rule, unless it is pushed already.
func (d *Directory) followRule(a *app, r *pushRule, g *group) Change {
	if a.tab.of[g.ID] != nil {
		return nil
	}
	return a.pushed(d.newMapping(a, PushMapping{Group: g.ID, TargetGroup: a.imported(g.Name), TargetName: g.Name, Active: true, Rule: r.ID}))
}

// FollowPushRules pushes a group that was just made wherever a rule has it so.
func (d *Directory) FollowPushRules(group GroupID) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g, err := d.group(group)
	if err != nil {
		return nil, err
	}
	return d.followRules(g), nil
}

// followRules pushes a group wherever a rule has it so. The one that is too many for
// a rule is not pushed (inference), and warned about: see [Directory.Warnings].
func (d *Directory) followRules(g *group) []Effect {
	var effects []Effect
	for a := range d.apps.all {
		for r := range a.rules.all {
			if r.Active && a.Provisions() && r.groups[g.ID] != nil && r.many() == nil {
				effects = a.add(effects, d.followRule(a, r, g))
			}
		}
	}
	return effects
}

// SetPushRule activates or deactivates a rule, and the groups that it pushes with it
// (that these are deactivated with it is documented by Okta's test plan, cases C9323 to
// C9326). An active rule pushes what has come to match meanwhile. Of the groups that
// are on the tab already, activating a rule touches those alone that were deactivated
// with it: what an administrator had turned off stays off (inference: no source tells,
// and it is the least that whoever activates a rule can have meant).
func (d *Directory) SetPushRule(id AppID, rule RuleID, active bool) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, r, err := d.pushRule(id, rule)
	if err != nil || r.Active == active {
		return nil, err
	}
	if err := r.many(); active && err != nil {
		return nil, err
	}
	r.Active, r.LastUpdated = active, d.now()
	var effects []Effect
	for _, m := range a.ofRule(rule) {
		if active && !m.paused {
			continue
		}
		m.paused = !active && m.Active
		effects = a.add(effects, d.setPush(a, m, active))
	}
	if active && a.Provisions() {
		effects = append(effects, d.followAll(a, r)...)
	}
	return effects, nil
}

// DeletePushRule takes a rule away and the groups that it pushes off the tab, and has
// them deleted in the target or leaves them there (Okta's test plan, cases C9325
// and C9326: documented).
func (d *Directory) DeletePushRule(id AppID, rule RuleID, deleteTargets bool) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, _, err := d.pushRule(id, rule)
	if err != nil {
		return nil, err
	}
	a.rules.drop(rule)
	var effects []Effect
	for _, m := range a.ofRule(rule) {
		effects = a.add(effects, a.unlink(m, deleteTargets))
	}
	return effects, nil
}

// PushRules returns the application's rules in the order in which they were made.
func (d *Directory) PushRules(id AppID) ([]PushRule, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	var all []PushRule
	for r := range a.rules.all {
		all = append(all, r.PushRule)
	}
	return all, nil
}

func (d *Directory) pushRule(id AppID, rule RuleID) (*app, *pushRule, error) {
	a, err := d.app(id)
	if err != nil {
		return nil, nil, err
	}
	r, ok := a.rules.byID[rule]
	if !ok {
		return nil, nil, &NotFound{Kind: "GroupPushRule", ID: string(rule)}
	}
	return a, r, nil
}

// ofRule are the mappings that a rule put there.
func (a *app) ofRule(rule RuleID) []*PushMapping {
	var all []*PushMapping
	for m := range a.tab.all {
		if m.Rule == rule {
			all = append(all, m)
		}
	}
	return all
}
