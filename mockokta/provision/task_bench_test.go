package provision_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// BenchmarkATargetThatIsDown is what it costs for each person that a whole crowd
// fails, is retried in vain, and is retried once the target is there again: as much
// in a large crowd as in a small one.
func BenchmarkATargetThatIsDown(b *testing.B) {
	for _, crowd := range []int{1_000, 30_000} {
		b.Run(fmt.Sprintf("%d", crowd), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				down := true
				o := open(b, provision.OIN, provision.Config{Talk: plain, Target: answering(func(_ context.Context, r scim.Request) (scim.Answer, error) {
					if down {
						return scim.Answer{}, errors.New("connection refused")
					}
					return scim.Answer{Status: 200}, nil
				})})
				o.assign(o.people(crowd)...)
				retried := func() {
					for _, t := range o.Tasks() {
						require.NoError(b, o.Retry(t.ID))
					}
					o.settle()
				}
				b.StartTimer()
				began := time.Now()
				o.settle()
				retried()
				require.Len(b, o.Tasks(), crowd)
				down = false
				retried()
				require.Empty(b, o.Tasks())
				b.ReportMetric(float64(time.Since(began).Microseconds())/float64(crowd), "µs/person")
			}
		})
	}
}
