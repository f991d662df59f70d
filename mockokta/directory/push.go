package directory

import "time"

// A PushMapping is a line of the Push Groups tab: this group is kept at the
// target under that name.
type PushMapping struct {
	ID          MappingID
	Group       GroupID
	TargetGroup GroupID // the id that Okta gives the group's other side
	TargetName  string  // which it is to have there; a linked group's may be its own
	Active      bool    // false: nothing is pushed, and changes add up
	Rule        RuleID  // the rule that put it there; empty for an administrator

	// LinkedID and LinkedName are those of the target's own group that was linked;
	// empty where Okta finds or makes one itself.
	LinkedID, LinkedName string

	Created, LastUpdated time.Time
}

// Push puts a group on the Push Groups tab. A group is there once at most.
func (d *Directory) Push(id AppID, group GroupID, targetName string, active bool) (PushMapping, Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return PushMapping{}, nil, err
	}
	if _, err := d.group(group); err != nil {
		return PushMapping{}, nil, err
	}
	switch {
	case targetName == "":
		return PushMapping{}, nil, &Invalid{Field: "targetGroupName", Why: "The field cannot be left blank"}
	case !a.Provisions():
		return PushMapping{}, nil, &Invalid{Field: "groupPush", Why: "Provisioning is not enabled for this application"}
	case a.mappingOf(group) != nil:
		return PushMapping{}, nil, &Invalid{Field: "sourceGroupId", Why: "The group is already pushed to this application"}
	}
	m := d.newMapping(a, PushMapping{Group: group, TargetName: targetName, Active: active})
	return *m, a.pushed(m), nil
}

// newMapping puts a mapping on an application's tab.
func (d *Directory) newMapping(a *app, m PushMapping) *PushMapping {
	d.mappings++
	m.ID, m.TargetGroup = MappingID(d.newID("gPm", d.mappings)), GroupID(d.newID("00gT", d.mappings))
	m.Created = d.now()
	m.LastUpdated = m.Created
	a.mappings.put(m.ID, &m)
	d.log(pushMappingCreated, d.groupTarget(m.Group), a.target())
	return &m
}

// LinkGroup puts a group on the Push Groups tab as one that the target has, which
// Okta knows by an import: its id there, and its name. Its members stay, and its name
// does where the application keeps names ([Settings].KeepGroupNames). No two groups
// are linked to one.
//
// Source: Okta's test plan, cases C9315 and C9330 (documented).
func (d *Directory) LinkGroup(id AppID, group GroupID, targetID, targetName string, active bool) (PushMapping, Change, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return PushMapping{}, nil, err
	}
	g, err := d.group(group)
	switch {
	case err != nil:
		return PushMapping{}, nil, err
	case targetID == "" || targetName == "":
		return PushMapping{}, nil, &Invalid{Field: "targetGroup", Why: "The field cannot be left blank"}
	case !a.Provisions():
		return PushMapping{}, nil, &Invalid{Field: "groupPush", Why: "Provisioning is not enabled for this application"}
	case a.mappingOf(group) != nil:
		return PushMapping{}, nil, &Invalid{Field: "sourceGroupId", Why: "The group is already pushed to this application"}
	}
	for m := range a.mappings.all {
		if m.LinkedID == targetID {
			return PushMapping{}, nil, &Invalid{Field: "targetGroup", Why: "The group is already linked to another one"}
		}
	}
	name := g.Name
	if a.Settings.KeepGroupNames {
		name = targetName
	}
	m := d.newMapping(a, PushMapping{Group: group, TargetName: name, Active: active, LinkedID: targetID, LinkedName: targetName})
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
	return d.setPush(a, m, active), nil
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
	return d.bulk(id, mappings, func(a *app, m *PushMapping) Change { return d.setPush(a, m, active) })
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
		if m, there := a.mappings.byID[mapping]; there { // not when it was named twice
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
		if m := a.mappingOf(group); m != nil {
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
	a.mappings.drop(m.ID)
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
	if m := a.mappingOf(group); m != nil {
		return *m, nil
	}
	return PushMapping{}, &NotFound{Kind: "GroupPushMapping", ID: string(group)}
}

// Mappings returns the application's push mappings in the order in which they
// were made.
func (d *Directory) Mappings(id AppID) ([]PushMapping, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	var all []PushMapping
	for m := range a.mappings.all {
		all = append(all, *m)
	}
	return all, nil
}

func (d *Directory) mapping(id AppID, mapping MappingID) (*app, *PushMapping, error) {
	a, err := d.app(id)
	if err != nil {
		return nil, nil, err
	}
	m, ok := a.mappings.byID[mapping]
	if !ok {
		return nil, nil, &NotFound{Kind: "GroupPushMapping", ID: string(mapping)}
	}
	return a, m, nil
}

func (a *app) mappingOf(group GroupID) *PushMapping {
	for m := range a.mappings.all {
		if m.Group == group {
			return m
		}
	}
	return nil
}
