package wire

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/scimproof/scimproof/reports/evidence"
)

// The guard decides which writes may go out. It never asks the server whose a
// record is; it remembers for whom each id was learnt, and a server that gives
// wrong answers cannot lead a write to somebody else's record.
//
// An id is learnt for a subject by a create that answered with a new id, or by
// a found resource that bears the subject's name and the run's mark, also one of a
// list that was read about nobody, as an import's is. Pure: no I/O, no clock; not
// safe for concurrent use.
type guard struct {
	mark  string // in lower case
	owned bool
	bound map[record]map[string]string // record → subject's key → the name it then had
	seen  map[record]string            // the name that the server last showed for it
	alien map[record]bool              // once shown under a name without the mark: not ours, whatever is said later
}

// A record is one resource at the target.
type record struct{ kind, id string }

func newGuard(mark string, owned bool) *guard {
	return &guard{
		mark: strings.ToLower(mark), owned: owned,
		bound: map[record]map[string]string{}, seen: map[record]string{}, alien: map[record]bool{},
	}
}

// A call is what the guard needs to know of a request.
type call struct {
	voice  evidence.Voice
	method string
	path   path
	name   string // of the resource in the body: userName or displayName; "" when it has none
	about  Subject
	known  bool // whether the request says whom it is about
}

// A path is a request's place below the base URL.
type path struct {
	raw  string
	kind string // evidence.User, evidence.Group, or "" for anything else
	id   string
	ask  bool // a query by POST (RFC 7644, section 3.4.3)
}

// readPath reads the escaped path below the base URL.
func readPath(escaped string) path {
	p := path{raw: escaped}
	segments := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	if len(segments) == 1 && segments[0] == ".search" {
		p.ask = true
		return p
	}
	kind := kinds[segments[0]]
	switch len(segments) {
	case 1:
		p.kind = kind
	case 2:
		id, err := url.PathUnescape(segments[1])
		if err != nil || id == "" || id == "." || id == ".." {
			return p
		}
		if id == ".search" {
			p.ask = true
			id = ""
		}
		p.kind, p.id = kind, id
	}
	return p
}

var kinds = map[string]string{"Users": evidence.User, "Groups": evidence.Group}

// A Refused is a write that was not sent, since it would have touched what is
// not the subject's.
type Refused struct {
	Voice   evidence.Voice
	Method  string
	Path    string // below the base URL
	Kind    string // evidence.User or evidence.Group; "" for a write to something else
	ID      string // "" for a create
	Name    string // of the record that would have been written, as far as it is known
	Subject string // whom the request was about; "" for nobody
}

func (e *Refused) Error() string {
	switch {
	case e.Kind == "":
		return fmt.Sprintf("%s would now have sent %s %s, a write to neither an account nor a group", speaker(e.Voice), e.Method, e.Path)
	case e.ID == "":
		return fmt.Sprintf("%s would now have created %s %q, whose name lacks this run's mark", speaker(e.Voice), noun(e.Kind), e.Name)
	default:
		return fmt.Sprintf("%s would now have %s %s, which is not %s", speaker(e.Voice), deed(e.Method), e.record(), possessive(e.Subject))
	}
}

func (e *Refused) record() string {
	if e.Name == "" {
		return fmt.Sprintf("the %s with id %s", noun(e.Kind), e.ID)
	}
	return fmt.Sprintf("%s %q (id %s)", noun(e.Kind), e.Name, e.ID)
}

func speaker(v evidence.Voice) string {
	if v == evidence.Okta {
		return "Okta"
	}
	return "the suite"
}

func noun(kind string) string {
	if kind == evidence.User {
		return "account"
	}
	return kind
}

func deed(method string) string {
	if method == http.MethodDelete {
		return "deleted"
	}
	return "overwritten"
}

func possessive(subject string) string {
	if subject == "" {
		return "known to be anybody's of this run"
	}
	return subject + "'s"
}

// errDeletes is a defect of our own, whosever account it would have been.
var errDeletes = errors.New("the harness: the mock Okta was about to delete a user, which Okta never does (Okta SCIM reference)")

// neverSaid returns why Okta would not send a call to any target, or nil
// (documented: Okta SCIM 2.0 reference, Delete Users).
func neverSaid(c call) error {
	users := c.path.raw == "/Users" || strings.HasPrefix(c.path.raw, "/Users/")
	if c.voice == evidence.Okta && c.method == http.MethodDelete && users {
		return errDeletes
	}
	return nil
}

// judge returns why a call must not be sent, or nil.
func (g *guard) judge(c call) *Refused {
	switch c.method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	case http.MethodPost:
		return g.judgePost(c)
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		return g.judgeWrite(c)
	}
	return refuse(c, "", "")
}

func (g *guard) judgePost(c call) *Refused {
	switch {
	case c.path.ask:
		return nil
	case c.path.kind == "" || c.path.id != "":
		return refuse(c, "", "")
	case g.marked(c.name), c.name == "" && g.owned:
		return nil
	}
	return refuse(c, c.path.kind, c.name)
}

func (g *guard) judgeWrite(c call) *Refused {
	if c.path.kind == "" || c.path.id == "" {
		return refuse(c, "", "")
	}
	r := record{c.path.kind, c.path.id}
	if _, ok := g.bound[r][c.about.Key]; ok && c.known {
		return nil
	}
	if c.known && g.listed(r, c.about) {
		return nil
	}
	return refuse(c, c.path.kind, g.seen[r])
}

func refuse(c call, kind, name string) *Refused {
	return &Refused{
		Voice: c.voice, Method: c.method, Path: c.path.raw,
		Kind: kind, ID: c.path.id, Name: name, Subject: c.about.label(),
	}
}

// learn takes in what the server answered to a call with a status of 2xx.
func (g *guard) learn(c call, found []resource) {
	for _, f := range found {
		r := record{f.kind, f.id}
		created := c.method == http.MethodPost && !c.path.ask
		if f.name != "" && !g.marked(f.name) && !g.boundToAnyone(r) {
			g.alien[r] = true
		}
		if c.known && !g.alien[r] && (created && g.isNew(r, c, f) || g.names(f, c.about)) {
			g.bind(r, c.about)
		}
		if f.name != "" {
			g.seen[r] = f.name
		}
	}
}

// isNew: nobody else has the id, and the answer does not speak of another.
func (g *guard) isNew(r record, c call, f resource) bool {
	for key := range g.bound[r] {
		if key != c.about.Key {
			return false
		}
	}
	return f.kind == c.path.kind && (f.name == "" || strings.EqualFold(f.name, c.about.Name))
}

// names: the resource bears the subject's name and the mark.
func (g *guard) names(f resource, s Subject) bool {
	return f.name != "" && strings.EqualFold(f.name, s.Name) && g.marked(f.name)
}

// listed: the record was shown under the subject's name, and is known to be nobody
// else's.
func (g *guard) listed(r record, s Subject) bool {
	return !g.alien[r] && !g.boundToAnyone(r) && g.names(resource{name: g.seen[r]}, s)
}

func (g *guard) bind(r record, s Subject) {
	if g.bound[r] == nil {
		g.bound[r] = map[string]string{}
	}
	g.bound[r][s.Key] = s.Name
}

func (g *guard) boundToAnyone(r record) bool { return len(g.bound[r]) > 0 }

func (g *guard) marked(name string) bool {
	return g.mark != "" && strings.Contains(strings.ToLower(name), g.mark)
}
