package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

func TestLoadLeavesVegetasResults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results.gob")
	code, out, problem := shellRun(t, "load", "--people", "20", "--rate", "0", "--out", filepath.Join(t.TempDir(), "out"), "--vegeta-results", file)
	if code != ok {
		t.Fatalf("exit %d\n%s%s", code, out, problem)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	count := 0
	for decode := vegeta.DecoderFor(f); ; count++ {
		var r vegeta.Result
		if err := decode.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if err != nil || r.Code != 200 || r.Attack != "onboard" {
			t.Fatalf("%v %+v", err, r)
		}
	}
	if count != 20 {
		t.Errorf("%d results, want one for each of 20 people", count)
	}
}

func TestVegetasResultsThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	code, out, problem := shellRun(t, "load", "--people", "3", "--rate", "0", "--out", dir, "--vegeta-results", filepath.Join(dir, "no", "such", "folder"))
	if code != unusable || !strings.Contains(problem, "--vegeta-results: ") || existing(dir) != "" {
		t.Errorf("exit %d\n%s%s", code, out, problem)
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no disk that is full: ", err)
	}
	code, out, problem = shellRun(t, "load", "--people", "3", "--rate", "0", "--out", dir, "--vegeta-results", "/dev/full")
	if code != incomplete || !strings.HasPrefix(out, "SUCCESS: 3 people") || !strings.Contains(problem, "/dev/full does not hold all results") {
		t.Errorf("exit %d\n%s%s", code, out, problem)
	}
}
