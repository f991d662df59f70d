// Package fault holds named mistakes that real SCIM servers have made, each as
// HTTP middleware that makes any SCIM server behind it err in that way.
//
// They prove that the suite can fail: which scenarios each fault should break is
// written down in features/faults before it is run. A fault knows nothing of the
// server behind it, nor of scenarios, tests or runs.
package fault

import (
	"net/http"
	"slices"
	"strings"
)

// A Fault is one mistake.
type Fault struct {
	Name string // its name on the command line: "deletes-when-disabled"
	What string // the server's mistake, in one sentence
	Seen string // where it was seen, with its number in our catalogue of real failures

	wrap func(*server) http.HandlerFunc
}

// In returns next with this mistake in it. Paths that are neither Users nor
// Groups pass unharmed.
func (f Fault) In(next http.Handler) http.Handler {
	return f.wrap(&server{next: next})
}

// All lists the faults by name.
func All() []Fault {
	all := slices.Concat(
		listFaults, accountFaults, createFaults, uniquenessFaults, shapeFaults, errorFaults, mediaFaults,
		extensionFaults, mappedFaults, groupFaults, comebackFaults, tenantFaults,
	)
	slices.SortFunc(all, func(a, b Fault) int { return strings.Compare(a.Name, b.Name) })
	return all
}
