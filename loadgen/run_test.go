package loadgen_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/scimproof/scimproof/loadgen"
	"github.com/scimproof/scimproof/loadgen/crowd"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const runID = "spr7k2abcd"

// load runs a crowd at a target, in a closed loop, into a folder of its own.
func load(t *testing.T, ctx context.Context, tg target.Target, people int, change ...func(*loadgen.Config)) (evidence.Load, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	redact := evidence.NewRedactor(tg.Secrets...)
	folder, err := evidence.Create(dir, evidence.Run{ID: runID}, redact)
	require.NoError(t, err)
	c := loadgen.Config{Target: tg, RunID: runID, Seed: 1, People: people, Workers: 8, Folder: folder, Redact: redact}
	for _, f := range change {
		f(&c)
	}
	seen, err := loadgen.Run(ctx, c)
	require.NoError(t, err)
	require.NoError(t, folder.WriteLoad(seen))
	require.NoError(t, folder.Finish(evidence.End{}))
	kept, err := evidence.ReadLoad(dir)
	require.NoError(t, err)
	assert.Equal(t, seen.Result, kept.Result)
	assertListed(t, seen.Readback, dir)
	return seen, dir
}

// assertListed: all that is not as planned has a line of its own, whatever is kept as
// examples, and says what and who it is.
func assertListed(t *testing.T, r evidence.Readback, dir string) {
	t.Helper()
	if r.Bad() == 0 {
		assert.Empty(t, r.AllIn)
		assert.NoFileExists(t, filepath.Join(dir, "differences.jsonl"))
		return
	}
	require.Equal(t, "differences.jsonl", r.AllIn)
	raw, err := os.ReadFile(filepath.Join(dir, r.AllIn))
	require.NoError(t, err)
	members := 0
	for line := range bytes.Lines(raw) {
		var d evidence.Difference
		require.NoError(t, json.Unmarshal(line, &d))
		assert.NotEmpty(t, d.Why)
		assert.NotEmpty(t, d.Name+d.ID)
		if d.Kind == "member" {
			assert.NotEmpty(t, d.In)
			members++
		}
	}
	assert.Equal(t, r.Bad(), bytes.Count(raw, []byte("\n")))
	if r.Groups != nil {
		assert.Equal(t, r.Groups.MembersLost+r.Groups.MembersStrange, members)
	}
}

func TestACrowdIsProvisionedInBothDialects(t *testing.T) {
	for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprintf("%s, seed %d", dialect, seed+1), func(t *testing.T) {
				tg, err := target.Bundled("")
				require.NoError(t, err)
				defer tg.Close()
				seen, dir := load(t, context.Background(), tg, 250, func(c *loadgen.Config) { c.Dialect, c.Seed = dialect, seed+1 })
				assert.Equal(t, "success", seen.Result, "%+v", seen)
				assert.Equal(t, evidence.LoadPeople{Began: 250, Done: 250}, seen.People)
				assert.Equal(t, []int{250, 250, 250}, []int{seen.Readback.Accounts, seen.Readback.Ours, seen.Readback.ReadByID})
				assert.EqualValues(t, 250, seen.Phases[0].Dialogues[0].Count)
				require.Len(t, seen.Phases[0].Requests, 2)
				assert.Equal(t, map[string]int{"200": 250}, seen.Phases[0].Requests[0].Status)
				assert.Equal(t, map[string]int{"201": 250}, seen.Phases[0].Requests[1].Status)
				entries, err := evidence.ReadLedger(dir)
				require.NoError(t, err)
				assert.Empty(t, entries, "a tenant of our own goes with all that is in it")
			})
		}
	}
}

// What follows the phases tells how far it has come, to its end.
func TestWhatFollowsTellsItsProgress(t *testing.T) {
	last, told := map[crowd.Phase][2]int{}, map[crowd.Phase]int{}
	load(t, context.Background(), (&directory{}).somebody(t), 250, func(c *loadgen.Config) {
		c.Progress = func(p loadgen.Progress) {
			if p.Figures == nil {
				assert.Greater(t, p.Ended, last[p.Phase][0], p.Phase)
				last[p.Phase] = [2]int{p.Ended, p.Planned}
				told[p.Phase]++
			}
		}
	})
	whole := [2]int{250, 250}
	assert.Equal(t, map[crowd.Phase][2]int{loadgen.ReadingBack: whole, loadgen.LookingSingly: whole, loadgen.TidyingUp: whole}, last)
	assert.Equal(t, map[crowd.Phase]int{loadgen.ReadingBack: 3, loadgen.LookingSingly: 250, loadgen.TidyingUp: 250}, told)
}

// Of nobody, and of no group, there is no progress to tell.
func TestNobodyIsNotReadBack(t *testing.T) {
	d := &directory{before: func(w http.ResponseWriter, r *http.Request) bool {
		refused := r.Method == http.MethodPost
		if refused {
			w.WriteHeader(http.StatusBadRequest)
		}
		return refused
	}}
	seen, _ := load(t, context.Background(), d.somebody(t), 20, func(c *loadgen.Config) {
		c.Phases = []crowd.Phase{crowd.Onboard, crowd.Push}
		c.Progress = func(p loadgen.Progress) { assert.Positive(t, p.Planned, p.Phase) }
	})
	assert.Equal(t, 20, seen.Phases[0].People.Refused)
}

// Of a large crowd a sample is looked at, and the result claims no more than that.
func TestASampleIsCalledOne(t *testing.T) {
	for people, whole := range map[int]bool{1000: true, 1200: false} {
		tg, err := target.Bundled("")
		require.NoError(t, err)
		seen, _ := load(t, context.Background(), tg, people)
		require.NoError(t, tg.Close())
		assert.Equal(t, "success", seen.Result)
		assert.Equal(t, people, seen.Readback.Known)
		assert.Equal(t, whole, seen.Readback.LookedAt == people)
		if whole {
			assert.Empty(t, seen.Readback.Sampled())
		} else {
			assert.Equal(t, fmt.Sprintf("%d of 1200 people were looked at singly, by name and by id, and of the others the list alone was read", seen.Readback.LookedAt), seen.Readback.Sampled())
		}
	}
}

// Each of these servers answers every create with 201, quickly.
func TestAnAccountThatIsNotAsPlannedFailsTheRun(t *testing.T) {
	every := func(n int, do func(map[string]any) []map[string]any) func(int, map[string]any) []map[string]any {
		return func(i int, account map[string]any) []map[string]any {
			if i%n == 0 {
				return do(account)
			}
			return []map[string]any{account}
		}
	}
	with := func(account map[string]any, name string, value any) []map[string]any {
		account[name] = value
		return []map[string]any{account}
	}
	for name, tt := range map[string]struct {
		create                func(int, map[string]any) []map[string]any
		lost, doubled, wrong  int
		result                string
		disabled, stillActive int
	}{
		"every account is stored once": {nil, 0, 0, 0, "success", 120, 0},
		"every tenth account is stored nowhere": {
			every(10, func(map[string]any) []map[string]any { return nil }), 12, 0, 0, "failure", 108, 0,
		},
		"every tenth account is stored twice": {
			every(10, func(a map[string]any) []map[string]any { return []map[string]any{a, a} }), 0, 12, 0, "failure", 132, 0,
		},
		"every tenth account is stored disabled": {
			every(10, func(a map[string]any) []map[string]any { return with(a, "active", false) }), 0, 0, 12, "failure", 120, 0,
		},
		"every tenth account has another's first name": {
			every(10, func(a map[string]any) []map[string]any {
				return with(a, "name", map[string]any{"givenName": "Mallory", "familyName": "Ruiz"})
			}), 0, 0, 12, "failure", 120, 0,
		},
		"every tenth account has no address": {
			every(10, func(a map[string]any) []map[string]any { return with(a, "emails", nil) }), 0, 0, 12, "failure", 120, 0,
		},
		"every tenth account has another's last name": {
			every(10, func(a map[string]any) []map[string]any {
				return with(a, "name", map[string]any{"givenName": a["name"].(map[string]any)["givenName"], "familyName": "Mallory"})
			}), 0, 0, 12, "failure", 120, 0,
		},
		"every tenth account has another's display name": {
			every(10, func(a map[string]any) []map[string]any { return with(a, "displayName", "Mallory Doe") }), 0, 0, 12, "failure", 120, 0,
		},
		"a display name that the server makes of the names is not wrong": {
			every(1, func(a map[string]any) []map[string]any {
				name := a["name"].(map[string]any)
				return with(a, "displayName", fmt.Sprint(name["familyName"], ", ", name["givenName"]))
			}), 0, 0, 0, "success", 120, 0,
		},
		"every tenth account speaks another language": {
			every(10, func(a map[string]any) []map[string]any { return with(a, "locale", "de-DE") }), 0, 0, 12, "failure", 120, 0,
		},
		"a locale in another spelling is not wrong": {
			every(1, func(a map[string]any) []map[string]any { return with(a, "locale", "en_us") }), 0, 0, 0, "success", 120, 0,
		},
		"every tenth account has another person's address besides": {
			every(10, func(a map[string]any) []map[string]any {
				return with(a, "emails", append(a["emails"].([]any), map[string]any{"value": "zoe." + runID + "-7@mail.scimproof.test"}))
			}), 0, 0, 12, "failure", 120, 0,
		},
		"every tenth account has another primary address": {
			every(10, func(a map[string]any) []map[string]any {
				return with(a, "emails", append(a["emails"].([]any), map[string]any{"value": "mallory@example.com", "primary": true}))
			}), 0, 0, 12, "failure", 120, 0,
		},
		"every tenth account has its address as another kind": {
			every(10, func(a map[string]any) []map[string]any {
				return with(a, "emails", []any{map[string]any{"value": a["emails"].([]any)[0].(map[string]any)["value"], "type": "home"}})
			}), 0, 0, 12, "failure", 120, 0,
		},
		"every tenth account has its address as a secondary one": {
			every(10, func(a map[string]any) []map[string]any {
				return with(a, "emails", []any{map[string]any{"value": a["emails"].([]any)[0].(map[string]any)["value"], "primary": false}})
			}), 0, 0, 12, "failure", 120, 0,
		},
		"an alias of the server's own is not wrong": {
			every(1, func(a map[string]any) []map[string]any {
				return with(a, "emails", append(a["emails"].([]any), map[string]any{"value": "alias@sp.example.test", "type": "other"}))
			}), 0, 0, 0, "success", 120, 0,
		},
		"what Okta can do without is not wrong when it is not shown": {
			every(1, func(a map[string]any) []map[string]any {
				address := a["emails"].([]any)[0].(map[string]any)["value"]
				return []map[string]any{{
					"schemas": a["schemas"], "userName": a["userName"], "name": a["name"], "active": true,
					"emails": []any{map[string]any{"value": address}},
				}}
			}), 0, 0, 0, "success", 120, 0,
		},
		// The scenarios say the same of such servers: Okta needs active, as a boolean.
		"every tenth account has its active flag as text": {
			every(10, func(a map[string]any) []map[string]any { return with(a, "active", "True") }), 0, 0, 12, "failure", 120, 0,
		},
		"every tenth account has another externalId": {
			every(10, func(a map[string]any) []map[string]any { return with(a, "externalId", "somebody") }), 0, 0, 12, "failure", 120, 0,
		},
		"an externalId that is not shown is not wrong": {
			every(1, func(a map[string]any) []map[string]any { return with(a, "externalId", nil) }), 0, 0, 0, "success", 120, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := &directory{create: tt.create}
			seen, dir := load(t, context.Background(), d.somebody(t), 120)
			assert.Equal(t, tt.result, seen.Result, "%+v", seen)
			assert.Equal(t, []int{tt.lost, tt.doubled, tt.wrong}, []int{seen.Readback.Lost, seen.Readback.Doubled, seen.Readback.Wrong})
			assert.Equal(t, 120, seen.People.Done, "Okta saw nothing of it")
			active, disabled := d.states()
			assert.Equal(t, []int{tt.disabled, tt.stillActive}, []int{disabled, active})
			assertTidy(t, dir)
		})
	}
}

// A second account of which Okta was never told shows in the list alone.
func TestADoubledAccountIsFoundWhicheverOfTheTwoWasAnswered(t *testing.T) {
	for _, first := range []bool{false, true} {
		d := &directory{answersFirst: first, create: func(n int, a map[string]any) []map[string]any {
			if n == 7 {
				return []map[string]any{a, a}
			}
			return []map[string]any{a}
		}}
		seen, _ := load(t, context.Background(), d.somebody(t), 20)
		assert.Equal(t, []int{0, 1, 0}, []int{seen.Readback.Lost, seen.Readback.Doubled, seen.Readback.Wrong}, "answered with the first: %v", first)
		assert.Equal(t, "failure", seen.Result)
	}
}

func assertTidy(t *testing.T, dir string) {
	t.Helper()
	entries, err := evidence.ReadLedger(dir)
	require.NoError(t, err)
	assert.NotEmpty(t, entries)
	assert.Empty(t, evidence.Outstanding(entries))
}

func TestWhoIsAboutToBeMadeIsOnDiskBeforeTheTargetHearsOfThem(t *testing.T) {
	d, announced := &directory{}, map[string]bool{}
	var dir string
	var mu sync.Mutex
	d.create = func(_ int, account map[string]any) []map[string]any {
		mu.Lock()
		defer mu.Unlock()
		if !announced[fmt.Sprint(account["userName"])] { // read again only for a new block
			entries, err := evidence.ReadLedger(dir)
			assert.NoError(t, err)
			for _, e := range entries {
				announced[e.Name] = announced[e.Name] || e.Act == evidence.Intend
			}
		}
		assert.True(t, announced[fmt.Sprint(account["userName"])], "%s", account["userName"])
		return []map[string]any{account}
	}
	seen, _ := load(t, context.Background(), d.somebody(t), 1200, func(c *loadgen.Config) { dir = c.Folder.Dir })
	assert.Equal(t, 1200, seen.People.Done)
}

func TestAnInterruptedRunStopsReadsBackAndTidiesUp(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	d := &directory{create: func(n int, account map[string]any) []map[string]any {
		if n == 40 {
			interrupt()
		}
		return []map[string]any{account}
	}}
	seen, dir := load(t, ctx, d.somebody(t), 5000)
	assert.Equal(t, "incomplete", seen.Result, "%+v", seen)
	assert.True(t, seen.Run.Interrupted)
	assert.LessOrEqual(t, seen.People.Began, 40+8+8, "those in flight, and no others")
	assert.Zero(t, seen.Readback.Bad(), "%+v", seen.Readback)
	assert.True(t, seen.Readback.Done)
	active, disabled := d.states()
	assert.Zero(t, active)
	assert.Equal(t, seen.Left.Disabled, disabled)
	assertTidy(t, dir)
}

func TestWhatIsInFlightWhenTheGraceIsOverIsCutOff(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	d := &directory{before: func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			interrupt()
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server hear that the client is gone
			<-r.Context().Done()
			return true
		}
		return false
	}}
	seen, dir := load(t, ctx, d.somebody(t), 100, func(c *loadgen.Config) { c.Grace = time.Millisecond })
	assert.Equal(t, "incomplete", seen.Result)
	assert.Positive(t, seen.People.Stopped)
	assert.Zero(t, seen.People.Done)
	assert.Zero(t, seen.Readback.Bad(), "nobody knows of them")
	entries, err := evidence.ReadLedger(dir)
	require.NoError(t, err)
	assert.NotEmpty(t, evidence.Outstanding(entries), "an empty lookup proves nothing where no lookup has found anybody: they may be there")
}

func TestNothingIsWrittenToSomebodyElsesAccount(t *testing.T) {
	stranger := map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "id": "1", "userName": "boss@example.com", "active": true}
	for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
		t.Run(string(dialect), func(t *testing.T) {
			d := &directory{accounts: []map[string]any{stranger}, before: func(_ http.ResponseWriter, r *http.Request) bool {
				r.URL.RawQuery = "startIndex=1&count=100" // the filter is ignored
				return false
			}}
			seen, _ := load(t, context.Background(), d.somebody(t), 30, func(c *loadgen.Config) { c.Dialect = dialect })
			assert.Equal(t, "failure", seen.Result)
			assert.Equal(t, 30, seen.People.Guarded)
			require.NotEmpty(t, seen.Phases[0].Failures)
			assert.Contains(t, seen.Phases[0].Failures[0].Example, `Okta would now have overwritten account "boss@example.com" (id 1)`)
			assert.Empty(t, d.writes)
		})
	}
}
