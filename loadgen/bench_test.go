package loadgen_test

import (
	"testing"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports/evidence"
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
	report(b, seen)
}

// BenchmarkGroups pushes the groups of a small customer to the bundled server, and
// changes a tenth of their members.
func BenchmarkGroups(b *testing.B) {
	for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
		b.Run(string(dialect), func(b *testing.B) {
			for range b.N {
				bundled, err := target.Bundled("")
				if err != nil {
					b.Fatal(err)
				}
				size, _ := crowd.SizeOf("smb")
				seen, err := loadgen.Run(b.Context(), loadgen.Config{
					Target: bundled, RunID: runID, People: size.People, Size: size, Dialect: dialect, Workers: 4,
					Phases: []crowd.Phase{crowd.Onboard, crowd.Push, crowd.Day2},
				})
				if err != nil || seen.Result != "success" {
					b.Fatalf("%v %+v", err, seen)
				}
				report(b, seen)
				if err := bundled.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// report tells of a run's last phase.
func report(b *testing.B, seen evidence.Load) {
	last := seen.Phases[len(seen.Phases)-1]
	requests := int64(0)
	for _, r := range last.Requests {
		requests += r.Count
	}
	worst := 0.0
	for _, d := range last.Dialogues {
		worst = max(worst, d.P99)
	}
	b.ReportMetric(last.Pace.PerSecond, "people/s")
	b.ReportMetric(float64(requests)/last.DurationMS*1000, "requests/s")
	b.ReportMetric(worst, "p99-ms")
}
