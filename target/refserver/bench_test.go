package refserver_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/scimproof/scimproof/target/refserver"
)

// BenchmarkGroupPatch adds and removes one member of groups of several sizes. The
// answer leaves the members out; what remains is to cost the same for all.
func BenchmarkGroupPatch(b *testing.B) {
	for _, size := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("members=%d", size), func(b *testing.B) {
			s := crowded(b, size)
			one := s.ids[size/2]
			body := ops(`{"op":"remove","path":"members[value eq \"`+one+`\"]"}`, `{"op":"add","path":"members","value":[{"value":"`+one+`"}]}`)
			for b.Loop() {
				s.ask(b, "PATCH", "/Groups/"+s.group+"?excludedAttributes=members", body)
			}
		})
	}
}

// BenchmarkFilter asks for one account by its userName, as Okta does before it
// creates one, and for the last page of all.
func BenchmarkFilter(b *testing.B) {
	for _, size := range []int{100, 10_000} {
		s := crowded(b, size)
		for name, path := range map[string]string{
			"userName": "/Users?filter=userName%20eq%20%22u50%22",
			"lastPage": fmt.Sprintf("/Users?startIndex=%d&count=10", size-9),
		} {
			b.Run(fmt.Sprintf("%s/accounts=%d", name, size), func(b *testing.B) {
				for b.Loop() {
					s.ask(b, "GET", path, "")
				}
			})
		}
	}
}

// A crowd is a server with many accounts, all in one group.
type crowd struct {
	server    http.Handler
	path, key string
	group     string
	ids       []string
}

func crowded(b *testing.B, size int) *crowd {
	b.Helper()
	s := &crowd{server: refserver.New(refserver.Config{AdminToken: adminToken}), path: "/admin/v1", key: adminToken}
	iam := s.ask(b, "POST", "/iams", `{"display_name":"crowd"}`)
	s.path, s.key = "/scim/"+field(iam, "id"), field(iam, "scim_key")
	for i := range size {
		s.ids = append(s.ids, field(s.ask(b, "POST", "/Users", user(fmt.Sprintf("u%d", i))), "id"))
	}
	s.group = field(s.ask(b, "POST", "/Groups", group("all", members(s.ids...))), "id")
	return s
}

func (s *crowd) ask(b *testing.B, method, path, body string) string {
	r := httptest.NewRequest(method, "http://idp.test"+s.path+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+s.key)
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	if w.Code >= 300 {
		b.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Body.String()
}

// field is the first text of that name in a JSON document.
func field(doc, name string) string {
	_, rest, _ := strings.Cut(doc, `"`+name+`":"`)
	text, _, _ := strings.Cut(rest, `"`)
	return text
}
