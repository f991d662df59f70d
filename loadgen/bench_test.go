package loadgen_test

import (
	"testing"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/target"
)

// BenchmarkCrowd provisions b.N people at the bundled server, 16 at a time, and
// reads them back. Client and server share the process and its CPUs.
func BenchmarkCrowd(b *testing.B) {
	bundled, err := target.Bundled("")
	if err != nil {
		b.Fatal(err)
	}
	defer bundled.Close()
	seen, err := loadgen.Run(b.Context(), loadgen.Config{Target: bundled, RunID: runID, People: b.N})
	if err != nil {
		b.Fatal(err)
	}
	if bad := seen.Readback.Bad(); bad > 0 || seen.People.Done != b.N {
		b.Fatalf("%d of %d people were provisioned, %d accounts are not as planned", seen.People.Done, b.N, bad)
	}
	b.ReportMetric(seen.Phases[0].Pace.PerSecond, "people/s")
	b.ReportMetric(seen.Phases[0].Dialogues[0].P99, "p99-ms")
}
