package schema

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

// Spell gives the known attributes of r the letter case of their definitions.
// Clients may write them in any (RFC 7643, section 2.1). It alters r.
func (t Type) Spell(r *resource.Object) {
	spell(r, append(t.Base.Attributes[:len(t.Base.Attributes):len(t.Base.Attributes)], common...))
	for _, s := range t.Extensions {
		if block := r.Object(s.ID); block != nil {
			spell(block, s.Attributes)
		}
		rename(r, s.ID)
	}
}

func spell(o *resource.Object, among []Attribute) {
	for _, a := range among {
		v, ok := o.Lookup(a.Name)
		if !ok {
			continue
		}
		rename(o, a.Name)
		spellValue(v, a)
	}
}

func spellValue(v resource.Value, a Attribute) {
	switch v := v.(type) {
	case *resource.Object:
		spell(v, a.Sub)
	case resource.List:
		for _, e := range v {
			if o, ok := e.(*resource.Object); ok {
				spell(o, a.Sub)
			}
		}
	}
}

func rename(o *resource.Object, name string) {
	for i, m := range o.Members() {
		if m.Name != name && strings.EqualFold(m.Name, name) {
			o.Members()[i].Name = name
		}
	}
}

// Check says what is wrong with the values of r: a type that is not the
// attribute's, or a required one that is missing. Absent means unassigned, so r
// is to be compacted first. Read-only attributes are not looked at.
func (t Type) Check(r *resource.Object) error {
	if err := checkAll(r, t.Base.Attributes, ""); err != nil {
		return err
	}
	if err := checkAll(r, common, ""); err != nil {
		return err
	}
	for _, m := range r.Members() {
		if !resource.IsURN(m.Name) {
			continue
		}
		if err := t.checkExtension(m); err != nil {
			return err
		}
	}
	return nil
}

// CheckURN says why a name can be no extension's.
func (t Type) CheckURN(name string) error {
	if a, err := resource.ParseAttr(name); !resource.IsURN(name) || err != nil || a.Sub != "" || strings.EqualFold(name, t.Base.ID) {
		return fmt.Errorf("%q is no extension's URN", name)
	}
	return nil
}

func (t Type) checkExtension(m resource.Member) error {
	if err := t.CheckURN(m.Name); err != nil {
		return err
	}
	block, ok := m.Value.(*resource.Object)
	if !ok {
		return fmt.Errorf("%s: an extension is an object, not %s", m.Name, kind(m.Value))
	}
	s, _ := t.Extension(m.Name)
	return checkAll(block, s.Attributes, m.Name+":")
}

func checkAll(o *resource.Object, among []Attribute, prefix string) error {
	for _, a := range among {
		if a.Mutability == ReadOnly {
			continue
		}
		v, there := o.Lookup(a.Name)
		if !there {
			if a.Required {
				return fmt.Errorf("%s%s: a value is required", prefix, a.Name)
			}
			continue
		}
		if err := check(v, a); err != nil {
			return fmt.Errorf("%s%s: %w", prefix, a.Name, err)
		}
	}
	return nil
}

func check(v resource.Value, a Attribute) error {
	if !a.MultiValued {
		return checkOne(v, a)
	}
	l, ok := v.(resource.List)
	if !ok {
		return fmt.Errorf("an array is expected, not %s", kind(v))
	}
	primaries := 0
	for _, e := range l {
		if err := checkOne(e, a); err != nil {
			return err
		}
		if o, ok := e.(*resource.Object); ok && o.Get("primary") == true {
			primaries++
		}
	}
	if primaries > 1 {
		return fmt.Errorf("%d values are primary, and only one may be", primaries)
	}
	return nil
}

func checkOne(v resource.Value, a Attribute) error {
	ok := true
	switch a.Type {
	case Complex:
		o, is := v.(*resource.Object)
		if !is {
			return fmt.Errorf("an object is expected, not %s", kind(v))
		}
		return checkAll(o, a.Sub, "")
	case Boolean:
		_, ok = v.(bool)
	case Integer:
		n, is := v.(resource.Number)
		ok = is && !strings.ContainsAny(string(n), ".eE")
	case DateTime:
		s, is := v.(string)
		_, err := ParseTime(s)
		ok = is && err == nil
	case Binary:
		s, is := v.(string)
		_, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
		ok = is && err == nil
	default:
		s, is := v.(string)
		if is && s == "" && a.Required {
			return fmt.Errorf("an empty string is no value")
		}
		ok = is
	}
	if !ok {
		return fmt.Errorf("a %s is expected, not %s", a.Type, kind(v))
	}
	return nil
}

// ParseTime reads a dateTime, which has a date and a time. Its zone may be left
// out (RFC 7643, section 2.3.5, which is XML Schema's); it is then read as UTC.
func ParseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	return time.Parse("2006-01-02T15:04:05", s)
}

func kind(v resource.Value) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "this string"
	case resource.Number:
		return "this number"
	case resource.List:
		return "an array"
	}
	return "an object"
}
