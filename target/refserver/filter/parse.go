package filter

import (
	"errors"
	"fmt"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

// Bounds on a filter, and on a path with one. The parser and the evaluator descend with its depth.
const (
	MaxBytes = 10 << 10
	MaxDepth = 64
	MaxTerms = 256
)

// Parse reads a filter.
func Parse(s string) (Expr, error) {
	p, err := newParser(s)
	if err != nil {
		return nil, err
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	return e, p.finish()
}

type parser struct {
	tokens       []token
	depth, terms int
}

func newParser(s string) (*parser, error) {
	if len(s) > MaxBytes {
		return &parser{}, fmt.Errorf("it has %d bytes, and %d are the limit", len(s), MaxBytes)
	}
	tokens, err := lex(s)
	return &parser{tokens: tokens}, err
}

func (p *parser) peek() token { return p.tokens[0] }

func (p *parser) next() token {
	t := p.tokens[0]
	if t.kind != end {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) sees(m string) bool { return p.peek().kind == mark && p.peek().text == m }

func (p *parser) expect(m string) error {
	if t := p.next(); t.kind != mark || t.text != m {
		return fmt.Errorf("%q is expected at %d, and there is %s", m, t.at, t)
	}
	return nil
}

func (p *parser) finish() error {
	if t := p.peek(); t.kind != end {
		return fmt.Errorf("%s at %d is too much", t, t.at)
	}
	return nil
}

func (p *parser) or() (Expr, error) {
	terms, err := p.chain("or", p.and)
	if len(terms) > 1 {
		return Or{terms}, err
	}
	return first(terms), err
}

func (p *parser) and() (Expr, error) {
	terms, err := p.chain("and", p.term)
	if len(terms) > 1 {
		return And{terms}, err
	}
	return first(terms), err
}

func first(terms []Expr) Expr {
	if len(terms) == 0 {
		return nil
	}
	return terms[0]
}

// chain reads what the keyword joins.
func (p *parser) chain(keyword string, part func() (Expr, error)) ([]Expr, error) {
	var terms []Expr
	for {
		e, err := part()
		if err != nil {
			return nil, err
		}
		terms = append(terms, e)
		if !p.peek().is(keyword) {
			return terms, nil
		}
		p.next()
	}
}

// term reads a comparison, a value path, or a bracketed filter with or without
// "not" before it. Both "not (" and "not(" are read: grammar and example of the
// RFC disagree (erratum 7319, reported).
func (p *parser) term() (Expr, error) {
	if p.terms++; p.terms > MaxTerms {
		return nil, fmt.Errorf("it has more than %d terms", MaxTerms)
	}
	if p.peek().is("not") && p.tokens[1].kind == mark && p.tokens[1].text == "(" {
		p.next()
		x, err := p.nested("(", ")")
		return Not{x}, err
	}
	if p.sees("(") {
		return p.nested("(", ")")
	}
	a, err := p.attr()
	if err != nil {
		return nil, err
	}
	if p.sees("[") {
		if a.Sub != "" {
			return nil, notOfSub(a)
		}
		where, err := p.brackets()
		return Has{a, where}, err
	}
	return p.relation(a)
}

func (p *parser) nested(opening, closing string) (Expr, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, fmt.Errorf("it is nested deeper than %d", MaxDepth)
	}
	defer func() { p.depth-- }()
	if err := p.expect(opening); err != nil {
		return nil, err
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	return e, p.expect(closing)
}

// notOfSub refuses brackets after a sub-attribute, which the grammar allows: it
// has no sub-attributes to ask for (RFC 7643, section 2.3.8).
func notOfSub(a resource.Attr) error {
	return fmt.Errorf("%s: brackets follow an attribute, not a sub-attribute", a)
}

// brackets reads the filter of a value path. Its attributes are those of the
// elements: plain names, and no value path within.
func (p *parser) brackets() (Expr, error) {
	e, err := p.nested("[", "]")
	if err != nil {
		return nil, err
	}
	return e, plain(e)
}

func plain(e Expr) error {
	var a resource.Attr
	switch e := e.(type) {
	case Has:
		return errors.New("brackets within brackets")
	case Not:
		return plain(e.X)
	case And:
		return allPlain(e.Terms)
	case Or:
		return allPlain(e.Terms)
	case Compare:
		a = e.Attr
	case Present:
		a = e.Attr
	}
	if a.URN != "" || a.Sub != "" {
		return fmt.Errorf("%s: between brackets stand plain sub-attributes", a)
	}
	return nil
}

func allPlain(terms []Expr) error {
	for _, t := range terms {
		if err := plain(t); err != nil {
			return err
		}
	}
	return nil
}

func (p *parser) attr() (resource.Attr, error) {
	t := p.next()
	if t.kind != word {
		return resource.Attr{}, fmt.Errorf("an attribute is expected at %d, and there is %s", t.at, t)
	}
	a, err := resource.ParseAttr(t.text)
	if err != nil {
		return a, fmt.Errorf("at %d: %w", t.at, err)
	}
	return a, nil
}

func (p *parser) relation(a resource.Attr) (Expr, error) {
	t := p.next()
	if t.is("pr") {
		return Present{a}, nil
	}
	op := Op(strings.ToLower(t.text))
	switch op {
	case Equal, NotEqual, Contains, StartsWith, EndsWith, Greater, GreaterEqual, Less, LessEqual:
	default:
		op = ""
	}
	if t.kind != word || op == "" {
		return nil, fmt.Errorf("an operator is expected at %d, and there is %s", t.at, t)
	}
	v, err := p.value()
	return Compare{a, op, v}, err
}

func (p *parser) value() (resource.Value, error) {
	switch t := p.next(); {
	case t.kind == quoted:
		return t.text, nil
	case t.kind == number:
		return resource.Number(t.text), nil
	case t.kind == word && t.text == "true":
		return true, nil
	case t.kind == word && t.text == "false":
		return false, nil
	case t.kind == word && t.text == "null":
		return nil, nil
	default:
		return nil, fmt.Errorf("a value is expected at %d, and there is %s", t.at, t)
	}
}
