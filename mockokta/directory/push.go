package directory

import "time"

// A PushMapping is a line of the Push Groups tab: this group is kept at the
// target under that name.
type PushMapping struct {
	ID          MappingID
	Group       GroupID
	TargetGroup GroupID // the id that Okta gives the group's other side
	TargetName  string
	Active      bool // false: nothing is pushed, and changes add up

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
	d.mappings++
	now := d.now()
	m := &PushMapping{
		ID: MappingID(d.newID("gPm", d.mappings)), Group: group, TargetName: targetName, Active: active,
		TargetGroup: GroupID(d.newID("00gT", d.mappings)),
		Created:     now, LastUpdated: now,
	}
	a.mappings.put(m.ID, m)
	d.log(pushMappingCreated, d.groupTarget(group), a.target())
	return *m, a.pushed(m), nil
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
	if err != nil || m.Active == active {
		return nil, err
	}
	m.Active, m.LastUpdated = active, d.now()
	kind := pushMappingDeactivated
	if active {
		kind = pushMappingActivated
	}
	d.log(kind, d.groupTarget(m.Group), a.target())
	return a.pushed(m), nil
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
	a.mappings.drop(mapping)
	if !a.Provisions() {
		return nil, nil
	}
	return GroupUnlinked{Group: m.Group, Delete: deleteTarget}, nil
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
