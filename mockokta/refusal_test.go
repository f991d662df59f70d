package mockokta_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What Okta says it was doing, at each request of a scene. The words are observed for
// creating a user, pushing a profile, creating a group and changing its members; the
// others are inference (see provision/failure.go).
const (
	creatingIt = "Automatic provisioning of user {who} to app Immuta failed: Error while creating user {who}: "
	pushingIt  = "Automatic profile push of user {who} to app Immuta failed: Error while trying to push profile update for {who}: "
	renewingIt = "Automatic password push of user {who} to app Immuta failed: Error while trying to push password for {who}: "
	leavingIt  = "Automatic deprovisioning of user {who} from app Immuta failed: Error while deactivating user {who}: "

	mappingIt     = "Unable to update Group Push mapping target App group {group}: Error while "
	makingGroup   = mappingIt + "creating user group {group}: "
	namingGroup   = mappingIt + "updating user group {group}: "
	fillingGroup  = mappingIt + "updating user group membership for group {group} "
	deletingGroup = "Unable to delete Group Push mapping target App group {group}: Error while deleting user group {group}: "

	connecting = "the SCIM server answered {status}: "
)

var doings = map[string]map[string][]string{
	"connection test": {"aiw": {connecting}, "oin": {connecting}},
	"assign, absent":  {"aiw": {creatingIt, creatingIt}, "oin": {creatingIt, creatingIt}},
	"assign, present and active": {
		"aiw": {creatingIt, creatingIt, creatingIt, pushingIt, pushingIt}, "oin": {creatingIt, creatingIt, creatingIt},
	},
	"assign, present and inactive": {
		"aiw": {creatingIt, creatingIt, creatingIt, pushingIt, pushingIt}, "oin": {creatingIt, creatingIt, creatingIt, creatingIt},
	},
	"push a profile":          {"aiw": {pushingIt, pushingIt}, "oin": {pushingIt, pushingIt}},
	"push a profile by PATCH": {"oin": {pushingIt}},
	"set a password":          {"aiw": {renewingIt, renewingIt}, "oin": {renewingIt}},
	"unassign":                {"aiw": {leavingIt, leavingIt}, "oin": {leavingIt}},
	"reassign": {
		"aiw": {creatingIt, creatingIt, creatingIt, pushingIt, pushingIt}, "oin": {creatingIt, creatingIt, creatingIt, creatingIt},
	},
	"push a group, absent": {
		"aiw": {makingGroup, makingGroup, makingGroup, makingGroup}, "oin": {makingGroup, makingGroup, namingGroup, fillingGroup},
	},
	"push a group, present": {"aiw": {makingGroup, fillingGroup, fillingGroup}, "oin": {makingGroup, namingGroup, fillingGroup}},
	"link a group":          {"aiw": {fillingGroup, fillingGroup}, "oin": {namingGroup, fillingGroup}},
	"change members":        {"aiw": {fillingGroup, fillingGroup}, "oin": {namingGroup, fillingGroup}},
	"rename a group":        {"aiw": {namingGroup, namingGroup}, "oin": {namingGroup}},
	"push a group now":      {"aiw": {fillingGroup, fillingGroup}, "oin": {fillingGroup}},
	"delete a group":        {"aiw": {deletingGroup}, "oin": {deletingGroup}},
}

// Whichever request a target refuses, and however: Okta stops, and says in a task
// what it was doing, the reason phrase, and the target's words.
func TestARefusalIsTheEnd(t *testing.T) {
	for _, no := range []struct {
		status int
		page   bool // the words are a page
		reason string
		goesOn []kind // where it is no refusal
	}{
		{status: 400, reason: "Bad Request"},
		{status: 401, reason: "Unauthorized"},
		{status: 403, reason: "Forbidden"},
		// A SCIM error of 404 says that nobody was found (documented), and whatever
		// says 404 that nothing is left to delete (inference).
		{status: 404, reason: "Not Found", goesOn: []kind{none, find, noneG, findG, deleteG}},
		{status: 404, reason: "Not Found", page: true, goesOn: []kind{deleteG}},
		{status: 405, reason: "Method Not Allowed"},
		{status: 409, reason: "Conflict"},
		{status: 422, reason: "Unprocessable Entity"},
		{status: 500, reason: "Internal Server Error"},
		{status: 501, reason: "Not Implemented"},
		{status: 502, reason: "Bad Gateway", page: true},
		{status: 503, reason: "Service Unavailable"},
	} {
		for _, dialect := range []string{"aiw", "oin"} {
			t.Run(fmt.Sprint(no.status, " ", no.page, " ", dialect), func(t *testing.T) {
				t.Parallel()
				believed := open(t, dialect, false)
				words := "not today"
				refuses := &lie{tell: func(*shelf, kind, reply) reply {
					return said(no.status, map[string]any{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": fmt.Sprint(no.status), "detail": words})
				}, instead: true}
				if no.page {
					words = "Invalid JSON: Unexpected character ('<' (code 60)): expected a valid value; line: 1, column: 1"
					refuses.tell = func(*shelf, kind, reply) reply {
						return reply{status: no.status, header: http.Header{"Content-Type": {"text/html"}}, body: []byte("<h1>Sorry</h1>")}
					}
				}
				for _, s := range scenes {
					h := believed
					if knobs, other := turned[s.name]; other {
						h = openWith(t, knobs, dialect, false)
					}
					doing := doings[s.name][dialect]
					require.Len(t, doing, len(s.asks(dialect)), s.name)
					for at, k := range s.asks(dialect) {
						what := fmt.Sprintf("%s, request %d, %s", s.name, at+1, k)
						d := h.play(t, s, refuses, at+1)
						if slices.Contains(no.goesOn, k) {
							made := k == none || k == noneG || k == deleteG
							require.Equal(t, made, len(d.trouble()) == 0, what)
							if !made { // what was not found, and is there, is made anew
								require.Contains(t, d.trouble()[0], "Conflict. Errors reported by remote server: taken", what)
							}
							continue
						}
						require.Len(t, h.shelf.heard, at+1, "nothing is said after %s", what)
						cause := no.reason + ". Errors reported by remote server: " + words
						if k == test && (no.status == 401 || no.status == 403) {
							cause = "Error authenticating: " + words // observed: snipe-it issue 13901
						}
						group := d.groupName()
						if s.name == "rename a group" {
							group += " EMEA"
						}
						want := strings.NewReplacer("{who}", d.login(), "{group}", group, "{status}", fmt.Sprint(no.status)).Replace(doing[at]) + cause
						require.Len(t, d.trouble(), 1, what)
						require.Contains(t, d.trouble()[0], want, what)
						require.True(t, k == test || d.trouble()[0] == want, what)
						d.requireError(what)
					}
				}
			})
		}
	}
}
