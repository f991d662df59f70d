package main

import (
	"context"
	"errors"
	"io"

	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/container"
)

// contained are the flags of a target in a container.
type contained struct {
	Image    string `placeholder:"IMAGE" help:"With --target container: any image with a SCIM server in it, in place of our own."`
	Port     int    `placeholder:"PORT" help:"Where the server in --image listens; otherwise 8080."`
	BasePath string `placeholder:"PATH" help:"The path of its SCIM base URL, such as /scim/v2."`
	Ready    string `placeholder:"PATH" help:"A path that it answers with 2xx once it is up; otherwise any answer at the base URL will do."`
}

// start starts the container. The caller closes the target.
func (c contained) start(ctx context.Context, token string, log io.Writer) (target.Target, error) {
	switch {
	case c.Image == "" && c != (contained{}):
		return target.Target{}, errors.New("--port, --base-path and --ready describe an --image, and none is given")
	case c.Image == "":
		return container.Start(ctx, container.Options{Log: log})
	case token == "":
		return target.Target{}, errors.New("the server in --image needs its bearer token: --token or SCIMPROOF_TOKEN")
	}
	return container.Start(ctx, container.Options{
		Image: c.Image, Port: c.Port, BasePath: c.BasePath, Ready: c.Ready, Token: token, Log: log,
	})
}

// refuse refuses the flags for a target that is in no container.
func (c contained) refuse() error {
	if c != (contained{}) {
		return errors.New("--image, --port, --base-path and --ready go with --target container")
	}
	return nil
}
