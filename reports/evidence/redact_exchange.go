package evidence

import (
	"fmt"
	"unicode/utf8"
)

// keptBytes of each body are evidence; of more, the beginning is kept.
const keptBytes = 1 << 20

// A redaction is a mark on an exchange: whose secrets it has lost.
type redaction struct {
	done bool
	by   *Redactor
	knew int // how many secrets
}

// Exchange returns x without its secrets, and of each body no more than its
// first MiB. An exchange that it returned before is left alone, unless a secret
// came up since.
func (r *Redactor) Exchange(x Exchange) Exchange {
	now := r.mark()
	if x.redacted == now {
		return x
	}
	body := r.Body
	x.Cut = x.Cut || len(x.ResponseBody) > keptBytes
	if x.Raw() { // else it is cut already
		body = func(whole []byte) []byte { return r.beginning(whole, keptBytes) }
	}
	x.URL = r.Text(x.URL)
	x.Subject, x.ID = r.Text(x.Subject), r.Text(x.ID)
	x.Failure = r.Text(x.Failure)
	x.RequestHeader = r.Header(x.RequestHeader)
	x.ResponseHeader = r.Header(x.ResponseHeader)
	x.RequestBody = body(x.RequestBody)
	x.ResponseBody = body(x.ResponseBody)
	x.redacted = now
	return x
}

func (r *Redactor) mark() redaction {
	if r == nil {
		return redaction{done: true}
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return redaction{true, r, r.forms.secrets}
}

// beginning is Body for the first bytes of a body of any length, in a time that
// is bounded. It redacts a margin beyond what it keeps and drops that then, so
// that a secret which the cut goes through leaves nothing behind.
func (r *Redactor) beginning(body []byte, keep int) []byte {
	if len(body) <= keep {
		return r.Body(body)
	}
	margin := min(r.margin(), len(body)-keep)
	start := r.Body(body[:keep+margin])
	kept := min(keep, max(0, len(start)-margin))
	for range utf8.UTFMax - 1 { // no half of a character
		if last, n := utf8.DecodeLastRune(start[:kept]); last == utf8.RuneError && n == 1 {
			kept--
		}
	}
	return fmt.Appendf(start[:kept:kept], "… [cut: %d of %d bytes are kept]", keep, len(body))
}

// margin is as much text as a secret can take up: the longest form of the
// longest one, written in the longest escapes, and those in such escapes again.
func (r *Redactor) margin() int {
	const escaped = len(`\u0061`) * len(`\u0061`)
	if r == nil {
		return 0
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.forms.longest * escaped
}
