package provision

import (
	"cmp"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// Knobs are the points about Okta's client that no source settles. The zero value
// is Okta as we believe it to be; each field says what else was read or seen, and
// [AllKnobs] names them.
type Knobs struct {
	scim.Accent
	// PatchProfile pushes profiles by PATCH in the PATCH dialect. Okta's reference
	// has PUT for them; an integration can be one that supports PATCH for users, and
	// Okta's FAQ can be read so (both documented).
	PatchProfile bool
	// NotFoundFails takes a 404 to a lookup for a failure, as Okta's SPEC test does.
	// Okta's reference has it as "nobody" (both documented).
	NotFoundFails bool
	// Retries is how often Okta says a request again by itself that was answered
	// with 5xx or not at all. No page tells of any; one reviewer saw a create repeated
	// after a timeout (croffasia/itsaplan pull request 250).
	Retries int
	// Workers is how many requests are in flight at once, at most; 0 means 4. Okta
	// publishes no number.
	Workers int
	// CloseConnections asks the target to close the connection after each answer. Okta's
	// page of 2018 has Keep-Alive; a capture through a tunnel has close.
	CloseConnections bool
	// PatchBatch is how many membership changes one PATCH carries; 0 means 100,
	// Okta's default (Okta submission guide of 2021, since removed).
	PatchBatch int
	// CreateMembers is which members a POST of a group carries.
	CreateMembers CreateMembers
	// NameWithMembers is how a group's name comes with a change of its members in
	// the PATCH dialect.
	NameWithMembers NameWithMembers
	// EmptyWhole empties a group in the PATCH dialect by a value that is the group,
	// without a path. Both were observed, each by one project.
	EmptyWhole bool
	// OneLinkPush leaves out the second GET and PUT after a link in the PUT
	// dialect. Two pairs were observed once, a single pair twice.
	OneLinkPush bool
	// PutMembers is whose list of members a later PUT of a group carries. A first
	// push, a take-over and "push now" carry Okta's own list whatever it says.
	PutMembers PutMembers
	// StepByItems lets an import go on after a short page behind what came. Okta's
	// reference adds 100; what it does after a short page is not said. An empty page
	// while more is announced ends the import with an error in both, and the list in
	// neither (inference).
	StepByItems bool
	// GroupsFirst lets an import read groups before people. No source has an order.
	GroupsFirst bool
}

// PutMembers is whose list of members a PUT of a group carries, when members
// come and go or the name changes. No source settles it: a display of null in
// one capture and a removed person kept in another speak for [PutMerge].
type PutMembers string

const (
	// PutMerge is the default, also when empty: the list that GET returned, with
	// the named changes applied; Okta's own list where GET carries none.
	PutMerge PutMembers = "merge"
	// PutDelta is Okta's own list, and nothing is said when no change can be named.
	PutDelta PutMembers = "delta"
	// PutAlways is Okta's own list, also when no change can be named.
	PutAlways PutMembers = "always"
)

// CreateMembers is which members a POST of a group carries.
type CreateMembers string

const (
	// CreateByDialect is the default, also when empty: all in the PUT dialect
	// (observed), none in the PATCH dialect (documented, by a sample).
	CreateByDialect CreateMembers = "byDialect"
	// CreateWithAll is all, in both dialects; nobody is left to add then. Samples of
	// Okta's page of 2018 have members.
	CreateWithAll CreateMembers = "all"
	// CreateWithNone is none, in both dialects.
	CreateWithNone CreateMembers = "none"
)

// carry says whether a POST of a group carries its members.
func (c CreateMembers) carry(d Dialect) bool {
	return c == CreateWithAll || c != CreateWithNone && d == AIW
}

// NameWithMembers is how a group's name comes with a change of its members in the
// PATCH dialect. That it does is documented. A name that the target does not have yet
// is said whatever this is.
type NameWithMembers string

const (
	// NameBefore is the default, also when empty: a PATCH of its own, before the
	// first of the members. It was observed at a first push (jelhub/scimgateway issue
	// 112).
	NameBefore NameWithMembers = "before"
	// NameBeside is the first operation of the first PATCH of members (inference).
	NameBeside NameWithMembers = "beside"
	// NameLeftOut is no name at all (inference).
	NameLeftOut NameWithMembers = "none"
)

func (k Knobs) workers() int { return cmp.Or(max(k.Workers, 0), 4) }
