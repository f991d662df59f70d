package container

import (
	"archive/tar"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestTheImageHoldsTheProgramAndNothingElse(t *testing.T) {
	files, err := onlyFile("scimproof", []byte("the program"))
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(files)
	file, err := archive.Next()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(archive)
	if err != nil || string(body) != "the program" || file.Name != "scimproof" || file.Mode&0o111 != 0o111 {
		t.Errorf("%s, mode %o: %q, %v", file.Name, file.Mode, body, err)
	}
	if more, err := archive.Next(); err != io.EOF {
		t.Errorf("and then %v, %v", more, err)
	}
}

func TestTheImageKnowsWhoseItIs(t *testing.T) {
	lines := dockerfile(map[string]string{labelHost: "vm pid:[4026531836]"})
	for _, want := range []string{
		"USER 65532",
		`ENTRYPOINT ["/scimproof", "serve", "target", "--listen", "0.0.0.0:8080"]`,
		`LABEL org.scimproof.host="vm pid:[4026531836]"`,
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line %s in\n%s", want, strings.Join(lines, "\n"))
		}
	}
}

func TestOnlyAStaticProgramOfOursGoesIntoAContainer(t *testing.T) {
	if _, err := runningProgram(runtime.GOARCH); err == nil || !strings.Contains(err.Error(), "not scimproof itself") {
		t.Errorf("a test binary: %v", err)
	}
	if err := checkStatic([]byte("#!/bin/sh")); err == nil {
		t.Error("a script passes for a static program")
	}
	static, err := builtProgram(t.Context(), runtime.GOARCH)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkStatic(static); err != nil {
		t.Errorf("what we build: %v", err)
	}
	shell, err := exec.LookPath("sh")
	if err != nil || runtime.GOOS != "linux" {
		t.Skip("no program of the system's to try")
	}
	dynamic, err := os.ReadFile(shell)
	if err != nil {
		t.Fatal(err)
	}
	if checkStatic(dynamic) == nil {
		t.Skipf("%s is static here", filepath.Base(shell))
	}
}

func TestWithoutSourceTheErrorSaysBothReasons(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := program(t.Context(), runtime.GOARCH)
	if err == nil || !strings.Contains(err.Error(), "not scimproof itself") || !strings.Contains(err.Error(), "cannot be built from source: go list:") {
		t.Errorf("program() = %v", err)
	}
}
