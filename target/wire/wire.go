// Package wire is the one transport through which everything reaches a target:
// Okta's calls, the suite's own eyes and hand, and its tidying up.
//
// It keeps each exchange, redacted; writes the ledger before anything is made;
// refuses writes to what is not the subject's; and never carries the token to
// another origin. It knows nothing of what a scenario is about: see
// target/account.go for looking, and package mockokta for Okta.
package wire

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A Subject is whom a request is about.
type Subject struct {
	Key  string // tells subjects apart; any string that stays the same
	Name string // userName or displayName at the target
}

func (s Subject) label() string {
	if s.Name != "" {
		return s.Name
	}
	return s.Key
}

type subjectKey struct{}

// About returns a context that says whom the requests made with it are about.
// Eyes and hand use it; Okta has its own way, see Config.Subject.
func About(ctx context.Context, s Subject) context.Context {
	return context.WithValue(ctx, subjectKey{}, s)
}

// A Ledger takes down what is made, before it is made. The entry must be on
// disk when Write returns.
type Ledger interface {
	Write(evidence.Entry) error
}

// Config says what a wire reaches, and what it may do there. URL and Mark are
// needed; everything else has a default.
type Config struct {
	// Base carries the requests; nil means a [Transport] of the wire's own.
	Base http.RoundTripper

	// URL is the target's base URL. A request to another origin is refused.
	URL string

	// Header is what every request carries besides, in place of what bears the
	// same name: Basic credentials, or a key that a gateway wants.
	Header http.Header

	// Mark is in the name of everything that the run makes, in any letter case.
	Mark string

	// Owned: the target is our own server and its tenant vanishes with the
	// scenario, so that a resource without any name may be posted too. The
	// guard is otherwise the same.
	Owned bool

	// Longest is how many bytes of one answer a [Crowd] reads; 0 means 16 MiB.
	Longest int64

	Ledger  Ledger                                // nil keeps none
	Redact  *evidence.Redactor                    // nil redacts by name only
	Subject func(context.Context) (Subject, bool) // whom Okta's calls are about; nil: About alone says so
	Now     func() time.Time                      // nil: time.Now
}

// A Wire is one scenario's way to a target. Safe for concurrent use.
type Wire struct {
	config Config
	base   *url.URL
	guard  *guard
	loss   loss
	beside beside
	*log
}

// A log is what was said on a wire, or on several. It also guards the guards.
type log struct {
	mu        sync.Mutex
	exchanges []evidence.Exchange // raw until they end
	trouble   *Trouble
}

// New returns a wire to a target. It opens no connection.
func New(c Config) (*Wire, error) {
	base, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("the target's base URL: %w", err)
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("the target's base URL %q is not http or https with a host", base.Redacted())
	}
	if c.Mark == "" {
		return nil, fmt.Errorf("a wire to %s needs the run's mark", base.Redacted())
	}
	if c.Base == nil {
		c.Base = Transport(nil)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Wire{config: c, base: base, guard: newGuard(c.Mark, c.Owned), log: &log{}}, nil
}

// Beside returns a wire to another tenant of the same target. It has a guard of
// its own, since an id learnt there says nothing here; what is said on both
// stands in one list, in the order of sending.
func (w *Wire) Beside(url string) (*Wire, error) {
	c := w.config
	c.URL = url
	other, err := New(c)
	if err != nil {
		return nil, err
	}
	other.log = w.log
	return other, nil
}

// As returns the transport for one voice. What it sends and hears is kept under
// that voice; ids learnt by one voice hold for all.
func (w *Wire) As(v evidence.Voice) http.RoundTripper { return speaking{w, v} }

// For is As for requests about one subject.
func (w *Wire) For(v evidence.Voice, s Subject) http.RoundTripper { return speakingOf{w, v, s} }

type speaking struct {
	wire  *Wire
	voice evidence.Voice
}

func (s speaking) RoundTrip(r *http.Request) (*http.Response, error) {
	return s.wire.roundTrip(s.voice, r)
}

type speakingOf struct {
	wire  *Wire
	voice evidence.Voice
	about Subject
}

func (s speakingOf) RoundTrip(r *http.Request) (*http.Response, error) {
	return s.wire.roundTrip(s.voice, r.WithContext(About(r.Context(), s.about)))
}

// Exchanges returns what was said until now, in the order of sending. An
// exchange whose answer is still being read is there with what is known of it.
func (w *Wire) Exchanges() []evidence.Exchange {
	w.mu.Lock()
	all := slices.Clone(w.exchanges)
	w.mu.Unlock()
	for i, x := range all {
		if x.Raw() {
			all[i] = w.config.Redact.Exchange(x)
		}
	}
	return all
}

// Trouble returns the first trouble that the wire met, a [*Trouble], or nil. What is
// [Ours] comes before all others.
func (w *Wire) Trouble() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.trouble == nil {
		return nil
	}
	return w.trouble
}

// Close lets go of idle connections.
func (w *Wire) Close() {
	if c, ok := w.config.Base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// subject says whom a request is about.
func (w *Wire) subject(ctx context.Context) (Subject, bool) {
	if s, ok := ctx.Value(subjectKey{}).(Subject); ok {
		return s, true
	}
	if w.config.Subject != nil {
		return w.config.Subject(ctx)
	}
	return Subject{}, false
}

// below returns the escaped path of u below the base URL; false when u is at
// another origin.
func (w *Wire) below(u *url.URL) (string, bool) {
	if u.Scheme != w.base.Scheme || u.Host != w.base.Host && !strings.EqualFold(hostPort(u), hostPort(w.base)) {
		return "", false
	}
	root := strings.TrimSuffix(w.base.EscapedPath(), "/")
	if rest, ok := strings.CutPrefix(u.EscapedPath(), root); ok && (rest == "" || rest[0] == '/') {
		return rest, true
	}
	return "//" + u.EscapedPath(), true // outside the base URL: free to read, never to write
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Hostname() + ":" + port
}
