package management

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A Client does what an administrator does, over Okta's management API. An act
// that Okta refuses returns an [*Error].
//
// Acts return when Okta has taken note of them; what follows at the target has
// happened after [Client.Settle].
type Client struct {
	URL   string            // of the Okta organisation: "http://127.0.0.1:8080"
	Token string            // an API token
	HTTP  http.RoundTripper // nil means http.DefaultTransport
}

// call makes one request and decodes its answer into out, unless that is nil.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	_, err := c.exchange(ctx, method, path, in, out)
	return err
}

func (c *Client) exchange(ctx context.Context, method, path string, in, out any) (http.Header, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "SSWS "+c.Token)
	r.Header.Set("Accept", "application/json")
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return c.send(r, out)
}

func (c *Client) send(r *http.Request, out any) (http.Header, error) {
	transport := c.HTTP
	if transport == nil {
		transport = http.DefaultTransport
	}
	answer, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask okta: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: read okta's answer: %w", r.Method, r.URL.Path, err)
	}
	if answer.StatusCode >= 300 {
		return nil, refused(answer.StatusCode, text)
	}
	if out == nil || len(text) == 0 {
		return answer.Header, nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return nil, fmt.Errorf("%s %s: read okta's answer: %w", r.Method, r.URL.Path, err)
	}
	return answer.Header, nil
}

func refused(status int, text []byte) *Error {
	e := &Error{Status: status}
	if json.Unmarshal(text, e) != nil || e.Code == "" {
		e.Summary = http.StatusText(status)
	}
	return e
}

// each calls take with every element of a list, following Link from page to
// page. Only a link's path and query count: the token goes nowhere but to URL.
func each[T any](ctx context.Context, c *Client, path string, take func(T)) error {
	for path != "" {
		var page []T
		header, err := c.exchange(ctx, http.MethodGet, path, nil, &page)
		if err != nil {
			return err
		}
		for _, t := range page {
			take(t)
		}
		path = next(header)
	}
	return nil
}

func next(header http.Header) string {
	for _, l := range header.Values("Link") {
		where, isNext := strings.CutSuffix(strings.TrimPrefix(l, "<"), `>; rel="next"`)
		if u, err := url.Parse(where); isNext && err == nil {
			return u.RequestURI()
		}
	}
	return ""
}

func path(format string, ids ...string) string {
	parts := make([]any, len(ids))
	for i, id := range ids {
		parts[i] = url.PathEscape(id)
	}
	return fmt.Sprintf(format, parts...)
}

func userPath(id directory.PersonID) string     { return path("/api/v1/users/%s", string(id)) }
func groupPath(id directory.GroupID) string     { return path("/api/v1/groups/%s", string(id)) }
func appPath(id directory.AppID) string         { return path("/api/v1/apps/%s", string(id)) }
func connectionPath(id directory.AppID) string  { return appPath(id) + "/connections/default" }
func provisioningPath(a directory.AppID) string { return appPath(a) + "/features/USER_PROVISIONING" }

func memberPath(g directory.GroupID, p directory.PersonID) string {
	return groupPath(g) + path("/users/%s", string(p))
}

func appUserPath(a directory.AppID, p directory.PersonID) string {
	return appPath(a) + path("/users/%s", string(p))
}

func appGroupPath(a directory.AppID, g directory.GroupID) string {
	return appPath(a) + path("/groups/%s", string(g))
}

func mappingPath(a directory.AppID, m directory.MappingID) string {
	return appPath(a) + path("/group-push/mappings/%s", string(m))
}
