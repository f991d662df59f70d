package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/scimproof/scimproof/target"
)

// A front stands before the bundled server. ask may answer a request itself, by
// returning true; say changes an answer.
type front struct {
	ask func(w http.ResponseWriter, r *http.Request) bool
	say func(r *http.Request, header http.Header, body any) any
}

// open starts the bundled server with the front before it, and returns the URL
// and the token to give to check.
func (f front) open(t *testing.T) target.Endpoint {
	t.Helper()
	proxy, behind, path := bundledBehindAProxy(t)
	proxy.ModifyResponse = f.modify
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.ask == nil || !f.ask(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return target.Endpoint{URL: server.URL + path, Token: behind.Token}
}

// bundledBehindAProxy starts the bundled server and a proxy that leads there. The
// path is that of the server's URL, also behind the proxy.
func bundledBehindAProxy(t *testing.T) (proxy *httputil.ReverseProxy, behind target.Endpoint, path string) {
	t.Helper()
	bundled, err := target.Bundled("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bundled.Close() })
	if behind, err = bundled.Tenant(t.Context()); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(behind.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: u.Scheme, Host: u.Host}) },
	}, behind, u.Path
}

func (f front) modify(resp *http.Response) error {
	if f.say == nil {
		return nil
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var body any
	if json.Unmarshal(raw, &body) == nil {
		if raw, err = json.Marshal(f.say(resp.Request, resp.Header, body)); err != nil {
			return err
		}
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	resp.Header.Del("Content-Length")
	return nil
}

// eachText gives every string in a JSON value to change, with the name of the
// member that it stands in.
func eachText(v any, name string, change func(name, text string) string) any {
	switch v := v.(type) {
	case string:
		return change(name, v)
	case []any:
		for i := range v {
			v[i] = eachText(v[i], name, change)
		}
	case map[string]any:
		for key := range v {
			v[key] = eachText(v[key], key, change)
		}
	}
	return v
}

// A trap is a place to which nothing may come.
func trap(t *testing.T) (address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s came to another origin, with %q for credentials", r.Method, r.URL, r.Header.Get("Authorization"))
	}))
	t.Cleanup(server.Close)
	return server.URL
}
