package provision_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// BenchmarkProvisioning weighs the engine against a bare net/http client that
// replays the same requests, as many at once: people a second, and CPU time of a
// request, from the first Submit to the end of Settle. One iteration is a slice of
// each arm, one after the other in turn, so that other work on the machine meets
// both. The target, in a process of its own, gives canned answers. See make
// bench-okta.
func BenchmarkProvisioning(b *testing.B) {
	url := cannedTarget(b)
	for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
		for _, dialogue := range []string{"create", "link"} {
			for _, workers := range []int{0, 16} {
				name := fmt.Sprintf("%s/%s/workers=%d", dialect, dialogue, cmp.Or(workers, 4))
				b.Run(name, func(b *testing.B) {
					newWeighing(b, url+"/"+dialogue, dialect, workers).compare(b)
				})
			}
		}
	}
}

const slice = 2_500 // people

// A weighing is one dialogue with a canned target, and what was said in it.
type weighing struct {
	dialect provision.Dialect
	workers int // 0 is the engine's default
	client  scim.Client
	said    [][]scim.Request // by person
	calls   int
}

func newWeighing(b *testing.B, url string, dialect provision.Dialect, workers int) *weighing {
	transport := &http.Transport{Protocols: new(http.Protocols), MaxIdleConnsPerHost: 16}
	transport.Protocols.SetHTTP1(true)
	b.Cleanup(transport.CloseIdleConnections)
	w := &weighing{dialect: dialect, workers: workers, client: scim.Client{BaseURL: url, Authorization: "Bearer s3cret", HTTP: transport}}
	heard := &listening{Caller: &w.client, said: map[string][]scim.Request{}}
	w.office(b, heard).settle()
	for _, said := range heard.said {
		w.said = append(w.said, said)
		w.calls += len(said)
	}
	require.Len(b, w.said, slice)
	return w
}

// listening keeps what is said about whom.
type listening struct {
	provision.Caller
	mu   sync.Mutex
	said map[string][]scim.Request
}

func (l *listening) Call(ctx context.Context, r scim.Request) (scim.Answer, error) {
	l.mu.Lock()
	who, _ := scim.SubjectOf(ctx)
	l.said[who.ID] = append(l.said[who.ID], r)
	l.mu.Unlock()
	return l.Caller.Call(ctx, r)
}

// office is one in which a slice of people was assigned.
func (w *weighing) office(b *testing.B, target provision.Caller) office {
	o := open(b, w.dialect, provision.Config{Target: target, Seed: 1, Knobs: provision.Knobs{Workers: w.workers}})
	o.assign(o.people(slice)...)
	return o
}

// cost is what a slice took.
type cost struct{ cpu, wall time.Duration }

func spent(on func()) cost {
	runtime.GC()
	cpu, began := used(), time.Now()
	on()
	return cost{used() - cpu, time.Since(began)}
}

func used() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func (w *weighing) compare(b *testing.B) {
	b.Logf("load average before: %s", loadAverage())
	defer func() { b.Logf("load average after: %s", loadAverage()) }()
	var bare, client, ours []cost
	arms := []func(){
		func() { bare = append(bare, w.bare(b)) },
		func() { client = append(client, w.alone(b)) },
		func() { ours = append(ours, w.ours(b)) },
	}
	for i := range b.N {
		for k := range arms {
			arms[(k+i)%len(arms)]()
		}
	}
	cpu := func(c cost) float64 { return float64(c.cpu.Nanoseconds()) / 1000 / float64(w.calls) }
	rate := func(c cost) float64 { return slice / c.wall.Seconds() }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(each(bare, cpu)), "cpu-µs/request-bare")
	b.ReportMetric(median(each(ours, cpu)), "cpu-µs/request")
	b.ReportMetric(median(each(ours, rate)), "people/s")
	report(b, "cpu-client/bare", each(client, cpu), each(bare, cpu))
	report(b, "cpu/bare", each(ours, cpu), each(bare, cpu))
	report(b, "people/bare", each(ours, rate), each(bare, rate))
}

// report tells the ratio of a to its partner in each slice: the mean with half of
// its 95 % interval, and in the log the least, the median and the greatest.
func report(b *testing.B, unit string, ours, bare []float64) {
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = ours[i] / bare[i]
	}
	slices.Sort(ratios)
	n, mean, squares := float64(len(ratios)), 0.0, 0.0
	for _, r := range ratios {
		mean += r / n
	}
	for _, r := range ratios {
		squares += (r - mean) * (r - mean)
	}
	b.ReportMetric(mean, unit)
	if n > 1 {
		b.ReportMetric(1.96*math.Sqrt(squares/(n-1)/n), "±"+unit)
	}
	b.Logf("%s: %.3f to %.3f, median %.3f, of %d slices", unit, ratios[0], ratios[len(ratios)-1], median(ratios), len(ratios))
}

func each(costs []cost, value func(cost) float64) []float64 {
	var values []float64
	for _, c := range costs {
		values = append(values, value(c))
	}
	return values
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// ours is the engine. People and assignments are made beforehand, and not weighed.
func (w *weighing) ours(b *testing.B) cost {
	o := w.office(b, &w.client)
	c := spent(o.settle)
	require.Empty(b, o.Tasks())
	return c
}

// bare replays what the engine said: each person's requests one after the other.
func (w *weighing) bare(b *testing.B) cost {
	headers := map[string]http.Header{}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch} {
		headers[method] = w.headersOf(method)
	}
	client := &http.Client{Transport: w.client.HTTP, Timeout: time.Minute}
	return w.replayed(func(r scim.Request) { w.replay(b, client, headers[r.Method], r) })
}

// alone replays the same by Okta's client, without the engine.
func (w *weighing) alone(b *testing.B) cost {
	return w.replayed(func(r scim.Request) {
		if _, err := w.client.Call(b.Context(), r); err != nil {
			b.Error(err)
		}
	})
}

func (w *weighing) replayed(say func(scim.Request)) cost {
	return spent(func() {
		var replayed sync.WaitGroup
		turns := make(chan []scim.Request)
		for range cmp.Or(w.workers, 4) {
			replayed.Go(func() {
				for said := range turns {
					for _, r := range said {
						say(r)
					}
				}
			})
		}
		for _, said := range w.said {
			turns <- said
		}
		close(turns)
		replayed.Wait()
	})
}

func (w *weighing) replay(b *testing.B, client *http.Client, h http.Header, r scim.Request) {
	url := w.client.BaseURL + r.Path
	if r.RawQuery != "" {
		url += "?" + r.RawQuery
	}
	req, err := http.NewRequest(r.Method, url, bytes.NewReader(r.Body))
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

// headersOf asks Okta's client once which headers it sends.
func (w *weighing) headersOf(method string) http.Header {
	var sent http.Header
	client := w.client
	client.HTTP = carry(func(r *http.Request) (*http.Response, error) {
		sent = r.Header
		return nil, errors.New("only the headers were wanted")
	})
	_, _ = client.Call(context.Background(), scim.Request{Method: method, Path: "/Users"})
	return sent
}

type carry func(*http.Request) (*http.Response, error)

func (c carry) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }

// loadAverage is what else the machine does: figures that were taken while it did
// much are to be doubted.
func loadAverage() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known on this system"
	}
	return strings.Join(strings.Fields(string(raw))[:3], " ")
}

// cannedTarget starts this test binary as a server that knows nobody, under
// /create, and everybody, under /link.
func cannedTarget(b *testing.B) string {
	server := exec.Command(os.Args[0], "-test.run=^TestCannedTarget$")
	server.Env = append(os.Environ(), "PROVISION_CANNED=1")
	out, err := server.StdoutPipe()
	require.NoError(b, err)
	in, err := server.StdinPipe()
	require.NoError(b, err)
	require.NoError(b, server.Start())
	b.Cleanup(func() { in.Close(); _ = server.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(b, err)
	return strings.TrimSpace(address)
}

// TestCannedTarget is no test but the process of the benchmark's target. It serves
// until its standard input ends.
func TestCannedTarget(t *testing.T) {
	if os.Getenv("PROVISION_CANNED") == "" {
		t.Skip("runs only as the target of BenchmarkProvisioning, in a process of its own")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{Handler: http.HandlerFunc(canned)}
	defer server.Close()
	go func() { _ = server.Serve(listener) }()
	fmt.Printf("http://%s\n", listener.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func canned(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/scim+json")
	switch {
	case r.URL.RawQuery != "" && strings.HasPrefix(r.URL.Path, "/link"):
		_, _ = io.WriteString(w, cannedSomebody)
	case r.URL.RawQuery != "":
		_, _ = io.WriteString(w, cannedNobody)
	case r.Method == http.MethodPost:
		w.WriteHeader(http.StatusCreated)
		fallthrough
	default:
		_, _ = io.WriteString(w, cannedAccount)
	}
}

const (
	cannedNobody   = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`
	cannedSomebody = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[` + cannedAccount + `]}`
	cannedAccount  = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"62d6626b-97a6-4fdb-97dd-a621f6878a54","externalId":"00u1aa0000000000001a",` +
		`"userName":"ana.ruiz@scimproof.test","name":{"givenName":"Ana","familyName":"Ruiz"},"displayName":"Ana Ruiz","locale":"en-US",` +
		`"emails":[{"value":"ana@mail.scimproof.test","type":"work","primary":true}],"groups":[],"active":true,` +
		`"meta":{"resourceType":"User","created":"2026-01-01T00:00:00Z","lastModified":"2026-01-01T00:00:00Z","location":"http://127.0.0.1/scim/v2/Users/62d6626b-97a6-4fdb-97dd-a621f6878a54"}}`
)
