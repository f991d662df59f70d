package evidence

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var (
	noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	run  = Run{ID: "r7k2", Seed: 1, Started: noon, Planned: []Planned{{Req: "a", Dialect: "aiw"}}}
)

func create(t *testing.T, dir string, secrets ...string) *Folder {
	t.Helper()
	f, err := Create(dir, run, NewRedactor(secrets...))
	require.NoError(t, err)
	t.Cleanup(func() { f.close() })
	return f
}

func TestAFolderIsReadAsItWasWritten(t *testing.T) {
	dir := t.TempDir()
	f := create(t, dir)
	o := Outcome{
		Req: "a", Row: "x", Dialect: "aiw", Verdict: Fail, Reason: "so", Steps: []Step{{"s", Fail}},
		Mismatches: []Mismatch{{"w", "1", "2", 3}},
	}
	require.NoError(t, f.Append(o))
	require.NoError(t, f.Ledger.Write(Entry{At: noon, Act: Intend, Kind: User, Name: "ana"}))
	require.NoError(t, f.Finish(End{At: noon, Finished: true}))

	got, err := Open(dir)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(&Evidence{
		Dir: dir, Run: run, Outcomes: []Outcome{o}, End: &End{At: noon, Finished: true},
		Ledger: []Entry{{At: noon, Act: Intend, Kind: User, Name: "ana"}},
	}, got))
}

func TestAKillLosesNothingThatWasAppended(t *testing.T) {
	dir := t.TempDir()
	f := create(t, dir)
	require.NoError(t, f.Append(Outcome{Req: "a", Verdict: Pass}))
	require.NoError(t, f.Append(Outcome{Req: "b", Verdict: Pass}))
	whole, err := os.ReadFile(filepath.Join(dir, journalName))
	require.NoError(t, err)
	header := strings.IndexByte(string(whole), '\n') + 1

	for n := header; n <= len(whole); n++ {
		require.NoError(t, os.WriteFile(filepath.Join(dir, journalName), whole[:n], 0o644))
		e, err := Open(dir)
		require.NoError(t, err, "cut after %d bytes", n)
		require.Len(t, e.Outcomes, strings.Count(string(whole[header:n]), "\n"), "cut after %d bytes", n)
		require.Nil(t, e.End)
	}
}

func TestAJournalThatIsNoneIsAnErrorWithAPlace(t *testing.T) {
	for name, tt := range map[string]struct{ journal, want string }{
		"empty":                  {"", "does not begin with a run"},
		"broken in the middle":   {"{\"run\":{\"id\":\"x\"}}\nnonsense\n{}\n", "journal.jsonl, line 2: "},
		"without a run":          {"{\"end\":{}}\n", "does not begin with a run"},
		"torn in its first line": {"{\"run\":{\"id", "does not begin with a run"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, journalName), []byte(tt.journal), 0o644))
			_, err := Open(dir)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestAFolderIsReplacedUnlessItKnowsOfGuests(t *testing.T) {
	dir := t.TempDir()
	foreign := filepath.Join(dir, "mine.txt")
	require.NoError(t, os.WriteFile(foreign, nil, 0o644))
	f := create(t, dir)
	require.NoError(t, f.Ledger.Write(Entry{Act: Made, Kind: User, Name: "ana", ID: "1"}))
	require.NoError(t, f.Finish(End{}))

	_, err := Create(dir, run, nil)
	var occupied *OccupiedError
	require.ErrorAs(t, err, &occupied)
	assert.ErrorContains(t, err, "first: scimproof cleanup --run r7k2 --dir ")

	l, err := OpenLedger(dir, nil)
	require.NoError(t, err)
	require.NoError(t, l.Write(Entry{Act: Left, Kind: User, ID: "1", State: "disabled"}))
	require.NoError(t, l.Close())
	create(t, dir)
	assert.FileExists(t, foreign, "what is not ours stays")
}

func TestALedgerTornByAKillIsMended(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, ledgerName), []byte("{\"act\":\"intend\",\"name\":\"a\"}\n{\"act\":\"int"), 0o600))
	l, err := OpenLedger(dir, nil)
	require.NoError(t, err)
	require.NoError(t, l.Write(Entry{Act: Intend, Name: "b"}))
	require.NoError(t, l.Close())
	entries, err := ReadLedger(dir)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, "b", entries[1].Name)
}

func TestWhatARunSawIsOpenToItsOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "r7k2")
	f := create(t, dir)
	_, err := f.Transcript("a", nil)
	require.NoError(t, err)
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, "%s is %s", path, info.Mode())
		return nil
	}))
	for _, file := range []string{journalName, ledgerName, transcriptsDir + "/a.har"} {
		assert.FileExists(t, filepath.Join(dir, file))
	}
}

func TestAFolderThatWasThereKeepsItsMode(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o750))
	create(t, dir)
	info, err := os.Stat(dir)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o750), info.Mode().Perm())
}

func TestNoSecretReachesTheFolder(t *testing.T) {
	const secret = `t0p "secret" <key>/é`
	dir := t.TempDir()
	f := create(t, dir, secret)
	require.NoError(t, f.Append(Outcome{Req: "a", Reason: secret, Notes: []string{secret}, Mismatches: []Mismatch{{Got: secret}}}))
	require.NoError(t, f.Ledger.Write(Entry{Name: secret}))
	_, err := f.Transcript("a", []Exchange{{
		URL: "http://x/?a=" + percent(secret), RequestHeader: http.Header{"Authorization": {"Bearer " + secret}, "X": {secret}},
		RequestBody: []byte(inJSON(secret)), ResponseBody: []byte("\xff" + secret), Failure: secret,
	}})
	require.NoError(t, err)
	require.NoError(t, f.Finish(End{Stopped: secret}))
	tagged := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, _ error) error {
		if d.IsDir() {
			return nil
		}
		content, err := os.ReadFile(path)
		for _, form := range []string{secret, unquoted(secret), percent(secret), "t0p ", "t0p%", "dDBwICJzZWNyZXQi"} {
			assert.NotContains(t, string(content), form, path)
		}
		tagged += strings.Count(string(content), f.redact.Tag(secret))
		return err
	}))
	assert.Greater(t, tagged, 8)
}

func TestATranscriptIsReadAsItWasWritten(t *testing.T) {
	f := create(t, t.TempDir())
	want := []Exchange{
		{
			N: 1, Voice: Okta, Subject: "ana", Started: noon, Took: 1234567, Method: "POST", URL: "https://x/Users?a=b&c",
			RequestHeader: http.Header{"Accept": {"a", "b"}}, RequestBody: []byte(`{"a":1}`),
			Status: 201, ResponseHeader: http.Header{"Content-Type": {"application/scim+json"}}, ResponseBody: []byte("\xff\x00"),
		},
		{N: 2, Voice: Eyes, Method: "PUT", URL: "https://x/Users/1", RequestBody: []byte("\xfe"), Failure: "refused"},
	}
	path, err := f.Transcript("a/b.aiw", want)
	require.NoError(t, err)
	assert.Equal(t, "transcripts/a~b.aiw.har", path)
	got, err := ReadTranscript(filepath.Join(f.Dir, path))
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(Exchange{})))
}

func TestFileNamesStayInTheirFolderAndApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.StringMatching(`[A-Za-z0-9./~\\: é-]{1,200}`).Draw(t, "a")
		b := rapid.StringMatching(`[A-Za-z0-9./~\\: é-]{1,4}`).Draw(t, "b")
		for _, name := range []string{fileName(a), fileName(b)} {
			if strings.ContainsAny(name, `/\:`) || strings.HasPrefix(name, ".") || name == "" || len(name) > 200 {
				t.Fatalf("%q is not a safe name", name)
			}
		}
		if a != b && strings.EqualFold(fileName(a), fileName(b)) {
			t.Fatalf("%q and %q share %q", a, b, fileName(a))
		}
	})
}

func TestManyScenariosWriteAtOnce(t *testing.T) {
	dir := t.TempDir()
	f := create(t, dir)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			assert.NoError(t, f.Append(Outcome{Req: fmt.Sprint(i)}))
			_, err := f.Transcript("same", []Exchange{{N: i}})
			assert.NoError(t, err)
		})
	}
	all.Wait()
	e, err := Open(dir)
	require.NoError(t, err)
	assert.Len(t, e.Outcomes, 20)
}

func TestTheLedgerFoldsToWhatStands(t *testing.T) {
	user := func(act Act, name, id string) Entry {
		return Entry{Act: act, Kind: User, Name: name, ID: id, BaseURL: "x"}
	}
	for name, tt := range map[string]struct {
		entries, standing []Entry
		outstanding       int
	}{
		"nothing": {nil, nil, 0},
		"a create that was never answered stands by its name": {
			[]Entry{user(Intend, "ana", "")}, []Entry{user(Intend, "ana", "")}, 1,
		},
		"a create that was answered stands by its id": {
			[]Entry{user(Intend, "ana", ""), user(Made, "ana", "1")}, []Entry{user(Made, "ana", "1")}, 1,
		},
		"what was deleted is gone": {
			[]Entry{user(Intend, "ana", ""), user(Made, "ana", "1"), user(Gone, "", "1")}, nil, 0,
		},
		"what was disabled stays, and is dealt with": {
			[]Entry{user(Intend, "ana", ""), user(Made, "ana", "1"), user(Left, "", "1")}, []Entry{user(Left, "ana", "1")}, 0,
		},
		"two creates of one name, one answered, leave one open": {
			[]Entry{user(Intend, "ana", ""), user(Intend, "ANA", ""), user(Made, "ana", "1")},
			[]Entry{user(Made, "ana", "1"), user(Intend, "ANA", "")},
			2,
		},
		"a create without an answer that was found by its name and deleted is gone": {
			[]Entry{user(Intend, "ana", ""), user(Gone, "Ana", "1")}, nil, 0,
		},
		"a create that was tried again is dealt with when its account is": {
			[]Entry{user(Intend, "ana", ""), user(Intend, "ana", ""), user(Made, "ana", "1"), user(Left, "ana", "1")},
			[]Entry{user(Left, "ana", "1")},
			0,
		},
		"a create without an answer that was found by its name and disabled is dealt with": {
			[]Entry{user(Intend, "bob", ""), user(Intend, "ana", ""), user(Intend, "ana", ""), user(Left, "ana", "1")},
			[]Entry{user(Intend, "bob", ""), user(Left, "ana", "1")},
			1,
		},
		"what is gone by its id alone settles nothing else": {
			[]Entry{user(Intend, "ana", ""), user(Intend, "", ""), user(Gone, "", "1")},
			[]Entry{user(Intend, "ana", ""), user(Intend, "", "")},
			2,
		},
		"what is disabled by its id alone settles nothing else": {
			[]Entry{user(Made, "ana", "1"), user(Intend, "ana", ""), user(Left, "", "1")},
			[]Entry{user(Left, "ana", "1"), user(Intend, "ana", "")},
			1,
		},
		"a create that was refused made nothing": {
			[]Entry{user(Intend, "ana", ""), user(Refused, "ana", "")}, nil, 0,
		},
		"a create that was refused says nothing of the one before": {
			[]Entry{user(Intend, "ana", ""), user(Intend, "ana", ""), user(Refused, "ana", "")}, []Entry{user(Intend, "ana", "")}, 1,
		},
		"a refusal of what is there already leaves it there": {
			[]Entry{user(Intend, "ana", ""), user(Made, "ana", "1"), user(Intend, "ana", ""), user(Refused, "ana", "")},
			[]Entry{user(Made, "ana", "1")},
			1,
		},
		"an account in use again after it was disabled stands again": {
			[]Entry{user(Made, "ana", "1"), user(Left, "ana", "1"), user(Intend, "ana", ""), user(Made, "ana", "1")},
			[]Entry{user(Made, "ana", "1")},
			1,
		},
		"a group's end settles no account's create": {
			[]Entry{user(Intend, "ana", ""), {Act: Gone, Kind: Group, Name: "ana", ID: "1", BaseURL: "x"}}, []Entry{user(Intend, "ana", "")}, 1,
		},
		"looked for by name and not there is gone": {
			[]Entry{user(Intend, "ana", ""), user(Intend, "bob", ""), user(Gone, "Ana", "")}, []Entry{user(Intend, "bob", "")}, 1,
		},
		"a group of the same name is another thing": {
			[]Entry{user(Made, "ana", "1"), {Act: Gone, Kind: Group, ID: "1", BaseURL: "x"}}, []Entry{user(Made, "ana", "1")}, 1,
		},
		"a tenant of its own is another place": {
			[]Entry{user(Made, "ana", "1"), {Act: Gone, Kind: User, ID: "1", BaseURL: "y"}}, []Entry{user(Made, "ana", "1")}, 1,
		},
		"the same id answered twice is one thing": {
			[]Entry{user(Intend, "ana", ""), user(Made, "ana", "1"), user(Intend, "ana", ""), user(Made, "ana", "1")}, []Entry{user(Made, "ana", "1")}, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Empty(t, cmp.Diff(tt.standing, Standing(tt.entries), cmpopts.EquateEmpty()))
			assert.Len(t, Outstanding(tt.entries), tt.outstanding)
		})
	}
}
