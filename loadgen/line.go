package loadgen

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/scimproof/scimproof/mockokta/scim"
	"github.com/scimproof/scimproof/target/wire"
)

// A line is what all conversations of a run share. It says what Okta's client
// says, to the byte, and spares what can be made once: headers, addresses, and a
// timer for each request.
type line struct {
	client   scim.Client // Okta's own; it writes the headers, and reads answers in a content coding
	headers  map[string]http.Header
	template *http.Request
	users    url.URL // of the accounts
	timeout  time.Duration
	tally    *tally
	now      func() time.Time
	witness  Witness
}

func newLine(client scim.Client, timeout time.Duration, t *tally, now func() time.Time) (*line, error) {
	l := &line{client: client, headers: map[string]http.Header{}, timeout: timeout, tally: t, now: now, witness: Witnesses{}}
	users, err := url.Parse(strings.TrimRight(client.BaseURL, "/") + "/Users")
	if err != nil {
		return nil, err
	}
	l.users = *users
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch} {
		l.headers[method] = l.headersOf(method)
	}
	if l.template, err = http.NewRequest(http.MethodGet, client.BaseURL, nil); err != nil {
		return nil, err
	}
	l.template.Close = client.Close
	return l, nil
}

// headersOf asks Okta's client once which headers it sends. A transport changes
// none of them, so that all requests of a method can share them.
func (l *line) headersOf(method string) http.Header {
	var sent http.Header
	client := l.client
	client.HTTP = carry(func(r *http.Request) (*http.Response, error) {
		sent = r.Header
		return nil, errors.New("only the headers were wanted")
	})
	_, _ = client.Call(context.Background(), scim.Request{Method: method, Path: "/Users"})
	return sent
}

type carry func(*http.Request) (*http.Response, error)

func (c carry) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

// A conversation carries one person's dialogue. It is a provision.Caller.
type conversation struct {
	*line
	soft    context.Context // when it has ended, nothing more is said
	passage http.RoundTripper
	timer   *time.Timer // ends the context of the conversation when an answer takes too long
	pending bool        // a create was not answered, or so that it may still be on its way
}

// errSilence ends a conversation whose answer did not come in time.
type errSilence struct{ after time.Duration }

func (e errSilence) Error() string { return "no answer within " + e.after.String() }
func (e errSilence) Timeout() bool { return true }

// converse opens a conversation. Nothing more is said when soft has ended; an
// answer is waited for as long as hard lasts. The context returned is for calls.
func (l *line) converse(soft, hard context.Context, passage http.RoundTripper) (context.Context, *conversation, func()) {
	ctx, cancel := context.WithCancelCause(hard)
	timer := time.AfterFunc(l.timeout, func() { cancel(errSilence{l.timeout}) })
	return ctx, &conversation{line: l, soft: soft, passage: passage, timer: timer}, func() {
		timer.Stop()
		cancel(nil)
	}
}

// Call makes one request and waits for its answer.
func (c *conversation) Call(ctx context.Context, r scim.Request) (scim.Answer, error) {
	if c.soft.Err() != nil {
		return scim.Answer{}, &wire.Trouble{Kind: wire.Stopped, Err: context.Canceled}
	}
	req, err := c.request(ctx, r)
	if err != nil {
		return scim.Answer{}, err
	}
	c.timer.Reset(c.timeout)
	sent := c.now()
	answer, err := c.passage.RoundTrip(req)
	took := c.now().Sub(sent)
	c.timer.Stop()
	if err != nil {
		if !unsent(err) {
			if !cutOff(err) {
				c.answered(kindOf(r), 0, took)
			}
			c.pending = c.pending || r.Method == http.MethodPost
		}
		return scim.Answer{}, err
	}
	c.answered(kindOf(r), answer.StatusCode, took)
	c.pending = c.pending || r.Method == http.MethodPost && (answer.StatusCode < 300 || answer.StatusCode >= 500)
	return c.read(ctx, r, answer)
}

func (c *conversation) answered(k kind, status int, took time.Duration) {
	c.tally.answered(k, status, took)
	c.witness.Answered(k.String(), status, took)
}

// unsent: the guard or the ledger kept the request back.
func unsent(err error) bool {
	var trouble *wire.Trouble
	return errors.As(err, &trouble) && (trouble.Kind == wire.Denied || trouble.Kind == wire.Foreign)
}

// cutOff: the run was interrupted, and nobody knows whether an answer would have come.
func cutOff(err error) bool {
	var trouble *wire.Trouble
	return errors.As(err, &trouble) && trouble.Kind == wire.Stopped
}

func (c *conversation) request(ctx context.Context, r scim.Request) (*http.Request, error) {
	req := c.template.WithContext(ctx)
	req.Method, req.Header = r.Method, c.headers[r.Method]
	address := c.users
	if r.Path != "/Users" {
		parsed, err := url.Parse(strings.TrimRight(c.client.BaseURL, "/") + r.Path)
		if err != nil {
			return nil, err
		}
		address = *parsed
	}
	address.RawQuery = r.RawQuery
	req.URL = &address
	if r.Body != nil {
		req.ContentLength = int64(len(r.Body))
		req.GetBody = func() (io.ReadCloser, error) { return &wire.Whole{All: r.Body}, nil }
		// In a form that net/http knows to be in memory: it sends headers and body in
		// one write.
		req.Body = io.NopCloser(bytes.NewReader(r.Body))
	}
	return req, nil
}

// read hands over an answer. One in a content coding is read by Okta's client.
func (c *conversation) read(ctx context.Context, r scim.Request, answer *http.Response) (scim.Answer, error) {
	whole, inMemory := answer.Body.(*wire.Whole)
	if inMemory && answer.Header.Get("Content-Encoding") == "" {
		return scim.Answer{Status: answer.StatusCode, Header: answer.Header, Body: whole.All}, nil
	}
	client := c.client
	client.HTTP = carry(func(*http.Request) (*http.Response, error) { return answer, nil })
	return client.Call(ctx, r)
}
