package mockokta

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

const everybody = 100_000

// BenchmarkHundredThousand tells what an organisation of 100,000 people takes:
// memory, CPU of the first provisioning, and of a change that concerns nobody at
// the target, by the management API and by the directory alone. The target answers
// in this process without a socket, which makes the first provisioning look
// cheap, and the change dear beside it. One iteration is a whole organisation. See
// make bench-okta.
func BenchmarkHundredThousand(b *testing.B) {
	b.Logf("load average before: %s", loadAverage())
	defer func() { b.Logf("load average after: %s", loadAverage()) }()
	for range b.N {
		o := found(b)
		before := heap()
		o.fill(b)
		filled := heap()
		connected := o.target.requests.Load()
		sync := o.sync(b)
		synced := heap()
		asked := o.target.requests.Load()
		require.EqualValues(b, 2*everybody, asked-connected)

		const changes = 1_000
		aside := o.spent(b, changes, func(id directory.PersonID, n int) {
			effects, err := o.org.directory.UpdateProfile(id, directory.Profile{"favouriteColour": fmt.Sprint(n)})
			require.NoError(b, err)
			require.NoError(b, o.org.changed(b.Context(), effects))
			require.NoError(b, o.Settle(b.Context()))
		})
		byAPI := o.spent(b, changes, func(id directory.PersonID, n int) {
			require.NoError(b, o.admin.UpdateUser(b.Context(), id, directory.Profile{"favouriteColour": fmt.Sprint("api ", n)}))
			require.NoError(b, o.Settle(b.Context()))
		})
		require.Equal(b, asked, o.target.requests.Load(), "a change that concerns nobody was told to the target")

		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(filled-before)/everybody, "B/person-directory")
		b.ReportMetric(float64(synced-filled)/everybody, "B/person-engine")
		b.ReportMetric(float64(sync.Microseconds())/everybody, "cpu-µs/person")
		b.ReportMetric(float64(aside.Nanoseconds())/1000, "cpu-µs/change")
		b.ReportMetric(float64(byAPI.Nanoseconds())/1000, "cpu-µs/change-by-API")
		b.ReportMetric(aside.Seconds()/sync.Seconds(), "change/first-sync")
		b.ReportMetric(everybody*aside.Seconds()/sync.Seconds(), "change-for-each/first-sync")
	}
}

// An organisation is an Okta with one application at a target that knows nobody.
type organisation struct {
	*Server
	admin  management.Client
	app    directory.AppID
	people []directory.PersonID
	target *nowhere
}

func found(b *testing.B) *organisation {
	b.Helper()
	o := &organisation{target: &nowhere{}}
	var err error
	o.Server, err = Start(Config{Target: o.target, Seed: 1, Warn: func(string) {}})
	require.NoError(b, err)
	carrier := &http.Transport{}
	b.Cleanup(func() {
		carrier.CloseIdleConnections()
		require.NoError(b, o.Close())
	})
	o.admin = management.Client{URL: o.URL, Token: o.Token, HTTP: carrier}
	o.app, err = o.admin.CreateApp(b.Context(), "Immuta", directory.TokenAuth)
	require.NoError(b, err)
	require.NoError(b, o.admin.Connect(b.Context(), o.app, "http://sp.example.test/scim/v2", "s3cret"))
	require.NoError(b, o.org.directory.SetConnected(o.app, true))
	require.NoError(b, o.admin.SetProvisioning(b.Context(), o.app, true, true, true))
	return o
}

// fill makes and assigns everybody. It asks the directory, so that the management API's cost is
// not in the figures.
func (o *organisation) fill(b *testing.B) {
	for n := range everybody {
		login := fmt.Sprintf("person.%06d@example.test", n)
		p, err := o.org.directory.CreatePerson(directory.Profile{
			"login": login, "email": login, "firstName": fmt.Sprint("Person", n), "lastName": "Test",
			"displayName": fmt.Sprint("Person ", n, " Test"), "locale": "en-US",
		}, true, false)
		require.NoError(b, err)
		o.people = append(o.people, p.ID)
		_, err = o.org.directory.Assign(o.app, p.ID, nil)
		require.NoError(b, err)
	}
}

// sync lets provisioning hear of everybody and settles: the first sync, and what it
// took of CPU time.
func (o *organisation) sync(b *testing.B) time.Duration {
	began := used()
	for _, id := range o.people {
		require.NoError(b, o.org.changed(b.Context(), []directory.Effect{{App: o.app, Change: directory.Assigned{Person: id}}}))
	}
	require.NoError(b, o.Settle(b.Context()))
	require.Empty(b, o.org.tasks())
	return used() - began
}

// spent is the CPU time of one of so many acts, each about another person.
func (o *organisation) spent(b *testing.B, acts int, act func(directory.PersonID, int)) time.Duration {
	b.Helper()
	began := used()
	for n := range acts {
		act(o.people[n*len(o.people)/acts], n)
	}
	return (used() - began) / time.Duration(acts)
}

func used() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// heap is what is alive.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// nowhere is a target that knows nobody and makes everybody.
type nowhere struct{ requests atomic.Int64 }

func (t *nowhere) RoundTrip(r *http.Request) (*http.Response, error) {
	n := t.requests.Add(1)
	status, body := http.StatusOK, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`
	if r.Method == http.MethodPost {
		status = http.StatusCreated
		body = fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"62d6626b-97a6-4fdb-97dd-%012d","userName":"as told","active":true,"groups":[]}`, n)
	}
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/scim+json"}}, Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

func loadAverage() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known on this system"
	}
	return strings.Join(strings.Fields(string(raw))[:3], " ")
}
