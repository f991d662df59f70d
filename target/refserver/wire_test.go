package refserver_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestABadCredentialLearnsNothing(t *testing.T) {
	s := newTenant(t)
	other := s.sibling("second")
	id := s.newUser("ana")
	theirs := other.newUser("ana")
	var body string
	for name, set := range map[string]func(*http.Request){
		"none":                     func(r *http.Request) { r.Header.Del("Authorization") },
		"empty":                    func(r *http.Request) { r.Header.Set("Authorization", "") },
		"the scheme only":          func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") },
		"another scheme":           func(r *http.Request) { r.Header.Set("Authorization", "Basic "+s.key) },
		"no scheme":                func(r *http.Request) { r.Header.Set("Authorization", s.key) },
		"a wrong key":              func(r *http.Request) { r.Header.Set("Authorization", "Bearer wrong") },
		"a key cut short":          func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+s.key[:len(s.key)-1]) },
		"a key and more":           func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+s.key+"x") },
		"a key with a blank in it": func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+s.key[:9]+" "+s.key[9:]) },
		"a key in other case":      func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+strings.ToLower(s.key)) },
		"the key of another IAM":   func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+other.key) },
		"the administrator's":      func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+adminToken) },
		"two headers":              func(r *http.Request) { r.Header.Add("Authorization", "Bearer "+s.key) },
		"in a cookie":              func(r *http.Request) { r.Header.Set("Cookie", "key="+s.key); r.Header.Del("Authorization") },
		"a megabyte":               func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+strings.Repeat("x", 1<<20)) },
		"an IAM that is not there": func(r *http.Request) { r.URL.Path = strings.Replace(r.URL.Path, s.path, "/scim/nothere", 1) },
		"an unknown IAM, no key": func(r *http.Request) {
			r.URL.Path = strings.Replace(r.URL.Path, s.path, "/scim/nothere", 1)
			r.Header.Set("Authorization", "Bearer ")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := s.in(t)
			for _, ask := range [][3]string{
				{"GET", "/Users", ""},
				{"POST", "/Users", user("ben")},
				{"GET", "/Users/" + id, ""},
				{"GET", "/Users/nobody", ""},
				{"PATCH", "/Users/" + id, ops(`{"op":"replace","value":{"active":false}}`)},
				{"GET", "/nothing", ""},
				{"GET", "/Schemas", ""},
				{"POST", "/Groups", "{"},
			} {
				r := s.request(ask[0], ask[1], ask[2])
				set(r)
				a := s.send(r)
				a.fails(401, "")
				if a.Header().Get("WWW-Authenticate") == "" {
					t.Error("no WWW-Authenticate")
				}
				if body == "" {
					body = a.Body.String()
				}
				if a.Body.String() != body {
					t.Errorf("answered %s, and before %s", a.Body, body)
				}
			}
		})
	}
	s.ask("GET", "/Users", "").has("totalResults", "1")
	s.ask("GET", "/Users/"+id, "").has("active", "true")
	s.ask("GET", "/Users/"+theirs, "").fails(404, "")
	for _, scheme := range []string{"bearer ", "BEARER ", "Bearer  "} {
		r := s.request("GET", "/Users", "")
		r.Header.Set("Authorization", scheme+s.key)
		s.send(r).is(200)
	}
}

func TestABodyIsReadStrictly(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("ana")
	for name, body := range map[string]string{
		"nothing":                           ``,
		"a cut object":                      `{`,
		"a list":                            `[]`,
		"a string":                          `"x"`,
		"null":                              `null`,
		"more after the end":                user("ben") + `{}`,
		"a name given twice":                user("ben", `"userName":"cai"`),
		"a name given twice in other case":  user("ben", `"USERNAME":"cai"`),
		"the same deep inside":              user("ben", `"emails":[{"value":"a","VALUE":"b"}]`),
		"invalid UTF-8":                     user("b\xffn"),
		"half a surrogate pair":             user(`b\ud800n`),
		"NaN":                               user("ben", `"x":NaN`),
		"a document nested too deep":        user("ben", `"x":`+strings.Repeat("[", 64)+strings.Repeat("]", 64)),
		"a document nested far too deep":    user("ben", `"x":`+strings.Repeat("[", 500_000)),
		"a URN given twice in other case":   user("ben", `"`+entURN+`":{"department":"a"}`, `"`+strings.ToUpper(entURN)+`":{"department":"b"}`),
		"more names than anybody needs":     user("ben", `"x":{`+distinct(1001)+`}`),
		"a control character in a string":   user("b\nn"),
		"a number with a zero before it":    user("ben", `"x":01`),
		"an escape that JSON does not know": user(`b\en`),
	} {
		t.Run(name, func(t *testing.T) {
			s := s.in(t)
			for _, ask := range [][2]string{{"POST", "/Users"}, {"PUT", "/Users/" + id}, {"PATCH", "/Users/" + id}, {"POST", "/Groups"}, {"POST", "/Users/.search"}} {
				s.ask(ask[0], ask[1], body).fails(400, "invalidSyntax")
			}
		})
	}
	s.ask("GET", "/Users", "").has("totalResults", "1")
	s.ask("POST", "/Users", user("cai", `"x":{`+distinct(1000)+`}`)).is(201)
	s.ask("POST", "/Users", user("ben", `"x":`+strings.Repeat("[", 63)+strings.Repeat("]", 63))).is(201)
}

func TestALargeBodyIsRefused(t *testing.T) {
	s := newTenant(t)
	body := user("ana", `"note":"`+strings.Repeat("x", 1<<20)+`"`)
	s.ask("POST", "/Users", body).fails(413, "")
	r := s.request("POST", "/Users", body)
	r.ContentLength = -1
	s.send(r).fails(413, "")
	s.ask("GET", "/Users", "").has("totalResults", "0")
	s.ask("POST", "/Users", user("ana", `"note":"`+strings.Repeat("x", 1<<19)+`"`)).is(201)
}

func TestMediaTypes(t *testing.T) {
	s := newTenant(t)
	for given, status := range map[string]int{
		"application/scim+json":                201,
		"application/scim+json; charset=utf-8": 201,
		"application/scim+json;charset=UTF-8":  201,
		"application/json":                     201,
		"Application/JSON; charset=utf-8":      201,
		"application/json; charset; x":         201,
		"text/xml":                             415,
		"text/plain":                           415,
		"application/x-www-form-urlencoded":    415,
		"application/jsonx":                    415,
		"":                                     201,
	} {
		t.Run(given, func(t *testing.T) {
			s := s.in(t)
			r := s.request("POST", "/Users", user("sent as "+given))
			r.Header.Set("Content-Type", given)
			a := s.send(r).is(status)
			if got := a.Header().Get("Content-Type"); got != "application/scim+json" {
				t.Errorf("answers %q", got)
			}
		})
	}
	r := s.request("POST", "/Users", user("zipped"))
	r.Header.Set("Content-Encoding", "gzip")
	s.send(r).fails(415, "")
	for _, accept := range []string{"application/scim+json", "application/json", "*/*", "text/html", ""} {
		r := s.request("GET", "/Users", "")
		r.Header.Set("Accept", accept)
		s.send(r).is(200)
	}
}

func TestAddressesAndMethods(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("ana")
	g := s.newGroup("G")
	for ask, status := range map[string]int{
		"PUT /Users": 405, "PATCH /Users": 405, "DELETE /Users": 405, "DELETE /Users/" + id: 405, "POST /Users/" + id: 405,
		"PUT /Groups": 405, "POST /Groups/" + g: 405, "DELETE /Users/nobody": 404, "TRACE /Users": 405,
		"POST /Schemas": 405, "PUT /ServiceProviderConfig": 405, "DELETE /ResourceTypes/User": 405,
		"GET ": 404, "GET /": 404, "GET /Nothing": 404, "GET /users": 404, "GET /Users/" + id + "/name": 404, "GET /v9/Users": 404,
		"GET /Users/..": 404, "GET /Users/%2e%2e": 404, "GET /Users/%00": 404, "GET /Users/..%2f" + id: 404, "GET /Users/" + strings.ToUpper(id): 404,
		"GET /Users/" + g: 404, "GET /Groups/" + id: 404, "GET /Users/" + strings.Repeat("x", 10<<10): 404,
		"GET /Me": 501, "POST /Bulk": 501, "GET /Schemas/nothing": 404, "GET /ResourceTypes/nothing": 404, "GET /Schemas?filter=id%20pr": 403, "GET /ServiceProviderConfig/x": 404,
	} {
		t.Run(ask[:min(len(ask), 50)], func(t *testing.T) {
			s := s.in(t)
			method, path, _ := strings.Cut(ask, " ")
			a := s.ask(method, path, "")
			a.fails(status, "")
			if (status == 405) != (a.Header().Get("Allow") != "") {
				t.Errorf("Allow %q with %d", a.Header().Get("Allow"), status)
			}
		})
	}
	for _, path := range []string{"/Users/", "//Users", "/Users//" + id, "/Users/" + id + "/"} {
		s.ask("GET", path, "").is(200)
	}
	if a := s.send(s.request("HEAD", "/Users/"+id, "")); a.Code != 200 {
		t.Errorf("HEAD answers %d", a.Code)
	}
}

func TestTheURLsFollowTheRequest(t *testing.T) {
	s := newTenant(t)
	id := s.newUser("ana")
	r := s.request("GET", "/Users/"+id, "")
	r.Host = "other.example:9"
	s.send(r).has("meta/location", `"http://other.example:9`+s.path+"/Users/"+id+`"`)
	s.admin("GET", "/iams/"+s.id, "").has("scim_url", `"http://idp.test:8080`+s.path+`"`)
}

// distinct is so many members of an object, each of another name.
func distinct(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`"n%d":%d`, i, i))
	}
	return strings.Join(list, ",")
}
