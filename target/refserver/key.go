package refserver

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// KeyPrefix begins every SCIM key, so that a scanner for secrets knows one.
const KeyPrefix = "scimproof_key_"

// newKey makes a key with 130 random bits or more. Only its digest is kept.
func newKey() string { return KeyPrefix + rand.Text() }

// authorized says whether a request bears the credential with this digest. The
// time it takes says nothing about how much of it was right.
func authorized(r *http.Request, digest [sha256.Size]byte) bool {
	given := sha256.Sum256([]byte(bearer(r)))
	return subtle.ConstantTimeCompare(given[:], digest[:]) == 1
}

// bearer is the token of a request, "" when it has none, or more than one
// Authorization header. The scheme's name is read in any letter case (RFC 9110,
// section 11.1).
func bearer(r *http.Request) string {
	headers := r.Header.Values("Authorization")
	if len(headers) != 1 {
		return ""
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimLeft(token, " ")
}
