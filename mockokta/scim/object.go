package scim

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// An object is a JSON object whose members keep their order. Okta's requests
// have a known order of keys, and what a server answered comes back to it as it
// was: numbers to the digit, members nobody asked for in their places.
type object []member

// A member's value is an object, an array of values, or a jsontext.Value: a
// string, number, true, false or null as it goes on the wire.
type (
	member struct {
		name  string
		value any
	}
	array []any
)

// parseObject reads one JSON object. Of two members with one name the last
// counts, in the place of the first, as in the JSON library of a Java client.
// Invalid UTF-8 is refused.
func parseObject(b []byte) (object, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, errEmpty
	}
	d := jsontext.NewDecoder(bytes.NewReader(b), jsontext.AllowDuplicateNames(true))
	v, err := parseValue(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, errMore
	}
	o, ok := v.(object)
	if !ok {
		return nil, errNoObject
	}
	return o, nil
}

var (
	errEmpty    = errors.New("there is no body")
	errNoObject = errors.New("the body is not a JSON object")
	errMore     = errors.New("something follows the JSON value")
)

func parseValue(d *jsontext.Decoder) (any, error) {
	switch d.PeekKind() {
	case '{':
		return parseMembers(d)
	case '[':
		return parseElements(d)
	}
	tok, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	if tok.Kind() == '"' {
		return text(tok.String()), nil
	}
	return jsontext.Value(tok.String()), nil
}

func parseMembers(d *jsontext.Decoder) (any, error) {
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	o := object{}
	at := map[string]int{}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		m := member{name: name.String()}
		if m.value, err = parseValue(d); err != nil {
			return nil, err
		}
		if i, seen := at[m.name]; seen {
			o[i] = m
			continue
		}
		at[m.name] = len(o)
		o = append(o, m)
	}
	_, err := d.ReadToken()
	return o, err
}

func parseElements(d *jsontext.Decoder) (any, error) {
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	a := array{}
	for d.PeekKind() != ']' {
		v, err := parseValue(d)
		if err != nil {
			return nil, err
		}
		a = append(a, v)
	}
	_, err := d.ReadToken()
	return a, err
}

// text is s as a JSON string: quotes, backslashes and control characters are
// escaped and nothing else, as what is meant for HTML is not meant here. What is
// not UTF-8 becomes U+FFFD.
func text(s string) jsontext.Value {
	b, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(s, "\uFFFD"))
	return b
}

// textOf returns the string that v is.
func textOf(v any) (string, bool) {
	raw, ok := v.(jsontext.Value)
	if !ok || raw.Kind() != '"' {
		return "", false
	}
	b, err := jsontext.AppendUnquote(nil, raw)
	return string(b), err == nil
}

// isNull tells whether v is absent or null, which a Java client cannot tell apart.
func isNull(v any) bool {
	raw, ok := v.(jsontext.Value)
	return v == nil || ok && raw.Kind() == 'n'
}

// get returns the member's value, nil when there is none. Names of members are
// compared without regard to case here and below (RFC 7643, section 2.1); that Okta
// does so is inference, and spares a server that spells them otherwise a second
// member of the same name.
func (o object) get(name string) any {
	for _, m := range o {
		if strings.EqualFold(m.name, name) {
			return m.value
		}
	}
	return nil
}

// with returns o with the member set: in its place, or at the end.
func (o object) with(name string, value any) object {
	o = slices.Clone(o)
	for i := range o {
		if strings.EqualFold(o[i].name, name) {
			o[i] = member{name, value}
			return o
		}
	}
	return append(o, member{name, value})
}

// over returns base with o laid over it: o's members first, objects merged,
// everything else replaced; then what only base has, in base's order. A nil
// value in o says that there is none, and none remains.
func (o object) over(base object) object {
	merged := make(object, 0, len(o)+len(base))
	named := map[string]bool{}
	for _, m := range o {
		named[strings.ToLower(m.name)] = true
		if own, ok := m.value.(object); ok {
			theirs, _ := base.get(m.name).(object)
			m.value = nil
			if both := own.over(theirs); len(both) > 0 {
				m.value = both
			}
		}
		if m.value != nil {
			merged = append(merged, m)
		}
	}
	for _, m := range base {
		if !named[strings.ToLower(m.name)] {
			merged = append(merged, m)
		}
	}
	return merged
}

// ordered returns o with the named members first, in the order of names, and
// the others after them, as they stood.
func (o object) ordered(names ...string) object {
	sorted := make(object, 0, len(o))
	for _, name := range names {
		if v := o.get(name); v != nil {
			sorted = append(sorted, member{name, v})
		}
	}
	for _, m := range o {
		if !slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, m.name) }) {
			sorted = append(sorted, m)
		}
	}
	return sorted
}

// compact is v as it goes on the wire, without white space.
func compact(v any) []byte { return appendValue(nil, v) }

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, text(m.name)...)
			b = append(b, ':')
			b = appendValue(b, m.value)
		}
		return append(b, '}')
	case array:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, e)
		}
		return append(b, ']')
	case jsontext.Value:
		return append(b, v...)
	}
	return append(b, "null"...)
}
