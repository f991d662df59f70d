package reports

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
)

// LoadPage is the file of a load run's folder that a person opens.
const LoadPage = "load.html"

// loadForms are the ways to show a load run, beside its load.json, and the files that
// they stand in.
var loadForms = []struct {
	name, file string
	render     func(evidence.Load) ([]byte, error)
}{
	{"html", LoadPage, LoadHTML},
	{"markdown", "load.md", func(l evidence.Load) ([]byte, error) { return []byte(LoadMarkdown(l)), nil }},
	{"text", "load.txt", func(l evidence.Load) ([]byte, error) { return []byte(LoadText(l)), nil }},
}

// LoadForms names the forms that WriteLoad knows.
func LoadForms() []string {
	var names []string
	for _, f := range loadForms {
		names = append(names, f.name)
	}
	return names
}

// CheckLoadForms returns an error that names what there is when one of names is no
// form of a load run.
func CheckLoadForms(names []string) error {
	for _, name := range names {
		if name == "vegeta" {
			return errors.New("vegeta's results are written while the run is on (load --vegeta-results FILE): what a run leaves does not hold each dialogue")
		}
		if !slices.Contains(LoadForms(), name) {
			return fmt.Errorf("%q is no form of a load run; beside its load.json there are %s", name, strings.Join(LoadForms(), ", "))
		}
	}
	return nil
}

// WriteLoad writes forms of a load run into its folder; each file is whole or not
// there. They are folded from load.json alone.
func WriteLoad(dir string, l evidence.Load, names ...string) error {
	if err := CheckLoadForms(names); err != nil {
		return err
	}
	for _, form := range loadForms {
		if !slices.Contains(names, form.name) {
			continue
		}
		content, err := form.render(l)
		if err != nil {
			return err
		}
		if err := replace(filepath.Join(dir, form.file), content); err != nil {
			return fmt.Errorf("write %s: %w", form.file, err)
		}
	}
	return nil
}
