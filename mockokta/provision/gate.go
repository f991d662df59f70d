package provision

import (
	"net/http"
	"strings"

	"github.com/scimproof/scimproof/mockokta/scim"
)

// A gate decides which requests may be in flight together. Whatever touches a
// group, and a list read without a filter, goes alone: what such an answer
// holds would otherwise depend on which request really reached the target
// first. Who comes while somebody waits, waits behind them.
type gate struct {
	inside int
	alone  bool // who is inside is alone there
	queue  []*talk
}

// enter lets a talk's request in, or keeps it waiting.
func (g *gate) enter(t *talk) bool {
	if len(g.queue) > 0 || !g.admits(t) {
		g.queue = append(g.queue, t)
		return false
	}
	g.admit(t)
	return true
}

// leave returns who may go in now that one request has been answered. They
// are inside already.
func (g *gate) leave() []*talk {
	g.inside--
	g.alone = false
	var in []*talk
	for len(g.queue) > 0 && g.admits(g.queue[0]) {
		g.admit(g.queue[0])
		in = append(in, g.queue[0])
		g.queue = g.queue[1:]
	}
	return in
}

func (g *gate) admits(t *talk) bool {
	return g.inside == 0 || !g.alone && !goesAlone(t.dialogue.Say)
}

func (g *gate) admit(t *talk) {
	g.inside++
	g.alone = goesAlone(t.dialogue.Say)
}

func goesAlone(r scim.Request) bool {
	onGroups := r.Path == "/Groups" || strings.HasPrefix(r.Path, "/Groups/")
	wholeList := r.Method == http.MethodGet && r.Path == "/Users" && !strings.Contains(r.RawQuery, "filter=")
	return onGroups || wholeList
}
