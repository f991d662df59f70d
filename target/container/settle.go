package container

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"sync"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"
)

const (
	hostOverride = "TESTCONTAINERS_HOST_OVERRIDE"
	ryukDisabled = "TESTCONTAINERS_RYUK_DISABLED"
)

var settled sync.Once

// settle puts right, once and before the library's first use, since it reads its
// settings once per process, what would otherwise go wrong:
//
//   - Where a file /.dockerenv exists, as in many CI images, the library believes
//     itself inside a container, takes the default gateway for the engine's host,
//     and waits in vain for a server that is up. (Seen with v0.45.0.)
//   - Without Ryuk's image no container starts at all. (Seen with v0.45.0.) Ryuk
//     removes what a dead run has left; where it cannot be had, sweep alone does.
//
// It also keeps the library from talking: its lines are not ours.
func (e *engine) settle(ctx context.Context, log io.Writer) {
	settled.Do(func() {
		tclog.SetDefault(silent{})
		if _, chosen := os.LookupEnv(hostOverride); !chosen && e.isLocal() {
			os.Setenv(hostOverride, "127.0.0.1")
		}
		if os.Getenv(ryukDisabled) != "" || e.settings["ryuk.disabled"] == "true" {
			return
		}
		if err := e.fetchRyuk(ctx); err != nil {
			os.Setenv(ryukDisabled, "true")
			fmt.Fprintf(log, "container: %s is neither here nor to be had, so nothing removes the container if this process is killed; the next run will\n", e.ryuk())
		}
	})
}

// isLocal reports whether the engine is reached by a socket of this machine.
func (e *engine) isLocal() bool {
	u, err := url.Parse(e.host)
	return err == nil && (u.Scheme == "unix" || u.Scheme == "npipe")
}

func (e *engine) ryuk() string {
	//lint:ignore SA1019 the library says in no other place which image it will use
	image := testcontainers.ReaperDefaultImage
	prefix := os.Getenv("TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX")
	if prefix == "" {
		prefix = e.settings["hub.image.name.prefix"]
	}
	return path.Join(prefix, image)
}

// fetchRyuk makes sure that Ryuk's image is here.
func (e *engine) fetchRyuk(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if _, err := e.ImageInspect(ctx, e.ryuk()); err == nil {
		return nil
	}
	pull, err := e.ImagePull(ctx, e.ryuk(), client.ImagePullOptions{})
	if err != nil {
		return err
	}
	return pull.Wait(ctx)
}

// silent is a logger of the library's that says nothing.
type silent struct{}

func (silent) Printf(string, ...any) {}
