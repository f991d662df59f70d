package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

const token = "the-token-that-must-not-leak-7f3a"

// A target that is broken, hollow or absent ends a run with the right exit code
// and a sentence that says what to do: no pass on any scenario about state, no
// panic, no hang, and no token in anything that is written.
func TestBadTargets(t *testing.T) {
	isLong(t)
	for name, tt := range map[string]struct {
		target http.Handler // nil: a port where nobody listens
		code   int
		says   string // on stdout or stderr
	}{
		"a dead port": {nil, incomplete, "cannot be reached"},
		"{} for everything": {
			answer(200, "application/scim+json", "{}"), deviates, "Okta's test of the API credentials",
		},
		"a web page for everything": {
			answer(200, "text/html", "<html><body>Welcome</body></html>"), deviates, "Okta's test of the API credentials",
		},
		"an amnesiac": {
			&amnesiac{}, deviates, "readable by its id",
		},
		"a list for everything": {
			answer(200, "application/scim+json", emptyList), deviates, "Ana",
		},
		"501 for everything": {
			answer(501, "application/scim+json", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"501","detail":"no"}`),
			deviates, "Okta's test of the API credentials",
		},
		"204 for everything": {answer(204, "", ""), deviates, "Okta's test of the API credentials"},
		"an echo":            {http.HandlerFunc(echo), deviates, "Okta's test of the API credentials"},
		"a refused token": {
			answer(401, "application/scim+json", `{"status":"401","detail":"who is `+token+`?"}`), unusable, "check --token",
		},
		"a connection that is dropped": {
			http.HandlerFunc(drop), incomplete, "cannot be reached",
		},
		"a connection that is dropped later on": {
			later(answer(200, "application/scim+json", emptyList), http.HandlerFunc(drop)), deviates, "twice in a row: dropped",
		},
		"a black hole": {
			http.HandlerFunc(silence), incomplete, "cannot be reached: silent",
		},
		"a black hole later on": {
			later(answer(200, "application/scim+json", emptyList), http.HandlerFunc(silence)), deviates, "twice in a row: silent",
		},
		"an endless body": {http.HandlerFunc(endless), deviates, "Okta's test of the API credentials"},
		"endless headers": {http.HandlerFunc(endlessly("HTTP/1.1 200 OK\r\n", "X: y\r\n")), incomplete, "cannot be reached"},
		"endless headers later on": {
			later(answer(200, "application/scim+json", emptyList), http.HandlerFunc(endlessly("HTTP/1.1 200 OK\r\n", "X: y\r\n"))), deviates, "twice in a row: dropped",
		},
		"wait a moment, for ever": {http.HandlerFunc(endlessly("", "HTTP/1.1 102 Processing\r\nX: y\r\n\r\n")), incomplete, "cannot be reached"},
		"a drip":                  {http.HandlerFunc(drip), incomplete, "cannot be reached: silent"},
		"a drip later on": {
			later(answer(200, "application/scim+json", emptyList), http.HandlerFunc(drip)), deviates, "twice in a row: silent",
		},
		"a gzip bomb":           {http.HandlerFunc(bomb), deviates, "the body is longer than 32 MiB"},
		"a nesting without end": {answer(200, "application/scim+json", deep(`{"Resources":[`, `]}`)), deviates, "Okta's test of the API credentials"},
		"accounts of a nesting without end": {
			onGET(answer(200, "application/scim+json", emptyList), answer(201, "application/scim+json", deep(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","x":`, `}`))),
			deviates, "Ana",
		},
		"a list of 10^18":             {answer(200, "application/scim+json", strings.Replace(emptyList, `"totalResults":0`, `"totalResults":1000000000000000000`, 1)), deviates, "Ana"},
		"a list of 10^30":             {answer(200, "application/scim+json", strings.Replace(emptyList, `"totalResults":0`, `"totalResults":1e30`, 1)), deviates, "totalResults is not an integer"},
		"a list of -1":                {answer(200, "application/scim+json", strings.Replace(emptyList, `"totalResults":0`, `"totalResults":-1`, 1)), deviates, "Ana"},
		"a list of twins":             {answer(200, "application/scim+json", `{"Resources":[],"Resources":[{"id":"1","id":"2","userName":"a","userName":"b"}],"totalResults":0,"totalResults":1}`), deviates, "schema"},
		"null":                        {answer(200, "application/scim+json", "null"), deviates, "Okta's test of the API credentials"},
		"[]":                          {answer(200, "application/scim+json", "[]"), deviates, "Okta's test of the API credentials"},
		"wrong types":                 {answer(200, "application/scim+json", `{"schemas":1,"totalResults":"0","startIndex":{},"Resources":{"id":[]}}`), deviates, "Okta's test of the API credentials"},
		"no body":                     {answer(200, "application/scim+json", ""), deviates, "Okta's test of the API credentials"},
		"half a body":                 {http.HandlerFunc(half), incomplete, "cannot be reached"},
		"a status of nothing":         {http.HandlerFunc(endlessly("HTTP/1.1 000 Nothing\r\nContent-Length: 2\r\n\r\n{}", "")), deviates, "Okta's test of the API credentials"},
		"a status of 999":             {http.HandlerFunc(endlessly("HTTP/1.1 999 Much\r\nContent-Length: 2\r\n\r\n{}", "")), deviates, "Okta's test of the API credentials"},
		"another protocol":            {http.HandlerFunc(endlessly("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", "")), deviates, "Okta's test of the API credentials"},
		"never now":                   {tooMany("600"), incomplete, "throttled"},
		"never now, and no word when": {tooMany(""), incomplete, "throttled"},
		"not in this age":             {tooMany("4294967295"), incomplete, "throttled"},
		"not before time turns back":  {tooMany("13835058055"), incomplete, "throttled"},
		"at once, and never":          {tooMany("0"), deviates, "Okta's test of the API credentials"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := deadPort(t)
			if tt.target != nil {
				server := httptest.NewServer(tt.target)
				defer server.Close()
				url = server.URL + "/scim/v2"
			}
			dir := filepath.Join(t.TempDir(), "out")
			patience := "60s"
			if strings.Contains(name, "black hole") || strings.Contains(name, "drip") {
				patience = "500ms"
			}
			code, out, err := shellRun(t, "check", "--target", url, "--token", token, "--out", dir, "--timeout", patience, "--throttle-budget", "2s", "--dialect", []string{"aiw", "oin"}[len(name)%2])
			if code != tt.code {
				t.Errorf("want exit code %d, got %d\n%s%s", tt.code, code, out, err)
			}
			if !strings.Contains(out+err, tt.says) {
				t.Errorf("want a sentence with %q, got\n%s%s", tt.says, out, err)
			}
			noPassAboutState(t, dir)
			noToken(t, dir, out, err)

			code, out, err = shellRun(t, "load", "--people", "2", "--rate", "0", "--target", url, "--token", token, "--out", dir+"-load", "--timeout", patience, "--throttle-budget", "2s")
			if code == ok {
				t.Errorf("a crowd was provisioned there\n%s%s", out, err)
			}
			noToken(t, dir+"-load", out, err)
		})
	}
}

// Bad usage is told in one sentence, before anything is sent.
func TestBadUsage(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		code int
		says string
	}{
		"an unknown address":             {[]string{"check", "--only", "nonesuch"}, unusable, "scimproof list"},
		"an expression that is none":     {[]string{"check", "--tags", "@users || @groups"}, unusable, "cannot be read"},
		"tags that select nothing":       {[]string{"check", "--tags", "@import and @connection"}, incomplete, "holds no scenario"},
		"a gap that cannot be declared":  {[]string{"check", "--without", "users"}, unusable, "--without takes groups or import"},
		"a target that is no URL":        {[]string{"check", "--target", "localhost:8080"}, unusable, "neither bundled, container nor"},
		"a target without a token":       {[]string{"check", "--target", "http://127.0.0.1:1/scim"}, unusable, "--token or SCIMPROOF_TOKEN"},
		"a target with a password":       {[]string{"check", "--target", "https://me:" + token + "@example.com/scim"}, unusable, "carries a user or password"},
		"a token in the clear":           {[]string{"check", "--target", "http://scim.example.com/v2", "--token", token}, unusable, "--allow-http"},
		"an unknown flag":                {[]string{"check", "--dailect", "oin"}, unusable, "--dialect"},
		"an unknown verb":                {[]string{"chekc"}, unusable, "chekc"},
		"an unknown dialect":             {[]string{"check", "--dialect", "entra"}, unusable, "aiw"},
		"a knob that is none":            {[]string{"check", "--knob", "emptyvalue=null"}, unusable, "did you mean emptyValue? See scimproof list --inferences"},
		"a knob's value that is none":    {[]string{"serve", "okta", "--knob", "emptyValue=nil"}, unusable, `cannot be "nil": it is one of omit, emptyString, null; did you mean null? See scimproof explain emptyValue`},
		"a knob without a value":         {[]string{"load", "--knob", "emptyValue"}, unusable, "has no value, as in emptyValue=null"},
		"a knob that load has a flag of": {[]string{"load", "--knob", "workers=2"}, unusable, "--workers"},
		"a knob that load leaves alone":  {[]string{"load", "--knob", "retries=2"}, unusable, "says nothing again"},
		"a bad timeout":                  {[]string{"check", "--timeout", "soon"}, unusable, "timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, err := shellRun(t, tt.args...)
			if code != tt.code {
				t.Errorf("want exit code %d, got %d", tt.code, code)
			}
			if !strings.Contains(err, tt.says) || strings.Count(err, "\n") != 1 {
				t.Errorf("want one line with %q, got %q", tt.says, err)
			}
			if out != "" {
				t.Errorf("nothing belongs on stdout, got %q", out)
			}
			noToken(t, "", out, err)
		})
	}
}

// shellRun calls the program as a shell would, in a folder of its own.
func shellRun(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(context.Background(), args, &out, &err)
	return code, out.String(), err.String()
}

// noPassAboutState reads the journal, as every report does.
func noPassAboutState(t *testing.T, dir string) {
	t.Helper()
	seen, err := evidence.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range evidence.Judge(seen.Outcomes, false) {
		if passed := o.Verdict == evidence.Pass || o.Verdict == evidence.Warn || o.Verdict == evidence.Info; passed && o.Req != "connection-test" {
			t.Errorf("%s %s: %s", o.Address(), o.Dialect, o.Verdict)
		}
		if o.Verdict == evidence.Error && strings.Contains(o.Reason, "the harness") {
			t.Errorf("%s %s: %s", o.Address(), o.Dialect, o.Reason)
		}
	}
}

func noToken(t *testing.T, dir string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(text, token) {
			t.Errorf("the token was printed: %s", text)
		}
	}
	if dir == "" {
		return
	}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(token)) {
			t.Errorf("the token is in %s", filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

const emptyList = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`

func answer(status int, media, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		if status != http.StatusNoContent {
			_, _ = io.WriteString(w, body)
		}
	})
}

func drop(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func silence(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // so that the server hears when the caller hangs up
	<-r.Context().Done()
}

func endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/scim+json")
	chunk := []byte(`{"Resources":[` + strings.Repeat(`{"id":"1"},`, 1000))
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// endlessly sends what it begins with, and then the rest again and again; nothing
// more where the rest is empty.
func endlessly(begin, again string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer connection.Close()
		_, err = io.WriteString(connection, begin)
		for again != "" && err == nil {
			_, err = io.WriteString(connection, strings.Repeat(again, 1000))
		}
	}
}

// drip sends a byte now and then, so that the connection is never idle for long.
func drip(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	w.Header().Set("Content-Type", "application/scim+json")
	for {
		select {
		case <-tick.C:
			_, _ = io.WriteString(w, " ")
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

// half breaks off in the middle of a body.
func half(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"totalResults":0,`)
}

// bomb is 16 GiB of blanks in a few megabytes.
func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/scim+json")
	w.Header().Set("Content-Encoding", "gzip")
	for range 1000 {
		if _, err := w.Write(bombPart()); err != nil {
			return
		}
	}
}

var bombPart = sync.OnceValue(func() []byte {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(bytes.Repeat([]byte(" "), 16<<20))
	_ = z.Close()
	return packed.Bytes()
})

// deep puts arrays in arrays, 100,000 of them, between two texts.
func deep(before, after string) string {
	const levels = 100_000
	return before + strings.Repeat("[", levels) + strings.Repeat("]", levels) + after
}

// onGET answers reads as read does, and all else as write does.
func onGET(read, write http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			read.ServeHTTP(w, r)
			return
		}
		write.ServeHTTP(w, r)
	})
}

// tooMany answers 429 to everything but the first request, and asks for a wait.
func tooMany(wait string) http.Handler {
	return later(answer(200, "application/scim+json", emptyList), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if wait != "" {
			w.Header().Set("Retry-After", wait)
		}
		w.WriteHeader(http.StatusTooManyRequests)
	}))
}

// later answers the first request, the preflight's, as first does.
func later(first, then http.Handler) http.Handler {
	var calls atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			first.ServeHTTP(w, r)
			return
		}
		then.ServeHTTP(w, r)
	})
}

func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/scim+json")
	_, _ = io.Copy(w, r.Body)
}

// An amnesiac says yes to every write, and remembers none.
type amnesiac struct{ made atomic.Int64 }

func (a *amnesiac) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/scim+json")
	switch {
	case r.Method == http.MethodGet && strings.Count(r.URL.Path, "/") == 3:
		_, _ = io.WriteString(w, emptyList)
	case r.Method == http.MethodPost:
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body)
		body["id"] = fmt.Sprint("forgotten-", a.made.Add(1))
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(body)
	case r.Method == http.MethodGet:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"never heard of it"}`)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// deadPort is an address where nobody listens.
func deadPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String() + "/scim/v2"
}

// The command holds against its own server what it promises of others': all
// passes, and the folder has what the README says.
func TestCheckTheBundledServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	code, out, err := shellRun(t, "check", "--out", dir)
	if code != ok || !strings.HasPrefix(out, "SUCCESS") {
		t.Fatalf("exit code %d\n%s%s", code, out, err)
	}
	for _, name := range []string{"result.json", "junit.xml", "journal.jsonl", "transcripts/unassign-disables.oin.har"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if again, _, err := shellRun(t, "check", "--out", dir, "--only", "connection-test"); again != ok {
		t.Errorf("the folder cannot be used again: %s", err)
	}
}

// At a target by URL the run shares the tenant with others, cleans up after
// itself, and says what stays.
func TestCheckATargetByURL(t *testing.T) {
	isLong(t)
	bundled, problem := target.Bundled("")
	if problem != nil {
		t.Fatal(problem)
	}
	defer bundled.Close()
	endpoint, problem := bundled.Tenant(t.Context())
	if problem != nil {
		t.Fatal(problem)
	}
	t.Setenv("SCIMPROOF_TOKEN", endpoint.Token)
	for range 2 { // the second run finds the first one's disabled accounts
		dir := filepath.Join(t.TempDir(), "out")
		code, out, err := shellRun(t, "check", "--target", endpoint.URL, "--out", dir)
		if code != ok {
			t.Fatalf("exit code %d\n%s%s", code, out, err)
		}
		seen, problem := evidence.Open(dir)
		if problem != nil {
			t.Fatal(problem)
		}
		if left := evidence.Outstanding(seen.Ledger); len(left) > 0 {
			t.Errorf("left at the target: %v", left)
		}
		if len(evidence.Standing(seen.Ledger)) == 0 {
			t.Error("the disabled accounts that stay are not listed")
		}
	}
	eyes := target.Eyes{URL: endpoint.URL, Token: endpoint.Token, HTTP: http.DefaultTransport}
	for _, o := range listed(t, eyes, "/Users") {
		if active, known := o.Active(); active || !known {
			t.Errorf("%s is still active", o.Text("userName"))
		}
	}
	if groups := listed(t, eyes, "/Groups"); len(groups) > 0 {
		t.Errorf("%d groups are still there", len(groups))
	}
}

func listed(t *testing.T, eyes target.Eyes, endpoint string) []target.Resource {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, eyes.URL+endpoint+"?count=1000", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+eyes.Token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list struct{ Resources []target.Resource }
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list.Resources
}

// The command line in a report says how to do it again, and no credentials.
func TestReproduceHoldsNoCredentials(t *testing.T) {
	got := reproduce([]string{"check", "--token", token, "--basic=a:b", "--header", "X: y", "--tags", "@users and not @import", "--jobs", "2"})
	if want := "scimproof check --tags '@users and not @import' --jobs 2"; got != want {
		t.Errorf("want %s\n got %s", want, got)
	}
}
