package fault_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/target/fault"
)

// hollow are servers that a mistake may be put in front of, and that say less than a SCIM
// server does, or something else.
var hollow = map[string]func(http.ResponseWriter, *http.Request){
	"nothing":            func(http.ResponseWriter, *http.Request) {},
	"204":                func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
	"404 without a body": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
	"500 in HTML": func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(500)
		_, _ = io.WriteString(w, "<h1>Oops</h1>")
	},
	"text":                 func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "it works") },
	"null":                 func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "null") },
	"an empty object":      func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") },
	"an array":             func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "[]") },
	"what it was sent":     func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) },
	"other types":          func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, otherTypes) },
	"lists of other types": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, listOfOtherTypes) },
	"a list for ever":      func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, endless) },
	"what is gone is gone": nil, // see forgetful
}

const (
	otherTypes       = `{"schemas":{},"id":7,"userName":1,"displayName":[],"name":"Ana","active":"no","emails":{},"phoneNumbers":[3],"groups":"g","members":[1,{"value":{}},null],"externalId":{},"meta":4,"password":[],"totalResults":"many","Resources":{}}`
	listOfOtherTypes = `{"totalResults":3,"itemsPerPage":"x","startIndex":null,"Resources":[null,7,` + otherTypes + `]}`
	endless          = `{"totalResults":9000000,"itemsPerPage":1,"startIndex":1,"Resources":[{"id":"a","userName":"ana","members":[{"value":"u"}]}]}`
)

// forgetful answers as a SCIM server does, and 404 without a body of what was deleted.
func forgetful() func(http.ResponseWriter, *http.Request) {
	made, gone := 0, map[string]bool{}
	return func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		switch {
		case r.Method == http.MethodPost:
			made++
			w.WriteHeader(http.StatusCreated)
			fmt.Fprintf(w, `{"id":"g%d","displayName":"x","userName":"x","members":[]}`, made)
		case r.Method == http.MethodDelete:
			gone[id] = true
			w.WriteHeader(http.StatusNoContent)
		case gone[id]:
			w.WriteHeader(http.StatusNotFound)
		default:
			fmt.Fprintf(w, `{"id":%q,"displayName":"x","userName":"x","members":[]}`, id)
		}
	}
}

// said is what may come to a server, in an order in which what was made is deleted
// before it is meant again.
var said = []struct{ method, path, body string }{
	{"POST", "/Users", `{"userName":"ana","externalId":"1","password":"p","emails":[{"value":"a@b"}],"active":true,"urn:a:b":{"x":1}}`},
	{"POST", "/Users", `{"userName":7,"emails":"none"}`},
	{"POST", "/Users", `not JSON`},
	{"POST", "/Groups", `{"displayName":"a","members":[]}`},
	{"DELETE", "/Groups/g1", ""},
	{"DELETE", "/Groups/g4", ""},
	{"POST", "/Groups", `{"displayName":"a","members":[{"value":"u"},{"value":7},3]}`},
	{"POST", "/Groups", `{"displayName":"b","members":[{"value":"u"}]}`},
	{"POST", "/Groups", `{}`},
	{"PUT", "/Groups/g1", `{"displayName":"b","members":[{"value":"u","display":null}]}`},
	{"PUT", "/Groups/g5", `{"displayName":"b","members":[{"value":"u"}]}`},
	{"PUT", "/Groups/g6", `{}`},
	{"PATCH", "/Groups/g6", `{"Operations":[{"op":"add","path":"members","value":[{"value":"u"}]},{"op":"remove","path":"members[value eq \"u\"]"}]}`},
	{"PATCH", "/Groups/g5", `{"Operations":[{"op":"replace","path":"members","value":[]},{"op":"replace","value":{"id":"g5","displayName":"n"}}]}`},
	{"PATCH", "/Groups/g5", `{"Operations":[{"op":3,"path":4,"value":5},6,null,{}]}`},
	{"PATCH", "/Groups/g5", ``},
	{"PUT", "/Users/g1", `{"id":"g1","userName":"ana","active":false,"urn:a:b":{"x":[1]},"phoneNumbers":[{"value":"1"}]}`},
	{"PUT", "/Users/g1", `{"active":true}`},
	{"PATCH", "/Users/g1", `{"Operations":[{"op":"replace","value":{"active":false}}]}`},
	{"PATCH", "/Users/g1", `{"Operations":[{"op":"replace","value":{"active":true}},{"op":"add","value":{"urn:a:b":7,"password":"q"}}]}`},
	{"PATCH", "/Users/g1", `[]`},
	{"GET", "/Users/g1", ""},
	{"GET", "/Groups/g1", ""},
	{"GET", "/Users?startIndex=1&count=100", ""},
	{"GET", "/Groups?startIndex=101&count=100", ""},
	{"GET", "/Users?startIndex=-3&count=x", ""},
	{"GET", "/Users?filter=userName+eq+%22ana%22", ""},
	{"GET", "/Groups?filter=displayName+eq+%22a%22", ""},
	{"GET", "/Users?filter=%25", ""},
	{"DELETE", "/Users/g1", ""},
}

// A mistake stands in front of any server, whatever that says: it breaks nothing of its
// own, and comes to an end.
func TestNoFaultBreaksInFrontOfAHollowServer(t *testing.T) {
	for name, answer := range hollow {
		for _, f := range fault.All() {
			t.Run(name+"/"+f.Name, func(t *testing.T) {
				t.Parallel()
				behind := answer
				if behind == nil {
					behind = forgetful()
				}
				asked := 0
				server := f.In(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if asked++; asked > 1_000*len(said) {
						panic("it asks for ever")
					}
					behind(w, r)
				}))
				for _, s := range said {
					saying(t, server, s.method, s.path, s.body)
				}
			})
		}
	}
}

func saying(t *testing.T, server http.Handler, method, path, body string) {
	t.Helper()
	defer func() {
		if broke := recover(); broke != nil {
			t.Errorf("%s %s %s: %v", method, path, body, broke)
		}
	}()
	r := httptest.NewRequest(method, "http://127.0.0.1/scim/v2"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/scim+json")
	r.Header.Set("Authorization", "Bearer key")
	server.ServeHTTP(httptest.NewRecorder(), r)
}
