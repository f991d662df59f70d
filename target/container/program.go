package container

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

const (
	module  = "github.com/scimproof/scimproof"
	command = module + "/cmd/scimproof"
)

// program is our command for linux on arch, without need of anything else: the
// one that runs, if it will do, else one built from source.
func program(ctx context.Context, arch string) ([]byte, error) {
	running, unfit := runningProgram(arch)
	if unfit == nil {
		return running, nil
	}
	built, err := builtProgram(ctx, arch)
	if err != nil {
		return nil, fmt.Errorf("there is no program to put into the container: %w, and it cannot be built from source: %w", unfit, err)
	}
	return built, nil
}

func runningProgram(arch string) ([]byte, error) {
	info, _ := debug.ReadBuildInfo()
	switch {
	case info == nil || info.Path != command:
		return nil, errors.New("the program that runs is not scimproof itself")
	case runtime.GOOS != "linux" || runtime.GOARCH != arch:
		return nil, fmt.Errorf("the program that runs is for %s/%s and the engine's is linux/%s", runtime.GOOS, runtime.GOARCH, arch)
	}
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	binary, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return binary, checkStatic(binary)
}

// checkStatic refuses a program that asks for a dynamic loader: an image from
// scratch has none, and the container would end at once with "no such file".
func checkStatic(binary []byte) error {
	file, err := elf.NewFile(bytes.NewReader(binary))
	if err != nil {
		return fmt.Errorf("the program that runs: %w", err)
	}
	if slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		return errors.New("the program that runs is not static (built without CGO_ENABLED=0)")
	}
	return nil
}

// builtProgram builds the command where its source is: in a checkout, or as a
// module that the one in the working directory requires.
func builtProgram(ctx context.Context, arch string) ([]byte, error) {
	source, err := output(ctx, "", nil, "list", "-m", "-f", "{{.Dir}}", module)
	if err != nil {
		return nil, err
	}
	if source == "" {
		return nil, fmt.Errorf("the source of %s is not here", module)
	}
	dir, err := os.MkdirTemp("", "scimproof-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "scimproof")
	env := []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=" + arch}
	if _, err := output(ctx, source, env, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", path, command); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// output is what the go command prints.
func output(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return "", fmt.Errorf("go %s: %s", args[0], strings.TrimSpace(string(exit.Stderr)))
	}
	return strings.TrimSpace(string(out)), err
}
