package target_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/fault"
)

func named(t *testing.T, name string) fault.Fault {
	t.Helper()
	all := fault.All()
	i := slices.IndexFunc(all, func(f fault.Fault) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("there is no fault %s", name)
	}
	return all[i]
}

// front puts a fault in front of a server at /scim/v2, and asks through it.
type front struct {
	t    *testing.T
	url  string
	http *http.Client
}

func newFront(t *testing.T, behind string, f fault.Fault) front {
	t.Helper()
	base, err := url.Parse(behind + "/scim/v2")
	if err != nil {
		t.Fatal(err)
	}
	there, here := &http.Transport{}, &http.Transport{DisableCompression: true}
	tg, err := target.Front{Behind: base, Faults: []fault.Fault{f}, HTTP: there}.Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		here.CloseIdleConnections()
		if err := tg.Close(); err != nil {
			t.Error(err)
		}
		there.CloseIdleConnections()
	})
	return front{t, tg.URL, &http.Client{
		Transport: here, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (f front) ask(method, path, body string) (*http.Response, string) {
	f.t.Helper()
	req, err := http.NewRequest(method, f.url+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer k3y")
	req.Header.Set("Accept-Encoding", "gzip,deflate")
	resp, err := f.http.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return resp, string(text)
}

// What a fault leaves alone goes through as it came.
func TestAFrontLetsThrough(t *testing.T) {
	large := strings.Repeat("x", 5<<20)
	var got *http.Request
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got, body = r, string(raw)
		w.Header().Set("X-Behind", "yes")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, large)
	}))
	defer server.Close()
	f := newFront(t, server.URL, named(t, "patch-needs-a-path"))
	for _, path := range []string{
		"/Users/a%2Fb", "/Users?filter=userName%20eq%20%22ana%22&odd;=%zz", "/ServiceProviderConfig", "/Groups/1?", "/Users/",
	} {
		for _, method := range []string{"GET", "HEAD", "PUT", "DELETE"} {
			sent := ""
			if method == "PUT" {
				sent = large
			}
			resp, text := f.ask(method, path, sent)
			want := "/scim/v2" + path
			if got.Method != method || got.RequestURI != want {
				t.Errorf("%s %s became %s %s", method, want, got.Method, got.RequestURI)
			}
			if got.Header.Get("Authorization") != "Bearer k3y" || body != sent {
				t.Errorf("%s %s: the credentials or the body (%d bytes) changed on the way", method, path, len(body))
			}
			if resp.StatusCode != http.StatusTeapot || resp.Header.Get("X-Behind") != "yes" {
				t.Errorf("%s %s was answered %s %v", method, path, resp.Status, resp.Header)
			}
			if want := map[bool]int{true: 0, false: len(large)}[method == "HEAD"]; len(text) != want {
				t.Errorf("%s %s: %d bytes came back, want %d", method, path, len(text), want)
			}
		}
	}
}

// A server that packs its answers errs like any other.
func TestAFaultReadsWhatIsPacked(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		packed := bytes.Buffer{}
		z := gzip.NewWriter(&packed)
		fmt.Fprint(z, `{"totalResults":0,"startIndex":1,"itemsPerPage":0}`)
		z.Close()
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
		}
	}))
	defer server.Close()
	resp, text := newFront(t, server.URL, named(t, "paging-as-text")).ask("GET", "/Users", "")
	var list map[string]any
	if err := json.Unmarshal([]byte(text), &list); err != nil || list["totalResults"] != "0" || resp.Header.Get("Content-Encoding") != "" {
		t.Errorf("%v, %s, %s", err, text, resp.Header)
	}
}

// A redirect is the caller's to see, and nobody follows it with the token; a
// Location at the server leads to the front.
func TestAFrontFollowsNobody(t *testing.T) {
	var visits atomic.Int64
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	defer trap.Close()
	var where string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", where)
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	f := newFront(t, server.URL, named(t, "patch-needs-a-path"))
	origin := strings.TrimSuffix(f.url, "/scim/v2")
	for there, want := range map[string]string{
		trap.URL + "/Users":                 trap.URL + "/Users",
		server.URL + "/scim/v2/Users/a%2Fb": origin + "/scim/v2/Users/a%2Fb",
		"Users/1":                           "Users/1",
	} {
		where = there
		resp, _ := f.ask("GET", "/Users", "")
		if got := resp.Header.Get("Location"); resp.StatusCode != http.StatusTemporaryRedirect || got != want {
			t.Errorf("Location %s became %s, %s", there, got, resp.Status)
		}
	}
	if visits.Load() > 0 {
		t.Error("the redirect was followed")
	}
}

// A server that does not answer is no server that errs: its caller gets no
// answer either.
func TestAFrontOfNobody(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	f := newFront(t, server.URL, named(t, "paging-as-text"))
	for _, path := range []string{"/Users", "/Schemas"} {
		if resp, err := f.http.Get(f.url + path); err == nil {
			resp.Body.Close()
			t.Errorf("%s was answered %s", path, resp.Status)
		}
	}
}
