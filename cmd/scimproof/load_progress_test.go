package main

import (
	"strings"
	"testing"
	"time"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
)

// At a terminal one line is drawn again and again; elsewhere a line is printed now and
// then, and one when a phase is over.
func TestTheLineOfALoad(t *testing.T) {
	for terminal, want := range map[bool]int{true: 1 + 10_000/200 + 1, false: 10_000/5_000 + 1 + 1} {
		var out strings.Builder
		now, figured := time.Unix(0, 0), 0
		c := newCounter(&out)
		c.terminal, c.now = terminal, func() time.Time { return now }
		told := func(phase crowd.Phase, ended, planned int) {
			c.to(loadgen.Progress{Phase: phase, Ended: ended, Planned: planned, Figures: func() loadgen.Figures {
				figured++
				return loadgen.Figures{Rate: 99.7, InFlight: 3, Errors: 1, P50: 1234 * time.Microsecond, P99: 98765 * time.Microsecond, Left: 61 * time.Second}
			}})
		}
		for n := range 1001 { // every 10 ms
			told(crowd.Onboard, n, 1002)
			now = now.Add(10 * time.Millisecond)
		}
		told(crowd.Onboard, 1002, 1002)
		told(crowd.Push, 1, 1)
		const last = "push 1 of 1  100/s  3 in flight  1 error  p50 1.23ms  p99 99ms  1m1s left"
		lines := strings.FieldsFunc(out.String(), func(r rune) bool { return r == '\r' || r == '\n' })
		if got := strings.TrimPrefix(lines[len(lines)-1], "\x1b[K"); got != last {
			t.Errorf("got %q", got)
		}
		if len(lines) != want || figured != want {
			t.Errorf("terminal %v: want %d lines, got %d, and %d times the figures", terminal, want, len(lines), figured)
		}
	}
}

func TestTheLineOfALoadThatNobodyIsServedIn(t *testing.T) {
	line := inOneLine(loadgen.Progress{Phase: crowd.Onboard, Ended: 12, Planned: 12, Figures: func() loadgen.Figures { return loadgen.Figures{Rate: 61, Errors: 12} }})
	if line != "onboard 12 of 12  61/s  0 in flight  12 errors  0s left" {
		t.Errorf("got %q", line)
	}
}

// What follows the phases is told too: it may take longer than they did.
func TestTheLineOfWhatFollowsALoad(t *testing.T) {
	var out strings.Builder
	c := newCounter(&out)
	for _, p := range []loadgen.Progress{
		{Phase: loadgen.ReadingBack, Ended: 100, Planned: 250}, {Phase: loadgen.ReadingBack, Ended: 250, Planned: 250}, {Phase: loadgen.TidyingUp, Ended: 250, Planned: 250},
	} {
		c.to(p)
	}
	if want := "reading back 250 of 250\ntidying up 250 of 250\n"; out.String() != want {
		t.Errorf("want %q, got %q", want, out.String())
	}
}
