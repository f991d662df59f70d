// Package evidence is what a run saw, and where it is kept: exchanges, outcomes,
// the ledger of what was made, and the folder that holds them. Every report is a
// fold over that folder.
//
// It depends on nothing else of the project, so that whoever makes evidence
// (steps, loadgen, target/wire) and whoever reads it (reports) meet here.
package evidence

import (
	"net/http"
	"time"
)

// A Voice is who spoke in an exchange.
type Voice string

const (
	Okta Voice = "okta" // the mock Okta, as the real one would
	Eyes Voice = "eyes" // the suite, looking at what the target holds
	Hand Voice = "hand" // the suite, bringing about what a Given states
	Tidy Voice = "tidy" // the suite, cleaning up after itself
)

// An Exchange is one request and what came back. It is raw until a [Redactor] has
// returned it.
type Exchange struct {
	N       int // 1, 2, … within one scenario and dialect, in the order of sending
	Voice   Voice
	Subject string // whom it is about, for people; "" for nobody in particular
	Started time.Time
	Took    time.Duration // until the last byte of the answer, or until it failed

	// Kind is User or Group where the path below the base URL leads to the one or
	// the other, and ID the id in it; both are empty elsewhere, and ID is for what is
	// said to all of a kind.
	Kind, ID string

	Method, URL   string
	RequestHeader http.Header
	RequestBody   []byte

	Status         int // 0 when there was no answer
	ResponseHeader http.Header
	ResponseBody   []byte
	Cut            bool   // ResponseBody is no more than the beginning
	Failure        string // why there was no answer: the network's words, or the write guard's

	redacted redaction
}

// Raw says that no Redactor has seen the exchange.
func (x Exchange) Raw() bool { return !x.redacted.done }
