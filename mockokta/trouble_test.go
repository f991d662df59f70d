package mockokta_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
)

// A case of trouble is a story as a file: see testdata/trouble/README.md.
type trouble struct {
	dialects []string
	before   string
	blocks   []string // acts, requests, answers, waits and tasks, in order
}

func readTrouble(t *testing.T, name string) trouble {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "trouble", name))
	require.NoError(t, err)
	head, rest, _ := strings.Cut(strings.TrimRight(string(text), "\n"), "\n\n")
	told := map[string]string{}
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		told[key] = value
	}
	for _, key := range []string{"Trace", "About", "Dialect", "Grade", "Source"} {
		require.NotEmpty(t, told[key], "the head of %s lacks %s", name, key)
	}
	require.True(t, strings.HasPrefix(name, told["Trace"]+"-"))
	require.Equal(t, oktaBase, told["Base"])
	said := ""
	tr := trouble{dialects: strings.Split(told["Dialect"], ", "), before: told["Before"]}
	for block := range strings.SplitSeq(rest, "\n\n") {
		if block == "> again" {
			block = said
		}
		if block[0] == '>' {
			said = block
		}
		tr.blocks = append(tr.blocks, block)
	}
	return tr
}

const oktaBase = "https://sp.example.test/scim/v2"

// An inquiry plays a case of trouble and writes down what happens.
type inquiry struct {
	*management.Client
	t       *testing.T
	app     directory.AppID
	ana     directory.PersonID
	group   directory.GroupID
	mapping directory.MappingID

	mu      sync.Mutex
	answers []string // that are left
	telling bool     // the story has begun
	heard   []string
}

// What an administrator does, in the words of the traces.
var deeds = map[string]func(*inquiry, context.Context) error{
	"Ana is assigned":   func(q *inquiry, ctx context.Context) error { return q.Assign(ctx, q.app, q.ana) },
	"Ana is unassigned": func(q *inquiry, ctx context.Context) error { return q.Unassign(ctx, q.app, q.ana) },
	"Ana's title becomes Analyst": func(q *inquiry, ctx context.Context) error {
		return q.UpdateUser(ctx, q.ana, directory.Profile{"title": "Analyst"})
	},
	"Ana sets another password": func(q *inquiry, ctx context.Context) error {
		return q.SetPassword(ctx, q.ana, `S3cret "of" Ana`)
	},
	"the group Analysts is pushed": func(q *inquiry, ctx context.Context) (err error) {
		q.mapping, err = q.PushGroup(ctx, q.app, q.group, "Analysts")
		return err
	},
	"the group Analysts is deleted at the target": func(q *inquiry, ctx context.Context) error {
		return q.Unlink(ctx, q.app, q.mapping, true)
	},
	"the connection is tested": func(q *inquiry, ctx context.Context) error { return q.TestCredentials(ctx, q.app, false) },
}

// What had happened before.
var befores = map[string]func(*inquiry){
	"":                func(*inquiry) {},
	"Ana is assigned": func(q *inquiry) { q.did("Ana is assigned") },
	"Ana is assigned, and passwords are synced": func(q *inquiry) {
		require.NoError(q.t, q.SetSyncPassword(q.t.Context(), q.app, true))
		q.did("Ana is assigned")
	},
	"Ana was assigned and unassigned": func(q *inquiry) {
		q.did("Ana is assigned")
		q.did("Ana is unassigned")
	},
	"the group Analysts is empty": func(q *inquiry) { q.grouped() },
	"Ana is assigned and in the group Analysts": func(q *inquiry) {
		q.did("Ana is assigned")
		q.grouped()
		require.NoError(q.t, q.AddMembers(q.t.Context(), q.group, q.ana))
	},
	"the group Analysts is pushed, and its push is off": func(q *inquiry) {
		q.grouped()
		q.did("the group Analysts is pushed")
		require.NoError(q.t, q.SetPush(q.t.Context(), q.app, q.mapping, false))
	},
}

func (q *inquiry) grouped() {
	var err error
	q.group, err = q.CreateGroup(q.t.Context(), "Analysts")
	require.NoError(q.t, err)
}

func (q *inquiry) did(deed string) {
	q.t.Helper()
	require.NoError(q.t, deeds[deed](q, q.t.Context()))
	require.NoError(q.t, q.Settle(q.t.Context()))
}

func TestTrouble(t *testing.T) {
	files, err := filepath.Glob("testdata/trouble/T*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := filepath.Base(file)
		for _, dialect := range readTrouble(t, name).dialects {
			t.Run(strings.TrimSuffix(name, ".txt")+" "+dialect, func(t *testing.T) {
				tr := readTrouble(t, name)
				q := inquire(t, dialect)
				befores[tr.before](q)
				require.NoError(t, q.Settle(t.Context()))
				q.tell(tr)
				if d := cmp.Diff(tr.blocks, q.heard); d != "" {
					t.Errorf("what happened differs (-want +got):\n%s", d)
				}
			})
		}
	}
}

func inquire(t *testing.T, dialect string) *inquiry {
	t.Helper()
	q := &inquiry{t: t}
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(q.answer)
	okta, err := mockokta.Start(mockokta.Config{
		Target: target, Wait: q.wait, Now: func() time.Time { return time.Unix(0, 0) },
		NewID: func(prefix string, n int) string {
			if prefix == "00u" {
				return "00u1mockAAAAAAAAAA01"
			}
			return fmt.Sprint(prefix, strings.Repeat("x", 16), n)
		},
		Password: func(int) string { return "k3Vt9qZx" },
	})
	require.NoError(t, err)
	admin := &http.Transport{}
	q.Client = &management.Client{URL: okta.URL, Token: okta.Token, HTTP: admin}
	t.Cleanup(func() { admin.CloseIdleConnections(); require.NoError(t, okta.Close()) })
	ctx := t.Context()
	q.ana, err = q.CreateUser(ctx, ana)
	require.NoError(t, err)
	q.app, err = q.CreateApp(ctx, "Immuta", map[string]string{"aiw": "", "oin": directory.TokenAuth}[dialect])
	require.NoError(t, err)
	if dialect == "aiw" {
		require.NoError(t, q.EnableSCIM(ctx, q.app))
	}
	require.NoError(t, q.Connect(ctx, q.app, oktaBase, scimToken))
	require.NoError(t, q.ActivateConnection(ctx, q.app))
	require.NoError(t, q.SetProvisioning(ctx, q.app, true, true, true))
	return q
}

// tell does what the administrator of the story does.
func (q *inquiry) tell(tr trouble) {
	q.t.Helper()
	q.mu.Lock()
	q.telling = true
	for _, block := range tr.blocks {
		if block[0] == '<' {
			q.answers = append(q.answers, block)
		}
	}
	q.mu.Unlock()
	ctx := q.t.Context()
	for _, block := range tr.blocks {
		deed, isDeed := strings.CutPrefix(block, "* ")
		if !isDeed {
			continue
		}
		require.Contains(q.t, deeds, deed)
		q.note(block)
		known := q.tasks()
		if err := deeds[deed](q, ctx); err != nil {
			var refused *management.Error
			require.ErrorAs(q.t, err, &refused)
			q.note("! " + refused.Causes[0].Summary)
		}
		require.NoError(q.t, q.Settle(ctx))
		for _, task := range q.tasks()[len(known):] {
			q.note("! " + task.Error)
			q.shows(task)
		}
	}
}

// shows: what went wrong stands on the assignment or the push, as long as there is
// one.
func (q *inquiry) shows(task management.Task) {
	q.t.Helper()
	if task.Group != "" {
		m, err := q.Mapping(q.t.Context(), q.app, q.mapping)
		require.NoError(q.t, err)
		require.Equal(q.t, [2]string{"ERROR", task.Error}, [2]string{m.Status, m.Error})
		return
	}
	require.Equal(q.t, q.ana, task.Person)
	users, err := q.AppUsers(q.t.Context(), q.app)
	require.NoError(q.t, err)
	for _, u := range users {
		require.Equal(q.t, "ERROR", u.SyncState)
	}
}

func (q *inquiry) tasks() []management.Task {
	q.t.Helper()
	tasks, err := q.Tasks(q.t.Context())
	require.NoError(q.t, err)
	return tasks
}

func (q *inquiry) note(block string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.heard = append(q.heard, block)
}

func (q *inquiry) wait(_ context.Context, d time.Duration) error {
	q.note(fmt.Sprintf("~ %g s", d.Seconds()))
	return nil
}

func (q *inquiry) answer(r *http.Request) (*http.Response, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.telling {
		return httpmock.NewStringResponse(oblige(r)), nil
	}
	text, err := asText(r)
	if err != nil {
		return nil, err
	}
	q.heard = append(q.heard, quoted(text))
	if len(q.answers) == 0 {
		return nil, fmt.Errorf("more is said than the trace has: %s %s", r.Method, r.URL)
	}
	block := q.answers[0]
	q.answers = q.answers[1:]
	q.heard = append(q.heard, block)
	return asResponse(block)
}

func quoted(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight("> "+line, " ")
	}
	return strings.Join(lines, "\n")
}

// asResponse is an answer as a trace writes it: status, headers, body.
func asResponse(block string) (*http.Response, error) {
	head, body, _ := strings.Cut(unquoted(block), "\n\n")
	status, headers, _ := strings.Cut(head, "\n")
	n, err := strconv.Atoi(status)
	if err != nil {
		return nil, err
	}
	response := httpmock.NewStringResponse(n, body)
	for line := range strings.Lines(headers) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		response.Header.Set(name, value)
	}
	return response, nil
}
