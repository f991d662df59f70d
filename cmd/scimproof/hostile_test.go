package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/scimproof/scimproof/reports/evidence"
)

// aFew scenarios in which every voice speaks, of accounts and of groups, and that
// no target passes which cannot be read, made at or changed.
const aFew = "unassign-disables,link-active,push-takes-over-group,rename-keeps-members,profile-change-arrives"

// No redirect is followed, by whichever voice, and the token goes nowhere: Okta's
// client does not follow any, and what is not there is not proved.
func TestNoRedirectIsFollowed(t *testing.T) {
	isLong(t)
	met := map[evidence.Voice]bool{}
	for what, redirects := range map[string]func(*http.Request) bool{
		"lists":   func(r *http.Request) bool { return r.Method == http.MethodGet && strings.Count(r.URL.Path, "/") == 3 },
		"reads":   func(r *http.Request) bool { return r.Method == http.MethodGet && strings.Count(r.URL.Path, "/") == 4 },
		"creates": func(r *http.Request) bool { return r.Method == http.MethodPost },
		"changes": func(r *http.Request) bool { return r.Method != http.MethodGet && r.Method != http.MethodPost },
	} {
		for _, code := range []int{301, 302, 303, 307, 308} {
			for _, away := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s, %d, away %t", what, code, away), func(t *testing.T) {
					elsewhere := "/elsewhere"
					if away {
						elsewhere = trap(t) + elsewhere
					}
					at := front{ask: func(w http.ResponseWriter, r *http.Request) bool {
						if strings.HasPrefix(r.URL.Path, "/elsewhere") {
							t.Errorf("%s %s followed a redirect", r.Method, r.URL)
						}
						if redirects(r) {
							w.Header().Set("Location", elsewhere+r.URL.Path)
							w.WriteHeader(code)
						}
						return redirects(r)
					}}.open(t)
					dir := filepath.Join(t.TempDir(), "out")
					exit, out, err := shellRun(t, "check", "--target", at.URL, "--token", at.Token, "--out", dir, "--only", aFew)
					if exit != deviates {
						t.Errorf("exit code %d\n%s%s", exit, out, err)
					}
					noPassAboutState(t, dir)
					noSecret(t, at.Token, dir, out, err)
					for _, x := range said(t, dir) {
						met[x.Voice] = met[x.Voice] || x.Status == code
					}
				})
			}
		}
	}
	for _, v := range []evidence.Voice{evidence.Okta, evidence.Eyes, evidence.Hand, evidence.Tidy} {
		if !met[v] {
			t.Errorf("the voice %s has met no redirect: this test shows nothing of it", v)
		}
	}
}

// said is all that a run's transcripts hold.
func said(t *testing.T, dir string) (all []evidence.Exchange) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "transcripts", "*.har"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		exchanges, err := evidence.ReadTranscript(file)
		if err != nil {
			t.Error(err)
		}
		all = append(all, exchanges...)
	}
	return all
}

// A server behind a gateway may not know its own address. Where it says that its
// resources are is never asked, and changes no verdict.
func TestAddressesInAnswersAreNotFollowed(t *testing.T) {
	isLong(t)
	elsewhere := trap(t)
	at := front{say: func(_ *http.Request, header http.Header, body any) any {
		for _, name := range []string{"Location", "Content-Location", "Refresh"} {
			header.Set(name, elsewhere+"/Users/1")
		}
		header.Set("Link", "<"+elsewhere+`/style>; rel="preload"`)
		return eachText(body, "", func(name, text string) string {
			if name == "location" || name == "$ref" || name == "profileUrl" {
				return elsewhere + "/Users/1"
			}
			return text
		})
	}}.open(t)
	code, out, err := shellRun(t, "check", "--target", at.URL, "--token", at.Token, "--out", filepath.Join(t.TempDir(), "out"))
	if code != ok || !strings.HasPrefix(out, "SUCCESS") {
		t.Errorf("exit code %d\n%s%s", code, out, err)
	}
}

// secretForms are ways to write a secret that a server may say back.
func secretForms(secret string) []string {
	var percent, unicoded strings.Builder
	for i := range len(secret) {
		fmt.Fprintf(&percent, "%%%02X", secret[i])
		fmt.Fprintf(&unicoded, `\u%04x`, secret[i])
	}
	return []string{
		secret, url.QueryEscape(secret), html.EscapeString(secret), percent.String(), unicoded.String(),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(secret)),
		base64.StdEncoding.EncodeToString([]byte("Bearer " + secret)), base64.RawStdEncoding.EncodeToString([]byte("t:" + secret)),
		fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret),
	}
}

// A server may say the credentials back, wherever it likes and however written.
func TestACredentialThatIsSaidBackLeavesNoTrace(t *testing.T) {
	isLong(t)
	const key = "k3y/with+signs&\"quotes\"=9d1"
	parrot := func(r *http.Request) string {
		return strings.Join(append(secretForms(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")), secretForms(key)...), " ")
	}
	inHeaders := func(r *http.Request, header http.Header) {
		for _, name := range []string{"X-Echo", "Server", "Location", "Content-Type", "Set-Cookie", "Www-Authenticate", "Etag", "Retry-After"} {
			header.Set(name, parrot(r))
		}
		header.Set("X-"+key[:3]+"-seen", parrot(r))
	}
	for name, f := range map[string]front{
		"in every refusal": {ask: func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodGet {
				return false
			}
			inHeaders(r, w.Header())
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(map[string]any{"detail": parrot(r), "scimType": parrot(r), "status": "400"})
			return true
		}},
		"in every text": {say: func(r *http.Request, header http.Header, body any) any {
			inHeaders(r, header)
			return eachText(body, "", func(_, text string) string { return text + " " + parrot(r) })
		}},
		"in the names of members": {say: func(r *http.Request, _ http.Header, body any) any {
			if o, isObject := body.(map[string]any); isObject {
				o[parrot(r)], o["nickName"] = parrot(r), []any{parrot(r)}
			}
			return body
		}},
		"in place of JSON": {ask: func(w http.ResponseWriter, r *http.Request) bool {
			_, _ = io.WriteString(w, parrot(r))
			return true
		}},
		"in place of HTTP": {ask: func(w http.ResponseWriter, r *http.Request) bool {
			raw(w, "HTTP/1.1 2"+parrot(r)+"\r\n\r\n")
			return true
		}},
	} {
		t.Run(name, func(t *testing.T) {
			at := f.open(t)
			dir := filepath.Join(t.TempDir(), "out")
			_, out, err := shellRun(t, "check", "--target", at.URL, "--token", at.Token, "--header", "X-Key: "+key, "--out", dir)
			noSecret(t, at.Token, dir, out, err)
			noSecret(t, key, dir, out, err)
			_, out, err = shellRun(t, "load", "--people", "3", "--rate", "0", "--target", at.URL, "--token", at.Token, "--out", dir+"-load")
			noSecret(t, at.Token, dir+"-load", out, err)
		})
	}
}

// noSecret looks for a secret in all that was printed and written, in every form
// in which it was said, also inside the strings of JSON.
func noSecret(t *testing.T, secret, dir string, texts ...string) {
	t.Helper()
	forms := secretForms(secret)
	look := func(where, text string) {
		for _, form := range forms {
			if strings.Contains(text, form) {
				t.Errorf("%s holds the secret as %q", where, form)
			}
		}
	}
	for _, text := range texts {
		look("what was printed", text)
	}
	for path, content := range filesIn(t, dir) {
		look(path, string(content))
		for _, v := range values(content) {
			eachText(v, "", func(_, text string) string { look(path, text); return text })
		}
	}
}

func filesIn(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) || entry.IsDir() {
			return nil
		}
		content, err := os.ReadFile(path)
		files[filepath.Base(path)] = content
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return files
}

// values are the JSON values in a file, one or many; none where it is no JSON.
func values(content []byte) (all []any) {
	d := json.NewDecoder(bytes.NewReader(content))
	for {
		var v any
		if d.Decode(&v) != nil {
			return all
		}
		all = append(all, v)
	}
}

// What a target may say to act on whoever reads it: a browser, a terminal, a CI
// service, a parser.
var poisons = map[string]string{
	"markup":         `<script>alert(1)</script><img src=x onerror=alert(1)>"'><!-- ]]> &lt;`,
	"terminal":       "\x1b[2J\x1b]0;owned\a\x1b]8;;http://evil.test\a\u009b31m\u0090q\u0085\r\b\x7f",
	"direction":      "\u202egnp.exe\u2066\u2069\u200f\u200b\ufeff",
	"GitHub":         "\n::error file=a::b\n  ::add-mask::x\r\n::stop-commands::x\n##[error]x",
	"Azure":          "##vso[task.complete result=Succeeded;]\n##vso[task.setvariable variable=a]b\n##[group]x",
	"TeamCity":       "\n##teamcity[testFailed name='x']\n###teamcity[x]",
	"no XML":         "\x00\x01\v\f\ufffe\uffff]]></testcase>&#0;\xff\xfe\xed\xa0\x80",
	"another line":   "a\r\nSet-Cookie: b\u2028c\u2029d\ne",
	"a spreadsheet":  "=cmd|' /C calc'!A0\t@SUM(1)",
	"length":         strings.Repeat("long ", 200_000),
	"format strings": "%s%d%n%!v(MISSING){{.}}${jndi:ldap://x}`id`$(id)",
}

// Whatever a server says, in whatever place: no pass about state where all texts
// are false, and what is printed and written holds it as text and nothing else.
func TestNothingThatATargetSaysActsOnItsReader(t *testing.T) {
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(poisons)) {
		all.WriteString(poisons[name][:min(len(poisons[name]), 200)] + " ")
	}
	poisons := maps.Clone(poisons)
	poisons["all of it"] = all.String()
	for name, poison := range poisons {
		for place, f := range map[string]front{
			"in place of every text": {say: func(_ *http.Request, _ http.Header, body any) any {
				return eachText(body, "", func(string, string) string { return poison[:min(len(poison), 50_000)] })
			}},
			"after every text": {say: func(_ *http.Request, _ http.Header, body any) any {
				return eachText(body, "", func(name, text string) string {
					if name == "schemas" || name == "userName" || len(poison) > 10_000 && name != "displayName" {
						return text
					}
					return text + poison[:min(len(poison), 100_000)]
				})
			}},
			"in every refusal": {ask: func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodGet {
					return false
				}
				w.WriteHeader(http.StatusBadRequest)
				_ = json.NewEncoder(w).Encode(map[string]any{"detail": poison, "scimType": poison})
				return true
			}},
			"in place of JSON": {ask: func(w http.ResponseWriter, _ *http.Request) bool {
				_, _ = io.WriteString(w, poison)
				return true
			}},
			"in every header": {ask: func(w http.ResponseWriter, r *http.Request) bool {
				value := inAHeader(poison)
				raw(w, "HTTP/1.1 404 "+value+"\r\nLocation: "+value+"\r\nRetry-After: "+value+"\r\nContent-Type: "+value+"\r\nX: "+value+"\r\n\r\n")
				return true
			}},
			"in place of HTTP": {ask: func(w http.ResponseWriter, _ *http.Request) bool {
				raw(w, "HTTP/1.1 200 "+poison[:min(len(poison), 1000)]+"\r\n"+poison+": "+poison+"\r\n\r\n")
				return true
			}},
		} {
			if place != "in every refusal" && name != "all of it" && name != "length" {
				continue // one by one in one place; the forms have a test of their own
			}
			t.Run(name+" "+place, func(t *testing.T) {
				t.Parallel()
				at := f.open(t)
				dir := filepath.Join(t.TempDir(), "out")
				code, out, err := shellRun(t, "check", "--target", at.URL, "--token", at.Token, "--out", dir, "--only", "connection-test,"+aFew)
				if code == ok {
					t.Errorf("exit code 0\n%s", out)
				}
				if place != "after every text" {
					noPassAboutState(t, dir)
				}
				harmless(t, "stdout", out)
				harmless(t, "stderr", err)
				harmlessFiles(t, dir)

				_, out, err = shellRun(t, "load", "--people", "2", "--rate", "0", "--target", at.URL, "--token", at.Token, "--out", dir+"-load")
				harmless(t, "stdout of load", out)
				harmless(t, "stderr of load", err)
				harmlessFiles(t, dir+"-load")
			})
		}
	}
}

// inAHeader is as much of a text as HTTP lets through in a header (RFC 9110,
// section 5.5), and more: some control characters are for the client to refuse.
func inAHeader(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == '\x7f' {
			return -1
		}
		return r
	}, text[:min(len(text), 1000)])
}

// harmless: nothing in a text acts on a terminal or on a CI service.
func harmless(t *testing.T, where, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s is not UTF-8", where)
	}
	if strings.Contains(text, "##") {
		t.Errorf("%s holds a CI command", where)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("a line of %s begins as a CI command: %.80q", where, line)
		}
		if i := strings.IndexFunc(line, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%s holds %.8q", where, line[i:])
			return
		}
	}
}

func harmlessFiles(t *testing.T, dir string) {
	t.Helper()
	for name, content := range filesIn(t, dir) {
		if filepath.Ext(name) != ".html" { // a browser's affair, and tested in one
			harmless(t, name, string(content))
		}
		switch filepath.Ext(name) {
		case ".json", ".har":
			if !json.Valid(content) {
				t.Errorf("%s is not JSON", name)
			}
		case ".jsonl":
			for line := range bytes.Lines(content) {
				if !json.Valid(line) {
					t.Errorf("%s has a line that is not JSON: %.80q", name, line)
				}
			}
		case ".xml":
			if err := parseXML(content); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func parseXML(content []byte) error {
	d := xml.NewDecoder(bytes.NewReader(content))
	for {
		if _, err := d.Token(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// raw answers with bytes that need not be HTTP, and hangs up.
func raw(w http.ResponseWriter, text string) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(connection, text)
	_ = connection.Close()
}

// A target that took guests in and then asks for more time than there is ends no
// run late: what cannot be put away is listed.
func TestAWaitWithoutEndIsNotWaited(t *testing.T) {
	for _, wait := range []string{"4294967295", "13835058055"} { // 136 years; a duration that runs over
		var made atomic.Int64
		at := front{ask: func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPost {
				made.Add(1)
			}
			if made.Load() < 5 {
				return false
			}
			w.Header().Set("Retry-After", wait)
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}}.open(t)
		dir := filepath.Join(t.TempDir(), "out")
		code, out, err := shellRun(t, "check", "--target", at.URL, "--token", at.Token, "--out", dir, "--throttle-budget", "1s")
		if code != incomplete || !strings.Contains(out, "throttled") || !strings.Contains(out, "Left at the target") {
			t.Errorf("exit code %d\n%s%s", code, out, err)
		}
		if code, out, err = shellRun(t, "cleanup", "--run", runOf(t, dir), "--dir", dir, "--token", at.Token, "--throttle-budget", "1s"); code != incomplete {
			t.Errorf("exit code %d\n%s%s", code, out, err)
		}
	}
}

func runOf(t *testing.T, dir string) string {
	t.Helper()
	seen, err := evidence.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return seen.Run.ID
}
