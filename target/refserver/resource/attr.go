package resource

import (
	"fmt"
	"strings"
)

// An Attr names an attribute as filters, paths and projections do: an optional
// schema URN, a name, an optional sub-attribute (RFC 7644, section 3.10). An Attr
// with a URN and no name is a whole extension.
type Attr struct{ URN, Name, Sub string }

func (a Attr) String() string {
	s := a.URN
	if s != "" && a.Name != "" {
		s += ":"
	}
	s += a.Name
	if a.Sub != "" {
		s += "." + a.Sub
	}
	return s
}

// ParseAttr reads attribute notation. Whether the last part of a URN is a name or
// belongs to the URN cannot be told from the text; it is read as a name where it
// can be one, and a schema settles it.
func ParseAttr(s string) (Attr, error) {
	urn, rest := "", s
	if IsURN(s) {
		i := strings.LastIndexByte(s, ':')
		urn, rest = s[:i], s[i+1:]
		if !IsURN(urn) || rest == "" {
			return Attr{}, fmt.Errorf("%q is no attribute: its URN is incomplete", s)
		}
	}
	name, sub, dotted := strings.Cut(rest, ".")
	if !validName(name) || (dotted && !validName(sub)) {
		if urn != "" && urnChars(s) {
			return Attr{URN: s}, nil
		}
		return Attr{}, fmt.Errorf("%q is no attribute name", s)
	}
	if !urnChars(urn) {
		return Attr{}, fmt.Errorf("%q is no attribute: its URN has characters that a URN cannot have", s)
	}
	return Attr{urn, name, sub}, nil
}

// IsURN says whether a name begins as a URN does, "urn:" and something.
func IsURN(s string) bool {
	return len(s) > 4 && strings.EqualFold(s[:4], "urn:")
}

// AttrByte says whether a byte may occur in attribute notation.
func AttrByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("$-_:.%+/~!'*,;=@#?&", c) >= 0
}

func urnChars(s string) bool {
	for i := 0; i < len(s); i++ {
		if !AttrByte(s[i]) {
			return false
		}
	}
	return true
}

// validName follows ATTRNAME of RFC 7643, section 2.1, and exempts "$ref", which
// the grammar forgot.
func validName(s string) bool {
	if strings.EqualFold(s, "$ref") {
		return true
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '-' || c == '_' || c == '$')) {
			return false
		}
	}
	return s != ""
}
