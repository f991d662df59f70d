package mockokta_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A shelf is an honest SCIM server in memory, as small as these tests need. It can
// be told to lie.
type shelf struct {
	mu     sync.Mutex
	made   int
	things map[string]map[string]any // by path: "/Users/1001"
	heard  []kind                    // since the last forget
	asked  []string                  // the same, as method and path
	lie    *lie
	at     int // which request of those heard the lie is told to, from 1
}

func newShelf() *shelf { return &shelf{things: map[string]map[string]any{}} }

// A kind is what a request asks for, as far as it makes a difference to a lie.
type kind string

const (
	test                     kind = "test" // a page of accounts
	none, find               kind = "none", "find"
	create, get, put, patch  kind = "create", "get", "put", "patch"
	noneG, findG             kind = "no group", "find group"
	createG, getG            kind = "create group", "get group"
	putG, patchG, deleteG    kind = "put group", "patch group", "delete group"
	listSchema                    = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	userSchema, groupSchema       = "urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:core:2.0:Group"
	notAsked, unexpectedKind kind = "", "something else"
)

// A reply is an answer, and how it comes about.
type reply struct {
	status int
	header http.Header
	body   []byte

	lost    bool // the connection is closed in its place
	short   bool // it breaks off before its length
	endless bool // the body again and again; long after everybody has stopped listening it ends
	early   int  // informational answers before it
}

// rests returns when nothing is being done.
func (s *shelf) rests() {
	s.mu.Lock()
	defer s.mu.Unlock()
}

// serve answers a request to a path below the base URL.
func (s *shelf) serve(r *http.Request) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body map[string]any
	if r.Body != nil {
		_ = json.NewDecoder(r.Body).Decode(&body)
	}
	path := strings.TrimPrefix(r.URL.Path, "/scim")
	k := s.kindOf(r, path)
	s.heard, s.asked = append(s.heard, k), append(s.asked, r.Method+" "+path)
	lies := s.lie != nil && (len(s.heard) == s.at || s.lie.keeps && len(s.heard) > s.at)
	if lies && s.lie.instead {
		return s.lie.tell(s, k, reply{})
	}
	honest := s.do(r.Method, path, k, body, r.URL.Query())
	if lies {
		return s.lie.tell(s, k, honest)
	}
	return honest
}

func (s *shelf) kindOf(r *http.Request, path string) kind {
	found := len(s.matching(path, r.URL.Query().Get("filter"))) > 0
	switch user := strings.HasPrefix(path, "/Users"); {
	case r.Method == http.MethodGet && path == "/Users" && r.URL.Query().Get("filter") == "":
		return test
	case r.Method == http.MethodGet && (path == "/Users" || path == "/Groups"):
		return map[[2]bool]kind{{true, true}: find, {true, false}: none, {false, true}: findG, {false, false}: noneG}[[2]bool{user, found}]
	case user:
		return map[string]kind{"POST": create, "GET": get, "PUT": put, "PATCH": patch, "DELETE": unexpectedKind}[r.Method]
	}
	return map[string]kind{"POST": createG, "GET": getG, "PUT": putG, "PATCH": patchG, "DELETE": deleteG}[r.Method]
}

func (s *shelf) do(method, path string, k kind, body map[string]any, query url.Values) reply {
	thing, there := s.things[path]
	switch {
	case method == http.MethodPost:
		return s.create(path, body)
	case k == test, k == none, k == find, k == noneG, k == findG:
		return list(s.matching(path, query.Get("filter")))
	case !there:
		return said(http.StatusNotFound, map[string]any{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": "404", "detail": "there is no " + path})
	case method == http.MethodDelete:
		delete(s.things, path)
		return reply{status: http.StatusNoContent}
	case method == http.MethodPut:
		body["id"] = thing["id"]
		s.things[path] = body
	case method == http.MethodPatch:
		patched(thing, body)
	}
	return said(http.StatusOK, s.things[path])
}

func (s *shelf) create(path string, body map[string]any) reply {
	for _, name := range []string{"userName", "displayName"} {
		filter := fmt.Sprintf("%s eq %q", name, body[name])
		if path == map[string]string{"userName": "/Users", "displayName": "/Groups"}[name] && len(s.matching(path, filter)) > 0 {
			return said(http.StatusConflict, map[string]any{"detail": "taken"})
		}
	}
	return said(http.StatusCreated, s.put(path, body))
}

// put places a thing under an id of its own; ids are digits, and text.
func (s *shelf) put(path string, body map[string]any) map[string]any {
	s.made++
	body["id"] = strconv.Itoa(1000 + s.made)
	s.things[path+"/"+body["id"].(string)] = body
	return body
}

// matching are the things below a path that a filter finds, the oldest first.
func (s *shelf) matching(path, filter string) []any {
	name, quoted, _ := strings.Cut(filter, " eq ")
	value, _ := strconv.Unquote(quoted)
	found := []any{}
	for _, p := range slices.Sorted(maps.Keys(s.things)) {
		if strings.HasPrefix(p, path+"/") && (filter == "" || s.things[p][name] == value) {
			found = append(found, s.things[p])
		}
	}
	return found
}

func patched(thing, body map[string]any) {
	operations, _ := body["Operations"].([]any)
	for _, o := range operations {
		op := o.(map[string]any)
		members, _ := thing["members"].([]any)
		path, _ := op["path"].(string)
		switch {
		case path == "":
			value := maps.Clone(op["value"].(map[string]any))
			delete(value, "id")
			maps.Copy(thing, value)
		case op["op"] == "replace":
			thing["members"] = op["value"]
		case op["op"] == "add":
			for _, joined := range op["value"].([]any) {
				value := joined.(map[string]any)["value"]
				if !slices.ContainsFunc(members, func(m any) bool { return m.(map[string]any)["value"] == value }) {
					members = append(members, joined)
				}
			}
			thing["members"] = members
		case op["op"] == "remove":
			thing["members"] = slices.DeleteFunc(members, func(m any) bool {
				return strings.Contains(path, strconv.Quote(m.(map[string]any)["value"].(string)))
			})
		}
	}
}

func list(resources []any) reply {
	return said(http.StatusOK, map[string]any{
		"schemas": []any{listSchema}, "totalResults": len(resources), "startIndex": 1, "itemsPerPage": len(resources), "Resources": resources,
	})
}

func said(status int, body map[string]any) reply {
	text, _ := json.Marshal(body)
	return reply{status: status, header: http.Header{"Content-Type": {"application/scim+json"}}, body: text}
}

const enough = 256 << 20 // bytes of a body without end

// RoundTrip carries a reply without a connection.
func (a reply) response(r *http.Request) (*http.Response, error) {
	if a.lost {
		return nil, errors.New("the connection was closed: EOF")
	}
	answer := &http.Response{StatusCode: a.status, Header: a.header, Request: r, ContentLength: int64(len(a.body))}
	if answer.Header == nil {
		answer.Header = http.Header{}
	}
	switch {
	case a.short:
		answer.Body = io.NopCloser(io.MultiReader(bytes.NewReader(a.body[:len(a.body)/2]), broken{}))
	case a.endless:
		answer.ContentLength = -1
		answer.Body = io.NopCloser(io.LimitReader(&again{words: a.body}, enough))
	default:
		answer.Body = io.NopCloser(bytes.NewReader(a.body))
	}
	return answer, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// again says the same again and again.
type again struct {
	words []byte
	at    int
}

func (a *again) Read(p []byte) (int, error) {
	n := copy(p, a.words[a.at:])
	a.at = (a.at + n) % len(a.words)
	return n, nil
}

// ServeHTTP carries a reply over a connection.
func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := s.serve(r)
	maps.Copy(w.Header(), a.header)
	for range a.early {
		w.WriteHeader(http.StatusEarlyHints)
	}
	switch {
	case a.lost:
		conn, _, _ := w.(http.Hijacker).Hijack()
		conn.Close()
	case a.short:
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body[:len(a.body)/2]) // net/http then closes the connection
	case a.endless:
		w.WriteHeader(a.status)
		_, _ = io.Copy(w, io.LimitReader(&again{words: a.body}, enough))
	default:
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body)
	}
}
