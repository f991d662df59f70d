package steps

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/mockokta/scim"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/wire"
)

// A world is what one scenario holds: its Okta, its people, its wire to the
// target. It is made afresh for each case and shares nothing with another.
type world struct {
	run    *run
	scene  features.Case
	number int // of the case in the run; part of every name

	endpoint target.Endpoint
	wire     *wire.Wire
	spoken   spoken // over which of the wires Okta speaks
	eyes     target.Eyes
	hand     target.Eyes
	okta     *mockokta.Server
	admin    *management.Client
	app      directory.AppID

	people     map[string]*person
	groups     map[string]*group
	attributes map[string]*attribute // that the application has beside those of a new one
	crowd      crowd                 // people who matter by their number alone
	other      *world                // a second Okta at a second tenant; nil in most scenarios

	page        page                       // the provider's, as far as it is worked
	typed       target.Endpoint            // what was entered in Okta for the integration, and not saved
	credentials error                      // what Okta said of the credentials
	unsaved     error                      // what Okta said when the integration was to be saved; nil for no error
	asked       string                     // by Okta's console, before it does what it was told
	pushed      error                      // what Okta shows of a push that may fail; nil for no error
	before      map[string]target.Resource // by Okta id, as things stood before the first When
	given       int                        // exchanges made before the first When
	unknown     map[string]string          // an account's attributes that Okta does not know
	it, was     string                     // the id of what was looked at last, and the one it had before
	oneGroup    oneGroup
	heard       target.Look        // the answer to what Okta's test asked last
	capitals    bool               // it wrote a username in capitals
	reread      [2]target.Resource // a group, read twice after a change

	anybody []string                  // the ids of accounts of nobody in particular
	imports [][]pageRead              // what each import read, page by page
	results []management.ImportResult // what Okta says of each
	match   directory.Match           // by which accounts are confirmed; "" for an exact one by username

	passed   int                   // steps
	done     func(context.Context) // told of each; may be nil
	warnings []evidence.Mismatch
	failure  error    // what ended the scenario; nil when nothing did
	notes    []string // beside the verdict
	owner    string   // of what failed, where the sentence does not tell
	broken   string   // the requirement that a failure breaks, where a step knows it
	tasks    int      // how many of Okta's failed tasks have been seen
}

// A gap is what a target cannot show and no requirement asks of it.
type gap struct {
	why   string
	warns bool // it costs Okta's customers something all the same
}

func (g *gap) Error() string { return g.why }

// open starts the scenario's Okta and its wire to the target.
func (r *run) open(ctx context.Context, scene features.Case, number int) (*world, error) {
	endpoint, err := r.config.Target.Tenant(ctx)
	if err != nil {
		return nil, fmt.Errorf("a tenant for the scenario: %w", err)
	}
	way, err := r.wire(endpoint, r.ledger())
	if err != nil {
		return nil, err
	}
	return r.furnish(scene, number, endpoint, way)
}

// furnish makes a world around a tenant and a wire to it, which goes with the world.
func (r *run) furnish(scene features.Case, number int, endpoint target.Endpoint, way *wire.Wire) (*world, error) {
	w := &world{
		run: r, scene: scene, number: number,
		people: map[string]*person{}, groups: map[string]*group{}, attributes: map[string]*attribute{},
	}
	w.look(endpoint, way)
	var err error
	if w.okta, err = mockokta.Start(mockokta.Config{
		Target: &w.spoken, Seed: r.seedOf(scene),
		Knobs: r.config.Knobs, Timeout: r.config.Timeout, Wait: r.wait(), NewID: r.oktaIDs(number),
	}); err != nil {
		w.wire.Close()
		return nil, fmt.Errorf("start the mock Okta: %w", err)
	}
	w.admin = &management.Client{URL: w.okta.URL, Token: w.okta.Token, HTTP: http.DefaultTransport}
	return w, nil
}

// look makes a tenant, and a wire to it, the scenario's: Okta's calls, the eyes and the
// hand go there from now on.
func (w *world) look(endpoint target.Endpoint, way *wire.Wire) {
	w.run.redact.Learn(endpoint.Token)
	w.endpoint, w.wire = endpoint, way
	w.spoken.over.Store(way)
	w.eyes = w.run.eyes(endpoint, way, evidence.Eyes)
	w.hand = w.run.eyes(endpoint, way, evidence.Hand)
}

// spoken carries Okta's calls over a wire that can be another later: an Okta is there
// before the IAM that it is connected to.
type spoken struct{ over atomic.Pointer[wire.Wire] }

func (s *spoken) RoundTrip(r *http.Request) (*http.Response, error) {
	return s.over.Load().As(evidence.Okta).RoundTrip(r)
}

// wire is a way to the target that keeps what is said.
func (r *run) wire(e target.Endpoint, ledger wire.Ledger) (*wire.Wire, error) {
	return wire.New(wire.Config{
		Base: wire.Transport(r.config.Target.TLS), URL: e.URL, Header: r.config.Target.Header, Mark: r.mark(),
		Owned: r.config.Target.Ours, Ledger: ledger, Redact: r.redact, Subject: oktaSubject,
	})
}

// eyes look through a wire, or are the hand that brings something about.
func (r *run) eyes(e target.Endpoint, w *wire.Wire, as evidence.Voice) target.Eyes {
	return target.Eyes{URL: e.URL, Token: e.Token, HTTP: w.As(as), Timeout: r.config.Timeout, Wait: r.wait()}
}

func (w *world) close() error {
	w.wire.Close()
	err := w.okta.Close()
	if w.other != nil {
		err = errors.Join(err, w.other.close())
	}
	return err
}

// seedOf draws the order of Okta's jobs in one case from the run's seed and the
// case's address, so that it does not matter what else is played.
func (r *run) seedOf(scene features.Case) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s %s", r.config.Seed, scene.Address(), scene.Dialect)
	return h.Sum64()
}

// oktaSubject tells the wire whom Okta's calls are about. It is the one place
// where the two sides of the wall are introduced to each other.
func oktaSubject(ctx context.Context) (wire.Subject, bool) {
	s, known := scim.SubjectOf(ctx)
	return wire.Subject{Key: s.ID, Name: s.Name}, known
}

// person returns somebody of the scenario, whom Okta gets to know at the first
// mention. Who is in Okta's directory and has no application reaches no target.
func (w *world) person(ctx context.Context, label string) (*person, error) {
	if p, known := w.people[label]; known {
		return p, nil
	}
	p := newPerson(label, w.run.mark(), w.number, w.run.config.Seed)
	id, err := w.admin.CreateUser(ctx, p.profile())
	if err != nil {
		return nil, err
	}
	p.okta = id
	w.people[label] = p
	return p, nil
}

func (w *world) group(ctx context.Context, label string) (*group, error) {
	if g, known := w.groups[label]; known {
		return g, nil
	}
	g := newGroup(label, w.run.mark(), w.number, w.run.config.Seed)
	id, err := w.admin.CreateGroup(ctx, g.name)
	if err != nil {
		return nil, err
	}
	g.okta = id
	w.groups[label] = g
	return g, nil
}

func (w *world) about(ctx context.Context, p *person) context.Context {
	return wire.About(ctx, wire.Subject{Key: string(p.okta), Name: p.userName})
}

func (w *world) aboutGroup(ctx context.Context, g *group) context.Context {
	return wire.About(ctx, wire.Subject{Key: string(g.okta), Name: g.name})
}

// act lets an administrator do something in Okta, and waits until nothing is
// left to follow from it. What Okta then shows as failed is the target's doing.
func (w *world) act(ctx context.Context, what string, do func() error) error {
	if err := w.remember(ctx); err != nil {
		return err
	}
	began := w.last()
	if err := do(); err != nil {
		return err
	}
	if err := w.admin.Settle(ctx); err != nil {
		return err
	}
	tasks, err := w.admin.Tasks(ctx)
	if err != nil {
		return err
	}
	fresh := tasks[min(w.tasks, len(tasks)):]
	w.tasks = len(tasks)
	if len(fresh) == 0 {
		return nil
	}
	got, n := fresh[0].Error, w.lastOf(evidence.Okta)
	if x := w.refusalSince(began); x.N > 0 {
		got, n = fmt.Sprintf("%s %s answered with %d, and Okta shows: %s", x.Method, endpointOf(x), x.Status, got), x.N
	}
	m := w.mismatch(what, "no error in Okta", got, n)
	w.behindErrors(ctx)
	return m
}

// refusalSince is the last answer to Okta, after so many exchanges, that was no
// success; the zero exchange when there was none. A lookup may find nobody by 404.
func (w *world) refusalSince(began int) evidence.Exchange {
	for _, x := range slices.Backward(w.wire.Exchanges()[began:]) {
		nobody := x.Status == http.StatusNotFound && x.ID == ""
		if x.Voice == evidence.Okta && x.Status >= 300 && x.Status != http.StatusTooManyRequests && !nobody {
			return x
		}
	}
	return evidence.Exchange{}
}

// remember looks at everything of the scenario before the first When.
func (w *world) remember(ctx context.Context) error {
	if w.stating() || w.before != nil {
		return nil
	}
	w.before, w.given = map[string]target.Resource{}, w.last()
	for _, label := range slices.Sorted(maps.Keys(w.people)) {
		p := w.people[label]
		if id := p.accountID(); id != "" {
			look, err := w.eyes.User(w.about(ctx, p), id)
			if err != nil {
				return err
			}
			if look.Resource == nil {
				if w.owner = "assign-creates"; p.linked == "" {
					w.owner = "unassign-keeps-account"
				}
				return w.mismatch(p.label+"'s account", "readable by its id", look.String(), w.last())
			}
			w.before[string(p.okta)] = look.Resource
		}
	}
	for _, label := range slices.Sorted(maps.Keys(w.groups)) {
		g := w.groups[label]
		if id := g.groupID(); id != "" {
			look, err := w.eyes.Group(w.aboutGroup(ctx, g), id)
			if err != nil {
				return err
			}
			if look.Resource == nil {
				return w.mismatch("the group "+g.label, "readable by its id", look.String(), w.last())
			}
			w.before[string(g.okta)] = look.Resource
		}
	}
	return nil
}

// stating says whether the step that is being played is a Given.
func (w *world) stating() bool { return w.kind() == features.Given }

func (w *world) kind() features.Kind { return w.step().Kind }

// step is the one that is being played, or the last.
func (w *world) step() features.Step { return w.scene.Steps[min(w.passed, len(w.scene.Steps)-1)] }

func (w *world) mismatch(what, want, got string, exchange int) *evidence.Mismatch {
	return &evidence.Mismatch{What: what, Want: want, Got: got, Exchange: exchange}
}

func (w *world) warn(m *evidence.Mismatch) { w.warnings = append(w.warnings, *m) }

// last is the number of the exchange made last.
func (w *world) last() int { return len(w.wire.Exchanges()) }

// lastOf is the number of the last exchange of one voice.
func (w *world) lastOf(v evidence.Voice) int {
	n := 0
	for _, x := range w.wire.Exchanges() {
		if x.Voice == v {
			n = x.N
		}
	}
	return n
}

// behind names the write of Okta's that led to what was seen in exchange n, which
// is only where its effect shows.
func (w *world) behind(n int) string {
	all := w.wire.Exchanges()
	if n < 1 || n > len(all) || all[n-1].Voice == evidence.Okta {
		return ""
	}
	for i := n - 2; i >= 0; i-- {
		if x := all[i]; x.Voice == evidence.Okta && x.Method != http.MethodGet && x.Status != 0 {
			return fmt.Sprintf("exchange %d shows it; Okta's last write before that is exchange %d, %s %s, answered %d",
				n, x.N, x.Method, strings.TrimPrefix(x.URL, w.endpoint.URL), x.Status)
		}
	}
	return ""
}

// trouble is what the wire met, if it explains why a step failed.
func (w *world) trouble() *wire.Trouble {
	var t *wire.Trouble
	if errors.As(w.wire.Trouble(), &t) {
		return t
	}
	return nil
}
