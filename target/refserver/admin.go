package refserver

import (
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"

	"github.com/scimproof/scimproof/target/refserver/resource"
)

// adminRoutes are the addresses of the administration API, below /admin/v1: the
// stand-in for the provider's screens, with a credential of its own, which SCIM keys
// do not replace. admin.md shows each with an example. A part in braces is a name
// that the handler looks up.
var adminRoutes = []route{
	{"GET", "/instance", (*visit).readInstance},
	{"PATCH", "/instance", (*visit).alterInstance},
	{"GET", "/drafts", (*visit).listDrafts},
	{"POST", "/drafts", (*visit).openNew},
	{"GET", "/drafts/{draft}", (*visit).readDraft},
	{"PATCH", "/drafts/{draft}", (*visit).alterDraft},
	{"DELETE", "/drafts/{draft}", (*visit).discardDraft},
	{"POST", "/drafts/{draft}/test-connection", (*visit).testConnection},
	{"POST", "/drafts/{draft}/test-user-login", (*visit).testLogin},
	{"POST", "/drafts/{draft}/save", (*visit).saveDraft},
	{"GET", "/iams", (*visit).listIAMs},
	{"POST", "/iams", (*visit).createIAM},
	{"GET", "/iams/{iam}", (*visit).readIAM},
	{"PATCH", "/iams/{iam}", (*visit).alterIAM},
	{"DELETE", "/iams/{iam}", (*visit).removeIAM},
	{"POST", "/iams/{iam}/drafts", (*visit).openEdit},
	{"POST", "/iams/{iam}/force-sync", (*visit).forceSync},
	{"GET", "/iams/{iam}/accounts", (*visit).listAccounts},
	{"POST", "/iams/{iam}/accounts", (*visit).addAccount},
	{"GET", "/iams/{iam}/accounts/{userid}", (*visit).readAccount},
	{"PATCH", "/iams/{iam}/accounts/{userid}", (*visit).editAccount},
	{"GET", "/iams/{iam}/group-list", (*visit).listGroups},
	{"GET", "/iams/{iam}/attributes", (*visit).listAttributes},
	{"GET", "/iams/{iam}/external-usernames", (*visit).listUsernames},
	{"GET", "/iams/{iam}/leftovers", (*visit).listLeftovers},
}

// A route is one address of the administration API and what is done there.
type route struct {
	method, path string
	do           func(*visit) (*resource.Object, error)
}

// A visit is one request of an administrator.
type visit struct {
	*Server
	*http.Request
	at     map[string]string // the names in the path
	status int               // of the answer, where nothing goes wrong
}

// serveAdmin answers the administration API. What is refused has a body with the
// reason under "error".
func (s *Server) serveAdmin(w http.ResponseWriter, r *http.Request, path []string) {
	a := &visit{Server: s, Request: r, status: http.StatusOK}
	body, err := a.answer(w.Header(), path)
	if err != nil {
		p := asProblem(err)
		a.status, body = p.status, object("error", p.detail)
	}
	if body == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Cache-Control", "no-store") // an answer may show a key, this once
	write(w, a.status, adminMedia, body)
}

func (a *visit) answer(header http.Header, path []string) (*resource.Object, error) {
	if a.AdminToken == "" || !authorized(a.Request, sha256.Sum256([]byte(a.AdminToken))) {
		header.Set("WWW-Authenticate", `Bearer realm="admin"`)
		return nil, problemf(http.StatusUnauthorized, "", "the administration API wants its own bearer token")
	}
	var methods []string
	for _, r := range adminRoutes {
		at, ok := r.matches(path)
		if !ok {
			continue
		}
		if r.method == a.Method {
			a.at = at
			return r.do(a)
		}
		methods = append(methods, r.method)
	}
	if methods == nil {
		return nil, notFound("the administration API has nothing at this address")
	}
	slices.Sort(methods)
	header.Set("Allow", strings.Join(methods, ", "))
	return nil, problemf(http.StatusMethodNotAllowed, "", "%s is not possible here", a.Method)
}

// matches says whether a path is the route's, and which names are in it.
func (r route) matches(path []string) (at map[string]string, ok bool) {
	parts := strings.Split(r.path[1:], "/")
	if len(parts) != len(path) {
		return nil, false
	}
	at = map[string]string{}
	for i, part := range parts {
		name, named := strings.CutPrefix(part, "{")
		if named {
			at[strings.TrimSuffix(name, "}")] = path[i]
		} else if part != path[i] {
			return nil, false
		}
	}
	return at, true
}
