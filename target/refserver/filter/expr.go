// Package filter reads SCIM filters and says whether a resource matches one
// (RFC 7644, section 3.4.2.2). It holds the whole grammar: every operator, and,
// or, not, brackets, and value paths. The paths of PATCH, which are made of the
// same pieces, are read here too.
//
// A filter it cannot read, or that asks of an attribute what its type has not
// got, is an error and never a match: a client that looks for an account and is
// given another's would write to it.
package filter

import (
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

// An Expr is a filter, or part of one. String gives it back in a form that reads
// as the same Expr.
type Expr interface {
	String() string
	expr()
}

type (
	// Compare holds where a value of the attribute stands in the relation to
	// Value, which is a string, a bool, a resource.Number or nil.
	Compare struct {
		Attr  resource.Attr
		Op    Op
		Value resource.Value
	}
	// Present holds where the attribute has a value that is not empty.
	Present struct{ Attr resource.Attr }
	// Has holds where one element of the attribute matches all of Where.
	Has struct {
		Attr  resource.Attr
		Where Expr
	}
	// Not holds where X does not.
	Not struct{ X Expr }
	// And holds where all of its terms do; it has two at least.
	And struct{ Terms []Expr }
	// Or holds where any of its terms does; it has two at least.
	Or struct{ Terms []Expr }
)

func (Compare) expr() {}
func (Present) expr() {}
func (Has) expr()     {}
func (Not) expr()     {}
func (And) expr()     {}
func (Or) expr()      {}

// An Op is a relation, in lower case.
type Op string

const (
	Equal        Op = "eq"
	NotEqual     Op = "ne"
	Contains     Op = "co"
	StartsWith   Op = "sw"
	EndsWith     Op = "ew"
	Greater      Op = "gt"
	GreaterEqual Op = "ge"
	Less         Op = "lt"
	LessEqual    Op = "le"
)

func (e Compare) String() string {
	return e.Attr.String() + " " + string(e.Op) + " " + string(resource.AppendJSON(nil, e.Value))
}
func (e Present) String() string { return e.Attr.String() + " pr" }
func (e Has) String() string     { return e.Attr.String() + "[" + e.Where.String() + "]" }
func (e Not) String() string     { return "not (" + e.X.String() + ")" }
func (e And) String() string     { return join(e.Terms, " and ", true) }
func (e Or) String() string      { return join(e.Terms, " or ", false) }

// join brackets the terms that would otherwise be read as part of the whole.
func join(terms []Expr, word string, and bool) string {
	var b strings.Builder
	for i, t := range terms {
		if i > 0 {
			b.WriteString(word)
		}
		_, isOr := t.(Or)
		_, isAnd := t.(And)
		if isOr || isAnd && and {
			b.WriteString("(" + t.String() + ")")
		} else {
			b.WriteString(t.String())
		}
	}
	return b.String()
}
