package mockokta_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/mockokta/provision"
)

// A scene is an act of an administrator, what was there before, and what Okta then
// asks of an honest target in each dialect.
type scene struct {
	name        string
	before, act func(*desk)
	aiw, oin    []kind // none where the dialect has no such scene
}

var scenes = []scene{
	{"connection test", (*desk).nothing, (*desk).testConnection, []kind{test}, []kind{test}},
	{
		"assign, absent", (*desk).nothing, (*desk).assign,
		[]kind{none, create},
		[]kind{none, create},
	},
	{
		"assign, present and active", func(d *desk) { d.present(true) }, (*desk).assign,
		[]kind{find, get, put, get, put},
		[]kind{find, get, put},
	},
	{
		"assign, present and inactive", func(d *desk) { d.present(false) }, (*desk).assign,
		[]kind{find, get, put, get, put},
		[]kind{find, patch, get, put},
	},
	{"push a profile", (*desk).assigned, (*desk).promote, []kind{get, put}, []kind{get, put}},
	{"push a profile by PATCH", (*desk).assigned, (*desk).promote, nil, []kind{patch}},
	{"set a password", (*desk).synced, (*desk).renew, []kind{get, put}, []kind{patch}},
	{"unassign", (*desk).assigned, (*desk).unassign, []kind{get, put}, []kind{patch}},
	{
		"reassign", func(d *desk) { d.assigned(); d.unassign(); d.settle() }, (*desk).assign,
		[]kind{find, get, put, get, put},
		[]kind{find, patch, get, put},
	},
	{
		"push a group, absent", (*desk).assigned, (*desk).push,
		[]kind{noneG, createG, getG, putG},
		[]kind{noneG, createG, patchG, patchG},
	},
	{
		"push a group, present", func(d *desk) { d.assigned(); d.presentGroup() }, (*desk).push,
		[]kind{findG, getG, putG},
		[]kind{findG, patchG, patchG},
	},
	{
		"link a group", func(d *desk) { d.assigned(); d.presentGroup(); d.imports() }, (*desk).link,
		[]kind{getG, putG},
		[]kind{patchG, patchG},
	},
	{"change members", (*desk).pushed, (*desk).leave, []kind{getG, putG}, []kind{patchG, patchG}},
	{"rename a group", (*desk).pushed, (*desk).rename, []kind{getG, putG}, []kind{patchG}},
	{"push a group now", (*desk).pushed, (*desk).pushNow, []kind{getG, putG}, []kind{patchG}},
	{"delete a group", (*desk).pushed, (*desk).deleteGroup, []kind{deleteG}, []kind{deleteG}},
}

// turned are the knobs of a scene at an Okta other than it is believed to be, by name.
var turned = map[string]provision.Knobs{"push a profile by PATCH": {PatchProfile: true}}

func (s scene) asks(dialect string) []kind {
	if dialect == "aiw" {
		return s.aiw
	}
	return s.oin
}

// Whatever a target answers, and whether it does: a task with a reason, or Okta goes
// on where it is known to. Never a hang, and nobody's account is deleted.
func TestATargetThatLies(t *testing.T) {
	for _, sockets := range []bool{false, true} {
		for _, dialect := range []string{"aiw", "oin"} {
			for i, s := range scenes {
				if len(s.asks(dialect)) == 0 {
					continue
				}
				carrier := map[bool]string{false: "without a connection", true: "over connections"}[sockets]
				t.Run(carrier+"/"+dialect+"/"+s.name, func(t *testing.T) {
					t.Parallel()
					h := openWith(t, turned[s.name], dialect, sockets)
					h.play(t, s, nil, 0)
					require.Equal(t, s.asks(dialect), h.shelf.heard, "an honest target")
					for _, x := range tellings() {
						if x.scene == i && x.dialect == dialect && x.sockets == sockets {
							h.playLie(t, x)
						}
					}
				})
			}
		}
	}
}

// tellings are all that happen.
var tellings = sync.OnceValue(func() []telling {
	var all []telling
	for lie := range lies {
		for scene, s := range scenes {
			for _, dialect := range []string{"aiw", "oin"} {
				for at := range s.asks(dialect) {
					for _, sockets := range []bool{false, true} {
						if x := (telling{lie, scene, at, dialect, sockets}); x.happens() {
							all = append(all, x)
						}
					}
				}
			}
		}
	}
	return all
})

// A telling is a lie told to one request of a scene.
type telling struct {
	lie, scene, at int
	dialect        string
	sockets        bool
}

// happens: without a connection every lie is told to every request that it may be
// told to; over connections to every other, since what a lie is to Okta does not
// depend on how it came, but what comes over connections alone to all. Each kind of
// request hears one heavy lie: that a body is too long is found before it is known
// what it answers.
func (t telling) happens() bool {
	l, k := lies[t.lie], t.kind()
	_, told := l.does[k]
	switch {
	case !told || l.sockets && !t.sockets:
		return false
	case l.heavy:
		n := slices.Index(everything, k)
		return n%2 == t.lie%2 && t.sockets == (n/2%2 == 0) && t == t.outermost()
	}
	other := map[string]int{"aiw": 0, "oin": 1}[t.dialect]
	return !t.sockets || l.sockets || (t.lie+t.scene+t.at+other)%2 == 0
}

func (t telling) kind() kind { return scenes[t.scene].asks(t.dialect)[t.at] }

// outermost is the telling of the same lie to a request of the same kind in the first
// scene that has one, or over connections, in the last.
func (t telling) outermost() telling {
	var same []telling
	for scene, s := range scenes {
		for _, dialect := range []string{"aiw", "oin"} {
			for at, k := range s.asks(dialect) {
				if k == t.kind() {
					same = append(same, telling{t.lie, scene, at, dialect, t.sockets})
				}
			}
		}
	}
	if t.sockets {
		return same[len(same)-1]
	}
	return same[0]
}

// playLie tells a lie to a request of a scene.
func (h *house) playLie(t *testing.T, told telling) {
	s, l, at, k := scenes[told.scene], &lies[told.lie], told.at, told.kind()
	want := l.does[k]
	what := fmt.Sprintf("%q to request %d, %s", l.name, at+1, k)
	d := h.play(t, s, l, at+1)
	later := len(s.asks(h.dialect)) - at - 1
	trouble := d.trouble()
	switch {
	case want.task == "" || !want.stops && later == 0:
		require.Empty(t, trouble, what)
	default:
		require.Len(t, trouble, 1, what)
		require.Regexp(t, want.task, trouble[0], what)
		d.requireError(what)
	}
	if want.stops && !(l.keeps && h.server != nil && isGET(k)) { // which net/http may have sent anew
		require.Len(t, h.shelf.heard, at+1, "nothing is said after %s", what)
	}
	if !want.stops && later > 0 {
		require.Greater(t, len(h.shelf.heard), at+1, "nothing is said after %s", what)
	}
	require.NotContains(t, h.shelf.heard, unexpectedKind, what)
}

func isGET(k kind) bool { return slices.Contains(slices.Concat(lists, readings), k) }

// The table names no kind in vain: every lie is told to every kind of request that it
// names, without a connection and over connections; of the heavy ones each kind hears
// one, and each is told both ways. And every request is lied to both ways.
func TestEveryLieIsTold(t *testing.T) {
	type pair struct {
		lie     string
		kind    kind
		sockets bool
	}
	type request struct {
		scene, dialect string
		at             int
		sockets        bool
	}
	told, lied := map[pair]int{}, map[request]int{}
	heavy, ways := map[kind]int{}, map[pair]int{}
	for _, x := range tellings() {
		told[pair{lies[x.lie].name, x.kind(), x.sockets}]++
		if l := lies[x.lie]; l.heavy {
			heavy[x.kind()]++
			ways[pair{lie: l.name, sockets: x.sockets}]++
		}
		if !lies[x.lie].sockets { // which say nothing of how the others are told
			lied[request{scenes[x.scene].name, x.dialect, x.at, x.sockets}]++
		}
	}
	for _, l := range lies {
		require.NotEmpty(t, l.does, l.name)
		for k := range l.does {
			without, over := told[pair{l.name, k, false}], told[pair{l.name, k, true}]
			switch {
			case l.heavy:
				require.Equal(t, 1, heavy[k], "heavy lies to %s", k)
				require.Positive(t, ways[pair{lie: l.name}], l.name)
				require.Positive(t, ways[pair{lie: l.name, sockets: true}], l.name)
			case l.sockets:
				require.Positive(t, over, "%s to %s", l.name, k)
			default:
				require.Positive(t, without, "%s to %s", l.name, k)
				require.Positive(t, over, "%s to %s", l.name, k)
			}
		}
	}
	for _, s := range scenes {
		for _, dialect := range []string{"aiw", "oin"} {
			for at := range s.asks(dialect) {
				require.Positive(t, lied[request{s.name, dialect, at, false}], "%s, %s, request %d", s.name, dialect, at+1)
				require.Positive(t, lied[request{s.name, dialect, at, true}], "%s, %s, request %d, over connections", s.name, dialect, at+1)
			}
		}
	}
}

// However long an answer is, or becomes when it is unpacked, Okta keeps no more of
// it than it may be long.
func TestALieThatIsLongTakesNoMemory(t *testing.T) {
	for _, sockets := range []bool{false, true} {
		for i := range lies {
			if !lies[i].heavy {
				continue
			}
			t.Run(fmt.Sprint(lies[i].name, ", sockets: ", sockets), func(t *testing.T) {
				bomb()
				h := open(t, "aiw", sockets)
				debug.FreeOSMemory()
				before := resident()
				h.play(t, scenes[0], &lies[i], 1)
				require.Less(t, resident()-before, 200<<20)
			})
		}
	}
}

// resident is the heap's share of the machine's memory.
func resident() int {
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	return int(now.HeapSys - now.HeapReleased)
}

// What GET gave goes back with PUT, whatever it was and to whom Okta had asked for
// (observed: Stack Overflow question 77524118).
func TestOktaSaysBackWhatItWasTold(t *testing.T) {
	h := open(t, "aiw", false)
	for name, says := range map[string]string{"a list in place of what was asked for": "Resources", "another's id": "userName"} {
		l := lies[slices.IndexFunc(lies, func(l lie) bool { return l.name == name })]
		i := slices.IndexFunc(scenes, func(s scene) bool { return s.name == "unassign" })
		d := h.play(t, scenes[i], &l, 1)
		require.Empty(t, d.trouble())
		require.Regexp(t, `^PUT /Users/1003$`, h.shelf.asked[1])
		kept := h.shelf.things["/Users/1003"]
		require.Contains(t, kept, says)
		require.Equal(t, false, kept["active"])
	}
}

// A house is an Okta and a way to targets, one after the other.
type house struct {
	*management.Client
	dialect string
	url     string
	server  *httptest.Server // nil without a connection
	app     directory.AppID
	acts    int
	left    []string // tasks that were last seen on the dashboard

	mu    sync.Mutex
	shelf *shelf
}

func open(t *testing.T, dialect string, sockets bool) *house {
	t.Helper()
	return openWith(t, provision.Knobs{}, dialect, sockets)
}

func openWith(t *testing.T, knobs provision.Knobs, dialect string, sockets bool) *house {
	t.Helper()
	h := &house{dialect: dialect, url: "https://sp.example.test/scim"}
	var carrier http.RoundTripper
	if sockets {
		h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.target().ServeHTTP(w, r) }))
		t.Cleanup(h.server.Close)
		h.url = h.server.URL + "/scim"
	} else {
		mock := httpmock.NewMockTransport()
		mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) { return h.target().serve(r).response(r) })
		carrier = mock
	}
	okta, err := mockokta.Start(mockokta.Config{Target: carrier, Knobs: knobs})
	require.NoError(t, err)
	admin := &http.Transport{}
	h.Client = &management.Client{URL: okta.URL, Token: okta.Token, HTTP: admin}
	t.Cleanup(func() { admin.CloseIdleConnections(); require.NoError(t, okta.Close()) })
	h.connect(t)
	return h
}

func (h *house) target() *shelf {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.shelf
}

// play sets a scene with people of its own at a target that knows nobody, and lets a
// lie be told to one request of it.
func (h *house) play(t *testing.T, s scene, l *lie, at int) *desk {
	t.Helper()
	h.mu.Lock()
	h.shelf = newShelf()
	h.mu.Unlock()
	h.acts++
	h.tidy(t)
	d := &desk{house: h, t: t, nth: h.acts}
	d.furnish()
	s.before(d)
	h.shelf.mu.Lock()
	h.shelf.heard, h.shelf.asked, h.shelf.lie, h.shelf.at = nil, nil, l, at
	h.shelf.mu.Unlock()
	s.act(d)
	d.settle()
	return d
}

// tidy takes what went wrong in earlier plays off the dashboard.
func (h *house) tidy(t *testing.T) {
	t.Helper()
	for _, task := range h.left {
		require.NoError(t, h.CompleteTask(t.Context(), task))
	}
	h.left = nil
}

// A desk is where an administrator sees to a person and a group.
type desk struct {
	*house
	t       *testing.T
	nth     int
	ana     directory.PersonID
	group   directory.GroupID
	mapping directory.MappingID
	refused string // what the connection test came to
}

func (d *desk) must(err error) { d.t.Helper(); require.NoError(d.t, err) }

// settle returns when the target too has done what it was asked, also where nobody
// heard its answer.
func (d *desk) settle() {
	d.t.Helper()
	d.must(d.Settle(d.t.Context()))
	d.shelf.rests()
}

func (d *desk) login() string { return fmt.Sprintf("ana%d@example.test", d.nth) }

func (d *desk) groupName() string { return fmt.Sprintf("Analysts %d", d.nth) }

// connect makes the application that all the scenes of a house play in.
func (h *house) connect(t *testing.T) {
	t.Helper()
	var err error
	h.shelf = newShelf()
	h.app, err = h.CreateApp(t.Context(), "Immuta", map[string]string{"aiw": "", "oin": directory.TokenAuth}[h.dialect])
	require.NoError(t, err)
	if h.dialect == "aiw" {
		require.NoError(t, h.EnableSCIM(t.Context(), h.app))
	}
	require.NoError(t, h.Connect(t.Context(), h.app, h.url, scimToken))
	require.NoError(t, h.ActivateConnection(t.Context(), h.app))
	require.NoError(t, h.SetProvisioning(t.Context(), h.app, true, true, true))
}

func (d *desk) furnish() {
	d.t.Helper()
	var err error
	d.ana, err = d.CreateUser(d.t.Context(), someone(d.login(), "Ana", "Ruiz", "Ana Ruiz"))
	d.must(err)
	d.shelf.put("/Users", map[string]any{"schemas": []any{userSchema}, "userName": "zoe@example.test", "active": true})
	d.shelf.put("/Groups", map[string]any{"schemas": []any{groupSchema}, "displayName": "Zoologists"})
}

func (d *desk) nothing() {}

func (d *desk) testConnection() {
	if err := d.TestCredentials(d.t.Context(), d.app, false); err != nil {
		d.refused = err.Error()
	}
}

func (d *desk) assign()   { d.t.Helper(); d.must(d.Assign(d.t.Context(), d.app, d.ana)) }
func (d *desk) assigned() { d.t.Helper(); d.assign(); d.settle() }
func (d *desk) unassign() { d.t.Helper(); d.must(d.Unassign(d.t.Context(), d.app, d.ana)) }

// present puts an account of the person's at the target.
func (d *desk) present(active bool) {
	d.shelf.put("/Users", map[string]any{"schemas": []any{userSchema}, "userName": d.login(), "active": active})
}

func (d *desk) presentGroup() {
	d.shelf.put("/Groups", map[string]any{"schemas": []any{groupSchema}, "displayName": d.groupName(), "members": nil})
}

// imports reads the target, its groups too. Whoever had an account at another target
// before this one loses the application.
func (d *desk) imports() {
	d.t.Helper()
	d.must(d.SetImportGroups(d.t.Context(), d.app, true))
	d.must(d.SetImportSafeguard(d.t.Context(), d.app, 100))
	result, err := d.ImportNow(d.t.Context(), d.app)
	d.must(err)
	require.Empty(d.t, result.Reason)
}

func (d *desk) promote() {
	d.t.Helper()
	d.must(d.UpdateUser(d.t.Context(), d.ana, directory.Profile{"title": "Analyst"}))
}

func (d *desk) synced() {
	d.t.Helper()
	d.must(d.SetSyncPassword(d.t.Context(), d.app, true))
	d.assigned()
}

func (d *desk) renew() { d.t.Helper(); d.must(d.SetPassword(d.t.Context(), d.ana, "an0ther")) }

func (d *desk) push() {
	d.t.Helper()
	var err error
	d.group, err = d.CreateGroup(d.t.Context(), d.groupName())
	d.must(err)
	d.must(d.AddMembers(d.t.Context(), d.group, d.ana))
	d.mapping, err = d.PushGroup(d.t.Context(), d.app, d.group, d.groupName())
	d.must(err)
}

// link takes the target's group of the name by its id, which another target before
// this one may have given too.
func (d *desk) link() {
	d.t.Helper()
	before, err := d.Mappings(d.t.Context(), d.app)
	d.must(err)
	for _, m := range before {
		d.must(d.UnlinkAll(d.t.Context(), d.app, false, m.ID))
	}
	d.group, err = d.CreateGroup(d.t.Context(), d.groupName())
	d.must(err)
	d.must(d.AddMembers(d.t.Context(), d.group, d.ana))
	groups, err := d.ImportedGroups(d.t.Context(), d.app)
	d.must(err)
	there := slices.IndexFunc(groups, func(g management.ImportedGroup) bool { return g.Name == d.groupName() })
	d.mapping, err = d.LinkGroup(d.t.Context(), d.app, d.group, groups[there].ID)
	d.must(err)
}

func (d *desk) pushed() { d.t.Helper(); d.assigned(); d.push(); d.settle() }

func (d *desk) leave() { d.t.Helper(); d.must(d.RemoveMembers(d.t.Context(), d.group, d.ana)) }
func (d *desk) rename() {
	d.t.Helper()
	d.must(d.RenameGroup(d.t.Context(), d.group, d.groupName()+" EMEA"))
}
func (d *desk) pushNow() { d.t.Helper(); d.must(d.PushNow(d.t.Context(), d.app, d.mapping)) }

func (d *desk) deleteGroup() {
	d.t.Helper()
	d.must(d.SetPush(d.t.Context(), d.app, d.mapping, false))
	d.must(d.Unlink(d.t.Context(), d.app, d.mapping, true))
}

// tasks are what an administrator finds on the dashboard about the desk's people.
func (d *desk) tasks() []string {
	d.t.Helper()
	all, err := d.Tasks(d.t.Context())
	d.must(err)
	d.left = nil
	var texts []string
	for _, task := range all {
		d.left = append(d.left, task.ID)
		if task.Person == d.ana || task.Group != "" && task.Group == d.group {
			texts = append(texts, task.Error)
		}
	}
	return texts
}

// trouble is what an administrator is told: the tasks, or what the connection test
// came to.
func (d *desk) trouble() []string {
	d.t.Helper()
	if d.refused != "" {
		return append(d.tasks(), d.refused)
	}
	return d.tasks()
}

// requireError: the assignment or the group push shows that something is wrong, as
// long as there is one.
func (d *desk) requireError(what string) {
	d.t.Helper()
	switch mapping, err := d.Mapping(d.t.Context(), d.app, d.mapping); {
	case d.refused != "":
	case d.mapping != "" && err == nil:
		require.Equal(d.t, "ERROR", mapping.Status, what)
		require.Equal(d.t, d.tasks()[0], mapping.Error, what)
	case d.mapping == "":
		if ana, err := d.AppUser(d.t.Context(), d.app, d.ana); err == nil {
			require.Equal(d.t, "ERROR", ana.SyncState, what)
		}
	}
}
