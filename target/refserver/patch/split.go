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
	is := func(a resource.Attr) bool {
		a = t.Resolve(a, nil)
		return a.URN == "" && strings.EqualFold(a.Name, name)
	}
	for _, op := range ops {
		if op.Path != nil {
			if is(op.Path.Attr) {
				on = append(on, op)
			} else {
				rest = append(rest, op)
			}
			continue
		}
		others := &resource.Object{}
		parts, err := Spread(op)
		if err != nil {
			rest = append(rest, op) // Apply reports it
			continue
		}
		for i, m := range op.Value.(*resource.Object).Members() {
			if is(parts[i].Path.Attr) {
				on = append(on, parts[i])
			} else {
				others.Set(m.Name, m.Value)
			}
		}
		if others.Len() > 0 {
			rest = append(rest, Op{op.Verb, nil, others, true})
		}
	}
	return on, rest
}
