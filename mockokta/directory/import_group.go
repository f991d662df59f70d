package directory

import (
	"slices"
	"time"
)

// importedGroups are the groups that an application's last import brought, by the
// target's ids.
type importedGroups struct {
	shelf[string, *ImportedGroup]
	byOkta map[GroupID]*ImportedGroup
	named  map[string][]GroupID
}

func (gs *importedGroups) put(g *ImportedGroup) {
	if gs.byOkta == nil {
		gs.byOkta, gs.named = map[GroupID]*ImportedGroup{}, map[string][]GroupID{}
	}
	gs.shelf.put(g.Target, g)
	gs.byOkta[g.ID] = g
	gs.named[g.Name] = append(gs.named[g.Name], g.ID)
}

// Groups takes a page of groups. A group without an id, or one that came before, or more
// than an import keeps, ends the import. Two of one name are two groups: no rule of SCIM forbids it, and the
// result says so, since Okta finds a group by its name when it pushes one.
func (i *Import) Groups(page []AccountGroup) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, g := range page {
		if err := once(i.groupIDs[g.ID], g.ID, "group", g.Name); err != nil {
			return err
		}
		i.result.GroupsRead++
		i.groupIDs[g.ID] = true
		i.keeps(g.weight())
		i.groups = append(i.groups, g)
	}
	return i.light()
}

// join leaves each group those of its members whom the target has.
func (i *Import) join() {
	if !i.app.imports.settings.Groups {
		return
	}
	i.remarkNames()
	for n := range i.groups {
		i.groups[n].Members = i.members(i.groups[n])
	}
}

// keepGroups makes the groups that were read the application's groups in Okta.
func (i *Import) keepGroups() {
	if !i.app.imports.settings.Groups {
		return
	}
	before, now := i.app.imports.groups, i.now()
	var after importedGroups
	for _, g := range i.groups {
		old := before.byID[g.ID]
		is := ImportedGroup{Target: g.ID, Name: g.Name, Members: g.Members, Created: now, LastUpdated: now, LastMembershipUpdated: now}
		switch {
		case old == nil:
			is.ID = i.otherSide(g.ID)
			i.result.GroupsImported++
			i.log(importGroupCreated, LogTarget{string(is.ID), "UserGroup", cut(g.Name), cut(g.Name)}, i.app.target())
		default:
			is.ID = old.ID
			if is.since(old) {
				i.result.GroupsUpdated++
			}
		}
		after.put(&is)
	}
	for g := range before.all {
		if after.byID[g.Target] == nil {
			i.result.GroupsRemoved++
		}
	}
	i.app.imports.groups = after
}

// since takes the times over from before where nothing is new, and says whether something
// is.
func (g *ImportedGroup) since(before *ImportedGroup) bool {
	named, joined := g.Name != before.Name, !slices.Equal(g.Members, before.Members)
	g.Created = before.Created
	if !named {
		g.LastUpdated = before.LastUpdated
	}
	if !joined {
		g.LastMembershipUpdated = before.LastMembershipUpdated
	}
	return named || joined
}

// An AppGroup is the other side of a group of Okta's: a group of the target's as an
// application has it in Okta.
type AppGroup struct {
	App  AppID
	ID   GroupID
	Name string

	Created, LastUpdated, LastMembershipUpdated time.Time
}

// AppGroup returns a group that an import brought, or one that stands on a Push Groups tab
// as the other side and that no import has brought so far (documented: both are
// APP_GROUPs).
func (d *Directory) AppGroup(id GroupID) (AppGroup, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for a := range d.apps.all {
		if g := a.imports.groups.byOkta[id]; g != nil {
			return AppGroup{a.ID, id, g.Name, g.Created, g.LastUpdated, g.LastMembershipUpdated}, nil
		}
		if m := a.tab.to[id]; m != nil {
			return AppGroup{a.ID, id, m.TargetName, m.Created, m.LastUpdated, m.LastUpdated}, nil
		}
	}
	return AppGroup{}, &NotFound{Kind: "UserGroup", ID: string(id)}
}

// otherSide is Okta's id of a group that no import brought before: that of the mapping
// by which Okta pushed it, so that what a mapping shows as its target group is the group
// that was imported, or a new one (inference).
func (i *Import) otherSide(target string) GroupID {
	if group, pushed := i.links.GroupOf(target); pushed {
		if m := i.app.tab.of[group]; m != nil && i.app.imports.groups.byOkta[m.TargetGroup] == nil {
			return m.TargetGroup
		}
	}
	i.theirs++
	return GroupID(i.newID("00gI", i.theirs))
}

func (i *Import) remarkNames() {
	ids := map[string]string{}
	for _, g := range i.groups {
		if other, taken := ids[g.Name]; taken {
			i.result.remark("two groups have the name %q: %q and %q", cut(g.Name), cut(other), cut(g.ID))
			continue
		}
		ids[g.Name] = g.ID
	}
}

// members are those of a group's members whom the target has, each once. A group in a
// group is none for Okta (documented), and nobody is one whom no list has.
func (i *Import) members(g AccountGroup) []string {
	there := map[string]bool{}
	var members []string
	for _, id := range g.Members {
		switch {
		case there[id] || i.groupIDs[id]:
		case !i.seen(id):
			i.result.remark("the group %q has a member whom the list of users has not: %q", cut(g.Name), cut(id))
		default:
			members = append(members, id)
		}
		there[id] = true
	}
	return members
}

// ImportedGroups are the target's groups in Okta, or a part of them by their ids in Okta,
// in the order in which the target has them.
func (d *Directory) ImportedGroups(id AppID, p Part) ([]ImportedGroup, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	if p.After != "" {
		g := a.imports.groups.byOkta[GroupID(p.After)]
		if g == nil {
			return nil, errCursor
		}
		p.After = g.Target
	}
	return part(&a.imports.groups.shelf, p, (*ImportedGroup).copy)
}

func (g *ImportedGroup) copy() ImportedGroup {
	c := *g
	c.Members = slices.Clone(g.Members)
	return c
}
