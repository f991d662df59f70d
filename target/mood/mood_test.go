package mood

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	ana  = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"ana","emails":[{"value":"a"},{"value":"b"}],"groups":[],"meta":{"location":"https://sp.test/scim/Users/1","created":"2026-01-02T03:04:05Z"}}`
	crew = `{"id":"2","displayName":"crew","members":[{"value":"1","display":"ana","$ref":"https://sp.test/scim/Users/1"}]}`
	list = `{"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[` + ana + `]}`
)

// A server answers everything with one body, and remembers what it was asked.
type server struct {
	status             int
	body               string
	query, heard, path string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	s.heard, s.query, s.path = string(raw), r.URL.RawQuery, r.URL.Path
	w.Header().Set("Content-Type", "application/scim+json")
	w.Header().Set("Location", "https://sp.test/scim/Users/1")
	w.WriteHeader(s.status)
	_, _ = io.WriteString(w, s.body)
}

// What each mood makes of a request and of its answer, and what it leaves alone.
func TestAMoodIsWhatItSaysItIs(t *testing.T) {
	said := map[string]bool{}
	for _, tt := range []struct {
		mood, method, path, sent string
		status                   int
		answer                   string

		wantStatus      int
		want            string // the answer's body; "" for none
		heard           string // the request's body, where it is not what was sent
		query           string
		header, headers string // a header's name as it is written, and its value
	}{
		{mood: "patch-204", method: "PATCH", status: 200, answer: ana, wantStatus: 204},
		{mood: "patch-204", method: "PUT", status: 200, answer: ana, wantStatus: 200, want: ana},
		{mood: "patch-204", method: "PATCH", status: 400, answer: `{"detail":"no"}`, wantStatus: 400, want: `{"detail":"no"}`},
		{
			mood: "extra-attributes", method: "PUT", status: 200, answer: `{"id":"1","schemas":["u"]}`, wantStatus: 200,
			sent:  `{"id":"1","lastSeen":1,"schemas":["u","urn:example:params:scim:schemas:extension:building:2.0:User"],"urn:example:params:scim:schemas:extension:building:2.0:User":{"floor":3}}`,
			heard: `{"id":"1","schemas":["u"]}`,
			want:  `{"id":"1","lastSeen":1,"schemas":["u","urn:example:params:scim:schemas:extension:building:2.0:User"],"urn:example:params:scim:schemas:extension:building:2.0:User":{"badge":null,"doors":["north",12.5,true],"floor":3,"seat":{"row":"A"}}}`,
		},
		{mood: "extra-attributes", method: "GET", status: 404, answer: `{"status":"404"}`, wantStatus: 404, want: `{"status":"404"}`},
		{
			mood: "no-optional-members", method: "GET", status: 200, answer: list, wantStatus: 200,
			want: `{"totalResults":1,"Resources":[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"ana","emails":[{"value":"a"},{"value":"b"}]}]}`,
		},
		{mood: "no-optional-members", method: "GET", status: 200, answer: `{"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`, wantStatus: 200, want: `{"totalResults":0}`},
		{
			mood: "no-optional-members", method: "GET", status: 200, wantStatus: 200, // a page of a longer list keeps its numbers
			answer: `{"totalResults":9,"startIndex":1,"itemsPerPage":1,"Resources":[{"id":"1"}]}`, want: `{"totalResults":9,"startIndex":1,"itemsPerPage":1,"Resources":[{"id":"1"}]}`,
		},
		{mood: "no-optional-members", method: "GET", status: 200, answer: crew, wantStatus: 200, want: `{"id":"2","displayName":"crew","members":[{"value":"1"}]}`},
		{mood: "no-optional-members", method: "POST", status: 409, answer: `{"schemas":["e"],"status":"409","detail":"taken","scimType":"uniqueness"}`, wantStatus: 409, want: `{"schemas":["e"],"status":"409"}`},
		{mood: "no-groups-on-users", method: "GET", status: 200, answer: `{"userName":"a","id":"1","groups":[{"value":"2"}]}`, wantStatus: 200, want: `{"userName":"a","id":"1"}`},
		{
			mood: "relative-location", method: "GET", status: 200, answer: crew, wantStatus: 200,
			want: strings.Replace(crew, "https://sp.test", "", 1), header: "Location", headers: "/scim/Users/1",
		},
		{mood: "no-location", method: "POST", status: 201, answer: `{"id":"1","meta":{"location":"x","created":"y"}}`, wantStatus: 201, want: `{"id":"1","meta":{"created":"y"}}`, header: "Location"},
		{mood: "application-json", method: "GET", status: 200, answer: ana, wantStatus: 200, want: ana, header: "Content-Type", headers: "application/json"},
		{
			mood: "shouted-urns", method: "GET", status: 200, wantStatus: 200,
			answer: `{"id":"1","schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"urn:ietf:params:scim:x"}}`,
			want:   `{"id":"1","schemas":["URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER"],"URN:IETF:PARAMS:SCIM:SCHEMAS:EXTENSION:ENTERPRISE:2.0:USER":{"department":"urn:ietf:params:scim:x"}}`,
		},
		{
			mood: "shouted-filters", method: "GET", path: "?filter=userName%20eq%20%22a%20eq%20%5C%22b%22&count=1", status: 200, answer: `{}`, wantStatus: 200, want: `{}`,
			query: "count=1&filter=userName+EQ+%22a+eq+%5C%22b%22",
		},
		{
			mood: "shouted-filters", method: "PATCH", status: 204, wantStatus: 204,
			sent:  `{"Operations":[{"op":"remove","path":"members[value eq \"1\"]"}]}`,
			heard: `{"Operations":[{"op":"remove","path":"members[value EQ \"1\"]"}]}`,
		},
		{mood: "other-order", method: "GET", status: 200, answer: `{"a":1.50,"b":[1,2,{"c":"<&>","d":null}]}`, wantStatus: 200, want: `{"b":[{"d":null,"c":"<&>"},2,1],"a":1.50}`},
		{mood: "small-headers", method: "GET", status: 200, answer: ana, wantStatus: 200, want: ana, header: "location", headers: "https://sp.test/scim/Users/1"},
	} {
		said[tt.mood] = true
		t.Run(tt.mood, func(t *testing.T) {
			behind := &server{status: tt.status, body: tt.answer}
			w := httptest.NewRecorder()
			named(t, tt.mood).In(behind).ServeHTTP(w, httptest.NewRequest(tt.method, "/scim/Users"+tt.path, strings.NewReader(tt.sent)))
			assert.Equal(t, tt.wantStatus, w.Code)
			switch {
			case tt.mood == "other-order":
				assert.Equal(t, tt.want, w.Body.String())
			case tt.want == "":
				assert.Empty(t, w.Body.String())
			default:
				assert.JSONEq(t, tt.want, w.Body.String())
			}
			switch {
			case tt.heard != "":
				assert.JSONEq(t, tt.heard, behind.heard)
			case tt.sent != "":
				assert.Equal(t, tt.sent, behind.heard)
			}
			if tt.query != "" {
				assert.Equal(t, tt.query, behind.query)
			}
			if tt.header != "" {
				assert.Equal(t, tt.headers, strings.Join(w.Header()[tt.header], ", "))
			}
		})
	}
	for _, m := range All() {
		assert.True(t, said[m.Name] || m.Name == "busy", "nothing is shown of %s", m.Name)
	}
}

// What was shouted at a client comes back as the server itself writes it.
func TestAServerHearsItsOwnSpelling(t *testing.T) {
	behind := &server{status: 200, body: ana}
	shouting := named(t, "shouted-urns").In(behind)
	w := httptest.NewRecorder()
	shouting.ServeHTTP(w, httptest.NewRequest("GET", "/Users/1", nil))
	assert.Contains(t, w.Body.String(), "CORE:2.0:USER")
	shouting.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("PUT", "/Users/1", strings.NewReader(w.Body.String())))
	assert.JSONEq(t, ana, behind.heard)
}

func TestBusyNowAndThen(t *testing.T) {
	handler, refused := named(t, "busy").In(&server{status: 200, body: ana}), 0
	for range 60 {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", "/Users/1", nil))
		if w.Code == http.StatusTooManyRequests {
			assert.Equal(t, "0", w.Header().Get("Retry-After"))
			refused++
		}
	}
	assert.Equal(t, 4, refused)
}

// What is no JSON passes as it came.
func TestOtherBodiesPass(t *testing.T) {
	for _, body := range []string{"", "<html>", "{"} {
		behind := &server{status: 200, body: body}
		w := httptest.NewRecorder()
		Together(behind).ServeHTTP(w, httptest.NewRequest("POST", "/Users", strings.NewReader(body)))
		assert.Equal(t, body, w.Body.String())
		assert.Equal(t, body, behind.heard)
	}
}

func named(t *testing.T, name string) Mood {
	t.Helper()
	for _, m := range All() {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("there is no mood %q", name)
	return Mood{}
}
