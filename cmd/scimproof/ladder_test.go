package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/reports/evidence"
)

// TestLoadLadder plays closed loops of more and more dialogues at a time, each with a
// crowd of its own at one server in another process, and tells the people a second of
// each. It judges the accounts, and that no more were talked of at a time than were asked
// for. SCIMPROOF_LADDER names the rungs; 1, 4 and 10 with fewer people where it
// is not set.
func TestLoadLadder(t *testing.T) {
	isLong(t)
	rungs, people := "1 4 10", 600
	if asked := os.Getenv("SCIMPROOF_LADDER"); asked != "" {
		rungs, people = asked, 2000
	}
	program := build(t)
	url, token := reached(t, program)
	for _, workers := range strings.Fields(rungs) {
		dir := filepath.Join(t.TempDir(), "out")
		load := exec.Command(program, "load", "--people", fmt.Sprint(people), "--rate", "0", "--workers", workers, "--target", url, "--out", dir)
		load.Env = append(os.Environ(), "SCIMPROOF_TOKEN="+token)
		out, problem := load.CombinedOutput()
		seen, err := evidence.ReadLoad(dir)
		if err != nil || problem != nil {
			t.Fatalf("%v, %v\n%s", problem, err, out)
		}
		one := seen.Phases[0]
		atATime := func(a, b evidence.LoadBucket) int { return a.InFlight - b.InFlight }
		if most := slices.MaxFunc(one.Timeline.Buckets, atATime).InFlight; fmt.Sprint(seen.Asked.Workers) != workers || most > seen.Asked.Workers {
			t.Errorf("%s at a time were asked for, %d were to be, and %d were", workers, seen.Asked.Workers, most)
		}
		t.Logf("%4s at a time: %7.1f people a second, p50 %.2f ms, max %.1f ms", workers, one.Pace.PerSecond, one.Dialogues[0].P50, one.Dialogues[0].Max)
	}
}
