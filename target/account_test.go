package target

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
)

func eyes() (Eyes, *httpmock.MockTransport) {
	transport := httpmock.NewMockTransport()
	return Eyes{URL: "http://sp.example.test/scim", Token: "key", HTTP: transport}, transport
}

const list = `{"totalResults":2,"Resources":[{"id":"1","userName":"Ana \"R\" & Co+"},{"id":"2","userName":"somebody else"}]}`

func TestLookingByNameTrustsNoFilter(t *testing.T) {
	e, transport := eyes()
	var asked string
	transport.RegisterResponder("GET", "=~^http://sp.example.test/scim/Users", func(r *http.Request) (*http.Response, error) {
		asked = r.URL.RawQuery
		return httpmock.NewStringResponse(200, list), nil
	})
	found, others, err := e.UsersNamed(context.Background(), `ANA "R" & Co+`)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].ID() != "1" || others != 1 {
		t.Errorf("want the one of that name and one other, got %v and %d", found, others)
	}
	if want := "filter=userName%20eq%20%22ANA%20%5C%22R%5C%22%20%26%20Co%2B%22&startIndex=1&count=100"; asked != want {
		t.Errorf("want the query\n%s, got\n%s", want, asked)
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		want   string // of the error; "" for none
	}{
		"no match as 404":    {404, "", ""},
		"no match as a list": {200, `{"totalResults":0}`, ""},
		"a web page":         {200, "<html>", "no JSON object"},
		"an empty object":    {200, "{}", "no ListResponse"},
		"an array":           {200, "[]", "no JSON object"},
		"a refusal":          {400, `{"status":"400"}`, "HTTP status 400"},
		"an empty answer":    {200, "", "no ListResponse"},
	} {
		t.Run(name, func(t *testing.T) {
			e, transport := eyes()
			transport.RegisterResponder("GET", "=~Users", httpmock.NewStringResponder(tt.status, tt.body))
			found, _, err := e.UsersNamed(context.Background(), "ana")
			var unreadable *Unreadable
			switch {
			case tt.want == "" && (err != nil || len(found) != 0):
				t.Errorf("want nobody, got %v, %v", found, err)
			case tt.want != "" && (!errors.As(err, &unreadable) || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("want an unreadable answer with %q, got %v", tt.want, err)
			}
		})
	}
}

// What a PATCH does not bring about is put, with all that was there.
func TestSettingAnAttributeTriesBothWays(t *testing.T) {
	for name, tt := range map[string]struct {
		patch int    // the status that a PATCH is answered with
		shown string // the account after it
		put   string // the body that must follow; "" for none
	}{
		"a PATCH that works is enough": {204, `{"id":"1","active":false}`, ""},
		"a refused PATCH is put":       {501, `{"id":"1","active":true,"x":1}`, `{"active":false,"id":"1","x":1}`},
		"an ignored PATCH is put":      {200, `{"id":"1","active":true}`, `{"active":false,"id":"1"}`},
	} {
		t.Run(name, func(t *testing.T) {
			e, transport := eyes()
			const url = "http://sp.example.test/scim/Users/1"
			transport.RegisterResponder("PATCH", url, httpmock.NewStringResponder(tt.patch, ""))
			transport.RegisterResponder("GET", url, httpmock.NewStringResponder(200, tt.shown))
			put := ""
			transport.RegisterResponder("PUT", url, func(r *http.Request) (*http.Response, error) {
				body, err := io.ReadAll(r.Body)
				put = string(bytes.TrimSpace(body))
				return httpmock.NewStringResponse(200, tt.shown), err
			})
			if _, err := e.SetUser(context.Background(), "1", "active", false); err != nil {
				t.Fatal(err)
			}
			if put != tt.put {
				t.Errorf("want the PUT %q, got %q", tt.put, put)
			}
		})
	}
}

func TestCountingWhatALookupFound(t *testing.T) {
	for body, want := range map[string]int{
		`{"Resources":[]}`: 0, `{"Resources":[{},{}]}`: 2, `{"resources":[{}]}`: 1, `{"totalResults":0}`: 0,
	} {
		if got, err := Count(200, []byte(body)); err != nil || got != want {
			t.Errorf("%s: want %d, got %d, %v", body, want, got, err)
		}
	}
	if got, err := Count(404, nil); got != 0 || err != nil {
		t.Errorf("a 404 is no match, got %d, %v", got, err)
	}
	if _, err := Count(500, []byte("{}")); err == nil {
		t.Error("a 500 counts nothing")
	}
}

func TestHeadersThatStandInPlaceOfOthers(t *testing.T) {
	e, transport := eyes()
	e.Header = http.Header{"accept": {"application/json"}, "Authorization": nil}
	var asked http.Header
	transport.RegisterResponder("GET", "=~Users", func(r *http.Request) (*http.Response, error) {
		asked = r.Header
		return httpmock.NewStringResponse(404, `{"detail":"nobody"}`), nil
	})
	look, err := e.LookUp(context.Background(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	if asked.Get("Accept") != "application/json" || asked.Get("Authorization") != "" {
		t.Errorf("asked with %v", asked)
	}
	if look.Resource != nil || look.Problem.Text("detail") != "nobody" {
		t.Errorf("want a refusal's words, got %+v", look)
	}
}

func TestEntriesOfAList(t *testing.T) {
	for name, tt := range map[string]struct {
		body    string
		entries int
		total   int
		want    string // of the error; "" for none
	}{
		"none":                       {`{"totalResults":0}`, 0, 0, ""},
		"one of many":                {`{"totalResults":7,"Resources":[{"id":"1"}]}`, 1, 7, ""},
		"a total that is text":       {`{"totalResults":"0","Resources":[]}`, 0, 0, `totalResults is "0"`},
		"a total that is no integer": {`{"totalResults":0.5,"Resources":[]}`, 0, 0, "totalResults is 0.5"},
		"fewer than are listed":      {`{"totalResults":0,"Resources":[{"id":"1"}]}`, 0, 0, "a list of 1"},
		"a resource":                 {`{"id":"1"}`, 0, 0, "no ListResponse"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Read([]byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			entries, total, err := Look{Status: 200, Resource: r}.Entries()
			switch {
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("want an error with %q, got %v", tt.want, err)
			case tt.want == "" && (err != nil || len(entries) != tt.entries || total != tt.total):
				t.Errorf("got %d of %d, %v", len(entries), total, err)
			}
		})
	}
}
