package directory

import (
	"maps"
	"slices"
)

// A PropertyMapping fills one attribute of the application's profile from Okta's,
// as a line of Provisioning > To App > Attribute Mappings.
type PropertyMapping struct {
	// Expression is in Okta's Expression Language, of which the mock reads
	// user.NAME, 'text', these joined by +, and the default expression of emailType.
	Expression string
	// CreateOnly is Apply mapping on user create only: the value that there was when
	// the person was assigned stays. Else it is applied on create and update.
	CreateOnly bool
}

// ProfileMapping returns what an application's profile is filled from, by the
// attributes' names. The userName is not among them.
func (d *Directory) ProfileMapping(id AppID) (map[string]PropertyMapping, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	return maps.Clone(a.schema.mappings), nil
}

// SetProfileMapping changes the mappings of the named attributes; nil takes one
// away. It does everything or nothing.
//
// It has an effect for everybody assigned whose account would differ: Okta's
// console asks whether to apply a mapping now, and the mock always does
// (inference). What is no longer mapped does not follow any more, and nothing is
// said of it: everybody keeps the value that they had (inference).
func (d *Directory) SetProfileMapping(id AppID, set map[string]*PropertyMapping) ([]Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return nil, err
	}
	mappings := maps.Clone(a.schema.mappings)
	for _, name := range slices.Sorted(maps.Keys(set)) {
		switch m := set[name]; {
		case name == userName.Name:
			return nil, &Invalid{Field: name, Why: "The application username is not mapped: it goes by the application's sign-on settings"}
		case !a.schema.has(name):
			return nil, &Invalid{Field: name, Why: "The property is not defined in the application's profile"}
		case m == nil:
			delete(mappings, name)
		default:
			mappings[name] = *m
		}
	}
	after, err := newSchema(a.schema.attributes, mappings)
	if err != nil {
		return nil, err
	}
	before := a.schema
	a.schema, a.LastUpdated = after, d.now()
	d.log(mappingChanged, a.target())
	return d.remap(a, before, after), nil
}

// remap lets everybody assigned go by another schema, and tells for whom it
// matters.
func (d *Directory) remap(a *app, before, after *schema) []Effect {
	var effects []Effect
	for _, id := range a.people() {
		as, p := a.assigned[id], d.people.byID[id]
		h := d.hear(a, as, p)
		as.schema = after
		for i, at := range before.attributes {
			if before.sources[i].follows() && !after.sources[i].follows() {
				as.keep(at.Name, at.mapped(before.sources[i], p.Profile))
			}
		}
		if c := h.change(); c != nil {
			effects = append(effects, Effect{a.ID, c})
		}
	}
	return effects
}
