package management

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// Secrets are what lets callers in.
type Secrets struct {
	Token string // the API token of an administrator
	// Key makes the other secrets: further tokens, and the addresses of signing on.
	// Nobody outside is to know it; one key makes the same secrets each time.
	Key string
}

// made is the secret of a name; who does not know the key cannot make it.
func (s Secrets) made(name string) string {
	of := hmac.New(sha256.New, []byte(s.Key))
	of.Write([]byte(name))
	return base64.RawURLEncoding.EncodeToString(of.Sum(nil))
}
