package mockokta

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// BenchmarkGroupPush tells what of a group's push is the mock's own: CPU and requests
// for each member in the PATCH dialect, whatever the group's size, and memory that
// stays. The target answers in this process without a socket, with a few bytes. One
// iteration is a push, a change of one member, and an unlinking. See make
// bench-groups for a real server.
func BenchmarkGroupPush(b *testing.B) {
	o := found(b)
	o.fill(b)
	o.sync(b)
	for _, size := range []int{1_000, 10_000, everybody} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			g, err := o.org.directory.CreateGroup(fmt.Sprint("of ", size, " ", b.N), "")
			require.NoError(b, err)
			_, err = o.org.directory.AddMembers(g.ID, o.people[:size]...)
			require.NoError(b, err)
			before, asked, began := heap(), o.target.requests.Load(), used()
			var change int64
			var changed float64
			for range b.N {
				m, c, err := o.org.directory.Push(o.app, g.ID, g.Name, true)
				require.NoError(b, err)
				o.follow(b, c)
				from, at := o.target.requests.Load(), used()
				effects, err := o.org.directory.RemoveMembers(g.ID, o.people[size/2])
				require.NoError(b, err)
				o.follow(b, effects[0].Change)
				change, changed = o.target.requests.Load()-from, changed+float64((used()-at).Microseconds())
				_, err = o.org.directory.AddMembers(g.ID, o.people[size/2])
				require.NoError(b, err)
				effects, err = o.org.directory.UnlinkAll(o.app, false, m.ID)
				require.NoError(b, err)
				o.follow(b, effects[0].Change)
			}
			n := float64(b.N * size)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64((used()-began).Microseconds())/n, "cpu-µs/member")
			b.ReportMetric(float64(o.target.requests.Load()-asked)/float64(b.N), "requests")
			b.ReportMetric(float64(int64(heap())-int64(before))/n, "B-kept/member")
			b.ReportMetric(changed/float64(b.N), "cpu-µs/change")
			require.EqualValues(b, 2, change, "a change of one member is a name and a PATCH")
		})
	}
}

// follow lets what follows from a change happen.
func (o *organisation) follow(b *testing.B, c directory.Change) {
	b.Helper()
	require.NoError(b, o.org.changed(b.Context(), []directory.Effect{{App: o.app, Change: c}}))
	require.NoError(b, o.Settle(b.Context()))
	require.Empty(b, o.org.tasks())
}
