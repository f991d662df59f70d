package steps

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/scimproof/scimproof/features"
	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
)

// A parrot is a server that says a password that it was given again, where nobody
// would look for one.
type parrot struct {
	mu    sync.Mutex
	heard []string
}

var password = regexp.MustCompile(`"password":"([^"]+)"`)

func (p *parrot) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(asked))
		m := password.FindSubmatch(asked)
		if m == nil || r.Method == http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		p.mu.Lock()
		p.heard = append(p.heard, string(m[1]))
		p.mu.Unlock()
		r.Header.Del("Accept-Encoding")
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		var body map[string]any
		_ = json.Unmarshal(answer.Body.Bytes(), &body)
		body["nickName"] = "changed to " + string(m[1])
		w.Header().Set("Content-Type", "application/scim+json")
		w.WriteHeader(answer.Code)
		_ = json.NewEncoder(w).Encode(body)
	})
}

// A password that a scenario sets is in nothing that is kept of the run, whatever the
// target makes of it.
func TestAPasswordThatIsSetIsKeptNowhere(t *testing.T) {
	bundled, err := target.Bundled("")
	if err != nil {
		t.Fatal(err)
	}
	defer bundled.Close()
	endpoint, err := bundled.Tenant(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(endpoint.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	loud := &parrot{}
	server := httptest.NewServer(loud.before(&httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: base.Scheme, Host: base.Host}) },
	}))
	defer server.Close()
	all, err := features.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	cases, err := features.Selection{Only: []string{"password-moves-nothing-else"}}.Choose(all)
	if err != nil {
		t.Fatal(err)
	}
	redact := evidence.NewRedactor()
	folder, err := evidence.Create(t.TempDir(), evidence.Run{ID: "parrot"}, redact)
	if err != nil {
		t.Fatal(err)
	}
	outcomes, end, err := Play(context.Background(), cases, Config{
		Target: target.External(server.URL+base.Path, endpoint.Token), RunID: NewRunID(rand.Text), Folder: folder, Redact: redact,
	})
	if err != nil || end.Stopped != "" || len(outcomes) != 2 {
		t.Fatalf("%d cases were played: %s %v", len(outcomes), end.Stopped, err)
	}
	if err := folder.Finish(end); err != nil {
		t.Fatal(err)
	}
	if len(loud.heard) != 2 {
		t.Fatalf("%d passwords came to the target, want one in each dialect", len(loud.heard))
	}
	said, tagged := "", 0
	err = fs.WalkDir(os.DirFS(folder.Dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(os.DirFS(folder.Dir), path)
		for _, secret := range loud.heard {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s holds the password", path)
			}
		}
		tagged += bytes.Count(text, []byte("changed to [redacted"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outcomes {
		text, _ := json.Marshal(o)
		said += string(text)
	}
	for _, secret := range loud.heard {
		if strings.Contains(said, secret) {
			t.Error("an outcome holds the password")
		}
	}
	if tagged == 0 {
		t.Error("what the target said again is in no transcript: the test has lost its subject")
	}
}
