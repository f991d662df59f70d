package wire_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target/wire"
)

const token = "s3cr3t-t0ken-value"

var ana = wire.Subject{Key: "00uana", Name: "ana-r7k2"}

var known = evidence.NewRedactor(token)

var quiet = log.New(io.Discard, "", 0)

// book is a ledger that also knows what the server had seen when it was written.
type book struct {
	mu      sync.Mutex
	entries []evidence.Entry
	refuse  error
}

func (b *book) Write(e evidence.Entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entries = append(b.entries, e)
	return b.refuse
}

func (b *book) acts() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var acts []string
	for _, e := range b.entries {
		acts = append(acts, fmt.Sprintf("%s %s %q %q", e.Act, e.Kind, e.Name, e.ID))
	}
	return acts
}

func open(t *testing.T, c wire.Config) *wire.Wire {
	t.Helper()
	c.Mark = "r7k2"
	c.Redact = known
	w, err := wire.New(c)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	return w
}

func send(w *wire.Wire, v evidence.Voice, s wire.Subject, method, url, body string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if s != (wire.Subject{}) {
		ctx = wire.About(ctx, s)
	}
	return sendWith(ctx, w, v, method, url, body)
}

func sendWith(ctx context.Context, w *wire.Wire, v evidence.Voice, method, url, body string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := (&http.Client{Transport: w.As(v)}).Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	return string(all), err
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL + "/scim/v2"
}

func TestWhatIsMadeIsTakenDownFirst(t *testing.T) {
	ledger := &book{}
	var before []string
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			before = ledger.acts()
			rw.WriteHeader(http.StatusCreated)
			fmt.Fprint(rw, `{"id":"42","userName":"ana-r7k2"}`)
		case http.MethodDelete:
			rw.WriteHeader(http.StatusNoContent)
		}
	})
	w := open(t, wire.Config{URL: base, Ledger: ledger})

	_, err := send(w, evidence.Okta, ana, "POST", base+"/Users", `{"userName":"ana-r7k2"}`)
	require.NoError(t, err)
	_, err = send(w, evidence.Tidy, ana, "DELETE", base+"/Users/42", "")
	require.NoError(t, err)

	assert.Equal(t, []string{`intend user "ana-r7k2" ""`}, before, "on disk when the server hears of it")
	assert.Equal(t, []string{`intend user "ana-r7k2" ""`, `made user "ana-r7k2" "42"`, `gone user "" "42"`}, ledger.acts())
}

func TestACreateThatWasRefusedIsClosedAndNoOther(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		want   string // the ledger's last entry
	}{
		"a conflict":                         {409, `{"scimType":"uniqueness"}`, `refused user "ana-r7k2" ""`},
		"a bad request without a word":       {400, ``, `refused user "ana-r7k2" ""`},
		"a refusal that shows what it made":  {400, `{"id":"42","userName":"ana-r7k2"}`, `intend user "ana-r7k2" ""`},
		"a server that gave up waiting":      {408, `{}`, `intend user "ana-r7k2" ""`},
		"a server that is busy":              {429, `{}`, `intend user "ana-r7k2" ""`},
		"a server that broke":                {500, `{}`, `intend user "ana-r7k2" ""`},
		"a create answered without an id":    {201, `{}`, `intend user "ana-r7k2" ""`},
		"a create answered with no JSON":     {201, `<html>`, `intend user "ana-r7k2" ""`},
		"a create answered with an empty id": {201, `{"id":""}`, `intend user "ana-r7k2" ""`},
	} {
		t.Run(name, func(t *testing.T) {
			ledger := &book{}
			base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
				rw.WriteHeader(tt.status)
				io.WriteString(rw, tt.body)
			})
			w := open(t, wire.Config{URL: base, Ledger: ledger})
			_, err := send(w, evidence.Okta, ana, "POST", base+"/Users", `{"userName":"ana-r7k2"}`)
			require.NoError(t, err)
			acts := ledger.acts()
			assert.Equal(t, tt.want, acts[len(acts)-1])
		})
	}
}

func TestARefusalThatBreaksOffIsNone(t *testing.T) {
	ledger := &book{}
	base := serve(t, func(rw http.ResponseWriter, _ *http.Request) {
		hangUp(t, rw, "HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\n{")
	})
	w := open(t, wire.Config{URL: base, Ledger: ledger})
	_, err := send(w, evidence.Okta, ana, "POST", base+"/Users", `{"userName":"ana-r7k2"}`)
	require.Error(t, err)
	assert.Equal(t, []string{`intend user "ana-r7k2" ""`}, ledger.acts())
}

func TestNoPartOfASecretSurvivesTheCut(t *testing.T) {
	for _, before := range []int{1, len(token) / 2, len(token) - 1, len(token)} {
		said := strings.Repeat("x", 1<<20-before) + token + strings.Repeat("y", 1<<20)
		base := serve(t, func(rw http.ResponseWriter, r *http.Request) { io.WriteString(rw, said) })
		w := open(t, wire.Config{URL: base})
		_, err := send(w, evidence.Okta, ana, "POST", base+"/Users/.search", said)
		require.NoError(t, err)
		x := w.Exchanges()[0]
		for _, kept := range []string{string(x.RequestBody), string(x.ResponseBody)} {
			start, _, cut := strings.Cut(kept, "… [cut: 1048576 of ")
			require.True(t, cut)
			rest := strings.TrimLeft(start, "x")
			assert.True(t, strings.HasPrefix(known.Tag(token), rest), "%q is left of it, with %d bytes before the cut", rest, before)
		}
	}
}

func TestAnExchangeStillGoingOnShowsNoSecretsEither(t *testing.T) {
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("X-Heard", r.Header.Get("Authorization"))
	})
	w := open(t, wire.Config{URL: base})
	r, err := http.NewRequest("GET", base+"/Users?of="+token, nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := w.As(evidence.Okta).RoundTrip(r)
	require.NoError(t, err)
	assert.Equal(t, base+"/Users?of="+known.Tag(token), w.Exchanges()[0].URL)
	assert.Equal(t, "Bearer "+known.Tag(token), w.Exchanges()[0].ResponseHeader.Get("X-Heard"))
	require.NoError(t, answer.Body.Close())
	assert.False(t, w.Exchanges()[0].Raw())
}

func TestNothingIsMadeThatCannotBeTakenDown(t *testing.T) {
	base := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the server heard of it") })
	w := open(t, wire.Config{URL: base, Ledger: &book{refuse: errors.New("disk full")}})
	_, err := send(w, evidence.Hand, ana, "POST", base+"/Users", `{"userName":"ana-r7k2"}`)
	assert.ErrorContains(t, err, "disk full")
}

func TestAnExchangeIsKeptWithoutItsSecrets(t *testing.T) {
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		rw.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(rw, `{"detail":"I do not know %s"}`, r.Header.Get("Authorization"))
	})
	w := open(t, wire.Config{URL: base})
	heard, err := send(w, evidence.Eyes, ana, "GET", base+"/Users?filter=x", "")
	require.NoError(t, err)
	assert.Contains(t, heard, token, "the reader gets what the server said")

	xs := w.Exchanges()
	require.Len(t, xs, 1)
	x := xs[0]
	assert.Equal(t, 1, x.N)
	assert.Equal(t, evidence.Eyes, x.Voice)
	assert.Equal(t, "ana-r7k2", x.Subject)
	assert.Equal(t, 403, x.Status)
	assert.Equal(t, "Bearer "+known.Tag(token), x.RequestHeader.Get("Authorization"))
	assert.NotContains(t, string(x.ResponseBody), token)
	assert.Contains(t, string(x.ResponseBody), "I do not know Bearer "+known.Tag(token))
}

func TestARefusedWriteIsNotSentAndIsKept(t *testing.T) {
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			t.Errorf("the server heard %s %s", r.Method, r.URL)
		}
		fmt.Fprint(rw, `{"Resources":[{"id":"7","userName":"ceo@example.com"}]}`)
	})
	w := open(t, wire.Config{URL: base})
	_, err := send(w, evidence.Okta, ana, "GET", base+"/Users?filter=x", "")
	require.NoError(t, err)
	_, err = send(w, evidence.Okta, ana, "PUT", base+"/Users/7", `{}`)

	var refused *wire.Refused
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, "ceo@example.com", refused.Name)
	require.ErrorAs(t, w.Trouble(), &refused)
	xs := w.Exchanges()
	require.Len(t, xs, 2)
	assert.Equal(t, `Okta would now have overwritten account "ceo@example.com" (id 7), which is not ana-r7k2's`, xs[1].Failure)
	assert.Zero(t, xs[1].Status)
}

func TestOktasCallsSayWhomTheyAreAboutInTheirOwnWay(t *testing.T) {
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		rw.WriteHeader(http.StatusCreated)
		fmt.Fprint(rw, `{"id":"42"}`)
	})
	type oktas struct{}
	w := open(t, wire.Config{URL: base, Subject: func(ctx context.Context) (wire.Subject, bool) {
		s, ok := ctx.Value(oktas{}).(wire.Subject)
		return s, ok
	}})
	ctx := context.WithValue(context.Background(), oktas{}, ana)
	_, err := sendWith(ctx, w, evidence.Okta, "POST", base+"/Users", `{"userName":"ana-r7k2"}`)
	require.NoError(t, err)
	_, err = send(w, evidence.Hand, ana, "PATCH", base+"/Users/42", `{}`)
	assert.NoError(t, err, "what one voice learnt holds for all")
}

func TestTheTokenNeverTravelsToAnotherOrigin(t *testing.T) {
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the trap was called") })
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, elsewhere, http.StatusTemporaryRedirect)
	})
	w := open(t, wire.Config{URL: base})
	for _, url := range []string{elsewhere, base + "/Users", strings.Replace(base, "http:", "https:", 1)} {
		_, err := send(w, evidence.Okta, ana, "GET", url, "")
		assert.ErrorContains(t, err, "is not the target's origin", url)
	}
}

func TestTheGuardReadsAnAnswerThatIsCompressed(t *testing.T) {
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Encoding", "gzip")
		zip := gzip.NewWriter(rw)
		fmt.Fprint(zip, `{"id":"42","userName":"ana-r7k2"}`)
		zip.Close()
	})
	w := open(t, wire.Config{URL: base})
	_, err := send(w, evidence.Okta, ana, "GET", base+"/Users/42", "")
	require.NoError(t, err)
	_, err = send(w, evidence.Okta, ana, "PUT", base+"/Users/42", `{}`)
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":"42","userName":"ana-r7k2"}`, string(w.Exchanges()[0].ResponseBody))
}

func TestALongAnswerReachesItsReaderWholeAndIsKeptInPart(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) {
		json.NewEncoder(rw).Encode(map[string]any{"id": "42", "userName": "ana-r7k2", "title": long})
	})
	w := open(t, wire.Config{URL: base})
	heard, err := send(w, evidence.Okta, ana, "GET", base+"/Users/42", "")
	require.NoError(t, err)
	assert.Greater(t, len(heard), len(long))
	kept := string(w.Exchanges()[0].ResponseBody)
	assert.Less(t, len(kept), 1<<20+100)
	assert.Contains(t, kept, "[cut: 1048576 of ")
	_, err = send(w, evidence.Okta, ana, "PUT", base+"/Users/42", `{}`)
	assert.NoError(t, err, "the guard read all of it")
}

func TestTroubleHasAKind(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	for name, tt := range map[string]struct {
		url  func(t *testing.T) string
		want wire.Kind
	}{
		"a port where nobody listens": {func(t *testing.T) string { return closed.URL }, wire.Unreachable},
		"TLS to a server that speaks none": {func(t *testing.T) string {
			return strings.Replace(serve(t, func(http.ResponseWriter, *http.Request) {}), "http:", "https:", 1)
		}, wire.Unreachable},
		"TLS with a certificate nobody vouches for": {func(t *testing.T) string {
			s := httptest.NewUnstartedServer(nil)
			s.Config.ErrorLog = quiet
			s.StartTLS()
			t.Cleanup(s.Close)
			return s.URL
		}, wire.Unreachable},
		"a connection lost before the answer": {func(t *testing.T) string {
			return serve(t, func(rw http.ResponseWriter, _ *http.Request) { hangUp(t, rw, "") })
		}, wire.Dropped},
		"a connection lost within the answer": {func(t *testing.T) string {
			return serve(t, func(rw http.ResponseWriter, _ *http.Request) {
				hangUp(t, rw, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
			})
		}, wire.Dropped},
	} {
		t.Run(name, func(t *testing.T) {
			url := tt.url(t)
			w := open(t, wire.Config{URL: url})
			_, err := send(w, evidence.Okta, ana, "POST", url+"/Users", `{"userName":"ana-r7k2"}`)
			require.Error(t, err)
			var trouble *wire.Trouble
			require.ErrorAs(t, w.Trouble(), &trouble)
			assert.Equal(t, tt.want, trouble.Kind, trouble.Error())
			assert.Equal(t, trouble.Error(), w.Exchanges()[0].Failure)
		})
	}
}

func TestNoAnswerInTimeIsSilence(t *testing.T) {
	heard, release := make(chan struct{}), make(chan struct{})
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) { close(heard); <-release })
	t.Cleanup(func() { close(release) })
	w := open(t, wire.Config{URL: base})
	ctx, expire := context.WithCancelCause(context.Background())
	go func() { <-heard; expire(context.DeadlineExceeded) }()
	_, err := sendWith(deadlined{ctx}, w, evidence.Eyes, "GET", base+"/Users", "")
	require.Error(t, err)
	var trouble *wire.Trouble
	require.ErrorAs(t, w.Trouble(), &trouble)
	assert.Equal(t, wire.Silent, trouble.Kind, trouble.Error())
}

// deadlined is a context whose time is up when the test says so.
type deadlined struct{ context.Context }

func (d deadlined) Err() error {
	if d.Context.Err() != nil {
		return context.Cause(d.Context)
	}
	return nil
}

func TestManyVoicesAtOnce(t *testing.T) {
	base := serve(t, func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, `{}`) })
	w := open(t, wire.Config{URL: base})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { send(w, evidence.Okta, ana, "GET", base+"/Users", "") })
	}
	all.Wait()
	for i, x := range w.Exchanges() {
		assert.Equal(t, i+1, x.N)
		assert.Equal(t, 200, x.Status)
	}
}

func hangUp(t *testing.T, rw http.ResponseWriter, last string) {
	conn, _, err := rw.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	io.WriteString(conn, last)
	conn.(*net.TCPConn).SetLinger(0)
	if last != "" {
		conn.(*net.TCPConn).SetLinger(-1)
	}
	conn.Close()
}

func TestEveryRequestCarriesTheHeadersThatWereAskedFor(t *testing.T) {
	var heard http.Header
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { heard = r.Header }))
	defer server.Close()
	w, err := wire.New(wire.Config{URL: server.URL, Mark: "m", Header: http.Header{
		"Authorization": {"Basic bWU6c2VjcmV0LW9mLW1pbmU="}, "x-gateway-key": {"k"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r, err := http.NewRequest(http.MethodGet, server.URL+"/Users", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer of-the-caller")
	answer, err := w.As(evidence.Okta).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if heard.Get("Authorization") != "Basic bWU6c2VjcmV0LW9mLW1pbmU=" || heard.Get("X-Gateway-Key") != "k" {
		t.Errorf("the target heard %v", heard)
	}
	if r.Header.Get("Authorization") != "Bearer of-the-caller" {
		t.Error("the caller's request was changed")
	}
}

// Two tenants at one server: what is said to both is one story, and an id that
// was learnt at one says nothing at the other.
func TestWiresBesideEachOther(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusCreated)
		}
		_, _ = io.WriteString(w, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"7","userName":"ana-r7k2"}`)
	}))
	defer server.Close()
	one := open(t, wire.Config{URL: server.URL + "/one"})
	two, err := one.Beside(server.URL + "/two")
	require.NoError(t, err)
	say := func(w *wire.Wire, method, url string) error {
		r, err := http.NewRequestWithContext(wire.About(t.Context(), ana), method, server.URL+url, strings.NewReader(`{"userName":"ana-r7k2"}`))
		require.NoError(t, err)
		answer, err := w.As(evidence.Okta).RoundTrip(r)
		if err == nil {
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
		}
		return err
	}
	require.NoError(t, say(one, http.MethodPost, "/one/Users"))
	require.NoError(t, say(one, http.MethodPut, "/one/Users/7"))
	var trouble *wire.Trouble
	require.ErrorAs(t, say(two, http.MethodPut, "/two/Users/7"), &trouble)
	require.Equal(t, wire.Denied, trouble.Kind)
	require.Equal(t, 3, trouble.Exchange)
	for _, w := range []*wire.Wire{one, two} {
		require.Len(t, w.Exchanges(), 3)
		require.Equal(t, 3, w.Exchanges()[2].N)
		require.Error(t, w.Trouble())
	}
}
