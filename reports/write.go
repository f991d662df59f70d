package reports

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A form is one way to show a report, and the file of an evidence folder that it
// stands in.
type form struct {
	name, file string
	render     func(Report, Transcripts) ([]byte, error)
}

// Page is the file of an evidence folder that a person opens.
const Page = "report.html"

// forms, in the order in which they are written: what the others can be made
// from comes first.
var forms = []form{
	{"json", "result.json", plainly(JSON)},
	{"html", Page, HTML},
	{"junit", "junit.xml", plainly(JUnit)},
	{"markdown", "report.md", plainly(func(r Report) ([]byte, error) { return []byte(Markdown(r)), nil })},
	{"text", "report.txt", plainly(func(r Report) ([]byte, error) { return []byte(Text(r)), nil })},
}

// plainly is a form that does not tell of conversations.
func plainly(render func(Report) ([]byte, error)) func(Report, Transcripts) ([]byte, error) {
	return func(r Report, _ Transcripts) ([]byte, error) { return render(r) }
}

// Forms names the forms that Write knows.
func Forms() []string {
	var names []string
	for _, f := range forms {
		names = append(names, f.name)
	}
	return names
}

// CheckForms returns an error that names what there is when one of names is no
// form.
func CheckForms(names []string) error {
	for _, name := range names {
		if !slices.Contains(Forms(), name) {
			return fmt.Errorf("%q is no form of a report; there are %s", name, strings.Join(Forms(), ", "))
		}
	}
	return nil
}

// WriteAll writes every form of a report into its evidence folder, result.json
// first. Each file is whole or not there. Reports are for others to read, a CI
// service among them; the evidence beside them is not.
func WriteAll(dir string, r Report) error { return Write(dir, r, Forms()...) }

// Write is WriteAll for some of the forms.
func Write(dir string, r Report, names ...string) error {
	if err := CheckForms(names); err != nil {
		return err
	}
	for _, form := range forms {
		if !slices.Contains(names, form.name) {
			continue
		}
		content, err := form.render(r, transcriptsOf(dir))
		if err != nil {
			return err
		}
		if err := replace(filepath.Join(dir, form.file), content); err != nil {
			return fmt.Errorf("write %s: %w", form.file, err)
		}
	}
	return nil
}

// transcriptsOf reads the transcripts of an evidence folder, and nothing outside
// it: the journal that names them may be somebody else's.
func transcriptsOf(dir string) Transcripts {
	return func(path string) ([]evidence.Exchange, error) {
		if !filepath.IsLocal(path) {
			return nil, errors.New("it lies outside the evidence folder")
		}
		return evidence.ReadTranscript(filepath.Join(dir, path))
	}
}

func replace(path string, content []byte) error {
	unfinished := path + ".new"
	if err := os.WriteFile(unfinished, content, 0o644); err != nil {
		return err
	}
	return os.Rename(unfinished, path)
}
