package evidence

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// An Act is what became of something that a run makes at a target.
type Act string

const (
	Intend  Act = "intend"  // about to be made; the create may or may not have arrived
	Refused Act = "refused" // the target refused to make it, for certain: one Intend came to nothing
	Made    Act = "made"    // the target answered with an id
	Gone    Act = "gone"    // deleted, or looked for and not there
	Left    Act = "left"    // stays on purpose, in the State named: a disabled account
)

// Kinds of things that a run makes.
const (
	User  = "user"
	Group = "group"
)

// An Entry is one line of ledger.jsonl.
type Entry struct {
	At      time.Time `json:"at"`
	Act     Act       `json:"act"`
	Kind    string    `json:"kind"`           // user or group
	Name    string    `json:"name,omitempty"` // userName or displayName
	ID      string    `json:"id,omitempty"`   // the target's; unknown until made
	BaseURL string    `json:"base_url"`       // the tenant that holds it
	State   string    `json:"state,omitempty"`
}

// A Ledger is the list of what a run makes at a target, kept so that every one
// of its guests can be found again. An entry is on disk when Write returns.
// Safe for concurrent use.
type Ledger struct {
	redact *Redactor
	mu     sync.Mutex
	file   *os.File
}

const ledgerName = "ledger.jsonl"

// OpenLedger opens the ledger of an evidence folder to append to it, as cleanup
// does later. What a kill tore off at its end is cut away first.
func OpenLedger(dir string, redact *Redactor) (*Ledger, error) {
	path := filepath.Join(dir, ledgerName)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, private)
	if err != nil {
		return nil, fmt.Errorf("open the ledger: %w", err)
	}
	if err := cutTornLine(f, path); err != nil {
		f.Close()
		return nil, fmt.Errorf("open the ledger: %w", err)
	}
	return &Ledger{redact: redact, file: f}, nil
}

func cutTornLine(f *os.File, path string) error {
	whole, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return f.Truncate(int64(bytes.LastIndexByte(whole, '\n') + 1))
}

// Write appends an entry and returns once it is on disk.
func (l *Ledger) Write(e Entry) error { return l.WriteAll([]Entry{e}) }

// WriteAll appends entries, in one write, and returns once they are on disk: one
// sync for all of them.
func (l *Ledger) WriteAll(entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var lines []byte
	for _, e := range entries {
		raw, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("write %s %q to the ledger: %w", e.Kind, e.Name, err)
		}
		lines = append(append(lines, InertJSON(l.redact.Body(raw))...), '\n')
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.file.Write(lines); err != nil {
		return fmt.Errorf("write %s %q to the ledger: %w", entries[0].Kind, entries[0].Name, err)
	}
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("write %s %q to the ledger: %w", entries[0].Kind, entries[0].Name, err)
	}
	return nil
}

// Close closes the file; the ledger stays.
func (l *Ledger) Close() error { return l.file.Close() }

// ReadLedger reads what the ledger of a folder holds. A torn last line was
// never acted upon, since entries are synced first, and is dropped. A folder
// without a ledger has made nothing.
func ReadLedger(dir string) ([]Entry, error) {
	var entries []Entry
	err := eachLine(filepath.Join(dir, ledgerName), func(line []byte) error {
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		entries = append(entries, e)
		return nil
	})
	if os.IsNotExist(err) {
		return nil, nil
	}
	return entries, err
}

// Standing folds a ledger to what is, as far as it knows, still at the target:
// the last entry of each thing that is not gone, in order of appearance. What
// was intended and never answered for is among it, without an id.
func Standing(entries []Entry) []Entry {
	var standing []Entry
	for _, part := range byThing(entries) {
		var still []Entry
		for _, e := range part {
			still = settle(still, e)
		}
		standing = append(standing, still...)
	}
	return standing
}

// Outstanding is the part of Standing that nobody has dealt with: neither gone
// nor left on purpose.
func Outstanding(entries []Entry) []Entry {
	return slices.DeleteFunc(Standing(entries), func(e Entry) bool { return e.Act == Left })
}

// settle applies one entry to what stands. A create that was answered closes one
// Intend of its name, since each create has its own. Whoever dealt with a thing
// of a name (gone, or left on purpose) had looked for the name at the target, so
// that no Intend of it stays open.
func settle(standing []Entry, e Entry) []Entry {
	known := slices.IndexFunc(standing, func(s Entry) bool { return s.ID != "" && s.ID == e.ID && samePlace(s, e) })
	intent := slices.IndexFunc(standing, e.closes)
	switch {
	case e.Act == Intend:
		return append(standing, e)
	case e.Act == Refused:
		return without(standing, intent)
	case e.Act == Gone:
		return slices.DeleteFunc(without(standing, known), e.settles)
	case known >= 0:
		named := e
		named.Name = cmp.Or(e.Name, standing[known].Name)
		standing[known] = named
	case intent >= 0:
		standing[intent] = e
	default:
		standing = append(standing, e)
	}
	if e.Act == Made && known >= 0 { // a create answered with an id that is known already
		return without(standing, intent)
	}
	return slices.DeleteFunc(standing, e.settles)
}

// closes: s is an Intend, and e tells what became of a thing of its name.
func (e Entry) closes(s Entry) bool {
	return s.Act == Intend && strings.EqualFold(s.Name, e.Name) && samePlace(s, e)
}

// settles: e closes s, and every other Intend of that name.
func (e Entry) settles(s Entry) bool {
	return (e.Act == Gone || e.Act == Left) && e.Name != "" && e.closes(s)
}

func without(standing []Entry, i int) []Entry {
	if i < 0 {
		return standing
	}
	return slices.Delete(standing, i, i+1)
}

func samePlace(a, b Entry) bool { return a.Kind == b.Kind && a.BaseURL == b.BaseURL }
