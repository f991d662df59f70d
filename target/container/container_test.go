package container_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

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
func another(t *testing.T) (url string, pid int, kill func()) {
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
	return url, cmd.Process.Pid, kill
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

// of counts the containers and images of a process. Other runs may come and go.
func of(t *testing.T, pid int) (containers, images int) {
	t.Helper()
	c, err := client.New(client.FromEnv)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	filter := client.Filters{}.Add("label", "org.scimproof.pid="+strconv.Itoa(pid))
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
	dead, deadPID, kill := another(t)
	living, livingPID, _ := another(t)
	kill()
	if code, err := status(t, dead+"/healthz"); err != nil || code != http.StatusOK {
		t.Fatalf("the killed run has left nothing to remove: %d, %v", code, err)
	}
	container.Test(t, container.Options{})
	if containers, images := of(t, deadPID); containers != 0 || images != 0 {
		t.Errorf("of the killed run %d containers and %d images are left", containers, images)
	}
	if containers, images := of(t, livingPID); containers != 1 || images != 1 {
		t.Errorf("the living run has %d containers and %d images, want its one of each", containers, images)
	}
	if code, err := status(t, living+"/healthz"); err != nil || code != http.StatusOK {
		t.Errorf("the container of the living run answers %d, %v", code, err)
	}
}

func TestNothingIsLeftAfterClose(t *testing.T) {
	container.Test(t, container.Options{}) // another of this process, which stays
	tg, err := container.Start(t.Context(), container.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if containers, images := of(t, os.Getpid()); containers != 2 || images != 2 {
		t.Errorf("%d containers and %d images, want two of each", containers, images)
	}
	if err := errors.Join(tg.Close(), tg.Close()); err != nil {
		t.Error(err)
	}
	if containers, images := of(t, os.Getpid()); containers != 1 || images != 1 {
		t.Errorf("%d containers and %d images are left, want the other's", containers, images)
	}
}

// An interrupted start leaves nothing, whatever it had come to.
func TestNothingIsLeftOfAStartThatWasInterrupted(t *testing.T) {
	container.Test(t, container.Options{})
	for _, after := range []time.Duration{0, 100 * time.Millisecond, 300 * time.Millisecond, 600 * time.Millisecond, 900 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		tg, err := container.Start(ctx, container.Options{})
		cancel()
		if err == nil {
			err = tg.Close() // it was quicker
		} else if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %v", after, err)
		}
		if containers, images := of(t, os.Getpid()); containers != 1 || images != 1 {
			t.Errorf("interrupted after %v (%v): %d containers and %d images, want the other's", after, err, containers, images)
		}
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
