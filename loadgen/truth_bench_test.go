package loadgen

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"sync"
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

// A played crowd is one that was led through Onboard at a canned target.
type played struct {
	tally     *tally
	roster    *roster
	beginning time.Time
}

// onboards plays a crowd at a URL; with no ledger, as at a target of our own.
func onboards(b *testing.B, url string, p crowd.Population, s pace.Schedule, workers int) played {
	b.Helper()
	base := transport(nil, workers)
	wires, err := wire.NewCrowd(wire.Config{Base: base, URL: url, Mark: p.Mark})
	if err != nil {
		b.Fatal(err)
	}
	defer wires.Close()
	ctx, stop := context.WithCancelCause(b.Context())
	defer stop(nil)
	groups := crowd.Groups{People: p}
	seen := played{tally: newTally(p.Size, s, workers, crowd.KindOnboard), roster: newRoster(groups, false)}
	line, err := newLine(scim.Client{BaseURL: url, Authorization: "Bearer secret-token"}, time.Minute, seen.tally, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	st := &stage{
		line: line, phase: crowd.Onboard, kinds: []crowd.Kind{crowd.KindOnboard}, plan: crowd.NewPlan(groups, []crowd.Phase{crowd.Onboard}, 0, nil), roster: seen.roster,
		dialogues: Dialogues{People: p, Dialect: provision.OIN}, crowd: wires, soft: ctx, hard: ctx, giveUp: stop, closed: &atomic.Int32{},
	}
	began := func(at time.Time) { seen.beginning = at; seen.tally.begins(at) }
	pace.Attack{Schedule: s, People: p.Size, Workers: workers, Began: began, Now: time.Now}.Run(ctx, st, func() {})
	if done := seen.tally.people().Done; done != p.Size {
		b.Fatalf("%d of %d dialogues went well: %v", done, p.Size, seen.tally.failures)
	}
	return seen
}

// A stalling target gives canned answers, and none at all for a while that begins so
// long after the first request. It keeps by its own clock when each person's create
// was answered.
type stalling struct {
	after, lasts time.Duration
	service      time.Duration

	mu    sync.Mutex
	first time.Time
	done  map[string]time.Time // by userName
}

var userName = regexp.MustCompile(`"userName":"([^"]*)"`)

func (s *stalling) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	s.mu.Lock()
	if s.first.IsZero() {
		s.first = now
	}
	shut := s.first.Add(s.after)
	s.mu.Unlock()
	wait := s.service
	if opens := shut.Add(s.lasts); !now.Before(shut) && now.Before(opens) {
		wait += opens.Sub(now)
	}
	<-time.After(wait) // the planted pause: what is measured is how it is told
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	canned(w, r)
	if name := userName.FindSubmatch(body); name != nil {
		s.mu.Lock()
		s.done[string(name[1])] = time.Now()
		s.mu.Unlock()
	}
}

// BenchmarkStall plants a pause of 2 s and says by how much the p99 of the response
// times is off the truth, which is what each person had to wait: until the pause was
// over, and then for the service. Where the pool drains slowly one's own queue adds to
// that, and the truth is the target's own clock of completions.
func BenchmarkStall(b *testing.B) {
	const rate, people = 200, 2000
	b.Logf("load average before: %s", loadAverage())
	for _, workers := range []int{4, 16, 64, 1000} {
		b.Run(fmt.Sprintf("pool of %d", workers), func(b *testing.B) {
			for range b.N {
				target := &stalling{after: 3 * time.Second, lasts: 2 * time.Second, service: time.Millisecond, done: map[string]time.Time{}}
				server := httptest.NewServer(target)
				p := crowd.Population{Mark: "spr7k2abcd", Seed: 1, Size: people}
				seen := onboards(b, server.URL+"/scim/v2", p, pace.Constant(rate), workers)
				server.Close()
				reported := seen.tally.response[0].Latency("")
				var planned, clocked []float64
				opens := target.first.Add(target.after + target.lasts)
				for n := range people {
					intended := seen.beginning.Add(pace.Constant(rate).At(n))
					stalled := 0.0
					if end := intended.Add(time.Duration(reported.P50 * 1e6)); !end.Before(target.first.Add(target.after)) && intended.Before(opens) {
						stalled = max(0, opens.Sub(intended).Seconds()*1000)
					}
					planned = append(planned, stalled+reported.P50)
					clocked = append(clocked, target.done[p.UserName(n)].Sub(intended).Seconds()*1000)
				}
				backlog := seen.tally.phase(crowd.Onboard, "people").Backlog
				b.ReportMetric(reported.P99, "p99-ms")
				b.ReportMetric(100*(reported.P99/p99(planned)-1), "off-plan-%")
				b.ReportMetric(100*(reported.P99/p99(clocked)-1), "off-clock-%")
				b.ReportMetric(backlog.FullMS, "full-ms")
				b.ReportMetric(float64(backlog.Most), "waiting")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
	b.Logf("load average after: %s", loadAverage())
}

func p99(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)*99/100-1]
}

// BenchmarkPace says how well a rate is kept at a target in another process, counted
// from starts, and how late dialogues begin.
func BenchmarkPace(b *testing.B) {
	url := cannedTarget(b)
	b.Logf("load average before: %s", loadAverage())
	for i, rate := range []float64{100, 500, 1500, 3000} {
		b.Run(fmt.Sprintf("%g a second", rate), func(b *testing.B) {
			for range b.N {
				people := int(rate * 5)
				seen := onboards(b, url, crowd.Population{Mark: fmt.Sprintf("sppace%04d", i), Seed: 1, Size: people}, pace.Constant(rate), 1000)
				phase := seen.tally.phase(crowd.Onboard, "people")
				b.ReportMetric(phase.Pace.Achieved/rate, "achieved/asked")
				b.ReportMetric(phase.Pace.Lag.P50, "lag-p50-ms")
				b.ReportMetric(phase.Pace.Lag.P99, "lag-p99-ms")
				b.ReportMetric(phase.Dialogues[0].P50, "p50-ms")
				b.ReportMetric(phase.Backlog.FullMS, "full-ms")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// BenchmarkMemory says what is still held after a run that is ten times as long, after a
// collection and beside the ids: with the timeline, which grows until it has its 200
// buckets, and without. SCIMPROOF_CROWD is the longer run's number of people; each
// makes two requests.
func BenchmarkMemory(b *testing.B) {
	people, err := strconv.Atoi(os.Getenv("SCIMPROOF_CROWD"))
	if err != nil {
		people = 20_000
	}
	url := cannedTarget(b)
	for range b.N {
		var held, timeline [2]float64
		for i, size := range []int{people / 10, people} {
			before := heap()
			seen := onboards(b, url, crowd.Population{Mark: fmt.Sprintf("spmem%05d", i), Seed: 1, Size: size}, pace.Schedule{}, connections)
			all := heap()
			seen.tally.timeline = nil
			rest := heap()
			ids := 0.0
			for _, slab := range seen.roster.ids.slabs {
				ids += float64(cap(slab))
			}
			ids += float64(len(seen.roster.ids.where)) * 8
			b.ReportMetric(ids/float64(size), fmt.Sprintf("B-ids/person-%d", i))
			timeline[i] = float64(all - rest)
			held[i] = float64(rest-before) - ids - float64(2*size) // a byte of a dialogue's fate and one of a person's standing
			runtime.KeepAlive(seen.tally)
			runtime.KeepAlive(seen.roster)
		}
		for i, run := range []string{"short", "long"} {
			b.ReportMetric(held[i]/1024, "KB-"+run)
			b.ReportMetric(timeline[i]/1024, "KB-timeline-"+run)
		}
		b.ReportMetric(held[1]/held[0], "long/short")
		b.ReportMetric((held[1]+timeline[1])/(held[0]+timeline[0]), "with-timeline")
		b.ReportMetric(0, "ns/op")
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkCapacity searches the capacity of a server with so many places and a fixed
// time of service, which is known, and says by how much what was found is off.
func BenchmarkCapacity(b *testing.B) {
	b.Logf("load average before: %s", loadAverage())
	const places, service = 4, 20 * time.Millisecond
	can := places / service.Seconds() / 2 // of people: each makes two requests
	free := make(chan struct{}, places)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		free <- struct{}{}
		<-time.After(service) // it is what its capacity comes of
		<-free
		canned(w, r)
	}))
	defer server.Close()
	for range b.N {
		step := 0
		found, _ := search{slos: DefaultLimits(), first: 30, try: func(rate float64, people int) (evidence.LoadPhase, bool) {
			step++
			p := crowd.Population{Mark: fmt.Sprintf("spcap%05d", step), Seed: 1, Size: people}
			return onboards(b, server.URL+"/scim/v2", p, pace.Constant(rate), 1000).tally.phase(crowd.Onboard, "people"), true
		}}.run()
		b.ReportMetric(found.Rate, "found/s")
		b.ReportMetric(can, "known/s")
		b.ReportMetric(100*(found.Rate/can-1), "off-%")
		b.ReportMetric(float64(len(found.Steps)), "steps")
		b.ReportMetric(0, "ns/op")
	}
	b.Logf("load average after: %s", loadAverage())
}
