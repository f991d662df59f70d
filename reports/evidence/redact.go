package evidence

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// A Redactor takes secrets out of whatever goes to disk, in two ways: by value,
// for the secrets it was told, in the forms they travel in; and by name, for
// headers and JSON members that hold secrets by their nature. In place of a
// secret stands a short tag, the same one for the same secret, so that the
// transcripts of one run can still be compared.
//
// A nil Redactor redacts by name. Safe for concurrent use.
type Redactor struct {
	salt  string
	mu    sync.RWMutex
	forms forms
}

// shortest is the length below which a value is too common to be taken out of
// running text; such a secret is redacted by name only.
const shortest = 6

// NewRedactor returns a Redactor that knows these secrets, for one run: its tags
// mean nothing beside another one's.
func NewRedactor(secrets ...string) *Redactor { return Salted(rand.Text(), secrets...) }

// Salted is NewRedactor with a salt that is given, for whoever needs the same
// tags again. A salt that others know lets them try passwords against the tags.
func Salted(salt string, secrets ...string) *Redactor {
	r := &Redactor{salt: salt}
	r.Learn(secrets...)
	return r
}

// Learn adds secrets that came up later, such as a tenant's key.
func (r *Redactor) Learn(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range secrets {
		if len(secret) >= shortest {
			r.forms.add(secret, r.Tag(secret))
		}
	}
}

const (
	untold    = "[redacted]" // a nil Redactor's tag, which does not tell secrets apart
	tagBegins = "[redacted "
	tagDigits = 4
)

// Tag is what stands in place of a secret. Its four digits tell the secrets of a
// run apart. They are of no use for guessing, since they hang on a salt that is
// drawn per run and written nowhere.
func (r *Redactor) Tag(secret string) string {
	if r == nil {
		return untold
	}
	digest := sha256.Sum256([]byte(r.salt + "\x00" + secret))
	return tagBegins + hex.EncodeToString(digest[:tagDigits/2]) + "]"
}

// tagAt is the length of the tag that s begins with, 0 when there is none.
func tagAt(s string) int {
	if strings.HasPrefix(s, untold) {
		return len(untold)
	}
	const length = len(tagBegins) + tagDigits + len("]")
	if len(s) < length || !strings.HasPrefix(s, tagBegins) || s[length-1] != ']' {
		return 0
	}
	if _, ok := hexadecimal(s[len(tagBegins) : length-1]); !ok {
		return 0
	}
	return length
}

// hide is Tag for what may be a tag already: redacting twice changes nothing.
func (r *Redactor) hide(secret string) string {
	if len(secret) == tagAt(secret) {
		return secret
	}
	return r.Tag(secret)
}

// Body returns a body without its secrets. All that is no secret keeps its
// bytes and its order, also where the body is no JSON, or no more than half.
func (r *Redactor) Body(body []byte) []byte {
	if len(body) == 0 {
		return body
	}
	return []byte(r.text(string(body), 0))
}

// Text returns running text without its secrets: what is known by value, the
// userinfo of URLs, parameters and JSON members named as secrets are. It takes
// time in proportion to the text, whatever the text.
func (r *Redactor) Text(s string) string { return r.text(s, 0) }

func (r *Redactor) text(s string, depth int) string {
	s = r.parameters(r.userinfo(s))
	if depth < deepestText && strings.IndexByte(s, '"') >= 0 {
		s = r.members(s, depth)
	}
	return r.values(s)
}

// userinfo hides what stands before the host in URLs.
func (r *Redactor) userinfo(s string) string {
	const mark = "://"
	var edits []span
	for from := 0; ; {
		i := strings.Index(s[from:], mark)
		if i < 0 {
			return spliced(s, edits)
		}
		from += i + len(mark)
		to := until(s, from, "/ \t\n\f\r@\"'<>?#\\")
		if to > from && to < len(s) && s[to] == '@' {
			edits = append(edits, span{from, to, r.hide(s[from:to])})
		}
	}
}

// parameters hides the values of URL and form parameters named as secrets are.
func (r *Redactor) parameters(s string) string {
	var edits []span
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '=')
		if i < 0 {
			return spliced(s, edits)
		}
		from += i + 1
		if !secretMember(parameterBefore(s, from-1)) || tagAt(s[from:]) > 0 {
			continue
		}
		if to := until(s, from, "&# \t\n\f\r\"'<>\\"); to > from {
			edits = append(edits, span{from, to, r.hide(s[from:to])})
			from = to
		}
	}
}

// parameterBefore is the name that ends before i, when a parameter may begin
// there; else "".
func parameterBefore(s string, i int) string {
	const longest = 32
	start := i
	for start > 0 && i-start <= longest && inParameterName(s[start-1]) {
		start--
	}
	if start > 0 && s[start-1] != '?' && s[start-1] != '&' {
		return ""
	}
	return s[start:i]
}

func inParameterName(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '.' || c == '-'
}

// until is where the first of the stops stands in s from i on, or s ends.
func until(s string, i int, stops string) int {
	for i < len(s) && strings.IndexByte(stops, s[i]) < 0 {
		i++
	}
	return i
}

// values takes out what is known by value.
func (r *Redactor) values(s string) string {
	if r == nil {
		return s
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.forms.redact(s)
}

// Header returns a copy of h without its secrets. Of an Authorization the
// scheme stays, of a cookie its name.
func (r *Redactor) Header(h http.Header) http.Header {
	if h == nil {
		return nil
	}
	out := make(http.Header, len(h))
	for name, values := range h {
		for _, value := range values {
			out[name] = append(out[name], r.field(name, value))
		}
	}
	return out
}

func (r *Redactor) field(name, value string) string {
	switch folded := fold(name); {
	case folded == "authorization", folded == "proxyauthorization":
		scheme, credentials, ok := strings.Cut(value, " ")
		if !ok || len(value) == tagAt(value) {
			return r.hide(value)
		}
		return r.values(scheme) + " " + r.hide(strings.TrimSpace(credentials))
	case folded == "cookie":
		return r.hideCookies(value, len(value))
	case folded == "setcookie":
		return r.values(r.hideCookies(value, 1))
	case secretHeader(folded):
		return r.hide(value)
	default:
		return r.Text(value)
	}
}

// hideCookies hides the values of the first n pairs.
func (r *Redactor) hideCookies(value string, n int) string {
	pairs := strings.Split(value, ";")
	for i := range min(n, len(pairs)) {
		if name, v, ok := strings.Cut(pairs[i], "="); ok {
			pairs[i] = name + "=" + r.hide(v)
		} else {
			pairs[i] = r.hide(pairs[i])
		}
	}
	return strings.Join(pairs, ";")
}

// secretHeader and secretMember know the names under which secrets travel.
func secretHeader(folded string) bool {
	return slices.ContainsFunc([]string{"apikey", "token", "secret", "password", "credential", "authkey"}, func(part string) bool {
		return strings.Contains(folded, part)
	})
}

func secretMember(name string) bool {
	var folded [longestSecretName]byte
	n := 0
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '-' || c == '_' || c == '.':
			continue
		case c >= 0x80: // some letters of other scripts fold to ours
			return secretMembers[fold(name)]
		case n == len(folded):
			return false
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		folded[n] = c
		n++
	}
	return secretMembers[string(folded[:n])]
}

var secretMembers = map[string]bool{
	"password": true, "passwd": true, "pwd": true, "passphrase": true,
	"newpassword": true, "oldpassword": true, "currentpassword": true, "recoveryanswer": true,
	"token": true, "accesstoken": true, "refreshtoken": true, "idtoken": true, "bearertoken": true,
	"authtoken": true, "apitoken": true, "admintoken": true, "scimtoken": true, "sessiontoken": true,
	"secret": true, "clientsecret": true, "clientassertion": true,
	"apikey": true, "scimkey": true, "privatekey": true, "authorization": true,
}

const longestSecretName = len("currentpassword")

// fold makes X-Api-Key, api_key and apiKey one name, the X- aside.
func fold(name string) string { return strings.ToLower(separators.Replace(name)) }

var separators = strings.NewReplacer("-", "", "_", "", ".", "")
