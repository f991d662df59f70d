package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
)

// A Kind of trouble says what went wrong between us and the target, as far as
// the verdict depends on it.
type Kind string

const (
	Unreachable Kind = "unreachable" // no connection: refused, no such host, no TLS
	Dropped     Kind = "dropped"     // the connection was accepted and then lost
	Silent      Kind = "silent"      // no answer within the time that the caller gives
	Stopped     Kind = "stopped"     // the caller gave up: the run was interrupted
	Denied      Kind = "denied"      // the write guard sent nothing; Err is a *Refused
	Ours        Kind = "ours"        // the mock Okta was about to do what Okta never does: nothing was sent
	Overlong    Kind = "too long"    // more came than is read of one answer
	Foreign     Kind = "foreign"     // a request to another origin, or a ledger that cannot be written: nothing was sent
)

// A Trouble is why an exchange has no whole answer.
type Trouble struct {
	Kind     Kind
	Exchange int // the exchange's N
	Err      error
}

func (t *Trouble) Error() string {
	if t.Kind == Denied || t.Kind == Foreign || t.Kind == Ours || t.Kind == Overlong {
		return t.Err.Error()
	}
	return fmt.Sprintf("%s: %v", t.Kind, t.Err)
}

func (t *Trouble) Unwrap() error { return t.Err }

// Timeout lets net/http's callers see a silence for what it is.
func (t *Trouble) Timeout() bool { return t.Kind == Silent }

// classify tells kinds of trouble apart. dialing says that the request was
// still waiting for a connection, TLS included.
func classify(err error, dialing bool) Kind {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, context.Canceled):
		return Stopped
	case errors.Is(err, ErrTooLong):
		return Overlong
	case dialing, neverConnected(err):
		return Unreachable
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return Silent
	}
	return Dropped
}

func neverConnected(err error) bool {
	var (
		dns   *net.DNSError
		op    *net.OpError
		cert  *tls.CertificateVerificationError
		plain tls.RecordHeaderError
		root  x509.UnknownAuthorityError
		host  x509.HostnameError
	)
	return errors.As(err, &dns) || errors.As(err, &op) && op.Op == "dial" ||
		errors.As(err, &cert) || errors.As(err, &plain) || errors.As(err, &root) || errors.As(err, &host)
}
