// Package mood holds ways of a SCIM server that are legal and awkward, each as HTTP
// middleware that gives them to any SCIM server behind it.
//
// They prove that the suite blames nobody for what the RFCs leave open: behind each
// of them, and behind all together, a server earns the verdicts that it earns
// without. A mood knows nothing of the server behind, nor of scenarios, tests or
// runs. For mistakes see package fault.
package mood

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// A Mood is one way of a server.
type Mood struct {
	Name   string // "patch-204"
	What   string // what the server does, in one sentence
	Source string // what allows it

	begin func() way // a way may remember what it has seen
}

// A way is what a mood does. Each part may be nil.
type way struct {
	ask   func(r *http.Request, body any) any               // changes a request, and its body, before the server sees it
	say   func(r *http.Request, a *answer)                  // changes an answer
	take  func(w http.ResponseWriter, r *http.Request) bool // answers in place of the server, where it returns true
	write func(v any) []byte                                // how a body is written down; nil: as package json does
}

// In returns next in this mood.
func (m Mood) In(next http.Handler) http.Handler {
	way := m.begin()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if way.take != nil && way.take(w, r) {
			return
		}
		if way.ask != nil {
			r = asked(r, way.ask)
		}
		a := hear(next, r)
		if way.say != nil {
			way.say(r, a)
		}
		a.send(w, way.write)
	})
}

// Together is next in all the moods, the last of All outermost.
func Together(next http.Handler) http.Handler {
	for _, m := range All() {
		next = m.In(next)
	}
	return next
}

// asked is r with what ask makes of it.
func asked(r *http.Request, ask func(*http.Request, any) any) *http.Request {
	raw, _ := io.ReadAll(r.Body) // what cannot be read, the server behind cannot read either
	r = r.Clone(r.Context())
	body, isJSON := decode(raw)
	if changed := ask(r, body); isJSON {
		raw = encode(changed)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	return r
}

// An answer is what the server said, ready to be said otherwise.
type answer struct {
	status int
	header http.Header
	body   any // nil when there is none, or it is no JSON; raw holds then
	raw    []byte
}

// hear asks the server, and waits for its whole answer.
func hear(next http.Handler, r *http.Request) *answer {
	w := &recorder{answer: answer{status: http.StatusOK, header: http.Header{}}}
	next.ServeHTTP(w, r)
	w.header.Del("Content-Length") // that of another body, soon
	w.raw = w.buffer.Bytes()
	w.body, _ = decode(w.raw)
	return &w.answer
}

type recorder struct {
	answer
	buffer bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(p []byte) (int, error) { return w.buffer.Write(p) }

func (a *answer) send(w http.ResponseWriter, write func(any) []byte) {
	if write == nil {
		write = encode
	}
	raw := a.raw
	if a.body != nil {
		raw = write(a.body)
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(raw) // the client is gone: nobody is left to tell
}

// decode reads JSON and keeps its numbers as they were written.
func decode(raw []byte) (v any, isJSON bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return v, d.Decode(&v) == nil
}

func encode(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("mood: decoded JSON could not be encoded: " + err.Error())
	}
	return bytes.TrimSpace(out.Bytes())
}

// An object is a JSON object.
type object = map[string]any

// eachResource gives the resource in an answer, or each of a list's, to change.
func (a *answer) eachResource(change func(object)) {
	o, _ := a.body.(object)
	list, isList := o["Resources"].([]any)
	switch {
	case isList:
		for _, e := range list {
			if resource, ok := e.(object); ok {
				change(resource)
			}
		}
	case o != nil && o["id"] != nil:
		change(o)
	}
}

// eachObject gives every object in a JSON value to change, the inner ones first.
func eachObject(v any, change func(object)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			eachObject(e, change)
		}
	case object:
		for _, e := range v {
			eachObject(e, change)
		}
		change(v)
	}
}
