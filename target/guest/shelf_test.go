package guest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/scimproof/scimproof/reports/evidence"
	"github.com/scimproof/scimproof/target"
	"github.com/scimproof/scimproof/target/guest"
	"github.com/scimproof/scimproof/target/wire"

	"github.com/stretchr/testify/require"
)

const mark = "spr7k2abcd"

// A shelf is a small SCIM server of accounts, whose mistakes are a test's own.
type shelf struct {
	foldsNames bool // shows every userName in lower case
	noFilter   bool // answers a filter with 400
	findsNone  bool // a filter finds nobody
	unguarded  bool // is reached without a write guard
	hides      map[string]bool
	total      int // what lists say of totalResults beyond what is there

	mu       sync.Mutex
	accounts map[string]map[string]any // by id
	answers  map[string]string         // id → whose account is shown instead
	writes   []string                  // method and path
}

func (s *shelf) put(id, name string) {
	if s.accounts == nil {
		s.accounts = map[string]map[string]any{}
	}
	s.accounts[id] = map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "id": id, "userName": name, "active": true,
	}
}

var (
	byName  = regexp.MustCompile(`^userName eq "(.*)"$`)
	patched = regexp.MustCompile(`"path":"active","value":(true|false)`)
)

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/Users"), "/")
	if other, ok := s.answers[id]; ok {
		id = other
	}
	account := s.accounts[id]
	switch {
	case r.Method == http.MethodGet && id == "":
		s.list(w, r)
	case account == nil:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodGet:
		reply(w, s.shown(account))
	default:
		s.writes = append(s.writes, r.Method+" "+r.URL.Path)
		var body json.RawMessage
		_ = json.NewDecoder(r.Body).Decode(&body)
		if m := patched.FindSubmatch(body); m != nil {
			account["active"] = string(m[1]) == "true"
		}
		reply(w, s.shown(account))
	}
}

func (s *shelf) shown(account map[string]any) map[string]any {
	shown := map[string]any{}
	for k, v := range account {
		shown[k] = v
	}
	if s.foldsNames {
		shown["userName"] = strings.ToLower(fmt.Sprint(account["userName"]))
	}
	return shown
}

func (s *shelf) list(w http.ResponseWriter, r *http.Request) {
	filter := r.URL.Query().Get("filter")
	if filter != "" && s.noFilter {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	wanted, found := byName.FindStringSubmatch(filter), []map[string]any{}
	for n := range 1000 {
		account := s.accounts[strconv.Itoa(n)]
		if account == nil || s.hides[strconv.Itoa(n)] || wanted != nil && (s.findsNone || !strings.EqualFold(fmt.Sprint(account["userName"]), wanted[1])) {
			continue
		}
		found = append(found, s.shown(account))
	}
	start, _ := strconv.Atoi(r.URL.Query().Get("startIndex"))
	count, _ := strconv.Atoi(r.URL.Query().Get("count"))
	from := min(max(start-1, 0), len(found))
	reply(w, map[string]any{
		"schemas":      []string{"urn:ietf:params:scim:api:messages:2.0:ListResponse"},
		"totalResults": len(found) + s.total, "startIndex": start, "Resources": found[from:min(from+count, len(found))],
	})
}

func reply(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/scim+json")
	_ = json.NewEncoder(w).Encode(body)
}

// sweep puts guests away at the shelf, by the wire of a crowd, and returns what
// stays outstanding.
func (s *shelf) sweep(t *testing.T, later bool, left ...evidence.Entry) []evidence.Entry {
	t.Helper()
	server := httptest.NewServer(s)
	defer server.Close()
	crowd, err := wire.NewCrowd(wire.Config{URL: server.URL, Mark: mark})
	require.NoError(t, err)
	defer crowd.Close()
	b := &guest.Broom{Mark: mark, Later: later, AtATime: 4, Eyes: func(about wire.Subject) target.Eyes {
		eyes := target.Eyes{URL: server.URL, Token: "secret-token", HTTP: crowd.For(evidence.Tidy, about)}
		if s.unguarded {
			eyes.HTTP = server.Client().Transport
		}
		return eyes
	}}
	ledger := left
	require.NoError(t, b.Sweep(t.Context(), left, func(became []evidence.Entry) error {
		ledger = append(ledger, became...)
		return nil
	}))
	return evidence.Outstanding(ledger)
}

func made(id, name string) evidence.Entry {
	return evidence.Entry{Act: evidence.Made, Kind: evidence.User, ID: id, Name: name}
}

func intended(name string) evidence.Entry {
	return evidence.Entry{Act: evidence.Intend, Kind: evidence.User, Name: name}
}

func (s *shelf) active(id string) bool { return s.accounts[id]["active"] == true }
