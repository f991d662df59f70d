package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
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
	for _, people := range []string{"3", "200"} { // what is in the buffer at the end, and what is more than it holds
		code, out, problem = shellRun(t, "load", "--people", people, "--rate", "0", "--out", filepath.Join(t.TempDir(), "out"), "--vegeta-results", "/dev/full")
		if code != incomplete || !strings.HasPrefix(out, "SUCCESS: "+people+" people") || strings.Count(problem, "/dev/full does not hold all results") != 1 || strings.Count(problem, "no space left") != 1 {
			t.Errorf("exit %d\n%s%s", code, out, problem)
		}
	}
}

// The metrics can be read while the run is on, at this machine alone, and no longer
// than it is.
func TestAPrometheusScrapesALoadWhileItIsOn(t *testing.T) {
	free := strings.TrimSuffix(strings.TrimPrefix(deadPort(t), "http://127.0.0.1"), "/scim/v2") // ":port"
	metrics := "http://127.0.0.1" + free + "/metrics"
	var once sync.Once
	var read string
	var readErr error
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/scim+json")
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, emptyList)
			return
		}
		once.Do(func() { // in the middle of a dialogue
			answer, err := http.Get(metrics)
			if err != nil {
				readErr = err
				return
			}
			defer answer.Body.Close()
			whole, err := io.ReadAll(answer.Body)
			read, readErr = string(whole), err
		})
		w.WriteHeader(http.StatusForbidden)
	}))
	defer refuses.Close()
	code, out, problem := shellRun(t, "load", "--people", "12", "--rate", "0", "--workers", "1", "--target", refuses.URL, "--token", token,
		"--prometheus", free, "--out", filepath.Join(t.TempDir(), "out"))
	if code != deviates || !strings.Contains(problem, "The run's metrics are at "+metrics) {
		t.Fatalf("exit %d\n%s%s", code, out, problem)
	}
	if readErr != nil {
		t.Fatal(readErr)
	}
	for _, line := range []string{
		`scimproof_load_requests_total{operation="look up",status="200"} 1`,
		`scimproof_load_dialogues_begun_total{kind="onboard",phase="onboard"} 1`,
		`scimproof_load_dialogues_in_flight 1`,
	} {
		if !strings.Contains(read, line+"\n") {
			t.Errorf("no line %q in\n%s", line, read)
		}
	}
	if strings.Contains(read, refuses.URL) || strings.Contains(read, token) {
		t.Errorf("the target's address or its token are told:\n%s", read)
	}
	if answer, err := http.Get(metrics); err == nil {
		answer.Body.Close()
		t.Error("the metrics are still served when the run is over")
	}
}

func TestMetricsThatCannotBeServed(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for address, says := range map[string]string{taken.Addr().String(): "address already in use", "9464": "no address such as 127.0.0.1:9464"} {
		dir := filepath.Join(t.TempDir(), "out")
		code, out, problem := shellRun(t, "load", "--people", "3", "--rate", "0", "--out", dir, "--prometheus", address)
		if code != unusable || !strings.Contains(problem, "--prometheus: ") || !strings.Contains(problem, says) || existing(dir) != "" {
			t.Errorf("exit %d\n%s%s", code, out, problem)
		}
	}
}
