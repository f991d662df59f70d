package patch

import (
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/schema"
)

// Split takes the operations on one attribute apart from the rest, each in their
// order. Whoever keeps a large attribute elsewhere (the members of a group) can
// so apply a request at the cost of what it changes.
func Split(ops []Op, t schema.Type, name string) (on, rest []Op) {
	for _, op := range ops {
		mine, others := split(op, t, name)
		on = append(on, mine...)
		rest = append(rest, others...)
	}
	return on, rest
}

func split(op Op, t schema.Type, name string) (on, rest []Op) {
	parts, err := Spread(op)
	if err != nil {
		return nil, []Op{op} // Apply reports it
	}
	others := &resource.Object{}
	for i, p := range parts {
		a := t.Resolve(p.Path.Attr, nil)
		switch {
		case core(p, t):
			mine, others := split(Op{p.Verb, nil, p.Value, true}, t, name)
			on, rest = append(on, mine...), append(rest, others...)
		case a.URN == "" && strings.EqualFold(a.Name, name):
			on = append(on, p)
		case op.Path != nil:
			rest = append(rest, op)
		default:
			m := op.Value.(*resource.Object).Members()[i]
			others.Set(m.Name, m.Value)
		}
	}
	if others.Len() > 0 {
		rest = append(rest, Op{op.Verb, nil, others, true})
	}
	return on, rest
}
