package container

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/client"
)

func TestWhereAnEngineIsLookedFor(t *testing.T) {
	home := t.TempDir()
	desktop := filepath.Join(home, ".docker", "run", "docker.sock")
	if err := os.MkdirAll(filepath.Dir(desktop), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(desktop, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const nobody = 4294967294 // has no folder under /run/user
	for name, tt := range map[string]struct {
		settings settings
		env      map[string]string
		want     []string
	}{
		"nothing is set: the usual socket, then a rootless one": {nil, nil, []string{client.DefaultDockerHost, "unix://" + desktop}},
		"DOCKER_HOST is the only place":                         {nil, map[string]string{"DOCKER_HOST": "tcp://a:1"}, []string{"tcp://a:1"}},
		"the library's own setting goes before DOCKER_HOST":     {settings{"tc.host": "tcp://b:2"}, map[string]string{"DOCKER_HOST": "tcp://a:1"}, []string{"tcp://b:2"}},
		"docker.host comes after the usual socket":              {settings{"docker.host": "tcp://c:3"}, nil, []string{client.DefaultDockerHost, "tcp://c:3", "unix://" + desktop}},
	} {
		t.Run(name, func(t *testing.T) {
			got := places(tt.settings, func(name string) string { return tt.env[name] }, home, nobody)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheUsersSettingsOfTheLibraryHold(t *testing.T) {
	home := t.TempDir()
	if set := readSettings(home); len(set) != 0 {
		t.Errorf("without a file: %v", set)
	}
	if err := os.WriteFile(filepath.Join(home, ".testcontainers.properties"), []byte("# mine\nryuk.disabled = true\nhub.image.name.prefix=mirror.example.com/hub\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	set := readSettings(home)
	if set["ryuk.disabled"] != "true" {
		t.Errorf("read %v", set)
	}
	e := engine{settings: set}
	if got, want := e.ryuk(), "mirror.example.com/hub/testcontainers/ryuk:0.14.0"; got != want {
		t.Errorf("Ryuk is %s, want %s", got, want)
	}
}

func TestWhichEnginesAreOnThisMachine(t *testing.T) {
	for host, want := range map[string]bool{
		"unix:///var/run/docker.sock": true, "npipe:////./pipe/docker_engine": true,
		"tcp://127.0.0.1:2375": false, "tcp://build.example.com:2376": false, "ssh://me@build": false, ":": false,
	} {
		if got := (&engine{host: host}).isLocal(); got != want {
			t.Errorf("isLocal(%s) = %v", host, got)
		}
	}
}
