package provision_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// A fake is a SCIM server in memory, as small as the engine's tests need, whose
// answers come after random real time. Its ids are made of names, so that
// two runs can be compared.
type fake struct {
	limitEvery int // answers 429 to every n-th request of a kind about one subject; 0 never
	failEvery  int // the same with 500

	mu      sync.Mutex
	users   map[string]map[string]any
	groups  map[string]map[string]any
	asked   map[string]int // requests per subject and kind
	heard   map[string][]string
	order   []string // of requests as they came
	flying  int
	most    int // requests in flight at once
	limited int // answers of 429
	failed  int // answers of 500
}

func newFake() *fake {
	return &fake{users: map[string]map[string]any{}, groups: map[string]map[string]any{}, asked: map[string]int{}, heard: map[string][]string{}}
}

// holds makes an account before anybody asks for it.
func (f *fake) holds(userName string, active bool) {
	id := "id of " + userName
	f.users[id] = map[string]any{"schemas": []any{scim.UserSchema}, "id": id, "userName": userName, "active": active}
}

func (f *fake) Call(ctx context.Context, r scim.Request) (scim.Answer, error) {
	f.flown(1)
	dawdle()
	f.mu.Lock()
	who, _ := scim.SubjectOf(ctx)
	a := f.answer(who.ID, r)
	f.heard[who.ID] = append(f.heard[who.ID], fmt.Sprintf("%s %s?%s %s -> %d %s", r.Method, r.Path, r.RawQuery, r.Body, a.Status, a.Body))
	f.order = append(f.order, r.Method+" "+r.Path)
	f.mu.Unlock()
	dawdle()
	f.flown(-1)
	return a, ctx.Err()
}

func (f *fake) flown(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.flying += n
	f.most = max(f.most, f.flying)
}

// dawdle lets others go first, a random number of times.
func dawdle() {
	for range rand.IntN(20) {
		runtime.Gosched()
	}
}

func (f *fake) answer(who string, r scim.Request) scim.Answer {
	resource := who + r.Method + r.Path
	f.asked[resource]++
	if f.limitEvery > 0 && f.asked[resource]%f.limitEvery == 0 {
		f.limited++
		return scim.Answer{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"2"}}}
	}
	if f.failEvery > 0 && f.asked[resource]%f.failEvery == 0 {
		f.failed++
		return said(http.StatusInternalServerError, map[string]any{"detail": "not today"})
	}
	if id, one := strings.CutPrefix(r.Path, "/Users/"); one {
		return f.one(r, f.users, unescaped(id))
	}
	if id, one := strings.CutPrefix(r.Path, "/Groups/"); one {
		return f.one(r, f.groups, unescaped(id))
	}
	if r.Path == "/Users" {
		return f.many(r, f.users, "userName")
	}
	return f.many(r, f.groups, "displayName")
}

func unescaped(s string) string {
	u, _ := url.PathUnescape(s)
	return u
}

func (f *fake) many(r scim.Request, all map[string]map[string]any, name string) scim.Answer {
	if r.Method == http.MethodPost {
		var made map[string]any
		_ = json.Unmarshal(r.Body, &made)
		id := "id of " + made[name].(string)
		if _, taken := all[id]; taken {
			return said(http.StatusConflict, map[string]any{"detail": "taken"})
		}
		made["id"] = id
		all[id] = made
		return said(http.StatusCreated, f.shown(made))
	}
	q, _ := url.ParseQuery(r.RawQuery)
	found := []any{}
	_, value, _ := strings.Cut(q.Get("filter"), " eq ")
	wanted, _ := strconv.Unquote(value)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if wanted == "" || all[id][name] == wanted {
			found = append(found, f.shown(all[id]))
		}
	}
	return said(http.StatusOK, map[string]any{"totalResults": len(found), "startIndex": 1, "itemsPerPage": len(found), "Resources": found})
}

func (f *fake) one(r scim.Request, all map[string]map[string]any, id string) scim.Answer {
	it, there := all[id]
	switch {
	case !there:
		return said(http.StatusNotFound, map[string]any{"detail": "gone"})
	case r.Method == http.MethodDelete:
		delete(all, id)
		return scim.Answer{Status: http.StatusNoContent}
	case r.Method == http.MethodPut:
		whole := map[string]any{}
		_ = json.Unmarshal(r.Body, &whole)
		whole["id"] = id
		all[id] = whole
	case r.Method == http.MethodPatch:
		patch(it, r.Body)
	}
	return said(http.StatusOK, f.shown(all[id]))
}

// shown is a resource; an account shows the groups it is in, which is what
// makes the order of group writes visible to everybody.
func (f *fake) shown(it map[string]any) map[string]any {
	shown := maps.Clone(it)
	delete(shown, "password")
	if _, account := it["userName"]; !account {
		return shown
	}
	in := []any{}
	for _, id := range slices.Sorted(maps.Keys(f.groups)) {
		if slices.Contains(memberIDs(f.groups[id]), it["id"].(string)) {
			in = append(in, map[string]any{"value": id})
		}
	}
	shown["groups"] = in
	return shown
}

func memberIDs(group map[string]any) []string {
	var ids []string
	members, _ := group["members"].([]any)
	for _, m := range members {
		ids = append(ids, m.(map[string]any)["value"].(string))
	}
	return ids
}

func patch(it map[string]any, body []byte) {
	var p struct {
		Operations []struct {
			Op, Path string
			Value    any
		}
	}
	_ = json.Unmarshal(body, &p)
	for _, o := range p.Operations {
		members, _ := it["members"].([]any)
		switch {
		case o.Op == "replace" && o.Path == "":
			maps.Copy(it, o.Value.(map[string]any))
		case o.Op == "replace":
			it[o.Path] = o.Value
		case o.Op == "add":
			it["members"] = append(slices.Clone(members), o.Value.([]any)...)
		case o.Op == "remove":
			_, quoted, _ := strings.Cut(strings.TrimSuffix(o.Path, "]"), " eq ")
			id, _ := strconv.Unquote(quoted)
			it["members"] = slices.DeleteFunc(slices.Clone(members), func(m any) bool { return m.(map[string]any)["value"] == id })
		}
	}
}

func said(status int, body map[string]any) scim.Answer {
	if _, isList := body["Resources"]; !isList {
		schema := cmp.Or(map[bool]string{true: scim.UserSchema}[body["userName"] != nil], scim.GroupSchema)
		if _, has := body["schemas"]; !has {
			body["schemas"] = []string{schema}
		}
	}
	text, _ := json.Marshal(body)
	return scim.Answer{Status: status, Header: http.Header{}, Body: text}
}
