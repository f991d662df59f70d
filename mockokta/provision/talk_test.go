package provision_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

const (
	noMatch   = `{"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`
	anActive  = `{"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[` + anaThere + `]}`
	anaThere  = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"u-1","userName":"ana.ruiz@example.test","active":true}`
	inactive  = `{"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[{"schemas":["S"],"id":"u-1","active":false}]}`
	aGroup    = `{"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[{"id":"g-42","displayName":"Analysts"}]}`
	groupMade = `{"schemas":["S"],"id":"g-42","displayName":"Analysts","members":[]}`
)

func answer(status int, body string) scim.Answer {
	return scim.Answer{Status: status, Body: []byte(body)}
}

// hold plays a dialogue with the answers, in their order, and returns what was
// said as "METHOD path" and how it ended.
func hold(t require.TestingT, d provision.Dialogue, answers ...scim.Answer) ([]string, provision.End) {
	said := []string{}
	for d.Hear != nil {
		said = append(said, d.Say.Method+" "+d.Say.Path)
		require.NotEmpty(t, answers, "no answer is left for %v", said)
		d, answers = d.Hear(answers[0]), answers[1:]
	}
	require.Empty(t, answers, "the dialogue ended early: %v", said)
	return said, d.End
}

func TestWhatFails(t *testing.T) {
	const (
		provisioning = "Automatic provisioning of user ana.ruiz@example.test to app Okapi failed: Error while creating user ana.ruiz@example.test: "
		push         = "Automatic profile push of user ana.ruiz@example.test to app Okapi failed: Error while trying to push profile update for ana.ruiz@example.test: "
		leaving      = "Automatic deprovisioning of user ana.ruiz@example.test from app Okapi failed: Error while deactivating user ana.ruiz@example.test: "
		mapping      = "Unable to update Group Push mapping target App group Analysts: "
		remote       = "Errors reported by remote server: "
		detail       = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"taken","status":"409"}`
	)
	type answers = []scim.Answer
	person, group := provision.Facts{ID: "u-1"}, provision.Facts{ID: "g-42", Members: []scim.Member{memberAna}, Joined: []scim.Member{memberAna}}
	for name, tt := range map[string]struct {
		dialect provision.Dialect
		op      provision.Op
		facts   provision.Facts
		answers answers
		said    []string
		want    string
	}{
		"a lookup that is refused makes nothing": {
			provision.AIW,
			provision.EnsureUser{},
			provision.Facts{},
			answers{answer(401, `{"detail":"who are you"}`)},
			[]string{"GET /Users"},
			provisioning + "Unauthorized. " + remote + "who are you",
		},
		"a lookup with strings for numbers makes nothing": {
			provision.OIN,
			provision.EnsureUser{},
			provision.Facts{},
			answers{answer(200, `{"totalResults":"0","startIndex":"1","itemsPerPage":"0","Resources":[]}`)},
			[]string{"GET /Users"},
			provisioning + "the list's totalResults is not an integer",
		},
		"an account without schemas is not linked": {
			provision.AIW,
			provision.EnsureUser{},
			provision.Facts{},
			answers{answer(200, `{"totalResults":1,"Resources":[{"id":"u-1"}]}`)},
			[]string{"GET /Users"},
			provisioning + "No schema's defined in scim user",
		},
		"a conflict is not turned into a lookup": {
			provision.OIN,
			provision.EnsureUser{},
			provision.Facts{},
			answers{answer(200, noMatch), answer(409, detail)},
			[]string{"GET /Users", "POST /Users"},
			provisioning + "Conflict. " + remote + "taken",
		},
		"an account without a body is an empty user": {
			provision.AIW,
			provision.EnsureUser{},
			provision.Facts{},
			answers{answer(200, noMatch), answer(201, "")},
			[]string{"GET /Users", "POST /Users"},
			provisioning + "returned empty user",
		},
		"a PATCH that is not implemented is not followed by a PUT": {
			provision.OIN,
			provision.EnsureUser{},
			provision.Facts{},
			answers{answer(200, inactive), answer(501, "Not implemented")},
			[]string{"GET /Users", "PATCH /Users/u-1"},
			provisioning + "Not Implemented. " + remote + "Invalid JSON: Unrecognized token 'Not': was expecting ('true', 'false' or 'null'); line: 1, column: 4",
		},
		"a link that is refused links nobody": {
			provision.AIW,
			provision.EnsureUser{},
			provision.Facts{},
			answers{answer(200, anActive), answer(200, anaThere), answer(400, "")},
			[]string{"GET /Users", "GET /Users/u-1", "PUT /Users/u-1"},
			provisioning + "Bad Request. " + remote + "null",
		},
		"an account that is found and then gone links nobody": {
			provision.AIW,
			provision.EnsureUser{},
			provision.Facts{},
			answers{answer(200, anActive), answer(404, "")},
			[]string{"GET /Users", "GET /Users/u-1"},
			provisioning + "Not Found. " + remote + "null",
		},
		"an account that is gone is not made again by a profile push": {
			provision.OIN,
			provision.UpdateUser{},
			person,
			answers{answer(404, detail)},
			[]string{"GET /Users/u-1"},
			push + "Not Found. " + remote + "taken",
		},
		"a profile that is refused": {
			provision.AIW,
			provision.UpdateUser{},
			person,
			answers{answer(200, anaThere), answer(500, detail)},
			[]string{"GET /Users/u-1", "PUT /Users/u-1"},
			push + "Internal Server Error. " + remote + "taken",
		},
		"a deactivation that is not allowed is not followed by a PUT": {
			provision.OIN,
			provision.DisableUser{},
			person,
			answers{answer(405, "")},
			[]string{"PATCH /Users/u-1"},
			leaving + "Method Not Allowed. " + remote + "null",
		},
		"an account that cannot be read is not deactivated": {
			provision.AIW,
			provision.DisableUser{},
			person,
			answers{answer(503, "<html>")},
			[]string{"GET /Users/u-1"},
			leaving + "Service Unavailable. " + remote + "Invalid JSON: Unexpected character ('<' (code 60)): expected a valid value; line: 1, column: 1",
		},
		"a group that cannot be made": {
			provision.AIW,
			provision.EnsureGroup{},
			provision.Facts{},
			answers{answer(200, noMatch), answer(409, detail)},
			[]string{"GET /Groups", "POST /Groups"},
			mapping + "Error while creating user group Analysts: Conflict. " + remote + "taken",
		},
		"a group without an id": {
			provision.OIN,
			provision.EnsureGroup{},
			provision.Facts{},
			answers{answer(200, noMatch), answer(201, "{}")},
			[]string{"GET /Groups", "POST /Groups"},
			mapping + "Error while creating user group Analysts: the resource in the answer has no id",
		},
		"members that are refused": {
			provision.OIN,
			provision.SyncMembers{},
			group,
			answers{answer(200, ""), answer(501, detail)},
			[]string{"PATCH /Groups/g-42", "PATCH /Groups/g-42"},
			mapping + "Error while updating user group membership for group Analysts Not Implemented. " + remote + "taken",
		},
		"a name that is refused keeps the members back": {
			provision.OIN,
			provision.SyncMembers{},
			group,
			answers{answer(400, detail)},
			[]string{"PATCH /Groups/g-42"},
			mapping + "Error while updating user group Analysts: Bad Request. " + remote + "taken",
		},
		"a group that is gone is not made again": {
			provision.AIW,
			provision.SyncMembers{},
			group,
			answers{answer(404, detail)},
			[]string{"GET /Groups/g-42"},
			mapping + "Error while updating user group membership for group Analysts Not Found. " + remote + "taken",
		},
		"a group that cannot be deleted": {
			provision.AIW,
			provision.RemoveGroup{},
			group,
			answers{answer(403, detail)},
			[]string{"DELETE /Groups/g-42"},
			"Unable to delete Group Push mapping target App group Analysts: Error while deleting user group Analysts: Forbidden. " + remote + "taken",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tt.facts.Dialect, tt.facts.App, tt.facts.User, tt.facts.GroupName = tt.dialect, "Okapi", ana, "Analysts"
			said, end := hold(t, provision.Talk(tt.op, tt.facts), tt.answers...)
			require.Equal(t, tt.said, said)
			require.EqualError(t, end.Err, tt.want)
			end.Err = nil
			require.Equal(t, provision.End{}, end, "Okta learns nothing from what failed")
		})
	}
}

func TestAnErrorKeepsItsStatus(t *testing.T) {
	_, end := hold(t, provision.Talk(provision.RemoveGroup{}, provision.Facts{ID: "g-42"}), answer(403, ""))
	var refused *scim.Error
	require.True(t, errors.As(end.Err, &refused))
	require.Equal(t, 403, refused.Status)
}

func TestWithoutALabelTheApplicationIsNotNamed(t *testing.T) {
	_, end := hold(t, provision.Talk(provision.EnsureUser{}, provision.Facts{User: ana}), answer(500, ""))
	require.ErrorContains(t, end.Err, "Automatic provisioning of user ana.ruiz@example.test failed: ")
}

func TestWhatIsTolerated(t *testing.T) {
	type answers = []scim.Answer
	person, group := provision.Facts{ID: "u-1"}, provision.Facts{ID: "g-42", Members: []scim.Member{memberAna}}
	made := provision.End{ID: "g-42"}
	for name, tt := range map[string]struct {
		dialect provision.Dialect
		op      provision.Op
		facts   provision.Facts
		answers answers
		end     provision.End
	}{
		"404 to a lookup is no match":         {provision.AIW, provision.EnsureUser{}, provision.Facts{}, answers{answer(404, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"}`), answer(201, anaThere)}, provision.End{ID: "u-1"}},
		"200 to POST":                         {provision.AIW, provision.EnsureUser{}, provision.Facts{}, answers{answer(200, noMatch), answer(200, anaThere)}, provision.End{ID: "u-1"}},
		"204 to PUT":                          {provision.OIN, provision.UpdateUser{}, person, answers{answer(200, anaThere), answer(204, "")}, provision.End{ID: "u-1"}},
		"204 to PUT of a deactivation":        {provision.AIW, provision.DisableUser{}, person, answers{answer(200, anaThere), answer(204, "")}, provision.End{Gone: true}},
		"200 to PATCH":                        {provision.OIN, provision.DisableUser{}, person, answers{answer(200, anaThere)}, provision.End{Gone: true}},
		"204 to PUT of a group":               {provision.AIW, provision.EnsureGroup{}, group, answers{answer(200, groupMade), answer(204, "")}, made},
		"a group that was deleted already":    {provision.OIN, provision.RemoveGroup{}, group, answers{answer(404, "")}, provision.End{Gone: true}},
		"200 to DELETE":                       {provision.AIW, provision.RemoveGroup{}, group, answers{answer(200, "{}")}, provision.End{Gone: true}},
		"a group without schemas in a lookup": {provision.AIW, provision.EnsureGroup{}, provision.Facts{Members: group.Members}, answers{answer(200, aGroup), answer(200, `{"id":"g-42"}`), answer(200, "")}, made},
	} {
		t.Run(name, func(t *testing.T) {
			tt.facts.Dialect, tt.facts.User, tt.facts.GroupName = tt.dialect, ana, "Analysts"
			_, end := hold(t, provision.Talk(tt.op, tt.facts), tt.answers...)
			require.Equal(t, tt.end, end)
		})
	}
}

func TestWhatIsNotSaid(t *testing.T) {
	known := provision.Facts{ID: "g-42", Members: []scim.Member{memberAna}}
	for name, tt := range map[string]struct {
		op    provision.Op
		facts provision.Facts
		end   provision.End
	}{
		"no profile of somebody unknown":            {provision.UpdateUser{}, provision.Facts{}, provision.End{}},
		"no deactivation of somebody unknown":       {provision.DisableUser{}, provision.Facts{}, provision.End{}},
		"no deletion of a group that is unknown":    {provision.RemoveGroup{}, provision.Facts{}, provision.End{Gone: true}},
		"no change of members that cannot be named": {provision.SyncMembers{}, known, provision.End{}},
		"nothing at all about nothing":              {nil, known, provision.End{}},
	} {
		for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
			t.Run(name+" "+string(dialect), func(t *testing.T) {
				tt.facts.Dialect = dialect
				said, end := hold(t, provision.Talk(tt.op, tt.facts))
				require.Empty(t, said)
				require.Equal(t, tt.end, end)
			})
		}
	}
}

func TestAGroupOktaHasNoIDForIsLookedUp(t *testing.T) {
	for _, op := range []provision.Op{provision.EnsureGroup{}, provision.SyncMembers{}, provision.RenameGroup{}} {
		for _, dialect := range []provision.Dialect{provision.AIW, provision.OIN} {
			d := provision.Talk(op, provision.Facts{Dialect: dialect, GroupName: "Analysts"})
			require.Equal(t, scim.Accent{}.FindGroup("Analysts"), d.Say)
		}
	}
}

func TestPutMembers(t *testing.T) {
	type members = []scim.Member
	const listed = `{"id":"g-42","members":[{"value":"c0ffee00-0009","display":"di.vance@example.test"},{"value":"c0ffee00-0777"}]}`
	own := members{memberAna, memberBo}
	for name, tt := range map[string]struct {
		knob         provision.PutMembers
		op           provision.Op
		joined, left members
		want         []string // nil: nothing is said
	}{
		"merge applies what is named":        {provision.PutMerge, provision.SyncMembers{}, members{memberAna}, members{memberDi}, []string{"c0ffee00-0777", "c0ffee00-0001"}},
		"merge doubles nobody":               {provision.PutMerge, provision.SyncMembers{}, members{memberDi}, nil, []string{"c0ffee00-0009", "c0ffee00-0777"}},
		"merge keeps who left and came back": {provision.PutMerge, provision.SyncMembers{}, members{memberDi}, members{memberDi}, []string{"c0ffee00-0777", "c0ffee00-0009"}},
		"merge is the default":               {"", provision.SyncMembers{}, members{memberAna}, members{memberDi}, []string{"c0ffee00-0777", "c0ffee00-0001"}},
		"merge without a name says nothing":  {provision.PutMerge, provision.SyncMembers{}, nil, nil, nil},
		"merge keeps the list on a rename":   {provision.PutMerge, provision.RenameGroup{}, nil, nil, []string{"c0ffee00-0009", "c0ffee00-0777"}},
		"merge leaves a push now alone":      {provision.PutMerge, provision.EnsureGroup{}, nil, nil, []string{"c0ffee00-0001", "c0ffee00-0002"}},
		"delta sends the own list":           {provision.PutDelta, provision.SyncMembers{}, members{memberAna}, nil, []string{"c0ffee00-0001", "c0ffee00-0002"}},
		"delta without a name says nothing":  {provision.PutDelta, provision.SyncMembers{}, nil, nil, nil},
		"always sends the own list":          {provision.PutAlways, provision.SyncMembers{}, nil, members{memberDi}, []string{"c0ffee00-0001", "c0ffee00-0002"}},
		"always does so without a name":      {provision.PutAlways, provision.SyncMembers{}, nil, nil, []string{"c0ffee00-0001", "c0ffee00-0002"}},
		"always sends it on a rename too":    {provision.PutAlways, provision.RenameGroup{}, nil, nil, []string{"c0ffee00-0001", "c0ffee00-0002"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := provision.Talk(tt.op, provision.Facts{
				Dialect: provision.AIW, Knobs: provision.Knobs{PutMembers: tt.knob},
				ID: "g-42", GroupName: "Analysts", Members: own, Joined: tt.joined, Left: tt.left,
			})
			if tt.want == nil {
				hold(t, d)
				return
			}
			put := d.Hear(answer(200, listed))
			var sent []string
			group, err := scim.ReadGroup(scim.Answer{Status: 200, Body: put.Say.Body})
			require.NoError(t, err)
			list, _ := group.Members()
			for _, m := range list {
				sent = append(sent, m.Value)
			}
			require.Equal(t, tt.want, sent)
			require.Equal(t, provision.End{ID: "g-42"}, put.Hear(answer(200, "")).End)
		})
	}
}

// However many members and however small the PATCH, the target ends with exactly
// Okta's list, and no PATCH carries more than it may.
func TestReplacingInBatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 4).Draw(t, "batch")
		var all []scim.Member
		var want []string
		for _, id := range rapid.SliceOfDistinct(rapid.StringMatching("[a-z]{1,3}"), rapid.ID).Draw(t, "members") {
			all, want = append(all, scim.Member{Value: id, Display: id}), append(want, id)
		}
		d := provision.Talk(provision.EnsureGroup{}, provision.Facts{
			Dialect: provision.OIN, ID: "g-42", Members: all, Knobs: provision.Knobs{PatchBatch: size},
		})
		var heard []string
		for d.Hear != nil {
			ids := added(t, d.Say.Body)
			require.LessOrEqual(t, len(ids), size)
			heard = append(heard, ids...)
			d = d.Hear(answer(204, ""))
		}
		if diff := cmp.Diff(want, heard); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Whoever comes and goes, each is named once, those who left first, and no PATCH
// carries more than it may.
func TestChangingInBatches(t *testing.T) {
	members := rapid.Map(rapid.SliceOfDistinct(rapid.StringMatching("[a-z]{1,3}"), rapid.ID), func(ids []string) []scim.Member {
		all := []scim.Member{}
		for _, id := range ids {
			all = append(all, scim.Member{Value: id})
		}
		return all
	})
	rapid.Check(t, func(t *rapid.T) {
		f := provision.Facts{
			Dialect: provision.OIN, ID: "g-42", Knobs: provision.Knobs{PatchBatch: rapid.IntRange(1, 4).Draw(t, "batch")},
			Joined: members.Draw(t, "joined"), Left: members.Draw(t, "left"),
		}
		joined, left := []scim.Member{}, []scim.Member{}
		d := provision.Talk(provision.SyncMembers{}, f)
		for d.Hear != nil {
			in, out := added(t, d.Say.Body), removed(d.Say.Body)
			require.LessOrEqual(t, len(in)+len(out), f.Knobs.PatchBatch)
			for _, id := range out {
				require.Empty(t, joined, "somebody joined before somebody left")
				left = append(left, scim.Member{Value: id})
			}
			for _, id := range in {
				joined = append(joined, scim.Member{Value: id})
			}
			d = d.Hear(answer(204, ""))
		}
		require.Equal(t, f.Joined, joined)
		require.Equal(t, f.Left, left)
	})
}

func removed(body []byte) []string {
	var ids []string
	for _, found := range regexp.MustCompile(`members\[value eq \\"(.*?)\\"\]`).FindAllSubmatch(body, -1) {
		ids = append(ids, string(found[1]))
	}
	return ids
}

// added are the ids of the members that a PATCH brings.
func added(t require.TestingT, body []byte) []string {
	var patch struct {
		Operations []struct {
			Path  string
			Value json.RawMessage
		}
	}
	require.NoError(t, json.Unmarshal(body, &patch))
	var ids []string
	for _, op := range patch.Operations {
		var members []struct{ Value string }
		if op.Path != "members" {
			continue // the name, or a removal
		}
		require.NoError(t, json.Unmarshal(op.Value, &members))
		for _, m := range members {
			ids = append(ids, m.Value)
		}
	}
	return ids
}

func TestConnectionFailures(t *testing.T) {
	for name, tt := range map[string]struct {
		answer scim.Answer
		want   string
	}{
		"bad credentials":               {answer(401, `{"detail":"bad token"}`), "Error authenticating: bad token"},
		"bad credentials, in silence":   {answer(403, ""), "Error authenticating: null"},
		"a base URL that leads nowhere": {answer(404, "404 page not found"), "Not Found. Errors reported by remote server: Invalid JSON: something follows the JSON value"},
		"a page in place of a list":     {answer(200, "<html>"), "Invalid JSON: Unexpected character ('<' (code 60)): expected a valid value; line: 1, column: 1"},
		"an object that is no list":     {answer(200, "{}"), "the list's totalResults is not an integer"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, importGroups := range []bool{false, true} {
				said, end := hold(t, provision.TestConnection(importGroups), tt.answer)
				require.Equal(t, []string{"GET /Users"}, said)
				require.EqualError(t, end.Err, tt.want)
			}
		})
	}
}
