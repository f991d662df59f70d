package provision_test

import (
	"context"
	"net/http"
	"regexp"
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

// A target that says nothing for a minute, at whichever request: a task that says
// what Okta was about, and nothing further is said about whom it was about.
func TestAMinuteWithoutAByte(t *testing.T) {
	type act = func(office, directory.PersonID)
	both := func(n int) map[provision.Dialect]int {
		return map[provision.Dialect]int{provision.AIW: n, provision.OIN: n}
	}
	assign := func(o office, ana directory.PersonID) { o.assign(ana) }
	promote := func(o office, ana directory.PersonID) {
		o.made(o.UpdateProfile(ana, directory.Profile{"title": "Analyst"}))
	}
	analysts := func(o office) (g directory.GroupID, m directory.MappingID) {
		mappings, err := o.Mappings(o.app, directory.Part{})
		require.NoError(t, err)
		return mappings[0].Group, mappings[0].ID
	}
	push := func(o office, ana directory.PersonID) {
		g := o.group("Analysts")
		o.made(o.AddMembers(g, ana))
		o.push(g, "Analysts")
	}
	pushed := func(o office, ana directory.PersonID) { o.assign(ana); o.settle(); push(o, ana) }
	for name, tt := range map[string]struct {
		before, act act
		knobs       provision.Knobs
		requests    map[provision.Dialect]int
		was         string
	}{
		"assign": {
			nil, assign,
			provision.Knobs{},
			both(2),
			"Automatic provisioning of user ana@example.test to app Immuta failed: Error while creating user ana@example.test: ",
		},
		"push a profile": {
			assign, promote,
			provision.Knobs{},
			both(2),
			"Automatic profile push of user ana@example.test to app Immuta failed: Error while trying to push profile update for ana@example.test: ",
		},
		"push a profile by PATCH": {
			assign, promote,
			provision.Knobs{PatchProfile: true},
			map[provision.Dialect]int{provision.OIN: 1},
			"Automatic profile push of user ana@example.test to app Immuta failed: Error while trying to push profile update for ana@example.test: ",
		},
		"set a password": {
			func(o office, ana directory.PersonID) { o.syncsPasswords(); o.assign(ana) },
			func(o office, ana directory.PersonID) { o.made(o.SetPassword(ana, "an0ther")) },
			provision.Knobs{},
			map[provision.Dialect]int{provision.AIW: 2, provision.OIN: 1},
			"Automatic password push of user ana@example.test to app Immuta failed: Error while trying to push password for ana@example.test: ",
		},
		"unassign": {
			assign, func(o office, ana directory.PersonID) { o.did(o.Unassign(o.app, ana)) },
			provision.Knobs{},
			map[provision.Dialect]int{provision.AIW: 2, provision.OIN: 1},
			"Automatic deprovisioning of user ana@example.test from app Immuta failed: Error while deactivating user ana@example.test: ",
		},
		"reassign": {
			func(o office, ana directory.PersonID) { o.assign(ana); o.settle(); o.did(o.Unassign(o.app, ana)) }, assign,
			provision.Knobs{},
			map[provision.Dialect]int{provision.AIW: 5, provision.OIN: 4},
			"Automatic provisioning of user ana@example.test to app Immuta failed: Error while creating user ana@example.test: ",
		},
		"push a group": {
			assign, push,
			provision.Knobs{},
			both(4),
			"Unable to update Group Push mapping target App group Analysts: Error while creating user group Analysts: ",
		},
		"change members": {
			pushed, func(o office, ana directory.PersonID) { g, _ := analysts(o); o.made(o.RemoveMembers(g, ana)) },
			provision.Knobs{},
			both(2),
			"Unable to update Group Push mapping target App group Analysts: Error while updating user group membership for group Analysts ",
		},
		"rename a group": {
			pushed, func(o office, _ directory.PersonID) { g, _ := analysts(o); o.made(o.RenameGroup(g, "Stewards", "")) },
			provision.Knobs{},
			map[provision.Dialect]int{provision.AIW: 2, provision.OIN: 1},
			"Unable to update Group Push mapping target App group Stewards: Error while updating user group Stewards: ",
		},
		"delete a group": {
			pushed, func(o office, _ directory.PersonID) {
				_, m := analysts(o)
				o.did(o.SetPush(o.app, m, false))
				o.did(o.Unlink(o.app, m, true))
			},
			provision.Knobs{},
			both(1),
			"Unable to delete Group Push mapping target App group Analysts: Error while deleting user group Analysts: ",
		},
	} {
		for dialect, requests := range tt.requests {
			for at := 1; at <= requests; at++ {
				t.Run(name+" "+string(dialect), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						target := &hushed{fake: newFake()}
						o := open(t, dialect, provision.Config{Target: target, Knobs: tt.knobs})
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
						require.Regexp(t, "^"+regexp.QuoteMeta(tt.was)+"no whole answer: [A-Z]+ /.*: no byte for 60s$", o.Tasks()[0].Error)
					})
				})
			}
		}
	}
}
