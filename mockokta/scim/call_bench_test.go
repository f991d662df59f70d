package scim_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// What a call costs beside the transport: patience included.
func BenchmarkCall(b *testing.B) {
	body := bytes.Repeat([]byte(" "), 700)
	header := http.Header{}
	client := scim.Client{BaseURL: "https://sp.example.test/scim/v2", Authorization: "Bearer k3y", HTTP: carry(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: header, Body: io.NopCloser(bytes.NewReader(body))}, nil
	})}
	request := scim.GetUser("42")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Call(b.Context(), request); err != nil {
			b.Fatal(err)
		}
	}
}

type carry func(*http.Request) (*http.Response, error)

func (c carry) RoundTrip(r *http.Request) (*http.Response, error) { return c(r) }
