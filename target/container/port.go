package container

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

func tcp(port int) string { return strconv.Itoa(port) + "/tcp" }

// publish opens the container's port on loopback alone. Only where the engine's
// host is another machine is it opened to that machine's network, as we could not
// reach it otherwise.
func (e *engine) publish(r *testcontainers.ContainerRequest, log io.Writer) {
	if !e.isLocal() || !isLoopback(os.Getenv(hostOverride)) {
		fmt.Fprintf(log, "container: what runs at %s is not reached by loopback, so the server's port is open to that machine's network\n", e.host)
		return
	}
	loopback := []network.PortBinding{{HostIP: netip.MustParseAddr("127.0.0.1")}}
	further := r.HostConfigModifier
	r.HostConfigModifier = func(h *container.HostConfig) {
		h.PortBindings = network.PortMap{}
		for _, port := range r.ExposedPorts {
			h.PortBindings[network.MustParsePort(port)] = loopback
		}
		if further != nil {
			further(h)
		}
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || host == "localhost" || ip != nil && ip.IsLoopback()
}

// confined takes from our own server what it has no use for.
func confined(h *container.HostConfig) {
	h.ReadonlyRootfs = true
	h.CapDrop = []string{"ALL"}
	h.SecurityOpt = []string{"no-new-privileges"}
}

// answers waits until the server answers at path with a status that will do. Each
// question has a connection of its own, so that none is left open.
func answers(port int, path string, enough func(status int) bool) wait.Strategy {
	return wait.ForHTTP(path).
		WithPort(tcp(port)).
		WithStatusCodeMatcher(enough).
		WithHeaders(map[string]string{"Connection": "close"}).
		WithPollInterval(20 * time.Millisecond).
		WithStartupTimeout(patience)
}

func isSuccess(status int) bool { return status >= 200 && status < 300 }

// isAnswer takes any answer but a server's that is not ready yet: without a
// credential 401 is what a server that is up will say.
func isAnswer(status int) bool { return status < 500 }
