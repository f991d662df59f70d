package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestFlagsOfAContainerThatDoNotGoTogether(t *testing.T) {
	for name, tt := range map[string]struct {
		flags contained
		want  string
	}{
		"a port without an image":  {contained{Port: 80}, "none is given"},
		"a path without an image":  {contained{Ready: "/up"}, "none is given"},
		"an image without a token": {contained{Image: "example/scim:1"}, "SCIMPROOF_TOKEN"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tt.flags.start(context.Background(), "", io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("start(%+v) = %v", tt.flags, err)
			}
			if err := tt.flags.refuse(); err == nil || !strings.Contains(err.Error(), "--target container") {
				t.Errorf("refuse(%+v) = %v", tt.flags, err)
			}
		})
	}
	if err := (contained{}).refuse(); err != nil {
		t.Errorf("without any: %v", err)
	}
}

// A server that is told its credential, as in a container, tells nobody.
func TestAServerThatIsGivenItsCredentialPrintsNone(t *testing.T) {
	t.Setenv("SCIMPROOF_ADMIN_TOKEN", "s3cret")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"serve", "target"}, in, io.Discard)
		in.Close()
	}()
	var said map[string]string
	if err := json.NewDecoder(out).Decode(&said); err != nil {
		t.Fatal(err)
	}
	if len(said) != 1 || said["admin_url"] == "" {
		t.Errorf("it printed %v, want the URL of the administration API alone", said)
	}
	asker := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for path, want := range map[string]int{"/healthz": http.StatusOK, "/healthz/": http.StatusNotFound, "/admin/v1/iams": http.StatusUnauthorized} {
		resp, err := asker.Get(strings.TrimSuffix(said["admin_url"], "/admin/v1") + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("GET %s: %s, want %d", path, resp.Status, want)
		}
	}
	stop()
	if code := <-done; code != ok {
		t.Errorf("exit %d", code)
	}
}
