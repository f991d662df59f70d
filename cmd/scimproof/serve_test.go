package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/reports/evidence"
)

// A running serve is the program in this process, until the test ends.
type running struct {
	line string // what it printed once it was ready
	err  lockedBuffer
}

// serving starts serve, reads its line into ready, and sees to it that it ends
// well when it is interrupted.
func serving(t *testing.T, ready any, args ...string) *running {
	t.Helper()
	s := &running{}
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, append([]string{"serve"}, args...), in, &s.err)
		in.Close()
	}()
	t.Cleanup(func() {
		stop()
		if code := <-done; code != ok {
			t.Errorf("serve %s ended with %d: %s", args, code, s.err.String())
		}
	})
	var line json.RawMessage
	if err := json.NewDecoder(out).Decode(&line); err != nil {
		t.Fatalf("serve %s printed no JSON: %v: %s", args, err, s.err.String())
	}
	s.line = string(line)
	if err := json.Unmarshal(line, ready); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return s
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// A person can break the bundled server and see which scenarios notice; the same
// mistake in front of somebody's server has the same verdicts.
func TestAMistakeOnOurServerAndInFrontOfAny(t *testing.T) {
	isLong(t)
	const name = "deletes-when-disabled"
	var ours, healthy, front ready
	s := serving(t, &ours, "target", "--fault", name)
	if !strings.Contains(s.err.String(), name) {
		t.Errorf("it does not say that it errs: %s", s.err.String())
	}
	serving(t, &healthy, "target")
	serving(t, &front, "target", "--fault", name, "--in-front-of", healthy.SCIM)
	if want := (ready{SCIM: front.SCIM}); front != want {
		t.Errorf("in front of a server it printed %+v", front)
	}
	behind, _ := url.Parse(healthy.SCIM)
	if !strings.HasSuffix(front.SCIM, behind.Path) || strings.Contains(front.SCIM, behind.Host) {
		t.Errorf("in front of %s is %s", healthy.SCIM, front.SCIM)
	}

	want := predictedAt(t, name)
	seen := verdictsAt(t, ours.SCIM, ours.Token)
	if diff := cmp.Diff(want, failing(seen)); diff != "" || len(want) == 0 {
		t.Errorf("at our server other scenarios fail than were predicted: %s", diff)
	}
	if diff := cmp.Diff(seen, verdictsAt(t, front.SCIM, healthy.Token)); diff != "" {
		t.Errorf("in front of a server the verdicts differ: %s", diff)
	}
	if left := failing(verdictsAt(t, healthy.SCIM, healthy.Token)); len(left) > 0 {
		t.Errorf("without the front the server fails %v", left)
	}
}

// predictedAt are the cases that a fault should break at a server by URL, where
// the provider's screens cannot be read. An import is left out: it reads what the
// other scenarios have left at the one tenant, whom this mistake has deleted.
func predictedAt(t *testing.T, name string) []string {
	t.Helper()
	b, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	var broken []string
	for _, m := range b.mistakes {
		for _, s := range b.scenarios {
			for _, d := range m.dialects(s) {
				if m.Name == name && !slices.ContainsFunc(s.Tags, func(tag string) bool { return tag == "bundled" || tag == "exclusive" || tag == "import" }) {
					broken = append(broken, features.Kill{Address: s.Address(), Dialect: d}.String())
				}
			}
		}
	}
	slices.Sort(broken)
	return broken
}

// verdictsAt checks a server by URL, with the exit code that belongs to it.
func verdictsAt(t *testing.T, scim, token string) map[string]evidence.Verdict {
	t.Helper()
	t.Setenv("SCIMPROOF_TOKEN", token)
	dir := filepath.Join(t.TempDir(), "out")
	code, out, errs := shellRun(t, "check", "--target", scim, "--without", "import", "--out", dir)
	seen, err := evidence.Open(dir)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	if left := evidence.Outstanding(seen.Ledger); len(left) > 0 {
		t.Errorf("%d guests are said to be there still, the first is %+v", len(left), left[0])
	}
	verdicts := map[string]evidence.Verdict{}
	for _, o := range evidence.Judge(seen.Outcomes, false) {
		verdicts[features.Kill{Address: o.Address(), Dialect: o.Dialect}.String()] = o.Verdict
	}
	if want := map[bool]int{true: ok, false: deviates}[len(failing(verdicts)) == 0]; code != want {
		t.Errorf("want exit code %d, got %d\n%s%s", want, code, out, errs)
	}
	return verdicts
}

func failing(verdicts map[string]evidence.Verdict) []string {
	var failed []string
	for name, v := range verdicts {
		if v == evidence.Fail {
			failed = append(failed, name)
		}
	}
	slices.Sort(failed)
	return failed
}

// Bad usage of serve is told in one sentence, before anything is opened.
func TestBadUsageOfServe(t *testing.T) {
	t.Setenv("SCIMPROOF_ADMIN_TOKEN", "")
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"a fault misspelt":               {[]string{"target", "--fault", "deletes-when-disable"}, "did you mean deletes-when-disabled"},
		"a fault unknown":                {[]string{"both", "--fault", "x"}, "see scimproof list --faults"},
		"one of two faults unknown":      {[]string{"target", "--fault", "put-ignored,x"}, `"x"`},
		"in front of no URL":             {[]string{"target", "--fault", "put-ignored", "--in-front-of", "localhost:80"}, "no http or https URL"},
		"in front, without a mistake":    {[]string{"target", "--in-front-of", "https://app.example.com"}, "scimproof list --faults"},
		"in front, in the clear":         {[]string{"target", "--fault", "put-ignored", "--in-front-of", "http://app.example.com"}, "--allow-http"},
		"in front, with a password":      {[]string{"target", "--fault", "put-ignored", "--in-front-of", "https://me:" + token + "@app.example.com"}, "a user or password"},
		"in front, with a query":         {[]string{"target", "--fault", "put-ignored", "--in-front-of", "https://app.example.com?x"}, "query"},
		"in front, with an admin token":  {[]string{"target", "--fault", "put-ignored", "--in-front-of", "https://app.example.com", "--admin-token", token}, "--admin-token"},
		"an address that is none":        {[]string{"okta", "--listen", "nowhere"}, "nowhere"},
		"an authority that is no file":   {[]string{"okta", "--ca-cert", "/nonexistent"}, "--ca-cert"},
		"a dialect that Okta lacks":      {[]string{"both", "--dialect", "entra"}, "aiw"},
		"a mistake that Okta runs up on": {[]string{"both", "--fault", "lists-only-by-filter"}, "connect the application"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, err := shellRun(t, append([]string{"serve"}, tt.args...)...)
			lines := strings.Split(strings.TrimSuffix(err, "\n"), "\n")
			if last := lines[len(lines)-1]; code != unusable || !strings.HasPrefix(last, "scimproof: ") || !strings.Contains(last, tt.says) {
				t.Errorf("want exit code %d and %q, got %d and %q", unusable, tt.says, code, err)
			}
			if out != "" {
				t.Errorf("nothing belongs on stdout, got %q", out)
			}
			noToken(t, "", out, err)
		})
	}
}

// An Okta alone tells each exchange in a line. Nothing of what a target says can
// act there, and no credential is in it, also not one that the target repeats.
func TestWhatAnOktaTellsOfATarget(t *testing.T) {
	var okta oktaReady
	t.Setenv("SCIMPROOF_OKTA_TOKEN", "00-"+token)
	s := serving(t, &okta, "okta")
	if okta.Token != "" || strings.Contains(s.line, token) {
		t.Errorf("an Okta that is given its token prints %s", s.line)
	}
	hostile := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/scim+json")
		switch {
		case r.Method == http.MethodPost:
			w.WriteHeader(http.StatusCreated)
			fmt.Fprintf(w, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"%s\u001b[31m##[error]"}`, token)
		case strings.Contains(r.URL.Path, "/Users/"):
			connection, _, _ := w.(http.Hijacker).Hijack()
			_, _ = io.WriteString(connection, "HTTP/1.1 \x1b[31m##[error]"+token+"\r\n\r\n")
			connection.Close()
		default:
			_, _ = io.WriteString(w, emptyList)
		}
	}))
	defer hostile.Close()
	admin := oktaAdmin(t, okta.URL, "00-"+token)
	app := connectedApp(t, admin, hostile.URL+"/scim/v2")
	ana, err := admin.CreateUser(t.Context(), directory.Profile{"login": "ana@example.com", "email": "ana@example.com", "firstName": "Ana", "lastName": "Ruiz"})
	if err != nil {
		t.Fatal(err)
	}
	if err := admin.Assign(t.Context(), app, ana); err != nil {
		t.Fatal(err)
	}
	if err := admin.Unassign(t.Context(), app, ana); err != nil {
		t.Fatal(err)
	}
	log := s.err.String()
	for _, want := range []string{"GET /scim/v2/Users?startIndex=1&count=2 200 ", "POST /scim/v2/Users 201 ", "[redacted", "no answer after"} {
		if !strings.Contains(log, want) {
			t.Errorf("want a line with %q in\n%s", want, log)
		}
	}
	if strings.ContainsAny(log, "\x1b\r") || strings.Contains(log, "##[") {
		t.Errorf("what the target said can act:\n%q", log)
	}
	noToken(t, "", log)
}

// connectedApp is an application that provisions a target.
func connectedApp(t *testing.T, admin *management.Client, scim string) directory.AppID {
	t.Helper()
	app, err := application(t.Context(), admin, features.OIN, ready{SCIM: scim, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	return app
}

func oktaAdmin(t *testing.T, url, token string) *management.Client {
	carrier := &http.Transport{}
	t.Cleanup(carrier.CloseIdleConnections)
	return &management.Client{URL: url, Token: token, HTTP: carrier}
}

// A target that asks for more patience than there is has failed, and the call is
// answered; one that asks for little is waited for.
func TestAnOktaWaitsForATarget(t *testing.T) {
	for name, tt := range map[string]struct {
		header, status string
		says           string
	}{
		"without saying how long": {"", "STAGED", "it would take 5m0s, and --longest-wait is 2m0s"},
		"no longer than a moment": {"0", "PROVISIONED", ""},
	} {
		t.Run(name, func(t *testing.T) {
			busy := true
			target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/scim+json")
				switch {
				case r.Method == http.MethodPost && busy:
					busy = false
					if tt.header != "" {
						w.Header().Set("Retry-After", tt.header)
					}
					w.WriteHeader(http.StatusTooManyRequests)
				case r.Method == http.MethodPost:
					w.WriteHeader(http.StatusCreated)
					_, _ = io.WriteString(w, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"42"}`)
				default:
					_, _ = io.WriteString(w, emptyList)
				}
			}))
			defer target.Close()
			var okta oktaReady
			serving(t, &okta, "okta")
			admin := oktaAdmin(t, okta.URL, okta.Token)
			app := connectedApp(t, admin, target.URL)
			ana, err := admin.CreateUser(t.Context(), directory.Profile{"login": "ana@example.com", "email": "ana@example.com", "firstName": "Ana", "lastName": "Ruiz"})
			if err != nil {
				t.Fatal(err)
			}
			if err := admin.Assign(t.Context(), app, ana); err != nil {
				t.Fatal(err)
			}
			u, err := admin.AppUser(t.Context(), app, ana)
			if err != nil || u.Status != tt.status {
				t.Errorf("the assignment is %+v, %v", u, err)
			}
			tasks, err := admin.Tasks(t.Context())
			if err != nil || fmt.Sprint(tasks) == "[]" != (tt.says == "") || !strings.Contains(fmt.Sprint(tasks), tt.says) {
				t.Errorf("the tasks are %v, %v", tasks, err)
			}
		})
	}
}

// SCIM in the clear leaves the machine only where that was allowed; nothing is
// sent before.
func TestAnOktaSendsNothingInTheClear(t *testing.T) {
	var okta oktaReady
	serving(t, &okta, "okta")
	_, err := application(t.Context(), oktaAdmin(t, okta.URL, okta.Token), features.AIW, ready{SCIM: "http://scim.invalid/v2", Token: token})
	if err == nil || !strings.Contains(err.Error(), "--allow-http") {
		t.Errorf("want a hint at --allow-http, got %v", err)
	}
}

// Interrupted while a target is silent, it ends all the same.
func TestServeEndsWhileATargetIsSilent(t *testing.T) {
	asked := make(chan bool, 1)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("filter") != "" {
			asked <- true
			silence(w, r)
		}
		w.Header().Set("Content-Type", "application/scim+json")
		_, _ = io.WriteString(w, emptyList)
	}))
	defer target.Close()
	t.Run("serve", func(t *testing.T) {
		var okta oktaReady
		serving(t, &okta, "okta")
		admin := oktaAdmin(t, okta.URL, okta.Token)
		app := connectedApp(t, admin, target.URL)
		ana, err := admin.CreateUser(t.Context(), directory.Profile{"login": "ana@example.com", "email": "ana@example.com", "firstName": "Ana", "lastName": "Ruiz"})
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = admin.Assign(context.Background(), app, ana) }()
		<-asked
	})
}

// Whoever stands in front of a server that is not there is not blamed for it.
func TestInFrontOfNobody(t *testing.T) {
	var front ready
	s := serving(t, &front, "target", "--fault", "paging-as-text", "--in-front-of", deadPort(t))
	code, out, err := shellRun(t, "check", "--target", front.SCIM, "--token", token, "--out", filepath.Join(t.TempDir(), "out"))
	if code != incomplete || !strings.Contains(out+err, "cannot be reached") {
		t.Errorf("exit code %d\n%s%s", code, out, err)
	}
	if said := s.err.String(); !strings.Contains(said, "GET /scim/v2/Users: the server behind does not answer: ") {
		t.Errorf("it does not say why: %s", said)
	}
}
