package reports

import (
	"fmt"
	"os"
	"path/filepath"
)

// WriteAll writes every form of a report into a folder, result.json first. Each
// file is whole or not there. Reports are for others to read, a CI service among
// them; the evidence beside them is not.
func WriteAll(dir string, r Report) error {
	for _, form := range []struct {
		file   string
		render func(Report) ([]byte, error)
	}{
		{"result.json", JSON},
		{"junit.xml", JUnit},
		{"report.txt", func(r Report) ([]byte, error) { return []byte(Text(r)), nil }},
	} {
		content, err := form.render(r)
		if err != nil {
			return err
		}
		if err := replace(filepath.Join(dir, form.file), content); err != nil {
			return fmt.Errorf("write %s: %w", form.file, err)
		}
	}
	return nil
}

func replace(path string, content []byte) error {
	unfinished := path + ".new"
	if err := os.WriteFile(unfinished, content, 0o644); err != nil {
		return err
	}
	return os.Rename(unfinished, path)
}
