package loadgen

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/scimproof/scimproof/target"
)

// A view is what a target shows of one subject, a person or a group, beside what Okta
// knows of it. All that is said of the subject follows from it. It is pure.
//
// What the list shows is a suspicion. A look-up by the name is believed, and a read by an
// id that shows the name: as Okta would believe them.
type view struct {
	terms terms

	known   string   // the id that the subject's making was answered with; "" none
	listed  []string // ids under which the list shows it, in order
	unkept  bool     // the list shows it under an id that was too long to keep
	asked   bool     // it was looked for by its name
	found   bool     // by it
	named   []string // ids under which it was found by it
	read    map[string]target.Look
	bears   func(target.Resource) bool // its name
	differs func(target.Resource) string

	made     bool   // its making was answered well, whatever came later
	settled  bool   // and so was all that came later
	unwanted string // why it should not be there; "" when it should, or may be
	lookedUp bool   // Okta looks for it by its name before it makes one
}

// terms are the words for what a subject is.
type terms struct{ thing, nobody, name, making string }

var (
	accountTerms = terms{"account", "nobody", "userName", "create"}
	groupTerms   = terms{"group", "no group", "displayName", "push"}
)

// A verdict is what is to be said of a subject.
type verdict struct {
	there    []string // ids of all that bear its name; the first is the subject's own
	findings []finding
	note     string
	leftOut  bool // of the list, and found all the same: a list may change while it is read
	sound    bool // there is nothing to say of the subject's own, and it was read
}

// A finding is what is not as planned: lost, doubled or wrong.
type finding struct{ what, id, why string }

// suspects are the ids that are to be read before it is known which is the subject's own:
// Okta's, and those that the list alone shows.
func (v view) suspects() []string {
	return slices.DeleteFunc(v.ids(), func(id string) bool { return id != v.known && slices.Contains(v.named, id) })
}

// ids are all under which the subject may be there, Okta's first.
func (v view) ids() []string {
	var ids []string
	for _, id := range slices.Concat([]string{v.known}, v.named, v.listed) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (v view) isThere(id string) bool {
	look := v.read[id]
	return slices.Contains(v.named, id) || isThere(look) && v.bears(look.Resource)
}

// own is the id by which the subject is judged: Okta's, as long as it is there. Where it
// is not, another one is the subject's own, and no second.
func (v view) own() string {
	for _, id := range v.ids() {
		if v.isThere(id) {
			return id
		}
	}
	return cmp.Or(append([]string{v.known}, v.listed...)...)
}

func (v view) isListed() bool { return len(v.listed) > 0 || v.unkept }

// judge says what is to be said. What own returns is to be read by then.
func (v view) judge() (d verdict) {
	d.there = slices.DeleteFunc(v.ids(), func(id string) bool { return !v.isThere(id) })
	for _, id := range d.there[min(1, len(d.there)):] {
		d.findings = append(d.findings, finding{"doubled", id, twoBear(v.terms, d.there[0])})
	}
	own := v.own()
	look := v.read[own]
	readable, missed := isThere(look), v.asked && !v.found
	say := func(what, id, why string) { d.findings = append(d.findings, finding{what, id, why}) }
	row := slices.IndexFunc(v.listed, func(id string) bool { return id != own && !v.isThere(id) })
	switch {
	case row >= 0:
		say("wrong", v.listed[row], fmt.Sprintf("listed under this id, by which it is not read (%s), and known by id %s", v.read[v.listed[row]], own))
	case v.unkept && len(d.there) == 1:
		say("wrong", own, fmt.Sprintf("listed under another id, which is longer than %d bytes and was not read", longestID))
	case v.unwanted != "" && len(d.there) > 0:
		say("wrong", own, fmt.Sprintf("%s, and the %s is there", v.unwanted, v.terms.thing))
	case v.unwanted != "" && v.isListed():
		say("wrong", own, fmt.Sprintf("%s, and the %s is listed under this id, by which it is not read (%s)", v.unwanted, v.terms.thing, look))
	case readable && v.difference(look.Resource) != "":
		say("wrong", own, v.difference(look.Resource))
	case readable && v.settled && v.known != "" && own != v.known:
		say("wrong", own, fmt.Sprintf("id: the %s was answered with %s, and the %s has %s", v.terms.making, v.known, v.terms.thing, own))
	case v.made && missed && !v.isListed() && !readable:
		say("lost", own, fmt.Sprintf("neither listed, nor found by its %s, nor read by the id that the %s was answered with", v.terms.name, v.terms.making))
	case !v.settled:
	case missed && !v.isListed():
		say("wrong", own, "read by its id, but neither listed nor found by its "+v.terms.name)
	case !readable:
		say("wrong", own, "listed or found, but not read by its id: "+look.String())
	case missed && v.lookedUp:
		// Okta looks before it makes: for an account by its userName (OKTA-link), and for a
		// group by its displayName (OKTA-push-create), which it makes when the group was
		// unlinked and is pushed anew (OKTA-group-gone); all documented.
		say("wrong", own, fmt.Sprintf("listed and read by its id, but not found by its %s: Okta, which looks so before it makes one, would make a second", v.terms.name))
	case missed:
		d.note = fmt.Sprintf("some %ss are not found by their %ss, by which Okta, as it was played, does not look", v.terms.thing, v.terms.name)
	case !v.isListed():
		d.leftOut = true
	}
	d.sound = readable && len(d.findings) == max(0, len(d.there)-1)
	return d
}

func twoBear(t terms, other string) string {
	return fmt.Sprintf("two %ss bear the %s, the other has id %s", t.thing, t.name, other)
}

func (v view) difference(r target.Resource) string {
	if v.differs == nil {
		return ""
	}
	return v.differs(r)
}

func isThere(look target.Look) bool { return look.OK() && look.Resource != nil }
