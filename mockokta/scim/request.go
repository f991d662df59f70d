// Package scim is SCIM with Okta's accent: the requests that Okta makes, to the
// byte, and the answers as Okta reads them.
//
// It decides nothing about when a request is made; that is a dialogue's affair,
// in package provision.
package scim

import (
	"context"
	"net/http"
)

// A Request is how Okta says one thing in SCIM. It is a plain value: no base
// URL, no credentials, no headers, since these are the same for every request
// of a connection and belong to the [Client].
type Request struct {
	Method   string
	Path     string // below the base URL, beginning with a slash: "/Users/42"
	RawQuery string // as it stands on the wire, without the question mark
	Body     []byte // compact JSON; nil where Okta sends no body
}

// An Answer is what the target said to a Request.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// A Subject is the person or group that a request is about, by its Okta id. It
// travels in the context of a call, so that whoever carries the requests can
// tell whether the server's answer led Okta to somebody else's record.
type Subject struct {
	ID   string // "00u…" or "00g…"
	Name string // userName or displayName at the target
}

type subjectKey struct{}

// About returns a context that says whom the calls made with it are about.
func About(ctx context.Context, s Subject) context.Context {
	return context.WithValue(ctx, subjectKey{}, s)
}

// SubjectOf returns whom a call is about. The connection test is about nobody.
func SubjectOf(ctx context.Context) (Subject, bool) {
	s, ok := ctx.Value(subjectKey{}).(Subject)
	return s, ok
}
