package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// An id is the server's to choose. Whatever stands in it, a write goes to the
// resource that bears it, or nowhere.
func TestAnIDLeadsNoWriteElsewhere(t *testing.T) {
	for _, ending := range []string{
		"/../../Groups/1", "/..", "?x=1", "#x", "%2f..%2fGroups%2f1", "\r\nX: y", "\x00", ";a=b", "//evil.test/", "@evil.test", "é\u202e", "\\..\\..", "+ *", "'\"",
	} {
		t.Run(fmt.Sprintf("%q", ending), func(t *testing.T) {
			t.Parallel()
			server := &namer{ending: ending}
			at := front{ask: server.ask, say: server.say}.open(t)
			dir := filepath.Join(t.TempDir(), "out")
			code, out, err := shellRun(t, "check", "--target", at.URL, "--token", at.Token, "--out", dir, "--only", "connection-test,"+aFew)
			for _, write := range server.astray {
				t.Errorf("%s is no resource that was made here", write)
			}
			if server.writes.Load() == 0 {
				t.Error("nothing was written: this test shows nothing")
			}
			// An id is opaque (RFC 7643, section 3.1): such a one is nothing to blame.
			if code != ok {
				t.Errorf("exit code %d\n%s%s", code, out, err)
			}
			harmlessFiles(t, dir)
		})
	}
	for _, id := range []string{"", ".", "..", "../Groups", ".search"} {
		t.Run(fmt.Sprintf("all are %q", id), func(t *testing.T) {
			t.Parallel()
			at := front{
				ask: func(_ http.ResponseWriter, r *http.Request) bool {
					if r.Method != http.MethodGet && r.Method != http.MethodPost && id != "../Groups" {
						t.Errorf("%s %s was sent", r.Method, r.URL.EscapedPath())
					}
					return false
				},
				say: func(_ *http.Request, _ http.Header, body any) any {
					return eachText(body, "", func(name, text string) string {
						if name == "id" {
							return id
						}
						return text
					})
				},
			}.open(t)
			dir := filepath.Join(t.TempDir(), "out")
			if code, out, err := shellRun(t, "check", "--target", at.URL, "--token", at.Token, "--out", dir, "--only", "connection-test,"+aFew); code != deviates {
				t.Errorf("exit code %d\n%s%s", code, out, err)
			}
			noPassAboutState(t, dir)
		})
	}
}

// A namer lets ids end in something awkward, and sees where writes go.
type namer struct {
	ending string
	writes atomic.Int64
	mu     sync.Mutex
	astray []string
}

func (n *namer) ask(_ http.ResponseWriter, r *http.Request) bool {
	segments := strings.Split(r.URL.EscapedPath(), "/")
	last, err := url.PathUnescape(segments[len(segments)-1])
	plain, named := strings.CutSuffix(last, n.ending)
	collection := last == "Users" || last == "Groups"
	if r.Method != http.MethodGet {
		n.writes.Add(1)
		if own := len(segments) == 5 && named; err != nil || !own && !(r.Method == http.MethodPost && collection) {
			n.mu.Lock()
			n.astray = append(n.astray, r.Method+" "+r.URL.EscapedPath())
			n.mu.Unlock()
		}
	}
	if named && !collection {
		segments[len(segments)-1] = plain
		r.URL.Path, r.URL.RawPath = strings.Join(segments, "/"), ""
	}
	raw, _ := io.ReadAll(r.Body)
	var body any
	if json.Unmarshal(raw, &body) == nil {
		body = n.each(body, func(text string) string { return strings.TrimSuffix(text, n.ending) })
		raw, _ = json.Marshal(body)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	return false
}

func (n *namer) say(_ *http.Request, _ http.Header, body any) any {
	return n.each(body, func(text string) string { return text + n.ending })
}

// anID is one of the bundled server, whatever stands after it.
var anID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// each changes the ids: those of resources, and those of members and groups.
func (n *namer) each(body any, change func(string) string) any {
	switch v := body.(type) {
	case []any:
		for i := range v {
			v[i] = n.each(v[i], change)
		}
	case map[string]any:
		for key, inner := range v {
			text, isText := inner.(string)
			switch {
			case isText && (key == "id" || key == "value") && anID.MatchString(text):
				v[key] = change(text)
			case isText && key == "path" && strings.HasPrefix(text, "members["):
				v[key] = n.inFilter(text, change)
			default:
				v[key] = n.each(inner, change)
			}
		}
	}
	return body
}

// inFilter changes the id in members[value eq "…"].
func (n *namer) inFilter(path string, change func(string) string) string {
	before, quoted, found := strings.Cut(path, " eq ")
	end := strings.LastIndexByte(quoted, ']')
	var id string
	if !found || end < 0 || json.Unmarshal([]byte(quoted[:end]), &id) != nil {
		return path
	}
	back, _ := json.Marshal(change(id))
	return before + " eq " + string(back) + quoted[end:]
}
