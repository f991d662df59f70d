package provision

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// A Knob is an open point about Okta's client, by the name under which it can be
// turned: "emptyValue=null".
type Knob struct {
	Name   string
	What   string   // the question, in one sentence
	Values []string // what it can be, the default first
	Free   string   // what else it can be, in words; empty where Values are all
	Why    string   // what speaks for each, with its grade

	get func(Knobs) string
	set func(*Knobs, string) error
}

// Get is the knob's value among k.
func (n Knob) Get(k Knobs) string { return n.get(k) }

// AllKnobs lists the knobs by name.
func AllKnobs() []Knob {
	all := []Knob{
		{
			Name: "spaceEncoding", What: "How a space is written in the filter of a lookup.", Values: []string{"%20", "+"},
			Why: "both are documented, in different revisions of Okta's SCIM reference",
			get: func(k Knobs) string { return either(k.PlusForSpace, "+", "%20") },
			set: func(k *Knobs, v string) error { return k.choose(&k.PlusForSpace, v, "%20", "+") },
		},
		{
			Name: "putKeyOrder", What: "In which order a PUT of an account has its keys.", Values: []string{"page2018", "reference"},
			Why: "Okta's page of 2018 has one order, the sample of its newer reference another (both documented)",
			get: func(k Knobs) string { return either(k.ReferenceOrder, "reference", "page2018") },
			set: func(k *Knobs, v string) error { return k.choose(&k.ReferenceOrder, v, "page2018", "reference") },
		},
		{
			Name: "emptyValue", What: "How a value that was taken away in Okta travels in a profile push.", Values: []string{"omit", "emptyString", "null"},
			Why: "inference: none is documented or captured; a create leaves out what has no value (observed)",
			get: func(k Knobs) string { return string(orDefault(k.Empty, scim.Omitted)) },
			set: func(k *Knobs, v string) error {
				k.Empty = scim.Empty(v)
				return oneOf(v, "omit", "emptyString", "null")
			},
		},
		{
			Name: "multiValued", What: "Whether a profile push replaces the elements of a list that Okta maps, or the whole list.", Values: []string{"elements", "whole"},
			Why: "other vendors' guides speak of the element, which is made if missing; the one captured link fits both (observed)",
			get: func(k Knobs) string { return either(k.WholeLists, "whole", "elements") },
			set: func(k *Knobs, v string) error { return k.choose(&k.WholeLists, v, "elements", "whole") },
		},
		{
			Name: "patchUserProfile", What: "Whether profiles are pushed by PATCH in the PATCH dialect.", Values: []string{"off", "on"},
			Why: "Okta's reference has PUT; its FAQ, and an option of its submission form, PATCH (all documented; the shape is inference)",
			get: func(k Knobs) string { return either(k.PatchProfile, "on", "off") },
			set: func(k *Knobs, v string) error { return k.choose(&k.PatchProfile, v, "off", "on") },
		},
		{
			Name: "patchValueHasId", What: "Whether the value of a PATCH of an account names its id as well.", Values: []string{"off", "on"},
			Why: "no page of Okta's has it; some servers guard against it (observed in onyx-dot-app/onyx)",
			get: func(k Knobs) string { return either(k.PatchNamesID, "on", "off") },
			set: func(k *Knobs, v string) error { return k.choose(&k.PatchNamesID, v, "off", "on") },
		},
		{
			Name: "lookupAttribute", What: "By which attribute an account is looked up.", Values: []string{"userName"}, Free: "any attribute's name",
			Why: "userName is documented; Okta's page of 2018 names externalId, emails and id as possible one day",
			get: func(k Knobs) string { return orDefault(k.LookupBy, "userName") },
			set: func(k *Knobs, v string) error {
				k.LookupBy = v
				return isAttribute(v)
			},
		},
		{
			Name: "lookup404", What: "What a 404 in answer to a lookup means.", Values: []string{"nobody", "failure"},
			Why: "Okta's reference takes it for nobody, its SPEC test fails it (both documented)",
			get: func(k Knobs) string { return either(k.NotFoundFails, "failure", "nobody") },
			set: func(k *Knobs, v string) error { return k.choose(&k.NotFoundFails, v, "nobody", "failure") },
		},
		{
			Name: "retries", What: "How often Okta says a request again by itself that was answered with 5xx or not at all.", Values: []string{"0"}, Free: "1 to 9",
			Why: "inference: no page tells of any; a reviewer saw a create repeated after a timeout (croffasia/itsaplan PR #250)",
			get: func(k Knobs) string { return strconv.Itoa(k.Retries) },
			set: func(k *Knobs, v string) error { return number(&k.Retries, v, 0, 9) },
		},
		{
			Name: "linkPushes", What: "How many pairs of GET and PUT follow a lookup that found an account, in the PUT dialect.", Values: []string{"2", "1"},
			Why: "two were observed once (devforum 27262), one twice (captures)",
			get: func(k Knobs) string { return either(k.OneLinkPush, "1", "2") },
			set: func(k *Knobs, v string) error { return k.choose(&k.OneLinkPush, v, "2", "1") },
		},
		{
			Name: "workers", What: "How many requests are in flight at once, at most.", Values: []string{"4"}, Free: "1 to 64",
			Why: "inference: Okta publishes no number (devforum 33791 has no answer)",
			get: func(k Knobs) string { return strconv.Itoa(k.workers()) },
			set: func(k *Knobs, v string) error { return number(&k.Workers, v, 1, 64) },
		},
		{
			Name: "connectionHeader", What: "What the header Connection says.", Values: []string{"Keep-Alive", "close"},
			Why: "Okta's page of 2018 has Keep-Alive; a capture has close, which its tunnel may have written (observed)",
			get: func(k Knobs) string { return either(k.CloseConnections, "close", "Keep-Alive") },
			set: func(k *Knobs, v string) error { return k.choose(&k.CloseConnections, v, "Keep-Alive", "close") },
		},
		{
			Name: "patchBatch", What: "How many membership changes one PATCH of a group carries, at most.", Values: []string{"100"}, Free: "1 to 1000",
			Why: "100 to 1000, by default 100, set for each integration (documented in 2021, since removed)",
			get: func(k Knobs) string { return strconv.Itoa(k.patchBatch()) },
			set: func(k *Knobs, v string) error { return number(&k.PatchBatch, v, 1, 1000) },
		},
		{
			Name: "createMembers", What: "Which members a POST of a group carries.", Values: []string{"byDialect", "all", "none"},
			Why: "one capture has all in the PUT dialect (observed); the reference's sample has none, that of 2018 some (both documented)",
			get: func(k Knobs) string { return string(orDefault(k.CreateMembers, CreateByDialect)) },
			set: func(k *Knobs, v string) error {
				k.CreateMembers = CreateMembers(v)
				return oneOf(v, "byDialect", "all", "none")
			},
		},
		{
			Name: "nameWithMembers", What: "How a group's name comes with a change of its members, in the PATCH dialect.", Values: []string{"before", "beside", "none"},
			Why: "Okta's reference has it with every change (documented), and does not show whether in a request of its own; before was observed at a first push (scimgateway #112)",
			get: func(k Knobs) string { return string(orDefault(k.NameWithMembers, NameBefore)) },
			set: func(k *Knobs, v string) error {
				k.NameWithMembers = NameWithMembers(v)
				return oneOf(v, "before", "beside", "none")
			},
		},
		{
			Name: "emptyPush", What: "How a group is emptied by PATCH: by the path members, or as a whole, without a path.", Values: []string{"path", "whole"},
			Why: "both were observed, the former by Captain-P-Goldfish/SCIM-SDK (#757), the latter by jelhub/scimgateway (#111, #113)",
			get: func(k Knobs) string { return either(k.EmptyWhole, "whole", "path") },
			set: func(k *Knobs, v string) error { return k.choose(&k.EmptyWhole, v, "path", "whole") },
		},
		{
			Name: "putMembers", What: "Whose list of members a PUT of a group carries after the first push.", Values: []string{"merge", "delta", "always"},
			Why: "inference: a display of null in one capture and a removed person kept in another speak for merge",
			get: func(k Knobs) string { return string(orDefault(k.PutMembers, PutMerge)) },
			set: func(k *Knobs, v string) error {
				k.PutMembers = PutMembers(v)
				return oneOf(v, "merge", "delta", "always")
			},
		},
		{
			Name: "importShortPages", What: "Where an import goes on after a page of fewer than 100.", Values: []string{"step100", "byItems"},
			Why: "startIndex + 100 is documented for whole pages; of short ones no page tells (inference; PostHog's server expects byItems). An empty page that is not the last ends the import either way, and takes the application from nobody",
			get: func(k Knobs) string { return either(k.StepByItems, "byItems", "step100") },
			set: func(k *Knobs, v string) error { return k.choose(&k.StepByItems, v, "step100", "byItems") },
		},
		{
			Name: "importOrder", What: "Which list an import reads first, where groups are imported.", Values: []string{"usersFirst", "groupsFirst"},
			Why: "inference: Okta's reference tells of users first, and of no order",
			get: func(k Knobs) string { return either(k.GroupsFirst, "groupsFirst", "usersFirst") },
			set: func(k *Knobs, v string) error { return k.choose(&k.GroupsFirst, v, "usersFirst", "groupsFirst") },
		},
	}
	slices.SortFunc(all, func(a, b Knob) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Turn sets a knob by its name. The error says what it can be.
func (k *Knobs) Turn(name, value string) error {
	turned := *k
	var names []string
	for _, n := range AllKnobs() {
		if n.Name == name {
			if err := n.set(&turned, value); err != nil {
				return fmt.Errorf("the knob %s cannot be %q: %w", name, value, err)
			}
			*k = turned
			return nil
		}
		names = append(names, n.Name)
	}
	return fmt.Errorf("there is no knob %q: the knobs are %s", name, strings.Join(names, ", "))
}

// Turned are the knobs that are not as by default, by name.
func (k Knobs) Turned() map[string]string {
	turned := map[string]string{}
	for _, n := range AllKnobs() {
		if v := n.Get(k); v != n.Values[0] {
			turned[n.Name] = v
		}
	}
	return turned
}

func (k *Knobs) choose(to *bool, value, off, on string) error {
	*to = value == on
	return oneOf(value, off, on)
}

func oneOf(value string, values ...string) error {
	if slices.Contains(values, value) {
		return nil
	}
	return fmt.Errorf("it is one of %s", strings.Join(values, ", "))
}

func number(to *int, value string, least, most int) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return fmt.Errorf("it is a number from %d to %d", least, most)
	}
	*to = n
	return nil
}

func isAttribute(name string) error {
	for i, c := range name {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '.' || c == '_' || c == '-')) {
			return fmt.Errorf("it is the name of an attribute, such as externalId")
		}
	}
	if name == "" {
		return fmt.Errorf("it is the name of an attribute, such as externalId")
	}
	return nil
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

func orDefault[T ~string](v, otherwise T) T {
	if v == "" {
		return otherwise
	}
	return v
}
