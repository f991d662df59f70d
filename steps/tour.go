package steps

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// Walk plays the tour of the provider's page from its beginning to its end, as one
// story, and tells it on out: under each sentence what happened in Okta, what went over
// the wire, and what the provider's screens show otherwise than before. The target is
// our own server, which has the screens; the application is one of the catalogue's. An
// error says at which sentence the tour ended, and why.
func Walk(ctx context.Context, c Config, out io.Writer) (err error) {
	title, legs, err := features.Tour()
	if err != nil {
		return err
	}
	r, err := newRun(c)
	if err != nil {
		return err
	}
	scene := features.Case{Scenario: features.Scenario{Req: "tour", Name: title, Feature: title}, Dialect: features.OIN}
	for _, leg := range legs {
		scene.Steps = append(scene.Steps, leg.Steps...)
	}
	w, err := r.open(ctx, scene, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	g := &guide{world: w, legs: legs, out: out, spot: w.endpoint.Screens, shown: map[string]string{}}
	fmt.Fprintf(out, "%s\n", title)
	g.heading()
	w.done = g.tell
	w.perform(ctx)
	switch {
	case g.broken != nil:
		return g.broken
	case w.passed == len(scene.Steps):
		return nil
	case w.failure == nil:
		return fmt.Errorf("the tour ended: no step is defined for %q", w.step().Text)
	}
	return fmt.Errorf("the tour ended at %q: %w", sentenceOf(w.step()), w.failure)
}

// A guide tells what is to be seen on a tour.
type guide struct {
	*world
	legs []features.Leg
	out  io.Writer

	// spot are the screens of the IAM that each scenario is given; the story makes its
	// own, and then this one goes.
	spot *target.Screens

	leg, in int               // the leg, and how many of its sentences have been told
	events  int               // of Okta's log that have been told
	said    int               // exchanges that have been told
	console map[string]string // what stands on pages of Okta's console, by what each line is about
	shown   map[string]string // on the provider's screens
	refusal *target.Refused   // that has been told last
	tested  target.TestedUser // too
	broken  error
}

func (g *guide) heading() {
	leg := g.legs[g.leg]
	fmt.Fprintf(g.out, "\n%s\n%s\n", leg.Heading, strings.Repeat("-", len(leg.Heading)))
	for _, line := range leg.Says {
		fmt.Fprintln(g.out, line)
	}
}

// tell is called after each sentence that came true.
func (g *guide) tell(ctx context.Context) {
	if g.broken != nil {
		return
	}
	for g.in == len(g.legs[g.leg].Steps) {
		g.leg, g.in = g.leg+1, 0
		g.heading()
	}
	step := g.legs[g.leg].Steps[g.in]
	g.in++
	fmt.Fprintf(g.out, "\n  %s\n", sentenceOf(step))
	g.broken = errors.Join(g.onConsole(ctx), g.inOkta(ctx), g.atProvider(ctx))
}

func (g *guide) line(who, text string) {
	fmt.Fprintf(g.out, "    %-8s  %s\n", who, evidence.Inert(g.run.redact.Text(text)))
}

// inOkta tells what came into Okta's log, and what Okta said to the provider.
func (g *guide) inOkta(ctx context.Context) error {
	events, err := g.admin.Log(ctx, "")
	if err != nil {
		return err
	}
	for _, e := range events[min(g.events, len(events)):] {
		g.line("Okta", happened(e))
	}
	g.events = len(events)
	all := g.wire.Exchanges()
	for _, x := range all[g.said:] {
		if x.Voice == evidence.Okta {
			g.line("wire", exchanged(x, g.endpoint.URL))
			if more := neverSent(x, all); len(more) > 0 {
				g.line("wire", "Okta never sent what is in this answer: "+strings.Join(more, ", "))
			}
		}
	}
	g.said = len(all)
	return nil
}

// onConsole tells what stands on pages of Okta's console otherwise than before: what
// was filled in there, what Okta asks, and what it warns of.
func (g *guide) onConsole(ctx context.Context) error {
	if g.app == "" {
		return nil
	}
	now := map[string]string{}
	signOn, err := g.admin.SignOn(ctx, g.app)
	if err != nil {
		return err
	}
	if signOn.BaseURL != "" {
		now["Advanced Sign-on Settings"] = "Base URL " + signOn.BaseURL + ", IAM ID " + signOn.IAMID
	}
	if g.typed.URL != "" {
		now["API Integration"] = fmt.Sprintf("Base URL %s, API Token of %d characters", g.typed.URL, len(g.typed.Token))
	}
	attributes, err := g.admin.Attributes(ctx, g.app)
	if err != nil {
		return err
	}
	for _, a := range attributes {
		now["attribute "+a.Name] = fmt.Sprintf("data type %s, display name %s, variable name %s, external namespace %s",
			cmp.Or(a.Type, directory.String), cmp.Or(a.Title, a.Name), a.Name, a.ExternalNamespace)
	}
	warnings, err := g.admin.Warnings(ctx)
	if err != nil {
		return err
	}
	for _, w := range warnings {
		now["warning"] = w.Text
	}
	if g.asked != "" {
		now["question"] = g.asked
	}
	for _, about := range slices.Sorted(maps.Keys(now)) {
		if now[about] != g.console[about] {
			g.line("Okta", about+": "+now[about])
		}
	}
	g.console = now
	return nil
}

// neverSent are the names in the answer to Okta's first read of an account that its create
// of it did not have. Later it puts them back.
func neverSent(x evidence.Exchange, all []evidence.Exchange) []string {
	var shown map[string]json.RawMessage
	if x.Method != http.MethodGet || x.Kind != evidence.User || x.ID == "" || json.Unmarshal(x.ResponseBody, &shown) != nil {
		return nil
	}
	isRead := func(y evidence.Exchange) bool {
		return y.Voice == evidence.Okta && y.Method == http.MethodGet && y.ID == x.ID
	}
	if slices.ContainsFunc(all[:x.N-1], isRead) {
		return nil
	}
	for _, create := range all {
		var sent, made map[string]json.RawMessage
		if create.Method != http.MethodPost || json.Unmarshal(create.RequestBody, &sent) != nil || json.Unmarshal(create.ResponseBody, &made) != nil || string(made["id"]) != string(shown["id"]) {
			continue
		}
		maps.DeleteFunc(shown, func(name string, _ json.RawMessage) bool { return sent[name] != nil })
		return slices.Sorted(maps.Keys(shown))
	}
	return nil
}

// happened is an entry of Okta's log in a line.
func happened(e management.Event) string {
	text := e.Type
	var names []string
	for _, t := range e.Targets {
		names = append(names, t.Name)
	}
	if len(names) > 0 {
		text += ": " + strings.Join(names, ", ")
	}
	if e.Outcome.Reason != "" {
		text += " (" + e.Outcome.Reason + ")"
	}
	return text
}

// exchanged is a request in a line, with what it carries, and the status of its answer.
// What is below the base URL is told from there on.
func exchanged(x evidence.Exchange, base string) string {
	where := strings.TrimPrefix(x.URL, base)
	if plain, err := url.QueryUnescape(where); err == nil {
		where = plain
	}
	text := fmt.Sprintf("%s %s → %d", x.Method, where, x.Status)
	if x.Failure != "" {
		text += ", " + x.Failure
	}
	var list struct {
		Total *json.Number `json:"totalResults"`
	}
	if json.Unmarshal(x.ResponseBody, &list) == nil && list.Total != nil {
		text += ", totalResults " + list.Total.String()
	}
	var body bytes.Buffer
	if json.Compact(&body, x.RequestBody) != nil || body.Len() == 0 {
		return text
	}
	return text + "  " + short(body.String())
}

// short leaves the middle out of a long body. Its end is where extensions stand.
func short(body string) string {
	const head, tail = 120, 200
	all := []rune(body)
	if len(all) <= head+tail {
		return body
	}
	return string(all[:head]) + " … " + string(all[len(all)-tail:])
}
