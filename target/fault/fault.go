// Package fault holds named mistakes that real SCIM servers have made, each as
// HTTP middleware that makes any SCIM server behind it err in that way. The few that
// do not show in HTTP alone are named here, and made in the store of our own server.
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

	wrap func(*server) http.HandlerFunc // nil for a mistake of the store
}

// InStore says that the mistake is made where a server keeps things, and so in our
// own server alone.
func (f Fault) InStore() bool { return f.wrap == nil }

// In returns next with this mistake in it. Paths that are neither Users nor
// Groups pass unharmed, but for those of the provider's page where the mistake is the
// page's, and so does everything where the mistake is the store's.
func (f Fault) In(next http.Handler) http.Handler {
	if f.InStore() {
		return next
	}
	return f.wrap(&server{next: next})
}

// All lists the faults by name.
func All() []Fault {
	all := slices.Concat(
		listFaults, pagingFaults, accountFaults, createFaults, uniquenessFaults, shapeFaults, errorFaults, mediaFaults,
		extensionFaults, mappedFaults, groupFaults, memberFaults, namingFaults, comebackFaults, tenantFaults, pageFaults, storeFaults,
	)
	slices.SortFunc(all, func(a, b Fault) int { return strings.Compare(a.Name, b.Name) })
	return all
}
