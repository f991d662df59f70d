package container_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/moby/moby/client"
	"go.uber.org/goleak"

	"github.com/scimproof/scimproof/target/container"
)

func TestMain(m *testing.M) {
	if os.Getenv("SCIMPROOF_TEST_ABANDON") == "1" {
		abandon()
	}
	goleak.VerifyTestMain(m)
}

// abandon is another process, which starts a container and never closes it. It
// ends when its standard input does, or when it is killed.
func abandon() {
	tg, err := container.Start(context.Background(), container.Options{})
	fmt.Println(tg.URL, err)
	_, _ = bufio.NewReader(os.Stdin).ReadByte()
	os.Exit(1)
}

// another starts such a process and waits for its container.
func another(t *testing.T) (url string, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SCIMPROOF_TEST_ABANDON=1")
	cmd.Stderr = t.Output()
	_, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	kill = func() {
		if !killed {
			killed = true
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	url, problem, _ := strings.Cut(strings.TrimSpace(line), " ")
	if err != nil || problem != "<nil>" {
		t.Fatalf("the other process: %s (%v)", line, err)
	}
	return url, kill
}

func status(t *testing.T, url string) (int, error) {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := c.Get(url)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// ours counts the containers and images that bear our label.
func ours(t *testing.T) (containers, images int) {
	t.Helper()
	c, err := client.New(client.FromEnv)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	filter := client.Filters{}.Add("label", "org.scimproof.run")
	cs, err := c.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: filter})
	if err != nil {
		t.Fatal(err)
	}
	is, err := c.ImageList(t.Context(), client.ImageListOptions{Filters: filter})
	if err != nil {
		t.Fatal(err)
	}
	return len(cs.Items), len(is.Items)
}

// A run that was killed leaves its container; the next run removes it, and leaves
// alone what belongs to a run that lives.
func TestTheNextRunRemovesWhatAKilledOneLeft(t *testing.T) {
	container.Test(t, container.Options{}) // skips where there is no engine
	dead, kill := another(t)
	living, _ := another(t)
	kill()
	if _, err := status(t, dead+"/healthz"); err != nil {
		t.Fatalf("the killed run has left nothing to remove: %v", err)
	}
	var log strings.Builder
	container.Test(t, container.Options{Log: &log})
	if _, err := status(t, dead+"/healthz"); err == nil {
		t.Error("the container of the killed run still answers")
	}
	if code, err := status(t, living+"/healthz"); err != nil || code != http.StatusOK {
		t.Errorf("the container of the living run answers %d, %v", code, err)
	}
	if !strings.Contains(log.String(), "removed what earlier runs had left: 2") {
		t.Errorf("the log does not say that a container and its image were removed: %q", log.String())
	}
}

func TestNothingIsLeftAfterClose(t *testing.T) {
	container.Test(t, container.Options{})
	containers, images := ours(t)
	tg, err := container.Start(t.Context(), container.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c, i := ours(t); c != containers+1 || i != images+1 {
		t.Errorf("%d containers and %d images more, want one of each", c-containers, i-images)
	}
	if err := errors.Join(tg.Close(), tg.Close()); err != nil {
		t.Error(err)
	}
	if c, i := ours(t); c != containers || i != images {
		t.Errorf("%d containers and %d images are left", c-containers, i-images)
	}
}

func TestWithoutAnEngineTheErrorIsOneSentence(t *testing.T) {
	t.Setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
	_, err := container.Start(t.Context(), container.Options{})
	var none *container.Unavailable
	if !errors.As(err, &none) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "/nowhere/docker.sock") {
		t.Errorf("Start() = %v", err)
	}
}
