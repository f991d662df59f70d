package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// DifferencesName is the file in which a load run lists all that is not as planned.
const DifferencesName = "differences.jsonl"

// Differences is the list of all that a load run found not to be as planned, one a
// line, written as it is found: a run with a million differences keeps none of them in
// memory. The file begins with the first. The zero value keeps nothing. Safe for
// concurrent use.
type Differences struct {
	folder *Folder

	mu   sync.Mutex
	file *os.File
	err  error // the first
}

// Differences begins the list of a folder; a nil folder keeps none.
func (f *Folder) Differences() *Differences { return &Differences{folder: f} }

// Add takes one down. What cannot be written is told by Close.
func (d *Differences) Add(one Difference) {
	if d.folder == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.err = d.add(one)
	}
}

func (d *Differences) add(one Difference) (err error) {
	if d.file == nil {
		if d.file, err = os.OpenFile(filepath.Join(d.folder.Dir, DifferencesName), os.O_CREATE|os.O_WRONLY|os.O_APPEND, private); err != nil {
			return err
		}
	}
	raw, err := json.Marshal(one)
	if err != nil {
		return err
	}
	_, err = d.file.Write(append(InertJSON(d.folder.redact.Body(raw)), '\n'))
	return err
}

// Name is the name of the file; "" while nothing differs, or nothing is kept.
func (d *Differences) Name() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.file == nil {
		return ""
	}
	return DifferencesName
}

// Close ends the list. The error is the first that kept a line from it.
func (d *Differences) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.err
	if d.file != nil {
		err = errors.Join(err, d.file.Close())
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", DifferencesName, err)
	}
	return nil
}
