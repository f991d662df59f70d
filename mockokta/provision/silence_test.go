package provision_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

// hushed is a target that falls silent at the n-th request it hears.
type hushed struct {
	*fake
	at, heard int
}

func (h *hushed) Call(ctx context.Context, r scim.Request) (scim.Answer, error) {
	if h.heard++; h.heard != h.at {
		return h.fake.Call(ctx, r)
	}
	client := scim.Client{BaseURL: "https://sp.example.test", HTTP: mute{}}
	return client.Call(ctx, r)
}

type mute struct{}

func (mute) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, context.Cause(r.Context())
}

// A target that says nothing for a minute, at whichever request: a task, and nothing
// further is said about whom it was about.
func TestAMinuteWithoutAByte(t *testing.T) {
	type act = func(office, directory.PersonID)
	assign := func(o office, ana directory.PersonID) { o.assign(ana) }
	pushed := func(o office, ana directory.PersonID) {
		g := o.group("Analysts")
		o.made(o.AddMembers(g, ana))
		o.push(g, "Analysts")
	}
	for name, tt := range map[string]struct {
		before, act act
		requests    map[provision.Dialect]int
	}{
		"assign": {nil, assign, map[provision.Dialect]int{provision.AIW: 2, provision.OIN: 2}},
		"push a profile": {assign, func(o office, ana directory.PersonID) {
			o.made(o.UpdateProfile(ana, directory.Profile{"title": "Analyst"}))
		}, map[provision.Dialect]int{provision.AIW: 2, provision.OIN: 2}},
		"unassign": {assign, func(o office, ana directory.PersonID) { o.did(o.Unassign(o.app, ana)) }, map[provision.Dialect]int{provision.AIW: 2, provision.OIN: 1}},
		"reassign": {
			func(o office, ana directory.PersonID) { o.assign(ana); o.settle(); o.did(o.Unassign(o.app, ana)) }, assign,
			map[provision.Dialect]int{provision.AIW: 5, provision.OIN: 4},
		},
		"push a group": {assign, pushed, map[provision.Dialect]int{provision.AIW: 4, provision.OIN: 4}},
	} {
		for dialect, requests := range tt.requests {
			for at := 1; at <= requests; at++ {
				t.Run(name+" "+string(dialect), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						target := &hushed{fake: newFake()}
						o := open(t, dialect, provision.Config{Target: target})
						ana := o.person("ana")
						if tt.before != nil {
							tt.before(o, ana)
							o.settle()
						}
						target.at = target.heard + at
						begin := time.Now()
						tt.act(o, ana)
						o.settle()
						require.Equal(t, target.at, target.heard, "nothing further is said")
						require.Equal(t, time.Minute, time.Since(begin))
						require.Len(t, o.Tasks(), 1)
						require.Regexp(t, "^(Automatic|Unable to update Group Push) .*: no whole answer: [A-Z]+ /.*: no byte for 60s$", o.Tasks()[0].Error)
					})
				})
			}
		}
	}
}
