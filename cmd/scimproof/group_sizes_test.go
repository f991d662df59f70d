package main

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

// TestGroupSizes measures, and judges the members alone: what the push of groups of
// several sizes takes of requests, time and the mock's memory, in both dialects.
// SCIMPROOF_GROUPS names the sizes, as in "1000 10000 100000". Each dialect has a
// server in a process of its own; the mock is in this one.
func TestGroupSizes(t *testing.T) {
	if os.Getenv("SCIMPROOF_GROUPS") == "" {
		t.Skip("measures for minutes; make bench-groups runs it")
	}
	var sizes []int
	most := 0
	for _, size := range strings.Fields(os.Getenv("SCIMPROOF_GROUPS")) {
		n, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		sizes, most = append(sizes, n), max(most, n)
	}
	program := build(t)
	for _, dialect := range []string{"oin", "aiw"} {
		t.Run(dialect, func(t *testing.T) {
			url, token := reached(t, program)
			o := organise(t, dialect, url, token, most)
			for _, size := range sizes {
				o.pushes(size)
			}
			raw, _ := os.ReadFile("/proc/loadavg")
			t.Logf("load average %.14s", raw)
		})
	}
}

// A staff is an Okta whose people have accounts at a server.
type staff struct {
	t      *testing.T
	admin  management.Client
	app    directory.AppID
	people []directory.PersonID
	wire   *counting
}

func organise(t *testing.T, dialect, url, token string, people int) *staff {
	t.Helper()
	c := &staff{t: t, wire: &counting{to: &http.Transport{MaxIdleConnsPerHost: 8}}}
	okta, err := mockokta.Start(mockokta.Config{Target: c.wire})
	if err != nil {
		t.Fatal(err)
	}
	carrier := &http.Transport{}
	t.Cleanup(func() {
		carrier.CloseIdleConnections()
		c.wire.to.CloseIdleConnections()
		if err := okta.Close(); err != nil {
			t.Error(err)
		}
	})
	c.admin = management.Client{URL: okta.URL, Token: okta.Token, HTTP: carrier}
	catalogue := map[string]string{"oin": directory.TokenAuth}[dialect]
	if c.app, err = c.admin.CreateApp(t.Context(), "Immuta", catalogue); err != nil {
		t.Fatal(err)
	}
	if dialect == "aiw" {
		c.must(c.admin.EnableSCIM(t.Context(), c.app))
	}
	c.must(c.admin.Connect(t.Context(), c.app, url, token))
	c.must(c.admin.ActivateConnection(t.Context(), c.app))
	c.must(c.admin.SetProvisioning(t.Context(), c.app, true, true, true))
	began := time.Now()
	for n := range people {
		login := fmt.Sprintf("person.%06d@example.test", n)
		id, err := c.admin.CreateUser(t.Context(), directory.Profile{"login": login, "email": login, "firstName": fmt.Sprint("Person", n), "lastName": "Test"})
		if err != nil {
			t.Fatal(err)
		}
		c.people = append(c.people, id)
	}
	made := time.Since(began)
	c.must(c.admin.AssignGroup(t.Context(), c.app, c.group("everybody", people)))
	c.settle()
	t.Logf("%s: %d people made in %.1f s, provisioned in %.1f s", dialect, people, made.Seconds(), (time.Since(began) - made).Seconds())
	return c
}

func (c *staff) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// settle lets Okta do what is left, and fails when something did not go well.
func (c *staff) settle() {
	c.t.Helper()
	c.must(c.admin.Settle(c.t.Context()))
	tasks, err := c.admin.Tasks(c.t.Context())
	c.must(err)
	if len(tasks) > 0 {
		c.t.Fatalf("%d tasks, the first: %s", len(tasks), tasks[0].Error)
	}
}

// group makes a group of the first so many people, which nobody pushes yet.
func (c *staff) group(name string, size int) directory.GroupID {
	c.t.Helper()
	id, err := c.admin.CreateGroup(c.t.Context(), name)
	c.must(err)
	for rest := c.people[:size]; len(rest) > 0; {
		n := min(20_000, len(rest)) // a request of Okta's API is no larger than a mebibyte
		c.must(c.admin.AddMembers(c.t.Context(), id, rest[:n]...))
		rest = rest[n:]
	}
	return id
}

// pushes pushes a group for the first time, then a change of one member.
func (c *staff) pushes(size int) {
	c.t.Helper()
	g := c.group(fmt.Sprint("of ", size), size)
	_, err := c.admin.PushGroup(c.t.Context(), c.app, g, fmt.Sprint("of ", size))
	c.must(err)
	first := c.measured(c.settle)
	c.must(c.admin.RemoveMember(c.t.Context(), g, c.people[size/2]))
	left := c.measured(c.settle)
	c.t.Logf("%7d members: %s; one leaves: %s", size, first, left)
}

// A measure is what something took.
type measure struct {
	requests, largest int
	took              time.Duration
	before, peak      uint64 // of the heap, in bytes
}

func (m measure) String() string {
	return fmt.Sprintf("%d requests, the largest body %d bytes, %.3f s, %.2f ms a request, heap %.0f MB and %.0f MB more at most",
		m.requests, m.largest, m.took.Seconds(), m.took.Seconds()*1000/float64(max(m.requests, 1)), float64(m.before)/1e6, float64(max(m.peak, m.before)-m.before)/1e6)
}

func (c *staff) measured(do func()) measure {
	c.t.Helper()
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	c.wire.begin()
	began := time.Now()
	do()
	m := c.wire.seen
	m.took, m.before = time.Since(began), memory.HeapAlloc
	return m
}

// counting carries requests, and looks at the heap now and then.
type counting struct {
	to   *http.Transport
	mu   sync.Mutex
	seen measure
}

func (c *counting) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = measure{}
}

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.seen.requests++
	c.seen.largest = max(c.seen.largest, int(r.ContentLength))
	if strings.Contains(r.URL.Path, "/Groups") && (c.seen.requests%16 == 0 || r.ContentLength > 1<<20) {
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		c.seen.peak = max(c.seen.peak, memory.HeapAlloc)
	}
	c.mu.Unlock()
	return c.to.RoundTrip(r)
}
