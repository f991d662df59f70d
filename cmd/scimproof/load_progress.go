package main

import (
	"fmt"
	"io"
)

// A counter says how far a crowd has come: one redrawn line on a terminal, and
// elsewhere a plain line for each tenth.
type counter struct {
	progress
	told int // hundredths
}

func newCounter(to io.Writer, all int) *counter { return &counter{progress: *newProgress(to, all)} }

func (c *counter) to(ended int) {
	now := 100 * ended / c.all
	if now == c.told {
		return
	}
	tenth := now/10 != c.told/10
	c.told = now
	switch {
	case c.terminal:
		fmt.Fprintf(c.progress.to, "\r\x1b[K%d of %d people", ended, c.all)
	case tenth:
		fmt.Fprintf(c.progress.to, "%d of %d people\n", ended, c.all)
	}
}
