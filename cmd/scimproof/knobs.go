package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/mockokta/provision"
)

// knobFlags turn what is open about Okta's client.
type knobFlags struct {
	Knob []string `placeholder:"NAME=VALUE" help:"Play Okta otherwise than it is believed to be, at a point that is open; may be repeated. scimproof list --inferences shows them all."`
}

// turned are the knobs as the flags have them.
func (f knobFlags) turned() (provision.Knobs, error) {
	var k provision.Knobs
	for _, knob := range f.Knob {
		name, value, is := strings.Cut(knob, "=")
		if !is {
			return k, fmt.Errorf("--knob %s has no value, as in emptyValue=null; %s", knob, meant(name, value))
		}
		if err := k.Turn(name, value); err != nil {
			return k, fmt.Errorf("--knob: %w; %s", err, meant(name, value))
		}
	}
	return k, nil
}

// inferences is the command that lists all knobs.
const inferences = "scimproof list --inferences"

// meant is what was perhaps meant by a knob that there is not, or by a value that it
// does not take.
func meant(name, value string) string {
	all := provision.AllKnobs()
	if i := slices.IndexFunc(all, func(n provision.Knob) bool { return n.Name == name }); i >= 0 {
		return perhaps(value, all[i].Values, "scimproof explain "+name)
	}
	return perhaps(name, knobNames(), inferences)
}

func knobNames() []string {
	var names []string
	for _, n := range provision.AllKnobs() {
		names = append(names, n.Name)
	}
	return names
}
