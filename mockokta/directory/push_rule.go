package directory

import (
	"fmt"
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

// matching are the groups that match a rule, in the order in which they were made.
func (d *Directory) matching(r *PushRule) []*group {
	var all []*group
	for g := range d.groups.all {
		if r.matches(g) {
			all = append(all, g)
		}
	}
	return all
}

// AddPushRule adds an active rule, and pushes the groups that match. It is Invalid
// when they are more than a rule may have.
func (d *Directory) AddPushRule(id AppID, r PushRule) (PushRule, []Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return PushRule{}, nil, err
	}
	if err := r.check(); err != nil {
		return PushRule{}, nil, err
	}
	if !a.Provisions() {
		return PushRule{}, nil, &Invalid{Field: "groupPush", Why: "Provisioning is not enabled for this application"}
	}
	matching := d.matching(&r)
	if len(matching) > groupsOfRule {
		return PushRule{}, nil, &Invalid{Field: "value", Why: fmt.Sprintf("%d groups match the rule, and no more than %d may", len(matching), groupsOfRule)}
	}
	d.rules++
	r.ID, r.Active, r.Created = RuleID(d.newID("gPr", d.rules)), true, d.now()
	r.LastUpdated = r.Created
	a.rules.put(r.ID, &r)
	var effects []Effect
	for _, g := range matching {
		effects = a.add(effects, d.followRule(a, &r, g))
	}
	return r, effects, nil
}

// followRule pushes a group that matches a rule, unless it is pushed already.
func (d *Directory) followRule(a *app, r *PushRule, g *group) Change {
	if a.mappingOf(g.ID) != nil {
		return nil
	}
	return a.pushed(d.newMapping(a, PushMapping{Group: g.ID, TargetName: g.Name, Active: true, Rule: r.ID}))
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
			if r.Active && a.Provisions() && r.matches(g) && len(d.matching(r)) <= groupsOfRule {
				effects = a.add(effects, d.followRule(a, r, g))
			}
		}
	}
	return effects
}

// SetPushRule activates or deactivates a rule, and the groups that it pushes
// with it. An active rule pushes what has come to match meanwhile.
func (d *Directory) SetPushRule(id AppID, rule RuleID, active bool) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, r, err := d.pushRule(id, rule)
	if err != nil || r.Active == active {
		return nil, err
	}
	matching := d.matching(r)
	if active && len(matching) > groupsOfRule {
		return nil, &Invalid{Field: "value", Why: fmt.Sprintf("%d groups match the rule, and no more than %d may", len(matching), groupsOfRule)}
	}
	r.Active, r.LastUpdated = active, d.now()
	var effects []Effect
	for _, m := range a.ofRule(rule) {
		effects = a.add(effects, d.setPush(a, m, active))
	}
	if active && a.Provisions() {
		for _, g := range matching {
			effects = a.add(effects, d.followRule(a, r, g))
		}
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
		all = append(all, *r)
	}
	return all, nil
}

func (d *Directory) pushRule(id AppID, rule RuleID) (*app, *PushRule, error) {
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
	for m := range a.mappings.all {
		if m.Rule == rule {
			all = append(all, m)
		}
	}
	return all
}
