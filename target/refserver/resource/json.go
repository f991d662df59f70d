package resource

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Bounds on what is read. A document beyond them is refused, since whoever reads
// trees recursively must know how deep they are.
const (
	MaxDepth = 64   // objects and lists within each other
	MaxNames = 1000 // attributes of one object; a lookup goes through them
)

// Read reads one JSON object and nothing after it. Invalid UTF-8, names given
// twice (also in other letter case) and documents beyond the bounds are refused
// rather than guessed at.
func Read(r io.Reader) (*Object, error) { return read(decoder{Decoder: tokens(r)}) }

// ReadEach is Read for a document with a list that may be very long: the elements
// of that attribute are handed to take one by one, as they are read, and are not
// kept; the list in the object is empty. An error of take ends the reading and is
// returned. What is no list is kept like any other value.
func ReadEach(r io.Reader, name string, take func(Value) error) (*Object, error) {
	return read(decoder{tokens(r), name, take})
}

func tokens(r io.Reader) *jsontext.Decoder {
	return jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true))
}

func read(d decoder) (*Object, error) {
	v, err := d.value()
	if err != nil {
		return nil, err
	}
	if _, err := d.ReadToken(); err == nil {
		return nil, errors.New("the document goes on after its end")
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	o, ok := v.(*Object)
	if !ok {
		return nil, errors.New("the document is no JSON object")
	}
	return o, nil
}

type decoder struct {
	*jsontext.Decoder
	each string            // the attribute of the document whose elements are handed over
	take func(Value) error // nil for none
}

func (d decoder) value() (Value, error) {
	t, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch t.Kind() {
	case 'n':
		return nil, nil
	case 't', 'f':
		return t.Bool(), nil
	case '"':
		return t.String(), nil
	case '0':
		return Number(t.String()), nil
	}
	if d.StackDepth() > MaxDepth {
		return nil, fmt.Errorf("the document is nested deeper than %d", MaxDepth)
	}
	if t.Kind() == '[' {
		return d.list()
	}
	return d.object()
}

func (d decoder) list() (Value, error) {
	l := List{}
	err := d.elements(func(v Value) error {
		l = append(l, v)
		return nil
	})
	return l, err
}

// elements reads a list from behind its bracket.
func (d decoder) elements(take func(Value) error) error {
	for d.PeekKind() != ']' {
		v, err := d.value()
		if err != nil {
			return err
		}
		if err := take(v); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// member reads the value of an attribute.
func (d decoder) member(name string) (Value, error) {
	if d.take == nil || d.StackDepth() > 1 || d.PeekKind() != '[' || !strings.EqualFold(name, d.each) {
		return d.value()
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, err
	}
	return List{}, d.elements(d.take)
}

func (d decoder) object() (Value, error) {
	o, seen := &Object{}, names{}
	for d.PeekKind() != '}' {
		t, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		name := t.String()
		if len(o.members) == MaxNames {
			return nil, fmt.Errorf("an object has more than %d names", MaxNames)
		}
		if seen.has(o, name) {
			return nil, fmt.Errorf("the name %q is given twice", name)
		}
		v, err := d.member(name)
		if err != nil {
			return nil, err
		}
		o.members = append(o.members, Member{name, v})
	}
	_, err := d.ReadToken()
	return o, err
}

// names finds a name that an object already has; it is a set only where the
// object has grown beyond a glance.
type names map[string]bool

func (n *names) has(o *Object, name string) bool {
	const glance = 16
	if len(o.members) < glance {
		return o.find(name) >= 0
	}
	if len(*n) == 0 {
		*n = make(names, 2*glance)
		for _, m := range o.members {
			(*n)[Fold(m.Name)] = true
		}
	}
	key := Fold(name)
	was := (*n)[key]
	(*n)[key] = true
	return was
}

// AppendJSON appends the value as compact JSON.
func AppendJSON(b []byte, v Value) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		if v {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case string:
		return appendQuoted(b, v)
	case Number:
		return append(b, v...)
	case List:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = AppendJSON(b, e)
		}
		return append(b, ']')
	case *Object:
		b = append(b, '{')
		for i, m := range v.Members() {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendQuoted(b, m.Name), ':')
			b = AppendJSON(b, m.Value)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

func appendQuoted(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, strings.ToValidUTF8(s, "\uFFFD"))
	return b
}

// String is the object as compact JSON.
func (o *Object) String() string { return string(AppendJSON(nil, o)) }
