package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/moby/moby/client"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/container"
)

// containersAndImages counts the containers and the images of this process.
func containersAndImages(t *testing.T) (containers, images int) {
	t.Helper()
	c, err := client.New(client.FromEnv)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	mine := client.Filters{}.Add("label", "org.scimproof.pid="+strconv.Itoa(os.Getpid()))
	cs, err := c.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: mine})
	if err != nil {
		t.Fatal(err)
	}
	is, err := c.ImageList(t.Context(), client.ImageListOptions{Filters: mine})
	if err != nil {
		t.Fatal(err)
	}
	return len(cs.Items), len(is.Items)
}

// at acts once, when a word is said.
type at struct {
	said strings.Builder
	word string
	act  func()
}

func (a *at) Write(p []byte) (int, error) {
	a.said.Write(p)
	if a.act != nil && strings.Contains(a.said.String(), a.word) {
		a.act()
		a.act = nil
	}
	return len(p), nil
}

// A crowd is led through its phases at our own server in a container, whose container is
// gone afterwards, also when the run was interrupted: between two phases here.
func TestLoadAtAContainer(t *testing.T) {
	container.Test(t, container.Options{}) // skips where there is no engine, and stays
	for name, tt := range map[string]struct {
		until  string // is said
		code   int
		result string
		phases []string // in which somebody's dialogue was begun
		says   string
	}{
		"to its end":  {"", ok, "success", []string{"onboard", "push", "day-2", "offboard"}, "SUCCESS: 50 people have one account each, and 2 groups have their"},
		"interrupted": {"onboard 50 of 50", incomplete, "incomplete", []string{"onboard"}, "INCOMPLETE"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			running := 0
			ear := &at{word: "onboard 50 of 50", act: func() {
				if running, _ = containersAndImages(t); tt.until != "" {
					interrupt()
				}
			}}
			var out strings.Builder
			code := run(ctx, []string{"load", "--target", "container", "--people", "50", "--phases", "onboard,push,day-2,offboard", "--rate", "0", "--out", dir}, &out, io.MultiWriter(ear, t.Output()))
			if code != tt.code || !strings.HasPrefix(out.String(), tt.says) {
				t.Errorf("exit code %d\n%s", code, out.String())
			}
			if running != 2 {
				t.Errorf("in the run there were %d containers, and it has one beside the other's", running)
			}
			if containers, images := containersAndImages(t); containers != 1 || images != 1 {
				t.Errorf("%d containers and %d images are left, want the other's", containers, images)
			}
			keepsItsSchema(t, dir)
			seen, err := evidence.ReadLoad(dir)
			if err != nil {
				t.Fatal(err)
			}
			if kind := seen.Target; kind.Kind != "container" || !kind.Ours || kind.Name != "the reference server in a container" || seen.Run.SameProcess || seen.Run.Clock != "virtual" {
				t.Errorf("%+v %+v", seen.Target, seen.Run)
			}
			var begun []string
			for _, p := range seen.Phases {
				if p.People.Began > 0 {
					begun = append(begun, p.Name)
				}
			}
			if seen.Result != tt.result || seen.Run.Interrupted != (tt.until != "") || strings.Join(begun, ",") != strings.Join(tt.phases, ",") {
				t.Errorf("%s, interrupted: %v, phases %v", seen.Result, seen.Run.Interrupted, begun)
			}
			if r := seen.Readback; !r.Done || r.Ours != 50 || r.Bad() != 0 || seen.Phases[0].People.Done != 50 {
				t.Errorf("%+v", r)
			}
		})
	}
}
