package scim_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// What net/http makes of a request, to the last header: the traces are compared
// before it has had its say.
func TestTheWire(t *testing.T) {
	const (
		always = "Accept-Charset: utf-8\nAccept-Encoding: gzip,deflate\nAccept: application/scim+json\nAuthorization: Bearer k3y\n" +
			"Connection: Keep-Alive\n"
		host = "Host: sp.example.test\nUser-Agent: Okta SCIM Client 1.0.0\n"
		typ  = "Content-Type: application/scim+json; charset=utf-8\n"
	)
	for name, tt := range map[string]struct {
		r    scim.Request
		want string
	}{
		"GET":    {scim.Accent{}.FindUser(scim.User{UserName: "ana@b"}), "GET /scim/v2/Users?filter=userName%20eq%20%22ana%40b%22&startIndex=1&count=100 HTTP/1.1\n" + always + host + "\n"},
		"POST":   {scim.CreateGroup("Analysts", nil), "POST /scim/v2/Groups HTTP/1.1\n" + always + "Content-Length: 97\n" + typ + host + "\n" + `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Analysts","members":[]}`},
		"PATCH":  {scim.Accent{}.SetActive("a/b", false), "PATCH /scim/v2/Users/a%2Fb HTTP/1.1\n" + always + "Content-Length: 118\n" + typ + host + "\n" + `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`},
		"DELETE": {scim.DeleteGroup("g-42"), "DELETE /scim/v2/Groups/g-42 HTTP/1.1\n" + always + typ + host + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			okta, target := net.Pipe()
			heard := make(chan string, 1)
			go func() {
				defer target.Close()
				heard <- hear(target)
				io.WriteString(target, "HTTP/1.1 204 No Content\r\n\r\n")
			}()
			transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return okta, nil }}
			defer transport.CloseIdleConnections()
			c := scim.Client{BaseURL: "http://sp.example.test/scim/v2", Authorization: "Bearer k3y", HTTP: transport}
			answer, err := c.Call(t.Context(), tt.r)
			require.NoError(t, err)
			require.Equal(t, 204, answer.Status)
			require.Equal(t, tt.want, <-heard)
		})
	}
}

// hear reads one request, and returns it with its headers in alphabetical order.
func hear(conn io.Reader) string {
	r := bufio.NewReader(conn)
	var lines []string
	length := 0
	for {
		line, err := r.ReadString('\n')
		line = strings.TrimRight(line, "\r\n")
		if err != nil || line == "" {
			break
		}
		if n, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			for _, c := range n {
				length = length*10 + int(c-'0')
			}
		}
		lines = append(lines, line)
	}
	body := make([]byte, length)
	io.ReadFull(r, body)
	slices.Sort(lines[1:])
	return strings.Join(lines, "\n") + "\n\n" + string(body)
}

func answering(status int, header http.Header, body []byte) *httpmock.MockTransport {
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(body))}, nil
	})
	return target
}

func TestTheBaseURLIsJoinedOnce(t *testing.T) {
	for name, base := range map[string]string{
		"without a slash at the end": "https://sp.example.test/scim/v2",
		"with one":                   "https://sp.example.test/scim/v2/",
	} {
		t.Run(name, func(t *testing.T) {
			target := httpmock.NewMockTransport()
			target.RegisterResponder("GET", "https://sp.example.test/scim/v2/Users/42", httpmock.NewStringResponder(200, "{}"))
			_, err := (&scim.Client{BaseURL: base, HTTP: target}).Call(t.Context(), scim.GetUser("42"))
			require.NoError(t, err)
		})
	}
}

func TestWithoutAuthorizationNoHeaderIsSent(t *testing.T) {
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		require.NotContains(t, req.Header, "Authorization")
		return httpmock.NewStringResponse(401, ""), nil
	})
	answer, err := (&scim.Client{BaseURL: "https://sp.example.test", HTTP: target}).Call(t.Context(), scim.GetUser("42"))
	require.NoError(t, err)
	require.Equal(t, 401, answer.Status)
}

func TestARedirectIsAnAnswer(t *testing.T) {
	target := answering(307, http.Header{"Location": {"https://elsewhere.example.test"}}, nil)
	answer, err := (&scim.Client{BaseURL: "https://sp.example.test", HTTP: target}).Call(t.Context(), scim.GetUser("42"))
	require.NoError(t, err)
	require.Equal(t, 307, answer.Status)
	require.Equal(t, 1, target.GetTotalCallCount())
}

func packed(t *testing.T, by func(io.Writer) io.WriteCloser, plain []byte) []byte {
	var b bytes.Buffer
	w := by(&b)
	_, err := w.Write(plain)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func gzipped(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
func zlibbed(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }

func deflated(w io.Writer) io.WriteCloser {
	f, _ := flate.NewWriter(w, flate.BestCompression)
	return f
}

func TestContentCodings(t *testing.T) {
	plain := []byte(`{"id":"42","id":"42"}`)
	huge := make([]byte, 33<<20)
	for name, tt := range map[string]struct {
		coding  string
		body    []byte
		want    []byte
		wantErr string
	}{
		"none":                            {"", plain, plain, ""},
		"identity":                        {"identity", plain, plain, ""},
		"gzip":                            {"gzip", packed(t, gzipped, plain), plain, ""},
		"gzip in capitals":                {"GZIP", packed(t, gzipped, plain), plain, ""},
		"deflate with the zlib header":    {"deflate", packed(t, zlibbed, plain), plain, ""},
		"deflate without it":              {"deflate", packed(t, deflated, plain), plain, ""},
		"gzip of nothing at all":          {"gzip", nil, nil, ""},
		"what was not asked for":          {"br", plain, nil, `a content coding that was not asked for: "br"`},
		"gzip that is none":               {"gzip", plain, nil, "gzip: invalid header"},
		"gzip that breaks off":            {"gzip", packed(t, gzipped, plain)[:20], nil, "unexpected EOF"},
		"more than fits":                  {"", huge, nil, "longer than 32 MiB"},
		"little that unpacks to too much": {"gzip", bytes.Repeat(packed(t, gzipped, huge[:1<<20]), 33), nil, "longer than 32 MiB"},
		"as much as fits":                 {"", huge[:32<<20], huge[:32<<20], ""},
	} {
		t.Run(name, func(t *testing.T) {
			target := answering(200, http.Header{"Content-Encoding": {tt.coding}}, tt.body)
			answer, err := (&scim.Client{BaseURL: "https://sp.example.test", HTTP: target}).Call(t.Context(), scim.GetUser("42"))
			if tt.wantErr != "" {
				require.ErrorContains(t, err, "GET /Users/42: answer 200: ")
				require.ErrorContains(t, err, tt.wantErr)
				return
			}
			require.NoError(t, err)
			require.True(t, bytes.Equal(tt.want, answer.Body))
		})
	}
}

// endless says the same again and again, longer than anybody should listen.
type endless struct {
	words []byte
	at    int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.words[e.at:])
	e.at = (e.at + n) % len(e.words)
	return n, nil
}

// A body can be without end and yet unpack to nothing.
func TestABodyWithoutEndIsCutOff(t *testing.T) {
	for name, tt := range map[string]struct {
		coding string
		words  []byte
	}{
		"as it is":       {"", bytes.Repeat([]byte(" "), 1<<16)},
		"packed nothing": {"gzip", stuffed(t)},
	} {
		t.Run(name, func(t *testing.T) {
			target := httpmock.NewMockTransport()
			target.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Header: http.Header{"Content-Encoding": {tt.coding}}, Body: io.NopCloser(io.LimitReader(&endless{words: tt.words}, 64<<20))}, nil
			})
			_, err := (&scim.Client{BaseURL: "https://sp.example.test", HTTP: target}).Call(t.Context(), scim.GetUser("42"))
			require.ErrorContains(t, err, "longer than 32 MiB")
		})
	}
}

// stuffed is gzip of nothing, made long on the wire by what a reader leaves aside.
func stuffed(t *testing.T) []byte {
	return packed(t, func(w io.Writer) io.WriteCloser {
		z := gzip.NewWriter(w)
		z.Extra = make([]byte, 65_535)
		return z
	}, nil)
}

func TestErrorsNameTheRequest(t *testing.T) {
	refused := errors.New("connection refused")
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(httpmock.NewErrorResponder(refused))
	_, err := (&scim.Client{BaseURL: "https://sp.example.test", HTTP: target}).Call(t.Context(), scim.DeleteGroup("g-42"))
	require.EqualError(t, err, "DELETE /Groups/g-42: connection refused")
	require.ErrorIs(t, err, refused)

	_, err = (&scim.Client{BaseURL: "https://sp example test"}).Call(t.Context(), scim.GetUser("42"))
	require.ErrorContains(t, err, "GET /Users/42: ")
}

// silent never answers, but lets go when it is told to.
type silent struct{}

func (silent) RoundTrip(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, context.Cause(req.Context())
}

func TestPatience(t *testing.T) {
	for name, tt := range map[string]struct{ timeout, want time.Duration }{
		"is a minute":             {0, 60 * time.Second},
		"unless somebody says so": {5 * time.Second, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				_, err := (&scim.Client{BaseURL: "https://sp.example.test", HTTP: silent{}, Timeout: tt.timeout}).Call(t.Context(), scim.GetUser("42"))
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.EqualError(t, err, fmt.Sprintf("GET /Users/42: no byte for %gs", tt.want.Seconds()))
				require.Equal(t, tt.want, time.Since(begin))
			})
		})
	}
}

// dripping sends a byte every so often, for so long, and then says nothing more.
type dripping struct {
	every, lasting time.Duration
	begin          time.Time
	gone           <-chan struct{} // the caller
}

func (d dripping) Read(p []byte) (int, error) {
	next := time.NewTimer(d.every)
	defer next.Stop()
	if time.Since(d.begin) >= d.lasting {
		next.Stop()
	}
	select {
	case <-next.C:
		p[0] = ' '
		return 1, nil
	case <-d.gone:
		return 0, errors.New("the connection was closed")
	}
}

func (dripping) Close() error { return nil }

// A silence counts from the last byte, and a body that drips has its time too.
func TestSilenceWithinAnAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		head, every, lasting, ends time.Duration
		want                       string
	}{
		"nothing after the head":         {50 * time.Second, time.Second, 0, 110 * time.Second, "no byte for 60s"},
		"nothing after a while":          {50 * time.Second, 59 * time.Second, 500 * time.Second, 582 * time.Second, "no byte for 60s"},
		"a pause that is too long":       {0, 61 * time.Second, time.Hour, 60 * time.Second, "no byte for 60s"},
		"a byte now and then, and again": {0, 59 * time.Second, 24 * time.Hour, 600 * time.Second, "no end of the answer after 600s"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				target := httpmock.NewMockTransport()
				target.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
					time.Sleep(tt.head)
					return &http.Response{StatusCode: 200, Header: http.Header{}, Body: dripping{tt.every, tt.lasting, begin, req.Context().Done()}}, nil
				})
				_, err := (&scim.Client{BaseURL: "https://sp.example.test", HTTP: target}).Call(t.Context(), scim.GetUser("42"))
				require.ErrorContains(t, err, "GET /Users/42: "+tt.want)
				require.Equal(t, tt.ends, time.Since(begin))
			})
		})
	}
}

// Hints are no answer: its head has to be there in time.
func TestHintsWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		okta, target := net.Pipe()
		silenced := make(chan bool)
		go func() {
			defer close(silenced)
			hear(target)
			for {
				if _, err := io.WriteString(target, "HTTP/1.1 103 Early Hints\r\n\r\n"); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}()
		transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return okta, nil }}
		_, err := (&scim.Client{BaseURL: "http://sp.example.test", HTTP: transport}).Call(t.Context(), scim.GetUser("42"))
		require.EqualError(t, err, "GET /Users/42: no byte for 60s")
		target.Close()
		<-silenced
	})
}

// What net/http says of a connection that it closes for us is not what an
// administrator reads.
func TestSilenceOnAConnection(t *testing.T) {
	for name, said := range map[string]string{
		"from the first byte on": "",
		"within the head":        "HTTP/1.1 200 OK\r\nContent-",
		"within the body":        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{",
		"within a chunk":         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				okta, target := net.Pipe()
				go func() {
					hear(target)
					io.WriteString(target, said)
				}()
				transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return okta, nil }}
				defer func() { transport.CloseIdleConnections(); target.Close() }()
				_, err := (&scim.Client{BaseURL: "http://sp.example.test", HTTP: transport}).Call(t.Context(), scim.GetUser("42"))
				require.Regexp(t, "^GET /Users/42: (answer 200: reading the body: )?no byte for 60s$", err)
			})
		})
	}
}

func TestTheSubjectTravels(t *testing.T) {
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		s, ok := scim.SubjectOf(req.Context())
		require.True(t, ok)
		require.Equal(t, scim.Subject{ID: "00u1", Name: "ana"}, s)
		return httpmock.NewStringResponse(200, "{}"), nil
	})
	ctx := scim.About(t.Context(), scim.Subject{ID: "00u1", Name: "ana"})
	_, err := (&scim.Client{BaseURL: "https://sp.example.test", HTTP: target}).Call(ctx, scim.GetUser("42"))
	require.NoError(t, err)
}
