package container

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/moby/moby/client"

	"github.com/scimproof/scimproof/target"
)

// anEngine is an engine to test with; without one the test is skipped.
func anEngine(t *testing.T) *engine {
	t.Helper()
	e, err := find(t.Context())
	require(t, err)
	t.Cleanup(func() { e.Close() })
	e.settle(t.Context(), t.Output())
	return e
}

// theImage is somebody's image: our program with another command line.
func theImage(t *testing.T, e *engine, entrypoint string) string {
	t.Helper()
	binary, err := builtProgram(t.Context(), e.arch)
	if err != nil {
		t.Fatal(err)
	}
	files, err := onlyFile("server", binary)
	if err != nil {
		t.Fatal(err)
	}
	name := imageName(thisProcess().run)
	result, err := e.ImageImport(t.Context(), client.ImageImportSource{Source: files, SourceName: "-"}, name,
		client.ImageImportOptions{Changes: []string{"ENTRYPOINT " + entrypoint}})
	if err == nil {
		_, err = io.Copy(io.Discard, result)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := e.ImageRemove(context.Background(), name, client.ImageRemoveOptions{Force: true}); err != nil {
			t.Error(err)
		}
	})
	return name
}

func TestOurServerIsOpenToThisMachineAloneAndKeepsItsSecret(t *testing.T) {
	e := anEngine(t)
	before := all(t, e)
	tg := Test(t, Options{})
	id := ""
	for now := range all(t, e) {
		if !before[now] {
			id = now
		}
	}
	c, err := e.ContainerInspect(t.Context(), id, client.ContainerInspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for port, bindings := range c.Container.NetworkSettings.Ports {
		for _, b := range bindings {
			if !b.HostIP.IsLoopback() {
				t.Errorf("port %s is open at %s", port, b.HostIP)
			}
		}
	}
	if got := c.Container.Config.User; got != "65532" {
		t.Errorf("it runs as user %q", got)
	}
	endpoint, err := tg.Tenant(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	logs, err := e.ContainerLogs(t.Context(), id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		t.Fatal(err)
	}
	defer logs.Close()
	said, err := io.ReadAll(logs)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(said, []byte("admin_url")) {
		t.Errorf("the log is not the server's: %q", said)
	}
	for _, secret := range []string{tg.Admin.Token, endpoint.Token} {
		if bytes.Contains(said, []byte(secret)) {
			t.Errorf("the log holds a secret: %q", said)
		}
	}
}

// all are the containers of this process.
func all(t *testing.T, e *engine) map[string]bool {
	t.Helper()
	mine := client.Filters{}.Add("label", labelPID+"="+strconv.Itoa(os.Getpid()))
	list, err := e.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: mine})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, c := range list.Items {
		ids[c.ID] = true
	}
	return ids
}

func TestAnyImageIsAStrangersServer(t *testing.T) {
	e := anEngine(t)
	image := theImage(t, e, `["/server", "serve", "target", "--listen", "0.0.0.0:9090"]`)
	for name, ready := range map[string]string{"any answer will do": "", "a path says that it is ready": target.Ready} {
		t.Run(name, func(t *testing.T) {
			tg := Test(t, Options{Image: image, Port: 9090, BasePath: "scim/nobody/", Ready: ready, Token: "a-token"})
			if tg.Ours || tg.Admin != nil || tg.Kind != target.KindContainer || !strings.Contains(tg.Name, image) {
				t.Errorf("%+v", tg)
			}
			endpoint, err := tg.Tenant(t.Context())
			if err != nil || endpoint.Token != "a-token" || endpoint.URL != tg.URL || !strings.HasSuffix(tg.URL, "/scim/nobody") {
				t.Errorf("%+v, %v", endpoint, err)
			}
			asker := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			resp, err := asker.Get(tg.URL + "/Users")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusUnauthorized && resp.StatusCode != http.StatusNotFound {
				t.Errorf("answered with %s", resp.Status)
			}
		})
	}
}

func TestAServerThatDoesNotComeUpIsQuotedAndRemoved(t *testing.T) {
	e := anEngine(t)
	image := theImage(t, e, `["/server", "no-such-verb", "a-token"]`)
	before := len(all(t, e))
	_, err := Start(t.Context(), Options{Image: image, Token: "a-token"})
	if err == nil {
		t.Fatal("it came up")
	}
	for _, want := range []string{"start the image " + image, "its last words: ", "scimproof --help"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "a-token") {
		t.Errorf("the error holds the token: %v", err)
	}
	if after := len(all(t, e)); after != before {
		t.Errorf("%d containers are left", after-before)
	}
}

func TestAnImageThatIsNowhereIsSaid(t *testing.T) {
	anEngine(t)
	_, err := Start(t.Context(), Options{Image: "localhost:1/nowhere/scim:1", Token: "a-token"})
	if err == nil || !strings.Contains(err.Error(), "start the image localhost:1/nowhere/scim:1") {
		t.Errorf("Start() = %v", err)
	}
}

func TestTheTwoTrapsNeedNothingInTheEnvironment(t *testing.T) {
	e := anEngine(t)
	if e.isLocal() && os.Getenv(hostOverride) != "127.0.0.1" {
		t.Skipf("%s is %q: somebody has chosen", hostOverride, os.Getenv(hostOverride))
	}
	if _, err := e.ImageInspect(t.Context(), e.ryuk()); err != nil && os.Getenv(ryukDisabled) == "" {
		t.Errorf("Ryuk's image is not here (%v), and Ryuk is on", err)
	}
}

func TestAnErrorShowsNoSecret(t *testing.T) {
	cause := errors.New("it said s3cret")
	for secret, want := range map[string]string{"s3cret": "it said REDACTED", "": "it said s3cret"} {
		err := hide(cause, secret)
		if err.Error() != want || !errors.Is(err, cause) {
			t.Errorf("hide(%q) = %v", secret, err)
		}
	}
}
