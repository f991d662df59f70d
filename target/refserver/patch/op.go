// Package patch reads PATCH requests and applies them to a resource (RFC 7644,
// section 3.5.2). It is pure: nothing of the resource that it is given changes.
package patch

import (
	"errors"
	"fmt"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/filter"
	"github.com/scimproof/scimproof/target/refserver/resource"
)

// Message is the schema of a PATCH request's body.
const Message = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

// Bounds on what a request may do.
const (
	MaxOps    = 1000 // operations
	MaxValues = 1000 // values that an add may leave in a list, since each is compared with all
)

// Scim types of the errors (RFC 7644, section 3.12).
const (
	InvalidSyntax = "invalidSyntax"
	InvalidPath   = "invalidPath"
	InvalidFilter = "invalidFilter"
	InvalidValue  = "invalidValue"
	NoTarget      = "noTarget"
	Mutability    = "mutability"
)

// An Error says why a request cannot be applied.
type Error struct {
	Type   string // a SCIM error type
	Detail string
}

func (e *Error) Error() string { return e.Detail }

func fail(kind, format string, args ...any) error {
	return &Error{kind, fmt.Sprintf(format, args...)}
}

// A Verb is what an operation does, in lower case.
type Verb string

const (
	Add     Verb = "add"
	Remove  Verb = "remove"
	Replace Verb = "replace"
)

// An Op is one operation.
type Op struct {
	Verb  Verb
	Path  *filter.Path // nil where the request has none
	Value resource.Value
	Given bool // whether there was a value at all; null is one
}

// Parse reads the body of a PATCH request. The verb is read in any letter case:
// others than Okta capitalise it.
func Parse(body *resource.Object) ([]Op, error) {
	named := false
	for _, s := range body.List("schemas") {
		text, _ := s.(string)
		named = named || strings.EqualFold(text, Message)
	}
	if !named {
		return nil, fail(InvalidSyntax, "schemas does not name %s", Message)
	}
	list := body.List("Operations")
	if len(list) == 0 {
		return nil, fail(InvalidSyntax, "Operations is no array with at least one operation")
	}
	if len(list) > MaxOps {
		return nil, fail(InvalidSyntax, "there are %d operations, and %d are the limit", len(list), MaxOps)
	}
	ops := make([]Op, len(list))
	for i, v := range list {
		var err error
		if ops[i], err = parseOp(v); err != nil {
			return nil, numbered(i, err)
		}
	}
	return ops, nil
}

func numbered(i int, err error) error {
	if e, ok := err.(*Error); ok {
		return fail(e.Type, "operation %d: %s", i+1, e.Detail)
	}
	return err
}

func parseOp(v resource.Value) (Op, error) {
	o, ok := v.(*resource.Object)
	if !ok {
		return Op{}, fail(InvalidSyntax, "it is no object")
	}
	op := Op{Verb: Verb(strings.ToLower(o.Text("op")))}
	switch op.Verb {
	case Add, Remove, Replace:
	default:
		return op, fail(InvalidSyntax, "op is to be add, remove or replace")
	}
	op.Value, op.Given = o.Lookup("value")
	if path := o.Get("path"); path != nil {
		text, ok := path.(string)
		if !ok {
			return op, fail(InvalidPath, "path is no string")
		}
		p, err := filter.ParsePath(text)
		switch {
		case errors.Is(err, filter.ErrWhere):
			return op, fail(InvalidFilter, "path %q: %v", text, err)
		case err != nil:
			return op, fail(InvalidPath, "path %q: %v", text, err)
		}
		op.Path = &p
	}
	return op, complete(op)
}

// complete checks that an operation has the parts that its verb needs.
func complete(op Op) error {
	switch {
	case op.Verb == Remove && op.Path == nil:
		return fail(NoTarget, "remove needs a path")
	case op.Verb != Remove && !op.Given:
		return fail(InvalidSyntax, "%s needs a value", op.Verb)
	case op.Path == nil:
		if _, ok := op.Value.(*resource.Object); !ok {
			return fail(InvalidValue, "without a path the value is to be an object")
		}
	}
	return nil
}

// Spread turns an operation without a path into one for each attribute of its
// value. A name may be written in full, with the URN of its schema, or dotted; an
// extension may be given as an object under its URN.
func Spread(op Op) ([]Op, error) {
	if op.Path != nil {
		return []Op{op}, nil
	}
	var ops []Op
	for _, m := range op.Value.(*resource.Object).Members() {
		a, err := resource.ParseAttr(m.Name)
		if err != nil {
			return nil, fail(InvalidPath, "%v", err)
		}
		if _, block := m.Value.(*resource.Object); block && resource.IsURN(m.Name) && a.Sub == "" {
			a = resource.Attr{URN: m.Name}
		}
		ops = append(ops, Op{op.Verb, &filter.Path{Attr: a}, m.Value, true})
	}
	return ops, nil
}
