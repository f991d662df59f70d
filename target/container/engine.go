package container

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/magiconair/properties"
	"github.com/moby/moby/client"
)

// Unavailable says that there is no container engine to start anything with.
type Unavailable struct{ Err error }

func (u *Unavailable) Error() string {
	return fmt.Sprintf("no container engine answers; start Docker, or say with DOCKER_HOST where it is: %v", u.Err)
}

func (u *Unavailable) Unwrap() error { return u.Err }

// An engine is the container engine that answers.
type engine struct {
	*client.Client
	host     string // "unix:///var/run/docker.sock"
	arch     string // of its machine, in Go's words
	settings settings
}

// settings are ~/.testcontainers.properties: what a user of the library may have
// set there holds for us as well.
type settings map[string]string

func readSettings(home string) settings {
	file, err := properties.LoadFile(filepath.Join(home, ".testcontainers.properties"), properties.UTF8)
	if err != nil {
		return nil
	}
	return file.Map()
}

// find returns the first engine that answers.
func find(ctx context.Context) (*engine, error) {
	home, _ := os.UserHomeDir()
	set := readSettings(home)
	var none error
	for _, host := range places(set, os.Getenv, home, os.Getuid()) {
		e, err := reach(ctx, host)
		if err == nil {
			e.settings = set
			return e, nil
		}
		if none != nil {
			err = fmt.Errorf("%w; %w", none, err)
		}
		none = err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, &Unavailable{none}
}

// places are where an engine may listen, in the order in which testcontainers-go
// looks (v0.45.0, internal/core/docker_host.go), so that both come to the same.
// Only, a place that somebody has named is the only one.
func places(set settings, getenv func(string) string, home string, uid int) []string {
	for _, named := range []string{set["tc.host"], getenv("DOCKER_HOST")} {
		if named != "" {
			return []string{named}
		}
	}
	all := []string{client.DefaultDockerHost}
	if named := set["docker.host"]; named != "" {
		all = append(all, named)
	}
	for _, socket := range []string{
		filepath.Join(getenv("XDG_RUNTIME_DIR"), "docker.sock"),
		filepath.Join(home, ".docker", "run", "docker.sock"),
		filepath.Join(home, ".docker", "desktop", "docker.sock"),
		filepath.Join("/run/user", strconv.Itoa(uid), "docker.sock"),
	} {
		if _, err := os.Stat(socket); err == nil && filepath.IsAbs(socket) {
			all = append(all, "unix://"+socket)
		}
	}
	return all
}

// reach asks the engine at host what it is.
func reach(ctx context.Context, host string) (*engine, error) {
	c, err := client.New(client.FromEnv, client.WithHost(host))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", host, err)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	v, err := c.ServerVersion(ctx, client.ServerVersionOptions{})
	if err == nil && v.Os != "linux" {
		err = fmt.Errorf("it runs containers for %s, and ours are for linux", v.Os)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", host, err), c.Close())
	}
	return &engine{Client: c, host: host, arch: v.Arch}, nil
}
