package main

import (
	"fmt"
	"io"
	"time"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
)

// A counter says how far a crowd has come: one redrawn line on a terminal, and
// elsewhere a plain line now and then, and at the end of each phase.
type counter struct {
	progress
	phase crowd.Phase
	drawn time.Time // the last line of the phase
	now   func() time.Time
}

func newCounter(to io.Writer) *counter { return &counter{progress: *newProgress(to, 0), now: time.Now} }

// How often a line is drawn, at most.
const (
	redrawn = 200 * time.Millisecond
	printed = 5 * time.Second
)

func (c *counter) to(p loadgen.Progress) {
	now, often := c.now(), printed
	if c.terminal {
		often = redrawn
	}
	if p.Phase != c.phase {
		c.phase, c.drawn = p.Phase, now
	}
	if p.Ended < p.Planned && now.Sub(c.drawn) < often {
		return
	}
	c.drawn = now
	if c.terminal {
		fmt.Fprintf(c.progress.to, "\r\x1b[K%s", inOneLine(p))
		return
	}
	fmt.Fprintln(c.progress.to, inOneLine(p))
}

func inOneLine(p loadgen.Progress) string {
	if p.Figures == nil {
		return fmt.Sprintf("%s %d of %d", p.Phase, p.Ended, p.Planned)
	}
	f := p.Figures()
	errors, times := "errors", ""
	if f.Errors == 1 {
		errors = "error"
	}
	if f.P50 > 0 { // otherwise nobody has a time
		times = fmt.Sprintf("  p50 %s  p99 %s", brief(f.P50), brief(f.P99))
	}
	return fmt.Sprintf("%s %d of %d  %.0f/s  %d in flight  %d %s%s  %s left",
		p.Phase, p.Ended, p.Planned, f.Rate, f.InFlight, f.Errors, errors, times, f.Left.Round(time.Second))
}

// brief is a time to three digits or so.
func brief(d time.Duration) time.Duration {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond)
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond)
	}
	return d.Round(10 * time.Microsecond)
}
