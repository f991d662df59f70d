package filter

import (
	"cmp"
	"math/big"
	"strconv"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
)

// Match says whether a resource matches a filter that Check has let pass.
//
// A multi-valued attribute stands in a relation when any of its values does,
// also in "ne" (RFC 7644, section 3.4.2.2). An attribute without a value equals
// null, differs from everything else, and stands in no other relation.
func Match(e Expr, r *resource.Object, t schema.Type) bool {
	return evaluator{r, matching{t, r}}.holds(e)
}

// MatchElement is Match for one element of a multi-valued complex attribute and
// a filter between brackets.
func MatchElement(e Expr, element *resource.Object, of schema.Attribute) bool {
	return evaluator{element, of}.holds(e)
}

// matching is a resource type with the extensions of one resource.
type matching struct {
	schema.Type
	r *resource.Object
}

type evaluator struct {
	r  *resource.Object
	in Scope
}

func (v evaluator) holds(e Expr) bool {
	switch e := e.(type) {
	case Compare:
		return v.compares(e)
	case Present:
		values, _ := v.values(e.Attr)
		for _, x := range values {
			if present(x) {
				return true
			}
		}
	case Has:
		values, d := v.values(e.Attr)
		for _, x := range values {
			if o, ok := x.(*resource.Object); ok && MatchElement(e.Where, o, d) {
				return true
			}
		}
	case Not:
		return !v.holds(e.X)
	case And:
		for _, t := range e.Terms {
			if !v.holds(t) {
				return false
			}
		}
		return true
	case Or:
		for _, t := range e.Terms {
			if v.holds(t) {
				return true
			}
		}
	}
	return false
}

// values are all that the attribute has: one, several for a multi-valued one, none.
func (v evaluator) values(a resource.Attr) ([]resource.Value, schema.Attribute) {
	if m, ok := v.in.(matching); ok {
		a = m.Resolve(a, v.r)
	}
	d, _ := v.in.Find(a)
	from := v.r
	if a.URN != "" {
		if from = v.r.Object(a.URN); a.Name == "" {
			return flat(v.r.Get(a.URN)), d
		}
	}
	values := flat(from.Get(a.Name))
	if a.Sub == "" {
		return values, d
	}
	var subs []resource.Value
	for _, x := range values {
		if o, ok := x.(*resource.Object); ok {
			subs = append(subs, flat(o.Get(a.Sub))...)
		}
	}
	return subs, d
}

func flat(v resource.Value) []resource.Value {
	switch v := v.(type) {
	case nil:
		return nil
	case resource.List:
		return v
	}
	return []resource.Value{v}
}

func present(v resource.Value) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case resource.List:
		return len(v) > 0
	case *resource.Object:
		for _, m := range v.Members() {
			if present(m.Value) {
				return true
			}
		}
		return false
	}
	return true
}

func (v evaluator) compares(e Compare) bool {
	values, d := v.values(e.Attr)
	if d.Type == schema.Complex || d.Type == "" {
		values, d = significant(values, d)
	}
	if e.Value == nil {
		return (len(values) == 0) == (e.Op == Equal)
	}
	if len(values) == 0 {
		return e.Op == NotEqual
	}
	for _, x := range values {
		if related(x, e.Op, e.Value, d) {
			return true
		}
	}
	return false
}

// significant replaces complex values by their sub-attribute "value", which an
// attribute's bare name stands for in a comparison: emails eq "a@example.com".
func significant(values []resource.Value, d schema.Attribute) ([]resource.Value, schema.Attribute) {
	var out []resource.Value
	for _, x := range values {
		if o, ok := x.(*resource.Object); ok {
			x = o.Get("value")
		}
		if x != nil {
			out = append(out, x)
		}
	}
	d, _ = d.Find(resource.Attr{Name: "value"})
	return out, d
}

// related says whether "have op want" holds. Values of different kinds are
// different, and stand in no order.
func related(have resource.Value, op Op, want resource.Value, d schema.Attribute) bool {
	switch want := want.(type) {
	case bool:
		same := have == want
		return op == Equal && same || op == NotEqual && !same
	case resource.Number:
		h, ok := have.(resource.Number)
		if !ok {
			return op == NotEqual
		}
		return ordered(compareNumbers(string(h), string(want)), op)
	case string:
		h, ok := have.(string)
		if !ok {
			return op == NotEqual
		}
		return relatedText(h, op, want, d)
	}
	return false
}

func relatedText(have string, op Op, want string, d schema.Attribute) bool {
	if d.Type == schema.DateTime && !ofText(op) {
		h, errH := schema.ParseTime(have)
		w, errW := schema.ParseTime(want)
		if errH == nil && errW == nil {
			return ordered(h.Compare(w), op)
		}
	}
	if !d.CaseExact {
		have, want = resource.Fold(have), resource.Fold(want)
	}
	switch op {
	case Contains:
		return strings.Contains(have, want)
	case StartsWith:
		return strings.HasPrefix(have, want)
	case EndsWith:
		return strings.HasSuffix(have, want)
	}
	return ordered(strings.Compare(have, want), op)
}

func ordered(c int, op Op) bool {
	switch op {
	case Equal:
		return c == 0
	case NotEqual:
		return c != 0
	case Greater:
		return c > 0
	case GreaterEqual:
		return c >= 0
	case Less:
		return c < 0
	case LessEqual:
		return c <= 0
	}
	return false
}

// compareNumbers compares integers exactly and anything else as floats.
func compareNumbers(a, b string) int {
	x, okX := new(big.Int).SetString(a, 10)
	y, okY := new(big.Int).SetString(b, 10)
	if okX && okY {
		return x.Cmp(y)
	}
	f, _ := strconv.ParseFloat(a, 64)
	g, _ := strconv.ParseFloat(b, 64)
	return cmp.Compare(f, g)
}
