package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
)

// A report verb shows one run, unless another of its verbs is named.
type report struct {
	Show    reportShow    `cmd:"" default:"withargs" help:"Show one run, and write its reports anew; the word show may be left out."`
	Compare reportCompare `cmd:"" help:"Say what differs between load runs, and whether it is more than noise."`
}

type reportShow struct {
	Dir    string   `arg:"" help:"The evidence folder of a run."`
	To     []string `placeholder:"FORM,..." help:"Which forms are written into the folder: html, json, junit, markdown, text; of a load run html, markdown, text. All of them when not given."`
	Strict bool     `help:"Warnings fail, also where the run did not ask for it."`
}

func (reportShow) Help() string {
	return `Examples:

  scimproof report scimproof-out/latest
  scimproof report scimproof-out/latest --to html,junit

It reads what the folder holds, writes its reports anew and shows the result. The target is not asked. A run that was killed is told as far as its journal goes, and exits as an interrupted one.`
}

func (r reportShow) Run(sh shell) error {
	switch crowd, err := evidence.ReadLoad(r.Dir); {
	case err == nil:
		return r.load(sh, crowd)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := reports.CheckForms(r.To); err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	seen, err := evidence.Open(r.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds no evidence of a run", r.Dir)
	}
	if err != nil {
		return err
	}
	catalogue, err := features.Requirements()
	if err != nil {
		return err
	}
	folded := reports.Fold(seen, reports.Options{Strict: r.Strict, Rules: rules(catalogue)})
	fmt.Fprint(sh.out, reports.Text(folded))
	to := r.To
	if len(to) == 0 {
		to = reports.Forms()
	}
	if err := reports.Write(r.Dir, folded, to...); err != nil {
		return broken{err}
	}
	if slices.Contains(to, "html") {
		fmt.Fprintf(sh.out, "\nThe page to open: %s\n", filepath.Join(r.Dir, reports.Page))
	}
	if folded.Exit != ok {
		return status(folded.Exit)
	}
	return nil
}

// load shows what a load run saw, and writes its forms anew. All of them are folded
// from load.json.
func (r reportShow) load(sh shell, seen evidence.Load) error {
	to := r.To
	if len(to) == 0 {
		to = reports.LoadForms()
	}
	if err := reports.CheckLoadForms(to); err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	fmt.Fprint(sh.out, reports.LoadText(seen))
	if err := reports.WriteLoad(r.Dir, seen, to...); err != nil {
		return broken{err}
	}
	if slices.Contains(to, "html") {
		fmt.Fprintf(sh.out, "\nThe page to open: %s\n", filepath.Join(r.Dir, reports.LoadPage))
	}
	if exit := reports.LoadExit(seen); exit != ok {
		return status(exit)
	}
	return nil
}
