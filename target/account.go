package target

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Schema URNs that the suite's own hand writes (RFC 7643, sections 4.1 and 4.2;
// RFC 7644, section 3.5.2).
const (
	userSchema  = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"
	patchSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
)

// lookLimit bounds what is read of one answer. A server that says more than
// this about one page of accounts is not read to the end.
const lookLimit = 32 << 20

// Eyes look at what a target holds, and write what a Given states. They speak
// plain SCIM (RFC 7644) and share nothing with the mock Okta, so that one
// misreading of the standard cannot agree with itself.
type Eyes struct {
	URL     string            // SCIM base URL, without a trailing slash
	Token   string            // bearer token
	HTTP    http.RoundTripper // how to get there; target/wire, in a run
	Timeout time.Duration     // per request; 0 means 60 s

	// Header stands in place of what the requests would carry under the same
	// names; nil for a name leaves it out.
	Header http.Header

	// Wait passes the time that the target asks for with 429 (RFC 6585, section
	// 4); nil lets it pass at once. A request is made ten times at most.
	Wait func(context.Context, time.Duration) error
}

// A Look is one answer of the target.
type Look struct {
	Status   int
	Resource Resource // nil when the body was empty, or the answer no success
	Problem  Resource // what a refusal says (RFC 7644, section 3.12); nil where it is no JSON object

	retryAfter time.Duration // what a 429 asks for
}

// OK says whether the answer was a success.
func (l Look) OK() bool { return l.Status >= 200 && l.Status < 300 }

// An Unreadable error says that a target's answer is not what SCIM allows at
// that place: not JSON, or not an object.
type Unreadable struct {
	Request string // "GET /Users/42"
	Got     string // what came instead, in a few words
	Long    bool   // it is longer than is read of one answer
	Status  int    // of the answer, where that is what SCIM does not allow there; else 0
}

func (u *Unreadable) Error() string { return u.Request + " was answered with " + u.Got }

// User reads one account by its id.
func (e Eyes) User(ctx context.Context, id string) (Look, error) {
	return e.ask(ctx, http.MethodGet, "/Users/"+url.PathEscape(id), "", nil)
}

// Group reads one group by its id, with its members.
func (e Eyes) Group(ctx context.Context, id string) (Look, error) {
	return e.ask(ctx, http.MethodGet, "/Groups/"+url.PathEscape(id), "", nil)
}

// UsersNamed asks for the accounts with this userName and keeps those that
// really bear it, without regard to case (RFC 7643, section 4.1.1: userName is
// not caseExact). others is how many accounts of another name came back: a
// server that heeds the filter sends none.
func (e Eyes) UsersNamed(ctx context.Context, userName string) (found []Resource, others int, err error) {
	return e.named(ctx, "/Users", "userName", userName)
}

// GroupsNamed asks for the groups with this displayName, as UsersNamed does.
func (e Eyes) GroupsNamed(ctx context.Context, name string) (found []Resource, others int, err error) {
	return e.named(ctx, "/Groups", "displayName", name)
}

func (e Eyes) named(ctx context.Context, endpoint, attribute, value string) (found []Resource, others int, err error) {
	look, err := e.ask(ctx, http.MethodGet, endpoint, "filter="+eq(attribute, value)+"&startIndex=1&count=100", nil)
	if err != nil {
		return nil, 0, err
	}
	if look.Status == http.StatusNotFound {
		return nil, 0, nil // Okta takes 404 for "no match" (Okta SCIM 2.0 reference, documented)
	}
	if !look.OK() {
		return nil, 0, &Unreadable{Request: "GET " + endpoint + " with a filter", Got: "HTTP status " + strconv.Itoa(look.Status), Status: look.Status}
	}
	list, err := look.Resource.list()
	if err != nil {
		return nil, 0, &Unreadable{Request: "GET " + endpoint + " with a filter", Got: err.Error()}
	}
	for _, entry := range list {
		r, _ := entry.(map[string]any)
		if name, _ := Resource(r).Get(attribute).(string); strings.EqualFold(name, value) {
			found = append(found, r)
		} else {
			others++
		}
	}
	return found, others, nil
}

// eq is a filter for one value, escaped for a query (RFC 7644, section 3.4.2.2).
func eq(attribute, value string) string {
	return strings.ReplaceAll(url.QueryEscape(attribute+" eq "+jsonText(value)), "+", "%20")
}

// jsonText writes a JSON string with no more escapes than JSON needs.
func jsonText(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always has a JSON form
	return strings.TrimSuffix(b.String(), "\n")
}

// list reads a ListResponse (RFC 7644, section 3.4.2). Resources may be absent
// when there are none; a total that is less than what is listed is a list that
// contradicts itself.
func (r Resource) list() ([]any, error) {
	list, listed := r.Get("Resources").([]any)
	total := r.Get("totalResults")
	if !listed && total == nil {
		return nil, errors.New("an object that is no ListResponse")
	}
	if number, ok := total.(json.Number); ok {
		if n, err := number.Int64(); err == nil && n < int64(len(list)) {
			return nil, fmt.Errorf("a list of %d whose totalResults is %d", len(list), n)
		}
	}
	return list, nil
}

// A NewUser is an account as the suite's hand makes it: active, with what Okta
// would send of a person, since a server may ask for any of it.
type NewUser struct {
	UserName, GivenName, FamilyName, Email string

	ExternalID string // not Okta's id of the person: the account is older than Okta
}

// CreateUser makes an account.
func (e Eyes) CreateUser(ctx context.Context, u NewUser) (Look, error) {
	return e.ask(ctx, http.MethodPost, "/Users", "", map[string]any{
		"schemas":     []string{userSchema},
		"userName":    u.UserName,
		"name":        map[string]any{"givenName": u.GivenName, "familyName": u.FamilyName},
		"displayName": u.GivenName + " " + u.FamilyName,
		"emails":      []any{map[string]any{"value": u.Email, "type": "work", "primary": true}},
		"locale":      "en-US",
		"externalId":  u.ExternalID,
		"password":    rand.Text()[:12] + "-1aA", // nobody signs in with it
		"active":      true,
	})
}

// PostUser makes an account of nothing but what is given.
func (e Eyes) PostUser(ctx context.Context, account Resource) (Look, error) {
	return e.ask(ctx, http.MethodPost, "/Users", "", account)
}

// LookUp asks for the accounts with this userName, and returns the answer as it is.
func (e Eyes) LookUp(ctx context.Context, userName string) (Look, error) {
	return e.ask(ctx, http.MethodGet, "/Users", "filter="+eq("userName", userName), nil)
}

// CreateGroup makes a group with these accounts as its members.
func (e Eyes) CreateGroup(ctx context.Context, name string, members ...string) (Look, error) {
	list := []any{}
	for _, id := range members {
		list = append(list, map[string]any{"value": id})
	}
	return e.ask(ctx, http.MethodPost, "/Groups", "", map[string]any{
		"schemas": []string{groupSchema}, "displayName": name, "members": list,
	})
}

// PostGroup makes a group of nothing but what is given.
func (e Eyes) PostGroup(ctx context.Context, group Resource) (Look, error) {
	return e.ask(ctx, http.MethodPost, "/Groups", "", group)
}

// SetUser gives one attribute of an account a value: by PATCH (RFC 7644,
// section 3.5.2.3), and, where the next look does not show it, by putting the
// account back as it was read, with the value in it (section 3.5.1). Whether the
// server then holds the value is for the caller to see.
func (e Eyes) SetUser(ctx context.Context, id, attribute string, value any) (Look, error) {
	path := "/Users/" + url.PathEscape(id)
	_, err := e.ask(ctx, http.MethodPatch, path, "", map[string]any{
		"schemas":    []string{patchSchema},
		"Operations": []any{map[string]any{"op": "replace", "path": attribute, "value": value}},
	})
	if err != nil {
		return Look{}, err
	}
	look, err := e.User(ctx, id)
	if err != nil || !look.OK() || look.Resource == nil || look.Resource.Get(attribute) == value {
		return look, err
	}
	look.Resource.Set(attribute, value)
	return e.ask(ctx, http.MethodPut, path, "", look.Resource)
}

// ExtendUser writes an extension of an account: by PATCH without a path (RFC 7644,
// section 3.5.2.1), and, where the next look shows nothing of it, by putting the
// account back with it. What the server then holds is for the caller to see.
func (e Eyes) ExtendUser(ctx context.Context, id, urn string, block map[string]any) (Look, error) {
	path := "/Users/" + url.PathEscape(id)
	_, err := e.ask(ctx, http.MethodPatch, path, "", map[string]any{
		"schemas":    []string{patchSchema},
		"Operations": []any{map[string]any{"op": "add", "value": map[string]any{urn: block}}},
	})
	if err != nil {
		return Look{}, err
	}
	look, err := e.User(ctx, id)
	if err != nil || !look.OK() || look.Resource == nil || !Unassigned(look.Resource.Get(urn)) {
		return look, err
	}
	look.Resource[urn] = block
	if schemas, _ := look.Resource["schemas"].([]any); !look.Resource.Lists(urn) {
		look.Resource["schemas"] = append(schemas, urn)
	}
	return e.ask(ctx, http.MethodPut, path, "", look.Resource)
}

// PutGroup says a whole group (RFC 7644, section 3.5.1), each member with null for
// display, which is the same as none (RFC 7643, section 2.5).
func (e Eyes) PutGroup(ctx context.Context, id, name string, members ...string) (Look, error) {
	list := []any{}
	for _, m := range members {
		list = append(list, map[string]any{"value": m, "display": nil})
	}
	return e.ask(ctx, http.MethodPut, "/Groups/"+url.PathEscape(id), "", map[string]any{
		"schemas": []string{groupSchema}, "id": id, "displayName": name, "members": list,
	})
}

// DeleteGroup removes a group; no account goes with it.
func (e Eyes) DeleteGroup(ctx context.Context, id string) (Look, error) {
	return e.ask(ctx, http.MethodDelete, "/Groups/"+url.PathEscape(id), "", nil)
}

// ask makes one request. An error is the network's, the write guard's, or an
// *Unreadable; a status that is no success is not an error.
func (e Eyes) ask(ctx context.Context, method, path, query string, body any) (Look, error) {
	const attempts = 10
	for attempt := 1; ; attempt++ {
		look, err := e.askOnce(ctx, method, path, query, body)
		if err != nil || look.Status != http.StatusTooManyRequests || attempt == attempts {
			return look, err
		}
		if e.Wait == nil {
			continue
		}
		if err := e.Wait(ctx, look.retryAfter); err != nil {
			return look, err
		}
	}
}

// defaultWait is for a 429 that does not say how long in whole seconds.
const defaultWait = 10 * time.Second

func (e Eyes) askOnce(ctx context.Context, method, path, query string, body any) (Look, error) {
	timeout := e.Timeout
	if timeout == 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := e.request(ctx, method, path, query, body)
	if err != nil {
		return Look{}, fmt.Errorf("%s %s: %w", method, path, err)
	}
	resp, err := e.HTTP.RoundTrip(req)
	if err != nil {
		return Look{}, fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, lookLimit+1))
	if err != nil {
		return Look{}, fmt.Errorf("%s %s: reading the answer: %w", method, path, err)
	}
	if len(text) > lookLimit {
		return Look{}, &Unreadable{Request: method + " " + path, Got: fmt.Sprintf("more than the %d MiB that are read of one answer", lookLimit>>20), Long: true}
	}
	look := Look{Status: resp.StatusCode, retryAfter: defaultWait}
	if seconds, err := strconv.ParseUint(resp.Header.Get("Retry-After"), 10, 32); err == nil { // more is no duration any more
		look.retryAfter = time.Duration(seconds) * time.Second
	}
	if !look.OK() {
		look.Problem, _ = decodeResource(text)
		return look, nil
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return look, nil
	}
	if look.Resource, err = decodeResource(text); err != nil {
		return look, &Unreadable{Request: method + " " + path, Got: err.Error()}
	}
	return look, nil
}

func (e Eyes) request(ctx context.Context, method, path, query string, body any) (*http.Request, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, e.URL+path, content)
	if err != nil {
		return nil, err
	}
	req.URL.RawQuery = query
	req.Header.Set("Accept", "application/scim+json")
	req.Header.Set("Authorization", "Bearer "+e.Token)
	if body != nil {
		req.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	for name, values := range e.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	return req, nil
}

// AddMembers adds accounts to a group by PATCH (RFC 7644, section 3.5.2.1).
func (e Eyes) AddMembers(ctx context.Context, id string, members ...string) (Look, error) {
	list := []any{}
	for _, m := range members {
		list = append(list, map[string]any{"value": m})
	}
	return e.ask(ctx, http.MethodPatch, "/Groups/"+url.PathEscape(id), "", map[string]any{
		"schemas":    []string{patchSchema},
		"Operations": []any{map[string]any{"op": "add", "path": "members", "value": list}},
	})
}

// SetMembers makes accounts the only members of a group: by PATCH (RFC 7644,
// section 3.5.2.3), and, where the next look does not show it, by putting the group
// back as it was read, with these members (section 3.5.1). Whether the server then
// holds them is for the caller to see.
func (e Eyes) SetMembers(ctx context.Context, id string, members ...string) (Look, error) {
	list := []any{}
	for _, m := range members {
		list = append(list, map[string]any{"value": m})
	}
	path := "/Groups/" + url.PathEscape(id)
	_, err := e.ask(ctx, http.MethodPatch, path, "", map[string]any{
		"schemas":    []string{patchSchema},
		"Operations": []any{map[string]any{"op": "replace", "path": "members", "value": list}},
	})
	if err != nil {
		return Look{}, err
	}
	look, err := e.Group(ctx, id)
	wanted := slices.Sorted(slices.Values(members))
	if err != nil || !look.OK() || look.Resource == nil || slices.Equal(look.Resource.Values("members"), wanted) {
		return look, err
	}
	look.Resource.Set("members", list)
	return e.ask(ctx, http.MethodPut, path, "", look.Resource)
}

// Entries are the resources of a list, and how many the answer says there are. An
// error says that it is no list.
func (l Look) Entries() (entries []Resource, total int, err error) {
	list, err := l.Resource.list()
	if err != nil {
		return nil, 0, err
	}
	number, _ := l.Resource.Get("totalResults").(json.Number)
	n, err := number.Int64()
	if err != nil {
		return nil, 0, fmt.Errorf("a list whose totalResults is %s", show(l.Resource.Get("totalResults")))
	}
	for _, entry := range list {
		r, _ := entry.(map[string]any)
		entries = append(entries, r)
	}
	return entries, int(n), nil
}

// String says what an answer was, in a few words.
func (l Look) String() string {
	s := "HTTP status " + strconv.Itoa(l.Status)
	if l.OK() && l.Resource == nil {
		s += " with an empty body"
	}
	return s
}

// Count reads how many resources the answer to a lookup lists. A 404 counts as
// none: Okta takes it so (Okta SCIM 2.0 reference, documented).
func Count(status int, body []byte) (int, error) {
	if status == http.StatusNotFound {
		return 0, nil
	}
	if status != http.StatusOK {
		return 0, fmt.Errorf("HTTP status %d", status)
	}
	r, err := decodeResource(body)
	if err != nil {
		return 0, err
	}
	list, err := r.list()
	return len(list), err
}

// Knock asks whether the target is there and knows the token: the read that
// Okta's connection test makes. It returns the HTTP status and does not look at
// the answer.
func (e Eyes) Knock(ctx context.Context) (status int, err error) {
	look, err := e.ask(ctx, http.MethodGet, "/Users", "startIndex=1&count=2", nil)
	var unreadable *Unreadable
	if errors.As(err, &unreadable) {
		err = nil
	}
	return look.Status, err
}

// Page reads one page of all accounts: count of them from the start-th on, the
// first being 1 (RFC 7644, section 3.4.2.4).
func (e Eyes) Page(ctx context.Context, start, count int) (Look, error) {
	return e.page(ctx, "/Users", start, count)
}

// GroupPage is Page for groups.
func (e Eyes) GroupPage(ctx context.Context, start, count int) (Look, error) {
	return e.page(ctx, "/Groups", start, count)
}

func (e Eyes) page(ctx context.Context, endpoint string, start, count int) (Look, error) {
	return e.ask(ctx, http.MethodGet, endpoint, fmt.Sprintf("startIndex=%d&count=%d", start, count), nil)
}
