package main

import (
	"fmt"
	"io"
	"os"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A progress says how far a run has come: one redrawn line on a terminal, and
// elsewhere a plain line for each case that did not pass.
type progress struct {
	to          io.Writer
	terminal    bool
	played, all int
}

func newProgress(to io.Writer, all int) *progress {
	p := &progress{to: to, all: all}
	if f, isFile := to.(*os.File); isFile {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

func (p *progress) done(o evidence.Outcome) {
	p.played++
	name := o.Address()
	if o.Dialect != "" {
		name += " " + o.Dialect
	}
	switch {
	case p.terminal:
		fmt.Fprintf(p.to, "\r\x1b[K%d of %d  %s", p.played, p.all, name)
	case o.Verdict != evidence.Pass:
		fmt.Fprintf(p.to, "%d of %d  %s  %s\n", p.played, p.all, o.Verdict, name)
	}
}

func (p *progress) end() {
	if p.terminal {
		fmt.Fprint(p.to, "\r\x1b[K")
	}
}
