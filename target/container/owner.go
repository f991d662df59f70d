package container

import (
	"crypto/rand"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The labels of what we make. Who owns it is told well enough that another run
// can see whether it is still wanted.
const (
	labelRun   = "org.scimproof.run"   // of one Start
	labelHost  = "org.scimproof.host"  // where the process runs
	labelPID   = "org.scimproof.pid"   // its number
	labelBorn  = "org.scimproof.born"  // tells it from a later one with its number
	labelSince = "org.scimproof.since" // when this was made, RFC 3339
)

// abandoned is how old something of another machine's must be to be taken for
// forgotten; no run lasts so long.
const abandoned = 24 * time.Hour

// An owner is the process that a container or an image belongs to.
type owner struct {
	run   string
	host  string
	pid   int
	born  string
	since time.Time
}

func thisProcess() owner {
	born, _ := birth(os.Getpid())
	return owner{run: rand.Text(), host: thisHost(), pid: os.Getpid(), born: born, since: time.Now()}
}

func (o owner) labels() map[string]string {
	return map[string]string{
		labelRun:   o.run,
		labelHost:  o.host,
		labelPID:   strconv.Itoa(o.pid),
		labelBorn:  o.born,
		labelSince: o.since.UTC().Format(time.RFC3339),
	}
}

// ownerOf reads labels back. What does not read as ours was made by something
// else, a later version perhaps.
func ownerOf(labels map[string]string) (o owner, ok bool) {
	pid, errPID := strconv.Atoi(labels[labelPID])
	since, errSince := time.Parse(time.RFC3339, labels[labelSince])
	o = owner{labels[labelRun], labels[labelHost], pid, labels[labelBorn], since}
	return o, o.run != "" && o.host != "" && errPID == nil && errSince == nil
}

// isStale reports whether nobody wants what o owns any more: its process is gone,
// or, where that cannot be seen from here, it is very old.
func (o owner) isStale(now time.Time, here string, alive func(pid int, born string) bool) bool {
	if o.host == here {
		return !alive(o.pid, o.born)
	}
	return now.Sub(o.since) > abandoned
}

// thisHost names where process numbers mean what they mean here: a machine, and
// on Linux its PID namespace, since two containers may share a host name.
func thisHost() string {
	name, _ := os.Hostname()
	namespace, _ := os.Readlink("/proc/self/ns/pid")
	return strings.TrimSpace(name + " " + namespace)
}

// isAlive reports whether process pid still is the one that was born then. In
// doubt it is.
func isAlive(pid int, born string) bool {
	if now, seen := birth(pid); seen {
		return now == born
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH)
}

// birth is when a process began, in Linux's ticks since the machine did; empty for
// one that is dead and not yet buried. Where there is no /proc it is not seen.
func birth(pid int) (born string, seen bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", false
	}
	// "42 (a name (sic)) S 1 …": after the name come the state, field 3, and 18
	// more before the start time, field 22.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 20 {
		return "", false
	}
	if fields[0] == "Z" || fields[0] == "X" {
		return "", true
	}
	return fields[19], true
}
