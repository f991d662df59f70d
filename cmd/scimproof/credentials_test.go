package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// An authority signs certificates for a test.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{dir: t.TempDir()}
	a.cert, a.key = a.sign(t, "ca", &x509.Certificate{
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	})
	return a
}

// sign makes a certificate and writes it and its key as NAME.pem and NAME.key.
func (a *authority) sign(t *testing.T, name string, c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber, c.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: name}
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		name + ".pem": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "EC PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(a.file(file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return signed, key
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

// A gate lets requests through to the bundled server that satisfy it.
func gate(t *testing.T, opens func(*http.Request) bool) (handler http.Handler, path string) {
	t.Helper()
	proxy, behind, path := bundledBehindAProxy(t)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !opens(r) {
			http.Error(w, "not with these credentials", http.StatusUnauthorized)
			return
		}
		r.Header.Set("Authorization", "Bearer "+behind.Token)
		proxy.ServeHTTP(w, r)
	}), path
}

func TestCredentials(t *testing.T) {
	authority := newAuthority(t)
	authority.sign(t, "server", &x509.Certificate{
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	authority.sign(t, "client", &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	pair, err := tls.LoadX509KeyPair(authority.file("server.pem"), authority.file("server.key"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority.cert)
	plain := func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer "+token }
	basic := func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user == "okta" && password == token
	}
	keyed := func(r *http.Request) bool { return plain(r) && r.Header.Get("X-Gateway-Key") == token+"-2" }

	for name, tt := range map[string]struct {
		tls   *tls.Config
		opens func(*http.Request) bool
		args  []string
		code  int
		says  string
	}{
		"https, and an authority that nobody knows": {
			&tls.Config{}, plain, []string{"--token", token}, incomplete, "certificate",
		},
		"https, and the authority given": {
			&tls.Config{}, plain, []string{"--token", token, "--ca-cert", authority.file("ca.pem")}, ok, "SUCCESS",
		},
		"a client certificate is wanted and missing": {
			&tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: roots}, plain,
			[]string{"--token", token, "--ca-cert", authority.file("ca.pem")},
			incomplete, "certificate required",
		},
		"a client certificate is wanted and shown": {
			&tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: roots}, plain,
			[]string{
				"--token", token, "--ca-cert", authority.file("ca.pem"),
				"--client-cert", authority.file("client.pem"), "--client-key", authority.file("client.key"),
			},
			ok, "SUCCESS",
		},
		"Basic credentials":            {nil, basic, []string{"--basic", "okta:" + token}, ok, "SUCCESS"},
		"Basic credentials, wrong":     {nil, basic, []string{"--basic", "okta:wrong-" + token[4:]}, unusable, "check --token"},
		"a gateway's key":              {nil, keyed, []string{"--token", token, "--header", "X-Gateway-Key: " + token + "-2"}, ok, "SUCCESS"},
		"a gateway's key, missing":     {nil, keyed, []string{"--token", token}, unusable, "check --token"},
		"a header that is none":        {nil, plain, []string{"--token", token, "--header", "nonsense"}, unusable, "'Name: value'"},
		"a certificate without a key":  {nil, plain, []string{"--token", token, "--client-cert", authority.file("client.pem")}, unusable, "belong together"},
		"an authority that is no file": {nil, plain, []string{"--token", token, "--ca-cert", "/nonexistent"}, unusable, "--ca-cert"},
		"a token and a password":       {nil, basic, []string{"--token", token, "--basic", "a:b"}, unusable, "exclude each other"},
	} {
		t.Run(name, func(t *testing.T) {
			handler, path := gate(t, tt.opens)
			var newer atomic.Int64
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.ProtoMajor != 1 {
					newer.Add(1)
				}
				handler.ServeHTTP(w, r)
			}))
			server.Config.ErrorLog = log.New(io.Discard, "", 0) // its clients misbehave on purpose
			if tt.tls == nil {
				server.Start()
			} else {
				server.TLS, server.EnableHTTP2 = tt.tls.Clone(), true
				server.TLS.Certificates = []tls.Certificate{pair}
				server.StartTLS()
			}
			defer server.Close()
			for _, verb := range [][]string{{"check", "--only", "assign-creates"}, {"load", "--people", "12", "--rate", "0"}} {
				dir := filepath.Join(t.TempDir(), "out")
				args := append(append(verb, "--out", dir, "--target", server.URL+path), tt.args...)
				code, out, stderr := shellRun(t, args...)
				if code != tt.code || !strings.Contains(out+stderr, tt.says) {
					t.Errorf("%s: want exit code %d and %q, got %d\n%s%s", verb[0], tt.code, tt.says, code, out, stderr)
				}
				noToken(t, existing(dir), out, stderr)
			}
			if newer.Load() > 0 {
				t.Errorf("%d requests came by another protocol than HTTP/1.1, which Okta speaks", newer.Load())
			}
		})
	}
}

func existing(dir string) string {
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir
}

// What is typed counts for more than what was exported.
func TestTypedCredentialsCountForMoreThanExportedOnes(t *testing.T) {
	basic := func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user == "okta" && password == token
	}
	handler, path := gate(t, basic)
	server := httptest.NewServer(handler)
	defer server.Close()
	t.Setenv("SCIMPROOF_TOKEN", "exported-for-another-server")
	dir := filepath.Join(t.TempDir(), "out")
	code, out, stderr := shellRun(t, "check", "--only", "assign-creates", "--out", dir, "--target", server.URL+path, "--basic", "okta:"+token)
	if code != ok {
		t.Errorf("want exit code %d, got %d\n%s%s", ok, code, out, stderr)
	}
}

// A redirect to another origin is not followed: whoever is there gets nothing,
// least of all the token.
func TestTheTokenNeverTravels(t *testing.T) {
	var visits atomic.Int64
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	defer trap.Close()
	for name, first := range map[string]int64{"from the first request on": 1, "in the middle of the run": 20} {
		t.Run(name, func(t *testing.T) {
			handler, path := gate(t, func(*http.Request) bool { return true })
			var calls atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if calls.Add(1) >= first {
					http.Redirect(w, r, trap.URL+r.URL.Path, http.StatusTemporaryRedirect)
					return
				}
				handler.ServeHTTP(w, r)
			}))
			defer server.Close()
			dir := filepath.Join(t.TempDir(), "out")
			code, out, stderr := shellRun(t, "check", "--target", server.URL+path, "--token", token, "--out", dir)
			if code != deviates {
				t.Errorf("want exit code %d, got %d\n%s%s", deviates, code, out, stderr)
			}
			if visits.Load() > 0 {
				t.Errorf("%d requests went to another origin", visits.Load())
			}
			noToken(t, dir, out, stderr)
		})
	}
}
