package scim

import (
	"regexp"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// A place is where in an account an external name leads, step by step.
type place []step

// A step leads into a member, and where it has a condition, into that element of
// the member's list which fulfils it.
type step struct {
	name      string
	condition member // name is empty where there is none
}

// condition is how an external name chooses one of several values. The forms
// ^[primary==true] and ^[type==work] are those of other vendors' guides; that the
// word may stand in quotes is inference.
var condition = regexp.MustCompile(`^\^\[([A-Za-z$][A-Za-z0-9_$-]*)==(?:'([^']*)'|"([^"]*)"|([^'"\]]+))\]$`)

// places are the external names met so far, taken apart. There are as many as
// administrators type.
var placesOf sync.Map

func placeOf(name string) place {
	if known, ok := placesOf.Load(name); ok {
		return known.(place)
	}
	var to place
	for _, part := range strings.Split(name, ".") {
		chosen := condition.FindStringSubmatch(part)
		if chosen == nil || len(to) == 0 {
			to = append(to, step{name: part})
			continue
		}
		to[len(to)-1].condition = member{chosen[1], conditionValue(chosen[2]+chosen[3], chosen[4])}
	}
	placesOf.Store(name, to)
	return to
}

// conditionValue is a word in quotes as a string, and one without as what it is.
func conditionValue(quoted, bare string) jsontext.Value {
	if bare == "true" || bare == "false" {
		return jsontext.Value(bare)
	}
	return text(quoted + bare)
}

// put returns o with the value at a place, through objects and elements that are
// made where there are none. It may alter o.
func (o object) put(to place, value any) object {
	first, rest := to[0], to[1:]
	switch {
	case first.condition.name != "" && len(rest) > 0:
		chosen, _ := o.get(first.name).(elements)
		return o.set(first.name, chosen.put(first.condition, rest, value))
	case len(rest) == 0:
		return o.set(first.name, value)
	}
	inner, _ := o.get(first.name).(object)
	return o.set(first.name, inner.put(rest, value))
}

// set is with for an object that nobody else holds.
func (o object) set(name string, value any) object {
	for i := range o {
		if strings.EqualFold(o[i].name, name) {
			o[i] = member{name, value}
			return o
		}
	}
	return append(o, member{name, value})
}
