package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/target"
)

// mappingSteps are what fills the application's profile without anybody entering it
// there: the person's own profile in Okta, by mappings, and the group that assigns.
var mappingSteps = []sentence{
	{`^(\w+)'s (\w+) in Okta is "([^"]*)"$`, "mapped-attribute-arrives", func(w *world) any { return w.inOkta }},
	{`^(\w+)'s (\w+) in Okta changes to "([^"]*)"$`, "", func(w *world) any { return w.inOkta }},
	{`^(\w+)'s (\w+) is taken away in Okta$`, "", func(w *world) any { return w.takeAway }},
	{`^the application maps (\w+) to (\S+)$`, "", func(w *world) any { return w.mapTo }},
	{`^the group (\w+) gives the application with the (\w+) (.+)$`, "mapped-attribute-arrives", func(w *world) any { return w.groupGives }},
	{`^the group (\w+) is put first$`, "", func(w *world) any { return w.putFirst }},
}

// mappedByDefault are attributes of the profile that every application has in Okta,
// where their values go: the extension or "" for the core schema, and the external
// name (observed: the mapping list of a real organisation; vendors' guides).
var mappedByDefault = map[string]struct{ urn, external string }{
	"title":        {"", "title"},
	"primaryPhone": {"", "phoneNumbers.^[primary==true].value"},
	"department":   {enterpriseSchema, "department"},
	"division":     {enterpriseSchema, "division"},
	"costCenter":   {enterpriseSchema, "costCenter"},
}

// attribute is one that the application has, or nil.
func (w *world) attribute(name string) *attribute {
	if a, known := w.attributes[name]; known {
		return a
	}
	place, known := mappedByDefault[name]
	if !known {
		return nil
	}
	w.attributes[name] = attributeAt(name, place.urn, place.external)
	return w.attributes[name]
}

// ofElement is an external name with a condition: emails.^[primary==true].value.
var ofElement = regexp.MustCompile(`^(\w+)\.\^\[(\w+)==(\w+)\]\.(\w+)$`)

// attributeAt is an attribute whose values stand at an external name, below a URN or
// among the core attributes.
func attributeAt(name, urn, external string) *attribute {
	a := &attribute{name: name, urn: urn, cleared: map[string]bool{}}
	if m := ofElement.FindStringSubmatch(external); m != nil {
		a.path, a.element = []string{m[1], m[4]}, &condition{m[2], m[3]}
		return a
	}
	if a.path = strings.Split(external, "."); urn != "" {
		a.path = append([]string{urn}, a.path...)
	}
	return a
}

// A condition picks one element of a multi-valued attribute.
type condition struct{ name, value string }

func (c condition) of(element target.Resource) bool {
	return strings.EqualFold(fmt.Sprint(element.Get(c.name)), c.value)
}

// in is the attribute's value in an account.
func (a *attribute) in(account target.Resource) any {
	if a.element == nil {
		return account.Get(a.path...)
	}
	for _, e := range elements(account, a.path[0]) {
		if a.element.of(e) {
			return e.Get(a.path[1])
		}
	}
	return nil
}

// amiss says whether the value stands in an element that the condition does not pick.
func (a *attribute) amiss(account target.Resource, want any) bool {
	return a.element != nil && slices.ContainsFunc(elements(account, a.path[0]), func(e target.Resource) bool {
		return a.same(want, e.Get(a.path[1]))
	})
}

func elements(account target.Resource, name string) []target.Resource {
	list, _ := account.Get(name).([]any)
	var all []target.Resource
	for _, e := range list {
		if element, ok := e.(map[string]any); ok {
			all = append(all, element)
		}
	}
	return all
}

// same compares values. A server should write telephone numbers as RFC 3966 has them
// (RFC 7643, section 4.1.2), and so it may change all of them but the digits.
func (a *attribute) same(want, got any) bool {
	if a.path[0] != "phoneNumbers" {
		return target.Same(want, got)
	}
	text, isText := got.(string)
	return isText && digits(fmt.Sprint(want)) == digits(text)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// where says where the value stands, after the attribute's name.
func (a *attribute) where() string {
	switch {
	case a.element != nil:
		return fmt.Sprintf(" in %s[%s eq %s]", a.path[0], a.element.name, a.element.value)
	case a.urn != "":
		return " below " + a.urn
	}
	return ""
}

// kept names what a target may keep nothing of.
func (a *attribute) kept() string {
	if a.urn != "" {
		return a.urn
	}
	return a.path[0]
}

// owner is the scenario that asks whether the attribute arrives at all.
func (a *attribute) owner() string {
	if a.element != nil {
		return "phones-arrive"
	}
	return "mapped-attribute-arrives"
}

// inOkta changes a person's profile in Okta, not in the application. Whoever has no
// account yet comes with it.
func (w *world) inOkta(ctx context.Context, label, name, v string) error {
	if w.attribute(name) == nil {
		return fmt.Errorf("nothing maps %s in Okta: the scenario lacks a Given", name)
	}
	err := w.changeProfile(ctx, label, func(p *person) directory.Profile {
		if p.mapped == nil {
			p.mapped = map[string]string{}
		}
		p.mapped[name] = v
		return directory.Profile{name: v}
	})
	if p := w.people[label]; err == nil && w.stating() && p.linked != "" {
		return w.arrived(ctx, p)
	}
	return err
}

// arrived wants everything that is mapped of a person to be in their account, before
// a scenario goes on to change it.
func (w *world) arrived(ctx context.Context, p *person) error {
	for _, name := range slices.Sorted(maps.Keys(p.mapped)) {
		want, err := json.Marshal(p.mapped[name])
		if err != nil {
			return err
		}
		if err := w.attributeShown(ctx, p.label, name, string(want)); err != nil {
			w.owner = w.attribute(name).owner()
			return err
		}
	}
	return nil
}

func (w *world) takeAway(ctx context.Context, label, name string) error {
	w.attribute(name).cleared[label] = true
	return w.changeProfile(ctx, label, func(p *person) directory.Profile {
		delete(p.mapped, name)
		return directory.Profile{name: nil}
	})
}

// mapTo has an attribute of the person's profile in Okta fill one of the application's,
// which is new where it is an external name, and bears the same name then; nothing is
// no mapping any more.
func (w *world) mapTo(ctx context.Context, from, to string) error {
	known := w.attribute(to) != nil
	switch {
	case from == "nothing":
		return w.act(ctx, "what follows from a mapping that is gone", func() error { return w.admin.Unmap(ctx, w.app, to) })
	case !known:
		w.attributes[from] = attributeAt(from, "", to)
		a := directory.Attribute{Name: from, ExternalName: to, ExternalNamespace: coreSchema}
		if err := w.admin.AddAttribute(ctx, w.app, a); err != nil {
			return err
		}
		to = from
	}
	return w.act(ctx, "the push of what is mapped now", func() error { return w.admin.Map(ctx, w.app, to, "user."+from) })
}

// groupGives assigns a group, behind those that are assigned, with a value for
// everybody in it. What somebody then has is what Okta says that they have: the first
// group that they are in counts.
func (w *world) groupGives(ctx context.Context, label, name, text string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	v, err := value(text)
	if err != nil {
		return err
	}
	given, err := w.admin.AppGroups(ctx, w.app)
	if err != nil {
		return err
	}
	g.assigned = true
	err = w.act(ctx, "the assignment of the group "+label, func() error {
		return w.admin.AssignGroupWith(ctx, w.app, g.okta, len(given), directory.Profile{name: v})
	})
	if err != nil {
		w.owner = "assign-creates"
		return err
	}
	for _, person := range slices.Sorted(maps.Keys(w.people)) {
		if err := w.assignedWith(ctx, w.people[person], name); err != nil {
			return err
		}
	}
	return nil
}

// assignedWith wants whoever has the application to have an active account, with the
// value that Okta has for them.
func (w *world) assignedWith(ctx context.Context, p *person, name string) error {
	if err := w.learnLink(ctx, p); err != nil || p.linked == "" {
		return err
	}
	if err := w.shown(ctx, p.label, "active"); err != nil {
		w.owner = "assign-creates"
		return err
	}
	user, err := w.admin.AppUser(ctx, w.app, p.okta)
	if err != nil {
		return err
	}
	want, err := json.Marshal(user.Profile[name])
	if err != nil {
		return err
	}
	return w.attributeShown(ctx, p.label, name, string(want))
}

func (w *world) putFirst(ctx context.Context, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	return w.act(ctx, "the push of what the first group gives", func() error { return w.admin.PrioritizeGroup(ctx, w.app, g.okta, 0) })
}
