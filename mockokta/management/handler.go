// Package management is Okta's management API over HTTP, both halves: the part
// of it that scenarios need, as a [Handler], and a [Client] whose methods are
// named for what an administrator does.
//
// Paths, shapes, codes and headers under /api/v1 are Okta's; its OpenAPI
// document and recorded answers of real organisations are the sources, and where
// they differ the recordings win. What Okta has no public API for stands under
// /mock/v1. All of it is for administrators; only /mock/v1/sign-on, where a provider
// asks who signs on, takes no token, since its addresses are secrets. The handler
// alters a directory and passes what changed to [Hooks]; it knows nothing of engines
// or SCIM.
package management

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/scimproof/scimproof/mockokta/directory"
)

// A Handler serves the management API of one directory.
type Handler struct {
	directory *directory.Directory
	secrets   Secrets
	tokens    tokens
	hooks     Hooks
	now       func() time.Time

	mux    *http.ServeMux // for administrators
	open   *http.ServeMux // for whoever knows the address
	served atomic.Uint64  // requests; numbers X-Okta-Request-Id and errorId
}

// NewHandler returns the API of d for callers who know the token. All hooks are
// needed; now is the clock of the rate limit headers.
func NewHandler(d *directory.Directory, s Secrets, hooks Hooks, now func() time.Time) *Handler {
	h := &Handler{
		directory: d, secrets: s, tokens: tokens{secrets: s}, hooks: hooks, now: now,
		mux: http.NewServeMux(), open: http.NewServeMux(),
	}
	h.users()
	h.groups()
	h.apps()
	h.connections()
	h.features()
	h.appUsers()
	h.appGroups()
	h.schemas()
	h.profileMappings()
	h.systemLog()
	h.pushMappings()
	h.imports()
	h.mock()
	h.mux.HandleFunc("/", h.unknown)
	h.handle(h.open, "GET "+signOnPath+"{segment}", h.signOn)
	return h
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := h.served.Add(1)
	w.Header().Set(requestID, fmt.Sprintf("reqMOCK%012d", n))
	h.rateLimit(w.Header())
	if _, pattern := h.open.Handler(r); pattern != "" {
		h.open.ServeHTTP(w, r)
		return
	}
	switch h.tokens.role(r.Header.Get("Authorization")) {
	case administrator:
		h.mux.ServeHTTP(w, r)
	case plainUser:
		h.fail(w, oops(http.StatusForbidden, "E0000006", "You do not have permission to perform the requested action"))
	default:
		h.fail(w, oops(http.StatusUnauthorized, "E0000011", "Invalid token provided"))
	}
}

// rateLimit writes the headers that are on every answer of Okta's. The mock
// never limits, so they always say that plenty is left.
func (h *Handler) rateLimit(header http.Header) {
	header.Set("X-Rate-Limit-Limit", "600")
	header.Set("X-Rate-Limit-Remaining", "599")
	header.Set("X-Rate-Limit-Reset", strconv.FormatInt(h.now().Add(time.Minute).Unix(), 10))
}

// requestID is the header that names an answer in Okta's logs.
const requestID = "X-Okta-Request-Id"

// An answer is what an endpoint says when all went well.
type answer struct {
	status int // 0 means 200
	body   any // nil for an answer without one
	header http.Header
}

func ok(body any) (answer, error)  { return answer{body: body}, nil }
func noContent() (answer, error)   { return answer{status: http.StatusNoContent}, nil }
func nothing() (answer, error)     { return ok(struct{}{}) }
func no(err error) (answer, error) { return answer{}, err }

// on serves a pattern of net/http with an endpoint, to administrators.
func (h *Handler) on(pattern string, serve func(*http.Request) (answer, error)) {
	h.handle(h.mux, pattern, serve)
}

func (h *Handler) handle(on *http.ServeMux, pattern string, serve func(*http.Request) (answer, error)) {
	on.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		a, err := serve(r)
		if err != nil {
			h.fail(w, asOkta(err))
			return
		}
		for name, values := range a.header {
			w.Header()[name] = values
		}
		reply(w, a.status, a.body)
	})
}

func (h *Handler) fail(w http.ResponseWriter, e *Error) {
	shown := *e
	shown.ID = "oae" + strings.TrimPrefix(w.Header().Get(requestID), "req")
	reply(w, e.Status, &shown)
}

func reply(w http.ResponseWriter, status int, body any) {
	if status == 0 {
		status = http.StatusOK
	}
	if body == nil {
		w.WriteHeader(status)
		return
	}
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "mockokta: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text) // a caller who has gone needs no answer
}

// unknown answers what no pattern is for, telling a path that nobody serves
// from one that wants another method.
func (h *Handler) unknown(w http.ResponseWriter, r *http.Request) {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := h.mux.Handler(other); pattern != "/" && pattern != "" {
			h.fail(w, oops(http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method"))
			return
		}
	}
	h.fail(w, oops(http.StatusNotFound, "E0000008", "The requested path was not found"))
}

// maxBody is how much of a request's body is read; profiles are small.
const maxBody = 1 << 20

// read decodes a request's JSON body.
func read[T any](r *http.Request) (T, error) {
	var body T
	if t := r.Header.Get("Content-Type"); t != "" {
		if kind, _, err := mime.ParseMediaType(t); err != nil || kind != "application/json" {
			return body, oops(http.StatusBadRequest, "E0000021", "Bad request. Accept and/or Content-Type headers likely do not match supported values.")
		}
	}
	text, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err == nil {
		err = json.Unmarshal(text, &body)
	}
	if err != nil {
		return body, oops(http.StatusBadRequest, "E0000003", "The request body was not well-formed.", err.Error())
	}
	return body, nil
}

// changed passes what happened on.
func (h *Handler) changed(r *http.Request, effects []directory.Effect) error {
	if len(effects) == 0 {
		return nil
	}
	return h.hooks.Changed(r.Context(), effects)
}

// changedIn is changed for an act about one application.
func (h *Handler) changedIn(r *http.Request, app directory.AppID, c directory.Change) error {
	if c == nil {
		return nil
	}
	return h.changed(r, []directory.Effect{{App: app, Change: c}})
}

func appID(r *http.Request) directory.AppID { return directory.AppID(r.PathValue("app")) }

func isNotFound(err error) bool {
	var e *directory.NotFound
	return errors.As(err, &e)
}
