package directory

import "reflect"

// A Value is what a person has of an attribute of the application's profile; nil is
// a value that was taken away. The attribute is the schema's own, and not to be changed.
type Value struct {
	*Attribute
	Value any
}

// A Told is what an application's target is told of a person who has it.
type Told struct {
	Person   PersonID
	UserName string
	Values   []Value // beside the userName
}

// Told is what the target is told of the person now; NotFound where they have not
// the application.
func (d *Directory) Told(id AppID, person PersonID) (Told, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, err := d.app(id)
	if err != nil {
		return Told{}, err
	}
	as, assigned := a.assigned[person]
	if !assigned {
		return Told{}, &NotFound{Kind: "AppUser", ID: string(person)}
	}
	return as.Told(*d.people.byID[person]), nil
}

// Told is what the target is told of p.
func (as Assignment) Told(p Person) Told { return Told{p.ID, as.UserName(p), as.Values(p)} }

// Profile is p as the application's profile has them. Of an attribute there is the
// person's own value, else what the group gives that assigned them, else what is
// mapped from Okta's profile (that a group's stands before a mapped one, and the
// person's own before both, is inference). Unset attributes are nil, not absent, as
// Okta's API shows them (observed).
func (as Assignment) Profile(p Person) Profile {
	profile := Profile{userName.Name: as.shownUserName(p)}
	for i, a := range as.going().attributes {
		profile[a.Name] = as.value(i, p.Profile)
	}
	return profile
}

// UserName is the person's userName in the application's profile. While updates of
// usernames are excluded the target may know another, which is not the directory's
// to know: see [Settings].
func (as Assignment) UserName(p Person) string {
	name, _ := as.shownUserName(p).(string)
	return name
}

func (as Assignment) shownUserName(p Person) any {
	if own := as.Own[userName.Name]; own != nil {
		return own
	}
	return p.Profile["login"]
}

// Values are what the target is told of a person beside the userName: each
// attribute that has an external namespace and a value, in the order of the profile.
// One whose value was taken away since the person was assigned is told without a
// value from then on, until it has one again. Of one that never had a value nothing
// is said, so that what the target has there stays (inference).
func (as Assignment) Values(p Person) []Value {
	values := make([]Value, 0, 8)
	s := as.going()
	for i := range s.attributes {
		a := &s.attributes[i]
		if !a.Sent() {
			continue
		}
		if v := as.value(i, p.Profile); v != nil || as.cleared[a.Name] {
			values = append(values, Value{a, v})
		}
	}
	return values
}

func (as *Assignment) going() *schema {
	if as.schema == nil {
		return fresh
	}
	return as.schema
}

// value is what somebody has of the i-th attribute; nil for none.
func (as *Assignment) value(i int, okta Profile) any {
	s := as.going()
	a := &s.attributes[i]
	if v := as.Own[a.Name]; v != nil {
		return v
	}
	if v := as.group[a.Name]; v != nil && !a.Personal {
		return v
	}
	if s.sources[i].follows() {
		return a.mapped(s.sources[i], okta)
	}
	return as.kept[a.Name]
}

// A hearing is what a target was told of somebody before an act.
type hearing struct {
	in       *Directory
	app      *app
	as       *Assignment
	person   *Person
	userName string
	values   []any // of the attributes that are sent
}

// hear is asked before an act, and its change after it.
func (d *Directory) hear(a *app, as *Assignment, p *Person) hearing {
	return hearing{d, a, as, p, as.UserName(*p), as.told(p)}
}

func (as *Assignment) told(p *Person) []any {
	s := as.going()
	values := make([]any, len(s.attributes))
	for i := range s.attributes {
		if s.attributes[i].Sent() {
			values[i] = as.value(i, p.Profile)
		}
	}
	return values
}

// change is ProfileChanged when the act made a difference that the target is told
// of. It also takes note of what was taken away.
func (h hearing) change() Change {
	differ := false
	if h.as.UserName(*h.person) != h.userName {
		h.in.log(userNameChanged, h.person.target(), h.app.target())
		differ = !h.app.Settings.ExcludeUserNames
	}
	for i, after := range h.as.told(h.person) {
		if reflect.DeepEqual(h.values[i], after) {
			continue
		}
		differ = true
		if after == nil {
			h.as.clear(h.as.going().attributes[i].Name)
		}
	}
	if !differ || !h.app.Provisions() || !h.person.Status.working() {
		return nil
	}
	return ProfileChanged{h.person.ID}
}

func (as *Assignment) clear(name string) {
	if as.cleared == nil {
		as.cleared = map[string]bool{}
	}
	as.cleared[name] = true
}

// with is p with some values laid over it; nil takes one away. It is another map.
func (p Profile) with(some Profile) Profile {
	var after Profile
	for _, from := range []Profile{p, some} {
		for name, v := range from {
			switch {
			case v == nil:
				delete(after, name)
			case after == nil:
				after = Profile{name: v}
			default:
				after[name] = v
			}
		}
	}
	return after
}

// without is p without the named values. It is another map where that matters.
func (p Profile) without(names []string) Profile {
	some := Profile{}
	for _, name := range names {
		if _, has := p[name]; has {
			some[name] = nil
		}
	}
	if len(some) == 0 {
		return p
	}
	return p.with(some)
}
