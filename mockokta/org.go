package mockokta

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// An org is a directory and an engine per application that was connected.
type org struct {
	config    Config
	directory *directory.Directory
	closing   context.Context // ends when the server is closed
	close     context.CancelFunc

	mu      sync.Mutex
	engines []*engine // in the order in which the applications were connected
	warned  map[directory.Warning]bool
}

type engine struct {
	*provision.Engine
	app directory.AppID
}

func newOrg(c Config) *org {
	o := &org{config: c, warned: map[directory.Warning]bool{}, directory: directory.New(directory.Options{NewID: c.NewID, Now: c.Now})}
	o.closing, o.close = context.WithCancel(context.Background())
	return o
}

func (o *org) hooks() management.Hooks {
	return management.Hooks{
		Changed:  o.changed,
		Test:     o.test,
		Settle:   func(ctx context.Context) error { return o.settle(ctx, o.all()...) },
		Import:   o.importNow,
		Compare:  o.compare,
		PersonOf: o.personOf,
		Tasks:    o.tasks,
		Retry: func(ctx context.Context, id string) error {
			return o.onTask(id, func(e *engine, n int) error {
				if err := e.Retry(n); err != nil {
					return err
				}
				return o.followed(ctx, e)
			})
		},
		CompleteTask: func(id string) error {
			return o.onTask(id, func(e *engine, n int) error { return e.CompleteTask(n) })
		},
		Reseed: o.reseed,
		Account: func(app directory.AppID, id directory.PersonID) management.Standing {
			return management.Standing(o.engine(app).Account(id))
		},
		Group: func(app directory.AppID, id directory.GroupID) management.Standing {
			return management.Standing(o.engine(app).Group(id))
		},
	}
}

// engine returns the engine of an application; all that it does goes over the
// connection as it is then.
func (o *org) engine(app directory.AppID) *engine {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range o.engines {
		if e.app == app {
			return e
		}
	}
	e := &engine{app: app, Engine: provision.New(provision.Config{
		Directory: o.directory, App: app, Target: connected{org: o, app: app},
		Seed: o.config.Seed, Knobs: o.config.Knobs,
		Wait: o.config.Wait, Now: o.config.Now, Password: o.config.Password,
		Done: func(op provision.Op, end provision.End) { o.record(app, op, end) },
	})}
	o.engines = append(o.engines, e)
	return e
}

func (o *org) changed(ctx context.Context, effects []directory.Effect) error {
	concerned, err := o.submit(effects)
	if err != nil {
		return err
	}
	return o.followed(ctx, concerned...)
}

// submit passes effects to the engines that they concern.
func (o *org) submit(effects []directory.Effect) (concerned []*engine, err error) {
	for _, effect := range effects {
		e := o.engine(effect.App)
		if err := e.Submit(effect.Change); err != nil {
			return nil, err
		}
		if !slices.Contains(concerned, e) {
			concerned = append(concerned, e)
		}
	}
	return concerned, nil
}

// followed settles, where the server does so by itself, the applications that a change
// concerned; what others still wait for is nothing to whoever made it.
func (o *org) followed(ctx context.Context, concerned ...*engine) error {
	if o.config.ServeSettles { // also when the administrator has hung up, as Okta would
		return o.settle(context.WithoutCancel(ctx), concerned...)
	}
	return nil
}

// settle has the applications settle: in turn where waits are virtual, so that a
// target that they share has one history, and at the same time, each by itself,
// where waits are real, so that a target that is too busy for one holds up no other.
func (o *org) settle(ctx context.Context, engines ...*engine) error {
	ctx, done := o.untilClosed(ctx)
	defer done()
	ended := make([]error, len(engines))
	var together sync.WaitGroup
	for i, e := range engines {
		if o.config.Wait == nil {
			ended[i] = e.settle(ctx)
			continue
		}
		together.Go(func() { ended[i] = e.settle(ctx) })
	}
	together.Wait()
	return errors.Join(ended...)
}

func (e *engine) settle(ctx context.Context) error {
	if err := e.Settle(ctx); err != nil {
		return fmt.Errorf("settle application %s: %w", e.app, err)
	}
	return nil
}

// warn tells of what the plan has come to that Okta does not support.
func (o *org) warn() {
	if o.config.Warn == nil {
		return
	}
	for _, w := range o.directory.Warnings() {
		o.mu.Lock()
		known := o.warned[w]
		o.warned[w] = true
		o.mu.Unlock()
		if !known {
			o.config.Warn(w.Text)
		}
	}
}

func (o *org) reseed(seed uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.config.Seed = seed
	for _, e := range o.engines {
		e.Reseed(seed)
	}
}

// untilClosed is ctx, ended also when the server is closed.
func (o *org) untilClosed(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(o.closing, cancel)
	return ctx, func() { stop(); cancel() }
}

func (o *org) all() []*engine {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]*engine(nil), o.engines...)
}

func (o *org) tasks() []management.Task {
	var tasks []management.Task
	for _, e := range o.all() {
		for _, t := range e.Tasks() {
			tasks = append(tasks, management.Task{ID: taskID(e.app, t.ID), App: e.app, Person: t.Person, Group: t.Group, Op: t.Op, Error: t.Error, When: t.When})
		}
	}
	return tasks
}

// taskID names a task of one of the engines.
func taskID(app directory.AppID, n int) string { return fmt.Sprintf("%s.%d", app, n) }

// onTask does something with a task's engine.
func (o *org) onTask(id string, do func(*engine, int) error) error {
	app, number, _ := strings.Cut(id, ".")
	n, err := strconv.Atoi(number)
	for _, e := range o.all() {
		if err == nil && string(e.app) == app {
			if err := do(e, n); !errors.As(err, new(*directory.NotFound)) {
				return err
			}
		}
	}
	return &directory.NotFound{Kind: "Task", ID: id}
}

// test holds the connection test's dialogue, now and beside the engine.
func (o *org) test(ctx context.Context, app directory.AppID, with directory.Connection, importGroups bool) error {
	ctx, done := o.untilClosed(ctx)
	defer done()
	a, err := o.directory.App(app)
	if err != nil {
		return err
	}
	a.Connection = with // whose token is not to be repeated
	last := &remembering{Caller: connected{o, app, &with}}
	target := provision.Patient{Caller: last, Wait: o.config.Wait}
	end, err := provision.Play(ctx, target, provision.TestConnection(importGroups))
	switch {
	case err != nil:
		return provision.Discreet(fmt.Errorf("the SCIM server did not answer: %w", err), a)
	case end.Err != nil:
		return provision.Discreet(fmt.Errorf("the SCIM server answered %d: %w", last.status, end.Err), a)
	}
	return nil
}

// remembering keeps the last status, for the administrator to read.
type remembering struct {
	provision.Caller
	status int
}

func (r *remembering) Call(ctx context.Context, q scim.Request) (scim.Answer, error) {
	a, err := r.Caller.Call(ctx, q)
	r.status = a.Status
	return a, err
}

// connected carries an application's requests over its connection.
type connected struct {
	org  *org
	app  directory.AppID
	with *directory.Connection // one to try in its place; nil for its own, as it is then
}

func (c connected) Call(ctx context.Context, r scim.Request) (scim.Answer, error) {
	a, err := c.org.directory.App(c.app)
	if err != nil {
		return scim.Answer{}, err
	}
	if c.with != nil {
		a.Connection = *c.with
	}
	if a.Connection.BaseURL == "" {
		return scim.Answer{}, errors.New("the application is not connected")
	}
	client := scim.Client{
		BaseURL: a.Connection.BaseURL, Authorization: authorization(a),
		HTTP: c.org.config.Target, Timeout: c.org.config.Timeout, Close: c.org.config.Knobs.CloseConnections,
	}
	return client.Call(ctx, r)
}

// authorization is how an application uses what its administrator typed.
//
// Custom applications and published integrations write Bearer before it, the
// header test application sends it as it is (both observed); for the basic one
// the mock takes user:password as one token.
func authorization(a directory.App) string {
	switch a.Catalogue {
	case directory.HeaderAuth:
		return a.Connection.Token
	case directory.BasicAuth:
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(a.Connection.Token))
	}
	return "Bearer " + a.Connection.Token
}
