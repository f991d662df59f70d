package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/reports/evidence"
)

// membersNamed asks of the target what Okta asked of it, and no more: where Okta's
// jobs ran in an unlucky order, it named the wrong people, and nobody else can
// know better.
func (w *world) membersNamed(ctx context.Context, label string) error {
	g, err := w.group(ctx, label)
	if err != nil {
		return err
	}
	now, err := w.groupNow(ctx, g)
	if err != nil {
		return err
	}
	named, got := namedBy(w.wire.Exchanges(), g.groupID()), slices.Compact(now.Values("members"))
	if !slices.Equal(named, got) {
		return w.mismatch("the members of "+label, w.labels(named)+", whom Okta named", w.labels(got), w.last())
	}
	w.symptoms, err = w.symptomsOf(ctx, g, got)
	return err
}

// symptomsBefore takes note of what Push now is to heal.
func (w *world) symptomsBefore(ctx context.Context, g *group) error {
	now, err := w.groupNow(ctx, g)
	if err != nil {
		return err
	}
	w.healed = true
	w.symptoms, err = w.symptomsOf(ctx, g, now.Values("members"))
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
func (w *world) unsupported(ctx context.Context) (reason string, notes []string) {
	came := w.symptoms
	switch {
	case len(came) == 0:
		came = []string{"this time nobody is missing, and nobody has stayed"}
	case w.healed:
		came = append(came, "Push now has healed it")
	}
	reason = "unsupported by Okta: one group for assignment and push; " + strings.Join(came, "; ")
	notes = []string{"the order of Okta's requests: " + w.orderOfRequests()}
	warnings, err := w.admin.Warnings(ctx)
	if err != nil {
		return reason, append(notes, "Okta's warning could not be read: "+err.Error())
	}
	for _, warning := range warnings {
		notes = append(notes, "Okta warns: "+warning.Text)
	}
	return reason, notes
}

// orderOfRequests lists what Okta has said since somebody joined or left.
func (w *world) orderOfRequests() string {
	var said []string
	for _, x := range w.wire.Exchanges()[w.moved:] {
		if x.Voice == evidence.Okta {
			said = append(said, fmt.Sprintf("%s %s about %s (exchange %d)", x.Method, endpointOf(x.URL), w.labelOf(x.Subject), x.N))
		}
	}
	if len(said) == 0 {
		return "none"
	}
	return strings.Join(said, ", ")
}

// endpointOf is the part of a URL that says what is asked, without ids.
func endpointOf(raw string) string {
	for _, kind := range []string{"/Users", "/Groups"} {
		if _, rest, found := strings.Cut(raw, kind); found {
			switch {
			case strings.HasPrefix(rest, "?filter"):
				return kind + "?filter"
			case strings.HasPrefix(rest, "/"):
				return kind + "/{id}"
			}
			return kind
		}
	}
	return raw
}

// labelOf names whom an exchange is about, in the scenario's words.
func (w *world) labelOf(subject string) string {
	for label, p := range w.people {
		if p.userName == subject {
			return label
		}
	}
	for label, g := range w.groups {
		if g.name == subject {
			return label
		}
	}
	return subject
}

// namedBy folds what Okta was heard to say of a group, as far as it was accepted,
// into the ids of the members that it named, sorted. It understands what Okta says
// and nothing else.
func namedBy(exchanges []evidence.Exchange, group string) []string {
	members := map[string]bool{}
	for _, x := range exchanges {
		if x.Voice != evidence.Okta || x.Status/100 != 2 || !isAbout(x, group) {
			continue
		}
		var body struct {
			Members    []member
			Operations []struct {
				Op, Path string
				Value    json.RawMessage
			}
		}
		if json.Unmarshal(x.RequestBody, &body) != nil {
			continue
		}
		if x.Method != http.MethodPatch {
			clear(members)
			include(members, body.Members)
		}
		for _, o := range body.Operations {
			var list []member
			_ = json.Unmarshal(o.Value, &list) // a value that is no list names nobody
			switch id, filtered := strings.CutPrefix(o.Path, `members[value eq "`); {
			case filtered:
				delete(members, strings.TrimSuffix(id, `"]`))
			case o.Path == "members" && o.Op == "replace":
				clear(members)
				include(members, list)
			case o.Path == "members":
				include(members, list)
			}
		}
	}
	ids := []string{}
	for id := range members {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

type member struct{ Value string }

func include(into map[string]bool, list []member) {
	for _, m := range list {
		into[m.Value] = true
	}
}

// isAbout says whether an exchange wrote the group: under its id, or when it was
// created and got that id.
func isAbout(x evidence.Exchange, group string) bool {
	switch x.Method {
	case http.MethodPut, http.MethodPatch:
		return strings.HasSuffix(x.URL, "/Groups/"+url.PathEscape(group))
	case http.MethodPost:
		var made struct{ ID string }
		return strings.HasSuffix(x.URL, "/Groups") && json.Unmarshal(x.ResponseBody, &made) == nil && made.ID == group
	}
	return false
}
