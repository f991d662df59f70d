package loadgen_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/scimproof/scimproof/target"
)

// A directory is a small SCIM server whose every mistake is a test's own.
type directory struct {
	// create decides what happens on the n-th create (from 1): how many accounts
	// are stored, and which they are. nil stores the one that was sent.
	create func(n int, account map[string]any) []map[string]any
	// answersFirst: of several accounts that one create stored, the answer shows
	// the first, and else the last.
	answersFirst bool
	// before is told of every request, and answers it when it returns true.
	before func(http.ResponseWriter, *http.Request) bool
	// after is told of every request once it was done, and answers it when it
	// returns true.
	after func(http.ResponseWriter, *http.Request) bool
	// idsBegin is how every id begins.
	idsBegin string
	// unlisted are the ids of accounts that no page shows.
	unlisted map[string]bool

	mu       sync.Mutex
	creates  int
	accounts []map[string]any // in order
	indexed  int              // how many of them are in the two below
	ids      map[string]map[string]any
	names    map[string][]map[string]any // by userName in lower case
	writes   []string                    // method and path of each
}

// somebody starts the directory as somebody's server.
func (d *directory) somebody(t *testing.T) target.Target {
	t.Helper()
	s := httptest.NewServer(d)
	t.Cleanup(s.Close)
	return target.External(s.URL+"/scim/v2", "secret-token")
}

func (d *directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.before != nil && d.before(w, r) {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var sent map[string]any
	if body, _ := io.ReadAll(r.Body); len(body) > 0 {
		_ = json.Unmarshal(body, &sent)
	}
	if r.Method != http.MethodGet {
		d.writes = append(d.writes, r.Method+" "+r.URL.Path)
	}
	var heard http.ResponseWriter = w
	if d.after != nil {
		heard = httptest.NewRecorder()
		defer func() {
			if !d.after(w, r) {
				said := heard.(*httptest.ResponseRecorder)
				w.Header().Set("Content-Type", "application/scim+json")
				w.WriteHeader(said.Code)
				_, _ = w.Write(said.Body.Bytes())
			}
		}()
	}
	d.do(heard, r, sent)
}

func (d *directory) do(w http.ResponseWriter, r *http.Request, sent map[string]any) {
	id := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/scim/v2/Users"), "/")
	switch {
	case r.Method == http.MethodPost:
		answer(w, http.StatusCreated, d.store(sent))
	case id == "":
		answer(w, http.StatusOK, d.list(r))
	case d.byID(id) == nil:
		answer(w, http.StatusNotFound, map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": "404"})
	case r.Method == http.MethodPatch:
		d.patch(d.byID(id), sent)
		answer(w, http.StatusOK, d.byID(id))
	default:
		answer(w, http.StatusOK, d.byID(id))
	}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/scim+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (d *directory) store(sent map[string]any) map[string]any {
	d.creates++
	kept := []map[string]any{sent}
	if d.create != nil {
		kept = d.create(d.creates, sent)
	}
	for _, account := range kept {
		stored := map[string]any{}
		for k, v := range account {
			stored[k] = v
		}
		stored["id"] = d.idsBegin + strconv.Itoa(100+len(d.accounts))
		d.accounts = append(d.accounts, stored)
	}
	if len(kept) == 0 {
		sent["id"] = fmt.Sprintf("lost-%d", d.creates)
		return sent
	}
	if d.answersFirst {
		return d.accounts[len(d.accounts)-len(kept)]
	}
	return d.accounts[len(d.accounts)-1]
}

var byName = regexp.MustCompile(`^userName eq "(.*)"$`)

func (d *directory) list(r *http.Request) map[string]any {
	d.index()
	found := d.accounts
	if wanted := byName.FindStringSubmatch(r.URL.Query().Get("filter")); wanted != nil {
		found = d.names[strings.ToLower(wanted[1])]
	} else if len(d.unlisted) > 0 {
		found = slices.DeleteFunc(slices.Clone(found), func(a map[string]any) bool { return d.unlisted[fmt.Sprint(a["id"])] })
	}
	start, _ := strconv.Atoi(r.URL.Query().Get("startIndex"))
	count, _ := strconv.Atoi(r.URL.Query().Get("count"))
	from := min(max(start-1, 0), len(found))
	page := found[from:min(from+count, len(found))]
	return map[string]any{
		"schemas":      []string{"urn:ietf:params:scim:api:messages:2.0:ListResponse"},
		"totalResults": len(found), "startIndex": start, "itemsPerPage": len(page), "Resources": page,
	}
}

func (d *directory) byID(id string) map[string]any {
	d.index()
	return d.ids[id]
}

// index takes in the accounts that are new.
func (d *directory) index() {
	if d.ids == nil {
		d.ids, d.names = map[string]map[string]any{}, map[string][]map[string]any{}
	}
	for ; d.indexed < len(d.accounts); d.indexed++ {
		account := d.accounts[d.indexed]
		name := strings.ToLower(fmt.Sprint(account["userName"]))
		d.ids[fmt.Sprint(account["id"])] = account
		d.names[name] = append(d.names[name], account)
	}
}

// patch knows what the tidying up says: one attribute gets a value.
func (d *directory) patch(account, sent map[string]any) {
	ops, _ := sent["Operations"].([]any)
	for _, op := range ops {
		o, _ := op.(map[string]any)
		if path, ok := o["path"].(string); ok {
			account[path] = o["value"]
		}
	}
}

// states counts the accounts by their active flag.
func (d *directory) states() (active, disabled int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, account := range d.accounts {
		if account["active"] == true {
			active++
		} else {
			disabled++
		}
	}
	return active, disabled
}

// timesWritten says how often each account was written to by its id.
func (d *directory) timesWritten() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	times := map[string]int{}
	for _, w := range d.writes {
		if strings.HasPrefix(w, http.MethodPatch) {
			times[w]++
		}
	}
	return times
}
