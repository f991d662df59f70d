package scim

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

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
// Invalid UTF-8 is refused. The object shares b, which is not to be changed.
func parseObject(b []byte) (object, error) {
	return parse(b, func(p parser) (any, error) {
		p.names = string(b)
		return p.value()
	})
}

// parseOutline is parseObject for who needs little of an object: the members of these
// names, in any letter case, or all where none is named. The others are checked and
// passed by, and what is below a member is checked, and left as it is written, as inner
// reads it.
func parseOutline(b []byte, names ...string) (object, error) {
	return parse(b, func(p parser) (any, error) {
		if p.PeekKind() != '{' {
			return p.value()
		}
		p.wanted = names
		return p.members(func(p parser) (any, error) { return p.scalar() })
	})
}

func parse(b []byte, value func(parser) (any, error)) (object, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, errEmpty
	}
	p := newParser(b)
	defer p.release()
	v, err := value(p)
	if err != nil {
		return nil, err
	}
	if _, err := p.ReadToken(); err != io.EOF {
		return nil, errMore
	}
	o, ok := v.(object)
	if !ok {
		return nil, errNoObject
	}
	return o, nil
}

// A parser reads a body that is in memory: what is taken from it is not copied.
type parser struct {
	*reading
	whole  []byte
	names  string   // the same as whole, for names of members; "" where few are kept
	wanted []string // names of the members that are kept; nil: all
}

// A reading is what parsers use one after the other.
type reading struct {
	jsontext.Decoder
	from bytes.Buffer
}

var readings = sync.Pool{New: func() any { return new(reading) }}

func newParser(b []byte) parser {
	r := readings.Get().(*reading)
	r.of(b)
	return parser{reading: r, whole: b}
}

func (r *reading) of(b []byte) {
	r.from = *bytes.NewBuffer(b)
	r.Reset(&r.from, jsontext.AllowDuplicateNames(true))
}

// release gives what the parser used to the next one.
func (p parser) release() {
	p.of(nil) // it keeps nobody's body
	readings.Put(p.reading)
}

var (
	errEmpty    = errors.New("there is no body")
	errNoObject = errors.New("the body is not a JSON object")
	errMore     = errors.New("something follows the JSON value")
)

func (p parser) value() (any, error) {
	switch p.PeekKind() {
	case '{':
		return p.members(parser.value)
	case '[':
		return p.elements()
	}
	raw, err := p.scalar()
	if err != nil {
		return nil, err
	}
	if raw.Kind() == '"' && bytes.IndexByte(raw, '\\') >= 0 {
		s, _ := textOf(raw)
		return text(s), nil // with no more escapes than JSON needs
	}
	return raw, nil
}

// inner reads what parseOutline left as it was written.
func inner(v any) (any, error) {
	raw, ok := v.(jsontext.Value)
	if !ok || raw.Kind() != '{' && raw.Kind() != '[' {
		return v, nil
	}
	if string(raw) == "[]" {
		return array{}, nil
	}
	p := newParser(raw)
	defer p.release()
	return p.value()
}

// scalar reads a value as it is written.
func (p parser) scalar() (jsontext.Value, error) {
	raw, err := p.ReadValue()
	if err != nil {
		return nil, err
	}
	end := p.InputOffset()
	return jsontext.Value(p.whole[end-int64(len(raw)) : end : end]), nil
}

func (p parser) members(value func(parser) (any, error)) (any, error) {
	if _, err := p.ReadToken(); err != nil {
		return nil, err
	}
	o := make(object, 0, 4)
	if p.StackDepth() == 1 {
		o = make(object, 0, 16)
	}
	var at places
	for p.PeekKind() != '}' {
		name, err := p.scalar()
		if err != nil {
			return nil, err
		}
		if !p.wants(name) {
			if err := p.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		m := member{name: p.name(name)}
		if m.value, err = value(p); err != nil {
			return nil, err
		}
		if i, seen := at.of(m.name, o); seen {
			o[i] = m
			continue
		}
		o = append(o, m)
	}
	_, err := p.ReadToken()
	return o, err
}

// name is a member's name, of which raw is how it was written just now.
func (p parser) name(raw jsontext.Value) string {
	if p.names == "" || bytes.IndexByte(raw, '\\') >= 0 {
		name, _ := textOf(raw)
		return name
	}
	end := int(p.InputOffset())
	return p.names[end-len(raw)+1 : end-1]
}

func (p parser) wants(name jsontext.Value) bool {
	if p.wanted == nil {
		return true
	}
	if bytes.IndexByte(name, '\\') >= 0 {
		name = jsontext.Value(p.name(name))
	} else {
		name = name[1 : len(name)-1]
	}
	return slices.ContainsFunc(p.wanted, func(wanted string) bool { return strings.EqualFold(wanted, string(name)) })
}

// places finds a member by its name while an object grows: by a look at each as
// long as there are few.
type places struct{ many map[string]int }

const few = 32

func (p *places) of(name string, o object) (int, bool) {
	if len(o) <= few {
		i := slices.IndexFunc(o, func(m member) bool { return m.name == name })
		return i, i >= 0
	}
	if p.many == nil {
		p.many = map[string]int{}
	}
	for i := len(p.many); i < len(o); i++ {
		p.many[o[i].name] = i
	}
	i, seen := p.many[name]
	return i, seen
}

func (p parser) elements() (any, error) {
	if _, err := p.ReadToken(); err != nil {
		return nil, err
	}
	a := array{}
	for p.PeekKind() != ']' {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		a = append(a, v)
	}
	_, err := p.ReadToken()
	return a, err
}

// text is s as a JSON string: quotes, backslashes and control characters are
// escaped and nothing else, as what is meant for HTML is not meant here. What is
// not UTF-8 becomes U+FFFD.
func text(s string) jsontext.Value {
	b, _ := jsontext.AppendQuote(make([]byte, 0, len(s)+2), strings.ToValidUTF8(s, "\uFFFD"))
	return b
}

// textOf returns the string that v is.
func textOf(v any) (string, bool) {
	raw, ok := v.(jsontext.Value)
	if !ok || raw.Kind() != '"' {
		return "", false
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), true
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

// has tells whether o has the member, be its value nil.
func (o object) has(name string) bool {
	return slices.ContainsFunc(o, func(m member) bool { return strings.EqualFold(m.name, name) })
}

// with returns o with the member set: in its place, or at the end.
func (o object) with(name string, value any) object {
	o = append(make(object, 0, len(o)+1), o...)
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
// value in o says that there is none, and none remains, or what is laid for it.
func (o object) over(base object, l laying) object {
	merged := make(object, 0, len(o)+len(base))
	for _, m := range o {
		switch own := m.value.(type) {
		case object:
			theirs, _ := base.get(m.name).(object)
			m.value = nil
			if both := own.over(theirs, l); len(both) > 0 {
				m.value = both
			}
		case elements:
			m.value = own.over(base.get(m.name), l)
		case nil:
			m.value = l.emptied(base.get(m.name))
		}
		if m.value != nil {
			merged = append(merged, m)
		}
	}
	for _, m := range base {
		if !o.has(m.name) {
			merged = append(merged, m)
		}
	}
	return merged
}

// filled is o with v wherever it has no value.
func (o object) filled(v jsontext.Value) object {
	for i, m := range o {
		switch inner := m.value.(type) {
		case object:
			o[i].value = inner.filled(v)
		case elements:
			for _, e := range inner {
				e.parts.filled(v)
			}
		case nil:
			if v != nil {
				o[i].value = v
			}
		}
	}
	return o
}

// A laying is how one object is laid over another.
type laying struct {
	empty jsontext.Value // stands for a value that was taken away; nil: nothing does
	whole bool           // a list is replaced as a whole
}

// emptied is what stands where base has a value that was taken away: an empty list
// where that is a list, and empty a string.
func (l laying) emptied(base any) any {
	_, isList := base.(array)
	switch {
	case l.empty == nil || isNull(base):
		return nil
	case isList && l.empty.Kind() == '"':
		return array{}
	}
	return l.empty
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
func compact(v any) []byte { return appendValue(make([]byte, 0, 512), v) }

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b, _ = jsontext.AppendQuote(b, strings.ToValidUTF8(m.name, "\uFFFD"))
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
