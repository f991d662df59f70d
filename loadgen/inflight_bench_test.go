package loadgen

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

// BenchmarkInFlight weighs the generator while so many dialogues are in flight, each
// waiting for the answer to its create, which is when it holds most: heap and stacks,
// live after a collection, beside what there was before, by dialogue. Marginal is what
// each of 3,750 more adds, which leaves out what a run holds whatever its size.
//
// A target that answers lookups at once is weighed as well: without a bound net/http
// would have dialled there for dialogues that then took a connection which another had
// done with, and each of those weighs until it has been idle for 30 s.
//
// Generator and target are processes of their own, fresh ones for each weighing: a
// runtime keeps what ended goroutines were made of.
func BenchmarkInFlight(b *testing.B) {
	sizes := []int{250, 1_000, 4_000}
	b.Logf("load average before: %s", loadAverage())
	for _, f := range []flight{{}, {Ledger: true}, {Ledger: true, Prompt: true}} {
		b.Run(f.String(), func(b *testing.B) {
			for range b.N {
				var held []float64
				for _, f.Size = range sizes {
					w := f.weighed(b)
					held = append(held, w.Heap+w.Stacks)
					each := func(v float64) float64 { return v / float64(f.Size) }
					b.ReportMetric(each(w.Heap+w.Stacks), fmt.Sprintf("KB/dialogue-%d", f.Size))
					b.Logf("%d dialogues: %.1f KB of heap and %.1f KB of stacks each, on %.2f connections",
						f.Size, each(w.Heap), each(w.Stacks), each(float64(w.Connections)))
				}
				last := len(sizes) - 1
				b.ReportMetric((held[last]-held[0])/float64(sizes[last]-sizes[0]), "KB/dialogue-marginal")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
	b.Logf("load average after: %s", loadAverage())
}

// A flight is a crowd of which everybody talks at a time.
type flight struct {
	Size   int
	Ledger bool // as at somebody's server
	Prompt bool // lookups are answered at once
}

func (f flight) String() string {
	name := map[bool]string{false: "no ledger", true: "a ledger"}[f.Ledger]
	if f.Prompt {
		name += ", prompt lookups"
	}
	return name
}

// A weight is what a flight holds, in KB, and on how many connections.
type weight struct {
	Heap, Stacks float64
	Connections  int
}

const weightForm = "%g KB of heap, %g KB of stacks, %d connections\n"

// weighed starts this test binary as the generator.
func (f flight) weighed(b *testing.B) (w weight) {
	b.Helper()
	generator := exec.Command(os.Args[0], "-test.run=^TestWeighedInFlight$")
	generator.Env = append(os.Environ(), fmt.Sprintf("LOADGEN_FLIGHT=%d %v %v", f.Size, f.Ledger, f.Prompt))
	out, err := generator.Output()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	if _, err := fmt.Sscanf(string(out), weightForm, &w.Heap, &w.Stacks, &w.Connections); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return w
}

// TestWeighedInFlight is no test but the process of BenchmarkInFlight's generator.
func TestWeighedInFlight(t *testing.T) {
	var f flight
	if _, err := fmt.Sscan(os.Getenv("LOADGEN_FLIGHT"), &f.Size, &f.Ledger, &f.Prompt); err != nil {
		t.Skip("runs only as the generator of BenchmarkInFlight, in a process of its own")
	}
	w := f.weigh(t)
	fmt.Printf(weightForm, w.Heap, w.Stacks, w.Connections)
}

// weigh leads the crowd, takes its weight while all wait for their creates, and lets
// them end.
func (f flight) weigh(t *testing.T) weight {
	target := f.target(t)
	before := live()
	p := crowd.Population{Mark: "spflight00", Seed: 1, Size: f.Size}
	base := transport(nil, f.Size)
	config := wire.Config{Base: base, URL: target.url, Mark: p.Mark}
	var announced *forerunner
	if f.Ledger {
		ledger, err := evidence.OpenLedger(t.TempDir(), evidence.NewRedactor("secret-token"))
		if err != nil {
			t.Fatal(err)
		}
		defer ledger.Close()
		announced = newForerunner(ledger, p, target.url, time.Now)
		announced.start()
		config.Ledger = announced
	}
	wires, err := wire.NewCrowd(config)
	if err != nil {
		t.Fatal(err)
	}
	defer wires.Close()
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	groups, tally := crowd.Groups{People: p}, newTally(f.Size, pace.Schedule{}, f.Size, crowd.KindOnboard)
	line, err := newLine(scim.Client{BaseURL: target.url, Authorization: "Bearer secret-token"}, time.Minute, tally, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{
		line: line, phase: crowd.Onboard, kinds: []crowd.Kind{crowd.KindOnboard}, plan: crowd.NewPlan(groups, []crowd.Phase{crowd.Onboard}, 0, nil), roster: newRoster(groups, false),
		dialogues: Dialogues{People: p, Dialect: provision.OIN}, crowd: wires, announced: announced, soft: ctx, hard: ctx, giveUp: stop, closed: &atomic.Int32{},
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer target.release() // also where some never came to their create
		pace.Attack{People: f.Size, Workers: f.Size, Began: tally.begins, Now: time.Now}.Run(ctx, s, func() {})
	}()
	held := target.hear(t)
	during := live()
	target.release()
	<-ended
	if announced != nil {
		if err := announced.close(func(int) bool { return true }, nil); err != nil {
			t.Fatal(err)
		}
	}
	if done := tally.people().Done; done != f.Size {
		t.Fatalf("%d of %d dialogues went well: %v", done, f.Size, tally.failures)
	}
	var w weight
	if _, err := fmt.Sscan(held, &w.Connections); err != nil {
		t.Fatalf("%q: %v", held, err)
	}
	w.Heap, w.Stacks = (float64(during.HeapAlloc)-float64(before.HeapAlloc))/1024, (float64(during.StackInuse)-float64(before.StackInuse))/1024
	return w
}

// live is what memory is held after a collection. The second one lets go of what pools
// kept over the first.
func live() (m runtime.MemStats) {
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m
}

// A holding target says by a line on its standard output on how many connections it is
// once it holds all creates. It answers them when its standard input ends, and then ends
// itself.
type holding struct {
	url     string
	out     *bufio.Reader
	release func()
}

func (h *holding) hear(t *testing.T) string {
	t.Helper()
	line, err := h.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// target starts this test binary as a target that holds the crowd's creates.
func (f flight) target(t *testing.T) *holding {
	t.Helper()
	server := exec.Command(os.Args[0], "-test.run=^TestHoldingTarget$")
	server.Env = append(os.Environ(), fmt.Sprintf("LOADGEN_HOLDS=%d %v", f.Size, f.Prompt))
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	h := &holding{out: bufio.NewReader(out), release: func() { in.Close() }}
	t.Cleanup(func() { in.Close(); _ = server.Wait() })
	h.url = h.hear(t)
	return h
}

// TestHoldingTarget is no test but the process of BenchmarkInFlight's target.
func TestHoldingTarget(t *testing.T) {
	var creates, lookups atomic.Int64 // that are still to come
	var size int64
	var prompt bool
	if _, err := fmt.Sscan(os.Getenv("LOADGEN_HOLDS"), &size, &prompt); err != nil {
		t.Skip("runs only as the target of BenchmarkInFlight, in a process of its own")
	}
	creates.Store(size)
	lookups.Store(size)
	known, released := make(chan struct{}), make(chan struct{})
	if prompt {
		lookups.Store(0)
		close(known)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var connections atomic.Int64
	server := &http.Server{
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				connections.Add(1)
			}
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				if lookups.Add(-1) == 0 {
					close(known)
				}
				<-known
			} else {
				if creates.Add(-1) == 0 {
					fmt.Println(connections.Load())
				}
				<-released
			}
			canned(w, r)
		}),
	}
	go func() { _ = server.Serve(listener) }()
	fmt.Printf("http://%s/scim/v2\n", listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
	close(released)
	_ = server.Shutdown(t.Context())
}
