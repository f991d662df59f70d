package filter

import (
	"errors"
	"fmt"
	"slices"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

// A Path is the target of a PATCH operation: an attribute, the elements of it
// that match Where if there is one, and their sub-attribute Sub if there is one.
// The sub-attribute of a path without Where is in Attr.
type Path struct {
	Attr  resource.Attr
	Where Expr
	Sub   string
}

func (p Path) String() string {
	s := p.Attr.String()
	if p.Where != nil {
		s += "[" + p.Where.String() + "]"
	}
	if p.Sub != "" {
		s += "." + p.Sub
	}
	return s
}

// ErrWhere is in the error of a path that has brackets, when what cannot be read
// is the filter between them: SCIM has a word of its own for that (RFC 7644,
// section 3.12, on invalidFilter).
var ErrWhere = errors.New("the filter between the brackets cannot be read")

// ParsePath reads PATH of RFC 7644, section 3.5.2: an attribute, or a value path
// that a sub-attribute may follow. A URN alone is read too, though the grammar has
// no room for it: under that name an extension stands in the resource.
func ParsePath(s string) (Path, error) {
	p, err := newParser(s)
	switch {
	case err != nil && slices.ContainsFunc(p.tokens, token.opens):
		return Path{}, fmt.Errorf("%w: %w", ErrWhere, err)
	case err != nil:
		return Path{}, err
	}
	path, err := p.path()
	if err != nil {
		return Path{}, err
	}
	return path, p.finish()
}

func (p *parser) path() (path Path, err error) {
	if path.Attr, err = p.attr(); err != nil || !p.sees("[") {
		return path, err
	}
	if path.Attr.Sub != "" {
		return path, notOfSub(path.Attr)
	}
	if path.Where, err = p.brackets(); err != nil {
		return path, fmt.Errorf("%w: %w", ErrWhere, err)
	}
	if t := p.peek(); t.kind == word && t.text[0] == '.' {
		p.next()
		path.Sub, err = subName(t)
	}
	return path, err
}

// subName reads the sub-attribute after the brackets; the dot is part of its token.
func subName(t token) (string, error) {
	a, err := resource.ParseAttr(t.text[1:])
	if err != nil || a.URN != "" || a.Sub != "" {
		return "", fmt.Errorf("%s at %d is no sub-attribute", t, t.at)
	}
	return a.Name, nil
}
