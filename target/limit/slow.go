package limit

import (
	"io"
	"net/http"
	"time"
)

// answers is when the answer goes out to what was asked for and done at those times, at
// a server whose first request came at first. It is pure.
func (l Limits) answers(first, asked, done time.Time) time.Time {
	at := asked.Add(l.Takes)
	if done.After(at) {
		at = done
	}
	since := at.Sub(first)
	if l.Every > 0 && since >= l.Every && since%l.Every < l.Stalls {
		at = at.Add(l.Stalls - since%l.Every)
	}
	return at
}

// A late writer holds an answer back until it is due. Not safe for concurrent use, as
// any ResponseWriter.
type late struct {
	http.ResponseWriter
	gate  *gate
	r     *http.Request
	first time.Time // of the server's requests
	asked time.Time
	begun bool // the answer is on its way, and is not held back any more
}

// slow is where the answer to a request that has just come is written.
func (g *gate) slow(w http.ResponseWriter, r *http.Request) *late {
	now := g.limits.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.first.IsZero() {
		g.first = now
	}
	return &late{ResponseWriter: w, gate: g, r: r, first: g.first, asked: now}
}

func (l *late) WriteHeader(status int) {
	l.wait()
	l.ResponseWriter.WriteHeader(status)
}

func (l *late) Write(p []byte) (int, error) {
	l.wait()
	return l.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (l *late) Unwrap() http.ResponseWriter { return l.ResponseWriter }

// mostUnread is how much of a request that nobody has read is read before the wait, in
// bytes: only when it has been read does net/http see that the client hangs up.
const mostUnread = 1 << 20

// wait returns when the answer is due, or when the client has hung up.
func (l *late) wait() {
	if l.begun {
		return
	}
	l.begun = true
	now := l.gate.limits.Now()
	due := l.gate.limits.answers(l.first, l.asked, now)
	if !due.After(now) {
		return
	}
	if l.r.Body != nil {
		_, _ = io.CopyN(io.Discard, l.r.Body, mostUnread)
	}
	timer := time.NewTimer(due.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.r.Context().Done():
	}
}
