package scim

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Shown is what an account shows of an attribute, by the namespace and the external
// name that the application's profile has for it: a string, a bool, a float64, or a
// slice of these; nil for none. It is the way back of a profile push: of several
// values the one that fulfils the name's condition counts.
func (r Resource) Shown(namespace, name string) any {
	from := r.members
	if !strings.EqualFold(namespace, UserSchema) {
		from, _ = r.members.get(namespace).(object)
	}
	return plain(from.at(placeOf(name)))
}

// Text is the text of one of the resource's own members, such as displayName; ""
// when it is none.
func (r Resource) Text(name string) string {
	s, _ := textOf(r.members.get(name))
	return s
}

// Importable refuses an account that Okta would not take from a list, in Okta's
// words where it was heard to say them: without schemas (observed on a lookup; that
// an import says the same is inference).
func (r Resource) Importable() error { return withSchemas(r) }

func (o object) at(to place) any {
	v := o.get(to[0].name)
	if c := to[0].condition; c.name != "" {
		v = elementWith(v, c)
	}
	if len(to) == 1 {
		return v
	}
	inside, _ := v.(object)
	return inside.at(to[1:])
}

func elementWith(list any, condition member) any {
	all, _ := list.(array)
	for _, e := range all {
		o, _ := e.(object)
		if v, ok := o.get(condition.name).(jsontext.Value); ok && string(v) == string(condition.value.(jsontext.Value)) {
			return o
		}
	}
	return nil
}

// plain is a value as a profile keeps it; an object, and an empty text, are none.
func plain(v any) any {
	switch v := v.(type) {
	case array:
		var all []any
		for _, e := range v {
			if e = plain(e); e != nil {
				all = append(all, e)
			}
		}
		if all == nil {
			return nil
		}
		return all
	case jsontext.Value:
		switch v.Kind() {
		case '"':
			if s, _ := textOf(v); s != "" {
				return s
			}
		case 't', 'f':
			return v.Kind() == 't'
		case '0':
			if n, err := strconv.ParseFloat(string(v), 64); err == nil {
				return n
			}
		}
	}
	return nil
}
