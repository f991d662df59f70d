package container

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// explain adds to err, why a container did not start, what helps to understand it.
func (e *engine) explain(ctx context.Context, c testcontainers.Container, err error) error {
	if strings.Contains(err.Error(), "reaper: ") {
		return fmt.Errorf("%w; %s=true does without Ryuk", err, ryukDisabled)
	}
	if c == nil {
		return err
	}
	if words := e.lastWords(ctx, c.GetContainerID()); words != "" {
		return fmt.Errorf("%w; its last words: %q", err, words) // quoted: it must not reach a terminal as it is
	}
	return err
}

// lastWords are the last lines that a container has written.
func (e *engine) lastWords(ctx context.Context, id string) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	logs, err := e.ContainerLogs(ctx, id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Tail: "5"})
	if err != nil {
		return ""
	}
	defer logs.Close()
	var said bytes.Buffer
	_, _ = stdcopy.StdCopy(&said, &said, io.LimitReader(logs, 4096)) // half of it is better than nothing
	return strings.TrimSpace(said.String())
}
