package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta/provision"
)

// A sheet is what explain prints, made for a terminal of 80 columns.
type sheet struct{ out strings.Builder }

const columns = 80

func (p *sheet) scenario(b book, s features.Scenario) {
	p.title(s.Address(), s.Name)
	p.entry("Feature", s.Feature)
	p.entry("Rule", s.Rule)
	p.entry("Standing", s.Level+", "+s.Grade)
	p.entry("Played", played(s))
	p.line("")
	before := features.Kind("")
	for _, step := range s.Steps {
		kind := step.Kind
		if kind == before {
			kind = "And"
		}
		p.wrapped("    ", "      ", string(kind)+" "+step.Text)
		before = step.Kind
	}

	p.heading("It rests on")
	for _, id := range s.IDs {
		p.foundation(b.requirements[id])
	}
	p.heading("Mistakes that break it")
	var nearest mistake // the one that breaks least besides
	for _, m := range b.mistakes {
		if broken := m.dialects(s); len(broken) > 0 {
			if nearest.Name == "" || len(m.Predicted) < len(nearest.Predicted) {
				nearest = m
			}
			p.item(m.Name, inDialects(broken), m.What)
			p.differing("        not predicted", s, m.Extra)
		}
	}
	p.heading("Try it")
	p.line("  scimproof check --only %s", s.Address())
	if nearest.Name != "" {
		p.shown(b, nearest)
	}
}

// shown says how to see a mistake. What it breaks of the provider's own screens, and
// between two of its tenants, can be seen at our own server alone.
func (p *sheet) shown(b book, m mistake) {
	for _, s := range b.scenarios {
		if len(m.dialects(s)) > 0 && !slices.Contains(s.Tags, "bundled") {
			p.line("  scimproof serve target --fault %s", m.Name)
			return
		}
	}
	p.line("  go test ./features -run TestFaults/%s -v", m.Name)
}

func played(s features.Scenario) string {
	if slices.Contains(s.Dialects(), "") {
		return "once: Okta's dialect does not matter to it"
	}
	return "in both dialects: " + strings.Join(s.Dialects(), ", ")
}

func inDialects(dialects []string) string { return strings.Trim(strings.Join(dialects, ", "), ", ") }

// foundation is a requirement as something else rests on it.
func (p *sheet) foundation(r features.Requirement) {
	p.item(r.ID, r.Level+", "+r.Grade, r.Text)
	p.detail("Source", r.Source)
	p.detail("Advice", r.Advice)
}

func (p *sheet) requirement(b book, r features.Requirement) {
	p.title(r.ID, r.Text)
	p.entry("Standing", r.Level+", "+r.Grade)
	p.entry("Source", r.Source)
	p.entry("Advice", r.Advice)
	exempt := b.exemption(r.ID)
	p.entry("Exempt", exempt.Why)
	p.entry("Go test", exempt.Test)
	for _, n := range b.knobs {
		if n.Name == r.Knob {
			p.entry("Knob", fmt.Sprintf("%s, by default %s; else %s", n.Name, n.Values[0], besides(n)))
		}
	}
	if r.Knob != "" {
		p.concerned(b, r)
	}
	if resting := b.named([]string{r.ID}); len(resting) > 0 || r.Knob == "" && exempt.Why == "" {
		p.heading("Scenarios that rest on it")
		p.listed(resting, "none yet")
	}
	p.kindred(b, r.ID)
}

// exemption is why no scenario rests on a statement of the provider's page.
func (b book) exemption(id string) features.Exemption {
	for _, s := range b.statements {
		if s.ID == id {
			return s.Exempt
		}
	}
	return features.Exemption{}
}

// kindred lists the mistakes that were seen in failures of an id.
func (p *sheet) kindred(b book, id string) {
	seen := 0
	for _, m := range b.mistakes {
		if m.showsIn(id) {
			if seen++; seen == 1 {
				p.heading("Mistakes of this kind, to try")
			}
			p.item(m.Name, "", m.What)
		}
	}
}

// knob explains what is open about Okta's client, and how to have it otherwise.
func (p *sheet) knob(b book, n provision.Knob) {
	r := b.turns(n.Name)
	p.title(n.Name, n.What)
	p.entry("Default", n.Values[0])
	p.entry("Else", besides(n))
	p.entry("Grade", r.Grade)
	p.entry("Why", n.Why)
	p.entry("Entry", r.ID)
	p.entry("Source", r.Source)
	p.entry("Advice", r.Advice)
	p.concerned(b, r)
	p.heading("Try it")
	for _, v := range n.Values[1:] {
		p.line("  scimproof check --knob %s=%s", n.Name, v)
	}
	if n.Free != "" {
		p.line("  scimproof check --knob %s=%s", n.Name, r.Turned)
	}
	for _, word := range r.Concerns[:min(1, len(r.Concerns))] {
		p.line("  scimproof check --knob %s=%s --only %s", n.Name, r.Turned, word)
	}
}

// concerned lists the scenarios in which Okta may do otherwise when the knob of an
// open point is turned.
func (p *sheet) concerned(b book, r features.Requirement) {
	p.heading("Scenarios whose dialogues it concerns")
	p.listed(b.named(r.Concerns), noneMore)
	if len(r.Warns) > 0 {
		p.heading("Scenarios that a good server may fail then: they can only warn")
		p.listed(b.named(r.Warns), "")
	}
}

// noneMore is said of what is the same to all scenarios.
const noneMore = "none more than another"

func (p *sheet) listed(all []features.Scenario, none string) {
	for _, s := range all {
		p.item(s.Address(), "", s.Name)
	}
	if len(all) == 0 {
		p.line("  %s", none)
	}
}

// besides is what a knob can be turned to.
func besides(n provision.Knob) string {
	words := slices.Clone(n.Values[1:])
	if n.Free != "" {
		words = append(words, n.Free)
	}
	return strings.Join(words, ", ")
}

func (p *sheet) fault(b book, m mistake) {
	p.title(m.Name, m.What)
	p.entry("Seen", m.Seen)

	p.heading("Scenarios that it breaks")
	for _, s := range b.scenarios {
		if broken := m.dialects(s); len(broken) > 0 {
			p.item(s.Address(), inDialects(broken), s.Name)
			p.differing("        not predicted", s, m.Extra)
		}
	}
	if len(m.Unseen) > 0 {
		p.heading("Predicted, and not so")
		for _, s := range b.scenarios {
			p.differing("  "+s.Address(), s, m.Unseen)
		}
	}
	if len(m.Varies) > 0 {
		p.heading("Broken in some runs only")
		for _, s := range b.scenarios {
			p.differing("  "+s.Address(), s, m.Varies)
		}
	}
	p.heading("Try it")
	p.shown(b, m)
	p.line("  scimproof serve both --fault %s", m.Name)
}

// differing tells, for each dialect of a scenario, the reason why a fault did
// something else there than was predicted.
func (p *sheet) differing(head string, s features.Scenario, reasons map[features.Kill]string) {
	for _, d := range s.Dialects() {
		if why := reasons[features.Kill{Address: s.Address(), Dialect: d}]; why != "" {
			p.wrapped(strings.TrimSuffix(head+", "+d, ", ")+": ", "          ", why)
		}
	}
}

// title begins what is explained; what came before it stands apart.
func (p *sheet) title(name, what string) {
	if p.out.Len() > 0 {
		p.line("")
	}
	p.line("%s", name)
	p.wrapped("  ", "  ", what)
	p.line("")
}

func (p *sheet) heading(text string) { p.line("\n%s\n", text) }

func (p *sheet) entry(label, text string) {
	if text != "" {
		p.wrapped(fmt.Sprintf("  %-8s  ", label), strings.Repeat(" ", 12), text)
	}
}

func (p *sheet) item(name, beside, text string) {
	p.line("  %s", strings.TrimRight(name+"  "+beside, " "))
	p.wrapped("        ", "        ", text)
}

func (p *sheet) line(format string, args ...any) { fmt.Fprintf(&p.out, format+"\n", args...) }

// wrapped writes text in lines of at most 80 columns, the first after head and
// the others after margin. A word that is longer has a line to itself.
func (p *sheet) wrapped(head, margin, text string) {
	line, empty := head, true
	for _, word := range strings.Fields(text) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > columns {
			p.line("%s", line)
			line, empty = margin, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	p.line("%s", strings.TrimRight(line, " "))
}
