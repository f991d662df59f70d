package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/scimproof/scimproof/reports"
	"github.com/scimproof/scimproof/reports/evidence"
)

type reportCompare struct {
	Before string   `arg:"" name:"a" help:"The folder of a load run, or a pattern in quotes for those of several."`
	After  string   `arg:"" name:"b" help:"The folder, or the folders, to compare it with."`
	A      []string `placeholder:"DIR" sep:"none" help:"One more run like the first. May be given several times, and be a pattern."`
	B      []string `placeholder:"DIR" sep:"none" help:"One more run like the second."`
}

func (reportCompare) Help() string {
	return `Examples:

  scimproof report compare scimproof-out/before scimproof-out/after
  scimproof report compare 'scimproof-out/before-*' 'scimproof-out/after-*'
  scimproof report compare before-1 after-1 --a before-2 --a before-3 --a before-4 --b after-2 --b after-3 --b after-4

Runs of the same thing differ too. With four runs a side or more each figure is held against what they differ by among themselves (Mann and Whitney's exact test); with one run a side it can only be told whether the two differ by more than their own parts do. The exit code is 0, whatever differs: a limit that fails a run is --slo of load.`
}

func (r reportCompare) Run(sh shell) error {
	a, err := side("A", append([]string{r.Before}, r.A...))
	if err != nil {
		return err
	}
	b, err := side("B", append([]string{r.After}, r.B...))
	if err != nil {
		return err
	}
	fmt.Fprint(sh.out, reports.ComparisonText(reports.Compare(a, b)))
	return nil
}

// side reads the runs of folders and patterns.
func side(name string, patterns []string) (s reports.Side, err error) {
	for _, pattern := range patterns {
		dirs, err := filepath.Glob(pattern)
		if err != nil || len(dirs) == 0 {
			dirs = []string{pattern} // a folder whose name is no pattern, or one that is not there
		}
		s.Dirs = append(s.Dirs, dirs...)
	}
	if len(s.Dirs) > reports.MostRuns {
		return s, fmt.Errorf("%s has %d runs: %d a side are enough", name, len(s.Dirs), reports.MostRuns)
	}
	for _, dir := range s.Dirs {
		run, err := evidence.ReadLoad(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return s, fmt.Errorf("%s is no folder of a load run: %w", dir, err)
		case err != nil:
			return s, err
		}
		s.Runs = append(s.Runs, run)
	}
	return s, nil
}
