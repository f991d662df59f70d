package wire

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A talk is one exchange while it goes on.
type talk struct {
	wire    *Wire
	call    call
	n       int
	started time.Time
	kept    evidence.Exchange // raw, its bodies whole
	dialing atomic.Bool       // waiting for a connection
}

func (w *Wire) roundTrip(voice evidence.Voice, r *http.Request) (*http.Response, error) {
	body, err := readAll(r)
	if err != nil {
		return nil, fmt.Errorf("read the request's body: %w", err)
	}
	r = w.dressed(r)
	t := w.begin(voice, r, body)
	if err := t.allowed(r); err != nil {
		return nil, err
	}
	if err := t.intend(); err != nil {
		return nil, t.fail(Foreign, err)
	}
	t.accompany()
	ctx, release := WithGrace(r.Context(), grace)
	answer, err := w.config.Base.RoundTrip(t.outgoing(ctx, r, body))
	if err != nil {
		err = whyEnded(ctx, err)
		release()
		return nil, t.fail(classify(err, t.dialing.Load()), err)
	}
	if t.loses(answer) {
		release()
		return nil, t.lose(answer)
	}
	t.kept.Status, t.kept.ResponseHeader = answer.StatusCode, answer.Header.Clone()
	t.show()
	answer.Body = &listener{talk: t, body: answer.Body, ctx: ctx, release: release}
	return answer, nil
}

// dressed is the request with the headers that all of them carry.
func (w *Wire) dressed(r *http.Request) *http.Request {
	if len(w.config.Header) == 0 {
		return r
	}
	dressed := r.Clone(r.Context())
	for name, values := range w.config.Header {
		dressed.Header[http.CanonicalHeaderKey(name)] = values
	}
	return dressed
}

func readAll(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}

// begin gives the exchange its number and its place.
func (w *Wire) begin(voice evidence.Voice, r *http.Request, body []byte) *talk {
	about, known := w.subject(r.Context())
	t := &talk{wire: w, started: w.config.Now()}
	t.call = call{voice: voice, method: r.Method, about: about, known: known}
	t.kept = evidence.Exchange{
		Voice: voice, Subject: about.label(), Started: t.started,
		Method: r.Method, URL: r.URL.String(), RequestHeader: r.Header.Clone(), RequestBody: body,
	}
	w.mu.Lock()
	t.n = len(w.exchanges) + 1
	t.kept.N = t.n
	w.exchanges = append(w.exchanges, t.kept)
	w.mu.Unlock()
	return t
}

// allowed asks whether the request may go out at all.
func (t *talk) allowed(r *http.Request) error {
	if err := r.Context().Err(); err != nil {
		return t.fail(classify(err, false), err)
	}
	below, ok := t.wire.below(r.URL)
	if !ok {
		return t.fail(Foreign, fmt.Errorf("nothing is sent to %s://%s, which is not the target's origin", r.URL.Scheme, r.URL.Host))
	}
	t.call.path = readPath(below)
	t.kept.Kind, t.kept.ID = t.call.path.kind, t.call.path.id
	t.show()
	if err := neverSaid(t.call); err != nil {
		return t.fail(Ours, err)
	}
	if t.creates() {
		t.call.name = readName(t.kept.RequestBody, t.call.path.kind)
	}
	t.wire.mu.Lock()
	refused := t.wire.guard.judge(t.call)
	t.wire.mu.Unlock()
	if refused != nil {
		return t.fail(Denied, refused)
	}
	return nil
}

func (t *talk) creates() bool {
	p := t.call.path
	return t.call.method == http.MethodPost && p.kind != "" && p.id == "" && !p.ask
}

// outgoing is the request as it is sent: the caller's, with a body that can be
// sent again and a trace that tells dialing from waiting.
func (t *talk) outgoing(ctx context.Context, r *http.Request, body []byte) *http.Request {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { t.dialing.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { t.dialing.Store(false) },
	})
	out := r.Clone(ctx)
	if body == nil {
		return out
	}
	out.ContentLength = int64(len(body))
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.Body, _ = out.GetBody()
	if len(body) == 0 {
		out.Body = http.NoBody
	}
	return out
}

// fail ends the exchange without an answer.
func (t *talk) fail(kind Kind, err error) error {
	trouble := &Trouble{Kind: kind, Exchange: t.n, Err: err}
	t.kept.Failure = trouble.Error()
	t.kept.Took = t.wire.config.Now().Sub(t.started)
	t.keep()
	t.wire.mu.Lock()
	defer t.wire.mu.Unlock()
	if t.wire.trouble == nil || kind == Ours {
		t.wire.trouble = trouble
	}
	return trouble
}

// show puts the exchange, as it now stands, where Exchanges finds it.
func (t *talk) show() {
	t.wire.mu.Lock()
	defer t.wire.mu.Unlock()
	t.wire.exchanges[t.n-1] = t.kept
}

// keep is show for an exchange that has ended: nothing of it stays raw.
func (t *talk) keep() {
	t.kept = t.wire.config.Redact.Exchange(t.kept)
	t.show()
}

// intend writes to the ledger what is about to be made.
func (t *talk) intend() error {
	if !t.creates() {
		return nil
	}
	return t.enter(evidence.Intend, t.call.name, "")
}

// learn takes in a whole answer: what was made or is gone, and whose ids are
// whose. An answer of 404 to a delete says as surely as 204 that nothing is there.
func (t *talk) learn(body []byte) error {
	deleted := t.call.method == http.MethodDelete && t.call.path.id != ""
	found := readResources(body, t.call.path)
	switch status := t.kept.Status; {
	case deleted && (status/100 == 2 || status == http.StatusNotFound):
		return t.enter(evidence.Gone, "", t.call.path.id)
	case t.creates() && refuses(status) && len(found) == 0:
		return t.enter(evidence.Refused, t.call.name, "")
	case status/100 != 2:
		return nil
	}
	t.wire.mu.Lock()
	t.wire.guard.learn(t.call, found)
	t.wire.mu.Unlock()
	if t.creates() && len(found) == 1 {
		return t.enter(evidence.Made, t.call.name, found[0].id)
	}
	return nil
}

// refuses: the status says for certain that nothing was made. A server that is
// busy, or gave up waiting, may have made it all the same.
func refuses(status int) bool {
	return status/100 == 4 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests
}

func (t *talk) enter(act evidence.Act, name, id string) error {
	if t.wire.config.Ledger == nil {
		return nil
	}
	return t.wire.config.Ledger.Write(evidence.Entry{
		At: t.wire.config.Now(), Act: act, Kind: t.call.path.kind, Name: name, ID: id,
		BaseURL: strings.TrimSuffix(t.wire.base.Redacted(), "/"),
	})
}

// A listener hands an answer's body to its reader, and keeps what it heard. The
// answer is taken in before the reader learns that it has ended, so that what
// follows from it finds the guard prepared.
type listener struct {
	talk    *talk
	body    io.ReadCloser
	ctx     context.Context
	release func()
	heard   heard
	ended   bool
}

func (l *listener) Read(p []byte) (int, error) {
	n, err := l.body.Read(p)
	l.heard.add(p[:n])
	if err == nil {
		return n, nil
	}
	if ended := l.end(err); ended != nil {
		return n, ended
	}
	return n, err
}

// Close ends the exchange for a reader that has read enough.
func (l *listener) Close() error {
	err := l.body.Close()
	return errors.Join(err, l.end(io.EOF))
}

// end takes the answer in, once. It returns a trouble that the reader must
// hear of in place of err.
func (l *listener) end(err error) error {
	if l.ended {
		return nil
	}
	l.ended = true
	err = whyEnded(l.ctx, err)
	defer l.release()
	t := l.talk
	t.kept.Took = t.wire.config.Now().Sub(t.started)
	plain := l.heard.plain(t.kept.ResponseHeader.Get("Content-Encoding"))
	t.kept.ResponseBody, t.kept.Cut = l.heard.noted(plain), l.heard.cut()
	if !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return t.fail(classify(err, false), err)
	}
	if err := t.learn(plain); err != nil {
		return t.fail(Foreign, err)
	}
	t.keep()
	return nil
}
