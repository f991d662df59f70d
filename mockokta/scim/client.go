package scim

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// A Client carries Okta's requests to one target. It sends what Okta sends and
// nothing else: no redirect is followed, nothing is tried again. One thing is out of
// its hands: net/http sends a GET anew when a connection that was kept open turns
// out to be closed.
type Client struct {
	// BaseURL is where the target's SCIM API begins, with or without a slash at
	// the end: "https://sp.example.test/scim/v2".
	BaseURL string
	// Authorization is the whole value of the header: "Bearer …", "Basic …", or
	// just what an administrator typed. Empty: the header is not sent.
	Authorization string
	// Close asks the target to close the connection after its answer.
	Close bool
	// HTTP carries a request and its answer. Nil: [http.DefaultTransport].
	HTTP http.RoundTripper
	// Timeout is how long Okta waits without a byte; 0 means 60 s, its socket timeout
	// (documented: SCIM FAQ). The head of an answer counts as one byte. So that a
	// body that drips cannot hold Okta for ever, an answer may take ten times as long
	// as a whole; this bound is ours.
	Timeout time.Duration
}

const (
	defaultTimeout = 60 * time.Second
	maxAnswer      = 32 << 20 // bytes, on the wire and unpacked

	mediaType = "application/scim+json"
	userAgent = "Okta SCIM Client 1.0.0"
)

// Call makes one request and waits for its answer. An answer of any status is no
// error; an error names the method and the path, and says what became of them.
func (c *Client) Call(ctx context.Context, r Request) (Answer, error) {
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	w := newWait(ctx, timeout)
	defer w.over()
	answer, err := c.call(w, r)
	if err != nil {
		return Answer{}, fmt.Errorf("%s %s: %w", r.Method, r.Path, w.why(err))
	}
	return answer, nil
}

func (c *Client) call(w *wait, r Request) (Answer, error) {
	req, err := c.request(w.ctx, r)
	if err != nil {
		return Answer{}, err
	}
	carrier := c.HTTP
	if carrier == nil {
		carrier = http.DefaultTransport
	}
	resp, err := carrier.RoundTrip(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	w.hear(resp.Body)
	body, err := unpack(w, resp.Header.Get("Content-Encoding"))
	if err != nil {
		return Answer{}, fmt.Errorf("answer %d: %w", resp.StatusCode, err)
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, strings.TrimRight(c.BaseURL, "/")+r.Path, body)
	if err != nil {
		return nil, err
	}
	req.URL.RawQuery = r.RawQuery
	req.Header = c.headers(r.Method)
	req.Close = c.Close
	return req, nil
}

// headers are those of Okta's client, values to the byte; Host and
// Content-Length go without saying.
//
// Source: Okta SCIM 2.0 reference for User-Agent (documented); request dumps of a
// real org for all but Connection (observed); Okta's page of 2018 for Connection,
// and for Content-Type on DELETE (documented in an earlier revision).
func (c *Client) headers(method string) http.Header {
	h := http.Header{
		"Accept":          {mediaType},
		"Accept-Charset":  {"utf-8"},
		"Accept-Encoding": {"gzip,deflate"},
		"Connection":      {c.connection()},
		"User-Agent":      {userAgent},
	}
	if c.Authorization != "" {
		h.Set("Authorization", c.Authorization)
	}
	if method != http.MethodGet {
		h.Set("Content-Type", mediaType+"; charset=utf-8")
	}
	return h
}

func (c *Client) connection() string {
	if c.Close {
		return "close"
	}
	return "Keep-Alive"
}
