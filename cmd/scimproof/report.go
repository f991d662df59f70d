package main

import (
	"fmt"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
)

type report struct {
	Dir    string `arg:"" help:"The evidence folder of a run."`
	Strict bool   `help:"Warnings fail, also where the run did not ask for it."`
}

func (report) Help() string {
	return `Example:

  scimproof report scimproof-out/latest

It reads what the folder holds, writes its reports anew and shows the result. The target is not asked. A run that was killed is told as far as its journal goes, and exits as an interrupted one.`
}

func (r report) Run(sh shell) error {
	if crowd, err := evidence.ReadLoad(r.Dir); err == nil {
		return r.load(sh, crowd)
	}
	seen, err := evidence.Open(r.Dir)
	if err != nil {
		return err
	}
	catalogue, err := features.Requirements()
	if err != nil {
		return err
	}
	folded := reports.Fold(seen, reports.Options{Strict: r.Strict, Rules: rules(catalogue)})
	fmt.Fprint(sh.out, reports.Text(folded))
	if err := reports.WriteAll(r.Dir, folded); err != nil {
		return broken{err}
	}
	if folded.Exit != ok {
		return status(folded.Exit)
	}
	return nil
}

// load shows what a load run saw. Its text is folded from load.json, where all of
// it is.
func (report) load(sh shell, seen evidence.Load) error {
	fmt.Fprint(sh.out, reports.LoadText(seen))
	if exit := reports.LoadExit(seen); exit != ok {
		return status(exit)
	}
	return nil
}
