package provision

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
)

const (
	hidden = "[redacted]" // stands where a secret stood
	// shortest is how long a secret is at least that is cut out: a shorter one would
	// take half of Okta's own words with it.
	shortest = 4
)

// discreet is an error without the secrets that a target may have repeated.
type discreet struct {
	text string
	err  error
}

func (e discreet) Error() string { return e.text }
func (e discreet) Unwrap() error { return e.err }

// Discreet is err for people to read: without the application's token, and without
// the other secrets. A target may repeat in its words whatever it was told.
func Discreet(err error, a directory.App, others ...string) error {
	return discreet{withoutSecrets(a, others...)(err.Error()), err}
}

// withoutSecrets hides them in whatever text it is given.
func withoutSecrets(a directory.App, others ...string) func(string) string {
	secrets := append(others, a.Connection.Token)
	if a.Catalogue == directory.BasicAuth {
		_, password, _ := strings.Cut(a.Connection.Token, ":")
		secrets = append(secrets, password)
	}
	var all []string
	for _, secret := range secrets {
		all = append(all, forms(secret)...)
	}
	return func(text string) string {
		for _, form := range all {
			text = hiding(text, form)
		}
		return text
	}
}

// forms are the ways in which a secret may be written: as it is, in JSON, in a
// query, in a header.
func forms(secret string) []string {
	if len(secret) < shortest {
		return nil
	}
	var plain strings.Builder
	in := json.NewEncoder(&plain)
	in.SetEscapeHTML(false)
	_ = in.Encode(secret) // a string is always JSON
	escaped, _ := json.Marshal(secret)
	unquoted := func(s string) string { return strings.Trim(strings.TrimSpace(s), `"`) }
	return []string{
		secret, unquoted(plain.String()), unquoted(string(escaped)),
		url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)),
	}
}

// hiding is text in which a secret is hidden. So is what begins like it, up to the
// half or more, since a target's words are cut off where they are long.
func hiding(text, secret string) string {
	least := max(shortest, (len(secret)+1)/2)
	var kept strings.Builder
	for {
		at := strings.Index(text, secret[:least])
		if at < 0 {
			return kept.String() + text
		}
		end := at + least
		for n := least; n < len(secret) && end < len(text) && text[end] == secret[n]; n++ {
			end++
		}
		kept.WriteString(text[:at] + hidden)
		text = text[end:]
	}
}

// secrets are what the target may know of the talk's person or group, and nobody
// else shall, beside what it was told when the talk began.
func (e *Engine) secrets(t *talk) []string {
	secrets := []string{t.password}
	if person, _ := about(t.op); person != "" {
		secrets = append(secrets, e.Directory.Password(person), e.Password(t.lane.key.ordinal))
	}
	return secrets
}

// discreetly is what a talk failed with, as it is kept and shown.
func (e *Engine) discreetly(t *talk, err error) error {
	a, _ := e.Directory.App(e.App) // none where the application was deleted
	return Discreet(err, a, e.secrets(t)...)
}
