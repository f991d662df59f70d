package container

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsStale(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	lives := func(pid int, born string) bool { return pid == 42 && born == "1000" }
	for name, tt := range map[string]struct {
		host, born string
		pid        int
		age        time.Duration
		want       bool
	}{
		"a run that lives keeps its container":                     {"here", "1000", 42, time.Second, false},
		"a run that lives keeps it, however long it takes":         {"here", "1000", 42, 1000 * time.Hour, false},
		"a run that is gone does not":                              {"here", "1000", 43, time.Second, true},
		"a later process with the same number is another":          {"here", "999", 42, time.Second, true},
		"another machine's processes are not seen from here":       {"there", "1000", 43, time.Second, false},
		"another machine's is kept for a day":                      {"there", "1000", 43, 24 * time.Hour, false},
		"another machine's is forgotten when it is over a day old": {"there", "1000", 43, 24*time.Hour + time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			o := owner{run: "r", host: tt.host, pid: tt.pid, born: tt.born, since: now.Add(-tt.age)}
			if got := o.isStale(now, "here", lives); got != tt.want {
				t.Errorf("isStale(%+v) = %v", o, got)
			}
		})
	}
}

func TestLabelsAreReadBack(t *testing.T) {
	want := owner{run: "r", host: "vm pid:[4026531836]", pid: 42, born: "1000", since: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	got, ok := ownerOf(want.labels())
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(owner{})); !ok || diff != "" {
		t.Errorf("ok = %v\n%s", ok, diff)
	}
	for name, alter := range map[string]func(map[string]string){
		"no labels":                      func(m map[string]string) { clear(m) },
		"the run is not there":           func(m map[string]string) { delete(m, labelRun) },
		"the host is not there":          func(m map[string]string) { delete(m, labelHost) },
		"the process is not a number":    func(m map[string]string) { m[labelPID] = "me" },
		"the time is written otherwise":  func(m map[string]string) { m[labelSince] = "noon" },
		"the labels are of a later kind": func(m map[string]string) { delete(m, labelPID); m["org.scimproof.process"] = "42" },
	} {
		labels := want.labels()
		alter(labels)
		if o, ok := ownerOf(labels); ok {
			t.Errorf("%s: read as %+v", name, o)
		}
	}
}

func TestWhoIsAlive(t *testing.T) {
	mine := thisProcess()
	if !isAlive(mine.pid, mine.born) {
		t.Error("this process is taken for dead")
	}
	if mine.born != "" && isAlive(mine.pid, mine.born+"0") {
		t.Error("a process with this one's number, born at another time, is taken for alive")
	}
	child := exec.Command(os.Args[0], "-test.run=^$")
	if err := child.Run(); err != nil {
		t.Fatal(err)
	}
	if isAlive(child.Process.Pid, "1") {
		t.Error("a process that has ended is taken for alive")
	}
}
