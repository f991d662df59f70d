package main

import (
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/features"
)

// listInferences shows what is guessed of Okta, as far as it concerns the cases.
func listInferences(out io.Writer, cases []features.Case) error {
	b, err := readBook()
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, b.inferences(func(s features.Scenario) bool {
		return slices.ContainsFunc(cases, func(c features.Case) bool { return c.Address() == s.Address() })
	}))
	return err
}

// inferences is the page of what is guessed: the open points about Okta's client, and
// the requirements that are inference. What concerns scenarios is there when any of
// those is wanted.
func (b book) inferences(wanted func(features.Scenario) bool) string {
	var p sheet
	unwanted := func(all []features.Scenario) bool { return len(all) > 0 && !slices.ContainsFunc(all, wanted) }
	p.title("What is guessed of Okta", "Okta's client is nobody's to read. Where its pages, what was seen of it and what its staff said leave a point open, or disagree, scimproof plays Okta as it is believed to be, and a verdict rests on that. A knob plays it otherwise.")
	p.wrapped("  ", "  ", "What nobody settled and makes no difference that a server could get wrong, such as Okta's words for an error, stands beside the code that does it, in the documentation of mockokta, marked as inference.")

	p.heading("Open points, each with its knob")
	apart := ""
	for _, n := range b.knobs {
		r := b.turns(n.Name)
		concerned := b.named(r.Concerns)
		if unwanted(concerned) {
			continue
		}
		p.out.WriteString(apart)
		p.item(n.Name, r.Grade, n.What)
		p.detail("Default", n.Values[0]+"; else "+besides(n))
		p.detail("Why", n.Why)
		p.detail("Concerns", addresses(concerned, noneMore))
		p.detail("Can only warn then", addresses(b.named(r.Warns), ""))
		p.detail("Entry", r.ID)
		apart = "\n"
	}

	p.heading("Guesses that no knob turns")
	apart = ""
	for _, id := range slices.Sorted(maps.Keys(b.requirements)) {
		r := b.requirements[id]
		concerned := b.named(r.Concerns)
		if r.Knob != "" || len(r.Concerns) == 0 || unwanted(concerned) {
			continue
		}
		p.out.WriteString(apart)
		p.item(r.ID, r.Grade, r.Text)
		p.detail("Source", r.Source)
		p.detail("Concerns", addresses(concerned, noneMore))
		apart = "\n"
	}

	p.heading("Requirements that are inference")
	apart = ""
	for _, id := range slices.Sorted(maps.Keys(b.requirements)) {
		r, resting := b.requirements[id], b.named([]string{id})
		if r.Knob != "" || len(r.Concerns) > 0 || r.Grade != "inference" || unwanted(resting) {
			continue
		}
		p.out.WriteString(apart)
		p.item(r.ID, r.Level+", "+r.Grade, r.Text)
		p.detail("Source", r.Source)
		p.detail("Rest on it", addresses(resting, "none"))
		p.detail("Knobs", strings.Join(b.knobsOf(id), ", "))
		apart = "\n"
	}

	p.heading("Try it")
	p.line("  scimproof explain emptyValue")
	p.line("  scimproof check --knob emptyValue=null")
	return p.out.String()
}

// knobsOf are the knobs that concern a requirement by its id.
func (b book) knobsOf(id string) []string {
	var names []string
	for _, n := range b.knobs {
		if slices.Contains(b.turns(n.Name).Concerns, id) {
			names = append(names, n.Name)
		}
	}
	return names
}

// detail is a labelled line below an item; there is none where there is nothing to say.
func (p *sheet) detail(label, text string) {
	if text != "" {
		p.wrapped("        "+label+": ", "                ", text)
	}
}

func addresses(all []features.Scenario, none string) string {
	var words []string
	for _, s := range all {
		words = append(words, s.Address())
	}
	if len(words) == 0 {
		return none
	}
	return strings.Join(words, ", ")
}
