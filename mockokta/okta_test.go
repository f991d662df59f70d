package mockokta_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/scimproof/scimproof/mockokta"
	"github.com/scimproof/scimproof/mockokta/directory"
	"github.com/scimproof/scimproof/mockokta/management"
	"github.com/scimproof/scimproof/mockokta/provision"
	"github.com/scimproof/scimproof/mockokta/scim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The people of the traces, by the names of their ids in Okta, and the ids that
// the target gives them.
var (
	ana  = someone("ana.ruiz@example.test", "Ana", "Ruiz", "Ana Ruiz")
	anna = someone("anaz@exam.ple", "Anna", "Ruizz", "Anna Ruizz")
	bo   = someone("bo.lind@example.test", "Bo", "Lind", "Bo Lind")
	cy   = someone("cy.moor@example.test", "Cy", "Moor", "Cy Moor")
	di   = someone("di.vance@example.test", "Di", "Vance", "Di Vance")
	ed   = someone("ed.okoro@example.test", "Ed", "Okoro", "Ed Okoro")

	targetIDs = map[string]string{
		"ana.ruiz@example.test": "c0ffee00-0001", "bo.lind@example.test": "c0ffee00-0002", "cy.moor@example.test": "c0ffee00-0003",
		"di.vance@example.test": "c0ffee00-0009", "ed.okoro@example.test": "c0ffee00-0010",
		"lena.alt@exam.ples": "c0ffee00-0000-4000-8000-000000000001",
	}
)

func someone(login, first, last, display string) directory.Profile {
	return directory.Profile{"login": login, "email": login, "firstName": first, "lastName": last, "displayName": display, "locale": "en-US"}
}

// A story is an Okta with a connected application, and a target that answers
// obligingly until a trace begins.
type story struct {
	*management.Client
	t      *testing.T
	ctx    context.Context
	app    directory.AppID
	group  directory.GroupID
	push   directory.MappingID
	people map[string]directory.PersonID

	mu    sync.Mutex
	trace *trace   // nil before it begins
	said  []string // the methods of all requests, in order
}

const apiToken, scimToken = "00-admin", "k3y-of-the-application"

func begin(t *testing.T, dialect, base string, knobs provision.Knobs) *story {
	t.Helper()
	s := &story{t: t, ctx: t.Context(), people: map[string]directory.PersonID{}}
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(s.answer)
	okta, err := mockokta.Start(mockokta.Config{
		Target: target, Knobs: knobs, Token: apiToken,
		NewID: func(prefix string, n int) string {
			if prefix == "00u" && n == 1 {
				return "00u1mockAAAAAAAAAA01"
			}
			if prefix == "00u" && n == 2 {
				return "00u6b26e34U0BfIiG6e8"
			}
			return prefix + strings.Repeat("x", 16) + string(rune('0'+n))
		},
		Password: func(int) string { return "k3Vt9qZx" },
	})
	require.NoError(t, err)
	carrier := &http.Transport{}
	s.Client = &management.Client{URL: okta.URL, Token: okta.Token, HTTP: carrier}
	t.Cleanup(func() {
		carrier.CloseIdleConnections()
		require.NoError(t, okta.Close())
	})
	for _, profile := range []directory.Profile{ana, anna, bo, cy, di, ed} {
		id, err := s.CreateUser(s.ctx, profile)
		s.must(err)
		s.people[profile["login"].(string)] = id
	}
	s.connect(dialect, base)
	return s
}

func (s *story) connect(dialect, base string) {
	s.t.Helper()
	var err error
	s.app, err = s.CreateApp(s.ctx, "Immuta", map[string]string{"aiw": "", "oin": directory.TokenAuth}[dialect])
	s.must(err)
	if dialect == "aiw" {
		s.must(s.EnableSCIM(s.ctx, s.app))
	}
	s.must(s.Connect(s.ctx, s.app, base, scimToken))
	s.must(s.ActivateConnection(s.ctx, s.app))
	s.must(s.SetProvisioning(s.ctx, s.app, true, true, true))
}

func (s *story) must(err error) { s.t.Helper(); require.NoError(s.t, err) }

func (s *story) settle() { s.t.Helper(); s.must(s.Settle(s.ctx)) }

func (s *story) id(p directory.Profile) directory.PersonID { return s.people[p["login"].(string)] }

// assigned people have their accounts already.
func (s *story) assigned(people ...directory.Profile) {
	s.t.Helper()
	for _, p := range people {
		s.must(s.Assign(s.ctx, s.app, s.id(p)))
	}
	s.settle()
}

// grouped makes a group of people.
func (s *story) grouped(name string, people ...directory.Profile) {
	s.t.Helper()
	var err error
	s.group, err = s.CreateGroup(s.ctx, name)
	s.must(err)
	s.must(s.AddMembers(s.ctx, s.group, s.ids(people...)...))
}

func (s *story) ids(people ...directory.Profile) []directory.PersonID {
	var ids []directory.PersonID
	for _, p := range people {
		ids = append(ids, s.id(p))
	}
	return ids
}

func (s *story) pushed(name string, people ...directory.Profile) {
	s.t.Helper()
	s.assigned(people...)
	s.grouped(name, people...)
	s.pushes(name)
	s.settle()
}

func (s *story) pushes(name string) {
	s.t.Helper()
	var err error
	s.push, err = s.PushGroup(s.ctx, s.app, s.group, name)
	s.must(err)
}

// imports reads the target, its groups too.
func (s *story) imports() {
	s.t.Helper()
	s.must(s.SetImportGroups(s.ctx, s.app, true))
	result, err := s.ImportNow(s.ctx, s.app)
	s.must(err)
	require.Empty(s.t, result.Reason)
}

// imported is a group that an import brought, by the target's id.
func (s *story) imported(id string) management.ImportedGroup {
	s.t.Helper()
	all, err := s.ImportedGroups(s.ctx, s.app)
	s.must(err)
	at := slices.IndexFunc(all, func(g management.ImportedGroup) bool { return g.Target == id })
	require.NotEqual(s.t, -1, at, "no import brought %s", id)
	return all[at]
}

func (s *story) answer(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, r.Method)
	if s.trace == nil {
		return httpmock.NewStringResponse(oblige(r)), nil
	}
	status, body, err := s.trace.answer(r)
	if err != nil {
		return nil, err
	}
	return httpmock.NewStringResponse(status, body), nil
}

// oblige makes what it is asked to make, under the traces' ids, and has
// nothing else but one group to be imported.
func oblige(r *http.Request) (int, string) {
	var it struct {
		UserName    string
		DisplayName string
		Schemas     []string
	}
	if r.Body != nil {
		_ = json.NewDecoder(r.Body).Decode(&it)
	}
	last := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	switch {
	case r.Method == http.MethodPost && it.UserName != "":
		return 201, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"` + targetIDs[it.UserName] + `"}`
	case r.Method == http.MethodPost:
		return 201, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"g-42","displayName":"` + it.DisplayName + `"}`
	case last == "Groups" && r.URL.Query().Get("filter") == "":
		return 200, `{"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[{"id":"g-42","displayName":"Researchers"}]}`
	case last == "Users" || last == "Groups":
		return 200, `{"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}`
	}
	return 200, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"` + last + `"}`
}

// What an administrator does comes out at the target as the traces have it, to
// the byte.
func TestFromTheAdministratorToTheWire(t *testing.T) {
	never := func(*story) {}
	assign := func(p directory.Profile) func(*story) {
		return func(s *story) { s.must(s.Assign(s.ctx, s.app, s.id(p))) }
	}
	unassign := func(s *story) { s.must(s.Unassign(s.ctx, s.app, s.id(ana))) }
	pushAnalysts := func(s *story) { s.pushes("Analysts") }
	beforeThePush := func(people ...directory.Profile) func(*story) {
		return func(s *story) { s.assigned(people...); s.grouped("Analysts", people...) }
	}
	afterThePush := func(people ...directory.Profile) func(*story) {
		return func(s *story) { s.pushed("Analysts", people...) }
	}
	pushNow := func(s *story) { s.must(s.PushNow(s.ctx, s.app, s.push)) }
	oneJoinsOneLeaves := func(s *story) { s.must(s.ChangeMembers(s.ctx, s.group, s.ids(ana), s.ids(di))) }
	twoJoinTwoLeave := func(s *story) { s.must(s.ChangeMembers(s.ctx, s.group, s.ids(ana, bo), s.ids(di, ed))) }
	defined := func(s *story) {
		const demo, enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:DEMOEXT", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
		for _, a := range []directory.Attribute{
			{Name: "costCode", ExternalNamespace: demo},
			{Name: "trusted", Type: directory.Boolean, ExternalNamespace: demo},
			{Name: "level", Type: directory.Integer, ExternalNamespace: demo},
			{Name: "quota", Type: directory.Number, ExternalNamespace: demo},
			{Name: "projects", Type: directory.Array, ExternalNamespace: demo},
			{Name: "floors", Type: directory.Array, Items: directory.Integer, ExternalNamespace: demo},
			{Name: "nothing", ExternalNamespace: demo},
			{Name: "nowhere"},
			{Name: "boss", ExternalName: "manager.value", ExternalNamespace: enterprise},
		} {
			s.must(s.AddAttribute(s.ctx, s.app, a))
		}
	}
	edit := func(own directory.Profile) func(*story) {
		return func(s *story) { s.must(s.EditAppUser(s.ctx, s.app, s.id(ana), own)) }
	}
	definedAndAssigned := func(own directory.Profile) func(*story) {
		return func(s *story) { defined(s); s.must(s.AssignWith(s.ctx, s.app, s.id(ana), own)) }
	}
	entitled := func(s *story) { s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"title": "Analyst"})) }
	hadMore := func(s *story) {
		s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{
			"title": "Analyst", "middleName": "María", "primaryPhone": "415.123.4567", "nickName": "Anita", "department": "North",
		}))
		s.assigned(ana)
	}
	lost := func(s *story) {
		s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{
			"title": nil, "middleName": "", "primaryPhone": nil, "nickName": "", "department": nil,
		}))
	}
	hadAddress := func(s *story) {
		s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"primaryPhone": "415.123.4567", "streetAddress": "1 North St", "city": "Springfield"}))
		s.assigned(ana)
	}
	moved := func(s *story) {
		s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"primaryPhone": "415.123.9999", "streetAddress": nil}))
	}
	synced := func(s *story) { s.must(s.SetSyncPassword(s.ctx, s.app, true)); s.assigned(ana) }
	renewed := func(s *story) { s.must(s.SetPassword(s.ctx, s.id(ana), `S3cret "of" Ana`)) }
	rename := func(s *story) { s.must(s.RenameGroup(s.ctx, s.group, "Analysts EMEA")) }

	link := func(s *story) {
		_, err := s.LinkGroup(s.ctx, s.app, s.group, s.imported("g-42").ID)
		s.must(err)
	}
	beforeTheLink := func(rename bool) func(*story) {
		return func(s *story) {
			s.must(s.RenameAppGroups(s.ctx, s.app, rename))
			s.imports()
			beforeThePush(ana, bo)(s)
		}
	}
	boWasLeftOut := func(s *story) {
		s.assigned(ana, di)
		s.grouped("Analysts", bo, di)
		s.pushes("Analysts")
		s.settle()
		s.assigned(bo)
	}
	anaJoins := func(s *story) { s.must(s.AddMember(s.ctx, s.group, s.id(ana))) }

	stories := map[string]struct {
		before, act func(*story)
		knobs       provision.Knobs
	}{
		"T02-assign-absent": {before: never, act: assign(ana)},
		"T02-assign-absent-custom-attributes": {
			before: defined,
			act: func(s *story) {
				s.must(s.AssignWith(s.ctx, s.app, s.id(ana), directory.Profile{
					"costCode": `R&D "7"`, "trusted": false, "level": 0, "quota": 2.5, "projects": []any{"north", "süd"},
					"floors": []any{1, 2}, "nothing": "", "nowhere": "never sent", "boss": "c0ffee00-0777",
				}))
			},
		},
		"T05-profile-custom-attribute-new":     {before: definedAndAssigned(nil), act: edit(directory.Profile{"costCode": "7001"})},
		"T05-profile-custom-attribute-changed": {before: definedAndAssigned(directory.Profile{"costCode": "7001"}), act: edit(directory.Profile{"costCode": "7002"})},
		"T05-profile-custom-attribute-cleared": {
			before: definedAndAssigned(directory.Profile{"costCode": "7001", "boss": "c0ffee00-0777"}),
			act:    edit(directory.Profile{"costCode": "", "boss": nil}),
		},
		"T02-assign-absent-mapped-attributes": {
			before: func(s *story) {
				s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{
					"displayName": nil, "locale": nil, "title": "Analyst", "department": "Research & Development",
				}))
			},
			act: assign(ana),
		},
		"T02-assign-absent-paths": {
			before: func(s *story) {
				core := "urn:ietf:params:scim:schemas:core:2.0:User"
				s.must(s.AddAttribute(s.ctx, s.app, directory.Attribute{Name: "mobile", ExternalName: "phoneNumbers.^[type==mobile].value", ExternalNamespace: core}))
				s.must(s.AddAttribute(s.ctx, s.app, directory.Attribute{Name: "fax", ExternalName: "phoneNumbers.^[type=='fax'].value", ExternalNamespace: core}))
				s.must(s.AddAttribute(s.ctx, s.app, directory.Attribute{Name: "role", ExternalName: "roles.^[primary==true].value", ExternalNamespace: core}))
				s.must(s.Map(s.ctx, s.app, "mobile", "user.mobilePhone"))
				s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{
					"honorificPrefix": "Dr", "primaryPhone": "415.123.4567", "mobilePhone": "415.765.4321", "managerId": "c0ffee00-0777", "manager": "Bo Lind",
				}))
			},
			act: func(s *story) { s.must(s.AssignWith(s.ctx, s.app, s.id(ana), directory.Profile{"role": "analyst"})) },
		},
		"T05-profile-emptied":                  {before: hadMore, act: lost},
		"T05-profile-emptied-text":             {before: hadMore, act: lost, knobs: provision.Knobs{Accent: scim.Accent{Empty: scim.EmptyString}}},
		"T05-profile-emptied-null":             {before: hadMore, act: lost, knobs: provision.Knobs{Accent: scim.Accent{Empty: scim.Null}}},
		"T05-profile-one-of-many":              {before: hadAddress, act: moved},
		"T05-profile-one-of-many-emptied-null": {before: hadAddress, act: moved, knobs: provision.Knobs{Accent: scim.Accent{Empty: scim.Null}}},
		"T05-profile-lists-whole":              {before: hadAddress, act: moved, knobs: provision.Knobs{Accent: scim.Accent{WholeLists: true}}},
		"T05-profile-by-patch-oin": {
			before: func(s *story) { s.assigned(ana) },
			act: func(s *story) {
				s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"title": "Analyst", "department": "Research & Development"}))
			},
			knobs: provision.Knobs{PatchProfile: true},
		},
		"T05-profile-servers-own-members": {
			before: func(s *story) { s.assigned(ana) },
			act: func(s *story) {
				s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"department": "Research & Development"}))
			},
		},
		"T11-password-oin": {before: synced, act: renewed},
		"T12-password-aiw": {before: synced, act: renewed},
		"T25-force-sync": {
			before: func(s *story) {
				s.must(s.DeactivateConnection(s.ctx, s.app))
				s.must(s.Assign(s.ctx, s.app, s.id(bo)))
				s.must(s.ActivateConnection(s.ctx, s.app))
				s.must(s.SetProvisioning(s.ctx, s.app, true, true, true))
				s.assigned(ana)
			},
			act: func(s *story) { s.must(s.ForceSync(s.ctx, s.app)) },
		},
		"T08-nothing": {
			before: func(s *story) { s.assigned(ana, bo); s.must(s.DeactivateUser(s.ctx, s.id(bo))); s.settle() },
			act: func(s *story) {
				s.must(s.SuspendUser(s.ctx, s.id(ana)))
				s.settle()
				s.must(s.UnsuspendUser(s.ctx, s.id(ana)))
				s.must(s.DeleteUser(s.ctx, s.id(bo)))
			},
		},
		"T24-provision-user": {
			before: func(s *story) {
				s.must(s.DeactivateConnection(s.ctx, s.app))
				s.must(s.Assign(s.ctx, s.app, s.id(ana)))
				s.must(s.ActivateConnection(s.ctx, s.app))
				s.must(s.SetProvisioning(s.ctx, s.app, true, true, true))
				s.assigned(bo)
			},
			act: func(s *story) { s.must(s.ProvisionUsers(s.ctx, s.app)) },
		},
		"T03-assign-present-aiw":          {before: never, act: assign(anna)},
		"T04-assign-present-active-oin":   {before: never, act: assign(ana)},
		"T04-assign-present-inactive-oin": {before: never, act: assign(ana)},
		"T05-profile": {
			before: func(s *story) { s.assigned(ana) },
			act:    entitled,
		},
		"T05-profile-reference-order": {
			before: func(s *story) { s.assigned(ana) }, act: entitled,
			knobs: provision.Knobs{Accent: scim.Accent{ReferenceOrder: true}},
		},
		"T07-unassign-naming-the-id-oin": {
			before: func(s *story) { s.assigned(ana) }, act: unassign,
			knobs: provision.Knobs{Accent: scim.Accent{PatchNamesID: true}},
		},
		"T06-unassign-aiw": {
			before: func(s *story) {
				s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"login": "lena.alt@exam.ples"}))
				s.assigned(ana)
			},
			act: unassign,
		},
		"T07-unassign-oin": {before: func(s *story) { s.assigned(ana) }, act: unassign},
		"T09-reassign-aiw": {before: func(s *story) { s.assigned(ana); unassign(s); s.settle() }, act: assign(ana)},
		"T09-reassign-one-pair-aiw": {
			before: func(s *story) { s.assigned(ana); unassign(s); s.settle() }, act: assign(ana),
			knobs: provision.Knobs{OneLinkPush: true},
		},
		"T10-reassign-oin": {before: func(s *story) { s.assigned(ana); unassign(s); s.settle() }, act: assign(ana)},

		"T13-push-absent-aiw":         {before: beforeThePush(ana, bo), act: pushAnalysts},
		"T13-push-absent-empty-aiw":   {before: func(s *story) { s.grouped("Nobody yet") }, act: func(s *story) { s.pushes("Nobody yet") }},
		"T14-push-absent-oin":         {before: beforeThePush(ana, bo), act: pushAnalysts},
		"T14-push-absent-batches-oin": {before: beforeThePush(ana, bo, cy), act: pushAnalysts, knobs: provision.Knobs{PatchBatch: 2}},
		"T15-push-present-aiw":        {before: beforeThePush(ana, bo), act: pushAnalysts},
		"T16-push-present-oin":        {before: beforeThePush(ana, bo), act: pushAnalysts},
		"T17-membership-aiw":          {before: func(s *story) { s.assigned(ana); s.pushed("Analysts", bo, di) }, act: oneJoinsOneLeaves},
		"T17-membership-no-list-aiw":  {before: func(s *story) { s.assigned(ana); s.pushed("Analysts", bo, di) }, act: oneJoinsOneLeaves},
		"T18-membership-oin":          {before: func(s *story) { s.assigned(ana, bo); s.pushed("Analysts", di, ed) }, act: twoJoinTwoLeave},
		"T18-membership-batches-oin": {
			before: func(s *story) { s.assigned(ana, bo); s.pushed("Analysts", di, ed) }, act: twoJoinTwoLeave,
			knobs: provision.Knobs{PatchBatch: 3},
		},
		"T19-rename-aiw":                  {before: afterThePush(ana, bo), act: rename},
		"T19-rename-oin":                  {before: afterThePush(ana, bo), act: rename},
		"T20-push-now-aiw":                {before: afterThePush(ana, bo), act: pushNow},
		"T20-push-now-oin":                {before: afterThePush(ana, bo), act: pushNow},
		"T20-push-now-empty-oin":          {before: func(s *story) { s.pushed("Nobody") }, act: pushNow},
		"T13-push-absent-bare-create-aiw": {before: beforeThePush(ana, bo), act: pushAnalysts, knobs: provision.Knobs{CreateMembers: provision.CreateWithNone}},
		"T14-push-absent-empty-oin":       {before: func(s *story) { s.grouped("Nobody yet") }, act: func(s *story) { s.pushes("Nobody yet") }},
		"T14-push-absent-full-create-oin": {before: beforeThePush(ana, bo), act: pushAnalysts, knobs: provision.Knobs{CreateMembers: provision.CreateWithAll}},
		"T15-push-present-empty-aiw":      {before: func(s *story) { s.grouped("Nobody") }, act: func(s *story) { s.pushes("Nobody") }},
		"T16-push-present-empty-oin":      {before: func(s *story) { s.grouped("Nobody") }, act: func(s *story) { s.pushes("Nobody") }},
		"T15-link-existing-aiw":           {before: beforeTheLink(false), act: link},
		"T16-link-existing-oin":           {before: beforeTheLink(false), act: link},
		"T15-link-existing-rename-aiw":    {before: beforeTheLink(true), act: link},
		"T16-link-existing-rename-oin":    {before: beforeTheLink(true), act: link},
		"T17-membership-own-list-aiw": {
			before: func(s *story) { s.assigned(ana); s.pushed("Analysts", bo, di) }, act: oneJoinsOneLeaves,
			knobs: provision.Knobs{PutMembers: provision.PutDelta},
		},
		"T17-membership-nobody-named-aiw": {
			before: func(s *story) { s.pushed("Analysts", ana, bo); s.must(s.AddMember(s.ctx, s.group, s.id(cy))) },
			act:    func(s *story) { s.must(s.RemoveMember(s.ctx, s.group, s.id(cy))) },
			knobs:  provision.Knobs{PutMembers: provision.PutAlways},
		},
		"T17-provisioned-later-aiw": {before: boWasLeftOut, act: anaJoins},
		"T18-provisioned-later-oin": {before: boWasLeftOut, act: anaJoins},
		"T18-membership-name-beside-oin": {
			before: func(s *story) { s.assigned(ana, bo); s.pushed("Analysts", di, ed) }, act: twoJoinTwoLeave,
			knobs: provision.Knobs{NameWithMembers: provision.NameBeside},
		},
		"T18-membership-name-beside-batches-oin": {
			before: func(s *story) { s.assigned(ana, bo); s.pushed("Analysts", di, ed) }, act: twoJoinTwoLeave,
			knobs: provision.Knobs{NameWithMembers: provision.NameBeside, PatchBatch: 3},
		},
		"T18-membership-no-name-oin": {
			before: func(s *story) { s.assigned(ana, bo); s.pushed("Analysts", di, ed) }, act: twoJoinTwoLeave,
			knobs: provision.Knobs{NameWithMembers: provision.NameLeftOut},
		},
		"T19-rename-own-list-aiw":      {before: afterThePush(ana, bo), act: rename, knobs: provision.Knobs{PutMembers: provision.PutDelta}},
		"T20-push-now-empty-aiw":       {before: func(s *story) { s.pushed("Nobody") }, act: pushNow},
		"T20-push-now-empty-whole-oin": {before: func(s *story) { s.pushed("Nobody") }, act: pushNow, knobs: provision.Knobs{EmptyWhole: true}},
		"T20-push-now-batches-oin":     {before: afterThePush(ana, bo, cy), act: pushNow, knobs: provision.Knobs{PatchBatch: 2}},
		"T20-activate-renamed-oin": {
			before: func(s *story) {
				s.pushed("Researchers", ana, bo)
				s.must(s.SetPush(s.ctx, s.app, s.push, false))
				s.must(s.RenameGroup(s.ctx, s.group, "Analysts"))
			},
			act: func(s *story) { s.must(s.SetPush(s.ctx, s.app, s.push, true)) },
		},
		"T21-deactivate": {
			before: func(s *story) { s.assigned(bo); s.pushed("Analysts", ana) },
			act: func(s *story) {
				s.must(s.SetPush(s.ctx, s.app, s.push, false))
				s.must(s.ChangeMembers(s.ctx, s.group, s.ids(bo), s.ids(ana)))
			},
		},
		"T21-unlink-leave": {
			before: func(s *story) { s.pushed("Analysts", ana); s.must(s.SetPush(s.ctx, s.app, s.push, false)) },
			act:    func(s *story) { s.must(s.Unlink(s.ctx, s.app, s.push, false)) },
		},
		"T22-delete": {
			before: func(s *story) { s.pushed("Analysts", ana); s.must(s.SetPush(s.ctx, s.app, s.push, false)) },
			act:    func(s *story) { s.must(s.Unlink(s.ctx, s.app, s.push, true)) },
		},

		"T01-connection":             {before: never, act: func(s *story) { s.must(s.ActivateConnection(s.ctx, s.app)) }},
		"T01-connection-with-groups": {before: never, act: func(s *story) { s.must(s.TestCredentials(s.ctx, s.app, true)) }},
	}
	t.Run("every trace is played", func(t *testing.T) {
		files, err := filepath.Glob("testdata/traces/T*.txt")
		require.NoError(t, err)
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".txt")
			_, played := stories[name]
			require.True(t, played || strings.HasPrefix(name, "T23-"), name) // which TestImportFromTheAdministrator plays
		}
	})
	for name, tt := range stories {
		for _, dialect := range readTrace(t, name).dialects {
			t.Run(name+" "+dialect, func(t *testing.T) {
				tr := readTrace(t, name)
				s := begin(t, dialect, tr.base, tt.knobs)
				tt.before(s)
				s.settle()
				s.follow(tr)
				tt.act(s)
				s.settle()
				if d := cmp.Diff(tr.said, tr.heard); d != "" {
					t.Errorf("what was said differs (-want +got):\n%s", d)
				}
				tasks, err := s.Tasks(s.ctx)
				s.must(err)
				require.Empty(t, tasks)
			})
		}
	}
}

func (s *story) follow(tr *trace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trace = tr
}

// What Okta does not say is as much of it as what it says.
func TestActsThatTheTargetHearsNothingOf(t *testing.T) {
	for name, tt := range map[string]struct {
		before, act func(*story)
	}{
		"suspending":   {func(s *story) { s.assigned(ana) }, func(s *story) { s.must(s.SuspendUser(s.ctx, s.id(ana))) }},
		"unsuspending": {func(s *story) { s.assigned(ana); s.must(s.SuspendUser(s.ctx, s.id(ana))) }, func(s *story) { s.must(s.UnsuspendUser(s.ctx, s.id(ana))) }},
		"deleting a deactivated person": {
			func(s *story) { s.assigned(ana); s.must(s.DeactivateUser(s.ctx, s.id(ana))) },
			func(s *story) { s.must(s.DeleteUser(s.ctx, s.id(ana))) },
		},
		"reactivating a person": {
			func(s *story) { s.assigned(ana); s.must(s.DeactivateUser(s.ctx, s.id(ana))) },
			func(s *story) { s.must(s.ActivateUser(s.ctx, s.id(ana))) },
		},
		"defining an attribute, and taking it away": {
			func(s *story) { s.assigned(ana) },
			func(s *story) {
				s.must(s.AddAttribute(s.ctx, s.app, directory.Attribute{Name: "costCode", ExternalNamespace: "urn:example:x:2.0:User"}))
				s.must(s.RemoveAttribute(s.ctx, s.app, "costCode"))
			},
		},
		"a value of an attribute without a namespace": {
			func(s *story) {
				s.must(s.AddAttribute(s.ctx, s.app, directory.Attribute{Name: "costCode"}))
				s.assigned(ana)
			},
			func(s *story) { s.must(s.EditAppUser(s.ctx, s.app, s.id(ana), directory.Profile{"costCode": "7"})) },
		},
		"a value that is there already": {
			func(s *story) {
				s.must(s.AddAttribute(s.ctx, s.app, directory.Attribute{Name: "costCode", ExternalNamespace: "urn:example:x:2.0:User"}))
				s.must(s.AssignWith(s.ctx, s.app, s.id(ana), directory.Profile{"costCode": "7"}))
			},
			func(s *story) { s.must(s.EditAppUser(s.ctx, s.app, s.id(ana), directory.Profile{"costCode": "7"})) },
		},
		"deactivating a push": {func(s *story) { s.pushed("Analysts", ana) }, func(s *story) { s.must(s.SetPush(s.ctx, s.app, s.push, false)) }},
		"a member of a group whose push is inactive": {
			func(s *story) { s.pushed("Analysts"); s.must(s.SetPush(s.ctx, s.app, s.push, false)) },
			func(s *story) { s.must(s.AddMember(s.ctx, s.group, s.id(ana))) },
		},
		"unlinking and leaving": {
			func(s *story) { s.pushed("Analysts"); s.must(s.SetPush(s.ctx, s.app, s.push, false)) },
			func(s *story) { s.must(s.Unlink(s.ctx, s.app, s.push, false)) },
		},
		"unassigning a person whose provisioning failed": {
			func(s *story) {
				s.follow(&trace{said: make([]string, 1), statuses: []int{503}, answers: []string{""}})
				s.assigned(ana)
			},
			func(s *story) { s.must(s.Unassign(s.ctx, s.app, s.id(ana))) },
		},
		"unassigning without Deactivate Users": {
			func(s *story) { s.assigned(ana); s.must(s.SetProvisioning(s.ctx, s.app, true, true, false)) },
			func(s *story) { s.must(s.Unassign(s.ctx, s.app, s.id(ana))) },
		},
	} {
		for _, dialect := range []string{"aiw", "oin"} {
			t.Run(name+" "+dialect, func(t *testing.T) {
				s := begin(t, dialect, "https://sp.example.test/scim/v2", provision.Knobs{})
				tt.before(s)
				s.settle()
				silence := &trace{}
				s.follow(silence)
				tt.act(s)
				s.settle()
				require.Empty(t, silence.heard)
			})
		}
	}
}

// The switches of To App decide what is said, each for itself; whom Okta did not make
// it neither updates nor deactivates.
func TestTheSwitchesDecideWhatIsSaid(t *testing.T) {
	deactivation := map[string]string{"aiw": " GET PUT", "oin": " PATCH"}
	for _, dialect := range []string{"aiw", "oin"} {
		for switches := range 8 {
			create, update, deactivate := switches&4 > 0, switches&2 > 0, switches&1 > 0
			t.Run(fmt.Sprintf("create %t, update %t, deactivate %t %s", create, update, deactivate, dialect), func(t *testing.T) {
				s := begin(t, dialect, "https://sp.example.test/scim/v2", provision.Knobs{})
				s.must(s.SetProvisioning(s.ctx, s.app, create, update, deactivate))
				probes := len(s.said)
				s.assigned(ana)
				s.must(s.UpdateUser(s.ctx, s.id(ana), directory.Profile{"lastName": "Soler"}))
				s.settle()
				s.must(s.Unassign(s.ctx, s.app, s.id(ana)))
				s.settle()
				want := ""
				if create {
					want = "GET POST"
					if update {
						want += " GET PUT"
					}
					if deactivate {
						want += deactivation[dialect]
					}
				}
				require.Equal(t, want, strings.Join(s.said[probes:], " "))
			})
		}
	}
}

// Saving To App probes the connection once more, and says nothing else.
func TestSavingToAppProbesTheConnection(t *testing.T) {
	tr := readTrace(t, "T01-connection")
	s := begin(t, "aiw", tr.base, provision.Knobs{})
	s.follow(tr)
	s.must(s.SetProvisioning(s.ctx, s.app, true, false, true))
	require.Empty(t, cmp.Diff(tr.said, tr.heard))
}

func TestATargetThatDoesNotLetOktaIn(t *testing.T) {
	s := begin(t, "aiw", "https://sp.example.test/scim/v2", provision.Knobs{})
	s.follow(&trace{said: make([]string, 1), statuses: []int{401}, answers: []string{`{"detail":"no such key"}`}})
	err := s.ActivateConnection(s.ctx, s.app)
	var okta *management.Error
	require.ErrorAs(t, err, &okta)
	require.Equal(t, 400, okta.Status)
	require.Equal(t, "E0000001", okta.Code)
	require.Len(t, okta.Causes, 1)
	require.Contains(t, okta.Causes[0].Summary, "answered 401")
}

func TestWhatAnApplicationUserShows(t *testing.T) {
	s := begin(t, "oin", "https://sp.example.test/scim/v2", provision.Knobs{})
	s.must(s.Assign(s.ctx, s.app, s.id(ana)))
	before, err := s.AppUser(s.ctx, s.app, s.id(ana))
	s.must(err)
	require.Equal(t, [3]string{"", "STAGED", "SYNCING"}, [3]string{before.ExternalID, before.Status, before.SyncState})
	s.settle()
	after, err := s.AppUser(s.ctx, s.app, s.id(ana))
	s.must(err)
	require.Equal(t, [3]string{"c0ffee00-0001", "PROVISIONED", "SYNCHRONIZED"}, [3]string{after.ExternalID, after.Status, after.SyncState})
}

func TestAFailureIsATaskAndAnError(t *testing.T) {
	s := begin(t, "oin", "https://sp.example.test/scim/v2", provision.Knobs{})
	s.follow(&trace{said: make([]string, 1), statuses: []int{503}, answers: []string{`{"detail":"come back later"}`}})
	s.must(s.Assign(s.ctx, s.app, s.id(ana)))
	s.settle()
	tasks, err := s.Tasks(s.ctx)
	s.must(err)
	require.Len(t, tasks, 1)
	require.Equal(t, s.id(ana), tasks[0].Person)
	require.Equal(t, s.app, tasks[0].App)
	require.Contains(t, tasks[0].Error, "come back later")
	u, err := s.AppUser(s.ctx, s.app, s.id(ana))
	s.must(err)
	require.Equal(t, "ERROR", u.SyncState)
}

func TestAServerThatStandsAloneSettlesByItself(t *testing.T) {
	okta, err := mockokta.Start(mockokta.Config{ServeSettles: true, Target: alwaysObliging(), Timeout: time.Second})
	require.NoError(t, err)
	carrier := &http.Transport{}
	defer func() { carrier.CloseIdleConnections(); require.NoError(t, okta.Close()) }()
	s := &story{Client: &management.Client{URL: okta.URL, Token: okta.Token, HTTP: carrier}, t: t, ctx: t.Context(), people: map[string]directory.PersonID{}}
	s.people[ana["login"].(string)], err = s.CreateUser(s.ctx, ana)
	s.must(err)
	s.connect("aiw", "https://sp.example.test/scim/v2")
	s.must(s.Assign(s.ctx, s.app, s.id(ana)))
	u, err := s.AppUser(s.ctx, s.app, s.id(ana))
	s.must(err)
	require.Equal(t, "c0ffee00-0001", u.ExternalID)
}

func alwaysObliging() http.RoundTripper {
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		return httpmock.NewStringResponse(oblige(r)), nil
	})
	return target
}

func TestTwoOktasShareNoID(t *testing.T) {
	made := map[directory.PersonID]bool{}
	for range 2 {
		okta, err := mockokta.Start(mockokta.Config{Target: alwaysObliging()})
		require.NoError(t, err)
		carrier := &http.Transport{}
		id, err := (&management.Client{URL: okta.URL, Token: okta.Token, HTTP: carrier}).CreateUser(t.Context(), ana)
		require.NoError(t, err)
		require.Len(t, id, 20)
		made[id] = true
		carrier.CloseIdleConnections()
		require.NoError(t, okta.Close())
	}
	require.Len(t, made, 2)
}

// Close ends a Settle that a client waits for, and the target that never
// answers is not waited for.
func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	asked := make(chan struct{})
	target := httpmock.NewMockTransport()
	target.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("filter") == "" {
			return httpmock.NewStringResponse(oblige(r)), nil
		}
		close(asked)
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	okta, err := mockokta.Start(mockokta.Config{Target: target})
	require.NoError(t, err)
	carrier := &http.Transport{}
	defer carrier.CloseIdleConnections()
	s := &story{Client: &management.Client{URL: okta.URL, Token: okta.Token, HTTP: carrier}, t: t, ctx: t.Context(), people: map[string]directory.PersonID{}}
	s.people[ana["login"].(string)], err = s.CreateUser(s.ctx, ana)
	s.must(err)
	s.connect("oin", "https://sp.example.test/scim/v2")
	s.must(s.Assign(s.ctx, s.app, s.id(ana)))
	settled := make(chan error)
	go func() { settled <- s.Settle(s.ctx) }()
	<-asked
	require.NoError(t, okta.Close())
	require.Error(t, <-settled)
}
