// Command scimproof proves that a SCIM 2.0 server works with Okta.
//
// It is thin: each verb is a struct of flags and a short Run. What a verb does is
// in packages steps, target and reports.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/scimproof/scimproof/reports/evidence"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	acknowledged := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(acknowledged)
		stop() // a second signal ends the process at once
		fmt.Fprintln(os.Stderr, interruption)
	})
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if ctx.Err() != nil {
		<-acknowledged // what ends at once may end before it was said
	}
	os.Exit(code)
}

// interruption acknowledges a signal: from here on nothing new is begun.
const interruption = "scimproof: interrupted, and ending; once more ends it at once"

// Exit codes: the first of 2, 1, 3, 0 that applies.
const (
	ok         = 0 // everything selected has a final verdict, and nothing required failed
	deviates   = 1 // the target was tested and does not conform
	unusable   = 2 // bad usage or configuration
	incomplete = 3 // no full verdict, for a reason that is not the target's conduct
)

// A command is the whole command line.
type command struct {
	Check   check   `cmd:"" help:"Play the scenarios against a target."`
	Load    load    `cmd:"" help:"Provision a crowd, and count it afterwards."`
	List    list    `cmd:"" help:"Show which scenarios there are, which mistakes they notice, and what is guessed of Okta."`
	Explain explain `cmd:"" help:"Say what a scenario, a requirement, a fault or a knob is about."`
	Serve   serve   `cmd:"" help:"Run one of the bundled servers until interrupted."`
	Tour    tour    `cmd:"" help:"Walk through the provider's page, and see what Okta and a server do."`
	Report  report  `cmd:"" help:"Show what a run saw, and write its reports anew."`
	Cleanup cleanup `cmd:"" help:"Put away what an interrupted run left at a target."`
	Version version `cmd:"" help:"Print the version."`
}

// A shell is what a verb talks to: results go to out, everything else to err.
type shell struct {
	ctx      context.Context
	out, err io.Writer
	args     []string
}

// A status is an exit code that has been explained already.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// run is the program: it can be called by a test. It never exits the process.
func run(ctx context.Context, args []string, out, err io.Writer) (code int) {
	exited := -1
	parser, problem := kong.New(&command{},
		kong.Name("scimproof"),
		kong.Description("Proves that a SCIM 2.0 server works with Okta, before a customer finds out that it doesn't."),
		kong.DefaultEnvars("SCIMPROOF"),
		kong.Writers(out, err),
		kong.Exit(func(code int) { exited = code; panic(helped{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
	)
	if problem != nil {
		fmt.Fprintln(err, "scimproof:", problem)
		return unusable
	}
	defer func() {
		if p := recover(); p != nil {
			if _, isHelp := p.(helped); !isHelp {
				panic(p)
			}
			code = exited
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, problem := parser.Parse(args)
	if problem != nil {
		fmt.Fprintf(err, "scimproof: %v; see scimproof --help\n", problem)
		return unusable
	}
	return exitCode(parsed.Run(shell{ctx, out, err, args}), err)
}

// helped ends the parser after --help: kong wants to exit the process there.
type helped struct{}

// A broken error is trouble of our own that came after the run had begun: a full
// disk, a harness that failed. Nothing in it is the user's to correct.
type broken struct{ error }

func (b broken) Unwrap() error { return b.error }

func exitCode(problem error, err io.Writer) int {
	var explained status
	var ours broken
	switch {
	case problem == nil:
		return ok
	case errors.As(problem, &explained):
		return int(explained)
	}
	for line := range strings.SplitSeq("scimproof: "+strings.TrimSpace(problem.Error()), "\n") {
		fmt.Fprintln(err, evidence.Inert(line)) // a target's words may be in it
	}
	if errors.As(problem, &ours) {
		return incomplete
	}
	return unusable
}
