package evidence

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A Redactor takes secrets out of whatever goes to disk, in two ways: by value,
// for the secrets it was told, in the forms they travel in; and by name, for
// headers and JSON members that hold secrets by their nature. In place of a
// secret stands a short tag, the same one for the same secret, so that
// transcripts can still be compared.
//
// A nil Redactor redacts by name. Safe for concurrent use.
type Redactor struct {
	mu    sync.RWMutex
	forms forms
}

// shortest is the length below which a value is too common to be taken out of
// running text; such a secret is redacted by name only.
const shortest = 6

// NewRedactor returns a Redactor that knows these secrets.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{}
	r.Learn(secrets...)
	return r
}

// Learn adds secrets that came up later, such as a tenant's key.
func (r *Redactor) Learn(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range secrets {
		if len(secret) >= shortest {
			r.forms.add(secret)
		}
	}
}

// Tag is what stands in place of a secret. Four digits of a hash tell two
// secrets apart and give away nothing of use.
func Tag(secret string) string {
	digest := sha256.Sum256([]byte(secret))
	return fmt.Sprintf("[redacted %x]", digest[:2])
}

var tagged = regexp.MustCompile(`^\[redacted [0-9a-f]{4}\]$`)

// hide is Tag for what may be a tag already: redacting twice changes nothing.
func hide(secret string) string {
	if secret == "" || tagged.MatchString(secret) {
		return secret
	}
	return Tag(secret)
}

// Exchange returns x without its secrets.
func (r *Redactor) Exchange(x Exchange) Exchange {
	x.URL = r.Text(x.URL)
	x.Subject = r.Text(x.Subject)
	x.Failure = r.Text(x.Failure)
	x.RequestHeader = r.Header(x.RequestHeader)
	x.ResponseHeader = r.Header(x.ResponseHeader)
	x.RequestBody = r.Body(x.RequestBody)
	x.ResponseBody = r.Body(x.ResponseBody)
	return x
}

// Body returns a body without its secrets. All that is no secret keeps its
// bytes and its order, also where the body is no JSON, or no more than half.
func (r *Redactor) Body(body []byte) []byte {
	if len(body) == 0 {
		return body
	}
	return []byte(r.text(string(body), 0))
}

var (
	userinfo  = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)([^/\s@"'<>?#\\]+)@`)
	parameter = regexp.MustCompile(`(^|[?&])([A-Za-z_.-]{3,32})=([^&#\s"'<>\\]+)`)
)

// Text returns running text without its secrets: what is known by value, the
// userinfo of URLs, parameters and JSON members named as secrets are.
func (r *Redactor) Text(s string) string { return r.text(s, 0) }

func (r *Redactor) text(s string, depth int) string {
	if strings.Contains(s, "://") {
		s = userinfo.ReplaceAllStringFunc(s, func(m string) string {
			parts := userinfo.FindStringSubmatch(m)
			return parts[1] + hide(parts[2]) + "@"
		})
	}
	if strings.Contains(s, "=") {
		s = parameter.ReplaceAllStringFunc(s, func(m string) string {
			parts := parameter.FindStringSubmatch(m)
			if !secretMember(parts[2]) {
				return m
			}
			return parts[1] + parts[2] + "=" + hide(parts[3])
		})
	}
	if strings.Contains(s, `"`) && depth < deepestText {
		s = r.members(s, depth)
	}
	return r.values(s)
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
		if !ok || tagged.MatchString(value) {
			return hide(value)
		}
		return r.values(scheme) + " " + hide(strings.TrimSpace(credentials))
	case folded == "cookie":
		return hideCookies(value, len(value))
	case folded == "setcookie":
		return r.values(hideCookies(value, 1))
	case secretHeader(folded):
		return hide(value)
	default:
		return r.Text(value)
	}
}

// hideCookies hides the values of the first n pairs.
func hideCookies(value string, n int) string {
	pairs := strings.Split(value, ";")
	for i := range min(n, len(pairs)) {
		if name, v, ok := strings.Cut(pairs[i], "="); ok {
			pairs[i] = name + "=" + hide(v)
		} else {
			pairs[i] = hide(pairs[i])
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
	return slices.Contains([]string{
		"password", "passwd", "pwd", "passphrase", "newpassword", "oldpassword", "currentpassword", "recoveryanswer",
		"token", "accesstoken", "refreshtoken", "idtoken", "bearertoken", "authtoken", "apitoken", "admintoken", "scimtoken",
		"secret", "clientsecret", "apikey", "scimkey", "privatekey", "authorization", "clientassertion", "sessiontoken",
	}, fold(name))
}

// fold makes X-Api-Key, api_key and apiKey one name, the X- aside.
func fold(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "").Replace(name))
}
