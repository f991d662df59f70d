package loadgen

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/scimproof/scimproof/loadgen/crowd"
)

// BenchmarkIDs weighs what a roster holds of so many people, by what a collection
// leaves of it and not by what it is known to be made of: the ids, where they are, and
// a byte of standing. Of the id itself 36 bytes are in it. Where phases follow that
// write to what was made, whose each id is is held as well.
func BenchmarkIDs(b *testing.B) {
	for _, keeps := range []bool{false, true} {
		for _, people := range []int{5_000, 50_000, 500_000} {
			b.Run(fmt.Sprintf("phases follow %v, %d people", keeps, people), func(b *testing.B) {
				for range b.N {
					before := heap()
					r := newRoster(crowd.Groups{People: crowd.Population{Size: people}}, keeps)
					for n := range people {
						id := fmt.Sprintf("62d6626b-97a6-4fdb-97dd-%012d", n)
						r.ended(crowd.Deed{Kind: crowd.KindOnboard, Person: n}, ending{fate: done, id: id, learnt: keeps})
					}
					b.ReportMetric(float64(heap()-before)/float64(people), "B/person")
					runtime.KeepAlive(r)
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
