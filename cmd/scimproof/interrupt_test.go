package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	stderr     io.Writer // of the program; nil is none

	mu    sync.Mutex
	calls int64
	at    int64
	act   func()
	until chan bool // holds calls, when there is one
	late  int       // calls of Okta's since then
}

// arrives counts a request, and acts when it is the one.
func (l *lobby) arrives(r *http.Request) {
	l.mu.Lock()
	l.calls++
	now, act, until := l.calls == l.at, l.act, l.until
	if until != nil && strings.HasPrefix(r.UserAgent(), "Okta") {
		l.late++
	}
	l.mu.Unlock()
	if now {
		act()
	} else if until != nil {
		<-until
	}
}

// watch holds every call from now on until a channel is closed, and counts Okta's.
func (l *lobby) watch(until chan bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = until
}

// okta is how many calls of Okta's have come since watch.
func (l *lobby) okta() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.late
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
		l.arrives(r)
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
	var names []string
	for _, one := range l.present(t, mark) {
		if one.inUse {
			names = append(names, one.kind+" "+one.id)
		}
	}
	return names
}

// A presence is a thing at the target.
type presence struct {
	kind, id, name string
	inUse          bool // an active account, or a group
}

// present lists the accounts and the groups at the target that bear a mark.
func (l *lobby) present(t *testing.T, mark string) []presence {
	t.Helper()
	eyes := target.Eyes{URL: l.url, Token: l.token}
	var all []presence
	for _, r := range listed(t, eyes, "/Users") {
		active, _ := r.Active()
		all = append(all, presence{evidence.User, r.ID(), r.Text("userName"), active})
	}
	for _, r := range listed(t, eyes, "/Groups") {
		all = append(all, presence{evidence.Group, r.ID(), r.Text("displayName"), true})
	}
	return slices.DeleteFunc(all, func(p presence) bool { return !strings.Contains(strings.ToLower(p.name), mark) })
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
func (l *lobby) run(program, dir string, at int64, act func(*os.Process), verb ...string) error {
	c := exec.Command(program, append(verb, "--target", l.url, "--out", dir)...)
	c.Stderr = l.stderr
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
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.at = 0 // who looks afterwards is nobody to act upon
	}()
	return c.Wait()
}

// The verbs that make something at a target, and up to which request of theirs
// they are killed. SCIMPROOF_KILLS sets how often.
var makers = map[string]struct {
	verb    []string
	moments int
}{
	"check": {[]string{"check", "--jobs", strconv.Itoa(jobs)}, 700},
	"load":  {[]string{"load", "--people", "300", "--rate", "0"}, 1500},
}

// Killed at any moment, the program leaves a folder that tells what it saw, and
// exactly what it has left at the target; cleanup puts that away.
func TestKilledAtAnyMoment(t *testing.T) {
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("SCIMPROOF_KILLS")); err == nil {
		kills = n
	}
	program := build(t)
	for name, m := range makers {
		for range kills {
			moment := int64(2 + rand.IntN(m.moments)) // the name of the subtest tells which
			t.Run(fmt.Sprintf("%s, %d requests", name, moment), func(t *testing.T) {
				killed(t, program, moment, m.verb)
			})
		}
	}
}

// A load that is killed before its first create has announced hundreds of people,
// of whom none is there.
func TestKilledBeforeAnybodyWasMade(t *testing.T) {
	killed(t, build(t), 2, makers["load"].verb)
}

func killed(t *testing.T, program string, moment int64, verb []string) {
	t.Helper()
	l, dir := newLobby(t), filepath.Join(t.TempDir(), "out")
	_ = l.run(program, dir, moment, func(p *os.Process) { _ = p.Kill() }, verb...)
	seen, err := evidence.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("SCIMPROOF_TOKEN", l.token)
	code, out, _ := shellRun(t, "report", dir)
	if code != incomplete || !strings.HasPrefix(out, "INCOMPLETE") || strings.Contains(out, "scenario") != (verb[0] == "check") {
		t.Errorf("the report of a killed run ends with %d:\n%.300s", code, out)
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if verb[0] == "check" && (err != nil || !strings.Contains(string(page), "the run was killed")) {
		t.Errorf("the page of a killed run does not say so: %v", err)
	}
	l.compare(t, seen)
	if code, out, stderr := shellRun(t, "cleanup", "--run", seen.Run.ID, "--dir", dir); code != ok {
		t.Errorf("cleanup ends with %d\n%.2000s%s", code, out, stderr)
	}
	if left := l.guests(t, seen.Run.ID); len(left) > 0 {
		t.Errorf("after cleanup there are still %v", left)
	}
}

// jobs are the cases that a killed run plays at a time.
const jobs = 4

// compare holds the ledger against what is really there: whatever is in use is
// listed, by its id or, where the program had not heard of its id, by its name; and
// what is listed with an id is there, but for groups whose deletion was under way
// when the program was killed, one for each job at most.
func (l *lobby) compare(t *testing.T, seen *evidence.Evidence) {
	t.Helper()
	there, byID, byName := map[string]bool{}, map[string]bool{}, map[string]bool{}
	present := l.present(t, seen.Run.ID)
	for _, p := range present {
		there[p.kind+" "+p.id] = true
	}
	deleting := 0
	for _, e := range evidence.Standing(seen.Ledger) {
		switch key := e.Kind + " " + e.ID; {
		case e.ID == "":
			byName[e.Kind+" "+strings.ToLower(e.Name)] = true
		case there[key]:
			byID[key] = true
		case e.Kind == evidence.Group:
			deleting++
		default:
			t.Errorf("%s is listed, and is not there", key)
		}
	}
	if deleting > jobs {
		t.Errorf("%d groups are listed as left behind, and are not there", deleting)
	}
	for _, p := range present {
		if p.inUse && !byID[p.kind+" "+p.id] && !byName[p.kind+" "+strings.ToLower(p.name)] {
			t.Errorf("%s %q, id %s, is there and is not listed", p.kind, p.name, p.id)
		}
	}
}

// Interrupted, the program tidies up, and leaves a report that says so.
func TestInterruptedAtAnyMoment(t *testing.T) {
	program := build(t)
	for _, moment := range []int64{1, 40, 333} {
		t.Run(strconv.FormatInt(moment, 10)+" requests", func(t *testing.T) {
			l, dir := newLobby(t), filepath.Join(t.TempDir(), "out")
			var exit *exec.ExitError
			err := l.run(program, dir, moment, func(p *os.Process) { _ = p.Signal(os.Interrupt) }, makers["check"].verb...)
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

// A load that is interrupted begins nothing new from the moment when it says that
// it has heard; what is in flight ends, what was made is put away, and a report
// says what was seen.
func TestALoadInterruptedAtAnyMoment(t *testing.T) {
	program := build(t)
	for _, moment := range []int64{1, 40, 333} {
		t.Run(strconv.FormatInt(moment, 10)+" requests", func(t *testing.T) {
			l, dir := newLobby(t), filepath.Join(t.TempDir(), "out")
			said := &spoken{word: interruption, heard: make(chan bool)}
			l.stderr = said
			var exit *exec.ExitError
			err := l.run(program, dir, moment, func(p *os.Process) {
				l.watch(said.heard) // whoever calls now is answered once the program has heard
				_ = p.Signal(os.Interrupt)
				<-said.heard
			}, makers["load"].verb...)
			if !errors.As(err, &exit) || exit.ExitCode() != incomplete {
				t.Errorf("want exit code %d, got %v", incomplete, err)
			}
			if n := l.okta(); n > 16 {
				t.Errorf("Okta made %d requests that had not been answered when the program heard; 16 may have been in flight", n)
			}
			seen, err := evidence.ReadLoad(dir)
			if err != nil || seen.Result != "incomplete" || !seen.Run.Interrupted || seen.Readback.Bad() > 0 {
				t.Errorf("%v %+v", err, seen)
			}
			if left := l.guests(t, seen.Run.ID); len(left) > 0 {
				t.Errorf("there are still %v", left)
			}
		})
	}
}

// A spoken word is waited for in what a program says.
type spoken struct {
	word  string
	heard chan bool

	mu  sync.Mutex
	all strings.Builder
}

func (s *spoken) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := strings.Contains(s.all.String(), s.word)
	s.all.Write(p)
	if !before && strings.Contains(s.all.String(), s.word) {
		close(s.heard)
	}
	return len(p), nil
}

// A second interruption ends the program at once, whatever it waits for.
func TestInterruptedTwice(t *testing.T) {
	l, dir := newLobby(t), filepath.Join(t.TempDir(), "out")
	program, reached, hold, ended := build(t), make(chan *os.Process), make(chan bool), make(chan error, 1)
	defer close(hold)
	go func() {
		ended <- l.run(program, dir, 40, func(p *os.Process) { reached <- p; <-hold }, makers["check"].verb...)
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
