package directory

import (
	"cmp"
	"time"
)

// A PushMapping is a line of the Push Groups tab: this group is kept at the
// target under that name.
type PushMapping struct {
	ID          MappingID
	Group       GroupID
	TargetGroup GroupID // Okta's id of the group's other side, an APP_GROUP
	TargetName  string  // which it is to have there; it may be another than the group's
	Active      bool    // false: nothing is pushed, and changes add up
	Rule        RuleID  // the rule that put it there; empty for an administrator

	// LinkedID and LinkedName are those of the target's own group that was linked;
	// empty where Okta finds or makes one itself.
	LinkedID, LinkedName string

	Created, LastUpdated time.Time

	paused bool // inactive since its rule is, and not by an administrator
}

// A tab is an application's Push Groups tab. A group of Okta's is on it once at most,
// and so is a group of the target's that Okta has an id for.
type tab struct {
	shelf[MappingID, *PushMapping]
	of map[GroupID]*PushMapping // by the group
	to map[GroupID]*PushMapping // by its other side
}

func (t *tab) put(m *PushMapping) {
	if t.of == nil {
		t.of, t.to = map[GroupID]*PushMapping{}, map[GroupID]*PushMapping{}
	}
	t.shelf.put(m.ID, m)
	t.of[m.Group], t.to[m.TargetGroup] = m, m
}

func (t *tab) drop(m *PushMapping) {
	t.shelf.drop(m.ID)
	delete(t.of, m.Group)
	delete(t.to, m.TargetGroup)
}

// Push puts a group on the Push Groups tab, by the name that it is to have at the
// target. Its other side is the one group of that name that an import brought and that
// is on the tab of nobody else, or a new one, which an import that meets the group will
// know again (inference: an id is in the very answer, as recorded, and no source tells
// of which group).
func (d *Directory) Push(id AppID, group GroupID, targetName string, active bool) (PushMapping, Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return PushMapping{}, nil, err
	}
	if targetName == "" {
		return PushMapping{}, nil, &Invalid{Field: "targetGroupName", Why: "The field cannot be left blank"}
	}
	if _, err := d.unpushed(a, group); err != nil {
		return PushMapping{}, nil, err
	}
	m := d.newMapping(a, PushMapping{Group: group, TargetGroup: a.imported(targetName), TargetName: targetName, Active: active})
	return *m, a.pushed(m), nil
}

// unpushed is a group that can be put on the tab.
func (d *Directory) unpushed(a *app, id GroupID) (*group, error) {
	g, err := d.group(id)
	switch {
	case err != nil:
		return nil, err
	case !a.Provisions():
		return nil, &Invalid{Field: "groupPush", Why: "Provisioning is not enabled for this application"}
	case a.tab.of[id] != nil:
		return nil, &Invalid{Field: "sourceGroupId", Why: "The group is already pushed to this application"}
	}
	return g, nil
}

// imported is the one group that an import brought under a name and that nothing is
// pushed to; "" for none, and for several.
func (a *app) imported(name string) GroupID {
	var found GroupID
	for _, id := range a.imports.groups.named[name] {
		if a.tab.to[id] != nil {
			continue
		}
		if found != "" {
			return ""
		}
		found = id
	}
	return found
}

// newMapping puts a mapping on an application's tab, with a new other side unless it
// has one.
func (d *Directory) newMapping(a *app, m PushMapping) *PushMapping {
	d.mappings++
	m.ID = MappingID(d.newID("gPm", d.mappings))
	m.TargetGroup = cmp.Or(m.TargetGroup, GroupID(d.newID("00gT", d.mappings)))
	m.Created = d.now()
	m.LastUpdated = m.Created
	a.tab.put(&m)
	d.log(pushMappingCreated, d.groupTarget(m.Group), a.target())
	return &m
}

// LinkGroup puts a group on the Push Groups tab as one that the target has, by the id
// that Okta gave that one when an import brought it. Its members stay, and its name does
// where the application keeps names ([Settings].KeepGroupNames). No two groups are
// linked to one.
//
// Source: Okta's test plan, cases C9315 and C9330; that a group is linked by its id in
// Okta, the management API (both documented). That an id which no import of this
// application's brought is not found, and that one of Okta's own groups is refused, is
// inference.
func (d *Directory) LinkGroup(id AppID, group, target GroupID, active bool) (PushMapping, Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return PushMapping{}, nil, err
	}
	g, err := d.unpushed(a, group)
	if err != nil {
		return PushMapping{}, nil, err
	}
	theirs, imported := a.imports.groups.byOkta[target]
	_, oktas := d.groups.byID[target]
	switch {
	case oktas:
		return PushMapping{}, nil, &Invalid{Field: "targetGroupId", Why: "The group is one of Okta's own, and a group can be linked to one alone that an import brought from the application"}
	case !imported:
		return PushMapping{}, nil, &NotFound{Kind: "UserGroup", ID: string(target)}
	case a.tab.to[target] != nil:
		return PushMapping{}, nil, &Invalid{Field: "targetGroupId", Why: "The group is already linked to another one"}
	}
	name := g.Name
	if a.Settings.KeepGroupNames {
		name = theirs.Name
	}
	m := d.newMapping(a, PushMapping{Group: group, TargetGroup: target, TargetName: name, Active: active, LinkedID: theirs.Target, LinkedName: theirs.Name})
	if !active {
		return *m, nil, nil
	}
	return *m, GroupLinked{group}, nil
}

// pushed is what follows for the target from the mapping as it is now.
func (a *app) pushed(m *PushMapping) Change {
	if !m.Active || !a.Provisions() {
		return nil
	}
	return GroupPushed{m.Group}
}

// SetPush activates or deactivates a mapping. Activating pushes the group as
// it is now (Okta test plan C9320: documented); deactivating says nothing.
func (d *Directory) SetPush(id AppID, mapping MappingID, active bool) (Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, m, err := d.mapping(id, mapping)
	if err != nil {
		return nil, err
	}
	return d.setPushByHand(a, m, active), nil
}

// setPushByHand is an administrator's, whose word a rule does not take back.
func (d *Directory) setPushByHand(a *app, m *PushMapping, active bool) Change {
	m.paused = false
	return d.setPush(a, m, active)
}

func (d *Directory) setPush(a *app, m *PushMapping, active bool) Change {
	if m.Active == active {
		return nil
	}
	m.Active, m.LastUpdated = active, d.now()
	kind := pushMappingDeactivated
	if active {
		kind = pushMappingActivated
	}
	d.log(kind, d.groupTarget(m.Group), a.target())
	return a.pushed(m)
}

// SetPushes is Activate or Deactivate of Bulk edit: all of the mappings, or none when
// one of them is not there.
func (d *Directory) SetPushes(id AppID, active bool, mappings ...MappingID) ([]Effect, error) {
	return d.bulk(id, mappings, func(a *app, m *PushMapping) Change { return d.setPushByHand(a, m, active) })
}

// UnlinkAll is Delete of Bulk edit: the mappings go, active or not, and the target's
// groups with them where the administrator has it so.
func (d *Directory) UnlinkAll(id AppID, deleteTargets bool, mappings ...MappingID) ([]Effect, error) {
	return d.bulk(id, mappings, func(a *app, m *PushMapping) Change { return a.unlink(m, deleteTargets) })
}

// bulk does something to several mappings, in the order in which they were named.
func (d *Directory) bulk(id AppID, mappings []MappingID, do func(*app, *PushMapping) Change) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, mapping := range mappings {
		if _, _, err := d.mapping(id, mapping); err != nil {
			return nil, err
		}
	}
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	var effects []Effect
	for _, mapping := range mappings {
		if m, there := a.tab.byID[mapping]; there { // not when it was named twice
			effects = a.add(effects, do(a, m))
		}
	}
	return effects, nil
}

// add adds what a change has for an effect in the application, if any.
func (a *app) add(effects []Effect, c Change) []Effect {
	if c == nil {
		return effects
	}
	return append(effects, Effect{a.ID, c})
}

// RetryPushes is Retry All Groups: it pushes those of the groups as they are now that
// are on the tab and active. Which of them are in error is for somebody else to know.
func (d *Directory) RetryPushes(id AppID, groups []GroupID) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	var effects []Effect
	for _, group := range groups {
		if m := a.tab.of[group]; m != nil {
			effects = a.add(effects, a.pushed(m))
		}
	}
	return effects, nil
}

// PushNow pushes an active mapping's group as it is now, members and all.
func (d *Directory) PushNow(id AppID, mapping MappingID) (Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, m, err := d.mapping(id, mapping)
	if err != nil {
		return nil, err
	}
	if !m.Active {
		return nil, &Invalid{Field: "status", Why: "The mapping is inactive"}
	}
	return a.pushed(m), nil
}

// Unlink takes a mapping that was deactivated before off the Push Groups tab,
// and has the target's group deleted or leaves it there.
func (d *Directory) Unlink(id AppID, mapping MappingID, deleteTarget bool) (Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, m, err := d.mapping(id, mapping)
	if err != nil {
		return nil, err
	}
	if m.Active {
		return nil, &Invalid{Field: "status", Why: "The mapping must be inactive to be deleted"}
	}
	return a.unlink(m, deleteTarget), nil
}

func (a *app) unlink(m *PushMapping, deleteTarget bool) Change {
	a.tab.drop(m)
	if !a.Provisions() {
		return nil
	}
	return GroupUnlinked{Group: m.Group, Delete: deleteTarget}
}

// Mapping returns a push mapping by id.
func (d *Directory) Mapping(id AppID, mapping MappingID) (PushMapping, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, m, err := d.mapping(id, mapping)
	if err != nil {
		return PushMapping{}, err
	}
	return *m, nil
}

// MappingOf returns the mapping of a group; NotFound when it is not pushed.
func (d *Directory) MappingOf(id AppID, group GroupID) (PushMapping, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return PushMapping{}, err
	}
	if m := a.tab.of[group]; m != nil {
		return *m, nil
	}
	return PushMapping{}, &NotFound{Kind: "GroupPushMapping", ID: string(group)}
}

// Mappings returns the application's push mappings, or a part of them, in the order in
// which they were made.
func (d *Directory) Mappings(id AppID, p Part) ([]PushMapping, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	return part(&a.tab.shelf, p, func(m *PushMapping) PushMapping { return *m })
}

func (d *Directory) mapping(id AppID, mapping MappingID) (*app, *PushMapping, error) {
	a, err := d.app(id)
	if err != nil {
		return nil, nil, err
	}
	m, ok := a.tab.byID[mapping]
	if !ok {
		return nil, nil, &NotFound{Kind: "GroupPushMapping", ID: string(mapping)}
	}
	return a, m, nil
}
