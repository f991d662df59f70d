package container

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"io"
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
	if err := checkStatic(withSegment(t, elf.PT_INTERP)); err == nil || !strings.Contains(err.Error(), "not static") {
		t.Errorf("a program that asks for a loader: %v", err)
	}
	if err := checkStatic(withSegment(t, elf.PT_LOAD)); err != nil {
		t.Errorf("one that does not: %v", err)
	}
}

// withSegment is an executable that consists of one empty segment.
func withSegment(t *testing.T, kind elf.ProgType) []byte {
	t.Helper()
	head := elf.Header64{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT),
		Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1,
	}
	var out bytes.Buffer
	for _, part := range []any{head, elf.Prog64{Type: uint32(kind)}} {
		if err := binary.Write(&out, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func TestWithoutSourceTheErrorSaysBothReasons(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := program(t.Context(), runtime.GOARCH)
	if err == nil || !strings.Contains(err.Error(), "not scimproof itself") || !strings.Contains(err.Error(), "cannot be built from source: go list:") {
		t.Errorf("program() = %v", err)
	}
}
