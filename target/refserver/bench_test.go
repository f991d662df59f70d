package refserver_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scimproof/scimproof/target/refserver"
)

// BenchmarkGroupPatch adds people to groups of several sizes and takes them out
// again, in turn, as many as Okta does at most in one PATCH by default (documented:
// a hundred) and one. What a change costs is to be the same for all: add-ratio and
// remove-ratio are what it costs at the largest group over what it costs at the
// smallest. Okta asks for no attributes; its answer is the group, or for a large one
// none.
func BenchmarkGroupPatch(b *testing.B) {
	sizes := []int{100, 1_000, 100_000}
	crowds := make([]*crowd, len(sizes))
	for i, size := range sizes {
		crowds[i] = crowded(b, size)
	}
	for _, n := range []int{1, 100} {
		for _, query := range []string{"", "?excludedAttributes=members"} {
			b.Run(fmt.Sprintf("people=%d%s", n, query), func(b *testing.B) {
				adding, removing := make([]spent, len(sizes)), make([]spent, len(sizes))
				for b.Loop() {
					for i, s := range crowds {
						path := "/Groups/" + s.group + query
						adding[i].time(func() { s.ask(b, "PATCH", path, s.adds(n)) })
						removing[i].time(func() { s.ask(b, "PATCH", path, s.removes(n)) })
					}
				}
				for i, size := range sizes {
					b.ReportMetric(adding[i].median(), fmt.Sprintf("add-to-%d-µs", size))
					b.ReportMetric(removing[i].median(), fmt.Sprintf("remove-from-%d-µs", size))
				}
				last := len(sizes) - 1
				b.ReportMetric(adding[last].median()/adding[0].median(), "add-ratio")
				b.ReportMetric(removing[last].median()/removing[0].median(), "remove-ratio")
			})
		}
	}
}

// spent is what each round took. The machine does other things too; the median is
// what a round costs.
type spent []time.Duration

func (s *spent) time(do func()) {
	began := time.Now()
	do()
	*s = append(*s, time.Since(began))
}

// median is in microseconds.
func (s spent) median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	return float64(sorted[len(sorted)/2].Nanoseconds()) / 1000
}

// BenchmarkLargeGroup measures what a group of a hundred thousand costs as a whole:
// put as Okta puts it, and read. peak-MB is the most that the heap held beside what
// it held before, with a collector that hardly rests, so that the time is an upper
// bound.
func BenchmarkLargeGroup(b *testing.B) {
	s := crowded(b, 100_000)
	path, everybody := "/Groups/"+s.group, s.named()
	all := group("all", `"members":`+everybody)
	for name, ask := range map[string][3]string{
		"put the same":     {"PUT", path, all},
		"put, not shown":   {"PUT", path + "?excludedAttributes=members", all},
		"read":             {"GET", path, ""},
		"read, not shown":  {"GET", path + "?excludedAttributes=members", ""},
		"read a member":    {"GET", "/Users/" + s.ids[50_000], ""},
		"patch all (push)": {"PATCH", path, ops(`{"op":"replace","path":"members","value":` + everybody + `}`)},
	} {
		b.Run(name, func(b *testing.B) {
			peak := watchHeap()
			for b.Loop() {
				s.send(b, ask[0], ask[1], ask[2], unkept())
			}
			b.ReportMetric(peak(), "peak-MB")
			b.ReportMetric(float64(len(ask[2]))/1e6, "sent-MB")
		})
	}
}

// BenchmarkPages reads pages of a hundred thousand people who are all in one group,
// the first, one in the middle and the last, in turn. last-ratio is what the last
// costs over what the first does.
func BenchmarkPages(b *testing.B) {
	s := crowded(b, 100_000)
	starts := []int{1, 50_001, 99_901}
	reading := make([]spent, len(starts))
	for b.Loop() {
		for i, start := range starts {
			reading[i].time(func() { s.ask(b, "GET", fmt.Sprintf("/Users?startIndex=%d&count=100", start), "") })
		}
	}
	for i, start := range starts {
		b.ReportMetric(reading[i].median(), fmt.Sprintf("from-%d-µs", start))
	}
	b.ReportMetric(reading[len(starts)-1].median()/reading[0].median(), "last-ratio")
}

// watchHeap looks at the heap again and again until the function that it returns is
// called, which says how many megabytes it held at most beyond what it began with.
func watchHeap() func() float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	held := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	usual := debug.SetGCPercent(5)
	runtime.GC()
	before := held()
	peak := before
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				peak = max(peak, held())
			}
		}
	}()
	return func() float64 {
		close(stop)
		<-stopped
		debug.SetGCPercent(usual)
		return float64(peak-before) / 1e6
	}
}

// BenchmarkFilter asks for one account by its userName, as Okta does before it
// creates one, and for the last page of all.
func BenchmarkFilter(b *testing.B) {
	for _, size := range []int{100, 10_000} {
		s := crowded(b, size)
		for name, path := range map[string]string{
			"userName": "/Users?filter=userName%20eq%20%22u50@example.com%22",
			"lastPage": fmt.Sprintf("/Users?startIndex=%d&count=10", size-9),
		} {
			b.Run(fmt.Sprintf("%s/accounts=%d", name, size), func(b *testing.B) {
				for b.Loop() {
					s.ask(b, "GET", path, "")
				}
			})
		}
	}
}

// A crowd is a server with many accounts, all in one group.
type crowd struct {
	server    http.Handler
	path, key string
	group     string
	ids       []string // who is in the group
	others    []string // a hundred more, who are not
}

func crowded(b *testing.B, size int) *crowd {
	b.Helper()
	s := &crowd{server: refserver.New(refserver.Config{AdminToken: adminToken}), path: "/admin/v1", key: adminToken}
	iam := s.ask(b, "POST", "/iams", `{"display_name":"crowd"}`)
	s.path, s.key = "/scim/"+field(iam, "id"), field(iam, "scim_key")
	for i := range size + 100 {
		s.ids = append(s.ids, field(s.ask(b, "POST", "/Users", user(fmt.Sprintf("u%d@example.com", i))), "id"))
	}
	s.ids, s.others = s.ids[:size], s.ids[size:]
	s.group = field(s.ask(b, "POST", "/Groups", group("all", members(s.ids...))), "id")
	return s
}

// adds is a PATCH that makes n more people members, and removes one that takes them
// out again, an operation for each, as Okta says it (documented).
func (s *crowd) adds(n int) string {
	return ops(`{"op":"add","path":"members","value":` + values(s.others[:n]...) + `}`)
}

func (s *crowd) removes(n int) string {
	var out []string
	for _, id := range s.others[:n] {
		out = append(out, `{"op":"remove","path":"members[value eq \"`+id+`\"]"}`)
	}
	return ops(out...)
}

// named is the list of all members as Okta sends it, each with a user name: 92 bytes
// a head.
func (s *crowd) named() string {
	var list strings.Builder
	for i, id := range s.ids {
		fmt.Fprintf(&list, `,{"value":"%s","display":"given.family%06d@example.com"}`, id, i)
	}
	return "[" + list.String()[1:] + "]"
}

func (s *crowd) ask(b *testing.B, method, path, body string) string {
	w := httptest.NewRecorder()
	s.send(b, method, path, body, w)
	return w.Body.String()
}

func (s *crowd) send(b *testing.B, method, path, body string, w *httptest.ResponseRecorder) {
	r := httptest.NewRequest(method, "http://idp.test"+s.path+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+s.key)
	s.server.ServeHTTP(w, r)
	if w.Code >= 300 {
		b.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
}

// unkept is a recorder that keeps no body: what a client holds of an answer is not
// the server's.
func unkept() *httptest.ResponseRecorder { return &httptest.ResponseRecorder{} }

// field is the first text of that name in a JSON document.
func field(doc, name string) string {
	_, rest, _ := strings.Cut(doc, `"`+name+`":"`)
	text, _, _ := strings.Cut(rest, `"`)
	return text
}
