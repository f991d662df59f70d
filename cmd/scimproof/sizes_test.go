package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/scimproof/scimproof/reports/evidence"
)

// TestLoadSizes measures, and judges the accounts alone: what crowds of several
// sizes take of memory and time. SCIMPROOF_SIZES names the sizes, as in
// "200 2000 20000". The target is a server in a process of its own, by URL, so that
// the ledger and the tidying up are in the figures.
func TestLoadSizes(t *testing.T) {
	if os.Getenv("SCIMPROOF_SIZES") == "" {
		t.Skip("measures for minutes; make load-sizes runs it")
	}
	const rate = 200
	program := build(t)
	for _, size := range strings.Fields(os.Getenv("SCIMPROOF_SIZES")) {
		url, token := reached(t, program)
		dir := filepath.Join(t.TempDir(), "out")
		load := exec.Command(program, "load", "--people", size, "--rate", fmt.Sprint(rate), "--target", url, "--out", dir)
		load.Env = append(os.Environ(), "SCIMPROOF_TOKEN="+token)
		out, problem := load.CombinedOutput()
		seen, err := evidence.ReadLoad(dir)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		used, _ := load.ProcessState.SysUsage().(*syscall.Rusage)
		raw, _ := os.ReadFile("/proc/loadavg")
		t.Logf("%6s people: %s (%v); %.1f a second begun of %d asked, p99 %.1f ms; read back in %.2f s on %d pages; %d MB at most, %.1f s of CPU; load average %.14s",
			size, seen.Result, problem, seen.Phases[0].Pace.Achieved, rate, seen.Phases[0].Dialogues[0].P99, seen.Readback.TookMS/1000, seen.Readback.Pages,
			used.Maxrss/1024, load.ProcessState.UserTime().Seconds()+load.ProcessState.SystemTime().Seconds(), raw)
		if seen.Readback.Bad() > 0 || seen.Left.Active > 0 {
			t.Errorf("%d accounts are not as planned, %d were not put away", seen.Readback.Bad(), seen.Left.Active)
		}
	}
}

// reached starts the bundled server as a process, which ends with the test.
func reached(t *testing.T, program string) (url, token string) {
	t.Helper()
	serve := exec.Command(program, "serve", "target")
	out, err := serve.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = serve.Process.Signal(os.Interrupt)
		_ = serve.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var at struct {
		URL   string `json:"scim_url"`
		Token string `json:"token"`
	}
	if err := json.Unmarshal(line, &at); err != nil {
		t.Fatal(err)
	}
	return at.URL, at.Token
}
