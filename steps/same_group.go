package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/reports/evidence"
)

// oneGroup is what a scenario has seen of one group for assignment and push.
type oneGroup struct {
	moved    int      // the exchange before somebody first joined or left it
	symptoms []string // in sentences
	healed   bool     // Push now came after them
}

// membersNamed asks of the target what Okta asked of it, and no more: where Okta's
// jobs ran in an unlucky order, it named the wrong people, and nobody else can know
// better. Whether somebody whom it named and then disabled is still shown as a member
// is the provider's to decide, also once they are back: no page of Okta's and no RFC
// says. OKTA-membership-kept asks for it, as inference, where the plan is supported.
func (w *world) membersNamed(ctx context.Context, label string) error {
	g, now, err := w.groupOf(ctx, label)
	if err != nil {
		return err
	}
	named, got := namedBy(w.wire.Exchanges(), g.groupID()), slices.Compact(now.Values("members"))
	if !within(got, named.all()) || !within(named.inUse(), got) {
		w.broken = "S-08"
		return w.mismatch("the members of "+label, w.labels(named.all())+", whom Okta named", w.labels(got), w.last())
	}
	w.oneGroup.symptoms, err = w.symptomsOf(ctx, g, got)
	return err
}

// within: all of some are among others.
func within(some, others []string) bool {
	return !slices.ContainsFunc(some, func(id string) bool { return !slices.Contains(others, id) })
}

// ownMove says whose requirement it is when a group that gives the application is
// changed and Okta shows an error: that of the assignment, where the error is about
// the person, as it always is where the group is not pushed.
func (w *world) ownMove(g *group, p *person) {
	if w.owner != "" || !g.assigned {
		return
	}
	owner := "unassign-disables"
	switch {
	case p.linked == "" && p.id != "":
		owner = "reassign-enables"
	case p.linked == "":
		owner = "assign-creates"
	}
	if g.mapping == "" {
		w.owner = owner
		return
	}
	for _, x := range slices.Backward(w.wire.Exchanges()) {
		if x.Voice != evidence.Okta || x.Status < 400 {
			continue
		}
		if x.Kind == evidence.User {
			w.owner = owner
		}
		return
	}
}

// symptomsBefore takes note of what Push now is to heal.
func (w *world) symptomsBefore(ctx context.Context, g *group) error {
	now, err := w.groupNow(ctx, g)
	if err != nil {
		return err
	}
	w.oneGroup.healed = true
	w.oneGroup.symptoms, err = w.symptomsOf(ctx, g, now.Values("members"))
	return err
}

// symptomsOf compares a group at the target with the group in Okta.
func (w *world) symptomsOf(ctx context.Context, g *group, held []string) ([]string, error) {
	members, err := w.admin.Members(ctx, g.okta)
	if err != nil {
		return nil, err
	}
	var seen []string
	for _, label := range slices.Sorted(maps.Keys(w.people)) {
		p := w.people[label]
		inOkta := slices.ContainsFunc(members, func(m management.User) bool { return m.ID == p.okta })
		switch atTarget := slices.Contains(held, p.accountID()); {
		case inOkta && !atTarget:
			seen = append(seen, fmt.Sprintf("%s is in %s in Okta, and missing from it at the target", label, g.label))
		case !inOkta && atTarget:
			seen = append(seen, fmt.Sprintf("%s has left %s in Okta, and is still in it at the target", label, g.label))
		}
	}
	return seen, nil
}

// unsupported says what came of a plan that Okta does not support: never the
// target's fault.
func (w *world) unsupported() string {
	came := w.oneGroup.symptoms
	switch {
	case len(came) == 0:
		came = []string{"this time nobody is missing, and nobody has stayed"}
	case w.oneGroup.healed:
		came = append(came, "Push now has healed it")
	}
	return "unsupported by Okta: one group for assignment and push; " + strings.Join(came, "; ")
}

// planWarnings are what Okta has to say of the scenario's plan, whatever came of it:
// also one that does not mean to show it may give one group for both.
func (w *world) planWarnings(ctx context.Context) (notes []string) {
	if !slices.ContainsFunc(slices.Collect(maps.Values(w.groups)), func(g *group) bool { return g.assigned && g.mapping != "" }) {
		return nil
	}
	warnings, err := w.admin.Warnings(ctx)
	if err != nil {
		return []string{"Okta's warnings could not be read: " + err.Error()}
	}
	for _, warning := range warnings {
		notes = append(notes, "Okta warns: "+warning.Text)
	}
	return notes
}

// orderOfRequests lists what Okta has said since somebody joined or left.
func (w *world) orderOfRequests() string {
	var said []string
	for _, x := range w.wire.Exchanges()[w.oneGroup.moved:] {
		if x.Voice == evidence.Okta {
			said = append(said, fmt.Sprintf("%s %s about %s (exchange %d)", x.Method, endpointOf(x), w.labelOf(x.Subject), x.N))
		}
	}
	if len(said) == 0 {
		return "none"
	}
	return strings.Join(said, ", ")
}

// endpointOf says what an exchange asks, without ids.
func endpointOf(x evidence.Exchange) string {
	endpoint := map[string]string{evidence.User: "/Users", evidence.Group: "/Groups"}[x.Kind]
	switch {
	case x.ID != "":
		return endpoint + "/{id}"
	case strings.Contains(x.URL, "?filter="):
		return endpoint + "?filter"
	}
	return endpoint
}

// labelOf names whom an exchange is about, in the scenario's words.
func (w *world) labelOf(subject string) string {
	if p := w.personNamed(subject); p != nil {
		return p.label
	}
	if g := w.groupNamed(subject); g != nil {
		return g.label
	}
	return subject
}

// A naming is whom Okta has named as members of a group, by the ids of their accounts:
// true for those whose accounts it has not disabled since.
type naming map[string]bool

func (n naming) all() []string { return slices.Sorted(maps.Keys(n)) }

func (n naming) inUse() []string {
	return slices.DeleteFunc(n.all(), func(id string) bool { return !n[id] })
}

func (n naming) include(list []member) {
	for _, m := range list {
		n[m.Value] = true
	}
}

// namedBy folds what Okta was heard to say, as far as it was accepted, into whom it has
// named as members of a group. It understands what Okta says and nothing else.
func namedBy(exchanges []evidence.Exchange, group string) naming {
	named := naming{}
	for _, x := range exchanges {
		var body struct {
			Members    []member
			Operations []struct {
				Op, Path string
				Value    json.RawMessage
			}
		}
		if x.Voice != evidence.Okta || x.Status/100 != 2 || json.Unmarshal(x.RequestBody, &body) != nil {
			continue
		}
		if named[x.ID] && x.Kind == evidence.User {
			named[x.ID] = !disables(x.RequestBody)
			for _, o := range body.Operations {
				named[x.ID] = named[x.ID] && !disables(o.Value)
			}
		}
		if !isAbout(x, group) {
			continue
		}
		if x.Method != http.MethodPatch {
			clear(named)
			named.include(body.Members)
		}
		for _, o := range body.Operations {
			if id, filtered := strings.CutPrefix(o.Path, `members[value eq "`); filtered {
				delete(named, strings.TrimSuffix(id, `"]`))
				continue
			}
			list, says := membersIn(o.Path, o.Value)
			if says && o.Op == "replace" {
				clear(named)
			}
			named.include(list)
		}
	}
	return named
}

type member struct{ Value string }

// membersIn are the members that an operation of a PATCH brings, and whether it is about
// members at all: by its path, or, without one, by what its value is an object of, as
// Okta was seen to empty a group (observed: jelhub/scimgateway issues 111 and 113).
func membersIn(path string, value json.RawMessage) (list []member, says bool) {
	if path == "" {
		var object struct{ Members json.RawMessage }
		_ = json.Unmarshal(value, &object) // a value that is no object says nothing of members
		if len(object.Members) == 0 {
			return nil, false
		}
		value = object.Members
	} else if path != "members" {
		return nil, false
	}
	_ = json.Unmarshal(value, &list) // a value that is no list names nobody
	return list, true
}

// disables says whether an account, or the part of one that a PATCH names, is not to be
// in use.
func disables(account []byte) bool {
	var a struct{ Active *bool }
	return json.Unmarshal(account, &a) == nil && a.Active != nil && !*a.Active
}

// isAbout says whether an exchange wrote the group: under its id, or when it was
// created and got that id.
func isAbout(x evidence.Exchange, group string) bool {
	switch x.Method {
	case http.MethodPut, http.MethodPatch:
		return x.Kind == evidence.Group && x.ID == group
	case http.MethodPost:
		var made struct{ ID string }
		return x.Kind == evidence.Group && json.Unmarshal(x.ResponseBody, &made) == nil && made.ID == group
	}
	return false
}
