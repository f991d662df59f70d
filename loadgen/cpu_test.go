package loadgen

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/loadgen/pace"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

// BenchmarkCPU weighs the generator's CPU time per request against a bare
// net/http client and against vegeta's own attack, which replay the same requests
// with the same timeout. One iteration is a slice of each arm, one after the other
// in turn, so that other work on the machine meets all of them. The target, in a
// process of its own, gives canned answers. 100,000 requests an arm are 20
// iterations: make bench-load.
func BenchmarkCPU(b *testing.B) {
	w := newWeighing(b)
	arms := []struct {
		name string
		play func(*testing.B, crowd.Population)
	}{{"bare", w.bare}, {"vegeta", w.vegeta}, {"ours", w.ours}, {"ledger", w.oursWithLedger}}
	b.Logf("%d requests an arm; load average before: %s", b.N*2*slice, loadAverage())
	defer func() { b.Logf("load average after: %s", loadAverage()) }()
	spent := make([][]float64, len(arms))
	for i := range b.N {
		for k := range arms {
			k = (k + i) % len(arms)
			spent[k] = append(spent[k], w.weigh(b, i*len(arms)+k, arms[k].play))
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(mean(spent[0]), "µs/bare")
	compare := func(a, to int) {
		ratio, within := ratios(spent[a], spent[to])
		b.ReportMetric(ratio, arms[a].name+"/"+arms[to].name)
		b.ReportMetric(within, "±"+arms[a].name+"/"+arms[to].name)
	}
	compare(1, 0)
	compare(2, 0)
	compare(2, 1)
	compare(3, 0)
}

// loadAverage is what else the machine does: figures that were taken while it did
// much are to be doubted.
func loadAverage() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known on this system"
	}
	return strings.Join(strings.Fields(string(raw))[:3], " ")
}

const (
	slice       = 2_500 // people, two requests each
	connections = 16
)

// A weighing is a canned target and a way to it for each arm.
type weighing struct {
	url  string
	base *http.Transport
	said [][2]scim.Request // by the crowd of the slice: a lookup and a create each
}

func newWeighing(b *testing.B) *weighing {
	base := transport(nil, connections)
	b.Cleanup(base.CloseIdleConnections)
	return &weighing{url: cannedTarget(b), base: base}
}

// weigh plays one slice and returns its CPU time per request, in µs.
func (w *weighing) weigh(b *testing.B, n int, play func(*testing.B, crowd.Population)) float64 {
	people := crowd.Population{Mark: fmt.Sprintf("sp%08d", n), Seed: 1, Size: slice}
	w.said = w.script(people)
	before := cpu()
	play(b, people)
	return float64((cpu() - before).Nanoseconds()) / 1000 / (2 * slice)
}

// script is what a crowd says to the canned target.
func (w *weighing) script(p crowd.Population) [][2]scim.Request {
	said := make([][2]scim.Request, p.Size)
	for n := range said {
		d := Dialogues{People: p, Dialect: provision.OIN}.Onboard(n)
		next := d.Hear(scim.Answer{Status: http.StatusOK, Body: []byte(cannedNobody)})
		said[n] = [2]scim.Request{d.Say, next.Say}
	}
	return said
}

func cpu() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func (w *weighing) ours(b *testing.B, p crowd.Population) { w.crowd(b, p, nil) }

func (w *weighing) oursWithLedger(b *testing.B, p crowd.Population) {
	ledger, err := evidence.OpenLedger(b.TempDir(), evidence.NewRedactor("secret-token"))
	if err != nil {
		b.Fatal(err)
	}
	defer ledger.Close()
	f := newForerunner(ledger, p, w.url, time.Now)
	f.start()
	w.crowd(b, p, f)
	if err := f.close(func(int) bool { return true }, nil); err != nil {
		b.Fatal(err)
	}
}

func (w *weighing) crowd(b *testing.B, p crowd.Population, f *forerunner) {
	config := wire.Config{Base: w.base, URL: w.url, Mark: p.Mark}
	if f != nil {
		config.Ledger = f
	}
	wires, err := wire.NewCrowd(config)
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancelCause(b.Context())
	defer stop(nil)
	t := newTally(p.Size, pace.Schedule{}, 16, "onboard")
	line, err := newLine(scim.Client{BaseURL: w.url, Authorization: "Bearer secret-token"}, time.Minute, t, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	s := &stage{
		line: line, phase: crowd.Onboard, kinds: []crowd.Kind{crowd.KindOnboard}, plan: crowd.NewPlan(crowd.Groups{People: p}, []crowd.Phase{crowd.Onboard}, 0, nil), roster: newRoster(crowd.Groups{People: p}, false),
		dialogues: Dialogues{People: p, Dialect: provision.OIN}, crowd: wires, announced: f, soft: ctx, hard: ctx, giveUp: stop, closed: &atomic.Int32{},
	}
	pace.Attack{People: p.Size, Workers: connections, Began: t.begins, Now: time.Now}.Run(ctx, s, func() {})
	if done := t.people().Done; done != p.Size {
		b.Fatalf("%d of %d dialogues went well: %v", done, p.Size, t.failures)
	}
}

// bare replays what the crowd would say. The requests are made beforehand, and
// not weighed.
func (w *weighing) bare(b *testing.B, _ crowd.Population) {
	b.Helper()
	headers := (&line{client: scim.Client{BaseURL: w.url, Authorization: "Bearer secret-token"}})
	get, post := headers.headersOf(http.MethodGet), headers.headersOf(http.MethodPost)
	client := &http.Client{Transport: w.base, Timeout: time.Minute}
	var replayed sync.WaitGroup
	turns := make(chan [2]scim.Request)
	for range connections {
		replayed.Go(func() {
			for dialogue := range turns {
				replay(b, client, w.url, get, dialogue[0])
				replay(b, client, w.url, post, dialogue[1])
			}
		})
	}
	for _, dialogue := range w.said {
		turns <- dialogue
	}
	close(turns)
	replayed.Wait()
}

// vegeta attacks with what the crowd would say. The bodies and the addresses are
// made beforehand, and not weighed.
func (w *weighing) vegeta(b *testing.B, _ crowd.Population) {
	headers := (&line{client: scim.Client{BaseURL: w.url, Authorization: "Bearer secret-token"}})
	shared := map[string]http.Header{http.MethodGet: headers.headersOf(http.MethodGet), http.MethodPost: headers.headersOf(http.MethodPost)}
	var next atomic.Int64
	targeter := func(t *vegeta.Target) error {
		n := next.Add(1) - 1
		r := w.said[n/2][n%2]
		t.Method, t.URL, t.Body, t.Header = r.Method, address(w.url, r), r.Body, shared[r.Method]
		return nil
	}
	attacker := vegeta.NewAttacker(vegeta.Client(&http.Client{Transport: w.base, Timeout: time.Minute}), vegeta.Workers(connections), vegeta.MaxWorkers(connections))
	for result := range attacker.Attack(targeter, soMany(2*len(w.said)), 0, "") {
		if result.Error != "" {
			b.Fatal(result.Error)
		}
	}
}

// soMany ends an attack by count, as fast as it goes.
type soMany uint64

func (n soMany) Pace(_ time.Duration, hits uint64) (time.Duration, bool) { return 0, hits >= uint64(n) }

func (soMany) Rate(time.Duration) float64 { return 0 }

func address(base string, r scim.Request) string {
	if r.RawQuery == "" {
		return base + r.Path
	}
	return base + r.Path + "?" + r.RawQuery
}

func replay(b *testing.B, client *http.Client, base string, h http.Header, r scim.Request) {
	req, err := http.NewRequest(r.Method, address(base, r), bytes.NewReader(r.Body))
	if err != nil {
		b.Error(err)
		return
	}
	req.Header = h
	answer, err := client.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		b.Error(err)
	}
}

// cannedTarget starts this test binary as a server that answers every lookup
// with nobody and every create with the same account.
func cannedTarget(b *testing.B) string {
	server := exec.Command(os.Args[0], "-test.run=^TestCannedTarget$")
	server.Env = append(os.Environ(), "LOADGEN_CANNED=1")
	out, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	in, err := server.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); _ = server.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// TestCannedTarget is no test but the process of BenchmarkCPU's target. It serves
// until its standard input ends.
func TestCannedTarget(t *testing.T) {
	if os.Getenv("LOADGEN_CANNED") == "" {
		t.Skip("runs only as the target of BenchmarkCPU, in a process of its own")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(canned)}
	defer server.Close()
	go func() { _ = server.Serve(listener) }()
	fmt.Printf("http://%s/scim/v2\n", listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func canned(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/scim+json")
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, cannedNobody)
		return
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, cannedAccount)
}

const (
	cannedNobody  = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`
	cannedAccount = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"62d6626b-97a6-4fdb-97dd-a621f6878a54","externalId":"00u1aa0000000000001a",` +
		`"userName":"ana.ruiz@scimproof.test","name":{"givenName":"Ana","familyName":"Ruiz"},"displayName":"Ana Ruiz","locale":"en-US",` +
		`"emails":[{"value":"ana@mail.scimproof.test","type":"work","primary":true}],"groups":[],"active":true,` +
		`"meta":{"resourceType":"User","created":"2026-01-01T00:00:00Z","lastModified":"2026-01-01T00:00:00Z","location":"http://127.0.0.1/scim/v2/Users/62d6626b-97a6-4fdb-97dd-a621f6878a54"}}`
)

func mean(of []float64) float64 {
	sum := 0.0
	for _, v := range of {
		sum += v
	}
	return sum / float64(len(of))
}

// ratios returns the mean of a/b, slice by slice, and half of its 95 % interval.
func ratios(a, b []float64) (ratio, within float64) {
	of := make([]float64, len(a))
	for i := range a {
		of[i] = a[i] / b[i]
	}
	ratio = mean(of)
	squares := 0.0
	for _, r := range of {
		squares += (r - ratio) * (r - ratio)
	}
	if n := float64(len(of)); n > 1 {
		within = 1.96 * math.Sqrt(squares/(n-1)/n)
	}
	return ratio, within
}
