package wire

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/scimproof/scimproof/reports/evidence"
)

// A Crowd is the way to a target for very many subjects at a time. It guards
// as a [Wire] does and takes down what is about to be made, but it keeps no
// exchanges, so that its memory does not grow with the run, and it costs little
// beside the request itself. Safe for concurrent use.
type Crowd struct{ wire *Wire }

// NewCrowd returns a crowd's way to a target. It opens no connection.
// Config.Redact and Config.Subject are not used: nothing is kept, and each
// subject has a [Passage] of its own.
//
// Only what is about to be made goes to the ledger. What became of it, whoever
// played the dialogue knows from its end.
func NewCrowd(c Config) (*Crowd, error) {
	w, err := New(c)
	if err != nil {
		return nil, err
	}
	return &Crowd{w}, nil
}

// Close lets go of idle connections.
func (c *Crowd) Close() { c.wire.Close() }

// For opens the passage of one subject.
func (c *Crowd) For(voice evidence.Voice, s Subject) *Passage {
	quoted, _ := json.Marshal(s.Name)
	return &Passage{
		wire: c.wire, voice: voice, about: s,
		named: append([]byte(`"userName":`), quoted...),
		ours:  c.wire.guard.marked(s.Name),
	}
}

// A Passage is a transport for one subject and one dialogue: what is learnt on
// it holds on it alone. It is used by one goroutine at a time.
//
// Nearly every dialogue of a crowd writes nothing but its one create, so that
// answers are put by unread, and read when a write to a record is asked for.
type Passage struct {
	wire  *Wire
	voice evidence.Voice
	about Subject
	named []byte // the member that a create has when it is the subject's
	ours  bool   // the subject's name bears the mark
	heard []hearsay
	known []record // that were learnt for the subject on an earlier passage
	open  int      // creates that were sent, and not refused for certain
}

// Knows tells the passage that the id of a kind ([evidence.User] or
// [evidence.Group]) was learnt for its subject before: see [Passage.Learnt].
func (p *Passage) Knows(kind, id string) { p.known = append(p.known, record{kind, id}) }

// Learnt says whether the id is the subject's by what the target has answered on this
// passage, so that a later one may write to it. It reads all that was heard.
func (p *Passage) Learnt(kind, id string) bool {
	_, ok := p.guard().bound[record{kind, id}][p.about.Key]
	return ok
}

// MayHaveMade says whether the target may hold something that was made on this
// passage: a create was sent, and its answer, if any, does not say for certain
// that it came to nothing.
func (p *Passage) MayHaveMade() bool { return p.open > 0 }

// A hearsay is an answer of 2xx that the guard may have to read.
type hearsay struct {
	call     call
	encoding string
	body     []byte
}

// RoundTrip sends a request that the guard lets pass, and returns the answer
// with its whole body in memory: a [*Whole]. An error is a [*Trouble].
func (p *Passage) RoundTrip(r *http.Request) (*http.Response, error) {
	c := call{voice: p.voice, method: r.Method, about: p.about, known: true}
	below, ok := p.wire.below(r.URL)
	if !ok {
		return nil, &Trouble{Kind: Foreign, Err: fmt.Errorf("nothing is sent to %s://%s, which is not the target's origin", r.URL.Scheme, r.URL.Host)}
	}
	c.path = readPath(below)
	r, err := p.admit(&c, r)
	if err != nil {
		return nil, err
	}
	creates := r.Method == http.MethodPost && !c.path.ask
	if creates {
		p.open++
	}
	answer, err := p.send(p.wire.dressed(r))
	if err != nil {
		var trouble *Trouble
		if creates && errors.As(err, &trouble) && trouble.Kind == Unreachable {
			p.open-- // it never left
		}
		return nil, err
	}
	if creates && refuses(answer.StatusCode) && !p.shows(c, answer) {
		p.open--
	}
	if answer.StatusCode/100 == 2 && c.path.kind != "" {
		p.heard = append(p.heard, hearsay{c, answer.Header.Get("Content-Encoding"), answer.Body.(*Whole).All})
	}
	return answer, nil
}

// shows: a refusal carries a resource all the same.
func (p *Passage) shows(c call, answer *http.Response) bool {
	body := plain(answer.Body.(*Whole).All, answer.Header.Get("Content-Encoding"))
	return len(readResources(body, c.path)) > 0
}

// admit asks the guard, and takes down what is to be made.
func (p *Passage) admit(c *call, r *http.Request) (*http.Request, error) {
	switch {
	case c.method == http.MethodGet:
		return r, nil
	case c.method == http.MethodPost && !c.path.ask:
		return p.admitCreate(c, r)
	}
	if err := neverSaid(*c); err != nil {
		return nil, &Trouble{Kind: Ours, Err: err}
	}
	if refused := p.guard().judge(*c); refused != nil {
		return nil, &Trouble{Kind: Denied, Err: refused}
	}
	return r, nil
}

// admitCreate lets pass a create whose body names the subject, by a look at its
// bytes: a quote within a JSON string is escaped, so that the member can stand
// there only as a member. What does not show it so is read as a Wire reads it.
func (p *Passage) admitCreate(c *call, r *http.Request) (*http.Request, error) {
	body, err := bodyOf(r)
	if err != nil {
		return nil, &Trouble{Kind: Foreign, Err: fmt.Errorf("read the request's body: %w", err)}
	}
	if c.path.kind == evidence.User && p.ours && bytes.Contains(body, p.named) {
		c.name = p.about.Name
	} else {
		c.name = readName(body, c.path.kind)
	}
	if refused := p.wire.guard.judge(*c); refused != nil {
		return nil, &Trouble{Kind: Denied, Err: refused}
	}
	if err := (&talk{wire: p.wire, call: *c}).intend(); err != nil {
		return nil, &Trouble{Kind: Foreign, Err: err}
	}
	return r, nil
}

// bodyOf reads a request's body and leaves it as it was: GetBody is asked for a
// second one (net/http gives it to every body in memory).
func bodyOf(r *http.Request) ([]byte, error) {
	if r.GetBody == nil {
		return nil, errors.New("the body cannot be read twice")
	}
	again, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	defer again.Close()
	if whole, inMemory := again.(*Whole); inMemory {
		return whole.All, nil
	}
	return io.ReadAll(again)
}

// guard knows what the passage has heard so far.
func (p *Passage) guard() *guard {
	g := newGuard(p.wire.config.Mark, p.wire.config.Owned)
	for _, r := range p.known {
		g.bind(r, p.about)
	}
	for _, h := range p.heard {
		g.learn(h.call, readResources(plain(h.body, h.encoding), h.call.path))
	}
	return g
}

func plain(body []byte, encoding string) []byte {
	if encoding == "" {
		return body
	}
	var h heard
	h.add(body)
	return h.plain(encoding)
}

// send makes the exchange, to the last byte of the answer.
func (p *Passage) send(r *http.Request) (*http.Response, error) {
	answer, err := p.wire.config.Base.RoundTrip(r)
	if err != nil {
		return nil, &Trouble{Kind: classify(err, false), Err: err}
	}
	defer answer.Body.Close()
	whole, err := readWhole(answer, cmp.Or(p.wire.config.Longest, heardBytes))
	if err != nil {
		return nil, &Trouble{Kind: classify(err, false), Err: err}
	}
	answer.Body = &Whole{All: whole}
	return answer, nil
}

// A Whole is a body that is in memory: of every answer on a [Passage], and of a
// request whose sender would spare it a copy.
type Whole struct {
	All  []byte // as it travels, content coding and all; not to be changed
	read int
}

// Read reads on.
func (w *Whole) Read(b []byte) (int, error) {
	if w.read == len(w.All) {
		return 0, io.EOF
	}
	n := copy(b, w.All[w.read:])
	w.read += n
	return n, nil
}

// Close does nothing: no connection waits for it.
func (w *Whole) Close() error { return nil }

// ErrTooLong is in the error of an answer that is longer than [Config.Longest]: the rest
// of it is not waited for.
var ErrTooLong = errors.New("the answer is too long")

// readWhole reads an answer of at most so many bytes.
func readWhole(answer *http.Response, longest int64) ([]byte, error) {
	switch n := answer.ContentLength; {
	case n > longest:
		return nil, tooLong(longest)
	case n >= 0:
		whole := make([]byte, n)
		_, err := io.ReadFull(answer.Body, whole)
		return whole, err
	}
	whole, err := io.ReadAll(io.LimitReader(answer.Body, longest+1))
	if err == nil && int64(len(whole)) > longest {
		err = tooLong(longest)
	}
	return whole, err
}

func tooLong(longest int64) error {
	return fmt.Errorf("%w: more than the %d MiB that are read of one", ErrTooLong, longest>>20)
}
