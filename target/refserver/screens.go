package refserver

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/scimproof/scimproof/target/refserver/resource"
	"github.com/scimproof/scimproof/target/refserver/screens"
)

// screenRoutes are the addresses of the web page, below /admin, where the first screen
// is. Each shows what the administration API answers, and asks for the same credential.
var screenRoutes = []struct {
	route
	show func(*visit) (screens.Page, error)
}{
	{route{path: "/iams/{iam}"}, (*visit).accountsScreen},
	{route{path: "/iams/{iam}/groups"}, (*visit).groupsScreen},
	{route{path: "/iams/{iam}/usernames"}, (*visit).usernamesScreen},
	{route{path: "/iams/{iam}/account"}, (*visit).accountScreen},
}

// serveScreens answers a browser. The administration credential is the password of
// whatever user name it is asked for, or a bearer token.
func (s *Server) serveScreens(w http.ResponseWriter, r *http.Request, path []string) {
	for name, value := range map[string]string{
		"Content-Security-Policy": screens.Policy(),
		"Content-Type":            "text/html; charset=utf-8",
		"X-Content-Type-Options":  "nosniff",
		"X-Frame-Options":         "DENY",
		"Referrer-Policy":         "no-referrer",
		"Cache-Control":           "no-store", // people are on it
	} {
		w.Header().Set(name, value)
	}
	a := &visit{Server: s, Request: r, status: http.StatusOK}
	page, err := a.screen(w.Header(), path)
	if err != nil {
		p := asProblem(err)
		a.status, page = p.status, screens.Missing(p.detail)
	}
	text, err := page.HTML()
	if err != nil {
		a.status, text = http.StatusInternalServerError, nil
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(a.status)
	w.Write(text) // whoever has hung up will not learn of it
}

func (a *visit) screen(header http.Header, path []string) (screens.Page, error) {
	if !a.administrator() {
		header.Set("WWW-Authenticate", `Basic realm="the provider's screens", charset="UTF-8"`)
		return screens.Page{}, problemf(http.StatusUnauthorized, "", "the administration credential is wanted, as the password of any user name")
	}
	if a.Method != http.MethodGet && a.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		return screens.Page{}, problemf(http.StatusMethodNotAllowed, "", "the screens can only be read; what changes things is the administration API at /admin/v1")
	}
	if len(path) == 0 {
		return a.home()
	}
	for _, r := range screenRoutes {
		if at, ok := r.matches(path); ok {
			a.at = at
			return r.show(a)
		}
	}
	return screens.Page{}, notFound("there is no screen at this address")
}

func (a *visit) administrator() bool {
	if a.AdminToken == "" {
		return false
	}
	if _, password, ok := a.BasicAuth(); ok {
		a.Request = a.Clone(a.Context())
		a.Header.Set("Authorization", "Bearer "+password)
	}
	return authorized(a.Request, sha256.Sum256([]byte(a.AdminToken)))
}

func (a *visit) home() (screens.Page, error) {
	instance, err := told[struct {
		Version string `json:"version"`
	}](a.readInstance)
	if err != nil {
		return screens.Page{}, err
	}
	iams, err := told[screens.List[screens.IAM]](a.listIAMs)
	return screens.Home(screens.Instance{Version: instance.Version, IAMs: iams.Hits}), err
}

func (a *visit) accountsScreen() (screens.Page, error) {
	m, accounts, err := some[screens.Account](a, a.listAccounts)
	return screens.Accounts(m, accounts), err
}

func (a *visit) groupsScreen() (screens.Page, error) {
	m, groups, err := some[screens.Group](a, a.listGroups)
	return screens.Groups(m, groups), err
}

// some is an IAM and one screen of a list of what it holds.
func some[T any](a *visit, list func() (*resource.Object, error)) (m screens.IAM, l screens.List[T], err error) {
	if m, err = told[screens.IAM](a.readIAM); err != nil {
		return m, l, err
	}
	from, err := a.part()
	if err != nil {
		return m, l, err
	}
	l, err = told[screens.List[T]](list)
	l.From = from
	return m, l, err
}

func (a *visit) usernamesScreen() (screens.Page, error) {
	m, err := told[screens.IAM](a.readIAM)
	if err != nil {
		return screens.Page{}, err
	}
	from, err := a.number("from", 0)
	if err != nil {
		return screens.Page{}, err
	}
	all, err := told[screens.List[screens.Username]](a.listUsernames)
	return screens.Usernames(m, all.Hits, from), err
}

// accountScreen is of the account that the query names.
func (a *visit) accountScreen() (screens.Page, error) {
	a.at["userid"] = a.URL.Query().Get("userid")
	m, err := told[screens.IAM](a.readIAM)
	if err != nil {
		return screens.Page{}, err
	}
	account, err := told[screens.Account](a.readAccount)
	return screens.One(m, account), err
}

// part has the administration API asked for one screen of a list, from the row on
// that the browser asks for.
func (a *visit) part() (from int, err error) {
	if from, err = a.number("from", 0); err != nil {
		return 0, err
	}
	a.Request = a.Clone(a.Context())
	a.URL.RawQuery = url.Values{"offset": {strconv.Itoa(from)}, "size": {strconv.Itoa(screens.Size)}}.Encode()
	return from, nil
}

// told is what the administration API says, read as its clients read it.
func told[T any](ask func() (*resource.Object, error)) (shown T, err error) {
	said, err := ask()
	if err != nil {
		return shown, err
	}
	return shown, json.Unmarshal(resource.AppendJSON(nil, said), &shown)
}
