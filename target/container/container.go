// Package container starts the SCIM server under test in a container: our own
// server, or any image. It is a package of its own so that only who wants
// containers compiles testcontainers-go.
//
// Nothing need be set in the environment. The engine is found where
// testcontainers finds it; what the library would get wrong is put right (see
// settle); and what a run leaves behind, however it ended, the next one removes
// (see sweep).
package container

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/testcontainers/testcontainers-go"

	"github.com/scimproof/scimproof/target"
)

// Options say what to start. The zero value is our own server, silently.
type Options struct {
	// Image is any image with a SCIM server in it. Empty means our own server, in
	// an image made on the spot from scratch; the fields from Port to Token are
	// then of no use.
	Image string

	Port     int    // where the server listens inside the container; 0 means 8080
	BasePath string // of its SCIM URLs: "/scim/v2"
	Ready    string // a path that answers with 2xx once the server is up; empty: any answer below 500, at BasePath
	Token    string // the bearer token for it

	// Log is told in one line each what people should know: that Ryuk is off, or
	// what an earlier run had left. Nil means nobody.
	Log io.Writer
}

const (
	defaultPort = 8080
	patience    = time.Minute      // for a server to come up
	farewell    = 30 * time.Second // for a container to go
)

// Start starts a container and waits until the server in it answers. What cannot
// be started is removed again. Without an engine the error is an [Unavailable].
//
// Our own server gives every scenario a tenant of its own. Another image is one
// tenant that all scenarios share, as somebody's server is: the run keeps to a
// guest's manners there and tidies up, although Close then takes everything away.
// The caller closes the target.
func Start(ctx context.Context, o Options) (target.Target, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	if o.Port == 0 {
		o.Port = defaultPort
	}
	if o.Port < 0 || o.Port > 65535 {
		return target.Target{}, fmt.Errorf("there is no port %d", o.Port)
	}
	e, err := find(ctx)
	if err != nil {
		return target.Target{}, err
	}
	e.settle(ctx, o.Log)
	e.sweep(ctx, o.Log)
	if o.Image == "" {
		return e.reference(ctx, o.Log)
	}
	return e.image(ctx, o)
}

// reference starts our own server.
func (e *engine) reference(ctx context.Context, log io.Writer) (target.Target, error) {
	binary, err := program(ctx, e.arch)
	if err != nil {
		return target.Target{}, errors.Join(err, e.Close())
	}
	mine := thisProcess()
	image := imageName(mine.run)
	if err := e.makeImage(ctx, image, binary, mine.labels()); err != nil {
		return target.Target{}, errors.Join(err, e.Close())
	}
	admin := rand.Text()
	origin, stop, err := e.run(ctx, mine, log, testcontainers.ContainerRequest{
		Image:              image,
		Env:                map[string]string{"SCIMPROOF_ADMIN_TOKEN": admin},
		ExposedPorts:       []string{tcp(defaultPort)},
		WaitingFor:         answers(defaultPort, target.Ready, isSuccess),
		HostConfigModifier: confined,
	})
	if err != nil {
		return target.Target{}, fmt.Errorf("start our own server in a container: %w", err)
	}
	return target.Reference(target.KindContainer, "the reference server in a container", origin, admin, stop), nil
}

// image starts anybody's server.
func (e *engine) image(ctx context.Context, o Options) (target.Target, error) {
	base := "/" + strings.Trim(o.BasePath, "/")
	ready, enough := o.Ready, isSuccess
	if ready == "" {
		ready, enough = base, isAnswer
	}
	origin, stop, err := e.run(ctx, thisProcess(), o.Log, testcontainers.ContainerRequest{
		Image:        o.Image,
		ExposedPorts: []string{tcp(o.Port)},
		WaitingFor:   answers(o.Port, "/"+strings.TrimLeft(ready, "/"), enough),
	})
	if err != nil {
		return target.Target{}, fmt.Errorf("start the image %s: %w", o.Image, hide(err, o.Token))
	}
	tg := target.External(origin+base, o.Token)
	tg.Kind, tg.Name, tg.Close = target.KindContainer, o.Image+" in a container", stop
	return tg, nil
}

// run starts one container and returns the origin of its only port, and how to end
// it. Stop removes the container and the image that was made for it, and lets go of
// the engine; a second call does nothing more.
func (e *engine) run(ctx context.Context, mine owner, log io.Writer, r testcontainers.ContainerRequest) (origin string, stop func() error, err error) {
	r.Labels = mine.labels()
	e.publish(&r, log)
	started, err := testcontainers.GenericContainer(ctx, testcontainers.GenericContainerRequest{
		ContainerRequest: r, Started: true, Logger: silent{},
	})
	stop = sync.OnceValue(func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
		defer cancel()
		err := testcontainers.TerminateContainer(started, testcontainers.StopContext(ctx), testcontainers.StopTimeout(0))
		_, left := e.remove(ctx, func(o owner) bool { return o.run == mine.run })
		return errors.Join(err, left, e.Close())
	})
	if err == nil {
		origin, err = started.PortEndpoint(ctx, r.ExposedPorts[0], "http")
	}
	if err != nil {
		return "", nil, errors.Join(e.explain(ctx, started, err), stop())
	}
	return origin, stop, nil
}

// hidden is an error without a secret in its text.
type hidden struct {
	error
	secret string
}

func hide(err error, secret string) error {
	if secret == "" {
		return err
	}
	return hidden{err, secret}
}

func (h hidden) Error() string { return strings.ReplaceAll(h.error.Error(), h.secret, "REDACTED") }
func (h hidden) Unwrap() error { return h.error }
