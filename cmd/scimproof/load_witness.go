package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/reports/evidence"
)

type witnessFlags struct {
	VegetaResults string `placeholder:"FILE" help:"Write each dialogue as one of vegeta's results, for its report and plot: from when it was due to its last byte; code 200 where Okta was content, else 0 with the reason. Some hundred bytes for each."`
}

// witnesses opens what a run is told to while it happens, besides its folder, and
// returns what closes it.
func (f witnessFlags) witnesses(redact *evidence.Redactor) (all loadgen.Witnesses, done func() error, err error) {
	done = func() error { return nil }
	if f.VegetaResults != "" {
		results, finish, err := vegetaFile(f.VegetaResults, redact)
		if err != nil {
			return nil, nil, fmt.Errorf("--vegeta-results: %w", err)
		}
		all, done = append(all, results), finish
	}
	return all, done, nil
}

func vegetaFile(path string, redact *evidence.Redactor) (*loadgen.VegetaResults, func() error, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, nil, err
	}
	buffered := bufio.NewWriter(file)
	results := loadgen.NewVegetaResults(buffered, redact)
	return results, func() error {
		flushed := buffered.Flush()
		if err := errors.Join(results.Err(), flushed, file.Close()); err != nil {
			return fmt.Errorf("%s does not hold all results: %w", path, err)
		}
		return nil
	}, nil
}
