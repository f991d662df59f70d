package fault

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// A server is what stands behind a fault.
type server struct{ next http.Handler }

// A call is one SCIM request, taken apart as far as a fault needs it.
type call struct {
	server *server
	r      *http.Request
	method string
	base   string // the path before the endpoint: "/scim/7"
	kind   string // "Users" or "Groups"; "" for anything else
	id     string // "" for the endpoint itself
	body   object // nil when there is none, or it is no JSON object
	raw    []byte
}

// An object is a JSON object, its numbers as they were written: what a fault
// leaves alone goes on to the digit.
type object = map[string]any

// An answer is what the server said, ready to be falsified.
type answer struct {
	status int
	header http.Header
	body   object // nil when the body is no JSON object; raw holds then
	raw    []byte
}

// faulty makes a handler of a mistake. do gets every call to Users or Groups.
func faulty(do func(c *call) *answer) func(*server) http.HandlerFunc {
	return func(s *server) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			c := s.take(r)
			if c.kind == "" {
				s.next.ServeHTTP(w, c.request(r.Method, r.URL.Path, r.URL.RawQuery, c.raw))
				return
			}
			do(c).write(w)
		}
	}
}

// answers makes a handler of a mistake that shows in answers only.
func answers(spoil func(c *call, a *answer)) func(*server) http.HandlerFunc {
	return faulty(func(c *call) *answer {
		a := c.pass()
		spoil(c, a)
		return a
	})
}

func (s *server) take(r *http.Request) *call {
	raw, _ := io.ReadAll(r.Body) // what cannot be read, the server behind cannot read either
	c := &call{server: s, r: r, method: r.Method, raw: raw, body: decode(raw)}
	for _, kind := range []string{"Users", "Groups"} {
		base, rest, found := strings.Cut(r.URL.Path, "/"+kind)
		if found && (rest == "" || rest[0] == '/') {
			c.base, c.kind, c.id = base, kind, strings.Trim(rest, "/")
		}
	}
	return c
}

func (c *call) request(method, path, query string, body []byte) *http.Request {
	r := c.r.Clone(c.r.Context())
	if path != r.URL.Path { // else it goes on as it came, escapes and all
		r.URL.Path, r.URL.RawPath = path, ""
	}
	r.Method, r.URL.RawQuery = method, query
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if len(body) > 0 && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/scim+json")
	}
	return r
}

// pass hands the call on as it came.
func (c *call) pass() *answer {
	return c.server.ask(c.request(c.method, c.r.URL.Path, c.r.URL.RawQuery, c.raw))
}

// passBody hands the call on with another body.
func (c *call) passBody(body object) *answer {
	return c.server.ask(c.request(c.method, c.r.URL.Path, c.r.URL.RawQuery, encode(body)))
}

// ask makes a request of the fault's own, with the caller's credentials.
func (c *call) ask(method, path, query string, body object) *answer {
	var raw []byte
	if body != nil {
		raw = encode(body)
	}
	return c.server.ask(c.request(method, c.base+path, query, raw))
}

// self is the path of the resource that the call names.
func (c *call) self() string { return "/" + c.kind + "/" + c.id }

// resource is what the server holds at a path; nil where it shows none.
func (c *call) resource(path string) object {
	a := c.ask(http.MethodGet, path, "", nil)
	if !a.ok() {
		return nil
	}
	return a.body
}

func (s *server) ask(r *http.Request) *answer {
	w := &recorder{answer: answer{status: http.StatusOK, header: http.Header{}}}
	s.next.ServeHTTP(w, r)
	w.raw = w.buffer.Bytes()
	w.body = decode(w.raw)
	return &w.answer
}

type recorder struct {
	answer
	buffer bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(p []byte) (int, error) { return w.buffer.Write(p) }

func (a *answer) ok() bool { return a.status >= 200 && a.status < 300 }

func (a *answer) write(w http.ResponseWriter) {
	raw := a.raw
	if a.body != nil {
		raw = encode(a.body)
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Length")
	w.WriteHeader(a.status)
	_, _ = w.Write(raw) // the client is gone: nobody is left to tell
}

// decode reads a JSON object; nil when there is none.
func decode(raw []byte) object {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var body object
	if d.Decode(&body) != nil {
		return nil
	}
	return body
}

func encode(body object) []byte {
	raw, err := json.Marshal(body)
	if err != nil {
		panic("fault: a decoded JSON object could not be encoded: " + err.Error())
	}
	return raw
}

// refuse is a SCIM error answer (RFC 7644, section 3.12).
func refuse(status int, scimType, detail string) *answer {
	body := object{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": strconv.Itoa(status), "detail": detail}
	if scimType != "" {
		body["scimType"] = scimType
	}
	return &answer{status: status, header: http.Header{"Content-Type": {"application/scim+json"}}, body: body}
}

// entries are the resources of a list answer.
func (a *answer) entries() []object {
	return listOf(a.body["Resources"])
}

// listOf are the objects of a multi-valued attribute.
func listOf(v any) []object {
	list, _ := v.([]any)
	var objects []object
	for _, e := range list {
		if o, ok := e.(object); ok {
			objects = append(objects, o)
		}
	}
	return objects
}

// keep drops the resources of a list answer that do not satisfy want.
func (a *answer) keep(want func(object) bool) {
	if _, isList := a.body["Resources"]; !isList {
		return
	}
	kept := []any{}
	for _, e := range a.entries() {
		if want(e) {
			kept = append(kept, e)
		}
	}
	a.body["Resources"] = kept
	a.body["totalResults"], a.body["itemsPerPage"] = len(kept), len(kept)
}

// operations are those of a PATCH body.
func (c *call) operations() []object {
	return listOf(c.body["Operations"])
}

// withOperations is a PATCH body with other operations.
func (c *call) withOperations(ops []object) object {
	list := []any{}
	for _, o := range ops {
		list = append(list, o)
	}
	return object{"schemas": c.body["schemas"], "Operations": list}
}

// sets says to what a write sets an account's active flag, if it does: a PUT by
// its body, a PATCH by an operation with or without a path.
func (c *call) sets(active bool) bool {
	if c.kind != "Users" {
		return false
	}
	if c.method == http.MethodPut {
		return c.body["active"] == active
	}
	for _, o := range c.operations() {
		value, _ := o["value"].(object)
		if value["active"] == active || o["path"] == "active" && o["value"] == active {
			return true
		}
	}
	return false
}

// without hands a write of a resource on as a server would take it that forgets
// one attribute.
func (c *call) without(field string) *answer {
	if c.method == http.MethodPut {
		now := c.ask(http.MethodGet, c.self(), "", nil)
		body := copyOf(c.body)
		body[field] = now.body[field]
		if body[field] == nil {
			delete(body, field)
		}
		return c.passBody(body)
	}
	var ops []object
	for _, o := range c.operations() {
		if o["path"] == field {
			continue
		}
		if value, isObject := o["value"].(object); isObject && value[field] != nil {
			value = copyOf(value)
			delete(value, field)
			if len(value) == 0 {
				continue
			}
			o = copyOf(o)
			o["value"] = value
		}
		ops = append(ops, o)
	}
	if len(ops) == 0 {
		return c.ask(http.MethodGet, c.self(), "", nil)
	}
	return c.passBody(c.withOperations(ops))
}

func copyOf(o object) object {
	c := make(object, len(o))
	for k, v := range o {
		c[k] = v
	}
	return c
}
