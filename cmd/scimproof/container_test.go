package main

import (
	"context"
	"io"
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
