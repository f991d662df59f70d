package main

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// A lobby is somebody's server by URL, which does something to whoever calls when
// a certain number of requests has been reached.
type lobby struct {
	url, token string

	mu    sync.Mutex
	calls int64
	at    int64
	act   func()
}

// arrives counts a request, and acts when it is the one.
func (l *lobby) arrives() {
	l.mu.Lock()
	l.calls++
	now, act := l.calls == l.at, l.act
	l.mu.Unlock()
	if now {
		act()
	}
}

func newLobby(t *testing.T) *lobby {
	t.Helper()
	bundled, err := target.Bundled("")
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := bundled.Tenant(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	behind, err := url.Parse(endpoint.URL)
	if err != nil {
		t.Fatal(err)
	}
	l := &lobby{token: endpoint.Token}
	transport := &http.Transport{}
	proxy := &httputil.ReverseProxy{
		Transport:    transport,
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: behind.Scheme, Host: behind.Host}) },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) {}, // the caller was killed
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.arrives()
		proxy.ServeHTTP(w, r)
	}))
	l.url = server.URL + behind.Path
	t.Cleanup(func() {
		server.Close()
		transport.CloseIdleConnections()
		if err := bundled.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// guests lists the active accounts and the groups at the target that bear a mark.
func (l *lobby) guests(t *testing.T, mark string) []string {
	t.Helper()
	eyes := target.Eyes{URL: l.url, Token: l.token}
	var names []string
	for _, r := range listed(t, eyes, "/Users") {
		if active, _ := r.Active(); active && strings.Contains(strings.ToLower(r.Text("userName")), mark) {
			names = append(names, "user "+r.ID())
		}
	}
	for _, r := range listed(t, eyes, "/Groups") {
		if strings.Contains(r.Text("displayName"), mark) {
			names = append(names, "group "+r.ID())
		}
	}
	return names
}

// build makes the program as a user has it.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "scimproof")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// run starts the program and does something to its process when so many requests
// have come; it returns how the process ended.
func (l *lobby) run(program, dir string, at int64, act func(*os.Process)) error {
	c := exec.Command(program, "check", "--target", l.url, "--out", dir, "--jobs", strconv.Itoa(jobs))
	c.Env = append(os.Environ(), "SCIMPROOF_TOKEN="+l.token)
	started := make(chan bool)
	l.mu.Lock()
	l.at, l.act = at, func() {
		<-started
		act(c.Process)
	}
	l.mu.Unlock()
	if err := c.Start(); err != nil {
		return err
	}
	close(started)
	return c.Wait()
}

// Killed at any moment, the program leaves a folder that tells what it saw, and
// exactly what it has left at the target; cleanup puts that away.
// SCIMPROOF_KILLS sets how often.
func TestKilledAtAnyMoment(t *testing.T) {
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("SCIMPROOF_KILLS")); err == nil {
		kills = n
	}
	program := build(t)
	draw := rand.New(rand.NewPCG(uint64(kills), 7))
	for range kills {
		moment := int64(2 + draw.IntN(700))
		t.Run(strconv.FormatInt(moment, 10)+" requests", func(t *testing.T) {
			l, dir := newLobby(t), filepath.Join(t.TempDir(), "out")
			_ = l.run(program, dir, moment, func(p *os.Process) { _ = p.Kill() })
			seen, err := evidence.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			t.Setenv("SCIMPROOF_TOKEN", l.token)
			if code, out, _ := shellRun(t, "report", dir); code != incomplete || !strings.HasPrefix(out, "INCOMPLETE") {
				t.Errorf("the report of a killed run ends with %d:\n%.300s", code, out)
			}
			if page, err := os.ReadFile(filepath.Join(dir, "report.html")); err != nil || !strings.Contains(string(page), "the run was killed") {
				t.Errorf("the page of a killed run does not say so: %v", err)
			}
			l.compare(t, seen)
			if code, out, stderr := shellRun(t, "cleanup", "--run", seen.Run.ID, "--dir", dir); code != ok {
				t.Errorf("cleanup ends with %d\n%s%s", code, out, stderr)
			}
			if left := l.guests(t, seen.Run.ID); len(left) > 0 {
				t.Errorf("after cleanup there are still %v", left)
			}
		})
	}
}

// jobs are the cases that a killed run plays at a time.
const jobs = 4

// compare holds the ledger against what is really there: every guest is listed,
// and what is listed with an id is there, but for groups whose deletion was under
// way when the program was killed, one for each job at most.
func (l *lobby) compare(t *testing.T, seen *evidence.Evidence) {
	t.Helper()
	there := map[string]bool{}
	for _, name := range l.guests(t, seen.Run.ID) {
		there[name] = true
	}
	unsure, deleting := 0, 0
	for _, e := range evidence.Outstanding(seen.Ledger) {
		switch key := e.Kind + " " + e.ID; {
		case e.ID == "":
			unsure++
		case !there[key] && e.Kind == evidence.Group:
			deleting++
		default:
			delete(there, key)
		}
	}
	if deleting > jobs {
		t.Errorf("%d groups are listed as left behind, and are not there", deleting)
	}
	if len(there) > unsure {
		t.Errorf("%v are there, and only %d entries without an id could mean them", there, unsure)
	}
}

// Interrupted, the program tidies up, and leaves a report that says so.
func TestInterruptedAtAnyMoment(t *testing.T) {
	program := build(t)
	for _, moment := range []int64{1, 40, 333} {
		t.Run(strconv.FormatInt(moment, 10)+" requests", func(t *testing.T) {
			l, dir := newLobby(t), filepath.Join(t.TempDir(), "out")
			var exit *exec.ExitError
			err := l.run(program, dir, moment, func(p *os.Process) { _ = p.Signal(os.Interrupt) })
			if !errors.As(err, &exit) || exit.ExitCode() != incomplete {
				t.Errorf("want exit code %d, got %v", incomplete, err)
			}
			seen, err := evidence.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if seen.End == nil || !seen.End.Interrupted {
				t.Errorf("the journal ends with %+v", seen.End)
			}
			for _, o := range seen.Outcomes {
				if o.Verdict == evidence.Error || o.Verdict == evidence.Fail {
					t.Errorf("%s is %s: %s", o.Address(), o.Verdict, o.Reason)
				}
			}
			if left := l.guests(t, seen.Run.ID); len(left) > 0 {
				t.Errorf("there are still %v", left)
			}
			if _, err := os.Stat(filepath.Join(dir, "result.json")); err != nil {
				t.Error(err)
			}
		})
	}
}

// A second interruption ends the program at once, whatever it waits for.
func TestInterruptedTwice(t *testing.T) {
	l, dir := newLobby(t), filepath.Join(t.TempDir(), "out")
	program, reached, hold, ended := build(t), make(chan *os.Process), make(chan bool), make(chan error, 1)
	defer close(hold)
	go func() {
		ended <- l.run(program, dir, 40, func(p *os.Process) { reached <- p; <-hold })
	}()
	var process *os.Process
	select {
	case process = <-reached:
	case err := <-ended:
		t.Fatalf("the program ended before it was interrupted: %v", err)
	}
	knock := time.NewTicker(20 * time.Millisecond)
	defer knock.Stop()
	for {
		_ = process.Signal(os.Interrupt)
		select {
		case err := <-ended:
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != os.Interrupt {
				t.Errorf("want the end by the signal, got %v", err)
			}
			return
		case <-knock.C:
		}
	}
}
