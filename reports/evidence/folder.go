package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

const (
	journalName    = "journal.jsonl"
	transcriptsDir = "transcripts"
)

// Everything that a run or a report leaves in a folder; Create replaces these
// and touches nothing else.
var ours = []string{
	journalName, ledgerName, transcriptsDir,
	DifferencesName, loadName, "load.html", "load.md", "load.txt", "result.json", "report.html", "report.md", "report.txt", "junit.xml",
}

// A line of the journal holds exactly one of these.
type line struct {
	Run      *Run     `json:"run,omitempty"`
	Scenario *Outcome `json:"scenario,omitempty"`
	End      *End     `json:"end,omitempty"`
}

// A Folder is where a run writes what it saw: a journal, a transcript per
// scenario and dialect, and the ledger. What was appended is on disk when the
// call returns, so that a kill loses at most the scenario in flight. All that
// is written passes the Redactor; it may still tell of people, so that it is
// open to the one who ran it alone. Safe for concurrent use.
type Folder struct {
	Dir    string
	Ledger *Ledger

	redact  *Redactor
	mu      sync.Mutex
	journal *os.File
}

// An OccupiedError says that a folder cannot be used again: the run it tells of
// has left something at a target.
type OccupiedError struct {
	Dir, Run string
	Entries  []Entry
}

func (e *OccupiedError) Error() string {
	return fmt.Sprintf("%s still tells where to find %d things that run %s made at a target; first: scimproof cleanup --run %s --dir %s, or choose another --out",
		e.Dir, len(e.Entries), e.Run, e.Run, e.Dir)
}

// Create begins an evidence folder. An older run's evidence in dir is replaced
// when its ledger has nothing outstanding, and is an [*OccupiedError] otherwise.
func Create(dir string, run Run, redact *Redactor) (*Folder, error) {
	if err := clear(dir); err != nil {
		return nil, err
	}
	if err := makeFolder(dir); err != nil {
		return nil, fmt.Errorf("create the evidence folder: %w", err)
	}
	journal, err := os.OpenFile(filepath.Join(dir, journalName), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, private)
	if err != nil {
		return nil, fmt.Errorf("create the journal: %w", err)
	}
	ledger, err := OpenLedger(dir, redact)
	if err != nil {
		journal.Close()
		return nil, err
	}
	f := &Folder{Dir: dir, Ledger: ledger, redact: redact, journal: journal}
	if err := f.write(line{Run: &run}); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// What a run saw is private; so is a folder that is made for it. One that is
// there already keeps the mode that its owner gave it.
const (
	private       = 0o600
	privateFolder = 0o700
)

func makeFolder(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	return os.MkdirAll(filepath.Join(dir, transcriptsDir), privateFolder)
}

func clear(dir string) error {
	entries, err := ReadLedger(dir)
	if err != nil {
		return fmt.Errorf("replace the evidence in %s: %w", dir, err)
	}
	if left := Outstanding(entries); len(left) > 0 {
		return &OccupiedError{Dir: dir, Run: runID(dir), Entries: left}
	}
	for _, name := range ours {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("replace the evidence in %s: %w", dir, err)
		}
	}
	return nil
}

func runID(dir string) string {
	e, err := Open(dir)
	if err != nil {
		return "?"
	}
	return e.Run.ID
}

// Append adds an outcome to the journal.
func (f *Folder) Append(o Outcome) error { return f.write(line{Scenario: &o}) }

// Finish adds the journal's last line and closes the folder.
func (f *Folder) Finish(e End) error {
	return errors.Join(f.write(line{End: &e}), f.close())
}

func (f *Folder) write(l line) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := appendLine(f.journal, f.redact, l); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return nil
}

func (f *Folder) close() error { return errors.Join(f.journal.Close(), f.Ledger.Close()) }

// Transcript keeps the exchanges of one scenario and dialect as a HAR file and
// returns its path within the folder. A second transcript of the same name
// replaces the first.
func (f *Folder) Transcript(name string, exchanges []Exchange) (string, error) {
	redacted := make([]Exchange, len(exchanges))
	for i, x := range exchanges {
		redacted[i] = f.redact.Exchange(x)
	}
	har, err := json.MarshalIndent(toHAR(redacted), "", " ")
	if err != nil {
		return "", fmt.Errorf("write the transcript of %s: %w", name, err)
	}
	file := fileName(name) + ".har"
	if err := replaceFile(filepath.Join(f.Dir, transcriptsDir, file), InertJSON(har)); err != nil {
		return "", fmt.Errorf("write the transcript of %s: %w", name, err)
	}
	return transcriptsDir + "/" + file, nil
}

// ReadTranscript reads a file that Transcript wrote.
func ReadTranscript(path string) ([]Exchange, error) {
	whole, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read a transcript: %w", err)
	}
	var h har
	if err := json.Unmarshal(whole, &h); err != nil {
		return nil, fmt.Errorf("read transcript %s: %w", path, err)
	}
	return fromHAR(h)
}

// Evidence is a folder as it was read: raw, as it was seen. Nothing in it is
// judged yet.
type Evidence struct {
	Dir      string
	Run      Run
	Outcomes []Outcome
	End      *End // nil when the run was killed
	Ledger   []Entry
}

// Open reads a folder, also that of a run which is still going on or was
// killed: a torn last line is dropped and everything before it kept.
func Open(dir string) (*Evidence, error) {
	e := &Evidence{Dir: dir}
	headed := false
	err := eachLine(filepath.Join(dir, journalName), func(raw []byte) error {
		var l line
		if err := json.Unmarshal(raw, &l); err != nil {
			return err
		}
		switch {
		case l.Run != nil:
			e.Run, headed = *l.Run, true
		case l.Scenario != nil:
			e.Outcomes = append(e.Outcomes, *l.Scenario)
		case l.End != nil:
			e.End = l.End
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open the evidence: %w", err)
	}
	if !headed {
		return nil, fmt.Errorf("open the evidence: the journal in %s does not begin with a run", dir)
	}
	if e.Ledger, err = ReadLedger(dir); err != nil {
		return nil, fmt.Errorf("open the evidence: %w", err)
	}
	return e, nil
}

// appendLine writes v as one line of JSON, in one write, and syncs.
func appendLine(f *os.File, redact *Redactor, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if _, err := f.Write(append(InertJSON(redact.Body(raw)), '\n')); err != nil {
		return err
	}
	return f.Sync()
}

// eachLine calls use with every line of a file. A last line without its newline
// was torn by a kill and is passed over.
func eachLine(path string, use func([]byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	for n := 1; ; n++ {
		raw, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if raw = bytes.TrimSpace(raw); len(raw) == 0 {
			continue
		}
		if err := use(raw); err != nil {
			return fmt.Errorf("%s, line %d: %w", path, n, err)
		}
	}
}

// replaceFile writes a whole file, or leaves the old one.
func replaceFile(path string, content []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err := tmp.Write(content); err != nil {
		tmp.Close()
		return err
	}
	if err := errors.Join(tmp.Chmod(private), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
