package provision

import (
	"net/http"
	"strconv"
	"time"
)

// How long Okta waits after a 429. An integer Retry-After is obeyed exactly;
// without one Okta waits five minutes, and each further such wait doubles the
// one before. After ten attempts the operation has failed for good.
// Source: Okta, Understanding SCIM, rate limits (documented; that a wait which
// the target names neither is doubled nor doubles a later one is inference).
const (
	waitUnasked = 5 * time.Minute
	maxAttempts = 10
	maxWait     = 365 * 24 * time.Hour // keeps virtual time from running over
)

// A patience counts what one request has been through.
type patience struct {
	attempts int           // that were answered 429
	last     time.Duration // of those that the target did not name
}

// next is how long to wait after one more 429, and whether to try again.
func (p *patience) next(h http.Header) (time.Duration, bool) {
	p.attempts++
	if p.attempts >= maxAttempts {
		return 0, false
	}
	if wait, asked := retryAfter(h); asked {
		return min(wait, maxWait), true
	}
	p.last = min(max(2*p.last, waitUnasked), maxWait)
	return p.last, true
}

// retryAfter reads a number of seconds; an HTTP date is not one to Okta.
func retryAfter(h http.Header) (time.Duration, bool) {
	seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 32)
	if err != nil {
		return 0, false
	}
	return time.Duration(seconds) * time.Second, true
}
