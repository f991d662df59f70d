package main

import (
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
)

// outward carries requests to other people's servers, by HTTP/1.1 as Okta does,
// through the proxy that the environment names.
func outward(config *tls.Config) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, Protocols: protocols,
		TLSHandshakeTimeout: 10 * time.Second, MaxIdleConnsPerHost: 16, IdleConnTimeout: 30 * time.Second,
	}
}

// An exchangeLog carries Okta's requests, and writes a line for each. Nothing in
// a line is a credential, or can act on a terminal.
type exchangeLog struct {
	carrier http.RoundTripper
	clear   bool // plain http is allowed everywhere

	redact *evidence.Redactor
	mu     sync.Mutex
	known  map[string]bool // the credentials that redact has learnt
	to     io.Writer
}

func newExchangeLog(to io.Writer, carrier http.RoundTripper, clear bool) *exchangeLog {
	return &exchangeLog{carrier: carrier, clear: clear, redact: evidence.NewRedactor(), known: map[string]bool{}, to: to}
}

func (l *exchangeLog) RoundTrip(r *http.Request) (*http.Response, error) {
	l.learn(credentialsIn(r))
	if inTheClear(r.URL) && !l.clear {
		return nil, fmt.Errorf("plain http to %s would send the token in the clear: use https, or start this Okta with --allow-http", r.URL.Host)
	}
	begun := time.Now()
	resp, err := l.carrier.RoundTrip(r)
	took := float64(time.Since(begun)) / float64(time.Millisecond)
	if err != nil {
		l.line("%s %s no answer after %.1f ms: %v", r.Method, r.URL.RequestURI(), took, err)
		return nil, err
	}
	l.line("%s %s %d %.1f ms", r.Method, r.URL.RequestURI(), resp.StatusCode, took)
	return resp, nil
}

// learn keeps credentials out of all lines from now on: a server may hand one
// back, in an id for example.
func (l *exchangeLog) learn(credentials []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range credentials {
		if !l.known[c] {
			l.known[c] = true
			l.redact.Learn(c)
		}
	}
}

// line writes one line, whole.
func (l *exchangeLog) line(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintln(l.to, evidence.Inert(l.redact.Text(fmt.Sprintf(format, args...))))
}

// credentialsIn are what lets a request in: the whole header, what stands in it
// after the scheme, and the password of Basic.
func credentialsIn(r *http.Request) []string {
	whole := r.Header.Get("Authorization")
	secrets := []string{whole}
	if scheme, credential, found := strings.Cut(whole, " "); found {
		secrets = append(secrets, credential)
		if text, err := base64.StdEncoding.DecodeString(credential); err == nil && strings.EqualFold(scheme, "Basic") {
			_, password, _ := strings.Cut(string(text), ":")
			secrets = append(secrets, password)
		}
	}
	return secrets
}
